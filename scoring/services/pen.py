"""May this be written now? The pen of `scoring.workflow.pen`, with the hour, the state and the three ways around it."""

from __future__ import annotations

from scoring.enums import AmendmentState, ExplanationState, PartState, Phase, SubmissionState
from scoring.models import Amendment, AppraisalPart, Criterion, Explanation
from scoring.services.deadline_wording import say_refused
from scoring.services.dossier import Dossier, deadline_in
from scoring.services.errors import Conflict
from scoring.workflow import ACT_OF_STEP, Act, Deadline, Hand, Matter, holds_pen
from scoring.workflow.pen import closed
from units.permissions import YES, Decision
from units.vietnamese import format_datetime

LEFT_OUT = "Điều phối đã ghi không đánh giá đơn vị này trong kỳ, nên hồ sơ chỉ để xem."
_EXPLAINING = (Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL)
_UNLOCKED_BY_REQUEST = " Muốn sửa phải đề nghị điều phối mở khóa."
_WITHDRAWN_BY_HEAD = " Muốn sửa thì thủ trưởng bấm “Rút lại để sửa” ở phiếu; hết hạn phải đề nghị điều phối mở khóa."
# What a unit may do about a dossier that it handed in; nothing in the later steps.
_WAYS_ON = {
    Phase.SELF_ASSESSMENT: _UNLOCKED_BY_REQUEST,
    Phase.APPRAISAL: _UNLOCKED_BY_REQUEST,
    Phase.EXPLANATION: " Không đồng ý với điểm thẩm định thì giải trình.",
}


def require(decision: Decision) -> None:
    """Raise `Conflict` with the sentence unless the decision is yes."""
    if not decision:
        raise Conflict(decision.reason)


def declared_pen(dossier: Dossier, criterion: Criterion | None = None, act: Act = Act.WRITE) -> Decision:
    """May the unit write its self-assessment (of `criterion`), or store a file for it, at this instant?"""
    submission = dossier.submission
    if not dossier.participant.is_assessed:
        return Decision(False, LEFT_OUT)
    anew = amendment_limit(dossier, criterion) if criterion is not None else None
    if anew is not None and _takes(dossier, anew, act):
        return YES
    if submission.state == SubmissionState.AT_HEAD:
        return Decision(False, "Hồ sơ đang chờ thủ trưởng. Muốn sửa thì thủ trưởng trả lại cho cán bộ.")
    if submission.state == SubmissionState.SUBMITTED:
        return Decision(False, f"Hồ sơ đã nộp nên không sửa được.{_way_on(dossier)}")
    if submission.state == SubmissionState.NOT_SUBMITTED:
        return Decision(False, "Hồ sơ đã quá hạn mà chưa nộp. Muốn nhập tiếp phải đề nghị điều phối gia hạn.")
    return in_time(dossier, act)


def _way_on(dossier: Dossier) -> str:
    if dossier.phase == Phase.SELF_ASSESSMENT and in_time(dossier, ACT_OF_STEP["withdraw"]):
        return _WITHDRAWN_BY_HEAD
    return _WAYS_ON.get(Phase(dossier.phase), "")


def in_time(dossier: Dossier, act: Act = Act.WRITE) -> Decision:
    """Is it the hour for `act` in this unit's self-assessment: in the group's window, or by its own extension?"""
    window, own = dossier.windows.get(Phase.SELF_ASSESSMENT), dossier.submission.extended_until
    if (
        own is not None
        and dossier.phase in (Phase.SELF_ASSESSMENT, Phase.APPRAISAL)
        and _takes(dossier, deadline_in(window, own), act)
    ):
        return YES
    if not holds_pen(Hand.UNIT, Matter.DECLARED, dossier.phase):
        return Decision(False, f"Khối đang ở bước “{Phase(dossier.phase).label}”, không nhận tự chấm.")
    limit = dossier.limit
    if window is None or limit is None:
        return Decision(False, "Khối chưa có thời hạn tự chấm. Đề nghị điều phối đặt thời hạn.")
    if dossier.now < window.opens_at:
        return Decision(False, f"Chưa đến giờ mở tự chấm: {format_datetime(window.opens_at)}.")
    return _by_the_hour(dossier, limit, act, "Đã đóng lúc {at}. Hồ sơ chỉ còn để xem.")


def _takes(dossier: Dossier, limit: Deadline, act: Act) -> bool:
    return limit.takes(act, dossier.now, dossier.began)


def _by_the_hour(dossier: Dossier, limit: Deadline, act: Act, closed: str) -> Decision:
    if _takes(dossier, limit, act):
        return YES
    return Decision(False, say_refused(limit, act, dossier.now, closed))


def explanation_pen(dossier: Dossier, explanation: Explanation, act: Act = Act.WRITE) -> Decision:
    """May the unit write its explanation, or store a file for it, at this instant?"""
    if not dossier.participant.is_assessed:
        return Decision(False, LEFT_OUT)
    if explanation.state == ExplanationState.AT_HEAD:
        return Decision(False, "Giải trình đang chờ thủ trưởng. Muốn sửa thì thủ trưởng trả lại cho cán bộ.")
    if explanation.state == ExplanationState.SUBMITTED:
        return Decision(False, "Giải trình đã gửi nên không sửa được.")
    return explanation_in_time(dossier, explanation, act)


def explanation_in_time(dossier: Dossier, explanation: Explanation, act: Act = Act.WRITE) -> Decision:
    """Is it the hour for `act` in this unit's explanation: in the group's window, or before its own limit?"""
    window, own = dossier.windows.get(Phase.EXPLANATION), explanation.reopened_until
    if own is not None and dossier.phase in _EXPLAINING and _takes(dossier, deadline_in(window, own), act):
        return YES
    if not holds_pen(Hand.UNIT, Matter.EXPLANATION, dossier.phase):
        return Decision(False, f"Khối đang ở bước “{Phase(dossier.phase).label}”, không nhận giải trình.")
    if window is not None and dossier.now < window.opens_at:
        return Decision(False, f"Chưa đến giờ mở giải trình: {format_datetime(window.opens_at)}.")
    limit = dossier.explanation_limit(own)
    return _by_the_hour(dossier, limit, act, "Giải trình đã đóng lúc {at}.") if limit is not None else YES


def appraisal_pen(dossier: Dossier, part: AppraisalPart, criterion: Criterion | None = None) -> Decision:
    """May the part's appraiser write values of it (of `criterion`) at this instant?"""
    if not dossier.participant.is_assessed:
        return Decision(False, LEFT_OUT)
    matter = Matter.APPRAISED if part.round == 1 else Matter.REAPPRAISED
    if is_late_by_amendment(dossier, part):
        if criterion is not None and criterion.changed_in < (part.amended_in or 0):
            return Decision(False, "Bước này chỉ chấm lại các tiêu chí mà sửa đổi bộ tiêu chí đã thay.")
    elif not holds_pen(Hand.APPRAISER, matter, dossier.phase):
        return Decision(False, closed(matter, Phase(dossier.phase).label))
    if part.state == PartState.SIGNED:
        return Decision(False, "Phần này đã ký xác nhận. Muốn sửa phải đề nghị điều phối mở lại.")
    if part.state == PartState.DONE:
        return Decision(False, "Phần này đã báo chấm xong. Chọn “Sửa tiếp” trước khi sửa.")
    if not dossier.submission.is_received and part.round == 1:
        return Decision(False, "Đơn vị chưa nộp hồ sơ, nên chưa có gì để thẩm định.")
    return YES


def is_late_by_amendment(dossier: Dossier, part: AppraisalPart) -> bool:
    """Whether a part is judged after the phase of its round, because an amendment opened it anew."""
    late = (Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL) if part.round == 1 else (Phase.COUNCIL,)
    return part.amended_in is not None and dossier.phase in late


def team_pen(hand: Hand, matter: Matter, phase: str) -> Decision:
    """May the coordinator or the council write this matter in this phase of the group?"""
    if holds_pen(hand, matter, phase):
        return YES
    return Decision(False, closed(matter, Phase(phase).label))


def amendment_limit(dossier: Dossier, criterion: Criterion) -> Deadline | None:
    """Until when the units answer this leaf anew because an amendment changed it, with the settings of the window of
    the self-assessment; None for a leaf that was not changed, and before and after the phases of it."""
    if criterion.changed_in == 1 or dossier.phase not in (
        Phase.SELF_ASSESSMENT,
        Phase.APPRAISAL,
        Phase.EXPLANATION,
        Phase.REAPPRAISAL,
    ):
        return None
    applied = Amendment.objects.filter(
        criteria_set=criterion.criteria_set_id,
        revision=criterion.changed_in,
        state=AmendmentState.APPLIED,
        redeclare_until__isnull=False,
    )
    until = applied.values_list("redeclare_until", flat=True).first()
    return deadline_in(dossier.windows.get(Phase.SELF_ASSESSMENT), until) if until is not None else None

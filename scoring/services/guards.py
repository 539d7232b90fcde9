"""On what data a transition may happen, and which columns it sets. Called by the door only, inside its transaction and
under its locks (`scoring.services.transitions`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scoring.enums import ExplanationState, PartState, Phase, Purpose, Resolution, Source, Stage
from scoring.models import AppraisalPart, Criterion, Explanation, LatePaper, Submission, Value
from scoring.selectors.appraisal import leaves_of_part
from scoring.selectors.late_paper import paper_in_hand
from scoring.services import group_guards
from scoring.services.before_explanation import look_under_lock as look_at_explanation
from scoring.services.before_submission import Check, look_under_lock, not_accepted
from scoring.services.dossier import Dossier
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.services.explaining import round_of
from scoring.services.pen import appraisal_pen, explanation_in_time, in_time, is_late_by_amendment, require
from scoring.services.return_notes import close_notes, send_back, send_explanation_back
from scoring.workflow import ACT_OF_STEP, Act, Subject, Transition
from units.models import User

Changes = dict[str, Any]


def prepare(
    transition: Transition, current: Any, dossier: Dossier | None, by: User | None, data: dict[str, Any]
) -> Changes:
    """Check what the transition needs and return the columns to set; raises `Conflict`, `Blocked`, `Incomplete`."""
    if dossier is None:
        return group_guards.prepare(transition, current, data)
    return _GUARDS[transition.subject, transition.name](current, dossier, by, data)


def told(data: dict[str, Any]) -> dict[str, Any]:
    """The part of the input that goes into the trail."""
    found = {key: data[key] for key in ("reason", "until") if data.get(key)}
    paper = data.get("paper")
    if isinstance(paper, LatePaper):
        found |= {
            "number": paper.number,
            "date": paper.dated_on.isoformat(),
            "arrived_on": paper.arrived_on.isoformat(),
            "sha256": paper.sha256,
        }
    return found


# ── submissions ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _withdraw(current: Submission, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    require(in_time(dossier, ACT_OF_STEP["withdraw"]))
    return {}


def _hand_over(current: Submission, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    require(in_time(dossier, ACT_OF_STEP["hand_over"]))
    _refuse_faults("Chưa trình được", dossier)
    close_notes(dossier, by, Purpose.DECLARED, whole_only=True)
    return {}


def _return(current: Any, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    """`data["notes"]`: leaf (pk) → what to mend there, beside the reason that is about the whole."""
    require(in_time(dossier, ACT_OF_STEP["return"]))
    send_back(dossier, by, data["reason"], data.get("notes") or {})
    return {"returned_note": data["reason"]}


def _submit(current: Submission, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    """`data["accept_warnings"]`: the head has been told what is given up with the leaves that nobody answered."""
    require(in_time(dossier, ACT_OF_STEP["submit"]))
    check = _refuse_faults("Chưa nộp được", dossier)
    if check.unanswered and not data.get("accept_warnings"):
        raise Incomplete("accept_warnings", not_accepted(check))
    close_notes(dossier, by, Purpose.DECLARED)
    return {"submitted_at": dossier.now, "submitted_by": by, "returned_note": ""}


def _refuse_faults(lead: str, dossier: Dossier) -> Check:
    check = look_under_lock(dossier)
    if check.blocking:
        raise Blocked(f"{lead}: còn {len(check.blocking)} lỗi phải sửa.", [item.sentence for item in check.blocking])
    return check


def _close(current: Submission, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    if dossier.limit is None or dossier.now < dossier.limit.ends_at:
        raise Conflict("Đơn vị còn trong hạn tự chấm.")
    return {}


def _more_time(current: Submission, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    until = data["until"]
    if until <= dossier.now:
        raise Incomplete("until", "Hạn mới phải sau lúc này.")
    if dossier.deadline is not None and current.state in ("draft", "at_head") and until <= dossier.deadline:
        raise Incomplete("until", "Hạn mới phải sau hạn đang có của đơn vị.")
    _refuse_signed(dossier)
    return {
        "extended_until": until,
        "extension_reason": data["reason"],
        "resolution": Resolution.NONE,
        "resolution_reason": "",
    }


def _refuse_signed(dossier: Dossier) -> None:
    signed = AppraisalPart.objects.filter(participant=dossier.participant, state=PartState.SIGNED)
    if codes := list(signed.values_list("component__code", flat=True)):
        raise Conflict(f"Phần thẩm định đã ký: lĩnh vực {', '.join(codes)}. Mở lại các phần đó trước.")


def _take_paper(current: Submission, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    """`data["paper"]`: the `LatePaper`, stored in the same transaction."""
    if not isinstance(data.get("paper"), LatePaper):
        raise Conflict("Ghi văn bản đến muộn ở trang riêng của nó, kèm bản quét.")
    _refuse_signed(dossier)
    return {"resolution": Resolution.NONE, "resolution_reason": ""}


def _submit_on_behalf(current: Submission, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    if paper_in_hand(current) is None:
        raise Conflict("Chưa ghi văn bản đến muộn nào của đơn vị, nên không nộp thay được.")
    _refuse_signed(dossier)
    return {
        "submitted_at": dossier.now,
        "submitted_by": by,
        "returned_note": "",
        "resolution": Resolution.NONE,
        "resolution_reason": "",
    }


def _as_it_stands(current: Submission, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    return {"resolution": Resolution.AS_IT_STANDS, "resolution_reason": data["reason"]}


def _nought(current: Submission, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    return {"resolution": Resolution.NOUGHT, "resolution_reason": data["reason"]}


# ── appraisal parts ───────────────────────────────────────────────────────────────────────────────────────────────────


def _right_round(current: AppraisalPart, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    _refuse_other_round(current, dossier)
    return {}


def _finish(current: AppraisalPart, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    require(appraisal_pen(dossier, current))
    _refuse_unjudged(current, dossier)
    return {}


def _sign(current: AppraisalPart, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    _refuse_other_round(current, dossier)
    if current.round == 1 and not dossier.submission.is_received:
        raise Conflict("Hồ sơ đang được mở cho đơn vị sửa, chưa nộp lại, nên chưa ký phần này được.")
    _refuse_unjudged(current, dossier)
    return {"signed_by": by, "signed_at": dossier.now, "reopened_reason": ""}


def _reopen_part(current: AppraisalPart, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    _refuse_other_round(current, dossier)
    return _unsigned(data)


def _amend_part(current: AppraisalPart, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    return _unsigned(data) | {"amended_in": dossier.participant.criteria_set.revision}


def _unsigned(data: dict[str, Any]) -> Changes:
    return {"signed_by": None, "signed_at": None, "reopened_reason": data["reason"]}


def _refuse_other_round(part: AppraisalPart, dossier: Dossier) -> None:
    own = Phase.APPRAISAL if part.round == 1 else Phase.REAPPRAISAL
    if dossier.phase != own and not is_late_by_amendment(dossier, part):
        raise Conflict(f"Phần này thuộc vòng {part.round}, khối đang ở vòng khác.")


def _refuse_unjudged(part: AppraisalPart, dossier: Dossier) -> None:
    """Every leaf of the part needs a value of its round: all of the component, or those that were explained."""
    if codes := [leaf.code for leaf in leaves_to_judge(part, dossier) if leaf.pk not in _judged(part)]:
        raise Blocked("Phần này chưa xong.", [f"{code}: chưa có ý kiến thẩm định." for code in codes])


def leaves_to_judge(part: AppraisalPart, dossier: Dossier) -> list[Criterion]:
    """The leaves of a part as they are under the dossier's lock (`scoring.selectors.appraisal.leaves_by_part`)."""
    part.participant = dossier.participant
    return leaves_of_part(part)


def _judged(part: AppraisalPart) -> set[int]:
    stage = Stage.APPRAISED if part.round == 1 else Stage.REAPPRAISED
    found = Value.objects.fresh().filter(participant=part.participant_id, stage=stage, criterion__source=Source.SELF)
    return set(found.values_list("criterion", flat=True))


# ── explanations ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _explain_in_time(current: Explanation, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    """Something of this round is written or agreed to, and what was chosen to be explained is explained."""
    require(explanation_in_time(dossier, current, Act.HAND_IN))
    check = look_at_explanation(dossier, current)
    if check.faults:
        raise Blocked(f"Chưa trình, gửi được: còn {len(check.faults)} mục chưa viết.", check.faults)
    if not check.agreed and not current.items.filter(round=round_of(dossier)).exists():
        raise Conflict("Chưa có mục giải trình nào. Viết hoặc đồng ý ít nhất một mục, hoặc không gửi gì.")
    return {}


def _explanation_hand_over(current: Explanation, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    changes = _explain_in_time(current, dossier, by, data)
    close_notes(dossier, by, Purpose.EXPLANATION, whole_only=True)
    return changes


def _explanation_return(current: Explanation, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    """`data["notes"]`: leaf (pk) → what to mend there, beside the reason that is about the whole."""
    require(explanation_in_time(dossier, current))
    send_explanation_back(current, dossier, by, data["reason"], data.get("notes") or {})
    return {"returned_note": data["reason"]}


def _explanation_submit(current: Explanation, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    _explain_in_time(current, dossier, by, data)
    close_notes(dossier, by, Purpose.EXPLANATION)
    return {"submitted_at": dossier.now, "submitted_by": by, "returned_note": ""}


def _reopen_explanation(current: Explanation, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    limits = [dossier.now]
    if current.state != ExplanationState.SUBMITTED:
        limits += filter(None, [dossier.closes_at(Phase.EXPLANATION), current.reopened_until])
    if data["until"] <= max(limits):
        raise Incomplete("until", "Hạn mới phải sau lúc này và sau hạn đang có của đơn vị.")
    return {"reopened_until": data["until"], "reopened_reason": data["reason"], "returned_note": ""}


def _ask_again(current: Explanation, dossier: Dossier, by: User | None, data: dict[str, Any]) -> Changes:
    if data["until"] <= dossier.now:
        raise Incomplete("until", "Hạn viết giải trình phải sau lúc này.")
    if not group_guards.lowered_leaves(dossier.participant):
        raise Conflict("Không có tiêu chí nào bị hạ điểm ở vòng 2, nên không có gì phải giải trình lại.")
    return {"reopened_until": data["until"], "reopened_reason": data["reason"]}


_GUARDS: dict[tuple[Subject, str], Callable[[Any, Dossier, User | None, dict[str, Any]], Changes]] = {
    (Subject.SUBMISSION, "hand_over"): _hand_over,
    (Subject.SUBMISSION, "return"): _return,
    (Subject.SUBMISSION, "submit"): _submit,
    (Subject.SUBMISSION, "withdraw"): _withdraw,
    (Subject.SUBMISSION, "close"): _close,
    (Subject.SUBMISSION, "extend"): _more_time,
    (Subject.SUBMISSION, "reopen"): _more_time,
    (Subject.SUBMISSION, "unlock"): _more_time,
    (Subject.SUBMISSION, "take_as_it_stands"): _as_it_stands,
    (Subject.SUBMISSION, "set_to_nought"): _nought,
    (Subject.SUBMISSION, "take_paper"): _take_paper,
    (Subject.SUBMISSION, "submit_on_behalf"): _submit_on_behalf,
    (Subject.PART, "finish"): _finish,
    (Subject.PART, "take_up"): _right_round,
    (Subject.PART, "sign"): _sign,
    (Subject.PART, "reopen"): _reopen_part,
    (Subject.PART, "amend"): _amend_part,
    (Subject.EXPLANATION, "hand_over"): _explanation_hand_over,
    (Subject.EXPLANATION, "return"): _explanation_return,
    (Subject.EXPLANATION, "submit"): _explanation_submit,
    (Subject.EXPLANATION, "reopen"): _reopen_explanation,
    (Subject.EXPLANATION, "ask_again"): _ask_again,
}

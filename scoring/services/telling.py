"""Who is told of a change of state, in its transaction; what it says is fit for a letter (scoring/mail.py)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from scoring.enums import Phase
from scoring.mail import tell_appraiser, tell_unit, tell_units
from scoring.models import AppraisalPart, Explanation, Group, Participant, Submission, Window
from scoring.selectors.late_paper import paper_in_hand
from scoring.services.group_guards import assessed
from scoring.workflow import Subject, Transition
from units.enums import NoticeKind, Role
from units.vietnamese import format_date, format_deadline

STAFF, HEAD = (Role.UNIT_STAFF,), (Role.UNIT_HEAD,)


def tell(transition: Transition, changed: Any) -> None:
    """Tell whom the transition gives something to do or to read; nobody of the others."""
    words = _WORDS.get((transition.subject, transition.name))
    if words is not None:
        words(changed)


def _occasion(changed: Any, name: str) -> str:
    """Each time is an occasion of its own: the version rises with every change of state."""
    return f"{type(changed).__name__.lower()}-{name}-{changed.version}"


def _returned(submission: Submission) -> None:
    tell_unit(
        submission.participant, "Hồ sơ tự chấm bị trả lại",
        f"Thủ trưởng trả lại hồ sơ tự chấm của {submission.participant.name} để cán bộ sửa. Lời nhắn và các tiêu chí "
        "phải xem lại nằm trong phiếu.",
        note=f"Thủ trưởng nhắn: {submission.returned_note}" if submission.returned_note else "",
        occasion=_occasion(submission, "return"), roles=STAFF,
    )  # fmt: skip


def _withdrawn(submission: Submission) -> None:
    tell_unit(
        submission.participant, "Hồ sơ tự chấm được rút lại để sửa",
        f"Hồ sơ tự chấm đã nộp của {submission.participant.name} được rút lại để sửa. Sửa xong phải trình và nộp lại "
        "trong hạn.",
        occasion=_occasion(submission, "withdraw"), roles=STAFF,
    )  # fmt: skip


def _awaits_head(submission: Submission) -> None:
    tell_unit(
        submission.participant, "Hồ sơ tự chấm chờ duyệt",
        f"Cán bộ đã trình hồ sơ tự chấm của {submission.participant.name}. Thủ trưởng xem, rồi nộp hoặc trả lại.",
        kind=NoticeKind.REVIEW, occasion=_occasion(submission, "hand_over"), page="dossier_review", roles=HEAD,
    )  # fmt: skip


def _more_time(submission: Submission) -> None:
    if submission.extended_until is not None:
        tell_unit(
            submission.participant, "Hồ sơ tự chấm được nhập tiếp",
            f"Hồ sơ tự chấm của {submission.participant.name} được nhập và nộp đến "
            f"{format_deadline(submission.extended_until)}.",
            note=f"Lý do: {submission.extension_reason}",
            occasion=_occasion(submission, "time"), until=submission.extended_until,
        )  # fmt: skip


def _paper_taken(submission: Submission) -> None:
    paper = paper_in_hand(submission)
    if paper is not None:
        tell_unit(
            submission.participant, "Đã nhận văn bản đến muộn",
            f"Điều phối nhận văn bản số {paper.number} ngày {format_date(paper.dated_on)} của "
            f"{submission.participant.name}, đến ngày {format_date(paper.arrived_on)}, và nhập thay theo văn bản đó.",
            note=f"Lý do: {paper.reason}",
            occasion=_occasion(submission, "take_paper"),
        )  # fmt: skip


def _handed_in_on_behalf(submission: Submission) -> None:
    receipt = submission.receipts.select_related("late_paper").order_by("-sequence").first()
    paper = receipt and receipt.late_paper
    if receipt and paper:
        tell_unit(
            submission.participant, "Điều phối đã nộp thay hồ sơ tự chấm",
            f"Hồ sơ tự chấm của {submission.participant.name} được nộp thay theo văn bản số {paper.number} ngày "
            f"{format_date(paper.dated_on)}, đến ngày {format_date(paper.arrived_on)}. Biên nhận {receipt.number}. "
            "Đơn vị xem từng số liệu nhập thay trong phiếu; thấy sai thì báo ngay cho điều phối.",
            occasion=_occasion(submission, "submit_on_behalf"),
        )  # fmt: skip


def _explanation_returned(explanation: Explanation) -> None:
    tell_unit(
        explanation.participant, "Giải trình bị trả lại",
        f"Thủ trưởng trả lại giải trình của {explanation.participant.name} để cán bộ sửa.",
        note=f"Thủ trưởng nhắn: {explanation.returned_note}" if explanation.returned_note else "",
        occasion=_occasion(explanation, "return"), page="explanation", roles=STAFF,
    )  # fmt: skip


def _explanation_awaits_head(explanation: Explanation) -> None:
    tell_unit(
        explanation.participant, "Giải trình chờ duyệt",
        f"Cán bộ đã trình giải trình của {explanation.participant.name}. Thủ trưởng xem, rồi gửi hoặc trả lại.",
        kind=NoticeKind.REVIEW, occasion=_occasion(explanation, "hand_over"), page="explanation", roles=HEAD,
    )  # fmt: skip


def _write_on(explanation: Explanation) -> None:
    if explanation.reopened_until is not None:
        tell_unit(
            explanation.participant, "Giải trình được viết tiếp",
            f"{explanation.participant.name} được viết và gửi giải trình đến "
            f"{format_deadline(explanation.reopened_until)}. Mục nào sửa thì phải gửi lại mới được xem xét.",
            note=f"Lý do: {explanation.reopened_reason}",
            occasion=_occasion(explanation, "reopen"), until=explanation.reopened_until, page="explanation",
        )  # fmt: skip


def _ask_again(explanation: Explanation) -> None:
    if explanation.reopened_until is not None:
        tell_unit(
            explanation.participant, "Mời giải trình lại",
            f"{explanation.participant.name} được mời giải trình lại đến "
            f"{format_deadline(explanation.reopened_until)}.",
            note=f"Lý do: {explanation.reopened_reason}",
            occasion=_occasion(explanation, "ask_again"), until=explanation.reopened_until, page="explanation",
        )  # fmt: skip


def _part_reopened(part: AppraisalPart) -> None:
    tell_appraiser(
        part, "Phần thẩm định đã ký được mở lại",
        "Một phần thẩm định anh, chị đã ký được mở lại. Xem rồi ký lại.",
        occasion=f"phan-{part.pk}-{part.version}",
    )  # fmt: skip


def _opened(group: Group) -> None:
    what = "bước tự chấm đã mở, nhập số liệu và tài liệu trong phiếu"
    _tell_step(group, Phase.SELF_ASSESSMENT, assessed(group), "Mở tự chấm", what, page="worksheet")


def _explaining(group: Group) -> None:
    units = group.participants.filter(is_assessed=True, explanation__isnull=False)
    what = "kết quả thẩm định đã mở cho đơn vị xem và giải trình trong cổng"
    _tell_step(group, Phase.EXPLANATION, units, "Mở giải trình", what, page="explanation")


def _tell_step(group: Group, phase: Phase, units: Iterable[Participant], subject: str, what: str, *, page: str) -> None:
    """To every unit that writes in this step; a step that is taken again is another occasion."""
    window = Window.objects.filter(group=group, phase=phase).first()
    until = window.closes_at if window else None
    hour = f" Hạn: {format_deadline(until)}." if until else ""
    tell_units(
        group.campaign, units, subject, lambda item: f"{group.campaign.title}, {item.name}: {what}.{hour}",
        occasion=f"{phase}-{uuid.uuid4().hex}", until=until, page=page,
    )  # fmt: skip


_WORDS: dict[tuple[Subject, str], Callable[[Any], None]] = {
    (Subject.GROUP, "open"): _opened,
    (Subject.GROUP, "start_explanation"): _explaining,
    (Subject.GROUP, "return_to_explanation"): _explaining,
    (Subject.SUBMISSION, "hand_over"): _awaits_head,
    (Subject.SUBMISSION, "return"): _returned,
    (Subject.SUBMISSION, "withdraw"): _withdrawn,
    (Subject.SUBMISSION, "extend"): _more_time,
    (Subject.SUBMISSION, "reopen"): _more_time,
    (Subject.SUBMISSION, "unlock"): _more_time,
    (Subject.SUBMISSION, "take_paper"): _paper_taken,
    (Subject.SUBMISSION, "submit_on_behalf"): _handed_in_on_behalf,
    (Subject.PART, "reopen"): _part_reopened,
    (Subject.EXPLANATION, "hand_over"): _explanation_awaits_head,
    (Subject.EXPLANATION, "return"): _explanation_returned,
    (Subject.EXPLANATION, "reopen"): _write_on,
    (Subject.EXPLANATION, "ask_again"): _ask_again,
}

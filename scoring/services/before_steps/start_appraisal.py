"""What "Chuyển sang thẩm định 1" will bring about: who has not handed in, and who will appraise what."""

from __future__ import annotations

from collections import defaultdict

from scoring.enums import Phase, Resolution
from scoring.enums import SubmissionState as S
from scoring.models import AppraisalPart, Group, Participant, Window
from scoring.services.before_steps.ahead import (
    Ahead,
    assessed_in,
    given_out,
    given_to_nobody,
    hours,
    is_nought,
    listed,
    told,
    windows_of_phase,
)

NEXT = "điều phối lấy theo nội dung đã nhập, gia hạn, hoặc tính 0 điểm; phải quyết định trước khi trả kết quả"


def ahead(groups: list[Group]) -> list[Ahead]:
    units, windows = assessed_in(groups), windows_of_phase(groups, Phase.APPRAISAL)
    parts = _parts(groups)
    found = []
    for group in groups:
        to_judge = [part for part in parts[group.pk] if not is_nought(part.participant)]
        happens = told(
            *_handed_in(units[group.pk]),
            "Từ lúc chuyển, đơn vị không nhập, không nộp, không rút lại được nữa; muốn sửa thì điều phối mở khóa, hoặc "
            "gia hạn, riêng từng đơn vị.",
            f"Người thẩm định chấm được ngay từ lúc chuyển{_set_hours(windows.get(group.pk))}: {given_out(to_judge)}.",
            _left_to_the_council(units[group.pk]),
            "Khi quay lại tự chấm, hồ sơ đã thành “không nộp” vẫn là “không nộp” cho đến khi được gia hạn.",
        )
        found.append(Ahead(group, happens, told(given_to_nobody(to_judge))))
    return found


def _parts(groups: list[Group]) -> dict[int, list[AppraisalPart]]:
    """Parts of round 1 by group (pk), units by name; one query."""
    rows = AppraisalPart.objects.filter(participant__group__in=groups, participant__is_assessed=True, round=1)
    found: dict[int, list[AppraisalPart]] = defaultdict(list)
    chosen = rows.select_related("participant__submission", "component")
    for part in chosen.order_by("participant__unit__name_sort", "participant", "component__path"):
        found[part.participant.group_id].append(part)
    return found


def _handed_in(units: list[Participant]) -> list[str]:
    """How many dossiers came in, and what becomes of the others."""
    names: dict[str, list[str]] = defaultdict(list)
    for item in units:
        submission = getattr(item, "submission", None)
        if submission is not None:
            state = S.DRAFT if submission.state == S.AT_HEAD else submission.state
            names[submission.resolution or state].append(item.name)
    writing, undecided = names[S.DRAFT], names[S.NOT_SUBMITTED]
    taken, nought = names[Resolution.AS_IT_STANDS], names[Resolution.NOUGHT]
    return [
        f"{len(names[S.SUBMITTED])} trong {len(units)} đơn vị đã nộp hồ sơ.",
        f"{len(writing)} đơn vị chưa nộp: {listed(writing)} Hồ sơ thành “không nộp”: {NEXT}." if writing else "",
        f"{len(undecided)} hồ sơ không nộp chưa có quyết định: {listed(undecided)} Với mỗi hồ sơ, {NEXT}."
        if undecided
        else "",
        f"{len(taken)} hồ sơ không nộp được lấy theo nội dung đã nhập: {listed(taken)}" if taken else "",
        f"{len(nought)} hồ sơ không nộp được tính 0 điểm, không thẩm định: {listed(nought)}" if nought else "",
    ]


def _set_hours(window: Window | None) -> str:
    """The hours of the phase are a promise to the people: the pen does not ask them."""
    return f" (thời hạn đã đặt: {hours(window)})" if window is not None else ""


def _left_to_the_council(units: list[Participant]) -> str:
    names = [item.name for item in units if item.council_only]
    return f"{len(names)} đơn vị chỉ hội đồng chấm, không có phần thẩm định: {listed(names)}" if names else ""

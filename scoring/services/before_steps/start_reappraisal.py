"""What "Chuyển sang thẩm định 2" will bring about: whose explanation is looked at, by whom, and whose is not."""

from __future__ import annotations

from collections import defaultdict

from scoring.enums import Phase
from scoring.models import AppraisalPart, Explanation, ExplanationItem, Group
from scoring.selectors.appraisal import leaves_by_part
from scoring.services.before_steps.ahead import (
    Ahead,
    given_out,
    given_to_nobody,
    hours,
    listed,
    some,
    told,
    windows_of_phase,
)


def ahead(groups: list[Group]) -> list[Ahead]:
    windows, parts = windows_of_phase(groups, Phase.REAPPRAISAL), _second_round(groups)
    asked = Explanation.objects.filter(participant__group__in=groups, participant__is_assessed=True)
    units: dict[int, list[Explanation]] = defaultdict(list)
    for item in asked.select_related("participant").order_by("participant__unit__name_sort", "pk"):
        units[item.participant.group_id].append(item)
    sent, unsent = _items(groups)
    found = []
    for group in groups:
        heard = [item for item in units[group.pk] if sent[item.pk]]
        silent = [item.participant.name for item in units[group.pk] if not sent[item.pk]]
        lost = [item.participant.name for item in units[group.pk] if unsent[item.pk]]
        window = windows.get(group.pk)
        when = f" (thời hạn đã đặt: {hours(window)})" if window is not None else ""
        happens = told(
            f"{len(heard)} trong {len(units[group.pk])} đơn vị đã gửi giải trình, "
            f"{sum(sent[item.pk] for item in heard)} mục.",
            f"{len(silent)} đơn vị không gửi giải trình, giữ điểm thẩm định vòng 1: {listed(silent)}" if silent else "",
            "Từ lúc chuyển, đơn vị không viết, không gửi giải trình được nữa, trừ khi được mời giải trình lại vì điểm "
            "vòng 2 thấp hơn vòng 1.",
            f"Người thẩm định chấm lại được ngay từ lúc chuyển{when}, chỉ các mục đã gửi giải trình: "
            f"{given_out(parts[group.pk])}."
            if parts[group.pk]
            else "Không có phần nào phải thẩm định lại: khối trình hội đồng được ngay sau đó.",
        )
        look_again = told(
            f"{len(lost)} đơn vị đã viết mà chưa gửi, phần này không được xem xét: {some(lost)}" if lost else "",
            given_to_nobody(parts[group.pk]),
        )
        found.append(Ahead(group, happens, look_again))
    return found


def _items(groups: list[Group]) -> tuple[dict[int, int], dict[int, int]]:
    """By explanation (pk) how many items of the first round were sent, and how many are written only; one query."""
    sent: dict[int, int] = defaultdict(int)
    unsent: dict[int, int] = defaultdict(int)
    items = ExplanationItem.objects.filter(explanation__participant__group__in=groups, round=1)
    for explanation, moment in items.values_list("explanation", "sent_at"):
        (unsent if moment is None else sent)[explanation] += 1
    return sent, unsent


def _second_round(groups: list[Group]) -> dict[int, list[AppraisalPart]]:
    """The parts that there will be by group (pk), in memory: those of round 1 with something explained, held by the
    same appraiser unless a second round was given out before (`services.opening`)."""
    rows = AppraisalPart.objects.filter(participant__group__in=groups, participant__is_assessed=True)
    rows = rows.select_related("participant__criteria_set", "component")
    parts = list(rows.order_by("participant__unit__name_sort", "participant", "component__path"))
    before = {(part.participant_id, part.component_id): part for part in parts if part.round == 2}
    coming = [before.get((part.participant_id, part.component_id), part) for part in parts if part.round == 1]
    for part in coming:
        part.round = 2
    leaves = leaves_by_part(groups[0].campaign, coming)
    found: dict[int, list[AppraisalPart]] = defaultdict(list)
    for part in coming:
        if leaves[part.pk]:
            found[part.participant.group_id].append(part)
    return found

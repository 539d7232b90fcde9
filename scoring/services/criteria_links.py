"""The coordinator says how the criteria of a set go on from those of an earlier year, for the whole set at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from scoring.enums import LinkKind
from scoring.models import CriteriaSet, Criterion, CriterionLink
from scoring.permissions import LINK_CRITERIA
from scoring.selectors.announced import announced_run
from scoring.selectors.continuity import can_be_same, criteria_of, may_continue
from scoring.services.campaigns import raise_version
from scoring.services.errors import Blocked, Conflict
from units import trail
from units.models import User
from units.permissions import authorize
from units.vietnamese import format_points

ANNOUNCED = "Kỳ này đã công bố, nên không nối lại tiêu chí với năm trước: số so sánh đã đưa ra phải giữ nguyên."
NOT_EARLIER = "Chỉ nối với bộ tiêu chí của một năm trước, cùng đơn vị tổ chức."
CONTRADICTION = "Chưa lưu được: có tiêu chí nối chưa đúng."


@dataclass(frozen=True)
class Wanted:
    """What somebody says of one criterion, all by pk; without predecessors it is new against the earlier set, whatever
    `kind` says."""

    criterion: int
    predecessors: tuple[int, ...] = ()
    kind: str = LinkKind.NEW
    note: str = ""

    @property
    def stored_kind(self) -> str:
        return self.kind if self.predecessors else LinkKind.NEW


def link_criteria(
    criteria_set: CriteriaSet, before: CriteriaSet, wanted: Iterable[Wanted], *, seen: int, by: User
) -> None:
    """Replace what was said of the set against `before` with `wanted`; a criterion that is not named there has no word.

    Nothing else changes: links with another set, of another year or of the same one, stay with their notes, and a
    criterion that is new here goes on from none of `before` alone.

    `seen` is the campaign's version that the page was made from. Raises `Refused`, `StaleEdit`, `Conflict` (published,
    or `before` is not of an earlier year of the same organiser), `Blocked` with every sentence of `contradictions`;
    nothing is stored then. The trail tells what was said of each criterion before and now, where that differs.
    """
    campaign, wanted = criteria_set.campaign, list(wanted)
    authorize(by, LINK_CRITERIA, campaign)
    with transaction.atomic():
        raise_version(campaign, seen)
        if announced_run(campaign) is not None:
            raise Conflict(ANNOUNCED)
        if not is_earlier(before, criteria_set):
            raise Conflict(NOT_EARLIER)
        nodes, olds = criteria_of(criteria_set), criteria_of(before)
        if wrong := contradictions(wanted, nodes, olds):
            raise Blocked(CONTRADICTION, [sentence for _, sentence in wrong])
        about = Q(predecessor__criteria_set=before) | Q(new_against=before)
        standing = CriterionLink.objects.filter(about, criterion__criteria_set=criteria_set)
        said = _told(standing.select_related("criterion", "predecessor"))
        standing.delete()
        CriterionLink.objects.bulk_create(_rows(wanted, before))
        now = _told(standing.select_related("criterion", "predecessor"))
        kinds = Counter(one.stored_kind for one in wanted)
        trail.record(
            LINK_CRITERIA,
            by=by,
            about=criteria_set,
            scope=campaign.trail_scope,
            label=f"Nối bộ tiêu chí “{criteria_set.title}” với năm {before.campaign.year}",
            with_campaign=before.campaign.code,
            with_set=before.code,
            kinds={kind.value: kinds[kind] for kind in LinkKind},
            changes=[
                {"criterion": code, "before": said.get(code), "after": now.get(code)}
                for code in sorted({*said, *now})
                if said.get(code) != now.get(code)
            ],
        )


def is_earlier(before: CriteriaSet, criteria_set: CriteriaSet) -> bool:
    """Whether `before` is a set of the same organiser and of an earlier year."""
    return before.organiser_id == criteria_set.organiser_id and before.campaign.year < criteria_set.campaign.year


def contradictions(
    wanted: Iterable[Wanted], nodes: Iterable[Criterion], olds: Iterable[Criterion]
) -> list[tuple[int, str]]:
    """Everything that cannot be said, as (pk of the criterion, sentence that names it).

    `nodes` and `olds` are the criteria in force of the two sets (`criteria_of`).
    """
    wanted = list(wanted)
    here, there = {node.pk: node for node in nodes}, {old.pk: old for old in olds}
    followers = Counter(pk for one in wanted for pk in set(one.predecessors))
    times = Counter(one.criterion for one in wanted)
    found = []
    for one in wanted:
        node = here.get(one.criterion)
        if node is None or times[one.criterion] > 1:
            found.append((one.criterion, "Danh sách tiêu chí đã khác. Mở lại trang rồi nối lại."))
        elif sentence := _contradiction(node, one, there, followers):
            found.append((node.pk, f"{node.code} {node.title}: {sentence}"))
    return found


def _contradiction(node: Criterion, one: Wanted, there: Mapping[int, Criterion], followers: Counter[int]) -> str:
    """Why `one` cannot be said of `node`; "" where it can."""
    if one.predecessors and (one.kind not in LinkKind.values or one.kind == LinkKind.NEW):
        return "đã chọn tiêu chí năm trước thì chọn cả cách so với tiêu chí đó."
    if len(set(one.predecessors)) < len(one.predecessors):
        return "chỉ nối một lần với cùng một tiêu chí năm trước."
    for pk in one.predecessors:
        old = there.get(pk)
        if old is None:
            return "tiêu chí năm trước đã chọn không thuộc bộ tiêu chí đang so. Chọn lại trong danh sách."
        if not may_continue(node.is_leaf, old):
            shape = "có tiêu chí con" if node.is_leaf else "không có tiêu chí con"
            return f"không nối được với {old.code} năm trước, vì tiêu chí đó {shape}."
    if one.stored_kind == LinkKind.SAME:
        return _not_the_same(node, [there[pk] for pk in one.predecessors], followers)
    return ""


def _not_the_same(node: Criterion, olds: list[Criterion], followers: Counter[int]) -> str:
    if len(olds) > 1:
        return "gộp từ nhiều tiêu chí năm trước, nên không phải “Giữ nguyên”."
    [old] = olds
    if followers[old.pk] > 1:
        return f"{old.code} năm trước được tách ra cho nhiều tiêu chí, nên không phải “Giữ nguyên”."
    if can_be_same(node, old):
        return ""
    differs = []
    if node.max_points != old.max_points:
        differs.append(f"điểm tối đa {format_points(old.max_points)} → {format_points(node.max_points)}")
    if node.role != old.role:
        differs.append(f"vai trò {old.get_role_display().lower()} → {node.get_role_display().lower()}")
    if node.rule != old.rule:
        differs.append("quy tắc chấm")
    return f"không phải “Giữ nguyên”, vì đã khác {', '.join(differs)}. Chọn “Đã đổi, vẫn so được” hoặc “không so”."


def _rows(wanted: Iterable[Wanted], before: CriteriaSet) -> list[CriterionLink]:
    return [
        CriterionLink(
            criterion_id=one.criterion,
            predecessor_id=pk,
            new_against=before if pk is None else None,
            kind=one.stored_kind,
            note=one.note,
        )
        for one in wanted
        for pk in one.predecessors or (None,)
    ]


def _told(links: Iterable[CriterionLink]) -> dict[str, dict[str, Any]]:
    """What stands, by the code of the criterion."""
    found: dict[str, dict[str, Any]] = {}
    for link in links:
        own = found.setdefault(link.criterion.code, {"kind": link.kind, "note": link.note, "predecessors": []})
        if link.predecessor is not None:
            own["predecessors"].append(link.predecessor.code)
    for own in found.values():
        own["predecessors"].sort()
    return found

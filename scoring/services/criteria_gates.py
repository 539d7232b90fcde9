"""Conditions that cap a class name a criterion by its code; where codes change, they follow the one they meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.engine.load_policy import ANY_COMPONENT
from scoring.files.annex_layout import AnnexSet
from scoring.models import Campaign, Criterion, Group


@dataclass(frozen=True)
class GateMove:
    """One code that a condition names and that means something else in the new tree. `after` is the code that the
    criterion has now, "" where it is gone or where another set of the year has the code too, so that it stays."""

    before: str
    after: str
    sentence: str


def gate_moves(campaign: Campaign, groups: Iterable[Group], before: AnnexSet, after: AnnexSet) -> tuple[GateMove, ...]:
    """What becomes of the conditions of the campaign and of its `groups`, in the order of codes; one query at most."""
    ids = {node.code: node.permanent_id for node in before.nodes}
    now = {node.permanent_id: node.code for node in after.nodes}
    named = {gate["node"] for gates in (campaign.gates, *(group.gates for group in groups)) for gate in gates or ()}
    moved = sorted(code for code in named - {ANY_COMPONENT} if code in ids and now.get(ids[code]) != code)
    if not moved:
        return ()
    others = Criterion.objects.in_force().filter(criteria_set__campaign=campaign, code__in=moved)
    shared = set(others.exclude(criteria_set__code=before.code).values_list("code", flat=True))
    return tuple(_move(code, now.get(ids[code], ""), code in shared) for code in moved)


def follow(moves: Iterable[GateMove], campaign: Campaign, groups: Iterable[Group]) -> None:
    """Write the conditions with their new codes; the caller holds the locks of the campaign and its groups."""
    codes = codes_of(moves)
    if not codes:
        return
    Campaign.objects.filter(pk=campaign.pk).update(gates=renamed(campaign.gates, codes))
    for group in groups:
        if group.gates:
            Group.objects.filter(pk=group.pk).update(gates=renamed(group.gates, codes))


def codes_of(moves: Iterable[GateMove]) -> dict[str, str]:
    """Old code → new code, for the conditions that go along."""
    return {move.before: move.after for move in moves if move.after}


def renamed(gates: Iterable[Mapping[str, Any]], codes: Mapping[str, str]) -> list[dict[str, Any]]:
    """The conditions with new codes."""
    return [{**gate, "node": codes.get(gate["node"], gate["node"])} for gate in gates]


def _move(before: str, after: str, is_shared: bool) -> GateMove:
    if is_shared:
        told = "mã này dùng chung với bộ tiêu chí khác của kỳ, nên điều kiện giữ nguyên mã. Xem lại điều kiện."
        return GateMove(before, "", f"Điều kiện khống chế xếp loại ở {before}: {told}")
    if not after:
        told = "tiêu chí không còn. Sửa hoặc bỏ điều kiện trước khi mở tự chấm."
        return GateMove(before, "", f"Điều kiện khống chế xếp loại ở {before}: {told}")
    return GateMove(before, after, f"Điều kiện khống chế xếp loại ở {before} chuyển theo tiêu chí, nay là {after}.")

"""Writes the rows of a past campaign: groups, criteria, participants, values and what was printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.enums import Stage
from scoring.models import Campaign, CriteriaSet, Criterion, Group, Participant, PrintedResult, Value
from scoring.services.past_plan import Component, GroupPlan, UnitPlan, plan_group
from scoring.services.past_types import Figures, PastTable, UnitRow
from units.models import Unit, User

MANUAL = {"kind": "manual"}


def clear_campaign(campaign: Campaign) -> None:
    """Take everything out of a campaign but itself and its runs."""
    campaign.participants.all().delete()
    campaign.criteria_sets.all().delete()
    campaign.groups.all().delete()


def store_rows(campaign: Campaign, table: PastTable, units: Mapping[int, Unit], by: User | None) -> None:
    """Write all rows of `table` into the empty `campaign`; `units` gives the unit of each row.

    Call it within a transaction. The number of queries depends on the number of groups only.
    """
    codes = _participant_codes(table, units)
    for position, group_row in enumerate((group for group in table.groups if table.rows_of(group.code)), start=1):
        group = Group.objects.create(
            campaign=campaign,
            code=group_row.code,
            title=group_row.title,
            position=position,
            is_excerpt=group_row.is_excerpt,
            listed_of=group_row.listed_of,
            printed_mean=group_row.printed_mean,
        )
        plan = plan_group(table, group_row)
        criteria_set = CriteriaSet.objects.create(
            campaign=campaign, code=group_row.code, title=f"Cột điểm của {group_row.title}", position=position
        )
        leaves = _store_criteria(criteria_set, plan)
        rows = table.rows_of(group_row.code)
        participants = Participant.objects.bulk_create(
            _participant(campaign, group, criteria_set, row, units[row.row], codes[row.row], plan) for row in rows
        )
        Value.objects.bulk_create(
            Value(
                participant=participant,
                criterion=leaves[code],
                stage=Stage.PUBLISHED,
                inputs={"points": plain(points)},
                author=by,
            )
            for participant, row in zip(participants, rows, strict=True)
            for code, points in plan.units.get(row.row, UnitPlan()).points.items()
        )
        PrintedResult.objects.bulk_create(
            _printed(participant, row, table) for participant, row in zip(participants, rows, strict=True)
        )


def _participant_codes(table: PastTable, units: Mapping[int, Unit]) -> dict[int, str]:
    """The unit's code, made different where two units of the campaign bear the same."""
    taken: set[str] = set()
    codes: dict[int, str] = {}
    for row in table.rows:
        code = base = units[row.row].code
        number = 1
        while code in taken:
            number += 1
            code = f"{base[:28]}-{number}"
        taken.add(code)
        codes[row.row] = code
    return codes


def _store_criteria(criteria_set: CriteriaSet, plan: GroupPlan) -> dict[str, Criterion]:
    """The tree in two inserts; returns its leaves by code."""
    tops = Criterion.objects.bulk_create(
        _criterion(criteria_set, component, f"{at:03d}") for at, component in enumerate(plan.components, start=1)
    )
    leaves = {top.code: top for top, component in zip(tops, plan.components, strict=True) if component.is_leaf}
    below = Criterion.objects.bulk_create(
        Criterion(
            criteria_set=criteria_set,
            parent=top,
            path=f"{top.path}.{at:03d}",
            code=leaf.code,
            title=leaf.title,
            max_points=leaf.max_points,
            source=component.source,
            role=component.role,
            rule=MANUAL,
        )
        for top, component in zip(tops, plan.components, strict=True)
        if not component.is_leaf
        for at, leaf in enumerate(component.leaves, start=1)
    )
    return leaves | {leaf.code: leaf for leaf in below}


def _criterion(criteria_set: CriteriaSet, component: Component, path: str) -> Criterion:
    return Criterion(
        criteria_set=criteria_set,
        path=path,
        code=component.code,
        title=component.title,
        max_points=component.max_points,
        source=component.source,
        role=component.role,
        rule=MANUAL if component.is_leaf else None,
    )


def _participant(
    campaign: Campaign, group: Group, criteria_set: CriteriaSet, row: UnitRow, unit: Unit, code: str, plan: GroupPlan
) -> Participant:
    own = plan.units.get(row.row, UnitPlan())
    return Participant(
        campaign=campaign,
        unit=unit,
        code=code,
        name=row.name,
        group=group,
        criteria_set=criteria_set,
        has_figures=row.has_figures,
        is_ranked=row.is_ranked,
        unranked_reason="" if row.is_ranked else row.unranked_reason,
        note=row.note,
        not_applicable=own.not_applicable,
    )


def _printed(participant: Participant, row: UnitRow, table: PastTable) -> PrintedResult:
    kinds = {column.code: column.is_component for column in table.columns}
    return PrintedResult(
        participant=participant,
        points=row.points,
        max_points=row.max_points,
        index=row.index,
        rank=row.rank,
        grade=row.grade,
        parts={code: _figures(own) for code, own in row.figures.items() if not kinds[code]},
        components={code: _figures(own) for code, own in row.figures.items() if kinds[code]},
        row=row.row,
    )


def _figures(own: Figures) -> dict[str, Any]:
    told = {"points": own.points, "max_points": own.max_points, "index": own.index, "rank": own.rank}
    return {key: value for key, value in told.items() if value not in ("", None)}


def plain(number: Any) -> str:
    """Plain digits without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

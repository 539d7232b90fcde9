"""What would follow if one unit had answered otherwise: its own numbers, and where it moves the others.

Only what can change is computed again, so that an answer may be tried in milliseconds; the results are those of a full
evaluation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from scoring.engine.evaluate import evaluate_unit, grade, printed_order, rank_nodes, rank_units
from scoring.engine.statistics import describe_group
from scoring.engine.types import Answer, Campaign, Group, NodeResult, Results, Unit, UnitResult


def with_answers(campaign: Campaign, unit_code: str, answers: Mapping[str, Answer | None]) -> Campaign:
    """Return the campaign in which a unit gives these answers, by leaf code; None takes an answer away.

    Answers are as ``load_units.read_answer`` returns them. The campaign is no file's any more: its digest is "". Raises
    LookupError where there is no such unit or leaf.
    """
    unit = unit_of(campaign, unit_code)
    leaves = {node.code for node, _ in campaign.criteria_sets[unit.criteria_set].layout if node.is_leaf}
    unknown = answers.keys() - leaves
    if unknown:
        raise LookupError(*sorted(unknown))
    given = {code: answer for code, answer in {**unit.answers, **answers}.items() if answer is not None}
    changed = replace(unit, answers=given)
    units = tuple(changed if one is unit else one for one in campaign.units)
    return replace(campaign, units=units, input_sha256="")


def unit_of(campaign: Campaign, unit_code: str) -> Unit:
    """Return the unit of that code; raise LookupError where there is none."""
    for unit in campaign.units:
        if unit.code == unit_code:
            return unit
    raise LookupError(unit_code)


def outlook(campaign: Campaign, results: Results, unit: Unit) -> UnitResult:
    """Return what ``unit`` would come to beside the ``results`` of the others: all its numbers, its rank and its grade.

    ``unit`` stands for the one of the same code, with other answers or exclusions. The quickest way to try an answer:
    nothing else is computed, and the nodes have no ranks.
    """
    group = _group(campaign, unit)
    fresh = evaluate_unit(unit, campaign.criteria_sets[unit.criteria_set], campaign.policy)
    grade(fresh, group, campaign.policy)
    if unit.ranked and fresh.index is not None:
        mine = fresh.index.to_order(campaign.policy.rank_on)
        above = [value for value in _ranked_values(campaign, results, unit) if value > mine]
        fresh.rank = 1 + len(set(above) if campaign.policy.ranking == "dense" else above)
    return fresh


def reevaluate(campaign: Campaign, results: Results, unit_code: str) -> Results:
    """Return ``evaluate(campaign)``, where ``results`` are those of a campaign in which only this unit's answers or
    exclusions were others. ``results`` stay as they are; what has not moved is shared with them."""
    unit = unit_of(campaign, unit_code)
    group, policy = _group(campaign, unit), campaign.policy
    fresh = evaluate_unit(unit, campaign.criteria_sets[unit.criteria_set], policy)
    grade(fresh, group, policy)
    before = next(result for result in results.units if result.unit.code == unit_code)
    moved = [position for position, pair in enumerate(zip(before.nodes, fresh.nodes, strict=True)) if _differ(*pair)]
    for old, new in zip(before.nodes, fresh.nodes, strict=True):
        new.rank = old.rank
    for position in moved:
        fresh.nodes[position].rank = None
    members = [
        fresh if result is before else _copy(result, moved if result.unit.criteria_set == unit.criteria_set else [])
        for result in results.units
        if result.unit.group == group.code
    ]
    rank_units(members, policy)
    rank_nodes([result for result in members if result.unit.criteria_set == unit.criteria_set], policy, moved)
    members.sort(key=printed_order)
    described = describe_group(group, members, campaign.criteria_sets.values(), policy)
    return Results(
        input_sha256=campaign.input_sha256,
        units=_put_back(results, group, members),
        groups=tuple(described if one.code == group.code else one for one in results.groups),
    )


def _group(campaign: Campaign, unit: Unit) -> Group:
    return next(group for group in campaign.groups if group.code == unit.group)


def _ranked_values(campaign: Campaign, results: Results, unit: Unit) -> list[int | Fraction]:
    """What the other ranked units of the group are ranked by."""
    return [
        result.index.to_order(campaign.policy.rank_on)
        for result in results.units
        if result.index is not None
        and result.unit.ranked
        and result.unit.group == unit.group
        and result.unit.code != unit.code
    ]


def _differ(old: NodeResult, new: NodeResult) -> bool:
    """Whether a node's place among the others may be another."""
    return old.index != new.index or old.ranks != new.ranks


def _copy(result: UnitResult, moved: list[int]) -> UnitResult:
    """A unit that may get other ranks: of its own, and of the nodes at ``moved``."""
    nodes = list(result.nodes)
    for position in moved:
        nodes[position] = replace(nodes[position])
    return replace(result, nodes=tuple(nodes))


def _put_back(results: Results, group: Group, members: list[UnitResult]) -> tuple[UnitResult, ...]:
    """The units of all groups in printed order, those of one group anew."""
    first = next(place for place, result in enumerate(results.units) if result.unit.group == group.code)
    return (*results.units[:first], *members, *results.units[first + len(members) :])

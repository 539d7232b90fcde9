"""A checked campaign → its results: leaves, nodes, units, then ranks, grades and statistics of every group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction

from scoring.engine.aggregate import Standing, Tally, stand, tally
from scoring.engine.grading import grade_unit
from scoring.engine.leaves import LeafMarker, Mark, excluded_by
from scoring.engine.ranking import places
from scoring.engine.statistics import describe_group
from scoring.engine.types import (
    Campaign,
    CriteriaSet,
    Group,
    Index,
    Node,
    NodeResult,
    Policy,
    Results,
    Unit,
    UnitResult,
    Working,
)
from scoring.engine.vietnamese import sort_key
from scoring.engine.weighting import unit_index

_NOUGHT = Fraction(0)
_HUNDRED = Fraction(100)


def evaluate(campaign: Campaign) -> Results:
    """Compute everything that the results file prints but for the sentences (methodology, sections 2 to 4)."""
    by_group: dict[str, list[UnitResult]] = {group.code: [] for group in campaign.groups}
    markers = {code: _markers(one, campaign.policy) for code, one in campaign.criteria_sets.items()}
    for unit in campaign.units:
        criteria_set = campaign.criteria_sets[unit.criteria_set]
        by_group[unit.group].append(_evaluate(unit, criteria_set, campaign.policy, markers[unit.criteria_set]))
    for group in campaign.groups:
        units = by_group[group.code]
        rank_units(units, campaign.policy)
        rank_nodes(units, campaign.policy)
        for result in units:
            grade(result, group, campaign.policy)
        units.sort(key=printed_order)
    return Results(
        input_sha256=campaign.input_sha256,
        units=tuple(result for group in campaign.groups for result in by_group[group.code]),
        groups=tuple(
            describe_group(group, by_group[group.code], campaign.criteria_sets.values(), campaign.policy)
            for group in campaign.groups
        ),
    )


def evaluate_unit(unit: Unit, criteria_set: CriteriaSet, policy: Policy) -> UnitResult:
    """Compute one unit by itself: points, maximum and index of every node and of the unit; no rank and no grade yet."""
    return _evaluate(unit, criteria_set, policy, _markers(criteria_set, policy))


def _markers(criteria_set: CriteriaSet, policy: Policy) -> list[LeafMarker | None]:
    return [LeafMarker(node, policy) if node.is_leaf else None for node, _ in criteria_set.layout]


def _evaluate(
    unit: Unit, criteria_set: CriteriaSet, policy: Policy, markers: Sequence[LeafMarker | None]
) -> UnitResult:
    layout, answers, excluded = criteria_set.layout, unit.answers, excluded_by(unit, criteria_set)
    marks = [
        marker.mark(answers.get(node.code), excluded.get(position)) if marker else None
        for position, ((node, _), marker) in enumerate(zip(layout, markers, strict=True))
    ]
    points = [_NOUGHT if mark is None else mark.points for mark in marks]
    not_applying = frozenset(position for position, mark in enumerate(marks) if mark and not mark.score.applies)
    tallies = {
        position: tally(branch, layout, points, not_applying, policy.exclusion)
        for position, branch in criteria_set.branches.items()
    }
    total = tally(criteria_set.whole, layout, points, not_applying, policy.exclusion)
    nodes = tuple(
        _leaf_result(node, mark) if mark else _parent_result(node, tallies[position], policy)
        for position, ((node, _), mark) in enumerate(zip(layout, marks, strict=True))
    )
    working = Working(criteria_set, policy, tuple(mark.score if mark else None for mark in marks), tallies, total)
    whole = stand(total, policy.exclusion)
    return UnitResult(
        unit=unit,
        points=whole.points,
        max_points=whole.max_points,
        index=_unit_index(whole, nodes, working),
        unanswered=tuple(
            node.code
            for (node, _), mark in zip(layout, marks, strict=True)
            if mark and not mark.score.answered and mark.score.applies and node.role == "scored"
        ),
        nodes=nodes,
        working=working,
    )


def _leaf_result(leaf: Node, mark: Mark) -> NodeResult:
    applies = mark.score.applies
    return NodeResult(leaf.code, mark.points, mark.max_points, mark.index, applies, applies and mark.index is not None)


def _parent_result(node: Node, tally: Tally, policy: Policy) -> NodeResult:
    standing = stand(tally, policy.exclusion)
    index = Index.of(standing.points, standing.max_points, policy)
    return NodeResult(
        code=node.code,
        points=standing.points,
        max_points=standing.max_points,
        index=index,
        applicable=tally.anything_applies,
        ranks=tally.scored_applies and index is not None,
    )


def _unit_index(whole: Standing, nodes: Sequence[NodeResult], working: Working) -> Index | None:
    """The unit's index, capped where the policy says so; None where none of its scored leaves applies."""
    if not working.total.scored_applies:
        return None
    components = [
        (node, nodes[position], working.tallies[position])
        for position, (node, parent) in enumerate(working.criteria_set.layout)
        if parent < 0
    ]
    index = unit_index(whole, components, working.policy)
    if index is not None and working.policy.cap_index:
        index = min(index, _HUNDRED)
    return None if index is None else Index.of(index, _HUNDRED, working.policy)


def rank_units(units: Iterable[UnitResult], policy: Policy) -> None:
    """Rank the ranked units of one group that have an index."""
    _rank([unit for unit in units if unit.unit.ranked], policy)


def rank_nodes(units: Iterable[UnitResult], policy: Policy, positions: Collection[int] | None = None) -> None:
    """Rank each node (or those at ``positions``) among the ranked units of a group that use the same criteria set and
    have an index there."""
    by_set: dict[str, list[UnitResult]] = defaultdict(list)
    for unit in units:
        if unit.unit.ranked:
            by_set[unit.unit.criteria_set].append(unit)
    for same_set in by_set.values():
        for position in range(len(same_set[0].nodes)) if positions is None else positions:
            column = [unit.nodes[position] for unit in same_set]
            _rank([node for node in column if node.ranks], policy)


def _rank(those: Sequence[UnitResult] | Sequence[NodeResult], policy: Policy) -> None:
    """Give those that have an index the places that follow from it."""
    standing = [(one, one.index.to_order(policy.rank_on)) for one in those if one.index is not None]
    place_of = places([value for _, value in standing], policy.ranking)
    for one, value in standing:
        one.rank = place_of[value]


def grade(result: UnitResult, group: Group, policy: Policy) -> None:
    """Give a unit the grade that its index or points come to, and the reason."""
    if result.index is None:
        result.grade_reason = "Không có chỉ số nên không xếp loại"
        return
    value = result.points if policy.grade_on == "points" else result.index.on(policy.grade_on)
    gated = {gate.node for gate in group.gates}
    node_indices = [
        (node.code, parent < 0, node_result.index)
        for (node, parent), node_result in zip(result.working.criteria_set.layout, result.nodes, strict=True)
        if parent < 0 or node.code in gated
    ]
    result.grade, result.grade_reason = grade_unit(
        value, node_indices, group.grades, group.gates, result.unit.grade_override, policy.grade_on
    )


def printed_order(result: UnitResult) -> tuple[bool, int, str, str]:
    """Ranked units by rank, then the others; then by Vietnamese name, then by code."""
    return result.rank is None, result.rank or 0, sort_key(result.unit.name), result.unit.code

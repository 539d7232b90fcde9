"""A checked campaign → its results: leaves, nodes, units, then ranks, grades and statistics of every group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from scoring.engine.aggregate import Standing, Tally, stand
from scoring.engine.grading import grade_unit
from scoring.engine.leaves import LeafScore, excluded_by, score_leaf
from scoring.engine.ranking import places
from scoring.engine.rounding import round_scaled
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
)
from scoring.engine.vietnamese import sort_key
from scoring.engine.weighting import unit_index
from scoring.engine.wording import say

_NOUGHT = Fraction(0)


def evaluate(campaign: Campaign) -> Results:
    """Compute everything that the results file prints (methodology, sections 2 to 4)."""
    by_group: dict[str, list[UnitResult]] = {group.code: [] for group in campaign.groups}
    for unit in campaign.units:
        criteria_set = campaign.criteria_sets[unit.criteria_set]
        by_group[unit.group].append(evaluate_unit(unit, criteria_set, campaign.policy))
    for group in campaign.groups:
        units = by_group[group.code]
        _rank_units(units, campaign.policy)
        _rank_nodes(units, campaign.policy)
        for result in units:
            _grade(result, group, campaign.criteria_sets[result.unit.criteria_set], campaign.policy)
        units.sort(key=_printed_order)
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
    layout = criteria_set.layout
    excluded = excluded_by(unit, criteria_set)
    scores = {
        position: score_leaf(node, unit.answers.get(node.code), excluded.get(position), policy)
        for position, (node, _) in enumerate(layout)
        if node.is_leaf
    }
    tallies, total = _tally(layout, scores, policy)
    standings = {
        position: stand(tallies[position], policy.exclusion)
        for position, (node, _) in enumerate(layout)
        if not node.is_leaf
    }
    nodes = tuple(
        _leaf_result(node, scores[position], policy)
        if node.is_leaf
        else _parent_result(node, tallies[position], standings[position], policy)
        for position, (node, _) in enumerate(layout)
    )
    _explain_differences(layout, nodes)
    whole = stand(total, policy.exclusion)
    components = [position for position, (_, parent) in enumerate(layout) if parent < 0]
    _explain_unit(whole, [nodes[position] for position in components])
    index = None
    if total.scored_applies:
        index = unit_index(
            whole, [(layout[position][0], nodes[position], tallies[position]) for position in components], policy
        )
    return UnitResult(
        unit=unit,
        points=whole.points,
        max_points=whole.max_points,
        index=None if index is None else _publish(min(index, Fraction(100)) if policy.cap_index else index, policy),
        unanswered=tuple(
            layout[position][0].code
            for position, score in scores.items()
            if score.applies and not score.answered and layout[position][0].role == "scored"
        ),
        nodes=nodes,
    )


def _tally(
    layout: Sequence[tuple[Node, int]], scores: dict[int, LeafScore], policy: Policy
) -> tuple[dict[int, Tally], Tally]:
    """Sum the leaves below every parent and component, and below the unit.

    Backwards through the layout, every child comes before its parent.
    """
    tallies = {position: Tally() for position, (node, parent) in enumerate(layout) if parent < 0 or not node.is_leaf}
    total = Tally()
    for position in range(len(layout) - 1, -1, -1):
        node, parent = layout[position]
        above = tallies[parent] if parent >= 0 else total
        if node.is_leaf:
            above.add_leaf(node, scores[position], policy.exclusion)
            if parent < 0:
                tallies[position].add_leaf(node, scores[position], policy.exclusion)
        else:
            above.add(tallies[position])
    return tallies, total


def _leaf_result(leaf: Node, score: LeafScore, policy: Policy) -> NodeResult:
    if leaf.role != "scored":
        word = "Điểm cộng" if leaf.role == "bonus" else "Điểm trừ"
        return NodeResult(leaf.code, score.points, leaf.max_points, None, score.applies, False, f"{word}: {score.step}")
    if score.applies:
        index = _percent(score.points, leaf.max_points, policy)
        return NodeResult(leaf.code, score.points, leaf.max_points, index, True, index is not None, score.step)
    if policy.exclusion == "full_marks":
        step = f"{score.step} → hưởng điểm tối đa {say(leaf.max_points)} điểm"
        index = _percent(leaf.max_points, leaf.max_points, policy)
        return NodeResult(leaf.code, leaf.max_points, leaf.max_points, index, False, False, step)
    step = f"{score.step} → không tính vào điểm và điểm tối đa"
    return NodeResult(leaf.code, _NOUGHT, _NOUGHT, None, False, False, step)


def _parent_result(node: Node, tally: Tally, standing: Standing, policy: Policy) -> NodeResult:
    index = None if standing.index is None else _publish(standing.index, policy)
    step = standing.step
    if not tally.anything_applies:
        step = "Không có tiêu chí nào áp dụng" + (f" → {standing.step}" if standing.max_points else "")
    return NodeResult(
        code=node.code,
        points=standing.points,
        max_points=standing.max_points,
        index=index,
        applicable=tally.anything_applies,
        ranks=tally.scored_applies and index is not None,
        steps=step,
    )


def _explain_differences(layout: Sequence[tuple[Node, int]], nodes: Sequence[NodeResult]) -> None:
    """Say at every parent whose points are not the sum of its children's that they are not, and why."""
    sums: dict[int, Fraction] = defaultdict(Fraction)
    for (node, parent), result in zip(layout, nodes, strict=True):
        sums[parent] += -result.points if node.role == "penalty" else result.points
    for position, (node, _) in enumerate(layout):
        if not node.is_leaf and sums[position] != nodes[position].points:
            nodes[position].steps += (
                f". Điểm tính từ các tiêu chí lá bên dưới, không bằng tổng {say(sums[position])} của các tiêu chí con"
                " (do quy đổi, điểm trừ hoặc mức sàn 0)"
            )


def _explain_unit(whole: Standing, components: Iterable[NodeResult]) -> None:
    """Say at every component that the unit's points are not the sum of the components', where that is so."""
    components = list(components)
    total = sum((component.points for component in components), _NOUGHT)
    if total == whole.points:
        return
    sums = f"({say(whole.points)}) tính từ mọi tiêu chí lá, không bằng tổng {say(total)} của các lĩnh vực"
    for component in components:
        component.steps += f". Điểm của đơn vị {sums}"


def _percent(points: Fraction, maximum: Fraction, policy: Policy) -> Index | None:
    return _publish(points / maximum * 100, policy) if maximum else None


def _publish(index: Fraction, policy: Policy) -> Index:
    return Index(index, round_scaled(index, policy.decimals, policy.rounding), policy.decimals)


def _rank_value(index: Index, policy: Policy) -> int | Fraction:
    return index.exact if policy.rank_on == "exact" else index.scaled


def _rank_units(units: Iterable[UnitResult], policy: Policy) -> None:
    standing = [
        (unit, _rank_value(unit.index, policy)) for unit in units if unit.unit.ranked and unit.index is not None
    ]
    place_of = places([value for _, value in standing], policy.ranking)
    for unit, value in standing:
        unit.rank = place_of[value]


def _rank_nodes(units: Iterable[UnitResult], policy: Policy) -> None:
    """Rank each node among the ranked units of the group that use the same criteria set and have an index there."""
    by_set: dict[str, list[UnitResult]] = defaultdict(list)
    for unit in units:
        if unit.unit.ranked:
            by_set[unit.unit.criteria_set].append(unit)
    for same_set in by_set.values():
        for column in zip(*(unit.nodes for unit in same_set), strict=True):
            standing = [
                (node, _rank_value(node.index, policy)) for node in column if node.ranks and node.index is not None
            ]
            place_of = places([value for _, value in standing], policy.ranking)
            for node, value in standing:
                node.rank = place_of[value]


def _grade(result: UnitResult, group: Group, criteria_set: CriteriaSet, policy: Policy) -> None:
    if result.index is None:
        result.grade_reason = "Không có chỉ số nên không xếp loại"
        return
    value = result.points if policy.grade_on == "points" else result.index.on(policy.grade_on)
    node_indices = [
        (node.code, parent < 0, node_result.index)
        for (node, parent), node_result in zip(criteria_set.layout, result.nodes, strict=True)
    ]
    result.grade, result.grade_reason = grade_unit(
        value, node_indices, group.grades, group.gates, result.unit.grade_override, policy.grade_on
    )


def _printed_order(result: UnitResult) -> tuple[bool, int, str, str]:
    """Ranked units by rank, then the others; then by Vietnamese name, then by code."""
    return result.rank is None, result.rank or 0, sort_key(result.unit.name), result.unit.code

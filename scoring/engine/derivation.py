"""How a unit's numbers came about: every node from its answer, and the unit from its leaves to its grade.

Recomputed for the one unit with the functions that compute a run; ranks and grades are those of the results, which
need the other units. No formula stands here a second time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

from scoring.engine.aggregate import Standing, stand
from scoring.engine.derivation_grade import derive_grade, grade_label
from scoring.engine.derivation_index import derive_index, derive_rank, derive_rounding, derive_weighted_index
from scoring.engine.derivation_leaf import derive_leaf, shown_figures
from scoring.engine.derivation_policy import tell_policy
from scoring.engine.derivation_sums import derive_difference, derive_sums
from scoring.engine.derivation_types import NodeDerivation, Step, UnitDerivation, spell
from scoring.engine.evaluate import evaluate_unit
from scoring.engine.leaves import excluded_by
from scoring.engine.rounding import print_points
from scoring.engine.statistics import print_index
from scoring.engine.types import Campaign, CriteriaSet, Group, Index, Policy, Results, Unit, UnitResult
from scoring.engine.weighting import Component, unit_index
from scoring.engine.wording import say, say_where

__all__ = ["NodeDerivation", "Step", "UnitDerivation", "derive", "spell"]

_MOST_INDEX = 100
_UNIT = -1
"""Where a layout has the unit: what stands above a component."""


def derive(campaign: Campaign, results: Results, unit_code: str) -> UnitDerivation:
    """Tell how the numbers of one unit came about. ``results`` are ``evaluate(campaign)``.

    Raises KeyError where the results have no such unit.
    """
    result = next((one for one in results.units if one.unit.code == unit_code), None)
    if result is None:
        raise KeyError(unit_code)
    group = next(group for group in campaign.groups if group.code == result.unit.group)
    peers = [one for one in results.units if one.unit.ranked and one.unit.group == group.code]
    return _UnitDeriver(campaign, group, result, peers).derive()


class _UnitDeriver:
    """One unit among the ranked units of its group (``peers``)."""

    def __init__(self, campaign: Campaign, group: Group, result: UnitResult, peers: Sequence[UnitResult]) -> None:
        self._policy: Policy = campaign.policy
        self._group = group
        self._result = result
        self._unit: Unit = result.unit
        self._set: CriteriaSet = campaign.criteria_sets[result.unit.criteria_set]
        self._peers = peers
        # Computed anew: ranks and grade apart, nothing below is read from the run.
        self._fresh = evaluate_unit(self._unit, self._set, self._policy)
        self._excluded = excluded_by(self._unit, self._set)
        self._working = self._fresh.working
        self._below = _sums_below(self._fresh)

    def derive(self) -> UnitDerivation:
        unit, result = self._unit, self._result
        return UnitDerivation(
            code=unit.code,
            name=unit.name,
            group=unit.group,
            points=print_points(self._fresh.points),
            max_points=print_points(self._fresh.max_points),
            index=print_index(self._fresh.index),
            rank=result.rank,
            grade=result.grade,
            grade_label=grade_label(self._group, result.grade),
            grade_reason=result.grade_reason,
            unanswered=self._fresh.unanswered,
            policy=tell_policy(self._policy),
            steps=tuple(self._unit_steps()),
            nodes=tuple(self._nodes()),
        )

    # ── nodes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _nodes(self) -> Iterator[NodeDerivation]:
        depths: list[int] = []
        layout = self._set.layout
        for position, (node, parent) in enumerate(layout):
            depths.append(depths[parent] + 1 if parent >= 0 else 0)
            found = self._fresh.nodes[position]
            answer, excluded = self._unit.answers.get(node.code), self._excluded.get(position)
            yield NodeDerivation(
                code=node.code,
                title=node.title,
                parent=layout[parent][0].code if parent >= 0 else None,
                depth=depths[position],
                is_leaf=node.is_leaf,
                role=node.role,
                source=node.source,
                points=print_points(found.points),
                max_points=print_points(found.max_points),
                index=print_index(found.index),
                rank=self._result.nodes[position].rank,
                applicable=found.applicable,
                rule=node.rule.describe() if node.rule else "",
                figures=shown_figures(node, answer, excluded),
                steps=tuple(self._node_steps(position)),
            )

    def _node_steps(self, position: int) -> Iterator[Step]:
        node, _ = self._set.layout[position]
        found = self._fresh.nodes[position]
        if node.is_leaf:
            yield from derive_leaf(node, self._unit.answers.get(node.code), self._excluded.get(position), self._policy)
        else:
            yield from derive_sums(self._working.tallies[position], self._policy.exclusion)
            yield from derive_difference(self._below[position], found.points, "tiêu chí con")
        if not node.is_leaf or found.index is not None:
            yield derive_index(found.points, found.max_points, found.index.exact if found.index else None)
        if found.index is not None:
            yield derive_rounding(found.index, self._policy)
            rank = self._result.nodes[position].rank
            if rank is not None:
                yield derive_rank(rank, found.index, self._node_peers(position), self._policy)

    def _node_peers(self, position: int) -> list[Index]:
        """The indices among which a node is ranked: of ranked units of the group with the same criteria set."""
        columns = (peer.nodes[position] for peer in self._peers if peer.unit.criteria_set == self._set.code)
        return [node.index for node in columns if node.ranks and node.index is not None]

    # ── the unit ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _unit_steps(self) -> Iterator[Step]:
        whole = stand(self._working.total, self._policy.exclusion)
        yield from derive_sums(self._working.total, self._policy.exclusion)
        yield from derive_difference(self._below[_UNIT], whole.points, "lĩnh vực")
        yield from self._index_steps(whole)
        yield from self._rank_steps()
        yield from derive_grade(self._result, self._group, self._set, self._policy)

    def _index_steps(self, whole: Standing) -> Iterator[Step]:
        if not self._working.total.scored_applies:
            yield Step("index", {}, "Không có tiêu chí chấm điểm nào áp dụng nên không có chỉ số")
            return
        components = self._components()
        exact = unit_index(whole, components, self._policy)
        if self._policy.weighting == "weights":
            yield from derive_weighted_index(components, exact)
        else:
            yield derive_index(whole.points, whole.max_points, exact)
        index = self._fresh.index
        if exact is None or index is None:
            return
        if index.exact != exact:
            values = {"from": spell(exact), "exact": spell(index.exact)}
            above = say_where(exact, lambda shown: shown > _MOST_INDEX)
            yield Step("cap", values, f"Chỉ số không quá 100: {above} → {say(index.exact)}")
        yield derive_rounding(index, self._policy)

    def _components(self) -> list[Component]:
        return [
            (node, self._fresh.nodes[position], self._working.tallies[position])
            for position, (node, parent) in enumerate(self._set.layout)
            if parent < 0
        ]

    def _rank_steps(self) -> Iterator[Step]:
        index, rank = self._fresh.index, self._result.rank
        if not self._unit.ranked:
            yield Step("rank", {}, "Đơn vị không tham gia xếp hạng")
        elif index is None or rank is None:
            yield Step("rank", {}, "Không có chỉ số nên không xếp hạng")
        else:
            yield derive_rank(rank, index, [peer.index for peer in self._peers if peer.index is not None], self._policy)


def _sums_below(fresh: UnitResult) -> dict[int, Fraction]:
    """Position of a parent (or of the unit) → the sum of the points right below it, those of a penalty taken off."""
    below: dict[int, Fraction] = defaultdict(Fraction)
    for (node, parent), found in zip(fresh.working.criteria_set.layout, fresh.nodes, strict=True):
        below[parent] += -found.points if node.role == "penalty" else found.points
    return below

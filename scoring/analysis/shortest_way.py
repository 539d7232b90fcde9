"""The shortest way to the next class: fewest leaves, then the smallest gain. Only what the unit itself can still gain.

A way names leaves whose ``source`` is self, each with the least points to reach there: those of an answer of its rule,
or printable ones where any figure is taken (``reachable``). Where leaves may share what is needed, those that can rise
most rise to their best, and the last as far as it must. Whether a way leads to the class is computed by the engine,
gates, weights, rounding and exclusions included. The search is spared by upper bounds: what raising a leaf can bring to
the index. A floor at 0 makes leaves bring more the higher the others stand, so what a leaf brings is measured from the
top, where all stand at their best; the cap at 100 is left out of the measuring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, lcm
from typing import Literal

from scoring.analysis.evaluated import Evaluated, threshold
from scoring.analysis.levels import Figure, Reach
from scoring.analysis.reachable import reachable
from scoring.analysis.search import MOST_STEPS, Choice, Found, Item, fewest_then_cheapest
from scoring.analysis.trial import Place, Trial
from scoring.engine.types import Grade, GradeBasis, Node, Policy, UnitResult

Outcome = Literal["found", "best", "out_of_reach", "unknown", "decided", "no_class"]
"""A way was found; the class is the best already; the unit cannot reach the next by itself; it may, but only by leaves
of which nobody knows how far they go; a council decided the class, which no points change; the unit has none."""


@dataclass(frozen=True, slots=True)
class Move:
    """One leaf of a way: its points now and the least to reach; ``gain`` is what it adds (at a penalty: saves).

    ``figure`` is what to enter for them, None where that is no single figure.
    """

    code: str
    title: str
    now: Fraction
    target: Fraction
    gain: Fraction
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class ShortestWay:
    """How a unit gets to its next class.

    ``next_grade`` is None where there is none to get to. ``moves`` (in tree order), ``gain`` (their sum) and ``after``
    tell of a way that was found. ``fewest`` is false where it is not sure that no way has fewer leaves, ``least`` where
    it is not sure that none of as many gains less: because the search was ended, because points of great figures were
    not all tried, or because of ``unknown``, the leaves of formulas that may go further than the figures tried.
    """

    unit: str
    outcome: Outcome
    before: Place
    next_grade: Grade | None = None
    moves: tuple[Move, ...] = ()
    gain: Fraction = Fraction(0)
    after: Place | None = None
    fewest: bool = True
    least: bool = True
    unknown: tuple[str, ...] = ()


class _Candidate:
    """A leaf that can still gain, and what it can reach."""

    def __init__(self, node: Node, reach: Reach) -> None:
        self.node = node
        self.reach = reach

    @property
    def nearly_best(self) -> Fraction:
        """Its best less the smallest of its gains."""
        return self.reach.best - (self.reach.points(0) - self.reach.now)


@dataclass(frozen=True, slots=True)
class _Need:
    """What must be at least ``bound``: the value that is graded (``position`` None), or a node's exact index."""

    position: int | None
    bound: Fraction

    def value(self, result: UnitResult, basis: GradeBasis) -> Fraction:
        if self.position is not None:
            index = result.nodes[self.position].index
        elif basis == "points":
            return result.points
        else:
            index = result.index
        return Fraction(0) if index is None else index.exact


def shortest_way(evaluated: Evaluated, unit: str, most_steps: int = MOST_STEPS) -> ShortestWay:
    """Find the shortest way of ``unit`` to the class above its own; raises LookupError for an unknown unit."""
    trial = Trial(evaluated, unit)
    before = trial.place(trial.now)
    if before.grade is None:
        return ShortestWay(unit, "no_class", before)
    if trial.now.unit.grade_override is not None:
        return ShortestWay(unit, "decided", before)
    position = trial.grades.index(before.grade)
    if position == 0:
        return ShortestWay(unit, "best", before)
    return _Way(trial, position - 1).find(before, most_steps)


class _Way:
    """The search of one unit for the class at ``position`` of its group's scale, or a better one."""

    def __init__(self, trial: Trial, position: int) -> None:
        self._trial = trial
        self._position = position
        self._layout = trial.evaluated.set_of(trial.now).layout
        self._good = {grade.code for grade in trial.grades[: position + 1]}
        reached = [
            (node, reachable(node, now, trial.now.unit.answers.get(node.code), trial.policy))
            for node, now in trial.evaluated.nodes(trial.now)
        ]
        self._candidates = tuple(_Candidate(node, reach) for node, reach in reached if reach)
        self._is_complete = all(reach.is_complete for _, reach in reached)
        self._unknown = {node.code: reach.limit for node, reach in reached if reach.limit is not None}
        self._component: dict[str, int] = {}
        for number, (node, parent) in enumerate(self._layout):
            self._component[node.code] = number if parent < 0 else self._component[self._layout[parent][0].code]

    def find(self, before: Place, most_steps: int) -> ShortestWay:
        next_grade = self._trial.grades[self._position]
        top = {candidate.node.code: candidate.reach.best for candidate in self._candidates}
        if self._trial.given(top).grade not in self._good:
            may = self._trial.given({**top, **self._unknown}).grade in self._good
            return ShortestWay(
                self._unit,
                "unknown" if may else "out_of_reach",
                before,
                next_grade,
                unknown=tuple(self._unknown) if may else (),
            )
        found = self._search(top, most_steps)
        moves = tuple(self._move(self._candidates[place], level) for place, level in found.choice)
        return ShortestWay(
            unit=self._unit,
            outcome="found",
            before=before,
            next_grade=next_grade,
            moves=moves,
            gain=sum((move.gain for move in moves), Fraction(0)),
            after=self._trial.place(self._trial.given(self._points(found.choice))),
            fewest=found.fewest and (len(moves) == 1 or not self._unknown),
            least=found.cheapest and self._is_complete,
            unknown=tuple(self._unknown),
        )

    def _move(self, candidate: _Candidate, level: int) -> Move:
        leaf, reach = candidate.node, candidate.reach
        return Move(leaf.code, leaf.title, reach.now, reach.points(level), reach.gain(level), reach.figure(level))

    @property
    def _unit(self) -> str:
        return self._trial.now.unit.code

    def _points(self, choice: Choice) -> dict[str, Fraction]:
        return {
            self._candidates[place].node.code: self._candidates[place].reach.points(level) for place, level in choice
        }

    def _holds(self, choice: Choice) -> bool:
        return self._trial.given(self._points(choice)).grade in self._good

    def _search(self, top: dict[str, Fraction], most_steps: int) -> Found:
        """Spell gains, and what they bring towards each need, in whole numbers; and search."""
        policy = replace(self._trial.policy, cap_index=False)
        needs = self._needs()
        now = self._values(self._trial.given({}, policy), needs)
        slopes = self._slopes(top, needs, policy)
        parts = lcm(1, *(candidate.reach.parts for candidate in self._candidates))
        scales = [lcm(1, *(slope.denominator for slope in column)) for column in zip(*slopes, strict=True)]
        items = [
            Item(
                costs=candidate.reach.costs(parts),
                rates=tuple(int(slope * scale) for slope, scale in zip(row, scales, strict=True)),
                kind=self._kind(candidate.node),
            )
            for candidate, row in zip(self._candidates, slopes, strict=True)
        ]
        missing = [
            ceil((need.bound - value) * scale * parts) for need, value, scale in zip(needs, now, scales, strict=True)
        ]
        return fewest_then_cheapest(items, missing, self._holds, most_steps)

    def _slopes(self, top: dict[str, Fraction], needs: Sequence[_Need], policy: Policy) -> list[list[Fraction]]:
        """What a point of each candidate brings towards each need, at most: from the top down."""
        best = self._values(self._trial.given(top, policy), needs)
        slopes = []
        for candidate in self._candidates:
            lowered = self._trial.given({**top, candidate.node.code: candidate.nearly_best}, policy)
            values = self._values(lowered, needs)
            slopes.append([(high - low) / candidate.reach.gain(0) for high, low in zip(best, values, strict=True)])
        return slopes

    def _kind(self, leaf: Node) -> int:
        """Leaves of one kind that bring as much as one another at the top do so everywhere.

        With weights a floor may hold one component down and another not; a bonus is not rescaled.
        """
        component = self._component[leaf.code] if self._trial.policy.weighting == "weights" else 0
        return 2 * component + (leaf.role != "scored")

    def _values(self, result: UnitResult, needs: Sequence[_Need]) -> list[Fraction]:
        return [need.value(result, self._trial.policy.grade_on) for need in needs]

    def _needs(self) -> list[_Need]:
        """What a class asks for at least: the threshold of the class, and every gate that would lower it."""
        policy, grade = self._trial.policy, self._trial.grades[self._position]
        begins = threshold(grade)
        needs = [_Need(None, least_exact(begins, policy) if policy.grade_on == "published" else begins)]
        for gate in self._trial.evaluated.group_of(self._trial.now).gates:
            if gate.highest_grade in self._good:
                continue
            bound = gate.index_below if policy.grade_on == "exact" else least_exact(gate.index_below, policy)
            for position, ((node, parent), result) in enumerate(zip(self._layout, self._trial.now.nodes, strict=True)):
                looked_at = parent < 0 if gate.node == "any" else node.code == gate.node
                if looked_at and result.index is not None:
                    needs.append(_Need(position, bound))
        return needs


def least_exact(published: Fraction, policy: Policy) -> Fraction:
    """The exact index below which none is published as ``published`` or more (methodology, ``rounding``)."""
    unit = 10**policy.decimals
    scaled = ceil(published * unit)
    return Fraction(scaled, unit) if policy.rounding == "down" else Fraction(2 * scaled - 1, 2 * unit)

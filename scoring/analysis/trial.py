"""One unit tried with other answers. The engine computes it, so that a trial can never disagree with a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from scoring.analysis.evaluated import Evaluated
from scoring.engine.evaluate import evaluate_unit
from scoring.engine.grading import grade_unit
from scoring.engine.ranking import places
from scoring.engine.types import Answer, Grade, Index, Judged, Policy, UnitResult


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit stands: points of maximum, index, rank within its group and class; None where it has none."""

    points: Fraction
    max_points: Fraction
    index: Index | None
    rank: int | None
    grade: Grade | None


class Trial:
    """A unit of an evaluated campaign, to be computed with other answers; nothing of the campaign changes.

    Raises LookupError where the campaign has no such unit.
    """

    def __init__(self, evaluated: Evaluated, unit: str) -> None:
        self.evaluated = evaluated
        self.now = evaluated.unit(unit)
        self.policy: Policy = evaluated.campaign.policy
        self.grades: tuple[Grade, ...] = evaluated.group_of(self.now).grades
        self._set = evaluated.set_of(self.now)
        self._leaves = {node.code: node for node, _ in self._set.layout if node.is_leaf}

    def answered(self, answers: Mapping[str, Answer | None], policy: Policy | None = None) -> UnitResult:
        """The unit's results with ``answers`` (by leaf code; None takes an answer away), its class included.

        No ranks. Another ``policy`` than the campaign's may be given. Raises LookupError where a code is no leaf.
        """
        strangers = answers.keys() - self._leaves.keys()
        if strangers:
            raise LookupError(f"no leaf of {self._set.code}: {', '.join(sorted(strangers))}")
        merged = {**self.now.unit.answers, **answers}
        unit = replace(self.now.unit, answers={code: answer for code, answer in merged.items() if answer is not None})
        result = evaluate_unit(unit, self._set, policy or self.policy)
        self._grade(result)
        return result

    def given(self, points: Mapping[str, Fraction], policy: Policy | None = None) -> UnitResult:
        """The unit's results where a person gave ``points`` to some leaves; ValueError outside 0..max_points."""
        for code, amount in points.items():
            if code in self._leaves and not 0 <= amount <= self._leaves[code].max_points:
                raise ValueError(f"{amount} points at leaf {code} of {self._leaves[code].max_points}")
        return self.answered({code: Judged(amount, "") for code, amount in points.items()}, policy)

    def place(self, result: UnitResult) -> Place:
        """Where the unit would stand among the others of its group, who keep what they have."""
        grade = next((grade for grade in self.grades if grade.code == result.grade), None)
        return Place(result.points, result.max_points, result.index, self._rank(result), grade)

    def _rank(self, result: UnitResult) -> int | None:
        if result.index is None or not result.unit.ranked:
            return None
        own = result.index.on(self.policy.rank_on)
        others = [
            other.index.on(self.policy.rank_on)
            for other in self.evaluated.ranked(result.unit.group)
            if other.unit.code != result.unit.code and other.index is not None
        ]
        return places([own, *others], self.policy.ranking)[own]

    def _grade(self, result: UnitResult) -> None:
        if result.index is None:
            return
        basis = self.policy.grade_on
        result.grade, result.grade_reason = grade_unit(
            result.points if basis == "points" else result.index.on(basis),
            [
                (node.code, parent < 0, node_result.index)
                for (node, parent), node_result in zip(self._set.layout, result.nodes, strict=True)
            ],
            self.grades,
            self.evaluated.group_of(result).gates,
            result.unit.grade_override,
            basis,
        )

"""One unit tried with other answers. The engine computes it, so that a trial can never disagree with a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from scoring.analysis.evaluated import Evaluated
from scoring.engine.change import outlook
from scoring.engine.evaluate import evaluate_unit, grade
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
        self._group = evaluated.group_of(self.now)
        self.grades: tuple[Grade, ...] = self._group.grades
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
        grade(result, self._group, policy or self.policy)
        return result

    def given(self, points: Mapping[str, Fraction], policy: Policy | None = None) -> UnitResult:
        """The unit's results where a person gave ``points`` to some leaves; ValueError outside 0..max_points."""
        for code, amount in points.items():
            if code in self._leaves and not 0 <= amount <= self._leaves[code].max_points:
                raise ValueError(f"{amount} points at leaf {code} of {self._leaves[code].max_points}")
        return self.answered({code: Judged(amount, "") for code, amount in points.items()}, policy)

    def grade(self, result: UnitResult) -> Grade | None:
        """The class of such results; None where they have none."""
        return next((one for one in self.grades if one.code == result.grade), None)

    def place(self, result: UnitResult) -> Place:
        """Where the unit would stand among the others of its group, who keep what they have."""
        seen = outlook(self.evaluated.campaign, self.evaluated.results, result.unit)
        return Place(seen.points, seen.max_points, seen.index, seen.rank, self.grade(seen))

"""One leaf of one unit: does it apply, was it answered, how many points, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from scoring.engine.arithmetic import is_less
from scoring.engine.rounding import round_to
from scoring.engine.types import Answer, Computed, CriteriaSet, DoesNotApply, Index, Judged, Node, Policy, Unit
from scoring.engine.wording import Sentence, quote, say, spoken

_NOUGHT = Fraction(0)


class LeafScore(NamedTuple):
    """``points`` lie within 0..M and are rounded to ``leaf_decimals``; they are 0 where the leaf does not apply.

    ``told`` becomes the sentence why, ``step``, when somebody asks for it.
    """

    points: Fraction
    applies: bool
    answered: bool
    told: Sentence

    @property
    def step(self) -> str:
        return spoken(self.told)


def excluded_by(unit: Unit, criteria_set: CriteriaSet) -> Mapping[int, str]:
    """Position in the layout → code of the criterion by which ``unit.not_applicable`` takes that node out."""
    if not unit.not_applicable:
        return {}
    named = {exclusion.criterion for exclusion in unit.not_applicable}
    taken: dict[int, str] = {}
    for position, (node, parent) in enumerate(criteria_set.layout):
        if node.code in named:
            taken[position] = node.code
        elif parent in taken:
            taken[position] = taken[parent]
    return taken


def score_leaf(leaf: Node, answer: Answer | None, excluded: str | None, policy: Policy) -> LeafScore:
    """Score one leaf. ``excluded`` is the code by which the unit's list takes it out; that wins over any answer."""
    if excluded is not None:
        through = "" if excluded == leaf.code else f" theo tiêu chí {quote(excluded)}"
        return LeafScore(_NOUGHT, False, answer is not None, f"Không áp dụng cho đơn vị{through}")
    if answer is None:
        return LeafScore(_NOUGHT, True, False, "Chưa có câu trả lời: 0 điểm")
    if isinstance(answer, DoesNotApply):
        return LeafScore(_NOUGHT, False, True, "Không áp dụng, đã được xác nhận")
    if isinstance(answer, Judged):
        return _finish(leaf, answer.points, lambda: f"Chấm {say(answer.points)} điểm, có ghi lý do", policy)
    return _score_figures(leaf, answer, policy)


def _score_figures(leaf: Node, answer: Computed, policy: Policy) -> LeafScore:
    if leaf.rule is None:
        raise TypeError(f"node {leaf.code} is no leaf")
    outcome = leaf.rule.score(answer.figures)
    points = outcome.points
    if points is None:
        return LeafScore(_NOUGHT, False, True, lambda: f"{outcome.step}: không áp dụng")
    if is_less(leaf.max_points, points):
        most = leaf.max_points
        return _finish(leaf, most, lambda: f"{outcome.step}, lấy tối đa {say(most)} điểm", policy)
    if points.numerator < 0:
        return _finish(leaf, _NOUGHT, lambda: f"{outcome.step}, không thấp hơn 0 điểm", policy)
    return _finish(leaf, points, outcome.told, policy)


def _finish(leaf: Node, points: Fraction, told: Sentence, policy: Policy) -> LeafScore:
    """Round the points of a leaf, after clamping and before summing, where the policy says so."""
    if policy.leaf_decimals is not None:
        rounded = round_to(points, policy.leaf_decimals, policy.rounding)
        if rounded != points:
            return LeafScore(rounded, True, True, lambda: f"{spoken(told)}, làm tròn còn {say(rounded)} điểm")
    return LeafScore(points, True, True, told)


@dataclass(slots=True)
class Mark:
    """What a leaf counts and prints: points and maximum after the exclusion policy, and the index.

    Under ``full_marks`` a scored leaf that does not apply earns its maximum, otherwise it has neither points nor
    maximum. ``index`` is None for bonus and penalty leaves, and where the maximum is 0.
    """

    score: LeafScore
    points: Fraction
    max_points: Fraction
    index: Index | None


class LeafMarker:
    """One leaf under one policy. An answer that many units gave is marked once: reading makes it one object."""

    __slots__ = ("_known", "_leaf", "_policy")

    def __init__(self, leaf: Node, policy: Policy) -> None:
        self._leaf = leaf
        self._policy = policy
        self._known: dict[Answer | None, Mark] = {}

    def mark(self, answer: Answer | None, excluded: str | None) -> Mark:
        if excluded is not None:
            return self._mark(answer, excluded)
        mark = self._known.get(answer)
        if mark is None:
            mark = self._known[answer] = self._mark(answer, None)
        return mark

    def _mark(self, answer: Answer | None, excluded: str | None) -> Mark:
        leaf = self._leaf
        score = score_leaf(leaf, answer, excluded, self._policy)
        if leaf.role != "scored":
            return Mark(score, score.points, leaf.max_points, None)
        if score.applies:
            points = score.points
        elif self._policy.exclusion == "full_marks":
            points = leaf.max_points
        else:
            return Mark(score, _NOUGHT, _NOUGHT, None)
        return Mark(score, points, leaf.max_points, Index.of(points, leaf.max_points, self._policy))

"""One leaf of one unit: does it apply, was it answered, how many points, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.engine.rounding import round_to
from scoring.engine.types import Answer, Computed, CriteriaSet, DoesNotApply, Judged, Node, Policy, Unit
from scoring.engine.wording import quote, say

_NOUGHT = Fraction(0)


@dataclass(frozen=True, slots=True)
class LeafScore:
    """``points`` lie within 0..M and are rounded to ``leaf_decimals``; they are 0 where the leaf does not apply."""

    points: Fraction
    applies: bool
    answered: bool
    step: str


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
        return LeafScore(_NOUGHT, applies=False, answered=answer is not None, step=f"Không áp dụng cho đơn vị{through}")
    if answer is None:
        return LeafScore(_NOUGHT, applies=True, answered=False, step="Chưa có câu trả lời: 0 điểm")
    if isinstance(answer, DoesNotApply):
        return LeafScore(_NOUGHT, applies=False, answered=True, step="Không áp dụng, đã được xác nhận")
    if isinstance(answer, Judged):
        return _finish(leaf, answer.points, f"Chấm {say(answer.points)} điểm, có ghi lý do", policy)
    return _score_figures(leaf, answer, policy)


def _score_figures(leaf: Node, answer: Computed, policy: Policy) -> LeafScore:
    if leaf.rule is None:
        raise TypeError(f"node {leaf.code} is no leaf")
    outcome = leaf.rule.score(answer.figures)
    if outcome.points is None:
        return LeafScore(_NOUGHT, applies=False, answered=True, step=f"{outcome.step}: không áp dụng")
    points, step = outcome.points, outcome.step
    if points > leaf.max_points:
        points, step = leaf.max_points, f"{step}, lấy tối đa {say(leaf.max_points)} điểm"
    elif points.numerator < 0:
        points, step = _NOUGHT, f"{step}, không thấp hơn 0 điểm"
    return _finish(leaf, points, step, policy)


def _finish(leaf: Node, points: Fraction, step: str, policy: Policy) -> LeafScore:
    """Round the points of a leaf, after clamping and before summing, where the policy says so."""
    if policy.leaf_decimals is not None:
        rounded = round_to(points, policy.leaf_decimals, policy.rounding)
        if rounded != points:
            points, step = rounded, f"{step}, làm tròn còn {say(rounded)} điểm"
    return LeafScore(points, applies=True, answered=True, step=step)

"""What single figures make of a formula. How far several of them together can go is not known beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from typing import Final

from scoring.analysis.levels import Figure, Reach, Run
from scoring.engine.formula.errors import CannotCompute
from scoring.engine.formula.limits import Limits
from scoring.engine.leaves import score_leaf
from scoring.engine.rules.base import Figures
from scoring.engine.rules.formula import Formula, Variable
from scoring.engine.types import Computed, Judged, Node, Policy

MOST_FIGURES: Final = 400
"""As many whole figures of each variable are tried, evenly spread where there are more."""


def reach_of_formula(leaf: Node, rule: Formula, now: Fraction, given: Figures, policy: Policy) -> Reach:
    """What the formula gives where one figure changes and the others stay as ``given``; ``now`` are the present points.

    What others are divided by is taken for a total, and stays where it is not all that can change. Of the rest whole
    figures are tried, up to one more than the greatest of those that stand there or in the formula. All points
    are known only where every piece gives one number, and each of these was found or is no better.
    """
    falls = leaf.role == "penalty"
    possible = [_score(leaf, limits, policy, falls=falls) for limits in rule.limits()]
    sign = -1 if falls else 1
    # What no piece can give is not asked of the figures.
    better = [points for points, _ in possible if points * sign > now * sign]
    runs = list(_tried(leaf, rule, given, policy)) if better else []
    found = {run.first for run in runs}
    knows_all = all(is_only and points in found for points, is_only in possible if points in better)
    limit = None if knows_all else max(better, key=lambda points: points * sign)
    return Reach(now, runs, falls=falls, is_complete=knows_all, limit=limit)


def _score(leaf: Node, limits: Limits, policy: Policy, *, falls: bool) -> tuple[Fraction, bool]:
    """The best points within limits as a leaf counts them, and whether it has no others."""
    end = limits.low if falls else limits.high
    best = (Fraction(0) if falls else leaf.max_points) if end is None else min(max(end, Fraction(0)), leaf.max_points)
    return score_leaf(leaf, Judged(best, ""), None, policy).points, limits.only is not None


def _tried(leaf: Node, rule: Formula, given: Figures, policy: Policy) -> Iterator[Run]:
    """The points of every figure that was tried, the nearest to the present one first."""
    if len(rule.variables) > 1 and not given:
        return
    totals = rule.divisors()
    parts = [variable for variable in rule.variables if variable.key not in totals]
    for variable in parts or rule.variables:
        now = given.get(variable.key)
        known = now if isinstance(now, Fraction) else None
        for value in _values(rule, variable, given):
            figures = {**given, variable.key: value}
            try:
                score = score_leaf(leaf, Computed(figures), None, policy)
            except CannotCompute:
                continue
            figure = Figure(value, known, label=variable.label if len(rule.variables) > 1 else "")
            yield Run.single(score.points, figure)


def _values(rule: Formula, variable: Variable, given: Figures) -> list[Fraction]:
    """Whole figures, and those that the formula names, with their neighbours; the nearest to the present one first."""
    named = [*rule.constants(), *(value for value in given.values() if isinstance(value, Fraction))]
    most = floor(max([*named, Fraction(0)]))
    whole = {*range(0, most, most // MOST_FIGURES + 1), most, most + 1}
    for value in named:
        whole.update({floor(value) - 1, floor(value), ceil(value), ceil(value) + 1})
    values = {Fraction(value) for value in whole} | set(named)
    present = given.get(variable.key)
    start = present if isinstance(present, Fraction) else Fraction(0)
    return sorted((value for value in values if 0 <= value), key=lambda value: (abs(value - start), value))

"""The index of a unit from its points, or from the weighted indices of its components."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from scoring.engine.aggregate import Standing, Tally
from scoring.engine.arithmetic import add_up, plus, share_of
from scoring.engine.types import Node, NodeResult, Policy

Component = tuple[Node, NodeResult, Tally]

_NOUGHT = Fraction(0)


def unit_index(whole: Standing, components: Sequence[Component], policy: Policy) -> Fraction | None:
    """Return the unit's exact index in percent, before any cap; None where there is nothing to divide by.

    ``points``: points ÷ maximum. ``weights``: Σ weight · component index ÷ Σ weight over the components whose index
    is not null; a component of only bonus and penalty leaves adds its net points as percentage points; floor 0
    (methodology, "Policy values" and "Fine print").
    """
    if policy.weighting == "points":
        return whole.index
    total = total_weight(components)
    if not total:
        return None
    index = _NOUGHT
    for node, result, tally in components:
        if node.weight is not None and result.index is not None:
            index = plus(index, share_of(node.weight, result.index.exact, total))
        elif not tally.has_scored:
            index = plus(index, tally.net_bonus)
    return max(index, _NOUGHT)


def total_weight(components: Sequence[Component]) -> Fraction:
    """Return the sum of the weights of those components whose index is not null."""
    counted = [node.weight for node, result, _ in components if result.index is not None]
    return add_up([weight for weight in counted if weight is not None])

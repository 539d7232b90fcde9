"""The index of a unit from its points, or from the weighted indices of its components."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from scoring.engine.aggregate import Standing, Tally
from scoring.engine.types import Node, NodeResult, Policy
from scoring.engine.wording import say

_NOUGHT = Fraction(0)


def unit_index(
    whole: Standing, components: Sequence[tuple[Node, NodeResult, Tally]], policy: Policy
) -> Fraction | None:
    """Return the unit's exact index in percent, before any cap; None where there is nothing to divide by.

    ``points``: points ÷ maximum. ``weights``: Σ weight · component index ÷ Σ weight over the components whose index
    is not
    null; a component of only bonus and penalty leaves adds its net points as percentage points; floor 0 (methodology,
    "Policy values" and "Fine print"). Tells each component's part in its steps.
    """
    if policy.weighting == "points":
        return whole.index
    weighted = [
        (node.weight, result.index.exact, result)
        for node, result, _ in components
        if node.weight is not None and result.index is not None
    ]
    total = sum((weight for weight, _, _ in weighted), _NOUGHT)
    if not total:
        return None
    for weight, index, result in weighted:
        result.steps += (
            f". Trọng số {say(weight)}/{say(total)}: góp {say(weight * index / total)} vào chỉ số của đơn vị"
        )
    net = _NOUGHT
    for _, result, tally in components:
        if not tally.has_scored:
            net += tally.net_bonus
            result.steps += f". Cộng {say(tally.net_bonus)} điểm phần trăm vào chỉ số của đơn vị"
    return max(sum((weight * index for weight, index, _ in weighted), _NOUGHT) / total + net, _NOUGHT)

"""Where points were lost: by leaf, by component, by group.

Lost is what is missing to the maximum at a scored leaf that applies, and what a penalty took; a bonus is never lost.
Losses are of leaves and add up: under rescaling, weights or a floor they need not be what a component's own points
tell. As in every mean of the methodology, units count that are ranked and have an index.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.analysis.evaluated import Evaluated, lost, title_order
from scoring.engine.types import CriteriaSet, Node, UnitResult


@dataclass(frozen=True, slots=True)
class Loss:
    """The points lost at one criterion over the units of a group that it applies to.

    ``total`` and ``mean`` are points, exact; ``units`` is how many units the criterion applies to, ``losing`` how many
    of them lost anything there.
    """

    criteria_set: str
    code: str
    title: str
    total: Fraction
    mean: Fraction
    units: int
    losing: int


@dataclass(frozen=True, slots=True)
class GroupLosses:
    """The points that a group lost; ``leaves`` and ``components`` with the greatest total first.

    Equal totals stand by Vietnamese order of the title, then by code, then by criteria set. Leaves and components that
    apply to no unit, and bonuses, are left out.
    """

    group: str
    total: Fraction
    mean: Fraction
    units: int
    losing: int
    components: tuple[Loss, ...]
    leaves: tuple[Loss, ...]


def lost_points(evaluated: Evaluated) -> tuple[GroupLosses, ...]:
    """The points that each group lost, groups in the order of the results file."""
    return tuple(_group(evaluated, group.code) for group in evaluated.campaign.groups)


def losses(criteria_set: CriteriaSet, unit: UnitResult) -> list[Fraction | None]:
    """The points that a unit lost at every criterion, in tree order; None where nothing can be lost.

    Nothing can at a leaf that does not apply, at a bonus, and at a parent of only such leaves.
    """
    found: list[Fraction | None] = []
    for (node, _), result in zip(criteria_set.layout, unit.nodes, strict=True):
        counts = node.is_leaf and result.applicable and node.role != "bonus"
        found.append(lost(node, result) if counts else None)
    # Backwards through the layout, every child comes before its parent.
    for position in range(len(found) - 1, -1, -1):
        parent, own = criteria_set.layout[position][1], found[position]
        if parent >= 0 and own is not None:
            found[parent] = (found[parent] or Fraction(0)) + own
    return found


def _group(evaluated: Evaluated, group: str) -> GroupLosses:
    units = evaluated.ranked(group)
    components: list[tuple[Node, Loss]] = []
    leaves: list[tuple[Node, Loss]] = []
    totals: list[Fraction] = []
    for criteria_set in evaluated.campaign.criteria_sets.values():
        rows = [losses(criteria_set, unit) for unit in units if unit.unit.criteria_set == criteria_set.code]
        for position, (node, parent) in enumerate(criteria_set.layout):
            amounts = [amount for row in rows if (amount := row[position]) is not None]
            if not amounts:
                continue
            loss = Loss(criteria_set.code, node.code, node.title, *_sums(amounts))
            if node.is_leaf:
                leaves.append((node, loss))
            if parent < 0:
                components.append((node, loss))
        tops = [position for position, (_, parent) in enumerate(criteria_set.layout) if parent < 0]
        totals += [sum((row[top] or Fraction(0) for top in tops), Fraction(0)) for row in rows]
    return GroupLosses(group, *_sums(totals), _greatest_first(components), _greatest_first(leaves))


def _sums(amounts: Sequence[Fraction]) -> tuple[Fraction, Fraction, int, int]:
    """Total, mean (0 of none), how many there are, and how many are not 0."""
    total = sum(amounts, Fraction(0))
    mean = total / len(amounts) if amounts else Fraction(0)
    return total, mean, len(amounts), sum(1 for amount in amounts if amount)


def _greatest_first(found: Sequence[tuple[Node, Loss]]) -> tuple[Loss, ...]:
    in_order = sorted(found, key=lambda one: (-one[1].total, *title_order(one[0]), one[1].criteria_set))
    return tuple(loss for _, loss in in_order)

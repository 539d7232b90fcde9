"""Where a self-assessment is most likely to lose points: leaves by what they claim and by what speaks against it.

Numbers in, numbers out: who asks says of each leaf what it claims and what is doubtful about it, in what words is told
elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final


class Reason(StrEnum):
    """What speaks against a claim of points, the heaviest first."""

    NO_PROOF = "no_proof"
    CLAIM = "claim"
    WARNING = "warning"
    CHANGE = "change"
    EDGE = "edge"
    FOREIGN_DATE = "foreign_date"


WEIGHTS: Final[dict[Reason, Fraction]] = {
    Reason.NO_PROOF: Fraction(1),
    Reason.CLAIM: Fraction(1),
    Reason.WARNING: Fraction(3, 4),
    Reason.CHANGE: Fraction(1, 2),
    Reason.EDGE: Fraction(1, 2),
    Reason.FOREIGN_DATE: Fraction(1, 2),
}
"""How likely a reason is to cost the points, against the surest one."""
EDGE: Final = Fraction(1, 5)
"""A slip that costs as much of the maximum is the edge of a level; a smaller fall is the slope of a ratio."""
CHANGE: Final = Fraction(3, 10)
"""A figure that differs from last year's by more than this part of it is a great change."""


@dataclass(frozen=True, slots=True)
class LeafRisk:
    """One answered leaf: the points that it claims (its maximum, where it is claimed not to apply) and its doubts.

    ``slip`` are the points that a figure a little worse would cost, 0 where none would.
    """

    code: str
    points: Fraction
    max_points: Fraction
    reasons: frozenset[Reason] = frozenset()
    slip: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Risk:
    """A leaf with its reasons, the heaviest first; ``weight`` is points times the sum of what its reasons weigh."""

    code: str
    points: Fraction
    reasons: tuple[Reason, ...]
    weight: Fraction


def riskiest(leaves: Sequence[LeafRisk], most: int = 10) -> tuple[Risk, ...]:
    """At most ``most`` leaves with points and a reason to doubt them, the heaviest first, equals in the given order."""
    found = [_risk(leaf) for leaf in leaves]
    return tuple(sorted((risk for risk in found if risk.weight > 0), key=lambda risk: -risk.weight)[:most])


def is_great_change(now: Fraction, before: Fraction) -> bool:
    """Whether a figure differs from last year's by more than ``CHANGE`` of it; from nought nothing is compared."""
    return before != 0 and abs(now - before) > CHANGE * abs(before)


def _risk(leaf: LeafRisk) -> Risk:
    held = set(leaf.reasons)
    if leaf.max_points > 0 and leaf.slip >= EDGE * leaf.max_points:
        held.add(Reason.EDGE)
    reasons = tuple(reason for reason in Reason if reason in held)
    weight = leaf.points * sum((WEIGHTS[reason] for reason in reasons), Fraction(0))
    return Risk(leaf.code, leaf.points, reasons, weight)

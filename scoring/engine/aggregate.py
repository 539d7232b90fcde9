"""From the leaves to any node above them: sums, the three exclusion policies, bonus and penalty, the floor at nought.

A node with children and the whole unit are computed by the same formulas, each from its own leaves, so that a unit
need not equal the sum of its components (methodology, "Fine print").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.engine.arithmetic import add_up, minus, plus, share_of
from scoring.engine.branches import Branch
from scoring.engine.types import Exclusion, Node

_NOUGHT = Fraction(0)


@dataclass(slots=True)
class Tally:
    """The sums over the leaves below a node. P, M, E, S, T are the letters of the methodology's ``rescale_self``."""

    self_points: Fraction = _NOUGHT  # P
    self_maximum: Fraction = _NOUGHT  # M, what does not apply included
    self_excluded: Fraction = _NOUGHT  # E
    other_points: Fraction = _NOUGHT  # S
    other_maximum: Fraction = _NOUGHT  # T
    other_excluded: Fraction = _NOUGHT
    bonus: Fraction = _NOUGHT
    penalty: Fraction = _NOUGHT
    has_scored: bool = False
    scored_applies: bool = False
    anything_applies: bool = False

    @property
    def excluded(self) -> Fraction:
        return self.self_excluded + self.other_excluded

    @property
    def net_bonus(self) -> Fraction:
        """Bonus less penalty; may be negative."""
        return self.bonus - self.penalty


def tally(
    branch: Branch,
    layout: Sequence[tuple[Node, int]],
    points: Sequence[Fraction],
    not_applying: frozenset[int],
    exclusion: Exclusion,
) -> Tally:
    """Sum the leaves of ``branch``.

    ``points`` by position are those that count: under ``full_marks`` the maximum of a scored leaf that does not apply,
    otherwise 0 for it. ``not_applying`` are the positions of such leaves.
    """
    missing = branch.leaves & not_applying
    result = Tally(
        self_points=_sum(points, branch.self_leaves),
        self_maximum=branch.self_maximum,
        other_points=_sum(points, branch.other_leaves),
        other_maximum=branch.other_maximum,
        bonus=_sum(points, branch.bonus_leaves),
        penalty=_sum(points, branch.penalty_leaves),
        has_scored=bool(branch.scored_leaves),
        scored_applies=not missing.issuperset(branch.scored_leaves),
        anything_applies=len(missing) < len(branch.leaves),
    )
    if missing and exclusion != "full_marks":
        _leave_out(result, [layout[leaf][0] for leaf in missing & branch.scored_leaves])
    return result


def _leave_out(tally: Tally, leaves: Sequence[Node]) -> None:
    """Take scored leaves that do not apply out of the maximum: E, and what T no longer holds."""
    tally.self_excluded = add_up([leaf.max_points for leaf in leaves if leaf.source == "self"])
    tally.other_excluded = add_up([leaf.max_points for leaf in leaves if leaf.source != "self"])
    if tally.other_excluded:
        tally.other_maximum = minus(tally.other_maximum, tally.other_excluded)


@dataclass(slots=True)
class Standing:
    """What a tally comes to: points after bonus, penalty and floor, and their maximum."""

    points: Fraction
    max_points: Fraction

    @property
    def index(self) -> Fraction | None:
        """The exact index in percent; None where the maximum is 0."""
        return self.points / self.max_points * 100 if self.max_points else None


def stand(tally: Tally, exclusion: Exclusion) -> Standing:
    """Apply the exclusion policy, then bonus and penalty, then the floor at 0."""
    scored, maximum = scored_part(tally, exclusion)
    points = scored
    if tally.bonus or tally.penalty:
        points = max(scored + tally.net_bonus, _NOUGHT)
    return Standing(points, maximum)


def scored_part(tally: Tally, exclusion: Exclusion) -> tuple[Fraction, Fraction]:
    """Return the points of the scored leaves and the maximum after the exclusion policy, before bonus and penalty."""
    remaining = tally.self_maximum
    points = tally.self_points
    if tally.self_excluded:
        remaining = minus(remaining, tally.self_excluded)
        if exclusion == "rescale_self" and remaining:
            points = share_of(tally.self_maximum, points, remaining)
            remaining = tally.self_maximum
    return _plus(points, tally.other_points), _plus(remaining, tally.other_maximum)


def _sum(points: Sequence[Fraction], leaves: Sequence[int]) -> Fraction:
    return add_up([points[leaf] for leaf in leaves]) if leaves else _NOUGHT


def _plus(one: Fraction, other: Fraction) -> Fraction:
    """The sum; most nodes have leaves of one source only, and adding nought to a fraction costs as much as any."""
    return plus(one, other) if other else one

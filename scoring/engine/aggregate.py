"""From the leaves to any node above them: sums, the three exclusion policies, bonus and penalty, the floor at nought.

A node with children and the whole unit are computed by the same formulas, each from its own leaves, so that a unit
need not equal the sum of its components (methodology, "Fine print").
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.engine.leaves import LeafScore
from scoring.engine.types import Exclusion, Node
from scoring.engine.wording import say, say_result

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

    def add_leaf(self, leaf: Node, score: LeafScore, exclusion: Exclusion) -> None:
        self.anything_applies |= score.applies
        if leaf.role == "bonus":
            self.bonus += score.points
        elif leaf.role == "penalty":
            self.penalty += score.points
        else:
            self.has_scored = True
            self.scored_applies |= score.applies
            self._add_scored(leaf, score, exclusion)

    def _add_scored(self, leaf: Node, score: LeafScore, exclusion: Exclusion) -> None:
        leaves_out = not score.applies and exclusion != "full_marks"
        points = leaf.max_points if not score.applies and not leaves_out else score.points
        if leaf.source == "self":
            self.self_maximum += leaf.max_points
            if leaves_out:
                self.self_excluded += leaf.max_points
            elif points:
                self.self_points += points
        elif leaves_out:
            self.other_excluded += leaf.max_points
        else:
            self.other_maximum += leaf.max_points
            if points:
                self.other_points += points

    def add(self, other: Tally) -> None:
        """Take the sums of a node below."""
        for name in _SUMS:
            amount = getattr(other, name)
            if amount is not _NOUGHT:
                setattr(self, name, getattr(self, name) + amount)
        self.has_scored |= other.has_scored
        self.scored_applies |= other.scored_applies
        self.anything_applies |= other.anything_applies

    @property
    def excluded(self) -> Fraction:
        return self.self_excluded + self.other_excluded

    @property
    def net_bonus(self) -> Fraction:
        """Bonus less penalty; may be negative."""
        return self.bonus - self.penalty


_SUMS = (
    "self_points",
    "self_maximum",
    "self_excluded",
    "other_points",
    "other_maximum",
    "other_excluded",
    "bonus",
    "penalty",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a tally comes to: points after bonus, penalty and floor, and the exact index in percent.

    ``index`` is None where the maximum is 0.
    """

    points: Fraction
    max_points: Fraction
    index: Fraction | None
    step: str


def stand(tally: Tally, exclusion: Exclusion) -> Standing:
    """Apply the exclusion policy, then bonus and penalty, then the floor at 0."""
    remaining = tally.self_maximum - tally.self_excluded
    scored = tally.self_points + tally.other_points
    step = f"Cộng điểm các tiêu chí: {say(scored)}"
    if exclusion == "rescale_self" and remaining:
        scored = tally.self_points / remaining * tally.self_maximum + tally.other_points
        maximum = tally.self_maximum + tally.other_maximum
        if tally.self_excluded:
            step = _say_rescaled(tally, remaining, scored)
    else:
        maximum = remaining + tally.other_maximum
    points = scored + tally.net_bonus
    step += _say_net(tally, points)
    if points.numerator < 0:
        points = _NOUGHT
        step += ", không thấp hơn 0"
    index = points / maximum * 100 if maximum else None
    step += f", trên điểm tối đa {say(maximum)}"
    if tally.excluded:
        step += f" (đã loại {say(tally.excluded)} điểm không áp dụng{_say_stretched(exclusion, tally, remaining)})"
    step += f" → {say(index)}%" if index is not None else " → không có chỉ số"
    return Standing(points, maximum, index, step)


def _say_rescaled(tally: Tally, remaining: Fraction, scored: Fraction) -> str:
    """The rescaling of the self-assessed part in figures: 8/(10 − 2) × 10 + 3 = 13."""
    return (
        f"Quy đổi phần tự chấm: {say(tally.self_points)}/({say(tally.self_maximum)} − {say(tally.self_excluded)})"
        f" × {say(tally.self_maximum)} + {say(tally.other_points)} {say_result(scored)}"
    )


def _say_stretched(exclusion: Exclusion, tally: Tally, remaining: Fraction) -> str:
    stretched = exclusion == "rescale_self" and remaining and tally.self_excluded
    return ", phần tự chấm còn lại tính cho đủ điểm" if stretched else ""


def _say_net(tally: Tally, points: Fraction) -> str:
    if not tally.bonus and not tally.penalty:
        return ""
    plus = f" + điểm cộng {say(tally.bonus)}" if tally.bonus else ""
    minus = f" − điểm trừ {say(tally.penalty)}" if tally.penalty else ""
    return f"{plus}{minus} {say_result(points)}"

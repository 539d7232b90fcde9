"""What every count gives, from nought to the most that counts, however great it is: by runs, not one by one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Final

from scoring.analysis.levels import Figure, Run
from scoring.engine.leaves import score_leaf
from scoring.engine.rules.base import Figures
from scoring.engine.types import Computed, Node, Policy

MOST_FIGURES: Final = 3_000
"""Up to as many counts are tried one by one."""
MOST_UNEVEN: Final = 20_000
"""Rounded points that rise unevenly are tried one by one up to as many counts, and evenly spread beyond."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A count from 0 to ``most`` at a leaf; what is entered is ``low`` + count · ``step`` under ``key``, beside
    ``others``. Points rise or fall evenly between two of ``turns`` (counts, not all of them whole), or stay.

    ``start`` is the count that stands there, ``said`` the figure to tell for a count, ``beside`` are answers that are
    no count. Up to ``one_by_one`` counts each is tried. The rule itself is asked for all points.
    """

    leaf: Node
    policy: Policy
    key: str
    most: int
    said: Callable[[int], Figure | None] = lambda count: None
    others: Mapping[str, Fraction] = field(default_factory=dict)
    start: int = 0
    turns: Sequence[Fraction] = ()
    low: Fraction = Fraction(0)
    step: Fraction = Fraction(1)
    beside: Iterable[tuple[Figures, Figure | None]] = ()
    one_by_one: int = MOST_FIGURES

    @property
    def is_complete(self) -> bool:
        """Whether no points were left out."""
        return self.most <= self.one_by_one or not any(self._is_spread(low, high) for low, high in self._between())

    def runs(self) -> list[Run]:
        """All points, those of the nearest count first where several give them."""
        found = [run for figures, figure in self.beside for run in self._single(figures, figure)]
        if self.most <= self.one_by_one:
            return [*found, *self._each(range(self.most + 1))]
        found += self._each(self._cuts())
        for low, high in self._between():
            found += self._evenly(low, high)
        return found

    # ── one count ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _figures(self, count: int) -> Figures:
        return {self.key: self.low + count * self.step, **self.others}

    def _points(self, count: int) -> Fraction:
        return score_leaf(self.leaf, Computed(self._figures(count)), None, self.policy).points

    def _each(self, counts: Iterable[int]) -> list[Run]:
        nearest = sorted(counts, key=lambda count: abs(count - self.start))
        return [run for count in nearest for run in self._single(self._figures(count), self.said(count))]

    def _single(self, figures: Figures, figure: Figure | None) -> Iterator[Run]:
        score = score_leaf(self.leaf, Computed(figures), None, self.policy)
        if score.applies:
            yield Run.single(score.points, figure)

    # ── great counts ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _cuts(self) -> list[int]:
        """The whole counts at the turns and beside them, and both ends."""
        ends = {0, self.most}
        return sorted(ends.union(*({floor(turn), ceil(turn)} for turn in self.turns if 0 <= turn <= self.most)))

    def _between(self) -> Iterator[tuple[int, int]]:
        """The first and the last count between two cuts."""
        return ((low + 1, high - 1) for low, high in pairwise(self._cuts()) if high - low > 1)

    def _evenly(self, low: int, high: int) -> list[Run]:
        first, last = self._points(low), self._points(high)
        if first == last:
            return self._each([min(max(self.start, low), high)])
        if self.policy.leaf_decimals is None:
            return [Run(first, (last - first) / (high - low), high - low + 1, lambda place: self.said(low + place))]
        if self._is_uneven(low, high):
            step = (high - low) // MOST_FIGURES + 1 if self._is_spread(low, high) else 1
            return self._each([*range(low, high, step), high])
        unit = Fraction(1, 10**self.policy.leaf_decimals)
        least, most = sorted((first, last))
        count = int((most - least) / unit) + 1
        return [Run(least, unit, count, lambda place: self._nearest(low, high, least + unit * place))]

    def _nearest(self, low: int, high: int, points: Fraction) -> Figure | None:
        """The figure for the count between ``low`` and ``high`` that is nearest to ``start`` and gives ``points``."""
        sign = 1 if self._points(low) < self._points(high) else -1
        counts, wanted = range(low, high + 1), points * sign
        begin = low + bisect_left(counts, wanted, key=lambda count: self._points(count) * sign)
        end = low + bisect_right(counts, wanted, key=lambda count: self._points(count) * sign) - 1
        return self.said(min(max(self.start, begin), end))

    def _is_uneven(self, low: int, high: int) -> bool:
        """Whether rounding leaves out some numbers of points: one more of the count is worth a unit or more."""
        decimals = self.policy.leaf_decimals
        if decimals is None:
            return False
        whole = abs(self._worth(high) - self._worth(low))
        return whole * 10**decimals >= high - low

    def _is_spread(self, low: int, high: int) -> bool:
        return high - low > MOST_UNEVEN and self._is_uneven(low, high)

    def _worth(self, count: int) -> Fraction:
        """The points before any rounding."""
        points = self.leaf.rule.score(self._figures(count)).points if self.leaf.rule else None
        return min(max(points or Fraction(0), Fraction(0)), self.leaf.max_points)


def enough(worth: Callable[[int], Fraction], least: int, most: int) -> int:
    """The least count from which on more of it is worth no more than ``most`` is."""
    end = worth(most)
    return least + bisect_left(range(least, most), True, key=lambda count: worth(count) == end)

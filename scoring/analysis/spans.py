"""A line of figures cut into the spans that a rule treats alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Span:
    """The figures between two ends; None is no end, ``open_low`` and ``open_high`` leave the end itself out. ``key`` is
    what the rule makes of them, ``inside`` one of them."""

    low: Fraction | None
    high: Fraction | None
    key: int
    inside: Fraction
    open_low: bool = False
    open_high: bool = False

    def holds(self, value: Fraction) -> bool:
        above = self.low is None or value > self.low or (value == self.low and not self.open_low)
        below = self.high is None or value < self.high or (value == self.high and not self.open_high)
        return above and below

    def gap(self, value: Fraction) -> Fraction:
        """How far away it begins."""
        if self.low is not None and value <= self.low:
            return self.low - value
        return value - self.high if self.high is not None and value >= self.high else Fraction(0)

    def nearest_part(self, part: int, whole: int) -> int | None:
        """The whole number next to ``part`` whose share of ``whole`` stands in the span; None where there is none."""
        if self.low is not None and Fraction(part, whole) <= self.low:
            edge = self.low * whole
            found = floor(edge) + 1 if self.open_low else ceil(edge)
        elif self.high is not None:
            edge = self.high * whole
            found = ceil(edge) - 1 if self.open_high else floor(edge)
        else:
            found = part
        return found if found >= 0 and self.holds(Fraction(found, whole)) else None


def spans_of(
    limits: Iterable[Fraction], key: Callable[[Fraction], int], low: Fraction | None, high: Fraction | None
) -> list[Span]:
    """The line from ``low`` to ``high`` (None: without an end), lowest first, cut where ``key`` changes; it changes
    nowhere but at ``limits``."""
    inner = {limit for limit in limits if (low is None or limit >= low) and (high is None or limit <= high)}
    marks = sorted(inner | {end for end in (low, high) if end is not None})
    if not marks:
        return []
    cells = [] if low is not None else [_open(None, marks[0], marks[0] - _ONE, key)]
    for first, second in pairwise(marks):
        cells += [_point(first, key), _open(first, second, (first + second) / 2, key)]
    cells.append(_point(marks[-1], key))
    if high is None:
        cells.append(_open(marks[-1], None, marks[-1] + _ONE, key))
    found = cells[:1]
    for cell in cells[1:]:
        if cell.key == found[-1].key:
            found[-1] = replace(found[-1], high=cell.high, open_high=cell.open_high)
        else:
            found.append(cell)
    return found


def _point(value: Fraction, key: Callable[[Fraction], int]) -> Span:
    return Span(value, value, key(value), value)


def _open(low: Fraction | None, high: Fraction | None, inside: Fraction, key: Callable[[Fraction], int]) -> Span:
    return Span(low, high, key(inside), inside, open_low=low is not None, open_high=high is not None)

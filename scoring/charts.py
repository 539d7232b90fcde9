"""Charts as data: positions in percent of the width, for the SVG templates; public pages build on the same scale.

X positions are strings like "77.88", so that a chart stretches without a script and its text keeps its size. They are
for the eye and cut to two decimals: every figure printed beside a chart comes from its own source.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

HUNDRED = Decimal(100)
_CENT = Decimal("0.01")
_TEN = Decimal(10)


@dataclass(frozen=True)
class Ruler:
    """A bar from 0 to 100. ``fill``, ``mean``: percent or None; ``notches``: percents of the class thresholds."""

    fill: str | None
    notches: tuple[str, ...] = ()
    mean: str | None = None


@dataclass(frozen=True)
class Scale:
    """Values from ``low`` to ``high`` on the width of a chart."""

    low: Decimal
    high: Decimal

    def at(self, value: str | Decimal) -> str:
        """Return the position of ``value`` in percent, kept inside the chart."""
        share = (Decimal(value) - self.low) / (self.high - self.low) * HUNDRED
        return position(min(max(share, Decimal(0)), HUNDRED))


@dataclass(frozen=True)
class Span:
    """A band from ``x`` over ``width`` percent with a mark ``at`` a place in it."""

    x: str
    width: str
    at: str


@dataclass(frozen=True)
class Shift:
    """From one place to another: ``x`` and ``width`` of the way between, percent; ``start`` and ``end`` of it."""

    x: str
    width: str
    start: str
    end: str


def position(value: Decimal) -> str:
    """Print a position in percent."""
    return str(value.quantize(_CENT, ROUND_HALF_UP))


def tens_around(values: Iterable[Decimal]) -> Scale:
    """Return a scale of whole tens around all values, at least one ten wide."""
    known = list(values)
    low = (min(known, default=Decimal(0)) / _TEN).to_integral_value(ROUND_FLOOR) * _TEN
    high = (max(known, default=HUNDRED) / _TEN).to_integral_value(ROUND_CEILING) * _TEN
    return Scale(low, max(high, low + _TEN))


def amount(value: Decimal, greatest: Decimal) -> Ruler:
    """Return the bar of one of several amounts; the greatest fills the width, and of nothing none is drawn."""
    return Ruler(Scale(Decimal(0), greatest).at(value) if greatest else None)


def rank_span(best: int, worst: int, rank: int, of: int) -> Span:
    """Return the ranks ``best`` to ``worst`` among ``of``, each rank one equal stretch, with the middle of ``rank``."""
    scale = Scale(Decimal(0), Decimal(of))
    start, end = Decimal(scale.at(Decimal(best - 1))), Decimal(scale.at(Decimal(worst)))
    return Span(position(start), position(end - start), scale.at(rank - Decimal("0.5")))


def shift(before: Decimal, after: Decimal, scale: Scale) -> Shift:
    """Return the way from one value to another on a scale that several of them share."""
    start, end = Decimal(scale.at(before)), Decimal(scale.at(after))
    return Shift(position(min(start, end)), position(abs(end - start)), position(start), position(end))

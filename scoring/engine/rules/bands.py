"""``bands``: steps over a value or a ratio; the first band that holds gives the points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import ClassVar, Final, Self

from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, number
from scoring.engine.rules.proportion import Proportion
from scoring.engine.rules.scale import Mark, read_mark
from scoring.engine.wording import say, say_percent, say_result

_BOUNDS: Final[dict[str, tuple[Callable[[Fraction, Fraction], bool], str]]] = {
    "at_least": (ge, "≥"),
    "above": (gt, ">"),
    "at_most": (le, "≤"),
    "below": (lt, "<"),
}


@dataclass(frozen=True, slots=True)
class Band:
    """A bound (one of at_least, above, at_most, below) and its mark; without a mark the band is linear: r · M."""

    bound: str
    limit: Fraction
    mark: Mark | None

    def holds(self, value: Fraction) -> bool:
        return _BOUNDS[self.bound][0](value, self.limit)

    @property
    def sign(self) -> str:
        return _BOUNDS[self.bound][1]


@dataclass(frozen=True, slots=True)
class Bands(Rule):
    """Points of the first band that holds; none: 0. ``proportion`` is None where the bands are over a value."""

    kind: ClassVar[str] = "bands"
    bands: tuple[Band, ...]
    proportion: Proportion | None

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        before = len(reader.faults)
        of = reader.choice("of", ("value", "ratio"))
        proportion = Proportion.parse(reader) if of == "ratio" else None
        bands = [_read_band(item, of) for item in reader.objects("bands", filled=True)]
        if not of and (reader.has("when_empty") or reader.has("allow_over")):
            Proportion.parse(reader)
        if len(reader.faults) != before:
            return None
        return cls(max_points, tuple(band for band in bands if band is not None), proportion)

    def inputs(self) -> tuple[Input, ...]:
        return self.proportion.inputs() if self.proportion else (Input("value", "number", "Giá trị"),)

    def read(self, reader: ObjectReader) -> Figures | None:
        if self.proportion:
            return self.proportion.read(reader)
        value = reader.number("value", minimum=None)
        return None if value is None else {"value": value}

    def score(self, figures: Figures) -> Outcome:
        if self.proportion is None:
            value = number(figures, "value")
            return self._score(value, f"Giá trị {say(value)}", say)
        empty = self.proportion.empty(figures, self.max_points)
        if empty is not None:
            return empty
        return self._score(self.proportion.ratio(figures), self.proportion.say(figures), say_percent)

    def _score(self, value: Fraction, told: str, say_limit: Callable[[Fraction], str]) -> Outcome:
        band = next((band for band in self.bands if band.holds(value)), None)
        if band is None:
            return Outcome(Fraction(0), f"{told}, không thuộc mức nào → 0 điểm")
        told += f" {band.sign} {say_limit(band.limit)}"
        if band.mark:
            return Outcome(band.mark.points(self.max_points), f"{told} → {band.mark.say(self.max_points)}")
        points = value * self.max_points
        return Outcome(points, f"{told} → {say(value)} × {say(self.max_points)} {say_result(points)} điểm")


def _read_band(reader: ObjectReader, of: str) -> Band | None:
    before = len(reader.faults)
    given = [bound for bound in _BOUNDS if reader.has(bound)]
    if len(given) != 1:
        names = ", ".join(f"“{bound}”" for bound in _BOUNDS)
        reader.fault(f"phải có đúng một ngưỡng trong {names}; hãy {'bỏ bớt' if given else 'bổ sung'}")
    limits = {
        bound: reader.number(bound, required=False, minimum=Fraction(0) if of == "ratio" else None) for bound in _BOUNDS
    }
    mark = read_mark(reader, "linear")
    if reader.has("linear") and reader.true_only("linear") and of == "value":
        reader.fault("chỉ dùng được khi tính theo tỷ lệ; hãy ghi points hoặc share", "linear")
    reader.finish()
    limit = limits[given[0]] if given else None
    return Band(given[0], limit, mark) if limit is not None and len(reader.faults) == before else None

"""``bands``: steps over a value or a ratio; the first band that holds gives the points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import ClassVar, Final, Self

from scoring.engine.arithmetic import order, times
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, number
from scoring.engine.rules.declaration import MARK, MARK_HELP, MARK_KEYS, Parameter, Piece
from scoring.engine.rules.proportion import PARAMETERS, Proportion
from scoring.engine.rules.scale import Mark, read_mark
from scoring.engine.wording import say, say_percent, say_result

_BOUNDS: Final[dict[str, tuple[Callable[[int, int], bool], str, str]]] = {
    "at_least": (ge, "≥", "từ"),
    "above": (gt, ">", "trên"),
    "at_most": (le, "≤", "đến"),
    "below": (lt, "<", "dưới"),
}
"""How a bound holds of the order of a figure and the limit, its sign, and its word."""

_NOUGHT: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class Band:
    """A bound (one of at_least, above, at_most, below) and its mark; without a mark the band is linear: r · M."""

    bound: str
    limit: Fraction
    mark: Mark | None

    def holds(self, value: Fraction) -> bool:
        return _BOUNDS[self.bound][0](order(value, self.limit), 0)

    def highest(self, left: Interval) -> Fraction:
        """The upper end of the ratios of ``left`` that this band takes; at most 1, where a linear band gives all."""
        limit = self.limit if self.bound in ("at_most", "below") else Fraction(1)
        return min(limit, Fraction(1) if left.high is None else left.high, Fraction(1))

    @property
    def sign(self) -> str:
        return _BOUNDS[self.bound][1]

    @property
    def word(self) -> str:
        return _BOUNDS[self.bound][2]


@dataclass(frozen=True, slots=True)
class Interval:
    """The figures between two ends; None is no end, ``open_low`` and ``open_high`` leave the end itself out."""

    low: Fraction | None = None
    high: Fraction | None = None
    open_low: bool = False
    open_high: bool = False

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.open_low or self.open_high))

    def without(self, band: Band) -> Interval:
        """What is left where ``band`` has taken its part; the same interval where it takes nothing."""
        if self.is_empty:
            return self
        if band.bound in ("at_least", "above"):
            taken = replace(self, low=band.limit, open_low=band.bound == "above")
            rest = replace(self, high=band.limit, open_high=band.bound == "at_least")
            beyond = self.low is not None and (taken.low, taken.open_low) <= (self.low, self.open_low)
        else:
            taken = replace(self, high=band.limit, open_high=band.bound == "below")
            rest = replace(self, low=band.limit, open_low=band.bound == "at_most")
            beyond = self.high is not None and (taken.high, not taken.open_high) >= (self.high, not self.open_high)
        if taken.is_empty:
            return self
        return Interval(_NOUGHT, _NOUGHT, open_low=True) if beyond else rest


@dataclass(frozen=True, slots=True)
class Bands(Rule):
    """Points of the first band that holds; none: 0. ``proportion`` is None where the bands are over a value."""

    kind: ClassVar[str] = "bands"
    label: ClassVar[str] = "Bậc thang"
    note: ClassVar[str] = "Điểm theo khoảng của một giá trị hoặc một tỷ lệ; bậc đứng trước được xét trước."
    example: ClassVar[str] = (
        "tính theo = tỷ lệ\nbậc.1 = từ 0,9 | hệ số 1\nbậc.2 = từ 0,7 | theo tỷ lệ\nbậc.3 = dưới 0,7 | điểm 0"
    )
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "of",
            "tính theo",
            "choice",
            "giá trị | tỷ lệ",
            required=True,
            choices=(("giá trị", "value"), ("tỷ lệ", "ratio")),
        ),
        Parameter(
            "bands",
            "bậc",
            "numbered",
            "bậc.1 = từ <số> (hoặc trên, đến, dưới) | điểm <số>, | hệ số <số>, hoặc | theo tỷ lệ",
            required=True,
            pieces=(
                *(Piece(bound, word) for bound, (_, _, word) in _BOUNDS.items()),
                *MARK,
                Piece("linear", "theo tỷ lệ", "true"),
            ),
            one_of=(tuple(_BOUNDS), (*MARK_KEYS, "linear")),
            help=f"Bậc đứng trước được xét trước. {MARK_HELP}",
        ),
        *PARAMETERS,
    )
    bands: tuple[Band, ...]
    proportion: Proportion | None

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        before = len(reader.faults)
        of = reader.choice("of", ("value", "ratio"))
        proportion = Proportion.parse(reader) if of == "ratio" else None
        items = list(reader.objects("bands", filled=True))
        bands = [_read_band(item, of) for item in items]
        if of:
            _tell_unreachable(items, bands, proportion)
        if not of and (reader.has("when_empty") or reader.has("allow_over")):
            Proportion.parse(reader)
        if len(reader.faults) != before:
            return None
        return cls(max_points, tuple(band for band in bands if band is not None), proportion)

    def describe(self) -> str:
        say_limit, of, more = (
            (say_percent, "tỷ lệ", self.proportion.describe()) if self.proportion else (say, "giá trị", "")
        )
        told = [f"{band.word} {say_limit(band.limit)}: {self._worth(band)}" for band in self.bands]
        return f"theo {of}: " + "; ".join([*told, "còn lại: 0 điểm"]) + more

    def _worth(self, band: Band) -> str:
        return band.mark.tell(self.max_points) if band.mark else f"tỷ lệ nhân {say(self.max_points)} điểm"

    def inputs(self) -> tuple[Input, ...]:
        return self.proportion.inputs() if self.proportion else (Input("value", "number", "Giá trị"),)

    def read(self, reader: ObjectReader) -> Figures | None:
        if self.proportion:
            return self.proportion.read(reader)
        value = reader.number("value", minimum=None)
        return None if value is None else {"value": value}

    def most_points(self) -> Fraction:
        most, left = _NOUGHT, _possible(self.proportion)
        for band in self.bands:
            most = max(most, band.mark.points(self.max_points) if band.mark else band.highest(left) * self.max_points)
            left = left.without(band)
        return min(self.max_points, most)

    def score(self, figures: Figures) -> Outcome:
        if self.proportion is None:
            value = number(figures, "value")
            return self._score(value, lambda: f"Giá trị {say(value)}", say)
        empty = self.proportion.empty(figures, self.max_points)
        if empty is not None:
            return empty
        proportion = self.proportion
        return self._score(proportion.ratio(figures), lambda: proportion.say(figures, self._same_band), say_percent)

    def _band(self, value: Fraction) -> Band | None:
        return next((band for band in self.bands if band.holds(value)), None)

    def _same_band(self, ratio: Fraction, shown: Fraction) -> bool:
        """Whether a ratio that was cut to be shown still lies in its band."""
        return self._band(ratio) is self._band(shown)

    def _score(self, value: Fraction, told: Callable[[], str], say_limit: Callable[[Fraction], str]) -> Outcome:
        band = self._band(value)
        if band is None:
            return Outcome(Fraction(0), lambda: f"{told()}, không thuộc mức nào → 0 điểm")
        points = band.mark.points(self.max_points) if band.mark else times(value, self.max_points)
        return Outcome(
            points, lambda: f"{told()} {band.sign} {say_limit(band.limit)} → {self._say_worth(band, value, points)}"
        )

    def _say_worth(self, band: Band, value: Fraction, points: Fraction) -> str:
        if band.mark:
            return band.mark.say(self.max_points)
        return f"{say(value)} × {say(self.max_points)} {say_result(points, value)} điểm"


def _possible(proportion: Proportion | None) -> Interval:
    """What the figure that the bands look at may be."""
    if proportion is None:
        return Interval()
    return Interval(_NOUGHT, None if proportion.allow_over else Fraction(1))


def _tell_unreachable(items: list[ObjectReader], bands: list[Band | None], proportion: Proportion | None) -> None:
    """Tell every band that no figure reaches: earlier ones have taken it, or no figure goes there. A band that could
    not be read takes nothing."""
    left = _possible(proportion)
    ends_at_one = proportion is not None and not proportion.allow_over
    for item, band in zip(items, bands, strict=True):
        if band is None:
            continue
        remaining = left.without(band)
        if remaining == left:
            mending = ["sửa ngưỡng", "xếp lại thứ tự", "bỏ bậc"]
            if ends_at_one and (band.limit > 1 or (band.limit == 1 and band.bound == "above")):
                mending.append("cho phép vượt (allow_over)")
            item.fault(
                "không số liệu nào rơi vào bậc này, vì các bậc trước đã lấy hết hoặc ngưỡng nằm ngoài khoảng có thể; "
                f"hãy {', '.join(mending[:-1])} hoặc {mending[-1]}"
            )
        left = remaining


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
    if reader.true_only("linear") and of == "value":
        reader.fault("chỉ dùng được khi tính theo tỷ lệ; hãy ghi points hoặc share", "linear")
    reader.finish()
    limit = limits[given[0]] if given else None
    return Band(given[0], limit, mark) if limit is not None and len(reader.faults) == before else None

"""``ratio``: points in proportion to n/d, nought below a floor, full from ``full_at`` on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.engine.arithmetic import is_less, share_of
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule
from scoring.engine.rules.declaration import Parameter
from scoring.engine.rules.proportion import PARAMETERS, Proportion
from scoring.engine.wording import say, say_percent, say_percent_result, say_result


@dataclass(frozen=True, slots=True)
class Ratio(Rule):
    """r = n/d (inverse: 1 − n/d); 0 if r < floor, else min(r / full_at, 1) · M."""

    kind: ClassVar[str] = "ratio"
    label: ClassVar[str] = "Tỷ lệ"
    note: ClassVar[str] = "Điểm theo tỷ lệ số đạt được trên tổng số."
    example: ClassVar[str] = "ngưỡng = 0,8\nkhông phát sinh = điểm tối đa"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("floor", "ngưỡng", "number", "Tỷ lệ dưới ngưỡng thì 0 điểm, ví dụ 0,8 là 80%; trống là 0"),
        Parameter("full_at", "đạt tối đa từ", "number", "Từ tỷ lệ này trở lên được điểm tối đa; trống là 1"),
        Parameter("inverse", "tính ngược", "flag", "có: càng thấp càng tốt, lấy 1 trừ tỷ lệ; trống là không"),
        *PARAMETERS,
    )
    floor: Fraction
    full_at: Fraction
    inverse: bool
    proportion: Proportion

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        before = len(reader.faults)
        floor = reader.number("floor", Fraction(0))
        full_at = reader.number("full_at", Fraction(1), above=Fraction(0))
        inverse = reader.flag("inverse", default=False)
        proportion = Proportion.parse(reader)
        can_exceed = proportion.allow_over and not inverse
        for key, value in (("floor", floor), ("full_at", full_at)):
            if value is not None and value > 1 and not can_exceed:
                over = "" if inverse else ", hoặc cho phép vượt (allow_over)"
                reader.fault(
                    f"{say(value)} là {say_percent(value)}, không tỷ lệ nào đạt tới; tỷ lệ ghi bằng phần của 1, 80% là "
                    f"0.8; hãy sửa lại{over}",
                    key,
                )
        if floor is None or full_at is None or len(reader.faults) != before:
            return None
        return cls(max_points, floor, full_at, inverse, proportion)

    def describe(self) -> str:
        most = f"{say(self.max_points)} điểm"
        told = f"100% trừ tỷ lệ, nhân {most}" if self.inverse else f"tỷ lệ đạt được nhân {most}"
        if self.full_at != 1:
            told += f"; từ {say_percent(self.full_at)} được điểm tối đa"
        if self.floor:
            told += f"; dưới {say_percent(self.floor)} thì 0 điểm"
        return told + self.proportion.describe()

    def inputs(self) -> tuple[Input, ...]:
        return self.proportion.inputs()

    def read(self, reader: ObjectReader) -> Figures | None:
        return self.proportion.read(reader)

    def score(self, figures: Figures) -> Outcome:
        empty = self.proportion.empty(figures, self.max_points)
        if empty is not None:
            return empty
        ratio = self.proportion.ratio(figures)
        if self.inverse:
            ratio = 1 - ratio
        if is_less(ratio, self.floor):
            return Outcome(Fraction(0), lambda: f"{self._told(figures)} < {say_percent(self.floor)} → 0 điểm")
        if not is_less(ratio, self.full_at):
            return Outcome(self.max_points, lambda: self._tell_full(figures))
        points = share_of(self.max_points, ratio, self.full_at)
        return Outcome(points, lambda: self._tell_part(figures, ratio, points))

    def _tell_full(self, figures: Figures) -> str:
        full = f"đạt mức tối đa {say_percent(self.full_at)} → {say(self.max_points)} điểm"
        return f"{self._told_enough(figures)}, {full}"

    def _tell_part(self, figures: Figures, ratio: Fraction, points: Fraction) -> str:
        worth = say(ratio) if self.full_at == 1 else f"{say(ratio)}/{say(self.full_at)}"
        return f"{self._told_enough(figures)} → {worth} × {say(self.max_points)} {say_result(points, ratio)} điểm"

    def _told_enough(self, figures: Figures) -> str:
        return self._told(figures) + (f" ≥ {say_percent(self.floor)}" if self.floor else "")

    def _told(self, figures: Figures) -> str:
        """The ratio, and what is left of 100% where that counts."""
        if not self.inverse:
            return self.proportion.say(figures, self._stands_alike)
        ratio = self.proportion.ratio(figures)
        rest = say_percent_result(1 - ratio, lambda shown: self._stands_alike(1 - ratio, shown))
        return f"{self.proportion.say(figures)}, 100% − {say_percent(ratio)} {rest}"

    def _stands_alike(self, ratio: Fraction, shown: Fraction) -> bool:
        """Whether a ratio that was cut to be shown still stands on the same side of the floor and of ``full_at``."""
        return all((ratio < bound) == (shown < bound) for bound in (self.floor, self.full_at))

"""``indicator``: a figure taken from another index or system, in proportion to its full value (SIPAS % of 100)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.engine.arithmetic import is_less, share_of
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, number
from scoring.engine.rules.declaration import Parameter
from scoring.engine.wording import say, say_result


@dataclass(frozen=True, slots=True)
class Indicator(Rule):
    """value / of · M; a negative value counts as 0."""

    kind: ClassVar[str] = "indicator"
    label: ClassVar[str] = "Theo chỉ số khác"
    note: ClassVar[str] = "Lấy từ một chỉ số hoặc hệ thống khác, theo tỷ lệ với giá trị tối đa của nó."
    example: ClassVar[str] = "giá trị tối đa = 100"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("of", "giá trị tối đa", "number", "Giá trị ứng với điểm tối đa; trống là 100"),
    )
    of: Fraction

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        of = reader.number("of", Fraction(100), above=Fraction(0))
        return None if of is None else cls(max_points, of)

    def describe(self) -> str:
        return f"giá trị chia {say(self.of)}, nhân {say(self.max_points)} điểm"

    def inputs(self) -> tuple[Input, ...]:
        return (Input("value", "number", f"Giá trị (trên {say(self.of)})"),)

    def read(self, reader: ObjectReader) -> Figures | None:
        value = reader.number("value", minimum=None)
        return None if value is None else {"value": value}

    def score(self, figures: Figures) -> Outcome:
        value = number(figures, "value")
        if value.numerator < 0:
            return Outcome(Fraction(0), lambda: f"Giá trị {say(value)} âm, tính là 0 → 0 điểm")
        points = share_of(self.max_points, value, self.of)
        return Outcome(
            points, lambda: f"{say(value)}/{say(self.of)} × {say(self.max_points)} {say_result(points)} điểm"
        )

    def warning(self, figures: Figures) -> str:
        value = number(figures, "value")
        if value.numerator < 0:
            return f"Giá trị {say(value)} âm nên được tính là 0. Hãy xem lại số liệu."
        if is_less(self.of, value):
            return f"Giá trị {say(value)} lớn hơn {say(self.of)} nên chỉ được tính điểm tối đa. Hãy xem lại số liệu."
        return ""

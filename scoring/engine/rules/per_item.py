"""``per_item``: so many points for each thing that was done, up to the maximum."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, number
from scoring.engine.rules.declaration import Parameter
from scoring.engine.wording import say, say_result


@dataclass(frozen=True, slots=True)
class PerItem(Rule):
    """count · points_each."""

    kind: ClassVar[str] = "per_item"
    label: ClassVar[str] = "Theo số lượng"
    note: ClassVar[str] = "Mỗi việc, mỗi sản phẩm được một số điểm, không quá điểm tối đa."
    example: ClassVar[str] = "điểm mỗi việc = 0,25"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("points_each", "điểm mỗi việc", "number", "Điểm cho một việc", required=True),
    )
    points_each: Fraction

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        points_each = reader.number("points_each")
        return None if points_each is None else cls(max_points, points_each)

    def describe(self) -> str:
        return f"mỗi việc {say(self.points_each)} điểm, nhiều nhất {say(self.max_points)} điểm"

    def inputs(self) -> tuple[Input, ...]:
        return (Input("count", "whole", "Số lượng", minimum=Fraction(0)),)

    def read(self, reader: ObjectReader) -> Figures | None:
        count = reader.number("count", whole=True)
        return None if count is None else {"count": count}

    def score(self, figures: Figures) -> Outcome:
        count = number(figures, "count")
        points = count * self.points_each
        return Outcome(points, f"{say(count)} × {say(self.points_each)} {say_result(points)} điểm")

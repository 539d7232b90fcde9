"""``manual``: points as a person gives them, on a scale of steps where one is laid down."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, number
from scoring.engine.rules.declaration import Parameter
from scoring.engine.wording import say


@dataclass(frozen=True, slots=True)
class Manual(Rule):
    """Points 0..M; with a ``step`` a multiple of it, or M itself."""

    kind: ClassVar[str] = "manual"
    label: ClassVar[str] = "Chấm trực tiếp"
    note: ClassVar[str] = "Người chấm cho điểm từ 0 đến điểm tối đa."
    example: ClassVar[str] = "bước điểm = 0,25"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("step", "bước điểm", "number", "Điểm phải là bội của số này, hoặc bằng điểm tối đa"),
    )
    asks_points: ClassVar[bool] = True
    step: Fraction | None

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        before = len(reader.faults)
        step = reader.number("step", required=False, above=Fraction(0))
        return cls(max_points, step) if len(reader.faults) == before else None

    def describe(self) -> str:
        step = f", theo bước {say(self.step)} điểm" if self.step else ""
        return f"người chấm cho từ 0 đến {say(self.max_points)} điểm{step}"

    def inputs(self) -> tuple[Input, ...]:
        return (Input("points", "number", "Điểm", minimum=Fraction(0), maximum=self.max_points, step=self.step),)

    def read(self, reader: ObjectReader) -> Figures | None:
        points = reader.number("points", maximum=self.max_points)
        if points is None:
            return None
        if self.step and points != self.max_points and (points / self.step).denominator != 1:
            reader.fault(
                f"điểm {say(points)} không phải bội của {say(self.step)}; hãy ghi điểm theo đúng bước", "points"
            )
            return None
        return {"points": points}

    def score(self, figures: Figures) -> Outcome:
        points = number(figures, "points")
        return Outcome(points, f"Chấm {say(points)} điểm")

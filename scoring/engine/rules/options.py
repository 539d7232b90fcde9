"""``options``: one of several levels is chosen (có / không; đúng hạn / trễ hạn / không)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule
from scoring.engine.rules.declaration import LABEL, MARK, MARK_HELP, MARK_KEYS, Parameter
from scoring.engine.rules.scale import Level, choices, read_levels, tell_levels
from scoring.engine.wording import quote


@dataclass(frozen=True, slots=True)
class Options(Rule):
    """Points of the chosen option."""

    kind: ClassVar[str] = "options"
    label: ClassVar[str] = "Chọn một mức"
    note: ClassVar[str] = "Đơn vị chọn đúng một mức, như Có / Không hoặc Đúng hạn / Trễ hạn / Không."
    example: ClassVar[str] = (
        "mức.du = Ban hành đúng hạn | hệ số 1\nmức.tre = Ban hành trễ | điểm 0,5\nmức.khong = Không có | điểm 0"
    )
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "options",
            "mức",
            "keyed",
            "mức.<mã mức> = <tên mức> | điểm <số>, hoặc | hệ số <phần của điểm tối đa, từ 0 đến 1>",
            required=True,
            pieces=(LABEL, *MARK),
            one_of=(MARK_KEYS,),
            help=MARK_HELP,
        ),
    )
    options: tuple[Level, ...]

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        before = len(reader.faults)
        options = read_levels(reader, "options")
        return cls(max_points, options) if len(reader.faults) == before else None

    def describe(self) -> str:
        return f"chọn một mức: {tell_levels(self.options, self.max_points)}"

    def inputs(self) -> tuple[Input, ...]:
        return (Input("choice", "choice", "Mức đạt được", choices=choices(self.options)),)

    def read(self, reader: ObjectReader) -> Figures | None:
        choice = reader.choice("choice", [option.key for option in self.options])
        return {"choice": choice} if choice else None

    def most_points(self) -> Fraction:
        return min(self.max_points, max(option.mark.points(self.max_points) for option in self.options))

    def score(self, figures: Figures) -> Outcome:
        chosen = next(option for option in self.options if option.key == figures["choice"])
        return Outcome(
            chosen.mark.points(self.max_points), f"Chọn {quote(chosen.label)}: {chosen.mark.say(self.max_points)}"
        )

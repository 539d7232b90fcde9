"""The figures of a ratio n/d, and what an empty one (0/0) means. Used by ``ratio`` and ``bands``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Final

from scoring.engine.arithmetic import divide
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, number
from scoring.engine.rules.declaration import Parameter
from scoring.engine.wording import say, say_percent_result

_EMPTY_WORDS: Final = {"full": "điểm tối đa", "zero": "0 điểm", "not_applicable": "không áp dụng"}
PARAMETERS: Final = (
    Parameter(
        "when_empty",
        "không phát sinh",
        "choice",
        "Khi số đạt được và tổng số đều bằng 0: điểm tối đa | 0 điểm | không áp dụng",
        choices=tuple((word, value) for value, word in _EMPTY_WORDS.items()),
    ),
    Parameter("allow_over", "cho phép vượt", "flag", "có: số đạt được có thể lớn hơn tổng số; trống là không"),
)


@dataclass(frozen=True, slots=True)
class Proportion:
    """``when_empty`` ("" where nothing was decided) is for 0/0; ``allow_over`` lets n exceed d."""

    when_empty: str
    allow_over: bool

    @classmethod
    def parse(cls, reader: ObjectReader) -> Proportion:
        return cls(
            reader.choice("when_empty", tuple(_EMPTY_WORDS), default=""), reader.flag("allow_over", default=False)
        )

    def describe(self) -> str:
        """ "; không phát sinh thì 0 điểm", or nothing."""
        if not self.when_empty:
            return ""
        earns = "được " if self.when_empty == "full" else ""
        return f"; không phát sinh thì {earns}{_EMPTY_WORDS[self.when_empty]}"

    def inputs(self) -> tuple[Input, ...]:
        return (
            Input("numerator", "number", "Số đạt được", minimum=Fraction(0), part_of="denominator"),
            Input("denominator", "number", "Tổng số", minimum=Fraction(0)),
        )

    def read(self, reader: ObjectReader) -> Figures | None:
        numerator, denominator = reader.number("numerator"), reader.number("denominator")
        if numerator is None or denominator is None:
            return None
        if denominator == 0 and numerator != 0:
            reader.fault(f"số đạt được là {say(numerator)} mà tổng số là 0; hãy xem lại hai số liệu")
            return None
        if denominator == 0 and not self.when_empty:
            reader.fault(
                "số đạt được và tổng số đều là 0 mà cách tính chưa quy định when_empty; hãy bổ sung quy định, hoặc trả "
                "lời không áp dụng"
            )
            return None
        if numerator > denominator and not self.allow_over:
            reader.fault(f"số đạt được {say(numerator)} lớn hơn tổng số {say(denominator)}; hãy xem lại hai số liệu")
            return None
        return {"numerator": numerator, "denominator": denominator}

    def empty(self, figures: Figures, max_points: Fraction) -> Outcome | None:
        """The outcome where nothing arose (0/0), as decided by ``when_empty``; None where something did."""
        if number(figures, "denominator") != 0:
            return None
        if self.when_empty == "not_applicable":
            return Outcome(None, "Không phát sinh (0/0)")
        if self.when_empty == "full":
            return Outcome(max_points, f"Không phát sinh (0/0): hưởng điểm tối đa {say(max_points)} điểm")
        return Outcome(Fraction(0), "Không phát sinh (0/0): 0 điểm")

    def ratio(self, figures: Figures) -> Fraction:
        return divide(number(figures, "numerator"), number(figures, "denominator"))

    def say(self, figures: Figures, alike: Callable[[Fraction, Fraction], bool] | None = None) -> str:
        """45/50 = 90%. Where the ratio is cut, ``alike`` (ratio, shown) asks for as many decimals as it takes."""
        ratio = self.ratio(figures)
        shown = f"{say(number(figures, 'numerator'))}/{say(number(figures, 'denominator'))}"
        return f"{shown} {say_percent_result(ratio, partial(alike, ratio) if alike else None)}"

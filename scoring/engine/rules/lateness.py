"""``lateness``: points by the days after a due date; nought after the last step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import ClassVar, Final, Self

from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, number
from scoring.engine.rules.declaration import MARK, MARK_HELP, MARK_KEYS, Parameter, Piece
from scoring.engine.rules.scale import Mark, read_mark
from scoring.engine.wording import quote_all, say, say_date

_FORMS: Final = ("date", "days_late", "absent")


@dataclass(frozen=True, slots=True)
class Step:
    """A mark for everything that is at most so many days late."""

    up_to_days: Fraction
    mark: Mark


@dataclass(frozen=True, slots=True)
class Lateness(Rule):
    """Points of the first step that the days late do not pass; days = max(0, date − due). Without a ``due`` date only
    the days themselves are taken."""

    kind: ClassVar[str] = "lateness"
    label: ClassVar[str] = "Theo số ngày chậm"
    note: ClassVar[str] = "Điểm theo số ngày chậm so với hạn; sau bước cuối là 0 điểm."
    example: ClassVar[str] = "hạn = 15/12/2026\nbước.1 = chậm đến 0 | hệ số 1\nbước.2 = chậm đến 5 | hệ số 0,5"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("due", "hạn", "date", "Ngày hạn, ví dụ 15/12/2026; trống thì đơn vị nhập số ngày chậm"),
        Parameter(
            "steps",
            "bước",
            "numbered",
            "bước.1 = chậm đến <số ngày> | điểm <số>, hoặc | hệ số <số>; số ngày tăng dần",
            required=True,
            pieces=(Piece("up_to_days", "chậm đến"), *MARK),
            one_of=(("up_to_days",), MARK_KEYS),
            help=MARK_HELP,
        ),
    )
    due: date | None
    steps: tuple[Step, ...]

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        before = len(reader.faults)
        due = reader.date("due", required=False)
        steps: list[Step] = []
        last: Fraction | None = None
        for entry in reader.objects("steps", filled=True):
            days, mark = entry.number("up_to_days", whole=True), read_mark(entry)
            entry.finish()
            if days is not None and last is not None and days <= last:
                entry.fault(
                    f"{say(days)} ngày không lớn hơn {say(last)} ngày của bước trước nên hai bước "
                    "chồng lên nhau; hãy xếp số ngày tăng dần",
                    "up_to_days",
                )
            elif days is not None:
                # The days are compared with, whatever is wrong with the mark.
                last = days
                if mark is not None:
                    steps.append(Step(days, mark))
        return cls(max_points, due, tuple(steps)) if len(reader.faults) == before else None

    def describe(self) -> str:
        due = f" so với hạn {say_date(self.due)}" if self.due else ""
        told = [f"đến {say(step.up_to_days)} ngày: {step.mark.tell(self.max_points)}" for step in self.steps]
        return f"theo số ngày chậm{due}: " + "; ".join([*told, "sau đó: 0 điểm"])

    def inputs(self) -> tuple[Input, ...]:
        asked = Input("date", "date", f"Ngày thực hiện (hạn {say_date(self.due)})", form="date") if self.due else None
        return (
            *((asked,) if asked else ()),
            Input(
                "days_late",
                "whole",
                "Số ngày chậm (đúng hạn ghi 0)",
                Fraction(0),
                form="days_late",
                phrase="chậm {} ngày",
            ),
            Input("absent", "flag", "Không thực hiện", form="absent"),
        )

    def read(self, reader: ObjectReader) -> Figures | None:
        before = len(reader.faults)
        forms = [form for form in _FORMS if reader.has(form)]
        if len(forms) != 1:
            reader.fault(f"phải có đúng một trong {quote_all(_FORMS)}; hãy {'bỏ bớt' if forms else 'bổ sung'}")
        day = reader.date("date", required=False)
        days = reader.number("days_late", required=False, whole=True)
        absent = reader.true_only("absent")
        if reader.has("date") and self.due is None:
            reader.fault("cách tính không có hạn nên không nhận ngày; hãy ghi days_late", "date")
        if len(reader.faults) != before:
            return None
        if absent:
            return {"absent": True}
        if day:
            return {"date": day}
        return None if days is None else {"days_late": days}

    def most_points(self) -> Fraction:
        return min(self.max_points, max(step.mark.points(self.max_points) for step in self.steps))

    def score(self, figures: Figures) -> Outcome:
        if "absent" in figures:
            return Outcome(Fraction(0), "Không thực hiện → 0 điểm")
        days, told = self._late(figures)
        told += f": chậm {say(days)} ngày" if days else ": không chậm"
        step = next((step for step in self.steps if days <= step.up_to_days), None)
        if step is None:
            return Outcome(Fraction(0), f"{told}, quá {say(self.steps[-1].up_to_days)} ngày → 0 điểm")
        within = f" ≤ {say(step.up_to_days)}" if days else ""
        return Outcome(step.mark.points(self.max_points), f"{told}{within} → {step.mark.say(self.max_points)}")

    def _late(self, figures: Figures) -> tuple[Fraction, str]:
        """The days late, and from what they follow."""
        done = figures.get("date")
        if not isinstance(done, date) or self.due is None:
            return number(figures, "days_late"), "Theo số ngày đã ghi"
        return Fraction(max(0, (done - self.due).days)), f"Ngày {say_date(done)}, hạn {say_date(self.due)}"

"""``deduction``: from the maximum down, for every breach of every item."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.engine.arithmetic import add_up, is_less, minus, times
from scoring.engine.reading import ObjectReader, note_repeats
from scoring.engine.rules.base import Choice, Figures, Input, Outcome, Rule, counts
from scoring.engine.rules.declaration import LABEL, Parameter, Piece
from scoring.engine.wording import quote, quote_all, say, say_result


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of breach: the points that each one takes, and the most that all of them may (None: no limit)."""

    key: str
    label: str
    points_each: Fraction
    limit: Fraction | None

    def taken(self, count: Fraction) -> Fraction:
        taken = times(count, self.points_each)
        return self.limit if self.limit is not None and is_less(self.limit, taken) else taken

    def say(self, count: Fraction) -> str:
        """3 × 0,25 = 0,75, or 9 × 0,25 = 2,25, nhiều nhất 1."""
        taken = count * self.points_each
        told = f"{quote(self.label)} {say(count)} × {say(self.points_each)} {say_result(taken)}"
        return told if self.limit is None or taken <= self.limit else f"{told}, nhiều nhất {say(self.limit)}"

    def describe(self) -> str:
        limit = "" if self.limit is None else f" (nhiều nhất {say(self.limit)} điểm)"
        return f"{self.label}: mỗi lần trừ {say(self.points_each)} điểm{limit}"


@dataclass(frozen=True, slots=True)
class Deduction(Rule):
    """M − Σ min(count · points_each, limit)."""

    kind: ClassVar[str] = "deduction"
    label: ClassVar[str] = "Trừ theo vi phạm"
    note: ClassVar[str] = "Từ điểm tối đa trừ đi theo số lần vi phạm."
    example: ClassVar[str] = "lỗi.cham = Báo cáo chậm | mỗi lần 0,25 | nhiều nhất 1"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "items",
            "lỗi",
            "keyed",
            "lỗi.<mã lỗi> = <tên lỗi> | mỗi lần <điểm trừ> | nhiều nhất <điểm trừ tối đa của lỗi này, nếu có>",
            required=True,
            pieces=(LABEL, Piece("points_each", "mỗi lần"), Piece("limit", "nhiều nhất")),
            one_of=(("points_each",),),
            help="“Mỗi lần” là điểm trừ cho một lần vi phạm; “nhiều nhất” là mức trừ tối đa của lỗi đó, nếu có.",
        ),
    )
    items: tuple[Item, ...]

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        before = len(reader.faults)
        items: list[Item] = []
        codes: list[tuple[ObjectReader, str]] = []
        for entry in reader.objects("items", filled=True):
            key, label = entry.code("key"), entry.text("label")
            points_each, limit = entry.number("points_each"), entry.number("limit", required=False)
            entry.finish()
            codes.append((entry, key))
            if points_each is not None:
                items.append(Item(key, label, points_each, limit))
        note_repeats(codes, "khóa", "key")
        return cls(max_points, tuple(items)) if len(reader.faults) == before else None

    def describe(self) -> str:
        return f"từ {say(self.max_points)} điểm trừ dần: " + "; ".join(item.describe() for item in self.items)

    def inputs(self) -> tuple[Input, ...]:
        offered = tuple(Choice(item.key, item.label) for item in self.items)
        return (Input("counts", "counts", "Số lần vi phạm", Fraction(0), choices=offered, phrase="{} lần"),)

    def read(self, reader: ObjectReader) -> Figures | None:
        before = len(reader.faults)
        entries = reader.object("counts")
        if entries is None:
            return None
        known = [item.key for item in self.items]
        # Absent is nought; the order is the rule's, so that the same answer always gives the same sentence.
        found = {key: entries.number(key, Fraction(0), whole=True) for key in known}
        for key in entries.keys():
            if key not in found and not key.startswith("x_"):
                entries.fault(f"không có lỗi {quote(key)}; hãy chọn trong {quote_all(known)}", key)
        taken = {key: count for key, count in found.items() if count is not None}
        return {"counts": taken} if len(taken) == len(found) and len(reader.faults) == before else None

    def score(self, figures: Figures) -> Outcome:
        given = counts(figures, "counts")
        found = [(item, given[item.key]) for item in self.items if given[item.key]]
        points = minus(self.max_points, add_up([item.taken(count) for item, count in found]))
        if not found:
            return Outcome(points, f"Không vi phạm: {say(points)} điểm")
        told = "; ".join(item.say(count) for item, count in found)
        terms = " − ".join(say(item.taken(count)) for item, count in found)
        return Outcome(points, f"{told} → {say(self.max_points)} − {terms} {say_result(points)} điểm")

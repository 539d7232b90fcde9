"""``checklist``: every item that is there earns its part."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Figures, Input, Outcome, Rule, keys
from scoring.engine.rules.declaration import LABEL, MARK, MARK_HELP, MARK_KEYS, Parameter
from scoring.engine.rules.scale import Level, choices, read_levels, tell_levels
from scoring.engine.strict_json import UNUSABLE
from scoring.engine.wording import quote, quote_all, say, say_result


@dataclass(frozen=True, slots=True)
class Checklist(Rule):
    """Sum of the checked items, each counted once."""

    kind: ClassVar[str] = "checklist"
    label: ClassVar[str] = "Đánh dấu nội dung"
    note: ClassVar[str] = "Mỗi nội dung đã làm được cộng một phần điểm."
    example: ClassVar[str] = "mục.a = Có kế hoạch kiểm tra | điểm 0,5\nmục.b = Có báo cáo kết quả | điểm 0,5"
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter(
            "items",
            "mục",
            "keyed",
            "mục.<mã mục> = <nội dung> | điểm <số>, hoặc | hệ số <số>",
            required=True,
            pieces=(LABEL, *MARK),
            one_of=(MARK_KEYS,),
            help=MARK_HELP,
        ),
    )
    items: tuple[Level, ...]

    @classmethod
    def parse(cls, reader: ObjectReader, max_points: Fraction) -> Self | None:
        before = len(reader.faults)
        items = read_levels(reader, "items")
        return cls(max_points, items) if len(reader.faults) == before else None

    def describe(self) -> str:
        return f"cộng điểm từng nội dung: {tell_levels(self.items, self.max_points)}"

    def inputs(self) -> tuple[Input, ...]:
        return (Input("checked", "choices", "Nội dung đã có", choices=choices(self.items), required=False),)

    def read(self, reader: ObjectReader) -> Figures | None:
        before = len(reader.faults)
        known = dict.fromkeys(item.key for item in self.items)
        checked: set[str] = set()
        for index, key in enumerate(reader.list("checked")):
            place = reader.place.key("checked").item(index)
            if key is UNUSABLE:
                continue
            if not isinstance(key, str) or key not in known:
                shown = quote(key) if isinstance(key, str) else "giá trị này"
                reader.faults.append(place.fault(f"không có nội dung {shown}; hãy chọn trong {quote_all(known)}"))
            elif key in checked:
                reader.faults.append(place.fault(f"nội dung {quote(key)} được chọn hai lần; hãy bỏ bớt một lần"))
            else:
                checked.add(key)
        # The order of the rule, not of the answer, so that the same answer always gives the same sentence.
        return {"checked": tuple(key for key in known if key in checked)} if len(reader.faults) == before else None

    def most_points(self) -> Fraction:
        return min(self.max_points, sum((item.mark.points(self.max_points) for item in self.items), Fraction(0)))

    def score(self, figures: Figures) -> Outcome:
        chosen = frozenset(keys(figures, "checked"))
        checked = [item for item in self.items if item.key in chosen]
        points = sum((item.mark.points(self.max_points) for item in checked), Fraction(0))
        summary = f"Có {len(checked)}/{len(self.items)} nội dung"
        if not checked:
            return Outcome(points, f"{summary}: 0 điểm")
        parts = [item.mark.points(self.max_points) for item in checked]
        told = " + ".join(map(say, parts))
        return Outcome(points, f"{summary}: {told} {say_result(points, *parts)} điểm")

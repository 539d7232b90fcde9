"""A past table once it has been read: plain values, exactly as printed, ready to be stored as JSON.

Numbers are strings in the printed precision with a decimal point ("82.00"); an empty string is "not printed".
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class General:
    """What the table says of the campaign as a whole. `decision_date` is ISO or empty."""

    code: str
    title: str
    year: int
    source_text: str
    source_url: str = ""
    printed_statement: str = ""
    decision_issuer: str = ""
    decision_number: str = ""
    decision_date: str = ""
    decimals: int = 2
    rounding: str = "half_up"
    ranking: str = "competition"
    is_sample: bool = False


@dataclass(frozen=True)
class GradeRow:
    """One class of the printed scale, best first; the last one has no threshold."""

    code: str
    label: str
    at_least: str = ""
    above: str = ""


@dataclass(frozen=True)
class GroupRow:
    """One khối; an excerpt names only some of its units: of `listed_of`, or of how many the source does not say."""

    code: str
    title: str
    printed_mean: str = ""
    is_excerpt: bool = False
    listed_of: int | None = None


@dataclass(frozen=True)
class PointsColumn:
    """One column of points: a component (lĩnh vực) or a part (thẩm định, điều tra…). `max_points` may be empty."""

    code: str
    title: str
    kind: str
    max_points: str = ""
    source: str = "self"

    @property
    def is_component(self) -> bool:
        return self.kind == "component"


@dataclass(frozen=True)
class Figures:
    """What is printed in one column for one unit."""

    points: str = ""
    max_points: str = ""
    index: str = ""
    rank: int | None = None
    not_applicable: bool = False


@dataclass(frozen=True)
class UnitRow:
    """One unit of the table; `row` is its row in the file and its key in questions and answers."""

    row: int
    group: str
    name: str
    unit_code: str = ""
    max_points: str = ""
    points: str = ""
    index: str = ""
    rank: int | None = None
    grade: str = ""
    is_ranked: bool = True
    unranked_reason: str = ""
    note: str = ""
    figures: dict[str, Figures] = field(default_factory=dict)

    @property
    def has_figures(self) -> bool:
        """Something is printed from which an index can be had."""
        return bool(self.points or self.index or any(own.points for own in self.figures.values()))


@dataclass(frozen=True)
class PastTable:
    """A whole table that was understood without a fault."""

    general: General
    grades: tuple[GradeRow, ...]
    groups: tuple[GroupRow, ...]
    columns: tuple[PointsColumn, ...]
    rows: tuple[UnitRow, ...]

    def to_json(self) -> dict[str, Any]:
        """For `ResultsImport.table`."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The table that `to_json` stored."""
        rows = tuple(
            UnitRow(**{**row, "figures": {code: Figures(**own) for code, own in row["figures"].items()}})
            for row in stored["rows"]
        )
        return cls(
            General(**stored["general"]),
            tuple(GradeRow(**grade) for grade in stored["grades"]),
            tuple(GroupRow(**group) for group in stored["groups"]),
            tuple(PointsColumn(**column) for column in stored["columns"]),
            rows,
        )

    def rows_of(self, group: str) -> tuple[UnitRow, ...]:
        return tuple(row for row in self.rows if row.group == group)


@dataclass(frozen=True)
class TableFault:
    """One thing in a file that cannot be understood. `column` is a heading with its letter, `row` 0 means the sheet."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        place = f"Trang “{self.sheet}”" if self.sheet else "Tệp"
        if self.row:
            place += f", dòng {self.row}"
        if self.column:
            place += f", cột {self.column}"
        shown = f" (“{self.value}”)" if self.value else ""
        return f"{place}{shown}: {self.reason}"


class TableFaults(ValueError):
    """All faults of one file; nothing of it was stored."""

    def __init__(self, faults: list[TableFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, faults)))

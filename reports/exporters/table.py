"""The table behind the workbook and the CSV file: one row a unit, every cell as text or exact number."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Json = dict[str, Any]
Cell = Decimal | int | str | None
"""A number is a Decimal with its printed digits (or a whole int), words are str, None is an empty cell."""

SAMPLE = "DỮ LIỆU MINH HỌA"
BASE = ("STT", "Tên cơ quan, đơn vị", "Điểm tối đa", "Điểm", "Chỉ số", "Hạng", "Xếp loại")


@dataclass(frozen=True)
class Table:
    """Column titles and rows of one peer group; `excerpt` says how much of it the source gave, None: all."""

    code: str
    title: str
    excerpt: str | None
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def group_table(dataset: Json, group: Json) -> Table:
    """One peer group in ranking order: STT, name, maximum, points, index, rank, class, change, components, notes."""
    components = component_columns([group])
    labels = {grade["code"]: grade["label"] for grade in dataset["grades"]}
    columns = (*BASE, change_title(group), *(title for _, title in components), "Ghi chú")
    rows = tuple(
        (
            place,
            unit["name"],
            points(unit["max_points"]),
            points(unit["points"]),
            number(unit["index"]),
            unit["rank"],
            labels.get(unit["grade"], unit["grade"]),
            change_cell(unit["change"]),
            *component_cells(unit, components),
            notes(unit),
        )
        for place, unit in enumerate(group["units"], start=1)
    )
    return Table(group["code"], group["title"], excerpt_note(group), columns, rows)


def excerpt_note(group: Json) -> str | None:
    """How much of the group the source gave and whose ranks stand there; None when it gave all."""
    if not group["is_excerpt"]:
        return None
    if group["listed_of"] is None:
        return f"Trích {group['count']} đơn vị, nguồn không nêu tổng số đơn vị của khối; hạng ghi theo nguồn"
    if group["listed_of"] == group["count"]:
        return "Nguồn không nêu đủ số liệu của khối; hạng ghi theo nguồn"
    return f"Trích {group['count']} trong {group['listed_of']} đơn vị của khối; hạng ghi theo nguồn"


def component_columns(groups: list[Json]) -> list[tuple[tuple[str, str, str], str]]:
    """The component columns of the groups: ((code, title, figure), heading), figure "points" or "index"."""
    found: dict[tuple[str, str, str], str] = {}
    for group in groups:
        for unit in group["units"]:
            for item in unit["components"]:
                for figure, word in (("points", "điểm"), ("index", "chỉ số")):
                    found.setdefault((item["code"], item["title"], figure), f"{item['title']}: {word}")
    return list(found.items())


def component_cells(unit: Json, columns: list[tuple[tuple[str, str, str], str]]) -> list[Cell]:
    """A unit's cells for `columns`; empty where the component does not apply or the unit has none such."""
    known = {(item["code"], item["title"]): item for item in unit["components"]}
    cells: list[Cell] = []
    for (code, title, figure), _ in columns:
        item = known.get((code, title))
        value = points if figure == "points" else number
        cells.append(value(item[figure]) if item is not None and item["applicable"] else None)
    return cells


def change_title(group: Json) -> str:
    return f"So với năm {group['previous_year']}" if group["previous_year"] else "So với năm trước"


def change_cell(change: Json | None) -> Cell:
    """The change in points, or in words why nothing is compared; empty without a year before."""
    if change is None:
        return None
    return number(change["points"]) if change["comparable"] else f"Không so sánh: {change['why']}"


def notes(unit: Json) -> str | None:
    """What stands under the unit's name on the page."""
    reason = None if unit["ranked"] else f"Không xếp hạng: {unit['unranked_reason']}"
    if unit.get("left_out_reason"):
        reason = f"Không đánh giá: {unit['left_out_reason']}"
    found = [reason, unit["note"], unit["grade_note"], unit["printed_note"]]
    return "; ".join(note for note in found if note) or None


def number(text: str | None) -> Decimal | None:
    """A dataset's number with the digits it is printed with."""
    return None if text is None else Decimal(text)


def points(text: str | None) -> Decimal | None:
    """Points with two decimals at the least, as the pages print them ("9.5" → 9.50); the value stays exact."""
    value = number(text)
    if value is None:
        return None
    padded = value.quantize(Decimal("0.01"))
    return padded if padded == value else value

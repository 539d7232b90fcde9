"""The CSV files: UTF-8 with BOM, semicolons, decimal commas, CRLF: what Excel in a Vietnamese office opens rightly."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

from reports.exporters.criteria import COLUMNS, criteria_rows
from reports.exporters.table import (
    SAMPLE,
    Cell,
    change_cell,
    component_cells,
    component_columns,
    excerpt_note,
    notes,
    number,
)

Json = dict[str, Any]

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


def delimited(dataset: Json) -> bytes:
    """One row a unit, all peer groups below each other, the components of all groups side by side."""
    components = component_columns(dataset["groups"])
    labels = {grade["code"]: grade["label"] for grade in dataset["grades"]}
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    is_sample = dataset["campaign"]["is_sample"]
    has_excerpt = any(group["is_excerpt"] for group in dataset["groups"])
    head = ["Năm", "Mã khối", "Khối", "Mã đơn vị", "Tên cơ quan, đơn vị", "Điểm tối đa", "Điểm", "Chỉ số", "Hạng"]
    head += ["Xếp loại", "So với năm trước", *(title for _, title in components), "Ghi chú"]
    head += ["Phạm vi bảng"] * has_excerpt + ["Lưu ý"] * is_sample
    rows.writerow([_text(cell) for cell in head])
    for group in dataset["groups"]:
        for unit in group["units"]:
            cells: list[Cell] = [dataset["campaign"]["year"], group["code"], group["title"], unit["code"], unit["name"]]
            cells += [number(unit["max_points"]), number(unit["points"]), number(unit["index"]), unit["rank"]]
            cells += [labels.get(unit["grade"], unit["grade"]), change_cell(unit["change"])]
            cells += [*component_cells(unit, components), notes(unit)]
            cells += [excerpt_note(group)] * has_excerpt + [SAMPLE] * is_sample
            rows.writerow([_text(cell) for cell in cells])
    return "\ufeff".encode() + text.getvalue().encode()


def delimited_criteria(dataset: Json) -> bytes:
    """One row for each criterion of each unit; for a dataset that has criteria."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    year, is_sample = dataset["campaign"]["year"], dataset["campaign"]["is_sample"]
    rows.writerow(["Năm", *COLUMNS, *["Lưu ý"] * is_sample])
    for row in criteria_rows(dataset):
        rows.writerow([_text(cell) for cell in (year, *row, *[SAMPLE] * is_sample)])
    return "\ufeff".encode() + text.getvalue().encode()


def _text(cell: Cell) -> str:
    """Numbers with a decimal comma; words that a spreadsheet could take for a formula behind an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_RISKY) else cell
    return f"{cell:f}".replace(".", ",") if isinstance(cell, Decimal) else str(cell)

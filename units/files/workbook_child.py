"""Reads one workbook in a process of its own and prints its cells as JSON lines; never imported by the portal.

Started as `python -I workbook_child.py FILE`. The limits are set before anything of the file is touched, so that a
hostile workbook costs this process and nothing else. Exit 0: all sheets were printed. Exit 3: a limit was passed and
the last line says which. Any other end is a refusal.
"""

import json
import resource
import sys

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 20
MOST_SHEETS = 20
MOST_ROWS = 5_000
MOST_COLUMNS = 200
MOST_TEXT = 2_000
LIMIT_PASSED = 3


class LimitPassed(Exception):
    """`what` names the limit: sheets, rows, columns or text."""

    def __init__(self, what, sheet=""):
        self.what, self.sheet = what, sheet
        super().__init__(what)


def say(line):
    sys.stdout.write(json.dumps(line, ensure_ascii=True) + "\n")


class Found:
    """What `scan` saw; rows and columns of the last filled cell from 1, hidden columns from 0."""

    def __init__(self):
        self.rows = self.columns = 0
        self.merged, self.hidden_rows, self.hidden_columns, self.formulas = [], set(), set(), set()


def scan(source, sheet):
    """One streamed pass over the sheet's XML for what openpyxl's reading mode does not tell.

    Notes the last row and column that hold something, merged ranges, hidden rows and columns and the places of
    formulas without a stored result.
    """
    found = Found()
    row = column = 0
    for event, element in iterparse(source, events=("start", "end"), forbid_dtd=True):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            if name == "row":
                row, column = int(element.get("r") or row + 1), 0
                if element.get("hidden") in ("1", "true"):
                    found.hidden_rows.add(row)
            continue
        if name == "c":
            reference = element.get("r")
            column = column_index_from_string(reference.rstrip("0123456789")) if reference else column + 1
            note_cell(found, element, row, column, sheet)
        elif name == "col" and element.get("hidden") in ("1", "true"):
            last = min(int(element.get("max")), MOST_COLUMNS)
            found.hidden_columns.update(range(int(element.get("min")) - 1, last))
        elif name == "mergeCell" and len(found.merged) < 50:
            found.merged.append(element.get("ref", ""))
        if name in ("row", "c", "col", "mergeCell"):
            element.clear()
    return found


def note_cell(found, element, row, column, sheet):
    parts = {part.tag.rpartition("}")[2]: part for part in element}
    stored = parts["v"].text if "v" in parts else None
    if "f" in parts and not stored:
        found.formulas.add((row, column))
    elif not stored and "is" not in parts:
        return  # styled, but empty
    if row > MOST_ROWS:
        raise LimitPassed("rows", sheet)
    if column > MOST_COLUMNS:
        raise LimitPassed("columns", sheet)
    found.rows, found.columns = max(found.rows, row), max(found.columns, column)


def as_pair(cell, is_formula):
    """[kind, exact text] of one cell, or None when it is empty."""
    if is_formula:
        return ["formula", ""]
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "e":
        return ["error", str(value)]
    if isinstance(value, bool):
        return ["boolean", "true" if value else "false"]
    if isinstance(value, (int, float)):
        return ["percent" if "%" in (cell.number_format or "") else "number", repr(value)]
    if hasattr(value, "total_seconds"):
        return ["date", str(value)]
    if hasattr(value, "isoformat"):
        return ["date", value.isoformat()]
    text = str(value)
    if len(text) > MOST_TEXT:
        raise LimitPassed("text", cell.parent.title)
    return ["text", text] if text.strip() else None


def read(path):
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    if len(book.worksheets) > MOST_SHEETS:
        raise LimitPassed("sheets")
    for sheet in book.worksheets:
        with sheet._get_source() as source:  # the sheet's XML; openpyxl knows where in the archive it lies
            found = scan(source, sheet.title)
        say(
            {
                "sheet": sheet.title,
                "hidden": sheet.sheet_state != "visible",
                "merged": found.merged,
                "hidden_columns": sorted(found.hidden_columns),
            }
        )
        if not found.rows:
            continue
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_row=found.rows, max_col=found.columns)
        for number, cells in enumerate(rows, start=1):
            pairs = {}
            for column, cell in enumerate(cells, start=1):
                pair = as_pair(cell, (number, column) in found.formulas)
                if pair:
                    pairs[column - 1] = pair
            if pairs:
                say({"row": number, "cells": pairs, "hidden": number in found.hidden_rows})


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    # Cells need neither pictures nor arrays: what is not loaded costs no time and cannot be attacked. Without lxml
    # openpyxl reads through defusedxml.
    sys.modules.update(dict.fromkeys(("numpy", "PIL", "lxml")))  # type: ignore[arg-type]

    from defusedxml.ElementTree import iterparse
    from openpyxl import load_workbook
    from openpyxl.utils import column_index_from_string

    try:
        read(sys.argv[1])
    except LimitPassed as limit:
        say({"limit": limit.what, "sheet": limit.sheet})
        sys.exit(LIMIT_PASSED)

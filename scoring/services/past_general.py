"""The general data of a table that comes as CSV, from a form or from options of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.files import results_layout as layout
from scoring.services.past_reading import Place, Record
from scoring.services.past_table import read_general
from scoring.services.past_types import General, TableFault
from units.files.cells import Cell, CellKind

# Option of the command line → key of the layout's first sheet.
_KEYS = {field.key.replace("_", "-"): field for field in layout.GENERAL}
GENERAL_OPTIONS = {
    option: f"{field.heading} ({field.note[:1].lower()}{field.note[1:]})".replace("%", "%%")
    for option, field in _KEYS.items()
}
DEFAULTS = {"decimals": "2", "rounding": "nửa lên", "ranking": "nhảy hạng", "is_sample": layout.NO}


def general_from_texts(values: Mapping[str, str]) -> tuple[General, list[TableFault]]:
    """General data from texts by key, read as strictly as the workbook's first sheet; faults name the key's words."""
    headings = {field.key: f"“{field.heading}”" for field in layout.GENERAL}
    filled = DEFAULTS | {key: text for key, text in values.items() if text.strip()}
    places = {
        key: Place(0, headings[key], Cell(CellKind.TEXT, text)) for key, text in filled.items() if key in headings
    }
    faults: list[TableFault] = []
    general = read_general(Record(layout.GENERAL_SHEET, 0, places, headings, faults))
    return general, faults


def general_from_options(options: Mapping[str, Any]) -> General | list[str]:
    """General data from the command's options, or sentences about what is missing or wrong."""
    texts = {field.key: options.get(field.key) or "" for field in _KEYS.values()}
    general, faults = general_from_texts(texts)
    option_of = {f"“{field.heading}”": option for option, field in _KEYS.items()}
    sentences = [f"--{option_of.get(fault.column, fault.column)}: {fault.reason}" for fault in faults]
    return sentences or general

"""The workbook of entered points: names of sheets and columns. Reader and writer both take it from here."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.files.results_layout import NO, NOTE_MARK, YES, Field

__all__ = ["NO", "NOTE_MARK", "YES", "EnteredSheet", "Field", "FigureColumn"]

GUIDE_SHEET = "Hướng dẫn"
LISTS_SHEET = "Danh mục"
UNREAD = (GUIDE_SHEET, LISTS_SHEET)  # for people and for Excel; not read

UNIT = Field("unit", "Mã đơn vị", "Giữ nguyên: đơn vị nhận ra theo mã", True, 14)
NAME = Field("name", "Tên đơn vị", "Giữ nguyên; tên khác với mã là lỗi", False, 34)
HEADING_ROW = 2


@dataclass(frozen=True)
class FigureColumn:
    """One column of figures. `note` tells range and kind in words, `choices` are the words that a cell may hold."""

    key: str
    heading: str
    note: str
    choices: tuple[str, ...] = ()

    @property
    def field(self) -> Field:
        return Field(self.key, self.heading, self.note, width=18)


@dataclass(frozen=True)
class EnteredSheet:
    """One sheet: a group's units as rows (code, name, then one text for each column), texts as people type them."""

    name: str
    title: str
    columns: tuple[FigureColumn, ...]
    rows: tuple[tuple[str, ...], ...]

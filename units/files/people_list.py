"""The table by which many people come in at once: its columns, and how a workbook of it is read.

What a cell means is not judged here; only that the sheet is there, its headings are found, and what stands in a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from units.files.cells import CellKind, Row, Sheet, UnreadableFile, clean_text, column_letter
from units.files.workbook import read_workbook
from units.vietnamese import fold

TEMPLATE_NAME: Final = "mau-moi-nguoi-dung.xlsx"
SHEET, UNITS_SHEET, LISTS_SHEET, GUIDE_SHEET = "Người dùng", "Đơn vị", "Danh sách", "Hướng dẫn"
RESULT, MEND = "Kết quả", "Cách sửa"
MOST_ROWS = 4_000
LONGEST = {"full_name": 120, "username": 64, "email": 254}


@dataclass(frozen=True)
class Column:
    """One column of the table: `key` in the portal, `heading` and `note` for people, `width` in letters."""

    key: str
    heading: str
    note: str
    width: int
    required: bool = False


COLUMNS: Final = (
    Column("full_name", "Họ và tên", "Bắt buộc. Đủ họ, tên đệm, tên.", 28, True),
    Column("username", "Tên đăng nhập", "Để trống thì cổng đề nghị theo họ tên. Chữ không dấu, số, dấu . - _", 24),
    Column("email", "Thư điện tử", "Để trống nếu không có; khi đó mời bằng phiếu mã một lần.", 30),
    Column("unit", "Đơn vị", "Bắt buộc. Mã hoặc tên đúng như ở trang Đơn vị.", 34, True),
    Column("role", "Vai trò", "Bắt buộc. Chọn trong danh sách.", 18, True),
    Column("components", "Lĩnh vực", "Chỉ cho vai trò thẩm định: mã lĩnh vực, cách nhau bằng dấu phẩy.", 14),
    Column("valid_from", "Từ ngày", "Ngày/tháng/năm. Để trống: từ hôm nay.", 14),
    Column("valid_to", "Đến ngày", "Ngày cuối còn hiệu lực. Để trống nếu chưa biết.", 14),
)
HEADINGS: Final = {column.key: column.heading for column in COLUMNS}


@dataclass(frozen=True)
class WrittenRow:
    """One row as it stands in the file: `cells` by column key, `faults` (key, sentence) of cells that hold no text."""

    number: int
    cells: Mapping[str, str]
    faults: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict:
        return {"row": self.number, "cells": dict(self.cells), "faults": [list(fault) for fault in self.faults]}

    @classmethod
    def from_json(cls, data: Mapping) -> WrittenRow:
        return cls(data["row"], data["cells"], tuple((key, sentence) for key, sentence in data["faults"]))


@dataclass(frozen=True)
class PeopleTable:
    """The rows of the file, and the letter of the column in which each key stands ("B")."""

    rows: tuple[WrittenRow, ...]
    letters: Mapping[str, str]


def read_people(data: bytes, file_name: str) -> PeopleTable:
    """The table in an .xlsx file. Raises `UnreadableFile` where it is no workbook or not this table."""
    sheet = _sheet_of(read_workbook(data, file_name))
    head, columns = _columns_of(sheet)
    rows = [row for row in sheet.rows if row.number > head]
    read = [item for row in rows if (item := _read(row, columns)) is not None]
    if not read:
        raise UnreadableFile(f"Trang “{sheet.name}” chưa có người nào. Ghi từ dòng {head + 1} rồi tải lên.")
    if len(read) > MOST_ROWS:
        raise UnreadableFile(
            f"Trang “{sheet.name}” có {len(read)} người, nhiều nhất {MOST_ROWS}. Chia thành nhiều tệp."
        )
    return PeopleTable(tuple(read), {key: column_letter(at) for key, at in columns.items()})


def _sheet_of(sheets: list[Sheet]) -> Sheet:
    named = [sheet for sheet in sheets if fold(sheet.name) == fold(SHEET)]
    visible = [sheet for sheet in sheets if not sheet.hidden]
    if not (named or visible):
        raise UnreadableFile(f"Tệp không có trang “{SHEET}”. Dùng tệp mẫu của cổng.")
    return (named or visible)[0]


def _columns_of(sheet: Sheet) -> tuple[int, dict[str, int]]:
    """The number of the row of headings, and the column of each key."""
    wanted = {fold(column.heading): column.key for column in COLUMNS}
    for row in sheet.rows[:10]:
        found: dict[str, int] = {}
        for at, cell in row.cells.items():
            key = wanted.get(fold(" ".join(cell.text.split())))
            if key in found:
                raise UnreadableFile(f"Trang “{sheet.name}” có hai cột “{HEADINGS[key]}”. Bỏ một cột rồi tải lên.")
            if key:
                found[key] = at
        if "full_name" in found:
            lacking = [column.heading for column in COLUMNS if column.required and column.key not in found]
            if lacking:
                raise UnreadableFile(f"Trang “{sheet.name}” thiếu cột: {', '.join(lacking)}. Dùng tệp mẫu của cổng.")
            return row.number, found
    raise UnreadableFile(
        f"Trang “{sheet.name}” không có dòng tiêu đề với cột “{HEADINGS['full_name']}”. Dùng tệp mẫu của cổng."
    )


def _read(row: Row, columns: Mapping[str, int]) -> WrittenRow | None:
    """The row, or None where none of our columns holds anything."""
    cells, faults = {}, []
    for key, at in columns.items():
        cell = row.cells.get(at)
        if cell is None:
            continue
        if cell.kind in (CellKind.FORMULA, CellKind.ERROR, CellKind.BOOLEAN):
            faults.append((key, "Ô là công thức hoặc bị lỗi. Gõ giá trị vào ô."))
            continue
        try:
            cells[key] = clean_text(_plain(cell.text) if cell.kind == CellKind.NUMBER else cell.text)
        except ValueError as fault:
            faults.append((key, str(fault)))
    if row.hidden and cells:
        faults.append(("full_name", "Dòng đang bị ẩn. Cho hiện dòng, hoặc xóa dòng."))
    return WrittenRow(row.number, cells, tuple(faults)) if cells or faults else None


def _plain(digits: str) -> str:
    """A code that Excel took for a number: 25171.0 is 25171."""
    return digits[:-2] if digits.endswith(".0") else digits

"""Tables of the catalogues as files to keep or to fill: text is never a formula, numbers stay numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTS: Final = "Danh sách"
_FIRST_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_HEADING: Final = Font(name="Calibri", size=11, bold=True, color="FFFFFFFF")
_TEAL: Final = PatternFill("solid", fgColor="FF072F38")
_ROWS_WITH_LISTS: Final = 1000

Value = str | int | Decimal | None


def guarded(value: Value) -> str:
    """A cell of a CSV file: text that a spreadsheet would take for a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FIRST_SIGNS) else value
    return str(value)


def write_csv(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """UTF-8 with BOM, so that Excel reads the marks; the separator is the comma."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([guarded(value) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def write_workbook(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Value]],
    widths: Sequence[int] = (),
    choices: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """One sheet with a heading that stays in sight; `choices` offers words in the columns of these headings."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for at in range(len(headings)):
        sheet.column_dimensions[get_column_letter(at + 1)].width = widths[at] if at < len(widths) else 18
    lists = {heading: words for heading, words in (choices or {}).items() if words}
    for place, (heading, words) in enumerate(lists.items(), start=1):
        _offer(sheet, headings.index(heading) + 1, place, len(words))
    sheet.append([_cell(sheet, heading, head=True) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    if lists:
        _lists_sheet(book, list(lists.values()))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet: Any, value: Value, *, head: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=None if value == "" else value)
    if isinstance(value, str) and value:
        cell.data_type = "s"  # whatever it begins with
        cell.number_format = "@"
    if head:
        cell.font, cell.fill, cell.alignment = _HEADING, _TEAL, Alignment(wrap_text=True, vertical="top")
    return cell


def _offer(sheet: Any, column: int, place: int, count: int) -> None:
    letter = get_column_letter(place)
    rule = DataValidation("list", formula1=f"{quote_sheetname(LISTS)}!${letter}$1:${letter}${count}", allow_blank=True)
    rule.error, rule.showErrorMessage = "Chọn một giá trị trong danh sách.", True
    shown = get_column_letter(column)
    rule.add(f"{shown}2:{shown}{_ROWS_WITH_LISTS}")
    sheet.data_validations.append(rule)


def _lists_sheet(book: Workbook, lists: Sequence[Sequence[str]]) -> None:
    sheet = book.create_sheet(LISTS)
    for row in range(max(len(words) for words in lists)):
        sheet.append([_cell(sheet, words[row] if row < len(words) else None) for words in lists])

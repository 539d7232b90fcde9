"""Writes the table of people: the empty template with its lists, and an uploaded one back with a report per row."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from units.files.people_list import COLUMNS, GUIDE_SHEET, LISTS_SHEET, MEND, RESULT, SHEET, UNITS_SHEET
from units.files.writing import HEADING, TEAL, text_cell

ROWS = 500  # of the template that offer lists
_LONGEST_PROMPT = 255  # what Excel shows of a prompt
_GUIDE = (
    "Mỗi dòng của trang Người dùng là một vai trò của một người. Một người có hai vai trò thì ghi hai dòng, cùng tên "
    "đăng nhập.",
    "Không đổi tên cột. Thứ tự cột, thứ tự dòng đổi được; cột khác do mình thêm thì cổng bỏ qua.",
    "Đơn vị ghi mã hoặc tên như ở trang Đơn vị. Vai trò chọn trong danh sách.",
    "Tải tệp lên, cổng kiểm tra từng dòng và cho xem trước; chưa lưu gì. Còn dòng lỗi thì tải về bảng có chú thích, "
    "sửa rồi tải lên lại. Bấm Áp dụng mới tạo tài khoản, tất cả hoặc không gì cả.",
    "Người đã có tài khoản và vai trò thì cổng bỏ qua, nên tải lại tệp cũ không tạo trùng.",
    "Tài khoản mới chưa có mật khẩu: sau khi áp dụng thì gửi thư mời hoặc in phiếu mã một lần.",
)


def template(units: Sequence[tuple[str, str]], roles: Sequence[str]) -> bytes:
    """The empty table; `units` are (code, name) of the units people can work at, `roles` the words of the roles."""
    book = Workbook(write_only=True)
    sheet = _people_sheet(book, [column.width for column in COLUMNS])
    for at, column in enumerate(COLUMNS, start=1):
        letter = get_column_letter(at)
        rule = DataValidation(allow_blank=True)
        if column.key == "role":
            rule = DataValidation("list", formula1=f"{quote_sheetname(LISTS_SHEET)}!$A$1:$A${len(roles)}")
        elif column.key == "unit" and units:
            # A list to choose from that takes a code too: Excel offers the names and does not refuse what is typed.
            rule = DataValidation("list", formula1=f"{quote_sheetname(UNITS_SHEET)}!$B$2:$B${len(units) + 1}")
            rule.errorStyle = "information"
        rule.allowBlank = True
        rule.errorTitle, rule.error = column.heading, "Chọn một giá trị trong danh sách."
        rule.promptTitle, rule.prompt = column.heading, column.note[:_LONGEST_PROMPT]
        rule.showInputMessage = rule.showErrorMessage = True
        rule.add(f"{letter}2:{letter}{ROWS + 1}")
        sheet.data_validations.append(rule)
    sheet.append([text_cell(sheet, column.heading, HEADING, TEAL) for column in COLUMNS])
    for _ in range(ROWS):  # formatted as text, so that Excel leaves codes and days as they are typed
        sheet.append([text_cell(sheet, "") for _ in COLUMNS])
    _units_sheet(book, units)
    guide = book.create_sheet(GUIDE_SHEET)
    guide.column_dimensions["A"].width = 110
    for line in _GUIDE:
        guide.append([text_cell(guide, line)])
    lists = book.create_sheet(LISTS_SHEET)
    for word in roles:
        lists.append([text_cell(lists, word)])
    return _bytes(book)


def annotated(rows: Sequence[tuple[Mapping[str, str], str, str]]) -> bytes:
    """The uploaded rows with what became of each: (cells by key, result, how to mend). May be uploaded again."""
    book = Workbook(write_only=True)
    sheet = _people_sheet(book, [*(column.width for column in COLUMNS), 18, 60])
    headings = [*(column.heading for column in COLUMNS), RESULT, MEND]
    sheet.append([text_cell(sheet, heading, HEADING, TEAL) for heading in headings])
    for cells, result, mend in rows:
        values = [*(cells.get(column.key, "") for column in COLUMNS), result, mend]
        sheet.append([text_cell(sheet, value) for value in values])
    return _bytes(book)


def _people_sheet(book: Workbook, widths: Sequence[int]) -> Any:
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "B2"
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    return sheet


def _units_sheet(book: Workbook, units: Sequence[tuple[str, str]]) -> None:
    sheet = book.create_sheet(UNITS_SHEET)
    sheet.freeze_panes = "A2"
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 14, 60
    sheet.append([text_cell(sheet, heading, HEADING, TEAL) for heading in ("Mã", "Tên đơn vị")])
    for code, name in units:
        sheet.append([text_cell(sheet, code), text_cell(sheet, name)])


def _bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()

"""Writes the workbook of entered points: one sheet a group, current figures filled in, everything but them locked.

Every cell is text ("s", format "@"), so that Excel changes nothing that is typed: a code keeps its leading nought,
"4,5" stays "4,5" on an English computer, and a name that begins with "=" stays a name. Ranges are therefore told in
words (the row of notes, and a prompt at the cell) and checked by the portal; lists of words are offered by Excel.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.styles import Font, Protection
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from scoring.files import entered_layout as layout
from scoring.files.entered_layout import EnteredSheet, FigureColumn
from scoring.files.results_workbook import SAMPLE_MARK
from units.files.writing import text_cell

_TEAL, _GOLD, _GROUND = "FF072F38", "FFFFF6DF", "FFF2F5F5"
_HEADING: Final = Font(name="Calibri", size=11, bold=True, color="FFFFFFFF")
_NOTE: Final = Font(name="Calibri", size=10, color="FF53666D")
_TITLE: Final = Font(name="Calibri", size=14, bold=True, color="FF10262D")
_OPEN: Final = Protection(locked=False)
_FIRST_ROW = layout.HEADING_ROW + 2  # under the headings and the notes
_LONGEST_PROMPT = 255  # what Excel shows of a prompt

_GUIDE = (
    "Tệp này để nhập điểm điều tra, kết quả, thưởng, trừ và điểm do cơ quan điều phối chấm. Mỗi khối một trang, "
    "mỗi đơn vị một dòng, mỗi số liệu của tiêu chí một cột. Số đang có trên cổng đã ghi sẵn.",
    "Mỗi trang mang tên một khối. Không đổi tên trang, tên cột, mã và tên đơn vị. Thứ tự dòng đổi được; dòng không "
    "cần thì xóa được.",
    "Số viết dấu phẩy thập phân (4,35). Số nguyên viết 1234 hoặc 1.234.",
    "Tiêu chí có nhiều số liệu thì ghi đủ. Tiêu chí nhận một trong nhiều cách ghi thì chỉ ghi một: điều tra ghi điểm "
    "trung bình hoặc số phiếu hài lòng; báo cáo ghi ngày, số ngày chậm hoặc không thực hiện.",
    "Số lần vi phạm ghi từng mục; không có lần nào thì ghi 0. Đã ghi một mục thì mục để trống tính là 0. Ngày viết "
    "ngày/tháng/năm (15/12/2026).",
    "Ô để trống thì giữ nguyên số đang có trên cổng. Muốn xóa một số đã nhập thì xóa ở trang của đơn vị trên cổng.",
    "Tải tệp lên, cổng kiểm tra toàn bộ và cho xem trước: số mới, số đổi, số giữ nguyên. Có lỗi thì nêu hết một "
    "lượt và không lưu gì. Bấm áp dụng mới lưu, tất cả hoặc không gì cả.",
    "Mỗi số nhập còn phải được người thứ hai xác nhận mới tính vào kết quả chính thức.",
)


def write_entered(sheets: Sequence[EnteredSheet], is_sample: bool = False) -> bytes:
    """The workbook with `sheets` in their order, a guide and the lists of words; `is_sample` marks invented data."""
    book = Workbook(write_only=True)
    lists = [column.choices for sheet in sheets for column in sheet.columns if column.choices]
    places = {choices: at for at, choices in enumerate(dict.fromkeys(lists))}
    for sheet in sheets:
        _figures_sheet(book, sheet, places, is_sample)
    _guide_sheet(book)
    if places:
        _lists_sheet(book, list(places))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _figures_sheet(book: Workbook, content: EnteredSheet, places: dict[tuple[str, ...], int], is_sample: bool) -> None:
    sheet = book.create_sheet(content.name)
    fields = [layout.UNIT, layout.NAME, *(column.field for column in content.columns)]
    sheet.freeze_panes = f"C{_FIRST_ROW}"
    sheet.sheet_view.showGridLines = False
    sheet.print_title_rows = f"{layout.HEADING_ROW}:{layout.HEADING_ROW}"
    for at, field in enumerate(fields, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = field.width
    _lock(sheet)
    last = _FIRST_ROW + max(len(content.rows), 1) - 1
    for at, column in enumerate(content.columns, start=3):
        letter = get_column_letter(at)
        _guard(sheet, column, f"{letter}{_FIRST_ROW}:{letter}{last}", places)
    told = f"{layout.NOTE_MARK} {SAMPLE_MARK}. {content.title}" if is_sample else f"{layout.NOTE_MARK} {content.title}"
    sheet.append([text_cell(sheet, told, _TITLE, _GOLD if is_sample else "")])
    sheet.append([text_cell(sheet, field.heading, _HEADING, _TEAL) for field in fields])
    notes = [field.note for field in fields]
    notes[0] = f"{layout.NOTE_MARK} {notes[0]}"
    sheet.append([text_cell(sheet, note, _NOTE) for note in notes])
    for row in content.rows:
        cells = [text_cell(sheet, text, fill=_GROUND if at < 2 else "") for at, text in enumerate(row)]
        for cell in cells[2:]:
            cell.protection = _OPEN
        sheet.append(cells)


def _lock(sheet: Any) -> None:
    """Only the cells of figures take writing; widths and heights may still be changed. No password: a help, no wall."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.protection.sort = sheet.protection.autoFilter = False


def _guard(sheet: Any, column: FigureColumn, cells: str, places: dict[tuple[str, ...], int]) -> None:
    """What Excel says at a cell of this column, and offers where it holds one of some words."""
    if column.choices:
        letter = get_column_letter(places[column.choices] + 1)
        listed = f"{quote_sheetname(layout.LISTS_SHEET)}!${letter}$1:${letter}${len(column.choices)}"
        rule = DataValidation("list", formula1=listed, allow_blank=True)
        rule.errorTitle, rule.error = column.heading[:32], "Chọn một giá trị trong danh sách, hoặc để trống."
    else:
        rule = DataValidation(allow_blank=True)
    rule.promptTitle, rule.prompt = column.heading[:32], column.note[:_LONGEST_PROMPT]
    rule.showInputMessage = rule.showErrorMessage = True
    rule.add(cells)
    sheet.data_validations.append(rule)


def _guide_sheet(book: Workbook) -> None:
    sheet = book.create_sheet(layout.GUIDE_SHEET)
    sheet.column_dimensions["A"].width = 110
    sheet.append([text_cell(sheet, "Mẫu nhập điểm do cơ quan điều phối nhập", _TITLE)])
    for line in _GUIDE:
        sheet.append([text_cell(sheet, line)])


def _lists_sheet(book: Workbook, lists: Sequence[tuple[str, ...]]) -> None:
    """The words that lists offer, one list a column; a range, because Excel takes no more than 255 letters else."""
    sheet = book.create_sheet(layout.LISTS_SHEET)
    for row in range(max(len(words) for words in lists)):
        sheet.append([text_cell(sheet, words[row] if row < len(words) else "") for words in lists])

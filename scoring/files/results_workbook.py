"""Writes the results workbook: the empty template with its guide and example, or one filled with a table.

Every text is written as text (`data_type` "s"), so that a name that begins with "=" stays a name; figures are written
as people in Vietnam print them ("82,00") into cells formatted as text, so that Excel changes nothing that is typed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from scoring.files import results_layout as layout
from units.files.writing import text_cell

TEMPLATE_NAME = "mau-bang-ket-qua.xlsx"
SAMPLE_MARK = "DỮ LIỆU MINH HỌA"
_INK, _TEAL, _GOLD = "FF10262D", "FF072F38", "FFFFF6DF"
_HEADING = Font(name="Calibri", size=11, bold=True, color="FFFFFFFF")
_NOTE = Font(name="Calibri", size=10, color="FF53666D")
_TITLE = Font(name="Calibri", size=16, bold=True, color=_INK)
EMPTY_ROWS = 60

_GUIDE = (
    "Tệp này để nhập lại một bảng kết quả Chỉ số cải cách hành chính đã công bố. Điền các trang: "
    "Chung, Xếp loại, Khối, Cột điểm, Kết quả. Không đổi tên trang, tên cột.",
    "Ghi đúng như bản in, kể cả khi nghi bản in sai: cổng tính lại và lập báo cáo từng chỗ khác nhau.",
    "Số viết dấu phẩy thập phân (88,35). Ô không in thì để trống, không ghi 0.",
    "Dòng có ô đầu bắt đầu bằng dấu # là ghi chú, không được đọc.",
    "Trang Cột điểm: mỗi lĩnh vực (hoặc phần thẩm định, điều tra) một dòng. Sau đó thêm vào trang Kết quả các cột "
    "“<mã> điểm”, và nếu bảng có in: “<mã> tối đa”, “<mã> chỉ số”, “<mã> hạng”.",
    "Đơn vị không có lĩnh vực nào đó: ghi KAD vào cột điểm của lĩnh vực ấy.",
    "Bảng chỉ nêu một số đơn vị của khối: ghi tổng số đơn vị của khối ở trang Khối, hoặc “không rõ” nếu nguồn không "
    "nêu tổng số; hạng khi đó giữ như bản in.",
    "Đơn vị có kết quả nhưng không xếp hạng: ghi “không” ở cột Được xếp hạng và lý do.",
    "Trang Xếp loại: ghi từ cao xuống thấp, loại thấp nhất không có ngưỡng. Bảng không in ngưỡng thì để trống trang.",
)


def write_results_workbook(
    sheets: Mapping[str, Sequence[Mapping[str, str]]], figures: Sequence[tuple[str, str]] = ()
) -> bytes:
    """A workbook in the layout of the template.

    `sheets` gives for each sheet its rows as {key of the field: text}; the first sheet has one row. `figures` are the
    columns of points after the fixed ones of "Kết quả", as (code, figure key), keyed "code|figure" in the rows.
    """
    book = Workbook(write_only=True)
    _general_sheet(book, (sheets.get(layout.GENERAL_SHEET) or [{}])[0])
    _table_sheet(book, layout.GRADES_SHEET, layout.GRADES, sheets.get(layout.GRADES_SHEET, ()))
    _table_sheet(book, layout.GROUPS_SHEET, layout.GROUPS, sheets.get(layout.GROUPS_SHEET, ()))
    _table_sheet(book, layout.COLUMNS_SHEET, layout.COLUMNS, sheets.get(layout.COLUMNS_SHEET, ()))
    _table_sheet(book, layout.RESULTS_SHEET, _result_fields(figures), sheets.get(layout.RESULTS_SHEET, ()))
    return _bytes(book)


def template() -> bytes:
    """The empty template: a guide, the five sheets to fill, and a filled, invented example that is marked as such."""
    book = Workbook(write_only=True)
    _guide_sheet(book)
    _general_sheet(
        book, {"decimals": "2", "rounding": "nửa lên", "ranking": "nhảy hạng (1, 2, 2, 4)", "is_sample": layout.NO}
    )
    _table_sheet(book, layout.GRADES_SHEET, layout.GRADES, (), EMPTY_ROWS)
    _table_sheet(book, layout.GROUPS_SHEET, layout.GROUPS, (), EMPTY_ROWS)
    _table_sheet(book, layout.COLUMNS_SHEET, layout.COLUMNS, (), EMPTY_ROWS)
    _table_sheet(book, layout.RESULTS_SHEET, layout.RESULTS, (), EMPTY_ROWS * 5)
    _example_sheet(book)
    return _bytes(book)


def _result_fields(figures: Sequence[tuple[str, str]]) -> tuple[layout.Field, ...]:
    known = {figure.key: figure for figure in layout.FIGURES}
    extra = tuple(
        layout.Field(f"{code}|{key}", layout.figure_heading(code, known[key]), known[key].note, width=12)
        for code, key in figures
    )
    return layout.RESULTS + extra


def _general_sheet(book: Workbook, values: Mapping[str, str]) -> None:
    sheet = _sheet(book, layout.GENERAL_SHEET, (26, 60, 80))
    sheet.append(_headings(sheet, ("Khóa", "Giá trị", "Ghi chú")))
    for field in layout.GENERAL:
        name = field.heading + (" *" if field.required else "")
        value = text_cell(sheet, values.get(field.key, ""))
        sheet.append([text_cell(sheet, name), value, text_cell(sheet, field.note, _NOTE)])


def _table_sheet(
    book: Workbook, title: str, fields: Sequence[layout.Field], rows: Iterable[Mapping[str, str]], empty_rows: int = 0
) -> None:
    sheet = _sheet(book, title, [field.width for field in fields])
    sheet.append(_headings(sheet, [field.heading + (" *" if field.required else "") for field in fields]))
    notes = [field.note for field in fields]
    sheet.append(
        [text_cell(sheet, f"{layout.NOTE_MARK} {note}" if not at else note, _NOTE) for at, note in enumerate(notes)]
    )
    for row in rows:
        sheet.append([text_cell(sheet, row.get(field.key, "")) for field in fields])
    for _ in range(empty_rows):
        sheet.append([text_cell(sheet, "") for _ in fields])


def _guide_sheet(book: Workbook) -> None:
    sheet = _sheet(book, f"{layout.GUIDE_PREFIXES[0]} điền", (110,), freeze=False)
    sheet.append([text_cell(sheet, "Mẫu nhập bảng kết quả đã công bố", _TITLE)])
    for line in _GUIDE:
        sheet.append([text_cell(sheet, line)])


def _example_sheet(book: Workbook) -> None:
    """What a filled table looks like; invented, in one sheet that is never read."""
    figures = (("LV1", "points"), ("LV1", "rank"), ("LV2", "points"), ("LV2", "max_points"), ("LV2", "rank"))
    fields = _result_fields(figures)
    sheet = _sheet(book, f"{layout.GUIDE_PREFIXES[1]} (minh họa)", [field.width for field in fields], freeze=False)
    sheet.append([text_cell(sheet, f"{SAMPLE_MARK}: tên và số liệu chỉ là ví dụ.", _TITLE, _GOLD)])
    sheet.append(
        [
            text_cell(
                sheet, "Cột điểm của ví dụ: LV1 Chỉ đạo, điều hành (40 điểm); LV2 Cải cách thủ tục (60 điểm).", _NOTE
            )
        ]
    )
    sheet.append(_headings(sheet, [field.heading for field in fields]))
    for values in (
        ("so", "", "Sở Ví dụ", "", "93,25", "93,25", "1", "Tốt", "", "", "", "38,25", "1", "55,00", "", "1"),
        (
            "so",
            "",
            "Ban Minh họa",
            "70,00",
            "61,60",
            "88,00",
            "2",
            "Tốt",
            "",
            "",
            "",
            "35,60",
            "2",
            "26,00",
            "30,00",
            "2",
        ),
        (
            "so",
            "",
            "Sở Mới lập",
            "",
            "80,10",
            "80,10",
            "",
            "",
            "không",
            "Mới thành lập",
            "",
            "34,10",
            "",
            "46,00",
            "",
            "",
        ),
    ):
        sheet.append([text_cell(sheet, value) for value in values])


def _headings(sheet: Any, texts: Iterable[str]) -> list[WriteOnlyCell]:
    return [text_cell(sheet, text, _HEADING, _TEAL) for text in texts]


def _sheet(book: Workbook, title: str, widths: Sequence[int], freeze: bool = True) -> Any:
    sheet = book.create_sheet(title)
    if freeze:
        sheet.freeze_panes = "A2"
    sheet.sheet_view.showGridLines = False
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    return sheet


def _bytes(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()

"""The workbook (XLSX): a sheet a peer group, as deep as the year was published one of criteria, statistics, facts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.properties import PageSetupProperties

from reports.exporters.criteria import COLUMNS, TITLE, criteria_rows, has_criteria
from reports.exporters.facts import facts
from reports.exporters.table import SAMPLE, Cell, Table, group_table, number
from units.files.sheet_names import sheet_name

Json = dict[str, Any]

_HEAD = Font(name="Calibri", bold=True, color="FFFFFF")
_HEAD_FILL = PatternFill("solid", fgColor="0B5563")
_LINE = Border(bottom=Side(style="thin", color="D0DADC"))
_HEADING_HEIGHT = 64  # points: four lines, for the long names of components
_A4 = 9  # the number that workbooks give this paper
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)


def workbook(dataset: Json, decision: Json | None, digest: str) -> bytes:
    """The whole publication as one workbook; no times, no names of persons, so that equal input gives equal bytes."""
    book = Workbook(write_only=True)
    names: set[str] = set()
    for group in dataset["groups"]:
        _group_sheet(book, sheet_name(group["title"], names), dataset, group_table(dataset, group))
    if has_criteria(dataset):
        _criteria_sheet(book, sheet_name(TITLE, names), dataset)
    _statistics_sheet(book, sheet_name("Thống kê", names), dataset)
    _facts_sheet(book, sheet_name("Thông tin", names), dataset, decision, digest)
    packed = io.BytesIO()
    book.save(packed)
    return _without_time(packed.getvalue())


def _group_sheet(book: Workbook, name: str, dataset: Json, table: Table) -> None:
    widths = [6, 44, 12, 12, 11, 8, 14, 44] + [16] * (len(table.columns) - 9) + [48]
    heading = 2 + int(dataset["campaign"]["is_sample"]) + int(table.excerpt is not None)
    last_row = heading + len(table.rows)
    # Number, name and heading stay in sight; paper takes the columns of an annex, up to the change against last year.
    sheet = _sheet(book, name, dataset, widths, freeze=f"C{heading + 1}")
    sheet.print_title_rows = f"{heading}:{heading}"
    sheet.print_area = f"A1:H{last_row}"
    sheet.row_dimensions[heading].height = _HEADING_HEIGHT
    sheet.auto_filter.ref = f"A{heading}:{_letter(len(table.columns) - 1)}{last_row}"
    sheet.append([_cell(sheet, f"{dataset['campaign']['title']}: {table.title}", bold=True)])
    if table.excerpt is not None:
        sheet.append([_cell(sheet, table.excerpt, bold=True)])
    sheet.append(_heading(sheet, table.columns))
    for row in table.rows:
        sheet.append([_cell(sheet, value) for value in row])


def _criteria_sheet(book: Workbook, name: str, dataset: Json) -> None:
    heading = 1 + int(dataset["campaign"]["is_sample"])
    sheet = _sheet(book, name, dataset, [18, 12, 34, 34, 12, 60, 14, 12, 12, 11, 16], freeze=f"A{heading + 1}")
    sheet.print_title_rows = f"{heading}:{heading}"
    rows = list(criteria_rows(dataset))
    sheet.auto_filter.ref = f"A{heading}:{_letter(len(COLUMNS) - 1)}{heading + len(rows)}"
    sheet.append(_heading(sheet, COLUMNS))
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _statistics_sheet(book: Workbook, name: str, dataset: Json) -> None:
    sheet = _sheet(book, name, dataset, [34, 44, 14, 40, 40])
    for group in dataset["groups"]:
        sheet.append(_heading(sheet, ("Khối", "Nội dung", "Giá trị", "Cao nhất", "Thấp nhất")))
        for label, value, highest, lowest in _statistics(group):
            sheet.append([_cell(sheet, cell) for cell in (group["title"], label, value, highest, lowest)])


def _statistics(group: Json) -> Iterable[tuple[str, Cell, str | None, str | None]]:
    yield "Số đơn vị trong bảng", group["count"], None, None
    if left_out := sum(bool(unit.get("left_out_reason")) for unit in group["units"]):
        yield "Số đơn vị không đánh giá", left_out, None, None
    if group["is_excerpt"]:
        yield "Tổng số đơn vị của khối theo nguồn", group["listed_of"] or "không nêu", None, None
    yield "Số đơn vị được xếp hạng", group["ranked"], None, None
    for label, key in (("Trung bình", "mean"), ("Cao nhất", "highest"), ("Thấp nhất", "lowest")):
        if group[key] is not None:
            yield label, number(group[key]), None, None
    if group["mean_printed"] is not None:
        yield "Trung bình theo bản in", number(group["mean_printed"]), None, None
    if group["above_mean"] is not None:
        yield "Số đơn vị trên trung bình", group["above_mean"], None, None
    for grade in group["grades"]:
        yield f"Xếp loại {grade['label']}", grade["count"], None, None
    for band in group["bands"]:
        yield f"Chỉ số {band['label']}", band["count"], None, None
    for item in group["components"]:
        yield f"Trung bình {item['title']}", number(item["mean"]), item["highest_unit"], item["lowest_unit"]


def _facts_sheet(book: Workbook, name: str, dataset: Json, decision: Json | None, digest: str) -> None:
    sheet = _sheet(book, name, dataset, [30, 100])
    for label, value in facts(dataset, decision, digest):
        sheet.append([_cell(sheet, label, bold=True), _cell(sheet, value)])


def _sheet(
    book: Workbook, name: str, dataset: Json, widths: list[int], freeze: str | None = None
) -> WriteOnlyWorksheet:
    """An empty sheet; what the head of its file says (view, fit to paper) is settled before the first row."""
    sheet = book.create_sheet(name)
    sheet.freeze_panes = freeze
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.page_setup.fitToHeight = 0
    for place, width in enumerate(widths):
        sheet.column_dimensions[_letter(place)].width = width
    if dataset["campaign"]["is_sample"]:
        sheet.append([_cell(sheet, SAMPLE, bold=True)])
    return sheet


def _letter(place: int) -> str:
    return (_letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def _heading(sheet: WriteOnlyWorksheet, titles: Iterable[str]) -> list[WriteOnlyCell]:
    cells = []
    for title in titles:
        cell = _cell(sheet, title)
        cell.font, cell.fill, cell.alignment = _HEAD, _HEAD_FILL, Alignment(wrap_text=True, vertical="center")
        cells.append(cell)
    return cells


def _cell(sheet: WriteOnlyWorksheet, value: Cell, *, bold: bool = False) -> WriteOnlyCell:
    """Numbers stay numbers with the printed number of decimals; words are text whatever they begin with."""
    cell = WriteOnlyCell(sheet, value=value)
    cell.border = _LINE
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=not bold, vertical="top")
    elif isinstance(value, Decimal):
        decimals = max(-int(value.as_tuple().exponent), 0)
        cell.number_format = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
    if bold:
        cell.font = Font(name="Calibri", bold=True)
    return cell


def _without_time(packed: bytes) -> bytes:
    """The same workbook with fixed times in the archive and empty document properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            body = _CORE.encode() if name == "docProps/core.xml" else source.read(name)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, body)
    return out.getvalue()

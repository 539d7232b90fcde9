"""What must hold between the cells of a past table. A misprint is no fault: it is understood, and reported later."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from scoring.files import results_layout as layout
from scoring.services.past_reading import Record
from scoring.services.past_types import PastTable, PointsColumn, TableFault, UnitRow
from units.vietnamese import fold, format_number

MOST_GRADES = 6
MOST_DECIMALS = 10  # of the points that an index and a maximum stand for
LONGEST_COLUMN_CODE = 28
RESERVED_CODES = frozenset({"any", "tong", "con-lai", "vuot"})
_is_web_address = URLValidator(schemes=["http", "https"])


def check_figures(record: Record, row: UnitRow, columns: tuple[PointsColumn, ...]) -> None:
    """Points of a column stay within its maximum (the unit's own, else the column's)."""
    for column in columns:
        own = row.figures.get(column.code)
        if own is None or not own.points:
            continue
        limit = own.max_points or column.max_points
        if own.not_applicable and Decimal(own.points):
            record.fault(f"{column.code}|points", "Có điểm mà điểm tối đa riêng là 0. Sửa một trong hai ô.")
        elif limit and Decimal(own.points) > Decimal(limit):
            record.fault(f"{column.code}|points", f"Điểm lớn hơn điểm tối đa {format_number(limit)}. Xem lại bản in.")


def check(table: PastTable) -> list[TableFault]:
    """Faults that show only when the table is seen as a whole."""
    return [
        *_general(table),
        *_repeated_codes(table),
        *_columns(table),
        *_grades(table),
        *_rows(table),
        *_groups(table),
    ]


def _general(table: PastTable) -> Iterator[TableFault]:
    general = table.general
    sheet = layout.GENERAL_SHEET
    others = [word for word in fold(general.title).replace("/", " ").split() if _is_year(word)]
    if general.year and others and str(general.year) not in others:
        reason = f"Tên kỳ nói năm {others[0]}, còn ô “Năm” ghi {general.year}. Sửa một trong hai."
        yield TableFault(sheet, 0, "“Tên kỳ”", general.title, reason)
    if general.decision_date and general.year and int(general.decision_date[:4]) < general.year:
        reason = f"Quyết định ký trước năm đánh giá {general.year}. Xem lại năm hoặc ngày."
        yield TableFault(sheet, 0, "“Ngày quyết định”", general.decision_date, reason)
    if general.source_url:
        try:
            _is_web_address(general.source_url)
        except ValidationError:
            reason = "Không phải địa chỉ trang. Viết đủ http:// hoặc https://, hoặc để trống."
            yield TableFault(sheet, 0, "“Địa chỉ nguồn”", general.source_url[:60], reason)


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isascii() and word.isdigit() and word.startswith("20")


def _repeated_codes(table: PastTable) -> Iterator[TableFault]:
    listed = (
        (layout.GRADES_SHEET, table.grades),
        (layout.GROUPS_SHEET, table.groups),
        (layout.COLUMNS_SHEET, table.columns),
    )
    for sheet, entries in listed:
        codes = [entry.code for entry in entries]
        for code in sorted({code for code in codes if code and codes.count(code) > 1}):
            yield TableFault(sheet, 0, "“Mã”", code, "Mã này đứng hai lần. Mỗi mã chỉ dùng một lần.")


def _columns(table: PastTable) -> Iterator[TableFault]:
    """Codes of columns become codes of criteria, with ".1", ".2" behind them where a column is cut."""
    codes = {column.code for column in table.columns}
    for code in sorted(codes):
        if code in RESERVED_CODES or len(code) > LONGEST_COLUMN_CODE:
            reason = f"Mã cột dài tối đa {LONGEST_COLUMN_CODE} ký tự và khác {', '.join(sorted(RESERVED_CODES))}."
            yield TableFault(layout.COLUMNS_SHEET, 0, "“Mã”", code, reason)
        if "." in code and code.rpartition(".")[0] in codes:
            reason = "Mã này là mã của cột khác thêm dấu chấm. Chỉ ghi các cột cùng một cấp, mỗi cột một mã riêng."
            yield TableFault(layout.COLUMNS_SHEET, 0, "“Mã”", code, reason)


def _grades(table: PastTable) -> Iterator[TableFault]:
    grades, sheet = table.grades, layout.GRADES_SHEET
    if not grades:
        return
    if len(grades) > MOST_GRADES:
        yield TableFault(sheet, 0, "", "", f"Có quá {MOST_GRADES} xếp loại.")
    if grades[-1].at_least or grades[-1].above:
        reason = "Xếp loại thấp nhất phải để trống ngưỡng. Thêm dòng xếp loại thấp nhất, kể cả khi không đơn vị nào có."
        yield TableFault(sheet, 0, "“Tên xếp loại”", grades[-1].label, reason)
    steps: list[tuple[Decimal, int]] = []
    for grade in grades[:-1]:
        if not (grade.at_least or grade.above):
            yield TableFault(sheet, 0, "“Từ (≥)”", grade.label, "Thiếu ngưỡng. Chỉ xếp loại thấp nhất để trống ngưỡng.")
            continue
        step = (Decimal(grade.at_least or grade.above), 1 if grade.above else 0)
        if steps and step >= steps[-1]:
            yield TableFault(sheet, 0, "“Từ (≥)”", grade.label, "Ngưỡng phải giảm dần từ loại cao xuống loại thấp.")
        steps.append(step)


def _rows(table: PastTable) -> Iterator[TableFault]:
    sheet = layout.RESULTS_SHEET
    if not table.rows:
        yield TableFault(sheet, 0, "", "", "Trang chưa có đơn vị nào. Ghi mỗi đơn vị một dòng dưới dòng tên cột.")
    seen_names: dict[tuple[str, str, str], int] = {}
    seen_codes: dict[str, int] = {}
    labels = {fold(grade.label) for grade in table.grades} | {fold(grade.code) for grade in table.grades}
    for row in table.rows:
        key = (row.group, fold(row.name), row.unit_code)
        if row.name and seen_names.setdefault(key, row.row) != row.row:
            yield TableFault(
                sheet, row.row, "“Tên đơn vị”", row.name, f"Trùng đơn vị ở dòng {seen_names[key]}. Giữ một dòng."
            )
        if row.unit_code and seen_codes.setdefault(row.unit_code, row.row) != row.row:
            reason = f"Trùng mã ở dòng {seen_codes[row.unit_code]}. Mỗi mã một dòng."
            yield TableFault(sheet, row.row, "“Mã đơn vị”", row.unit_code, reason)
        if row.grade and labels and fold(row.grade) not in labels:
            reason = f"Không có trong trang “{layout.GRADES_SHEET}”. Sửa chữ hoặc thêm xếp loại."
            yield TableFault(sheet, row.row, "“Xếp loại in”", row.grade, reason)
        if not row.points and _decimals(row.index) + _decimals(row.max_points or "100") + 2 > MOST_DECIMALS:
            reason = "Chỉ số và điểm tối đa riêng có quá nhiều chữ số thập phân. Ghi thêm tổng điểm."
            yield TableFault(sheet, row.row, "“Chỉ số in”", row.index, reason)
        if row.name and not row.has_figures and row.rank is None and row.is_ranked:
            reason = (
                "Dòng không có điểm, chỉ số hay hạng nào. Ghi số liệu, hoặc ghi “không” ở cột Được xếp hạng kèm lý do."
            )
            yield TableFault(sheet, row.row, "“Tổng điểm”", "", reason)


def _groups(table: PastTable) -> Iterator[TableFault]:
    for group in table.groups:
        rows = table.rows_of(group.code)
        if group.listed_of is None:
            continue
        if group.listed_of < len(rows):
            reason = f"Tổng số đơn vị nhỏ hơn {len(rows)} dòng của khối ở trang “{layout.RESULTS_SHEET}”."
            yield TableFault(layout.GROUPS_SHEET, 0, "“Tổng số đơn vị”", str(group.listed_of), reason)
        for row in rows:
            if row.rank is not None and row.rank > group.listed_of:
                reason = f"Hạng lớn hơn tổng số {group.listed_of} đơn vị của khối."
                yield TableFault(layout.RESULTS_SHEET, row.row, "“Hạng in”", str(row.rank), reason)


def _decimals(digits: str) -> int:
    return len(digits.partition(".")[2])

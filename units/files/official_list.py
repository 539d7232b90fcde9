"""Reading the official list of provinces and communes: bytes in, a checked table or every fault out.

Format (as the list is circulated): CSV in UTF-8, one row a commune with its province:
``province_code, province_full_name, unit_code, unit_full_name, unit_type``.
"""

from __future__ import annotations

import csv
import functools
import io
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from tablib import Dataset

from units.enums import UnitKind
from units.files.tables import TableFaults, read_lines
from units.validators import code_validator
from units.vietnamese import sort_key

COLUMNS = ("province_code", "province_full_name", "unit_code", "unit_full_name", "unit_type")
KINDS = {"Xã": UnitKind.COMMUNE, "Phường": UnitKind.WARD, "Đặc khu": UnitKind.SPECIAL_ZONE}
LARGEST_FILE = 5 * 1024 * 1024  # bytes; the whole country takes 0,2 MB
MOST_ROWS = 20_000
LONGEST_NAME = 200
PROVINCE_CODE, UNIT_CODE = 2, 5  # digits
SHIPPED = Path("fixtures") / "units" / "vn_admin_units_2026-04-30.csv"  # comes with the portal


class ListFaults(TableFaults):
    """A list that cannot be imported; ``faults`` holds one Vietnamese sentence each, in the order of the rows."""


def read_official_list(content: bytes) -> Dataset:
    """The table of a CSV file with its cells trimmed; raises `ListFaults` with every fault of it."""
    return _checked(*read_rows(content, COLUMNS))


def read_official_workbook(content: bytes, file_name: str) -> Dataset:
    """The same table in a workbook, through the guarded reader; raises `ListFaults` with every fault of it.

    Excel makes numbers of codes: the leading noughts that it dropped come back, since official codes have their length.
    """
    lines = read_lines(content, file_name, COLUMNS)
    rows = []
    for line in lines:
        cells = dict(line.texts)
        for column, length in (("province_code", PROVINCE_CODE), ("unit_code", UNIT_CODE)):
            if cells[column].isdigit():
                cells[column] = cells[column].zfill(length)
        rows.append((line.number, [cells[column] for column in COLUMNS]))
    return _checked(list(COLUMNS), rows)


@functools.cache
def shipped_list() -> Dataset:
    """The list that comes with the portal: 34 provinces, 3,321 communes. Read once; not to be changed by who asks."""
    return read_official_list((settings.BASE_DIR / SHIPPED).read_bytes())


def shipped_provinces() -> list[tuple[str, str]]:
    """Code and name of the provinces of that list, in the order of their names without "Tỉnh", "Thành phố"."""
    table = shipped_list()
    pairs = dict(zip(table["province_code"], table["province_full_name"], strict=True))
    return sorted(pairs.items(), key=lambda pair: sort_key(pair[1].removeprefix("Thành phố ").removeprefix("Tỉnh ")))


def read_rows(content: bytes, columns: tuple[str, ...]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and rows of a CSV file of units, each row with its line; raises `ListFaults` unless it has `columns`."""
    if len(content) > LARGEST_FILE:
        raise ListFaults(
            [
                f"Tệp lớn hơn {LARGEST_FILE // 1024 // 1024} MB. Danh mục cả nước chỉ khoảng 0,2 MB, "
                "bảng sắp xếp năm 2025 khoảng 1,4 MB."
            ]
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ListFaults(["Tệp không phải mã hóa UTF-8. Lưu lại dạng “CSV UTF-8” rồi nhập."]) from None
    if "\x00" in text:
        raise ListFaults(["Tệp có ký tự không đọc được, có lẽ không phải tệp CSV. Lưu lại dạng “CSV UTF-8” rồi nhập."])
    rows = _rows(text)
    header = [cell.strip() for cell in rows[0][1]] if rows else []
    missing = [column for column in columns if column not in header]
    if missing:
        raise ListFaults([f"Tệp thiếu cột {', '.join(missing)}. Dòng đầu phải có đủ các cột: {', '.join(columns)}."])
    if len(rows) == 1:
        raise ListFaults(["Tệp chỉ có dòng tiêu đề, chưa có đơn vị nào."])
    if len(rows) > MOST_ROWS:
        raise ListFaults([f"Tệp có quá nhiều dòng; nhiều nhất {MOST_ROWS} dòng."])
    return header, rows[1:]


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, with the number of the line in which each ends."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
    except csv.Error:
        raise ListFaults(
            [f"Dòng {reader.line_num}: dấu nháy kép hoặc ô dài bất thường, không tách được cột."]
        ) from None
    return rows


def _checked(header: list[str], rows: list[tuple[int, list[str]]]) -> Dataset:
    faults: list[str] = []
    seen: dict[str, int] = {}
    provinces: dict[str, tuple[int, str]] = {}
    table = Dataset(headers=list(COLUMNS))
    for number, row in rows:
        if len(row) > len(header):
            faults.append(f"Dòng {number}: có {len(row)} ô, dòng đầu chỉ có {len(header)} cột.")
        given = dict(zip(header, row, strict=False))
        cells = {column: given.get(column, "").strip() for column in COLUMNS}
        faults += _faults_of_row(number, cells)
        code, province = cells["unit_code"], cells["province_code"]
        if code in seen:
            faults.append(f"Dòng {number}: mã {code} đã có ở dòng {seen[code]}.")
        elif code:
            seen[code] = number
        line, name = provinces.setdefault(province, (number, cells["province_full_name"]))
        if province and cells["province_full_name"] and name != cells["province_full_name"]:
            faults.append(
                f"Dòng {number}: mã tỉnh {province} ghi “{cells['province_full_name'][:60]}”, "
                f"dòng {line} ghi “{name[:60]}”. Sửa cho thống nhất."
            )
        table.append([cells[column] for column in COLUMNS])
    if faults:
        raise ListFaults(faults)
    return table


def is_code(text: str) -> bool:
    try:
        code_validator(text)
    except ValidationError:
        return False
    return True


def _faults_of_row(number: int, cells: dict[str, str]) -> list[str]:
    faults = [f"Dòng {number}: cột {column} đang trống." for column in COLUMNS if not cells[column]]
    for column in ("province_code", "unit_code"):
        if cells[column] and not is_code(cells[column]):
            faults.append(f"Dòng {number}, cột {column}: “{cells[column][:40]}” không phải là mã đơn vị.")
    for column in ("province_full_name", "unit_full_name"):
        if len(cells[column]) > LONGEST_NAME:
            faults.append(f"Dòng {number}, cột {column}: tên dài quá {LONGEST_NAME} ký tự.")
    if cells["unit_type"] and cells["unit_type"] not in KINDS:
        faults.append(f"Dòng {number}: loại “{cells['unit_type'][:40]}” không có; dùng Xã, Phường hoặc Đặc khu.")
    return faults

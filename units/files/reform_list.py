"""Reading the table of the reform of 01/07/2025: what each old commune became; bytes in, checked rows or faults out.

Format (as it is circulated): CSV in UTF-8, one row an old commune and a new one it went to. An old commune that was
divided has several rows, marked `True`; a huyện without communes (an island) has a row with both ward cells empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from units.enums import UnitKind
from units.files.official_list import KINDS, LONGEST_NAME, ListFaults, is_code, read_rows

SHIPPED = Path("fixtures") / "units" / "vn_admin_legacy_to_2025.csv"  # comes with the portal
COLUMNS = (
    "old_province_code", "old_province", "old_district_code", "old_district", "old_ward_code", "old_ward",
    "old_ward_divided", "new_province_code", "new_province", "new_unit_code", "new_unit", "new_unit_type",
)  # fmt: skip
_MAY_BE_EMPTY = ("old_ward_code", "old_ward")
_OLD_KINDS = {"xã": UnitKind.COMMUNE, "phường": UnitKind.WARD, "thị trấn": UnitKind.TOWNSHIP}
_DIVIDED = {"True": True, "False": False}


@dataclass(frozen=True)
class Old:
    """A unit of before: its code within the one above, its name and what it was."""

    code: str
    name: str
    kind: UnitKind


@dataclass(frozen=True)
class Change:
    """One row: `province` › `district` › `ward` (None for a district without communes) went to `new` of `new_province`.

    `divided` says that the ward went to several new units.
    """

    line: int
    province: Old
    district: Old
    ward: Old | None
    divided: bool
    new_province: Old
    new: Old


def read_reform(content: bytes) -> list[Change]:
    """The rows of the table in their order; raises `ListFaults` with every fault of it."""
    header, rows = read_rows(content, COLUMNS)
    faults: list[str] = []
    names: dict[tuple[str, str], str] = {}
    seen: dict[tuple[str, ...], int] = {}
    changes: list[Change] = []
    for number, row in rows:
        given = dict(zip(header, row, strict=False))
        cells = {column: given.get(column, "").strip() for column in COLUMNS}
        wrong = _faults_of_row(number, cells) + _faults_of_names(number, cells, names)
        pair = (cells["old_district_code"], cells["old_ward_code"], cells["new_unit_code"])
        if not wrong and seen.setdefault(pair, number) != number:
            wrong = [f"Dòng {number}: trùng dòng {seen[pair]} (đơn vị cũ {pair[1] or pair[0]}, mới {pair[2]})."]
        faults += wrong
        if not wrong:
            changes.append(_change(number, cells))
    if faults:
        raise ListFaults(faults)
    return changes


def _change(number: int, cells: dict[str, str]) -> Change:
    ward = cells["old_ward"]
    return Change(
        line=number,
        province=Old(cells["old_province_code"], cells["old_province"], UnitKind.PROVINCE),
        district=Old(cells["old_district_code"], cells["old_district"], UnitKind.DISTRICT),
        ward=Old(cells["old_ward_code"], ward, _OLD_KINDS[_old_word(ward)]) if ward else None,
        divided=_DIVIDED[cells["old_ward_divided"]],
        new_province=Old(cells["new_province_code"], cells["new_province"], UnitKind.PROVINCE),
        new=Old(cells["new_unit_code"], cells["new_unit"], KINDS[cells["new_unit_type"]]),
    )


def _old_word(name: str) -> str:
    """The word for the kind that an old name begins with, or ""."""
    return next((word for word in _OLD_KINDS if name.lower().startswith(f"{word} ")), "")


def _faults_of_row(number: int, cells: dict[str, str]) -> list[str]:
    faults = [
        f"Dòng {number}: cột {column} đang trống."
        for column in COLUMNS
        if not cells[column] and column not in _MAY_BE_EMPTY
    ]
    if bool(cells["old_ward_code"]) != bool(cells["old_ward"]):
        faults.append(f"Dòng {number}: cột old_ward_code và old_ward phải cùng có hoặc cùng trống.")
    for column in COLUMNS:
        value = cells[column]
        if value and column.endswith("_code") and not is_code(value):
            faults.append(f"Dòng {number}, cột {column}: “{value[:40]}” không phải là mã đơn vị.")
        if len(value) > LONGEST_NAME:
            faults.append(f"Dòng {number}, cột {column}: dài quá {LONGEST_NAME} ký tự.")
    if cells["old_ward"] and not _old_word(cells["old_ward"]):
        faults.append(f"Dòng {number}: tên cũ “{cells['old_ward'][:60]}” phải bắt đầu bằng Xã, Phường hoặc Thị trấn.")
    if cells["old_ward_divided"] and cells["old_ward_divided"] not in _DIVIDED:
        faults.append(f"Dòng {number}: cột old_ward_divided chỉ nhận True hoặc False.")
    if cells["new_unit_type"] and cells["new_unit_type"] not in KINDS:
        faults.append(f"Dòng {number}: loại “{cells['new_unit_type'][:40]}” không có; dùng Xã, Phường hoặc Đặc khu.")
    return faults


def _faults_of_names(number: int, cells: dict[str, str], names: dict[tuple[str, str], str]) -> list[str]:
    """One code has one name throughout the table."""
    faults = []
    for column in COLUMNS:
        code = cells[column] if column.endswith("_code") else ""
        name = cells.get(column.removesuffix("_code"), "")
        if code and names.setdefault((column, code), name) != name:
            faults.append(
                f"Dòng {number}: mã {code} ghi “{name[:60]}”, dòng trên ghi “{names[column, code][:60]}”. "
                "Sửa cho thống nhất."
            )
    return faults

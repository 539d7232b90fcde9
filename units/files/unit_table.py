"""The table in which a province brings its own units: sở, ban, ngành, cơ quan ngành dọc, đơn vị sự nghiệp, xã."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from units.enums import UnitKind
from units.files.official_list import LONGEST_NAME, is_code
from units.files.table_writer import write_workbook
from units.files.tables import TableFaults, read_lines
from units.vietnamese import NotADate, fold, parse_date

CODE, NAME, KIND, PARENT, SINCE = "Mã", "Tên đơn vị", "Loại", "Thuộc đơn vị (mã)", "Từ ngày"
TEMPLATE_NAME = "mau-don-vi.xlsx"
# What a unit below an organiser may be; the first word of a label is enough in the table.
TAKEN = {
    fold(str(word)): kind
    for kind in (
        UnitKind.DEPARTMENT, UnitKind.VERTICAL_AGENCY, UnitKind.PUBLIC_SERVICE, UnitKind.COMMUNE, UnitKind.WARD,
        UnitKind.SPECIAL_ZONE,
    )
    for word in (kind.label, kind.label.partition(",")[0])
}  # fmt: skip
WORDS = [UnitKind(kind).label for kind in dict.fromkeys(TAKEN.values())]


@dataclass(frozen=True)
class UnitRow:
    """One unit of the table. `parent` is the code of the unit above, "" for the organiser; `since` may be open."""

    line: int
    code: str
    name: str
    kind: str
    parent: str
    since: datetime.date | None


def template() -> bytes:
    """The workbook to fill, with three rows that show how."""
    rows = [
        ("SDL", "Sở Du lịch", UnitKind.DEPARTMENT.label, "", "01/07/2025"),
        ("THUE", "Thuế tỉnh", UnitKind.VERTICAL_AGENCY.label, "", "01/07/2025"),
        ("TTCNTT", "Trung tâm Công nghệ thông tin", UnitKind.PUBLIC_SERVICE.label, "SKHCN", "01/07/2025"),
    ]
    return write_workbook("Đơn vị", (CODE, NAME, KIND, PARENT, SINCE), rows, (12, 48, 28, 20, 14), {KIND: WORDS})


def read_unit_table(data: bytes, file_name: str) -> list[UnitRow]:
    """The rows of an upload; raises `TableFaults` with every fault, named by line and column."""
    faults: list[str] = []
    rows: list[UnitRow] = []
    seen: dict[str, int] = {}
    for line in read_lines(data, file_name, (CODE, NAME, KIND), (PARENT, SINCE)):
        texts = {heading: line.texts.get(heading, "") for heading in (CODE, NAME, KIND, PARENT, SINCE)}
        wrong = _faults_of(line.number, texts)
        if not wrong and seen.setdefault(texts[CODE], line.number) != line.number:
            wrong = [f"Dòng {line.number}, cột {CODE}: mã {texts[CODE]} đã có ở dòng {seen[texts[CODE]]}."]
        faults += wrong
        if not wrong:
            since = parse_date(texts[SINCE]) if texts[SINCE] else None
            kind = TAKEN[fold(texts[KIND])]
            rows.append(UnitRow(line.number, texts[CODE], texts[NAME], kind, texts[PARENT], since))
    if faults:
        raise TableFaults(faults)
    return rows


def _faults_of(number: int, texts: dict[str, str]) -> list[str]:
    faults = [f"Dòng {number}, cột {heading}: đang trống." for heading in (CODE, NAME, KIND) if not texts[heading]]
    for heading in (CODE, PARENT):
        if texts[heading] and not is_code(texts[heading]):
            faults.append(f"Dòng {number}, cột {heading}: “{texts[heading][:40]}” không phải là mã đơn vị.")
    if len(texts[NAME]) > LONGEST_NAME:
        faults.append(f"Dòng {number}, cột {NAME}: tên dài quá {LONGEST_NAME} ký tự.")
    if texts[KIND] and fold(texts[KIND]) not in TAKEN:
        faults.append(f"Dòng {number}, cột {KIND}: “{texts[KIND][:40]}” không có; dùng {'; '.join(WORDS)}.")
    if texts[SINCE]:
        try:
            parse_date(texts[SINCE])
        except NotADate as fault:
            faults.append(f"Dòng {number}, cột {SINCE}: {fault}")
    return faults

"""Reads an uploaded results table (workbook or CSV) into a `PastTable`, or says everything that is wrong with it."""

from __future__ import annotations

from dataclasses import replace

from scoring.files import results_layout as layout
from scoring.services import past_checks
from scoring.services.past_reading import Record, SheetReader, key_sheet
from scoring.services.past_types import (
    Figures,
    General,
    GradeRow,
    GroupRow,
    PastTable,
    PointsColumn,
    TableFault,
    TableFaults,
    UnitRow,
)
from units.files.cells import CellKind, Sheet, UnreadableFile
from units.files.delimited import read_delimited
from units.files.workbook import read_workbook
from units.vietnamese import fold, slug

CSV_ENDINGS = (".csv", ".txt", ".tsv")
FIRST_YEAR, LAST_YEAR = 2000, 2100


def is_csv(file_name: str) -> bool:
    return file_name.lower().endswith(CSV_ENDINGS)


def read_table(data: bytes, file_name: str, general: General | None = None) -> PastTable:
    """The table in `data`. A CSV holds only the results, so it needs `general`; a workbook brings its own.

    Raises `TableFaults` with every fault of the file, by sheet, row, column, value and reason.
    """
    faults: list[TableFault] = []
    try:
        if is_csv(file_name):
            sheets = {layout.RESULTS_SHEET: read_delimited(data, file_name, layout.RESULTS_SHEET)}
        else:
            sheets = _own_sheets(read_workbook(data, file_name), faults)
    except UnreadableFile as refused:
        raise TableFaults([TableFault("", 0, "", "", str(refused))]) from refused
    table = _table(sheets, general, faults)
    if table is not None:
        known = {(fault.sheet, fault.row) for fault in faults if fault.row}
        faults += [fault for fault in past_checks.check(table) if fault.value or (fault.sheet, fault.row) not in known]
    if faults or table is None:
        order = {name: at for at, name in enumerate(layout.SHEETS)}
        raise TableFaults(sorted(faults, key=lambda fault: (order.get(fault.sheet, -1), fault.row)))
    return replace(table, groups=tuple(_whole_if_all_is_there(group, table) for group in table.groups))


def _own_sheets(found: list[Sheet], faults: list[TableFault]) -> dict[str, Sheet]:
    """The sheets of the template by name. Another sheet with content would be passed over in silence: a fault."""
    wanted = {fold(name): name for name in layout.SHEETS}
    guides = tuple(fold(prefix) for prefix in layout.GUIDE_PREFIXES)
    own: dict[str, Sheet] = {}
    for sheet in found:
        name = wanted.get(fold(sheet.name))
        if name in own:
            faults.append(TableFault(sheet.name, 0, "", "", "Có hai trang cùng tên. Giữ lại một trang."))
        elif name:
            own[name] = Sheet(name, sheet.rows, sheet.merged, sheet.hidden_columns, sheet.hidden)
        elif sheet.rows and not fold(sheet.name).startswith(guides):
            reason = f"Trang này không thuộc mẫu ({', '.join(layout.SHEETS)}). Đổi tên hoặc xóa trang."
            faults.append(TableFault(sheet.name, 0, "", "", reason))
    for name in (layout.GENERAL_SHEET, layout.RESULTS_SHEET):
        if name not in own:
            faults.append(TableFault("", 0, "", "", f"Tệp thiếu trang “{name}”. Tải tệp mẫu và điền vào trang đó."))
    return own


def _table(sheets: dict[str, Sheet], given: General | None, faults: list[TableFault]) -> PastTable | None:
    general = given
    if layout.GENERAL_SHEET in sheets:
        general = read_general(key_sheet(sheets[layout.GENERAL_SHEET], layout.GENERAL, faults))
    elif given is None and not faults:
        faults.append(
            TableFault("", 0, "", "", "Tệp CSV không có thông tin chung. Điền năm, tên kỳ, nguồn vào biểu mẫu.")
        )
    grades = tuple(_grade(record) for record in _records(sheets, layout.GRADES_SHEET, layout.GRADES, faults))
    groups = tuple(_group(record) for record in _records(sheets, layout.GROUPS_SHEET, layout.GROUPS, faults))
    columns = tuple(_column(record) for record in _records(sheets, layout.COLUMNS_SHEET, layout.COLUMNS, faults))
    if layout.RESULTS_SHEET not in sheets:
        return None
    if layout.COLUMNS_SHEET not in sheets:
        columns = _columns_from_headings(sheets[layout.RESULTS_SHEET])
    headings = {
        fold(layout.figure_heading(column.code, figure)): f"{column.code}|{figure.key}"
        for column in columns
        for figure in layout.FIGURES
    }
    reader = SheetReader(sheets[layout.RESULTS_SHEET], layout.RESULTS, faults, headings)
    declared = bool(groups)
    names = {fold(name): group.code for group in groups for name in (group.title, group.code)}
    found: dict[str, GroupRow] = {group.code: group for group in groups}
    rows = tuple(_unit(record, columns, _GroupFinder(names, found, declared)) for record in reader.records())
    if general is None:
        return None
    return PastTable(general, grades, tuple(found.values()), columns, rows)


def _records(
    sheets: dict[str, Sheet], name: str, fields: tuple[layout.Field, ...], faults: list[TableFault]
) -> list[Record]:
    if name not in sheets or not sheets[name].rows:
        return []
    return list(SheetReader(sheets[name], fields, faults).records())


def read_general(record: Record) -> General:
    """The general data of a table from a record with the keys of the layout's first sheet."""
    for field in layout.GENERAL:
        if field.required and field.key not in record.places:
            record.fault(field.key, f"Chưa ghi “{field.heading}”. {field.note}.")
    decimals = record.integer("decimals", 0, 6)
    return General(
        code=record.code("code"),
        title=record.text("title"),
        year=record.integer("year", FIRST_YEAR, LAST_YEAR) or 0,
        source_text=record.text("source_text", 500),
        source_url=record.text("source_url", 500),
        printed_statement=record.text("printed_statement", 500),
        decision_issuer=record.text("decision_issuer"),
        decision_number=record.text("decision_number", 80),
        decision_date=record.day("decision_date"),
        decimals=2 if decimals is None else decimals,
        rounding=record.choice("rounding", layout.ROUNDINGS, "half_up"),
        ranking=record.choice("ranking", layout.RANKINGS, "competition"),
        is_sample=record.yes_no("is_sample", default=False),
    )


def _grade(record: Record) -> GradeRow:
    grade = GradeRow(
        record.code("code", required=True),
        record.text("label", 60, required=True),
        record.number("at_least", percent=True),
        record.number("above", percent=True),
    )
    if grade.at_least and grade.above:
        record.fault("above", "Chỉ ghi một trong hai ngưỡng: “Từ (≥)” hoặc “Trên (>)”.")
    return grade


def _group(record: Record) -> GroupRow:
    code, title = record.code("code", required=True), record.text("title", 120, required=True)
    return GroupRow(code, title, record.number("printed_mean", percent=True), *_excerpt(record))


def _excerpt(record: Record) -> tuple[bool, int | None]:
    """Whether the table names only some units of the khối, and of how many (None: the source does not say)."""
    place = record.places.get("listed_of")
    if place is None:
        return False, None
    text = place.cell.text if place.cell.kind == CellKind.TEXT else ""
    if fold(text) == fold(layout.UNKNOWN_SIZE):
        return True, None
    if text.strip() and not any(sign.isdigit() for sign in text):
        reason = f"Ghi một số nguyên, hoặc “{layout.UNKNOWN_SIZE}” khi nguồn không nêu. Bảng đủ cả khối thì để trống."
        record.fault("listed_of", reason)
        return False, None
    size = record.integer("listed_of")
    return size is not None, size


def _whole_if_all_is_there(group: GroupRow, table: PastTable) -> GroupRow:
    """A khối whose every unit is there with its figures is no excerpt, also where its size was written down."""
    rows = table.rows_of(group.code)
    complete = len(rows) == group.listed_of and all(row.has_figures or not row.is_ranked for row in rows)
    return replace(group, is_excerpt=False, listed_of=None) if complete else group


def _column(record: Record) -> PointsColumn:
    column = PointsColumn(
        record.code("code", required=True),
        record.text("title", 500, required=True),
        record.choice("kind", layout.COLUMN_KINDS, "component"),
        record.number("max_points"),
        record.choice("source", layout.SOURCES, "self"),
    )
    if "kind" not in record.places:
        record.fault("kind", "Ghi “lĩnh vực” hoặc “phần”.")
    if column.max_points and not _is_positive(column.max_points):
        record.fault("max_points", "Điểm tối đa phải lớn hơn 0; bảng không in thì để trống.")
    return column


def _is_positive(digits: str) -> bool:
    """Whether printed digits stand for more than nought, without making a number of them."""
    return any(sign in "123456789" for sign in digits)


def _columns_from_headings(sheet: Sheet) -> tuple[PointsColumn, ...]:
    """Without a sheet of columns each heading "<mã> điểm" declares a component with that code as its name."""
    if not sheet.rows:
        return ()
    ending = f" {layout.FIGURES[0].heading}"
    fixed = {fold(field.heading) for field in layout.RESULTS}
    texts = [" ".join(cell.text.split()) for _, cell in sorted(sheet.rows[0].cells.items())]
    codes = [text[: -len(ending)] for text in texts if text.endswith(ending) and fold(text) not in fixed]
    return tuple(PointsColumn(code, code, "component") for code in dict.fromkeys(codes))


class _GroupFinder:
    """Knows the groups by code and title; where none were declared, a new name in the table makes a new group."""

    def __init__(self, names: dict[str, str], found: dict[str, GroupRow], declared: bool) -> None:
        self.names, self.found, self.declared = names, found, declared

    def code_of(self, record: Record) -> str:
        name = record.text("group", 120)
        if not name and len(self.found) == 1:
            return next(iter(self.found))
        if not name and not self.declared:
            name = "Tất cả đơn vị"
        if fold(name) in self.names:
            return self.names[fold(name)]
        if not name:
            record.fault("group", "Ô để trống. Ghi mã khối của đơn vị.")
        elif self.declared:
            record.fault("group", f"Không có khối này trong trang “{layout.GROUPS_SHEET}”. Sửa lại hoặc thêm khối.")
        else:
            code = slug(name)[:32].strip("-") or f"khoi-{len(self.found) + 1}"
            self.names[fold(name)] = code
            self.found.setdefault(code, GroupRow(code, name))
            return code
        return ""


def _unit(record: Record, columns: tuple[PointsColumn, ...], groups: _GroupFinder) -> UnitRow:
    row = UnitRow(
        row=record.row,
        group=groups.code_of(record),
        name=record.text("name", 200, required=True),
        unit_code=record.code("unit_code"),
        max_points=record.number("max_points"),
        points=record.number("points"),
        index=record.number("index", percent=True),
        rank=record.integer("rank"),
        grade=record.text("grade", 60),
        is_ranked=record.yes_no("is_ranked", default=True),
        unranked_reason=record.text("unranked_reason", 300),
        note=record.text("note", 300),
        figures={column.code: figures for column in columns if (figures := _figures(record, column)) is not None},
    )
    if not row.is_ranked and not row.unranked_reason:
        record.fault("unranked_reason", "Đơn vị không xếp hạng phải có lý do. Ghi lý do như văn bản công bố.")
    if not row.is_ranked and row.rank is not None:
        record.fault("rank", "Đơn vị ghi “không” xếp hạng mà lại có hạng in. Sửa một trong hai ô.")
    if row.max_points and not _is_positive(row.max_points):
        record.fault("max_points", "Điểm tối đa của đơn vị phải lớn hơn 0.")
    past_checks.check_figures(record, row, columns)
    return row


def _figures(record: Record, column: PointsColumn) -> Figures | None:
    keys = {figure.key: f"{column.code}|{figure.key}" for figure in layout.FIGURES}
    if not any(key in record.places for key in keys.values()):
        return None
    place = record.places.get(keys["points"])
    absent = place is not None and fold(place.cell.text) in (fold(layout.NOT_APPLICABLE), "khong ap dung")
    max_points = record.number(keys["max_points"])
    nought = bool(max_points) and not _is_positive(max_points)
    return Figures(
        points="" if absent else record.number(keys["points"]),
        max_points=max_points,
        index=record.number(keys["index"], percent=True),
        rank=record.integer(keys["rank"]),
        not_applicable=absent or nought,
    )

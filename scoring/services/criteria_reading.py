"""Reads an annex workbook into an `AnnexSet`, or says everything that is wrong with it, by sheet, row and column.

What a row says is checked here; that the whole is a tree the engine can compute is proven by the engine itself, whose
faults come back at the row and column where they are mended.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from scoring.enums import CriterionRole, Source
from scoring.files import annex_layout as layout
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.files.annex_parameters import WrongParameters, read_parameters
from scoring.files.annex_rules import kind_words
from scoring.files.annex_workbook import KIND_SEPARATOR
from scoring.services.criteria_places import Places, find_places
from scoring.services.criteria_proof import BELOW, Told, prove
from scoring.services.past_reading import Record, SheetReader, key_sheet
from scoring.services.past_types import TableFault, TableFaults
from units.enums import UnitKind
from units.files.cells import CellKind, Row, Sheet, UnreadableFile, clean_text
from units.files.workbook import read_workbook
from units.vietnamese import fold

LONGEST_TEXT = 2_000  # of a cell, as the guarded reader allows
_SEARCHED_ROWS = 20  # above the table stand a heading and an instruction, not more
_LINE_BREAK = "_x000D_"  # how some programs write the carriage return of a line break into a cell


def read_annex(data: bytes, file_name: str, policy: Mapping[str, Any] | None = None) -> AnnexSet:
    """The criteria set in `data`, proven by the engine under `policy` (a campaign's; the usual one without).

    Raises `TableFaults` with every fault of the file: those of cells, and those that the engine finds in what is
    sound beside them.
    """
    faults: list[TableFault] = []
    try:
        sheets = _own_sheets(read_workbook(data, file_name), faults)
    except UnreadableFile as refused:
        raise TableFaults([TableFault("", 0, "", "", str(refused))]) from refused
    annex = AnnexSet("", "", ())
    if layout.GENERAL_SHEET in sheets:
        annex = _general(key_sheet(sheets[layout.GENERAL_SHEET], layout.GENERAL, faults))
    if layout.CRITERIA_SHEET in sheets:
        nodes, told = _nodes(sheets[layout.CRITERIA_SHEET], faults)
        annex = replace(annex, nodes=nodes)
        faults += prove(annex, policy, told) if nodes else []
    if faults:
        order = {name: at for at, name in enumerate(layout.SHEETS)}
        raise TableFaults(sorted(faults, key=lambda fault: (order.get(fault.sheet, -1), fault.row)))
    return replace(annex, nodes=annex.in_tree_order())


def _own_sheets(found: list[Sheet], faults: list[TableFault]) -> dict[str, Sheet]:
    """The sheets of the layout that are there; a missing one is told, and any other with content."""
    wanted = {fold(name): name for name in layout.SHEETS}
    own: dict[str, Sheet] = {}
    for sheet in found:
        name = wanted.get(fold(sheet.name))
        if name in own:
            faults.append(TableFault(sheet.name, 0, "", "", "Có hai trang cùng tên. Giữ lại một trang."))
        elif name:
            own[name] = replace(sheet, name=name)
        elif sheet.rows and not fold(sheet.name).startswith(fold(layout.GUIDE_PREFIX)):
            reason = f"Trang này không thuộc mẫu ({', '.join(layout.SHEETS)}). Đổi tên hoặc xóa trang."
            faults.append(TableFault(sheet.name, 0, "", "", reason))
    for name in (name for name in layout.SHEETS if name not in own):
        faults.append(TableFault("", 0, "", "", f"Tệp thiếu trang “{name}”. Tải tệp mẫu và điền vào trang đó."))
    return own


def _from_heading(sheet: Sheet) -> Sheet:
    """The sheet from its row of column names on; what stands above is for people. Unchanged where none is found."""
    names = {fold(field.heading) for field in layout.CRITERIA}

    def known(row: Row) -> int:
        return sum(fold(cell.text.rstrip(" *")) in names for cell in row.cells.values())

    heading = next((row for row in sheet.rows[:_SEARCHED_ROWS] if known(row) >= 2), None)
    if heading is None:
        return sheet
    below = tuple(area for area in sheet.merged if _first_row(area) >= heading.number)
    return replace(sheet, rows=tuple(row for row in sheet.rows if row.number >= heading.number), merged=below)


def _first_row(area: str) -> int:
    """The row in which a range like "A1:C2" begins."""
    digits = "".join(sign for sign in area.partition(":")[0] if sign.isdigit())
    return int(digits or 0)


def _general(record: Record) -> AnnexSet:
    for field in layout.GENERAL:
        if field.required and field.key not in record.places:
            record.fault(field.key, f"Chưa ghi “{field.heading}”. {field.note}.")
    known = {fold(kind.label): kind.value for kind in UnitKind} | {kind.value: kind.value for kind in UnitKind}
    kinds: list[str] = []
    for name in _lines(record, "unit_kinds").replace("\n", KIND_SEPARATOR).split(KIND_SEPARATOR.strip()):
        if name.strip() and fold(name) not in known:
            listed = KIND_SEPARATOR.join(UnitKind.labels)
            record.fault("unit_kinds", f"Không có loại đơn vị này. Chọn trong: {listed}.", name.strip())
        elif name.strip() and known[fold(name)] not in kinds:
            kinds.append(known[fold(name)])
    return AnnexSet(
        code=record.code("code"),
        title=record.text("title", layout.LONGEST_SET_TITLE),
        nodes=(),
        unit_kinds=tuple(kinds),
        note=record.text("note", layout.LONGEST_NOTE),
        is_sample=record.yes_no("is_sample", default=False),
    )


def _nodes(sheet: Sheet, faults: list[TableFault]) -> tuple[tuple[AnnexNode, ...], Told]:
    """The rows as nodes, as far as they could be read, and what the engine need not tell again."""
    reader = SheetReader(_from_heading(sheet), layout.CRITERIA, faults)
    records = list(reader.records())
    if not records:
        reason = "Chưa có tiêu chí nào. Ghi mỗi tiêu chí một dòng dưới dòng tên cột."
        faults.append(TableFault(sheet.name, 0, "", "", reason))
    if len(records) > layout.MOST_CRITERIA:
        reason = f"Có {len(records)} dòng; một bộ có nhiều nhất {layout.MOST_CRITERIA} tiêu chí. Chia thành các bộ."
        faults.append(TableFault(sheet.name, 0, "", "", reason))
        return (), Told()
    places = find_places(records)
    nodes = tuple(_node(record, places) for record in records)
    return nodes, _told(records, reader, places, faults)


def _told(records: list[Record], reader: SheetReader, places: Places, faults: list[TableFault]) -> Told:
    cells = {(fault.row, fault.column) for fault in faults if fault.sheet == reader.sheet.name}
    keys = {}
    for row in places.codes:
        own = {key for key, label in reader.headings.items() if (row, label) in cells}
        lost = {"code", "weight"} if places.is_lost(row) else set()
        keys[row] = reader.absent | own | lost | ({BELOW} if row in places.open else set())
    texts = {
        record.row: {key: place.cell.text.replace(_LINE_BREAK, "") for key, place in record.places.items()}
        for record in records
    }
    return Told(keys, reader.headings, texts)


def _node(record: Record, places: Places) -> AnnexNode:
    parent = places.parents.get(record.row, "")
    title = record.text("title", layout.LONGEST_TITLE)
    if record.lacks("title"):
        record.fault("title", "Chưa ghi tên tiêu chí. Ghi như phụ lục.")
    if record.lacks("max_points"):
        record.fault("max_points", "Chưa ghi điểm tối đa. Ghi số, ví dụ 0,5.")
    node = AnnexNode(
        code=places.codes[record.row],
        title=title,
        max_points=_plain(record.number("max_points")) or "0",
        parent=parent,
        scoring_text=_lines(record, "scoring_text"),
        evidence_text=_lines(record, "evidence_text"),
        lead_department=record.text("lead_department", layout.LONGEST_DEPARTMENT),
        weight=_plain(record.number("weight")),
        permanent_id=_permanent_id(record),
        row=record.row,
    )
    if parent and node.weight:
        record.fault("weight", "Chỉ lĩnh vực (cấp trên cùng) mới có trọng số. Xóa ô này.")
    if places.has_children(record.row):
        for key in ("source", "role", "kind", "parameters"):
            if key in record.places:
                record.fault(key, "Tiêu chí này có tiêu chí con: ghi cột này ở từng tiêu chí con, để trống ở đây.")
        return node
    source = record.choice("source", layout.SOURCES, "self")
    role = record.choice("role", layout.ROLES, "scored")
    if role == CriterionRole.PENALTY and source == Source.SELF:
        record.fault("source", "Đơn vị không tự chấm điểm trừ. Ghi Nguồn là “Cơ quan điều phối”.")
    rule = _rule(record)
    pending = rule is None
    return replace(node, source=source, role=role, rule=rule or {"kind": "manual"}, rule_pending=pending)


def _rule(record: Record) -> dict[str, Any] | None:
    """The rule of a leaf, as far as it could be read; None where its annex names none."""
    kind = record.choice("kind", kind_words())
    text = _lines(record, "parameters")
    if not kind:
        if text and not record.text("kind"):
            record.fault("kind", "Có tham số mà chưa ghi loại quy tắc. Chọn loại, hoặc xóa ô Tham số.")
        return None
    try:
        return read_parameters(kind, text)
    except WrongParameters as wrong:
        for sentence in wrong.faults:
            column = record.places["parameters"].column if text else record.headings["parameters"]
            record.faults.append(TableFault(record.sheet, record.row, column, "", sentence))
        return wrong.rule


def _permanent_id(record: Record) -> str:
    text = record.text("permanent_id", 60)
    try:
        return str(uuid.UUID(text)) if text else ""
    except ValueError:
        reason = "Mã định danh do cổng đặt, không tự ghi. Chép lại từ tệp tải về, hoặc để trống cho dòng mới."
        record.fault("permanent_id", reason)
        return ""


def _lines(record: Record, key: str) -> str:
    """Clean text that keeps its line breaks; empty lines at the ends go."""
    place = record.places.get(key)
    if place is None or place.cell.kind != CellKind.TEXT:
        return record.text(key, LONGEST_TEXT)
    try:
        lines = [clean_text(line) for line in place.cell.text.replace(_LINE_BREAK, "").splitlines()]
    except ValueError as refused:
        record.fault(key, str(refused), " ")
        return ""
    return "\n".join(lines).strip("\n")


def _plain(digits: str) -> str:
    """Digits without trailing zeros ("9.50" → "9.5")."""
    return digits.rstrip("0").rstrip(".") if "." in digits else digits

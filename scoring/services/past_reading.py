"""From cells to values: every kind of value is read strictly, and what cannot be understood becomes a fault.

Nothing is guessed and nothing is raised: a reader collects faults, so that one pass finds them all.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError

from scoring.files.results_layout import NO, NOTE_MARK, YES, Field
from scoring.services.past_types import TableFault
from units.files.cells import Cell, CellKind, Sheet, clean_text, column_letter
from units.validators import code_validator
from units.vietnamese import NotADate, NotANumber, fold, parse_date, parse_number

MOST_DECIMALS = 10
MOST_WHOLE_DIGITS = 6
_SPOILED = {
    CellKind.ERROR: "Ô báo lỗi của Excel. Gõ lại giá trị như bản in.",
    CellKind.FORMULA: "Ô là công thức chưa có kết quả. Mở tệp bằng Excel, tính lại và lưu, hoặc gõ thẳng giá trị.",
    CellKind.BOOLEAN: "Ô mang giá trị đúng/sai của Excel. Gõ lại bằng chữ hoặc số.",
}


@dataclass(frozen=True)
class Place:
    """A cell with the place a person finds it by."""

    row: int
    column: str
    cell: Cell


class Record:
    """One row (or the key sheet as a whole) with its cells by field; reading a value adds faults to the list."""

    def __init__(
        self,
        sheet: str,
        row: int,
        places: dict[str, Place],
        headings: dict[str, str],
        faults: list[TableFault],
        absent: Collection[str] = (),
    ):
        self.sheet, self.row, self.places, self.headings, self.faults = sheet, row, places, headings, faults
        self.absent = absent  # required keys whose column the whole sheet lacks, which has been told once

    def lacks(self, key: str) -> bool:
        """Whether this row leaves `key` empty, though its sheet has the column."""
        return key not in self.places and key not in self.absent

    def fault(self, key: str, reason: str, value: str = "") -> None:
        """Note that `key` cannot be understood, for the `reason` given in a sentence."""
        place = self.places.get(key)
        column = place.column if place else self.headings.get(key, key)
        shown = value or (place.cell.text if place else "")
        self.faults.append(TableFault(self.sheet, place.row if place else self.row, column, shown[:60], reason))

    def text(self, key: str, longest: int = 200, required: bool = False) -> str:
        """Clean text; "" when the cell is empty."""
        place = self.places.get(key)
        value = self._clean(key, place) if place else ""
        if not value and required and not (place and self._has_fault(place)):
            self.fault(key, "Ô để trống. Ghi giá trị như bản in.")
        if len(value) > longest:
            self.fault(key, f"Dài quá {longest} ký tự. Rút gọn lại.")
            return value[:longest]
        return value

    def code(self, key: str, required: bool = False, longest: int = 60) -> str:
        """A short code that can stand in an address."""
        value = self.text(key, longest, required)
        try:
            if value:
                code_validator(value)
        except ValidationError as refused:
            self.fault(key, refused.messages[0])
        return value

    def number(self, key: str, percent: bool = False) -> str:
        """The printed digits with a decimal point ("82,00" → "82.00"); "" when empty or not understood."""
        place = self.places.get(key)
        if place is None:
            return ""
        value = self._decimal(key, place, percent)
        if value is None:
            return ""
        digits = f"{value:f}"
        whole, _, fraction = digits.partition(".")
        if value < 0:
            self.fault(key, "Số không được âm. Gõ lại như bản in.")
        elif len(fraction) > MOST_DECIMALS:
            self.fault(
                key, f"Có quá {MOST_DECIMALS} chữ số thập phân, thường là kết quả công thức. Gõ lại số như bản in."
            )
        elif len(whole) > MOST_WHOLE_DIGITS:
            self.fault(key, "Số quá lớn. Gõ lại như bản in.")
        else:
            return digits
        return ""

    def integer(self, key: str, lowest: int = 1, highest: int = 100_000) -> int | None:
        """A whole number within bounds; None when empty or not understood."""
        place = self.places.get(key)
        value = self._decimal(key, place, percent=False) if place else None
        if value is None:
            return None
        if value != value.to_integral_value() or not lowest <= value <= highest:
            self.fault(key, f"Phải là số nguyên từ {lowest} đến {highest}.")
            return None
        return int(value)

    def choice(self, key: str, options: Mapping[str, str], default: str = "") -> str:
        """One of `options` by its words (the words before a bracket count), or `default` when empty."""
        words = fold(self.text(key).partition("(")[0])
        if not words:
            return default
        found = {fold(name): value for name, value in options.items()} | {value: value for value in options.values()}
        if words not in found:
            self.fault(key, f"Phải là một trong các giá trị: {', '.join(options)}.")
            return default
        return found[words]

    def yes_no(self, key: str, default: bool) -> bool:
        return self.choice(key, {YES: "1", NO: "0"}, "1" if default else "0") == "1"

    def day(self, key: str) -> str:
        """A day in ISO form, from a date cell or from dd/mm/yyyy; "" when empty or not understood."""
        place = self.places.get(key)
        if place is None:
            return ""
        if place.cell.kind == CellKind.DATE:
            try:
                return datetime.date.fromisoformat(place.cell.text[:10]).isoformat()
            except ValueError:
                self.fault(key, "Ô là giờ, không phải ngày. Viết ngày/tháng/năm, như 25/12/2025.")
                return ""
        try:
            text = self._clean(key, place)
            return parse_date(text).isoformat() if text else ""
        except NotADate as refused:
            self.fault(key, str(refused))
            return ""

    def _has_fault(self, place: Place) -> bool:
        return any((fault.row, fault.column) == (place.row, place.column) for fault in self.faults)

    def _clean(self, key: str, place: Place) -> str:
        kind = place.cell.kind
        if kind in _SPOILED:
            self.fault(key, _SPOILED[kind])
            return ""
        if kind == CellKind.DATE:
            self.fault(key, "Excel đã đổi ô này thành ngày. Đặt định dạng ô là Văn bản rồi gõ lại.")
            return ""
        if kind in (CellKind.NUMBER, CellKind.PERCENT):
            digits = f"{Decimal(place.cell.text):f}"
            return digits.rstrip("0").rstrip(".") if "." in digits else digits
        try:
            return clean_text(place.cell.text)
        except ValueError as refused:
            self.fault(key, str(refused), value=" ")
            return ""

    def _decimal(self, key: str, place: Place, percent: bool) -> Decimal | None:
        """The exact value of a number cell (through the digits its file form stands for) or of a typed number."""
        if place.cell.kind == CellKind.PERCENT:
            self.fault(key, "Ô định dạng phần trăm của Excel. Đặt định dạng ô là Văn bản rồi gõ số như 88,35.")
            return None
        if place.cell.kind == CellKind.NUMBER:
            return Decimal(place.cell.text)
        text = self._clean(key, place)
        if percent and text.endswith("%"):
            text = text[:-1].rstrip()
        if not text:
            return None
        try:
            return parse_number(text)
        except NotANumber as refused:
            self.fault(key, str(refused))
            return None


class SheetReader:
    """Finds the heading row of a sheet and hands out its rows as records.

    `fields` are the known columns; headings of figures ("LV1 điểm") come in through `extra`, folded heading → key.
    """

    def __init__(
        self, sheet: Sheet, fields: Sequence[Field], faults: list[TableFault], extra: Mapping[str, str] | None = None
    ):
        self.sheet, self.faults = sheet, faults
        known = dict(extra or {}) | {fold(field.heading): field.key for field in fields}
        self._refuse_hidden_and_merged()
        self.columns: dict[int, tuple[str, str]] = {}  # column → (key, label)
        self.headings = {field.key: f"“{field.heading}”" for field in fields}
        rows = [row for row in sheet.rows if not self._is_note(row.cells)]
        self.heading_row = rows[0].number if rows else 0
        for at, cell in sorted(rows[0].cells.items()) if rows else ():
            self._take_heading(at, cell, known)
        present = {key for key, _ in self.columns.values()}
        self.absent = frozenset(field.key for field in fields if field.required and field.key not in present)
        for field in fields:
            if field.key in self.absent:
                self.fault(self.heading_row, "", "", f"Thiếu cột “{field.heading}”. Thêm cột này như trong tệp mẫu.")
        self._rows = rows[1:]

    def fault(self, row: int, column: str, value: str, reason: str) -> None:
        self.faults.append(TableFault(self.sheet.name, row, column, value[:60], reason))

    def records(self) -> Iterator[Record]:
        """Each row under the heading; a value in a column without heading is a fault."""
        for row in self._rows:
            places: dict[str, Place] = {}
            for at, cell in row.cells.items():
                if at in self.columns:
                    key, label = self.columns[at]
                    places[key] = Place(row.number, label, cell)
                elif self._heading_ok(at):
                    self.fault(
                        row.number, column_letter(at), cell.text, "Cột này không có tên. Xóa ô hoặc đặt tên cột."
                    )
            if places:
                yield Record(self.sheet.name, row.number, places, self.headings, self.faults, self.absent)

    def _heading_ok(self, at: int) -> bool:
        """Whether the column has no heading at all (an unknown heading has been told once already)."""
        return at not in self._unknown

    def _take_heading(self, at: int, cell: Cell, known: Mapping[str, str]) -> None:
        label = f"{column_letter(at)} “{' '.join(cell.text.split())[:40]}”"
        key = known.get(fold(cell.text.rstrip(" *\u00a0")))
        if key is None:
            self._unknown.add(at)
            self.fault(
                self.heading_row, column_letter(at), cell.text, "Tên cột không có trong mẫu. Sửa tên hoặc xóa cột."
            )
        elif key in {taken for taken, _ in self.columns.values()}:
            self._unknown.add(at)
            self.fault(self.heading_row, column_letter(at), cell.text, "Cột này đứng hai lần. Giữ lại một cột.")
        else:
            self.columns[at] = (key, label)
            self.headings[key] = label

    @property
    def _unknown(self) -> set[int]:
        return self.__dict__.setdefault("_unknown_columns", set())

    def _refuse_hidden_and_merged(self) -> None:
        for area in self.sheet.merged:
            self.fault(0, area, "", "Các ô này đang gộp. Bỏ gộp ô, ghi giá trị vào từng ô.")
        if self.sheet.hidden:
            self.fault(0, "", "", "Trang đang ẩn. Cho hiện trang rồi xem lại nội dung.")
        for row in self.sheet.rows:
            if row.hidden:
                self.fault(row.number, "", "", "Dòng đang ẩn mà có nội dung. Cho hiện dòng hoặc xóa đi.")
        used = {at for row in self.sheet.rows for at in row.cells}
        for at in sorted(self.sheet.hidden_columns & used):
            self.fault(0, column_letter(at), "", "Cột đang ẩn mà có nội dung. Cho hiện cột hoặc xóa đi.")

    @staticmethod
    def _is_note(cells: dict[int, Cell]) -> bool:
        return cells[min(cells)].text.lstrip().startswith(NOTE_MARK)


def key_sheet(sheet: Sheet, fields: Sequence[Field], faults: list[TableFault]) -> Record:
    """The first sheet ("Khóa | Giá trị") as one record; unknown and repeated keys are faults."""
    columns = (Field("key", "Khóa", "", True), Field("value", "Giá trị", "", True), Field("note", "Ghi chú", ""))
    reader = SheetReader(sheet, columns, faults)
    known = {fold(field.heading): field for field in fields}
    places: dict[str, Place] = {}
    for record in reader.records():
        name = record.text("key", required=True)
        field = known.get(fold(name.rstrip(" *")))
        if not name:
            continue
        if field is None:
            record.fault("key", "Khóa không có trong mẫu. Sửa tên hoặc xóa dòng.")
        elif field.key in places:
            record.fault("key", "Khóa này đứng hai lần. Giữ lại một dòng.")
        elif "value" in record.places:
            places[field.key] = Place(record.row, f"“{field.heading}”", record.places["value"].cell)
    return Record(sheet.name, 0, places, {field.key: f"“{field.heading}”" for field in fields}, faults)

"""One table of texts out of an upload, CSV or XLSX by its content: what catalogues are brought in with.

Workbooks go through the guarded reader in a child process (decision 004); the first visible sheet counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from units.files.cells import Cell, CellKind, Sheet, UnreadableFile, clean_text, column_letter
from units.files.delimited import read_delimited
from units.files.workbook import read_workbook
from units.vietnamese import fold

MOST_FAULTS = 200


class TableFaults(ValueError):
    """A table that cannot be taken; ``faults`` holds one Vietnamese sentence each, in the order of the rows."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))

    @property
    def shown(self) -> list[str]:
        """As many as a page bears, and how many more there are."""
        return first_faults(self.faults)


def first_faults(faults: Sequence[str]) -> list[str]:
    """As many faults as a page bears, and a last sentence with the number of the others."""
    shown = list(faults[:MOST_FAULTS])
    return shown if len(faults) <= MOST_FAULTS else [*shown, f"Còn {len(faults) - MOST_FAULTS} chỗ khác phải sửa."]


@dataclass(frozen=True)
class Line:
    """One row that is not blank: its number in the file, its texts by heading ("" where the cell is empty)."""

    number: int
    texts: dict[str, str]


def is_workbook(data: bytes) -> bool:
    return data[:2] == b"PK" or data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_lines(data: bytes, file_name: str, headings: Sequence[str], optional: Sequence[str] = ()) -> list[Line]:
    """The rows under the line that holds all of `headings`, keyed by those and by the `optional` ones that are there.

    Headings are found whatever their capitals and marks. A leading apostrophe, which only says that a text is a text,
    is dropped. Raises `TableFaults` for a file that cannot be read, a missing heading, cells without a plain value.
    """
    try:
        sheet = _sheet(data, file_name)
    except UnreadableFile as refused:
        raise TableFaults([str(refused)]) from refused
    if sheet is None or not sheet.rows:
        raise TableFaults([f"Tệp “{file_name}” trống. Chọn lại tệp rồi tải lên."])
    head, *rows = sheet.rows
    wanted = {fold(heading): heading for heading in (*headings, *optional)}
    columns = {at: wanted[name] for at, cell in head.cells.items() if (name := fold(cell.text).strip()) in wanted}
    missing = [heading for heading in headings if heading not in columns.values()]
    if missing:
        raise TableFaults([f"Tệp thiếu cột {', '.join(missing)}. Dòng đầu phải có đủ các cột: {', '.join(headings)}."])
    if len(set(columns.values())) != len(columns):
        raise TableFaults(["Dòng đầu có hai cột cùng tên. Bỏ cột thừa rồi tải lên."])
    faults: list[str] = []
    lines = []
    for row in rows:
        texts = dict.fromkeys(columns.values(), "")
        for at, cell in row.cells.items():
            if at in columns:
                try:
                    texts[columns[at]] = _text(cell)
                except ValueError as fault:
                    faults.append(f"Dòng {row.number}, cột {columns[at]} (ô {column_letter(at)}{row.number}): {fault}")
        if any(texts.values()):
            lines.append(Line(row.number, texts))
    if faults:
        raise TableFaults(faults)
    if not lines:
        raise TableFaults(["Tệp chỉ có dòng tiêu đề, chưa có dòng nào để nhập."])
    return lines


def has_columns(data: bytes, file_name: str, columns: Sequence[str]) -> bool:
    """Whether the first line of the table holds all of `columns`; False for a file that cannot be read."""
    try:
        sheet = _sheet(data, file_name)
    except UnreadableFile:
        return False
    head = sheet.rows[0].cells.values() if sheet and sheet.rows else ()
    return {fold(column) for column in columns} <= {fold(cell.text).strip() for cell in head}


def _sheet(data: bytes, file_name: str) -> Sheet | None:
    if not is_workbook(data):
        return read_delimited(data, file_name, "CSV")
    return next((sheet for sheet in read_workbook(data, file_name) if not sheet.hidden and sheet.rows), None)


def _text(cell: Cell) -> str:
    if cell.kind == CellKind.FORMULA:
        raise ValueError("ô là công thức chưa tính. Dán giá trị thay cho công thức.")
    if cell.kind == CellKind.ERROR:
        raise ValueError(f"ô báo lỗi {cell.text[:20]}. Sửa ô trong Excel.")
    if cell.kind == CellKind.DATE:
        return cell.text.removesuffix("T00:00:00")
    if cell.kind == CellKind.NUMBER:
        return cell.text.removesuffix(".0")
    return clean_text(cell.text)

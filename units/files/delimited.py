"""Guarded reading of CSV: one sheet, every cell a text."""

from __future__ import annotations

import csv
import io

from units.files.cells import Cell, CellKind, Row, Sheet, UnreadableFile

LARGEST_FILE = 5 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_TEXT = 5_000, 200, 2_000
DELIMITERS = (";", "\t", ",")


def read_delimited(data: bytes, file_name: str, sheet_name: str) -> Sheet:
    """The rows of a CSV file in UTF-8 (with or without BOM); the delimiter is the one the first line uses most.

    Raises `UnreadableFile` for other encodings, broken quoting, and files past the limits.
    """
    if not data.strip():
        raise UnreadableFile(f"Tệp “{file_name}” rỗng. Chọn lại tệp rồi tải lên.")
    if len(data) > LARGEST_FILE:
        raise UnreadableFile(f"Không nhận tệp “{file_name}”: dung lượng quá 5 MB. Chia bảng rồi tải lên.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile(
            f"Không đọc được tệp “{file_name}”: không phải bảng mã UTF-8. Trong Excel chọn lưu dạng “CSV UTF-8”."
        ) from None
    if "\0" in text:
        raise UnreadableFile(f"Không đọc được tệp “{file_name}”: có ký tự không thuộc văn bản. Lưu lại dạng CSV UTF-8.")
    first = next(line for line in text.splitlines() if line.strip())
    delimiter = max(DELIMITERS, key=first.count)
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, values in enumerate(reader, start=1):
            _check_size(number, values, file_name)
            cells = {at: Cell(CellKind.TEXT, value) for at, value in enumerate(values) if value.strip()}
            if cells:
                rows.append(Row(number, cells))
    except csv.Error:
        raise UnreadableFile(
            f"Không đọc được tệp “{file_name}”: dấu nháy kép mở mà không đóng, gần dòng {reader.line_num}."
        ) from None
    return Sheet(sheet_name, tuple(rows))


def _check_size(number: int, values: list[str], file_name: str) -> None:
    if number > MOST_ROWS:
        raise UnreadableFile(f"Không nhận tệp “{file_name}”: quá 5.000 dòng. Chia bảng rồi tải lên.")
    if len(values) > MOST_COLUMNS:
        raise UnreadableFile(
            f"Không nhận tệp “{file_name}”: dòng {number} có quá 200 cột. Xóa các cột thừa rồi tải lên."
        )
    if any(len(value) > MOST_TEXT for value in values):
        raise UnreadableFile(f"Không nhận tệp “{file_name}”: dòng {number} có ô dài quá 2.000 ký tự. Rút gọn ô đó.")

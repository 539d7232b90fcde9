"""Guarded reading of an uploaded workbook: the archive is checked first, then a limited child process parses it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from units.files.cells import Cell, CellKind, Row, Sheet, UnreadableFile

LARGEST_FILE = 5 * 1024 * 1024
MOST_ENTRIES = 500
LARGEST_CONTENT = 80 * 1024 * 1024
SUSPICIOUS_RATIO = 200
SMALL_ENTRY = 1024 * 1024
SECONDS = 30
CHILD = Path(__file__).with_name("workbook_child.py")

_MEND = "Mở tệp bằng Excel, lưu lại dạng .xlsx rồi tải lên."
_LIMITS = {
    "sheets": "Tệp có quá nhiều trang tính (tối đa 20). Chỉ giữ các trang của mẫu rồi tải lên.",
    "rows": "Trang “{sheet}” có nội dung ở sau dòng 5.000. Xóa phần thừa ở cuối trang hoặc chia bảng rồi tải lên.",
    "columns": "Trang “{sheet}” có nội dung ở sau cột thứ 200. Xóa các cột thừa rồi tải lên.",
    "text": "Trang “{sheet}” có ô dài quá 2.000 ký tự. Rút gọn ô đó rồi tải lên.",
}


def read_workbook(data: bytes, file_name: str) -> list[Sheet]:
    """All sheets of an .xlsx file. Raises `UnreadableFile` for anything that is not a plain, sane workbook."""
    check_archive(data, file_name)
    with tempfile.TemporaryDirectory(prefix="parindex-") as folder:
        path = Path(folder) / "table.xlsx"
        path.write_bytes(data)
        try:
            child = subprocess.run(  # noqa: S603 (our own script, no shell; the file's name never reaches it)
                [sys.executable, "-I", "-W", "ignore", str(CHILD), str(path)],
                capture_output=True,
                timeout=SECONDS,
                check=False,
                stdin=subprocess.DEVNULL,
                env={},
            )
        except subprocess.TimeoutExpired:
            raise UnreadableFile(f"Không nhận tệp “{file_name}”: đọc quá lâu. {_MEND}") from None
    lines = [json.loads(line) for line in child.stdout.decode().splitlines()] if child.returncode in (0, 3) else []
    if child.returncode == 3 and lines:
        limit = lines[-1]
        raise UnreadableFile(f"Không nhận tệp “{file_name}”. " + _LIMITS[limit["limit"]].format(sheet=limit["sheet"]))
    if child.returncode != 0:
        raise UnreadableFile(
            f"Không đọc được tệp “{file_name}”: nội dung hỏng hoặc không phải bảng tính Excel. {_MEND}"
        )
    return _sheets(lines)


def check_archive(data: bytes, file_name: str) -> None:
    """Refuse what no honest results table is: empty, too large, encrypted, with macros, or a zip bomb."""
    refused = f"Không nhận tệp “{file_name}”"
    if not data:
        raise UnreadableFile(f"Tệp “{file_name}” rỗng (0 byte). Chọn lại tệp rồi tải lên.")
    if len(data) > LARGEST_FILE:
        raise UnreadableFile(f"{refused}: dung lượng quá 5 MB. Xóa hình ảnh, trang thừa rồi tải lên.")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":  # an OLE container: .xls, or an .xlsx with a password
        raise UnreadableFile(f"{refused}: tệp đặt mật khẩu hoặc ở dạng .xls cũ. Bỏ mật khẩu, lưu lại dạng .xlsx.")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise UnreadableFile(f"{refused}: không phải tệp Excel (.xlsx). {_MEND}") from None
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > LARGEST_CONTENT:
        raise UnreadableFile(f"{refused}: nội dung nén quá lớn so với một bảng kết quả. {_MEND}")
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise UnreadableFile(f"{refused}: tệp đặt mật khẩu. Bỏ mật khẩu rồi tải lên.")
        if entry.file_size > SMALL_ENTRY and entry.file_size > SUSPICIOUS_RATIO * max(entry.compress_size, 1):
            raise UnreadableFile(f"{refused}: nội dung nén quá lớn so với một bảng kết quả. {_MEND}")
        if "vbaproject" in entry.filename.lower() or "macrosheets/" in entry.filename.lower():
            raise UnreadableFile(f"{refused} vì có chứa macro. Lưu lại dạng .xlsx rồi tải lên.")
    names = {entry.filename for entry in entries}
    if len(names) != len(entries) or not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise UnreadableFile(f"{refused}: không phải tệp Excel (.xlsx). {_MEND}")


def _sheets(lines: list[dict]) -> list[Sheet]:
    sheets: list[Sheet] = []
    heads: list[dict] = []
    rows: list[list[Row]] = []
    for line in lines:
        if "sheet" in line:
            heads.append(line)
            rows.append([])
        else:
            cells = {int(column): Cell(CellKind(kind), text) for column, (kind, text) in line["cells"].items()}
            rows[-1].append(Row(line["row"], cells, line["hidden"]))
    for head, own in zip(heads, rows, strict=True):
        hidden = frozenset(head["hidden_columns"])
        sheets.append(Sheet(head["sheet"], tuple(own), tuple(head["merged"]), hidden, head["hidden"]))
    return sheets

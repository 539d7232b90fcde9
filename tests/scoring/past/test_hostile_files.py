"""Files made to harm: each is refused in a sentence, quickly, and the portal's own process stays small."""

from __future__ import annotations

import io
import resource
import time
import zipfile

import openpyxl
import pytest

from tests.scoring.past.tables import table
from units.files.cells import UnreadableFile
from units.files.workbook import read_workbook

pytestmark = [pytest.mark.abuse, pytest.mark.any_database]

GOOD = table([{"name": "Huyện A", "points": "80"}])
SHEET = "xl/worksheets/sheet1.xml"
HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def repacked(changes: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The good workbook with some of its entries replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as old, zipfile.ZipFile(stream, "w", compression) as new:
        for entry in old.namelist():
            if entry not in changes:
                new.writestr(entry, old.read(entry))
        for entry, data in changes.items():
            new.writestr(entry, data)
    return stream.getvalue()


def encrypted() -> bytes:
    """A zip whose entries claim to be encrypted."""
    data = bytearray(GOOD)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


def sparse() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = 1, 2
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def many_entries() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(600):
            archive.writestr(f"x{number}", b"")
    return stream.getvalue()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>' + (
    HEAD.encode()
    + b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + (
    HEAD.encode()
    + b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>'
)
HOSTILE = {
    "empty": (lambda: b"", "rỗng"),
    "not a zip": (lambda: b"hello", "không phải tệp Excel"),
    "html named xlsx": (lambda: b"<html><table></table></html>", "không phải tệp Excel"),
    "a zip that is no workbook": (lambda: _zip({"a.txt": b"x"}), "không phải tệp Excel"),
    "half a workbook": (lambda: GOOD[: len(GOOD) // 2], "không phải tệp Excel"),
    "six megabytes": (lambda: b"PK" + b"\0" * (6 * 1024 * 1024), "5 MB"),
    "old xls or a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "mật khẩu"),
    "encrypted zip": (encrypted, "mật khẩu"),
    "macro": (lambda: repacked({"xl/vbaProject.bin": b"x"}), "macro"),
    "bomb": (lambda: repacked({SHEET: b" " * (200 * 1024 * 1024)}), "nén quá lớn"),
    "bomb of shared strings": (lambda: repacked({"xl/sharedStrings.xml": b"<a>" * 5_000_000}), "nén quá lớn"),
    "many entries": (many_entries, "nén quá lớn"),
    "sparse": (sparse, "sau dòng 5.000"),
    "billion laughs": (lambda: repacked({SHEET: LAUGHS}), "nội dung hỏng"),
    "outside entity": (lambda: repacked({SHEET: OUTSIDE}), "nội dung hỏng"),
    "broken xml": (lambda: repacked({SHEET: b"<worksheet><sheetData>"}), "nội dung hỏng"),
    "nonsense address": (lambda: repacked({SHEET: one_cell("x", "??")}), "nội dung hỏng"),
    "wide": (lambda: repacked({SHEET: one_cell("1", "GT1")}), "cột thứ 200"),
}


def one_cell(row: str, address: str) -> bytes:
    """A sheet with one cell at the address given."""
    cell = f'<row r="{row}"><c r="{address}"><v>1</v></c></row>'
    return f"{HEAD}<sheetData>{cell}</sheetData></worksheet>".encode()


def _zip(entries: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_hostile_file_is_refused_in_a_sentence_and_quickly(kind):
    make, reason = HOSTILE[kind]
    data = make()
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    with pytest.raises(UnreadableFile) as refused:
        read_workbook(data, "bang.xlsx")

    assert reason in str(refused.value)
    assert time.monotonic() - started < 10  # the child's own start is most of it; a bomb would take minutes
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


def test_a_merged_area_of_the_whole_sheet_is_a_range_like_any_other():
    cells = '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    merged = f'{HEAD}{cells}<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>'

    sheets = read_workbook(repacked({SHEET: merged.encode()}), "bang.xlsx")

    assert sheets[0].merged == ("A1:XFD1048576",)


def test_a_file_name_is_shown_and_never_used_as_a_path():
    sheets = read_workbook(GOOD, "../../x; rm -rf ~/.xlsx")

    assert [sheet.name for sheet in sheets] == ["Chung", "Xếp loại", "Khối", "Cột điểm", "Kết quả"]

"""DOCX and XLSX as packages: which parts they hold, never what stands in a paragraph or a cell.

A package is a ZIP of parts with declared content types and relationships (ECMA-376, part 2). Refused are macros in
every form, controls, programs, whatever is fetched from another machine when the document is opened, passwords, and
archives that grow out of proportion.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO
from xml.parsers import expat  # start tags only; a document type, where entities would live, is refused below

from scoring.files.evidence_refusal import Unfit

MOST_ENTRIES = 3_000
LARGEST_DIRECTORY = 1024 * 1024  # the archive's own table of contents
LARGEST_CONTENT = 150 * 1024 * 1024  # inflated, all parts together, packages inside included
SUSPICIOUS_RATIO = 200
SMALL_ENTRY = 1024 * 1024
LARGEST_XML = 2 * 1024 * 1024  # of the parts that are parsed: content types and relationships
LARGEST_INNER = 10 * 1024 * 1024
CHUNK = 64 * 1024

_MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_INNER = ("docx", "xlsx", "pptx")
_END_OF_DIRECTORY, _LARGE_ARCHIVE = b"PK\x05\x06", b"PK\x06\x07"
_PACKAGE, _OLE, _PROGRAM = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"MZ"
_MACRO_PARTS = ("vbaproject", "vbadata", "macrosheets/")
_MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet")
# Streams of an OLE object: a VBA project, and a file of any kind wrapped as an object.
_OLE_MACRO, _OLE_FILE = "_VBA_PROJECT".encode("utf-16-le"), "Ole10Native".encode("utf-16-le")
_LOADED = ("attachedtemplate", "frame", "subdocument", "afchunk")
_FAR = ("http:", "https:", "ftp:", "mhtml:", "//", "\\\\", "file://")
_NEAR_FILE = "file:///"


class _Budget:
    """Bytes inflated so far, the packages inside included."""

    def __init__(self) -> None:
        self.left = LARGEST_CONTENT

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise _bomb()


def check_package(file: IO[bytes], ending: str) -> None:
    """Raise `Unfit` unless `file` is a plain package of the kind `ending` ("docx" or "xlsx")."""
    _Package(file, ending, _Budget()).check()


class _Package:
    """One package being looked through; `depth` 1 is a workbook or document placed inside another."""

    def __init__(self, file: IO[bytes], ending: str, budget: _Budget, depth: int = 0) -> None:
        self.file, self.ending, self.budget, self.depth = file, ending, budget, depth

    def check(self) -> None:
        _refuse_strange_archive(self.file, self.ending)
        self.file.seek(0)
        try:
            with zipfile.ZipFile(self.file) as archive:
                entries = archive.infolist()
                self._refuse_entries(entries)
                for entry in entries:
                    self._look_into(archive, entry)
        except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, RuntimeError, OSError, EOFError):
            raise _broken(self.ending) from None

    def _refuse_entries(self, entries: list[zipfile.ZipInfo]) -> None:
        names = {entry.filename for entry in entries}
        if len(names) != len(entries) or "[Content_Types].xml" not in names:
            raise _broken(self.ending)
        if len(entries) > MOST_ENTRIES:
            raise _bomb()
        for entry in entries:
            if entry.flag_bits & 0x1:
                raise _locked(self.ending)
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _broken(self.ending)
            if entry.file_size > SMALL_ENTRY and entry.file_size > SUSPICIOUS_RATIO * max(entry.compress_size, 1):
                raise _bomb()
            name = "/" + entry.filename.lower().replace("\\", "/")
            if any(part in name for part in _MACRO_PARTS):
                raise _macro(self.ending)
            if "/activex/" in name:
                raise Unfit("có chứa nút điều khiển ActiveX", _save_again(self.ending))
        self.budget.spend(sum(entry.file_size for entry in entries))

    def _look_into(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        """Read one part to its end (a wrong length or check sum is an error) and judge it by its content."""
        name = entry.filename.lower()
        is_read = name.endswith(".rels") or name == "[content_types].xml"
        if is_read and entry.file_size > LARGEST_XML:
            raise _bomb()
        kept, before, first = [], b"", True
        with archive.open(entry) as part:
            while chunk := part.read(CHUNK):
                if first:
                    is_inner, is_ole, first = self._sniff(chunk, entry), chunk.startswith(_OLE), False
                if is_read or is_inner:
                    kept.append(chunk)
                elif is_ole:
                    _refuse_active_object(before + chunk, self.ending)
                    before = chunk[-64:]
        if is_read:
            self._judge_xml(name, b"".join(kept))
        elif kept:
            inner = io.BytesIO(b"".join(kept))
            _Package(inner, name.rpartition(".")[2], self.budget, self.depth + 1).check()

    def _sniff(self, head: bytes, entry: zipfile.ZipInfo) -> bool:
        """Whether the part is a package itself (the data behind a chart); raises for what is not taken at all."""
        if head.startswith(_PROGRAM):
            raise Unfit("có chương trình bên trong", _save_again(self.ending))
        if not head.startswith(_PACKAGE):
            return False
        if self.depth or entry.file_size > LARGEST_INNER or not entry.filename.lower().endswith(_INNER):
            raise Unfit("có tệp nén bên trong", "Tải từng tệp bên trong lên riêng rồi xóa khỏi tài liệu này.")
        return True

    def _judge_xml(self, name: str, text: bytes) -> None:
        if name.endswith(".rels"):
            _read_start_tags(text, self._judge_relationship, self.ending)
            return
        mains: list[str] = []
        _read_start_tags(text, lambda tag, attributes: self._judge_type(attributes, mains), self.ending)
        wanted = _MAIN.get(self.ending)
        if self.depth == 0 and wanted not in mains:
            other = next((ending for ending, main in _MAIN.items() if main in mains), "")
            why = f"tên tệp có đuôi .{self.ending} nhưng nội dung là tệp .{other}" if other else ""
            raise Unfit(why, f"Đổi đuôi tệp thành .{other} rồi tải lên.") if why else _broken(self.ending)

    def _judge_type(self, attributes: dict[str, str], mains: list[str]) -> None:
        kind = attributes.get("ContentType", "")
        if any(word in kind.lower() for word in _MACRO_TYPES):
            raise _macro(self.ending)
        mains.append(kind)

    def _judge_relationship(self, tag: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        if "macrosheet" in kind or "vbaproject" in kind:
            raise _macro(self.ending)
        if attributes.get("TargetMode", "").lower() != "external":
            return
        target = attributes.get("Target", "").strip().lower()
        is_far = target.startswith(_FAR) and not target.startswith(_NEAR_FILE)
        if kind == "oleobject" or (kind in _LOADED and is_far):
            raise Unfit("tự lấy nội dung từ máy khác khi mở", _save_again(self.ending))


def _refuse_strange_archive(file: IO[bytes], ending: str) -> None:
    """Refuse an archive whose table of contents is too large to be read, or that no Office program writes."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(max(0, size - 65_557))  # the record of the end with the longest comment it may have
    tail = file.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) - at < 22 or tail[max(0, at - 20) : at].startswith(_LARGE_ARCHIVE):
        raise _broken(ending)
    (directory,) = struct.unpack("<I", tail[at + 12 : at + 16])
    if directory > LARGEST_DIRECTORY:
        raise _bomb()


def _refuse_active_object(piece: bytes, ending: str) -> None:
    if _OLE_MACRO in piece:
        raise _macro(ending)
    if _OLE_FILE in piece:
        raise Unfit("có tệp khác nhúng bên trong", "Tải từng tệp nhúng lên riêng rồi xóa khỏi tài liệu này.")


def _read_start_tags(text: bytes, see: Callable[[str, dict[str, str]], object], ending: str) -> None:
    """Call `see(tag, attributes)` for each start tag; a document type or faulty XML is refused."""

    def refuse(*_: object) -> None:
        raise _broken(ending)

    parser = expat.ParserCreate()
    parser.StartElementHandler = see
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError:
        raise _broken(ending) from None


def _save_again(ending: str) -> str:
    return f"Lưu lại dạng .{ending if ending in _MAIN else 'docx'} hoặc .pdf rồi tải lên."


def _macro(ending: str) -> Unfit:
    return Unfit("có chứa macro", _save_again(ending))


def _locked(ending: str) -> Unfit:
    return Unfit("tệp đặt mật khẩu", f"Bỏ mật khẩu, lưu lại dạng .{ending} rồi tải lên.")


def _bomb() -> Unfit:
    return Unfit("nội dung nén quá lớn so với một tài liệu", "Mở tệp, xóa phần thừa hoặc in ra .pdf rồi tải lên.")


def _broken(ending: str) -> Unfit:
    program = "Excel" if ending == "xlsx" else "Word"
    return Unfit(
        f"nội dung hỏng hoặc không phải tệp {program} (.{ending})",
        f"Mở tệp bằng {program}, lưu lại dạng .{ending} rồi tải lên.",
    )

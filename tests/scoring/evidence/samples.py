"""Small real files of every kind that is taken, and the hostile ones that are not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import docx
import openpyxl
from PIL import Image

CATALOG = b"<</Type/Catalog/Pages 2 0 R%b>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"


def pdf(*objects: bytes, catalog: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of one empty page; `objects` are added, `catalog` and `trailer` are further keys of these."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate((CATALOG % catalog, PAGES, PAGE, *objects), start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, start)
    return bytes(out)


def stream(content: bytes, keys: bytes, *, deflate: bool = True) -> bytes:
    """A stream object with `keys` in its dictionary."""
    body = zlib.compress(content) if deflate else content
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (keys, len(body), body)


def object_stream(content: bytes, keys: bytes = b"/Filter/FlateDecode") -> bytes:
    """An object stream that holds one object with the text `content`."""
    return stream(b"9 0 " + content, b"/Type/ObjStm/N 1/First 4" + keys)


def image(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    """A picture of a few colours."""
    out = io.BytesIO()
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    picture.save(out, kind, **options)
    return out.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose head promises `width` × `height`, whatever it holds."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def document() -> bytes:
    """A Word document as python-docx writes it."""
    out = io.BytesIO()
    book = docx.Document()
    book.add_paragraph("Báo cáo công tác cải cách hành chính. DỮ LIỆU MINH HỌA")
    book.save(out)
    return out.getvalue()


def workbook() -> bytes:
    """An Excel workbook as openpyxl writes it."""
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["Hồ sơ đúng hạn", 9078])
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, add: Mapping[str, bytes], replace: Mapping[str, tuple[bytes, bytes]]) -> bytes:
    """The package `data` with parts added and texts inside its parts replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            body = old.read(entry)
            before, after = replace.get(entry.filename, (b"", b""))
            assert before in body, entry.filename
            new.writestr(entry.filename, body.replace(before, after) if before else body)
        for name, body in add.items():
            new.writestr(name, body)
    return out.getvalue()


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """An archive of `parts`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    return out.getvalue()

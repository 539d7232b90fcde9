"""JPG and PNG, looked through without decoding a pixel: whole, of a sane size, in the order the format asks for."""

from __future__ import annotations

import re
import struct
from typing import IO

from PIL import Image

from scoring.files.evidence_refusal import Unfit

MOST_PIXELS = 80_000_000  # an A3 sheet at 600 dpi has 70 million
LONGEST_SIDE = 30_000
MOST_SEGMENTS = 5_000  # of a JPG; a large one in many scans has a few hundred

_MEND = "Mở ảnh, lưu lại dạng .{ending} rồi tải lên."
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # SOF0..SOF15 without the tables among them
_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length
_START_OF_SCAN, _END = 0xDA, 0xD9
_MARKER = re.compile(rb"\xff[^\xff\x00\xd0-\xd7]", re.DOTALL)  # in coded data: the first byte pair that ends it
_FILL = re.compile(rb"\xff+")


def check_png(file: IO[bytes]) -> None:
    """Raise `Unfit` unless `file` is a whole PNG: chunks in order with good check sums, sides within the limits."""
    head = file.read(24)
    if len(head) < 24 or head[12:16] != b"IHDR":
        raise _broken("png")
    _refuse_size(*struct.unpack(">II", head[16:24]))
    _verify(file, "PNG", "png")


def check_jpeg(file: IO[bytes]) -> None:
    """Raise `Unfit` unless `file` is a whole JPG: segments that follow each other up to the mark of the end."""
    data = file.read()
    width, height = _walk(data)
    _refuse_size(width, height)
    _verify(file, "JPEG", "jpg")


def _walk(data: bytes) -> tuple[int, int]:
    """(width, height) of the frame; raises `Unfit` where a segment is missing its end or the picture stops short."""
    at, size, scanned = 2, (0, 0), False
    for _ in range(MOST_SEGMENTS):
        fill = _FILL.match(data, at)
        if fill is None or fill.end() >= len(data):
            raise _broken("jpg")
        at = fill.end() - 1
        marker = data[at + 1]
        if marker == _END:
            if scanned and size != (0, 0):
                return size
            raise _broken("jpg")
        if marker in _ALONE:
            at += 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2 or at + 2 + length > len(data):
            raise _broken("jpg")
        if marker in _FRAMES and length >= 8:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            size = (width, height)
        at += 2 + length
        if marker == _START_OF_SCAN:
            scanned = True
            following = _MARKER.search(data, at)
            if following is None:
                raise _broken("jpg")
            at = following.start()
    raise _broken("jpg")


def _refuse_size(width: int, height: int) -> None:
    if not width or not height:
        raise Unfit("ảnh không có kích thước", "Chụp hoặc quét lại ảnh rồi tải lên.")
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        shown = f"{width} × {height} điểm ảnh"
        raise Unfit(f"ảnh quá lớn ({shown})", "Giảm kích thước ảnh xuống dưới 80 triệu điểm ảnh rồi tải lên.")


def _verify(file: IO[bytes], form: str, ending: str) -> None:
    file.seek(0)
    try:
        with Image.open(file, formats=[form]) as image:
            image.verify()
    except Exception:  # the library raises whatever the bytes lead it to: OSError, SyntaxError, struct.error, …
        raise _broken(ending) from None


def _broken(ending: str) -> Unfit:
    return Unfit("ảnh hỏng hoặc bị cắt dở", _MEND.format(ending=ending))

"""PDF, searched for what acts by itself: scripts, programs, files inside, forms that send. Nothing is laid out.

Names of actions stand in dictionaries, and these stand either in the open or in an object stream (ISO 32000-1, 7.5.7).
So the open bytes are searched, with `#xx` in names read (7.3.5), and every stream that can be an object stream is
inflated within limits and searched too. What cannot be read that should be readable is refused.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import IO

from scoring.files.evidence_refusal import Unfit

MOST_ESCAPES = 100_000  # of names; a random 20 MB has about 600
MOST_STREAMS = 60_000
LARGEST_STREAM = 16 * 1024 * 1024  # an object stream after inflating; real ones have some tens of kilobytes
LARGEST_TOTAL = 48 * 1024 * 1024
WINDOW = 1024 * 1024
OVERLAP = 256  # longer than any name searched for, every letter of it escaped
SLICE = 64 * 1024
TAIL = 2048

_REPRINT = "Mở tệp, in lại ra .pdf (Microsoft Print to PDF) rồi tải lên."
_SCRIPT = ("có chứa mã lệnh JavaScript", _REPRINT)
_INSIDE = ("có tệp khác đính kèm bên trong", "Tải từng tệp đính kèm lên riêng, và in lại tệp chính ra .pdf.")
_SENDING = ("có biểu mẫu tự gửi hoặc tự lấy dữ liệu", _REPRINT)
_MEDIA = ("có chứa âm thanh, phim hoặc nội dung động", _REPRINT)
_LOCKED = ("tệp đặt mật khẩu hoặc khóa quyền", "Bỏ mật khẩu, lưu lại dạng .pdf rồi tải lên.")
_BROKEN = ("không phải là PDF hoặc bị cắt dở", "Xuất lại dạng .pdf rồi tải lên.")
_UNREADABLE = ("cấu trúc tệp không đọc được để kiểm tra", _REPRINT)
_FORBIDDEN = {
    b"/JavaScript": _SCRIPT,
    b"/Rendition": _SCRIPT,
    b"/Launch": ("có lệnh mở chương trình khác", _REPRINT),
    b"/EmbeddedFile": _INSIDE,
    b"/EmbeddedFiles": _INSIDE,
    b"/FileAttachment": _INSIDE,
    b"/GoToE": _INSIDE,
    b"/SubmitForm": _SENDING,
    b"/ImportData": _SENDING,
    b"/RichMedia": _MEDIA,
    b"/Encrypt": _LOCKED,
}
# Short names come up by chance in compressed bytes; what must follow them does not.
_SHORT = (
    (b"/EF", re.compile(rb"/EF\s*(?:<<|\d+\s+\d+\s+R)"), _INSIDE),
    (b"/XFA", re.compile(rb"/XFA\s*[\[\d]"), _SENDING),
)
_ENDS_A_NAME = frozenset(b"\x00\t\n\x0c\r ()<>[]{}/%")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_SPACE = b"\x00\t\n\x0c\r "


def check_pdf(file: IO[bytes]) -> None:
    """Raise `Unfit` unless `file` is a whole PDF without a password and without anything that acts by itself."""
    data = file.read()
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-TAIL:]:
        raise Unfit(*_BROKEN)
    for text in _windows(data):
        _search(text)
    inflated = 0
    for content in _object_streams(data):
        inflated += len(content)
        if inflated > LARGEST_TOTAL:
            raise Unfit(*_UNREADABLE)
        _search(_unescape(content))


def _windows(data: bytes) -> Iterator[bytes]:
    """The open bytes in overlapping windows, escapes in names read."""
    escapes = 0
    for start in range(0, len(data), WINDOW):
        window = data[max(0, start - OVERLAP) : start + WINDOW]
        if b"#" in window:
            window, found = _ESCAPE.subn(_letter, window)
            escapes += found
            if escapes > MOST_ESCAPES:
                raise Unfit(*_UNREADABLE)
        yield window


def _search(text: bytes) -> None:
    """Raise `Unfit` for the first name in `text` that is not taken."""
    for name, sentence in _FORBIDDEN.items():
        at = text.find(name)
        while at >= 0:
            following = text[at + len(name) : at + len(name) + 1]
            if not following or following[0] in _ENDS_A_NAME:
                raise Unfit(*sentence)
            at = text.find(name, at + len(name))
    for name, pattern, sentence in _SHORT:
        if name in text and pattern.search(text):
            raise Unfit(*sentence)


def _object_streams(data: bytes) -> Iterator[bytes]:
    """Every stream that a reader could take for an object stream, inflated.

    Such a stream has the key `First` in the dictionary before it. One that says so by its own dictionary must be
    readable, and plainly written: a comment among its keys could hide where the stream begins.
    """
    last, at, seen = 0, data.find(b"stream"), 0
    while at >= 0:
        seen += 1
        if seen > MOST_STREAMS * 2:  # each has its word of the end, too
            raise Unfit(*_UNREADABLE)
        before = data[last:at]
        last = at + len(b"stream")
        if not before.endswith(b"end"):
            content = _candidate(_unescape(before), data, last)
            if content is not None:
                yield content
        at = data.find(b"stream", last)


def _candidate(before: bytes, data: bytes, start: int) -> bytes | None:
    if b"/First" not in before and b"/ObjStm" not in before:
        return None
    own = before[before.rfind(b"obj") + 3 :]  # from the last "12 0 obj" on
    named = before.find(b"/ObjStm")
    own = own if named < 0 else before[named:]
    is_certain = named >= 0 or b"/First" in own
    if is_certain and (b"%" in own or b"/Predictor" in before):
        raise Unfit(*_UNREADABLE)
    if is_certain and b"/Filter" not in before:
        return None  # its objects stand in the open and have been searched
    content = _inflate(data, start)
    if is_certain and content is None:
        raise Unfit(*_UNREADABLE)
    return content


def _inflate(data: bytes, start: int) -> bytes | None:
    """The content of the deflated stream that begins after `start`; None where there is none, or a damaged one."""
    while start < len(data) and data[start] in _SPACE:
        start += 1
    inflater, parts, size = zlib.decompressobj(), [], 0
    try:
        while not inflater.eof and start < len(data):
            piece = inflater.decompress(data[start : start + SLICE], LARGEST_STREAM + 1 - size)
            size += len(piece)
            if size > LARGEST_STREAM:
                raise Unfit(*_UNREADABLE)
            parts.append(piece)
            start += SLICE
    except zlib.error:
        return None
    return b"".join(parts)


def _unescape(text: bytes) -> bytes:
    return _ESCAPE.sub(_letter, text) if b"#" in text else text


def _letter(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode())

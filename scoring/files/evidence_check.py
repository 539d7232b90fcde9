"""What a file is by its content, asked before a byte of it is kept: PDF, DOCX, XLSX, JPG or PNG, and nothing active.

The reading is cheap on purpose: no page is laid out, no picture decoded, no cell parsed; every count and size has a
limit, so that a hostile file costs less than two seconds and a few tens of megabytes (docs/evidence.md).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.base import File

from scoring.enums import EvidenceKind
from scoring.files.evidence_image import check_jpeg, check_png
from scoring.files.evidence_names import clean_name, extension_of
from scoring.files.evidence_package import check_package
from scoring.files.evidence_pdf import check_pdf
from scoring.files.evidence_refusal import EvidenceRefused, Unfit

LARGEST = 20 * 1024 * 1024
CHUNK = 64 * 1024
ACCEPT = ".pdf,.docx,.xlsx,.jpg,.jpeg,.png"
"""For the file chooser of a browser; says nothing about what is taken."""

_EXTENSIONS = {
    "pdf": EvidenceKind.PDF,
    "docx": EvidenceKind.DOCX,
    "xlsx": EvidenceKind.XLSX,
    "jpg": EvidenceKind.JPG,
    "jpeg": EvidenceKind.JPG,
    "png": EvidenceKind.PNG,
}
_MACRO = ("có chứa macro", "Lưu lại dạng {to} hoặc .pdf rồi tải lên.")
_OLD = ("ở dạng {own} cũ", "Mở tệp, lưu lại dạng {to} hoặc .pdf rồi tải lên.")
_ARCHIVE = ("là tệp nén", "Giải nén rồi tải từng tệp bên trong lên.")
_OTHERS = {
    "docm": _MACRO, "dotm": _MACRO, "xlsm": _MACRO, "xltm": _MACRO, "xlam": _MACRO, "xlsb": _MACRO, "pptm": _MACRO,
    "doc": _OLD, "dot": _OLD, "rtf": _OLD, "odt": _OLD, "xls": _OLD, "xlt": _OLD, "ods": _OLD,
    "zip": _ARCHIVE, "rar": _ARCHIVE, "7z": _ARCHIVE, "gz": _ARCHIVE, "tar": _ARCHIVE,
}  # fmt: skip
_SHEETS = {"xlsm", "xltm", "xlam", "xlsb", "xls", "xlt", "ods"}
_UNKNOWN = (
    "cổng chỉ nhận PDF, Word (.docx), Excel (.xlsx), ảnh JPG và PNG",
    "Lưu hoặc in nội dung ra .pdf rồi tải lên.",
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES = {
    b"%PDF-": "PDF",
    b"\xff\xd8\xff": "ảnh JPG",
    b"\x89PNG\r\n\x1a\n": "ảnh PNG",
    b"PK\x03\x04": "tệp Word, Excel hoặc tệp nén",
    _OLE: "tệp Office dạng cũ hoặc đặt mật khẩu",
}


@dataclass(frozen=True)
class CheckedFile:
    """What is kept of a file besides its bytes: kind by content, size in bytes, digest, and the cleaned name."""

    kind: EvidenceKind
    size: int
    sha256: str
    name: str


def check(upload: File, file_name: str) -> CheckedFile:
    """Look through `upload` (from its beginning, left there again) and say what it is.

    Raises `EvidenceRefused` with one Vietnamese statement for everything that is not taken.
    """
    name = clean_name(file_name)
    kind = _kind_by_name(name)
    size, sha256 = _measure(upload, name)
    upload.seek(0)
    head = upload.read(8)
    try:
        _refuse_other_content(kind, extension_of(name), head)
        upload.seek(0)
        _READERS[kind](upload)
    except Unfit as unfit:
        raise EvidenceRefused(name, unfit.why, unfit.mend) from None
    finally:
        upload.seek(0)
    return CheckedFile(kind, size, sha256, name)


def _kind_by_name(name: str) -> EvidenceKind:
    ending = extension_of(name)
    kind = _EXTENSIONS.get(ending)
    if kind is None:
        why, mend = _OTHERS.get(ending, _UNKNOWN)
        target = ".xlsx" if ending in _SHEETS else ".docx"
        raise EvidenceRefused(name, why.format(own=f".{ending}"), mend.format(to=target))
    return kind


def _measure(upload: File, name: str) -> tuple[int, str]:
    """Size and SHA-256 by reading, since a length that was told may be wrong."""
    digest, size = hashlib.sha256(), 0
    upload.seek(0)
    while chunk := upload.read(CHUNK):
        size += len(chunk)
        if size > LARGEST:
            mend = "Quét lại ở độ phân giải thấp hơn hoặc chia thành nhiều tệp rồi tải lên."
            raise EvidenceRefused(name, "lớn hơn 20 MB", mend, is_too_large=True)
        digest.update(chunk)
    if not size:
        raise EvidenceRefused(name, "tệp rỗng (0 byte)", "Chọn lại tệp rồi tải lên.")
    return size, digest.hexdigest()


def _refuse_other_content(kind: EvidenceKind, ending: str, head: bytes) -> None:
    """The first bytes must be those of the kind that the name promises."""
    wanted = _FIRST_BYTES[kind]
    if head.startswith(wanted):
        return
    if head.startswith(_OLE) and kind in (EvidenceKind.DOCX, EvidenceKind.XLSX):
        raise Unfit("tệp đặt mật khẩu hoặc ở dạng cũ", f"Mở tệp, bỏ mật khẩu, lưu lại dạng .{ending} rồi tải lên.")
    found = next((label for signature, label in _SIGNATURES.items() if head.startswith(signature)), "")
    content = f"nội dung là {found}" if found else "nội dung không phải loại tệp đó"
    raise Unfit(f"tên tệp có đuôi .{ending} nhưng {content}", f"Mở tệp, lưu lại dạng .{ending} rồi tải lên.")


_FIRST_BYTES = {
    EvidenceKind.PDF: b"%PDF-",
    EvidenceKind.DOCX: b"PK\x03\x04",
    EvidenceKind.XLSX: b"PK\x03\x04",
    EvidenceKind.JPG: b"\xff\xd8\xff",
    EvidenceKind.PNG: b"\x89PNG\r\n\x1a\n",
}
_READERS: dict[EvidenceKind, Callable[[File], None]] = {
    EvidenceKind.PDF: check_pdf,
    EvidenceKind.DOCX: lambda upload: check_package(upload, "docx"),
    EvidenceKind.XLSX: lambda upload: check_package(upload, "xlsx"),
    EvidenceKind.JPG: check_jpeg,
    EvidenceKind.PNG: check_png,
}

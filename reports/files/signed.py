"""The signed decision: checked before anything is stored, kept privately under a name that nobody can guess."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

LARGEST = 20 * 1024 * 1024
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\\/:*?\"<>|]+")


@dataclass(frozen=True)
class SignedFile:
    """`stored_name` in private storage, `name` as the person called it (NFC, no signs that deceive), digest."""

    stored_name: str
    name: str
    sha256: str


def check(upload: UploadedFile) -> None:
    """Raise ValidationError with a sentence unless `upload` is a PDF of at most 20 MB by its own bytes."""
    name = _clean(upload.name or "")
    if (upload.size or 0) > LARGEST:
        raise ValidationError(f"Không nhận tệp “{name}” vì lớn hơn 20 MB. Quét lại ở độ phân giải thấp hơn.")
    upload.seek(0)
    head = upload.read(1024)
    upload.seek(0, 2)
    end = upload.tell()
    upload.seek(max(end - 2048, 0))
    tail = upload.read()
    upload.seek(0)
    if not head.startswith(b"%PDF-") or b"%%EOF" not in tail:
        raise ValidationError(f"Không nhận tệp “{name}” vì không phải là PDF hoặc bị cắt dở. Xuất lại dạng .pdf.")


def keep(upload: UploadedFile) -> SignedFile:
    """Store a checked upload and return what the publication remembers of it."""
    check(upload)
    body = upload.read()
    stored = default_storage.save(f"quyet-dinh/{secrets.token_hex(20)}.pdf", ContentFile(body))
    return SignedFile(stored, _clean(upload.name or ""), hashlib.sha256(body).hexdigest())


def discard(file: SignedFile) -> None:
    """Remove a stored file that no publication came to remember."""
    default_storage.delete(file.stored_name)


def _clean(name: str) -> str:
    plain = " ".join(_UNPRINTABLE.sub(" ", unicodedata.normalize("NFC", name)).split()).strip(" .")
    return plain[-120:] or "quyet-dinh.pdf"

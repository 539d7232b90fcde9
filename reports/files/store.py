"""The public store: every released byte under its own SHA-256, written once, never changed.

`PUBLIC_ROOT/blobs/<first two digits>/<sha256>` holds the bytes, the same name with `.br` and `.gz` their compressed
forms where these are smaller. A name says nothing before the index leads to it, and 256 bits cannot be guessed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import brotli
from django.conf import settings

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""Content-Encoding → ending of the file, the best first."""

_TEXT = ("text/", "application/json", "application/javascript", "image/svg+xml")
_BROTLI_QUALITY = 9  # 11 is a few percent smaller and twenty times slower


class DamagedStore(Exception):
    """A stored file is missing or its bytes are not those of its name; the message is a Vietnamese sentence."""


@dataclass(frozen=True)
class Stored:
    """One address and the bytes that stand behind it; `path` is below the site's root, without a leading slash."""

    path: str
    content_type: str
    sha256: str
    size: int


def put(path: str, body: bytes, content_type: str) -> Stored:
    """Write `body` and its compressed forms durably (fsync, atomic rename) and return where it stands.

    Writing the same bytes twice is harmless; a damaged older copy is replaced.
    """
    sha256 = hashlib.sha256(body).hexdigest()
    stored = Stored(path, content_type, sha256, len(body))
    if _is_whole(sha256):
        return stored
    _write(sha256, "", body)
    if content_type.startswith(_TEXT):
        for suffix, packed in (
            (".br", brotli.compress(body, quality=_BROTLI_QUALITY)),
            (".gz", gzip.compress(body, compresslevel=9, mtime=0)),
        ):
            if len(packed) < len(body):
                _write(sha256, suffix, packed)
    return stored


def seal(stored: Iterable[Stored]) -> None:
    """Read every file back and make the folders durable; raises `DamagedStore` for the first that does not hold."""
    folders = set()
    for sha256 in {item.sha256 for item in stored}:
        check(sha256)
        folders.add(_place(sha256, "").parent)
    for folder in folders | {_root()}:
        _sync_folder(folder)


def check(sha256: str) -> None:
    """Raise `DamagedStore` unless the file and its compressed forms hold the bytes of their name."""
    faults = [fault for fault in (_fault(sha256, suffix) for suffix in ("", *ENCODINGS.values())) if fault]
    if faults:
        raise DamagedStore(faults[0])


def read(sha256: str, encoding: str = "") -> bytes | None:
    """The stored bytes, in a compressed form when `encoding` names one; None where that form does not exist."""
    try:
        return _place(sha256, ENCODINGS.get(encoding, "")).read_bytes()
    except FileNotFoundError:
        return None


def _is_whole(sha256: str) -> bool:
    """The bytes are here already, with both compressed forms: the same page at a second address, or a second try."""
    if not all(_place(sha256, suffix).exists() for suffix in ("", *ENCODINGS.values())):
        return False
    return not any(_fault(sha256, suffix) for suffix in ("", *ENCODINGS.values()))


def _fault(sha256: str, suffix: str) -> str | None:
    body = read(sha256, next((name for name, ending in ENCODINGS.items() if ending == suffix), ""))
    if body is None:
        return None if suffix else f"Kho công bố thiếu tệp {sha256}."
    try:
        plain = brotli.decompress(body) if suffix == ".br" else gzip.decompress(body) if suffix else body
    except (brotli.error, zlib.error, OSError, EOFError):
        return f"Tệp {sha256}{suffix} trong kho công bố bị hỏng."
    if hashlib.sha256(plain).hexdigest() != sha256:
        return f"Tệp {sha256}{suffix} trong kho công bố không khớp mã băm."
    return None


def _write(sha256: str, suffix: str, body: bytes) -> None:
    target = _place(sha256, suffix)
    if target.exists() and target.read_bytes() == body:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    write_durably(target, body)


def write_durably(target: Path, body: bytes) -> None:
    """Replace `target` in one step: whoever opens it sees the old bytes or the new ones, also after a power cut."""
    waiting = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
    try:
        with waiting.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _root() -> Path:
    return Path(settings.PUBLIC_ROOT) / "blobs"


def _place(sha256: str, suffix: str) -> Path:
    return _root() / sha256[:2] / f"{sha256}{suffix}"

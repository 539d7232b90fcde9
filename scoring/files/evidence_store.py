"""The private store of evidence: bytes under random keys in `STORAGES["evidence"]`, a folder or an S3 bucket.

A key has 160 random bits and nothing of the unit, the document or the file's name in it (cases T26, T47); two levels
of folders keep each of them short. A key is written once: other bytes get another key.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import secrets
from collections.abc import Iterator
from typing import IO

from django.core.exceptions import SuspiciousOperation
from django.core.files.base import File
from django.core.files.storage import Storage, storages

from scoring.files.evidence_storage import DurableStorage

CHUNK = 64 * 1024
_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{40}")


class StoreFailed(Exception):
    """The bytes could not be stored (disk full, bucket away); nothing of them is left. A Vietnamese sentence."""

    def __init__(self) -> None:
        super().__init__("Chưa lưu được tệp vì kho tài liệu đang gián đoạn. Đợi vài phút rồi tải lên lại.")


class Unavailable(Exception):
    """The bytes cannot be had at the moment: the store does not answer. A Vietnamese sentence."""

    def __init__(self) -> None:
        super().__init__("Kho tài liệu tạm thời không trả lời. Đợi vài phút rồi mở lại.")


class Damaged(Exception):
    """The store has lost the bytes or holds others (case D23). A Vietnamese sentence; the key stays with us."""

    def __init__(self) -> None:
        super().__init__(
            "Tệp trong kho bị thiếu hoặc không khớp mã băm nên không tải xuống được. Báo quản trị để khôi phục từ bản "
            "sao lưu."
        )


def put(content: File, sha256: str, size: int) -> str:
    """Store `content` and return its key, once the bytes are where they will be found again.

    What was written is read back and hashed: a store that says yes and keeps something else is told apart here.
    Raises `StoreFailed`; nothing is left then.
    """
    key = _new_key()
    content.seek(0)
    try:
        stored = _storage().save(key, content)
        if stored != key:  # the backend chose another name: ours was taken, which does not happen by chance
            _storage().delete(stored)
            raise StoreFailed
        with open_whole(key, sha256, size):
            return key
    except (OSError, Damaged, Unavailable):
        discard(key)
        raise StoreFailed from None
    except BaseException:
        discard(key)
        raise


def share(key: str, sha256: str, size: int) -> str:
    """Another key for bytes that stand in the store: on a disk the same bytes, which go with the last of their keys; in
    a bucket a copy. Raises `Damaged`, `Unavailable`, `StoreFailed`; nothing is left then."""
    storage = _storage()
    with open_whole(key, sha256, size) as content:
        if not isinstance(storage, DurableStorage):
            return put(File(content), sha256, size)
        other = _new_key()
        try:
            storage.link(key, other)
        except OSError:  # too many names of one file, or a disk that knows of no second name
            discard(other)
            return put(File(content), sha256, size)
        return other


def open_whole(key: str, sha256: str, size: int) -> IO[bytes]:
    """The stored bytes, opened at their beginning after all of them have been hashed.

    Not one byte goes out before the digest fits. Raises `Damaged` or `Unavailable`.
    """
    try:
        file = _storage().open(key, "rb")
    except FileNotFoundError:
        raise Damaged from None
    except (OSError, SuspiciousOperation):
        raise Unavailable from None
    try:
        digest, seen = hashlib.sha256(), 0
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            seen += len(chunk)
        file.seek(0)
    except OSError:
        file.close()
        raise Unavailable from None
    if (digest.hexdigest(), seen) != (sha256, size):
        file.close()
        raise Damaged
    return file


def exists(key: str) -> bool:
    """Whether something stands under `key`."""
    return _storage().exists(key)


def discard(key: str) -> None:
    """Remove the object, if it is there. A store that fails now leaves it to the sweep."""
    try:
        _storage().delete(key)
    except OSError:
        return


def stored_keys() -> Iterator[tuple[str, datetime.datetime]]:
    """Every object of the store with the time it was written, unfinished ones included; unknown names are left out."""
    storage = _storage()
    for first in sorted(_folders(storage, "")):
        for second in sorted(_folders(storage, first)):
            for name in sorted(storage.listdir(second)[1]):
                key = f"{second}/{name}"
                if _KEY.match(key):
                    yield key, storage.get_modified_time(key)


def _new_key() -> str:
    token = secrets.token_hex(20)
    return f"{token[:2]}/{token[2:4]}/{token}"


def _folders(storage: Storage, path: str) -> list[str]:
    try:
        return [f"{path}/{name}" if path else name for name in storage.listdir(path)[0]]
    except FileNotFoundError:  # nothing has ever been stored
        return []


def _storage() -> Storage:
    return storages["evidence"]

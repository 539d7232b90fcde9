"""The index of the public store: which address answers with which bytes. One small file, replaced in one step; every
process keeps it in memory and looks once a request whether it was replaced."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from reports.files.store import write_durably

FORMAT = "parindex-index/1"


@dataclass(frozen=True)
class Entry:
    """What one address answers.

    `status` 200, 410 (withdrawn) or 302 (then `location` only); `keep` says how long a reader may keep the bytes
    (seconds); `file_name` is set for what is downloaded instead of shown.
    """

    status: int
    content_type: str = ""
    sha256: str = ""
    size: int = 0
    keep: int = 60
    immutable: bool = False
    file_name: str = ""
    location: str = ""


Index = dict[str, Entry]


def load() -> Index:
    """The index as it stands on disk now; empty before the first release."""
    path = _path()
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return {}
    key = (str(path), found.st_mtime_ns, found.st_ino, found.st_size)
    if _memory.get("key") != key:
        _memory.update(key=key, index=_read(path))
    index: Index = _memory["index"]
    return index


def write(index: Index) -> None:
    """Replace the index in one step."""
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "format": FORMAT,
        "entries": {
            address: {key: value for key, value in asdict(entry).items() if value != _DEFAULTS[key]}
            for address, entry in sorted(index.items())
        },
    }
    write_durably(path, json.dumps(content, ensure_ascii=False, indent=0).encode())


@contextmanager
def writing() -> Iterator[None]:
    """One process at a time reads the database and writes the index, so an older view never replaces a newer one."""
    root = _path().parent
    root.mkdir(parents=True, exist_ok=True)
    with (root / "index.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


_DEFAULTS: dict[str, Any] = asdict(Entry(status=200)) | {"status": None}
_memory: dict[str, Any] = {}


def _read(path: Path) -> Index:
    content = json.loads(path.read_bytes())
    return {address: Entry(**fields) for address, fields in content["entries"].items()}


def _path() -> Path:
    return Path(settings.PUBLIC_ROOT) / "index.json"

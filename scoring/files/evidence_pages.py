"""Pages of a stored file as pictures, and the text it begins with: made by a limited child process, kept by digest.

The cache stands in `PREVIEW_ROOT`/<sha256>/: `text.json`, `<page>.png`. It is private as the store is, holds nothing
that the file does not, and may be emptied at any time. What is shown to whom is the caller's to ask first.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from scoring.enums import EvidenceKind

CHILD = Path(__file__).with_name("evidence_pages_child.py")
SECONDS = 6
AT_ONCE = 2
PATIENCE = 1.5  # seconds to wait for a place: two pages asked for together are no crowd
MOST_PAGES = 200
SHOWN = (EvidenceKind.PDF, EvidenceKind.JPG, EvidenceKind.PNG)

_BROKEN = "Không dựng được hình xem trước: tệp hỏng hoặc quá phức tạp. Tải tệp về để mở bằng phần mềm trên máy."
_SENTENCES = {
    "locked": "Tệp đặt mật khẩu nên không xem trước được. Tải tệp về để mở bằng phần mềm trên máy.",
    "huge": "Trang hoặc ảnh quá lớn nên không xem trước được. Tải tệp về để mở bằng phần mềm trên máy.",
    "page": "Tệp không có trang này.",
}
_KIND_NOT_SHOWN = "Cổng xem trước được tệp PDF và ảnh. Tải tệp {kind} này về để mở bằng phần mềm trên máy."


class NotShown(Exception):
    """This file, or this page, cannot be shown; a Vietnamese sentence that leads to the download."""


class Busy(Exception):
    """As many pages as are made at once are being made now; a Vietnamese sentence."""

    def __init__(self) -> None:
        super().__init__("Cổng đang bận dựng trang cho người khác. Đợi vài giây rồi mở lại.")


@dataclass(frozen=True)
class Stored:
    """One stored file: `open` gives its bytes from their beginning, hashed; called only where the cache has nothing."""

    sha256: str
    kind: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Looked:
    """`pages` of the file, and the text of the first two, at most 8,000 letters; "" where there is no text layer."""

    pages: int
    text: str

    @property
    def shown(self) -> int:
        return min(self.pages, MOST_PAGES)


def look(file: Stored) -> Looked:
    """How many pages, and the first text. Raises `NotShown`, `Busy`, and what `file.open` raises."""
    _refuse_kind(file)
    if file.kind != EvidenceKind.PDF:
        return Looked(1, "")
    kept = _folder(file) / "text.json"
    try:
        told = json.loads(kept.read_text("utf-8"))
    except (OSError, ValueError):
        told, _ = _made(file, "text", 1)
        _keep(kept, json.dumps(told).encode())
    return Looked(int(told["pages"]), str(told["text"]))


def picture(file: Stored, page: int) -> bytes:
    """One page, from 1, as PNG. Raises as `look`; `NotShown` for a page after the last or after the 200th."""
    _refuse_kind(file)
    if not 1 <= page <= MOST_PAGES:
        raise NotShown(_SENTENCES["page"])
    kept = _folder(file) / f"{page}.png"
    try:
        return kept.read_bytes()
    except OSError:
        _, made = _made(file, "picture", page)
        _keep(kept, made)
        return made


def forget(sha256: str) -> None:
    """Take everything of one file out of the cache."""
    shutil.rmtree(Path(settings.PREVIEW_ROOT) / sha256, ignore_errors=True)


def cached() -> Iterator[str]:
    """The digest of every file that something is kept of."""
    root = Path(settings.PREVIEW_ROOT)
    if root.is_dir():
        yield from (entry.name for entry in root.iterdir() if entry.is_dir())


def _refuse_kind(file: Stored) -> None:
    if file.kind not in SHOWN:
        raise NotShown(_KIND_NOT_SHOWN.format(kind=EvidenceKind(file.kind).label))


def _folder(file: Stored) -> Path:
    return Path(settings.PREVIEW_ROOT) / file.sha256


def _made(file: Stored, what: str, page: int) -> tuple[dict[str, Any], bytes]:
    """What the child tells, and the picture that it made (b"" where it made none)."""
    with _place(), tempfile.TemporaryDirectory(prefix="parindex-") as folder:
        source, out = Path(folder) / "file", Path(folder) / "page.png"
        with file.open() as content, source.open("wb") as target:
            shutil.copyfileobj(content, target)
        try:
            child = subprocess.run(  # noqa: S603 (our own script, no shell; the file's name never reaches it)
                [sys.executable, "-I", "-W", "ignore", str(CHILD), what, file.kind, str(source), str(page), str(out)],
                capture_output=True,
                timeout=SECONDS,
                check=False,
                stdin=subprocess.DEVNULL,
                env={},
            )
        except subprocess.TimeoutExpired:
            raise NotShown(_BROKEN) from None
        if child.returncode != 0:
            raise NotShown(_BROKEN)
        told = json.loads(child.stdout)
        if "fault" in told:
            raise NotShown(_SENTENCES[told["fault"]])
        return told, out.read_bytes() if what == "picture" else b""


def _keep(path: Path, content: bytes) -> None:
    """Under its name only when whole; a disk that is full costs the cache, not the answer."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as target:
            target.write(content)
        Path(name).replace(path)
    except OSError:
        return


@contextmanager
def _place() -> Iterator[None]:
    """One of the places in which a page is made, for all processes of this machine; a dead process leaves its place.

    Raises `Busy` where none comes free in time.
    """
    root = Path(settings.PREVIEW_ROOT)
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = time.monotonic() + PATIENCE
    while True:
        for number in range(AT_ONCE):
            lock = (root / f"place-{number}").open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.close()
                continue
            with lock:
                yield
            return
        if time.monotonic() > until:
            raise Busy
        time.sleep(0.05)

"""Evidence on a disk of this machine: a file stands under its name only once all of it is on the disk."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

UNFINISHED = ".part"


class DurableStorage(FileSystemStorage):
    """Django's own storage, but written beside its place, synced, then renamed; a failure leaves nothing behind."""

    def _save(self, name: str, content: File) -> str:
        target = Path(self.path(name))
        Path(self.location).mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (target.parent.parent, target.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        unfinished = target.with_name(f"{target.name}.{secrets.token_hex(4)}{UNFINISHED}")
        try:
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                self._write(file, content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        # Both folders of the name may be new: the way to the file must outlive a power cut, too.
        for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
            _sync(folder)
        return name

    def link(self, name: str, other: str) -> None:
        """The file of `name` stands under `other` as well, its bytes once; raises OSError where the disk cannot do it.

        Both count as written now, so that no sweep takes the new name for something left behind.
        """
        source, target = Path(self.path(name)), Path(self.path(other))
        for folder in (target.parent.parent, target.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        os.utime(source)
        target.hardlink_to(source)
        for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
            _sync(folder)

    def url(self, name: str | None) -> str:
        """Evidence has no address of its own: every byte passes the portal's check."""
        raise NotImplementedError

    def _write(self, file: Any, content: File) -> None:
        for chunk in content.chunks():
            file.write(chunk)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

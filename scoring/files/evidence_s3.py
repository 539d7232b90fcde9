"""Evidence in an S3 bucket. Imported only where the setting names it, since boto3 costs 200 ms and 24 MB.

Its errors become `OSError`, so that whoever stores and reads need not know which store this is.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import File
from storages.backends.s3 import S3Storage


@contextmanager
def _as_os_error(name: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as fault:
        raise OSError(f"S3: {name}: {type(fault).__name__}") from fault


class BucketStorage(S3Storage):
    """A private bucket; objects are read through the portal only, so no address is ever signed."""

    def _save(self, name: str, content: File) -> str:
        with _as_os_error(name):
            return super()._save(name, content)

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _as_os_error(name):
            opened = super()._open(name, mode)
            opened.size  # noqa: B018  (fetches the head now, so that a missing object is told here)
            opened.file  # noqa: B018  (and the bytes, whose loss would otherwise be told in the middle of a reading)
            return opened

    def delete(self, name: str) -> None:
        with _as_os_error(name):
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _as_os_error(name):
            return super().exists(name)

    def size(self, name: str) -> int:
        with _as_os_error(name):
            return super().size(name)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with _as_os_error(path):
            return super().listdir(path)

    def get_modified_time(self, name: str) -> datetime.datetime:
        with _as_os_error(name):
            return super().get_modified_time(name)

    def url(self, *args: object, **options: object) -> str:
        """Evidence has no address of its own."""
        raise NotImplementedError

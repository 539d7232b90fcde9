"""Evidence in an S3 bucket. Imported only where the setting names it, since boto3 costs 200 ms and 24 MB.

Its errors become `OSError`, so that whoever stores and reads need not know which store this is. One that does not
answer is not waited for long, and after a failure of its own it is left alone for a while: the next requests are told
so at once and hold up nobody else (case D08).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error, S3UploadFailedError
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from django.core.cache import cache
from django.core.files.base import File
from storages.backends.s3 import S3Storage

LEFT_ALONE = 15  # seconds after a failure in which nobody waits for it again
_AWAY = "evidence-store-away"


@contextmanager
def _as_os_error(name: str) -> Iterator[None]:
    if cache.get(_AWAY):
        raise OSError(f"S3: {name}: left alone after a failure")
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as fault:
        if _is_its_own(fault):
            cache.set(_AWAY, True, LEFT_ALONE)
        raise OSError(f"S3: {name}: {type(fault).__name__}") from fault


def _is_its_own(fault: Exception) -> bool:
    """Whether the store as a whole is away: no answer, or one of 500 and above. A missing object is no such thing."""
    if isinstance(fault, ClientError):
        return int(fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) >= 500
    return isinstance(fault, HTTPClientError | S3UploadFailedError)


class BucketStorage(S3Storage):
    """A private bucket; objects are read through the portal only, so no address is ever signed."""

    connecting, reading = 3.0, 10.0  # seconds without a byte; two tries
    client_config: Any  # the library's own

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        patience = Config(
            connect_timeout=self.connecting,
            read_timeout=self.reading,
            retries={"total_max_attempts": 2, "mode": "standard"},
        )
        self.client_config = self.client_config.merge(patience)

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

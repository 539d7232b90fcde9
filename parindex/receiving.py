"""A request is taken in whole before one of the few threads that work is asked for it (cases T41, T42).

Two threads of each process answer requests; each has a database connection of its own, so they stay few. The web
server gives every connection a thread that may wait as long as its client sends or reads slowly: what it takes in
lies in memory or in a file without a name, of which a killed process leaves nothing. What did not come whole, and what
is larger than anything the portal takes, reaches no view (`middleware.RefuseHalfRequests`).
"""

from __future__ import annotations

import codecs
import datetime
import io
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.http import parse_header_parameters

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
WORKING = 2  # threads of one process that answer
IN_MEMORY = 64 * 1024
CHUNK = 64 * 1024
CUT, NO_ROOM = "cut", "no room"
EPILOGUE = 64 * 1024  # bytes; clients send a line end at most
CHARSETS = ("utf-8", "ascii", "iso8859-1")
_END = re.compile(rb"--[ \t]*(\r|\n|\Z)")
FAULT, _ARRIVED = "parindex.fault", "parindex.arrived"


class ReceiveFirst:
    """The WSGI application that the server calls, from as many threads as it likes."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._working = ThreadPoolExecutor(WORKING, "answering")

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ[_ARRIVED] = time.monotonic_ns()
        body = tempfile.SpooledTemporaryFile(IN_MEMORY)
        try:
            environ[FAULT] = _take_in(environ, body)
            environ["wsgi.input"] = io.BytesIO() if environ[FAULT] == NO_ROOM else body
            return self._working.submit(self._application, environ, start_response).result()
        finally:
            with suppress(OSError):  # what found no room is tried once more here, and let go all the same
                body.close()


def _take_in(environ: dict[str, Any], body: IO[bytes]) -> str:
    """Copy what the client sends into `body`, as long as it promised; the fault, or ""."""
    try:
        kind, options = _content_type(environ.get("CONTENT_TYPE", ""))
    except (ValueError, TypeError, LookupError):
        environ["CONTENT_TYPE"] = ""  # Django reads it before it asks any of us, and would fall over it
        return CUT
    length = length_of(environ.get("CONTENT_LENGTH"))
    if length > settings.LARGEST_REQUEST:
        return ""  # not a byte of it is read: the length alone refuses it
    if "HTTP_TRANSFER_ENCODING" in environ:  # no browser sends a form of no length, and the proxy gives it one
        return CUT
    while length:
        try:
            chunk = environ["wsgi.input"].read(min(length, CHUNK))
        except OSError:
            return CUT
        if not chunk:
            return CUT
        try:
            body.write(chunk)
        except OSError:
            return NO_ROOM
        length -= len(chunk)
    try:
        body.flush()  # small pieces have only lain in memory so far
    except OSError:
        return NO_ROOM
    is_whole = kind != "multipart/form-data" or _is_ended(options.get("boundary", ""), body)
    body.seek(0)
    return "" if is_whole else CUT


def _content_type(told: str) -> tuple[str, dict[str, str]]:
    """Kind and options. Raises ValueError, TypeError or LookupError for what Python's own reader falls over, for a
    boundary that no ASCII writes, and for a charset that is no way of writing our pages: Django would read the query
    with it ("idna", "base64", "utf-16")."""
    kind, options = parse_header_parameters(told)
    options.get("boundary", "").encode("ascii")
    with suppress(LookupError):  # an unknown charset counts for nothing
        if codecs.lookup(options.get("charset", "utf-8")).name not in CHARSETS:
            raise ValueError("a charset that no page of ours is written in")
    return kind, options


def _is_ended(boundary: str, body: IO[bytes]) -> bool:
    """A form with files says where it ends: without that a length that was told too short would make the first half of
    a file a file. After the end some lines may come (RFC 2046, 5.1.1: the epilogue), but no further part."""
    mark = b"--" + boundary.encode("ascii")
    size = body.seek(0, os.SEEK_END)
    body.seek(max(0, size - len(mark) - EPILOGUE))
    _, last_mark, rest = body.read().rpartition(mark)
    return bool(boundary and last_mark and _END.match(rest))


def length_of(told: str | None) -> int:
    """As Django reads it: what is no number is nothing."""
    try:
        return max(0, int(told or 0))
    except ValueError:
        return 0


def time_since_arrival(request: HttpRequest) -> datetime.timedelta:
    """How long ago the head of the request came to this process; nothing where no one took it in first."""
    arrived = request.META.get(_ARRIVED)
    return datetime.timedelta(microseconds=0 if arrived is None else (time.monotonic_ns() - arrived) // 1000)


class NoRoom(MultiPartParserError):
    """The form was whole, but a file in it found no room while it was read. Django takes it for a form that it cannot
    read and asks `parindex.views.bad_request`, which says what it is."""


class NamelessFiles(FileUploadHandler):
    """Django's own handler of larger files, without a name on the disk: whatever ends the process, nothing stays."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        told = (self.file_name, self.content_type, 0, self.charset, self.content_type_extra)
        with self._in_room():
            self.file = UploadedFile(tempfile.TemporaryFile(), *told)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        with self._in_room():
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        with self._in_room():
            self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            with suppress(OSError):
                self.file.close()

    @contextmanager
    def _in_room(self) -> Iterator[None]:
        """Raises `NoRoom` where the disk takes no more."""
        try:
            yield
        except OSError as fault:
            self.upload_interrupted()
            raise NoRoom("no room for an uploaded file") from fault

"""Asking the virus scanner (clamd, or whatever speaks its INSTREAM) about bytes; where it stands is CLAMD_URL.

`tcp://host:3310` or `unix:///run/clamav/clamd.ctl`; empty: there is none, and nothing is asked.
"""

from __future__ import annotations

import socket
import struct
from contextlib import closing
from typing import IO
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.cache import cache

CHUNK = 64 * 1024
CONNECTING, ANSWERING = 2, 20  # seconds
_LEFT_ALONE = 30  # seconds after a failure in which nobody waits for it again
_AWAY = "clamd-away"
_LONGEST_ANSWER = 4096


class ScannerAway(Exception):
    """The scanner does not answer, or answers nothing that can be read: nothing is known of the bytes."""

    def __init__(self, said: str = "Máy quét mã độc chưa trả lời.") -> None:
        super().__init__(said)


class Unread(ScannerAway):
    """It was there and came to no verdict on these very bytes: too many for it, or it broke off while it looked.

    Others may well be looked at; in its words why.
    """


def is_there() -> bool:
    """Whether this installation has a scanner."""
    return bool(settings.CLAMD_URL)


def look(content: IO[bytes]) -> str:
    """The name of what was found in `content`, read from its beginning; "" where it is clean.

    Raises `ScannerAway`, and of that `Unread` where it is about these bytes.
    """
    if cache.get(_AWAY):
        raise ScannerAway
    try:
        talk = _connected()
    except OSError:
        cache.set(_AWAY, True, _LEFT_ALONE)
        raise ScannerAway from None
    try:
        with closing(talk):
            answer = _ask(talk, content)
    except OSError as fault:
        cache.set(_AWAY, True, _LEFT_ALONE)
        raise Unread(str(fault)) from None
    finally:
        content.seek(0)
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")[:120]
    if said.endswith("ERROR"):
        raise Unread(said[:120])
    raise ScannerAway


def _ask(talk: socket.socket, content: IO[bytes]) -> str:
    """Its answer; raises `OSError` where it gives none. It may answer before it has everything: a stream that is too
    long for it is not read to its end."""
    content.seek(0)
    try:
        talk.sendall(b"zINSTREAM\0")
        while chunk := content.read(CHUNK):
            talk.sendall(struct.pack("!I", len(chunk)) + chunk)
        talk.sendall(struct.pack("!I", 0))
    except (BrokenPipeError, ConnectionResetError) as fault:
        try:
            return _answer(talk)
        except OSError:
            raise fault from None
    return _answer(talk)


def _answer(talk: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER and (more := talk.recv(_LONGEST_ANSWER)):
        answer += more
    if not answer:
        raise ConnectionResetError("no answer")
    return answer.rstrip(b"\0").decode("utf-8", "replace")


def _connected() -> socket.socket:
    parts = urlsplit(settings.CLAMD_URL)
    if parts.scheme == "unix":
        talk = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        talk.settimeout(CONNECTING)
        try:
            talk.connect(unquote(parts.path))
        except OSError:
            talk.close()
            raise
    else:
        talk = socket.create_connection((parts.hostname or "", parts.port or 3310), CONNECTING)
    talk.settimeout(ANSWERING)
    return talk

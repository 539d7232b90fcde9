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

    def __init__(self) -> None:
        super().__init__("Máy quét mã độc chưa trả lời.")


def is_there() -> bool:
    """Whether this installation has a scanner."""
    return bool(settings.CLAMD_URL)


def look(content: IO[bytes]) -> str:
    """The name of what was found in `content`, read from its beginning; "" where it is clean. Raises `ScannerAway`."""
    if cache.get(_AWAY):
        raise ScannerAway
    try:
        answer = _ask(content)
    except OSError:
        cache.set(_AWAY, True, _LEFT_ALONE)
        raise ScannerAway from None
    finally:
        content.seek(0)
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")[:120]
    raise ScannerAway


def _ask(content: IO[bytes]) -> str:
    content.seek(0)
    with closing(_connected()) as talk:
        talk.sendall(b"zINSTREAM\0")
        while chunk := content.read(CHUNK):
            talk.sendall(struct.pack("!I", len(chunk)) + chunk)
        talk.sendall(struct.pack("!I", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER and (more := talk.recv(_LONGEST_ANSWER)):
            answer += more
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

"""A small virus scanner on this machine that speaks clamd's INSTREAM over a real connection."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# The harmless string that every scanner knows; put together here, so that no scanner finds this very file.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner(socketserver.ThreadingTCPServer):
    """`seen` is how many streams it was given; `says` stands in for its answer, `hangs_up` for none; `says_of` for the
    answer about streams with a mark in them (empty: it hangs up); beyond `stops_after` bytes it refuses and closes."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Stream)
        self.seen = 0
        self.says = b""
        self.hangs_up = False
        self.says_of: dict[bytes, bytes] = {}
        self.stops_after = 1 << 40

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.server_address[1]}"


class _Stream(socketserver.StreamRequestHandler):
    server: Scanner

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            body += self.rfile.read(size)
            if len(body) > self.server.stops_after:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        self.server.seen += 1
        for mark, answer in self.server.says_of.items():
            if mark in body:
                self.wfile.write(answer and answer + b"\0")
                return
        if not self.server.hangs_up:
            found = b"stream: Eicar-Signature FOUND" if EICAR in body else b"stream: OK"
            self.wfile.write((self.server.says or found) + b"\0")


@contextmanager
def scanner() -> Iterator[Scanner]:
    """The scanner while the block lasts."""
    with Scanner() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()

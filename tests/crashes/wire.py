"""Requests written byte by byte, as no browser writes them."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass, field

from tests.crashes.server import Browser

BOUNDARY = "x" * 30


@dataclass
class Wire:
    """One connection. `head` and `send` write, `answer` reads."""

    port: int
    timeout: float = 30
    line: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.line = socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout)

    def head(self, method: str, path: str, headers: dict[str, str]) -> Wire:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.line.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return self

    def send(self, data: bytes) -> bool:
        """False where nobody reads any more."""
        try:
            self.line.sendall(data)
        except OSError:
            return False
        return True

    def answer(self) -> int:
        """The status; 0 where the connection ended without one."""
        try:
            with self.line.makefile("rb") as read:
                first = read.readline().split()
        except OSError:
            return 0
        return int(first[1]) if len(first) > 1 else 0

    def stop_sending(self) -> None:
        self.line.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """As a pulled cable does: what was not read is lost."""
        self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.line.close()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()


def upload_headers(browser: Browser, **more: str) -> dict[str, str]:
    return browser.headers | {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"} | more


def before_the_file(key: str, name: str = "bao-cao.pdf") -> bytes:
    """A form of one file up to its first byte."""
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
             for field, value in (("key", key), ("criterion", "1.1"))]  # fmt: skip
    told = f'Content-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/pdf'
    return ("".join(parts) + f"--{BOUNDARY}\r\n{told}\r\n\r\n").encode()


AFTER_THE_FILE = f"\r\n--{BOUNDARY}--\r\n".encode()


def seconds_for(port: int, path: str) -> float:
    """How long a small page takes somebody else meanwhile; raises where it does not come in 20 seconds."""
    begun = time.monotonic()
    with Wire(port, timeout=20) as wire:
        assert wire.head("GET", path, {"Connection": "close"}).answer() == 200, path
    return time.monotonic() - begun

"""A small mail server on this machine that speaks SMTP over a real connection, and misbehaves as it is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default


class MailServer(socketserver.ThreadingTCPServer):
    """`letters` are those it accepted. `answers` by command ("RCPT", "DATA.", …): what it says instead of 250, once for
    each entry; "hang up" ends the connection without a word."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.letters: list[Message] = []
        self.answers: dict[str, list[str]] = {}
        self.talks = 0

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def answer(self, command: str, usual: str) -> str:
        waiting = self.answers.get(command, [])
        return waiting.pop(0) if waiting else usual


class _HungUpError(Exception):
    """The server ended the talk."""


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.talks += 1
        try:
            self._say("220 ready")
            while line := self.rfile.readline().decode().strip():
                command = line.split(" ")[0].upper()
                if command == "QUIT":
                    self._say("221 bye")
                    return
                if command == "DATA":
                    self._take()
                else:
                    self._say(self.server.answer(command, "250 ok"))
        except _HungUpError:
            return

    def _take(self) -> None:
        self._say(self.server.answer("DATA", "354 go on"))
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        answer = self.server.answer("DATA.", "250 taken")
        if answer.startswith("250") or answer == "hang up":  # taken, and the word of it lost
            self.server.letters.append(message_from_bytes(b"".join(lines), policy=default))
        self._say(answer)

    def _say(self, words: str) -> None:
        if words == "hang up":
            raise _HungUpError
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """The server while the block lasts."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()

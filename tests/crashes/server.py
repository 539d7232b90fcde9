"""The portal in a process of its own on the database and the folders of the test, to be killed without warning."""

from __future__ import annotations

import http.client
import json
import multiprocessing
import os
import signal
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.wsgi import get_wsgi_application
from django.db import connections

from tests.factories import sign_in
from units.models import User

CSRF = "a" * 32


class Lost(Exception):
    """No answer came: whether the write was done is not known."""


@dataclass
class Server:
    """`port`: stays the same from life to life, as an address does."""

    port: int
    process: Any

    def kill(self) -> None:
        """As a power cut does: no handler runs, nothing is flushed."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join(timeout=30)
        assert self.process.exitcode == -signal.SIGKILL


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def serving(port: int) -> Iterator[Server]:
    """A server that answers; killed at the end if it still lives."""
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(target=_serve, args=(port,), daemon=True)
    process.start()
    server = Server(port, process)
    try:
        wait_for(port)
        yield server
    finally:
        if process.is_alive():
            server.kill()


def _serve(port: int) -> None:
    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Whoever asks sees the answer."""

    server = ThreadedWSGIServer(("127.0.0.1", port), Quiet)
    server.set_app(get_wsgi_application())
    server.serve_forever()


def wait_for(port: int) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("the server does not come up")


class Browser:
    """One signed-in person's requests over a real connection."""

    def __init__(self, user: User, port: int) -> None:
        session = sign_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        self.port = port
        self.headers = {
            "Accept": "application/json",
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={CSRF}",
            "X-CSRFToken": CSRF,
        }

    def post(self, path: str, fields: dict[str, Any], file: tuple[str, bytes] | None = None) -> tuple[int, Any]:
        """The status and the JSON (else the text) of the answer. Raises `Lost` where the server died over it."""
        boundary = uuid.uuid4().hex
        parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields.items()]  # fmt: skip
        if file:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{file[0]}"\r\n\r\n'
            parts += [head.encode(), file[1], b"\r\n"]
        body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
        return self._ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})

    def get(self, path: str) -> tuple[int, Any]:
        """As `post`; bytes where it is neither JSON nor text."""
        return self._ask("GET", path, None, {})

    def _ask(self, method: str, path: str, body: bytes | None, more: dict[str, str]) -> tuple[int, Any]:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            asked.request(method, path, body, self.headers | more)
            answer = asked.getresponse()
            told = answer.read()
            if "Content-Type" not in answer.headers:
                raise Lost("died after the first line of the answer")
            kind = answer.headers.get_content_type()
            if kind == "application/json":
                return answer.status, json.loads(told)
            return answer.status, told.decode() if kind.startswith("text/") else told
        except (OSError, http.client.HTTPException) as lost:
            raise Lost from lost
        finally:
            asked.close()

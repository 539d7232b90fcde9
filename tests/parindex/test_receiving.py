"""A request is taken in before anybody works at it, and reaches a view whole or not at all (cases T41, D05)."""

from __future__ import annotations

import io
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.test import Client, RequestFactory

from parindex.receiving import CUT, FAULT, NO_ROOM, ReceiveFirst, time_since_arrival

FORM = "application/x-www-form-urlencoded"


class Slowly(io.BytesIO):
    """A client that rests before each answer."""

    def read(self, *size: int | None) -> bytes:
        time.sleep(0.1)
        return super().read(*size)


class InPieces(io.BytesIO):
    """A client whose line brings `piece` bytes at a time."""

    def __init__(self, data: bytes, piece: int) -> None:
        super().__init__(data)
        self.piece = piece

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self.piece if size is None or size < 0 else min(size, self.piece))


def received(body: io.BytesIO, length: int, kind: str = FORM) -> dict[str, Any]:
    """What the portal is given: `body` as it reads it, `fault`, `ago` in seconds."""
    found: dict[str, Any] = {}

    def portal(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        request = WSGIRequest(environ)
        found.update(body=request.read(), fault=environ[FAULT], ago=time_since_arrival(request).total_seconds())
        return []

    asked = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(length), "CONTENT_TYPE": kind, "wsgi.input": body}
    list(ReceiveFirst(portal)(asked, None))
    return found


@contextmanager
def no_room(limit: int = 1024) -> Iterator[None]:
    """No file may grow beyond `limit` bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_the_whole_body_stands_there_when_the_portal_is_asked() -> None:
    for data in (b"", b"a=1", b"a=" + b"x" * 300_000):
        assert received(io.BytesIO(data), len(data)) | {"ago": 0} == {"body": data, "fault": "", "ago": 0}


def test_what_came_slowly_began_when_its_first_byte_came() -> None:
    assert received(Slowly(b"x" * 100_000), 100_000)["ago"] >= 0.2


@pytest.mark.parametrize(
    ("sent", "told", "is_whole"),
    [
        (b"--b\r\n\r\nx\r\n--b--\r\n", None, True),
        (b"--b\r\n\r\nx\r\n--b--", None, True),
        (b"--b\r\n\r\nx\r\n--b--\r\n\r\n", None, True),
        (b"--b\r\n\r\nx\r\n--b-- \r\nan epilogue\r\n-- of the\r\n--mailer\r\n", None, True),
        (b"--b\r\n\r\nx\r\n--b--\r\n" + b"." * 60_000, None, True),
        (b"--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\nhalf a fil", None, False),
        (b"--b\r\n\r\nx\r\n--b-", None, False),
        (b"--b\r\n\r\nx\r\n--b--\r\n", 11, False),
        (b"--b\r\n\r\nx\r\n", None, False),
        (b"--b\r\n\r\nx\r\n--b--\r\n", 50, False),
        (b"", 5, False),
    ],
)
def test_a_form_with_files_is_whole_where_it_says_that_it_ends(sent: bytes, told: int | None, is_whole: bool) -> None:
    found = received(io.BytesIO(sent), len(sent) if told is None else told, "multipart/form-data; boundary=b")
    assert (found["fault"] == "") is is_whole


def test_a_form_with_files_that_names_no_boundary_is_refused() -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; x=b"):
        assert received(io.BytesIO(b"--\r\n\r\nx\r\n----"), 13, kind)["fault"] == CUT


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain; x*=foo'a'b",
        "multipart/form-data; boundary*=foo'en'x",
        "multipart/form-data; boundary*=unicode_escape''%5cud800",
        "text/plain; x*=a; x*0=b",
        "text/plain; charset*=utf-8''%00",
        "multipart/form-data; boundary*=utf-8''%ff; charset=base64",
        *(f"text/plain; charset={name}" for name in ("idna", "punycode", "base64", "rot13", "undefined", "utf-16")),
    ],
)
def test_a_content_type_that_nothing_can_read_is_refused_in_words(kind: str) -> None:
    portal = ReceiveFirst(get_wsgi_application())
    told: list[str] = []
    asked = RequestFactory().generic("POST", "/tai-khoan/dang-nhap/?a=%C3%A9&xn--=1", b"a=1", content_type=FORM).environ
    page = b"".join(portal(asked | {"CONTENT_TYPE": kind}, lambda status, headers: told.append(status)))
    assert told == ["400 Bad Request"]
    assert "không đọc được" in page.decode()


@pytest.mark.parametrize(
    "kind", ["", FORM, f"{FORM}; charset=UTF-8", "text/plain; charset=us-ascii; x*=utf-8''%C3%A9", ";"]
)
def test_a_content_type_that_means_something_or_nothing_hinders_nobody(kind: str) -> None:
    assert received(io.BytesIO(b"a=1"), 3, kind)["fault"] == ""


def test_where_the_disk_is_full_the_fault_is_told_and_the_next_request_goes_on() -> None:
    data = b"x" * 300_000
    with no_room():
        assert received(io.BytesIO(data), len(data))["fault"] == NO_ROOM
    assert received(io.BytesIO(data), len(data))["fault"] == ""


@pytest.mark.parametrize(
    ("length", "piece", "limit"),
    [(70_000, 1_000, 65_536), (300_000, 1_000, 100_000), (66_000, 65_536, 65_536), (200_000, 1_460, 131_072)],
)
def test_a_disk_that_is_full_only_when_the_last_small_piece_goes_out_is_told_too(
    length: int, piece: int, limit: int
) -> None:
    with no_room(limit):
        found = received(InPieces(b"x" * length, piece), length)
    assert (found["fault"], found["body"]) == (NO_ROOM, b"")


@pytest.mark.parametrize(("size", "limit"), [(3_000_000, 1_500_000), (3_000_000, 2_999_999), (3_000_000, 0)])
def test_a_file_that_finds_no_room_while_the_form_is_read_is_answered_in_words(size: int, limit: int) -> None:
    for headers, said in (({}, "Đợi vài phút rồi gửi lại"), ({"Accept": "application/json"}, '"state": "busy"')):
        file = SimpleUploadedFile("a.pdf", b"x" * size)
        browser = Client(enforce_csrf_checks=True)  # the first to read a form
        browser.cookies[settings.CSRF_COOKIE_NAME] = "a" * 32
        with no_room(limit):
            answer = browser.post("/tai-khoan/dang-nhap/", {"tep": file}, headers=headers)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert said in answer.content.decode()


def test_no_room_is_said_in_words_to_people_and_to_scripts() -> None:
    page = Client().post("/tai-khoan/dang-nhap/", **{FAULT: NO_ROOM})
    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert "Đợi vài phút rồi gửi lại" in page.content.decode()
    answer = Client().post("/tai-khoan/dang-nhap/", headers={"Accept": "application/json"}, **{FAULT: NO_ROOM})
    assert (answer.status_code, answer.json()["state"]) == (503, "busy")


def test_more_than_anything_the_portal_takes_is_refused_by_its_length() -> None:
    asked = {"CONTENT_LENGTH": str(2 << 30), "content_type": FORM}
    assert Client().generic("POST", "/tai-khoan/dang-nhap/", b"a=1", **asked).status_code == 413
    answer = Client().generic("POST", "/x", b"a=1", headers={"Accept": "application/json"}, **asked)
    assert (answer.status_code, answer.json()["state"]) == (413, "refused")

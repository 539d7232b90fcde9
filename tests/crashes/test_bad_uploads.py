"""Bytes that come too many, too few, too slowly or in no form, sent over raw sockets to the server of deploy/: nothing
of them is left, nobody else waits, and no answer is a 5xx (cases T41, T42)."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from parindex.receiving import WORKING
from scoring.files.evidence_check import LARGEST
from scoring.models import Evidence
from tests.crashes.granian import Production, in_production
from tests.crashes.server import Browser, free_port
from tests.crashes.wire import AFTER_THE_FILE, Wire, before_the_file, seconds_for, upload_headers
from tests.scoring.dossier.pages import url
from tests.scoring.evidence import samples
from tests.thinning import SOAK
from tests.year import Year, build_year

pytestmark = pytest.mark.abuse
SLOW = 200 if SOAK else 40
MEGABYTE = 1024 * 1024
SMALL_PAGE = "/robots.txt"


@pytest.fixture
def year(transactional_db: None) -> Year:
    return build_year()


@pytest.fixture
def portal(year: Year, tmp_path: Path) -> Iterator[Production]:
    with in_production(free_port(), tmp_path) as portal:
        yield portal


@pytest.fixture
def browser(year: Year, portal: Production) -> Browser:
    return Browser(year["a1"], portal.port)


@pytest.fixture
def address(year: Year) -> str:
    return url(year, "evidence_upload", unit=year.a)


@pytest.fixture
def lines() -> Iterator[ExitStack]:
    """Connections that all end with the test."""
    with ExitStack() as lines:
        yield lines


def whole(data: bytes) -> bytes:
    return before_the_file(uuid.uuid4().hex) + data + AFTER_THE_FILE


def said(portal: Production) -> str:
    return (portal.folder / "said").read_text()


def connections_to_the_database() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def until_nothing_is_under_way(portal: Production) -> None:
    for _ in range(100):
        if not portal.open_uploads:
            return
        time.sleep(0.05)
    raise AssertionError(portal.open_uploads)


def until_it_has_its_threads(portal: Production) -> None:
    """The server makes a thread when it finds none free, one after the other: the first of many wait for that."""
    quick, end = 0, time.monotonic() + 20
    while quick < 5:
        assert time.monotonic() < end, "nobody else is answered"
        quick = quick + 1 if seconds_for(portal.port, SMALL_PAGE) < 0.5 else 0
        time.sleep(0.1)


@pytest.mark.any_database
def test_a_request_that_is_not_whole_or_of_no_length_stores_nothing(
    portal: Production, browser: Browser, address: str
) -> None:
    body = whole(samples.pdf())
    half = before_the_file(uuid.uuid4().hex) + samples.pdf() + b"% more to come" * 100_000
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    told = {
        "chunked": ({"Transfer-Encoding": "chunked"}, chunked, {400}),
        "chunked and a length": ({"Transfer-Encoding": "chunked", "Content-Length": "9"}, chunked, {400}),
        "no length": ({}, body, {400, 403, 422}),
        "a length below nought": ({"Content-Length": "-5"}, body, {400}),
        "a length in words": ({"Content-Length": "nhiều"}, body, {400}),
        "two lengths": ({"Content-Length": f"{len(body)}, 5"}, body, {400}),
        "a type in no form": ({"Content-Type": "multipart/form-data; boundary*=foo'en'x"}, body, {400}),
        "shorter than told": ({"Content-Length": str(len(body) - len(AFTER_THE_FILE))}, body, {400}),
        "ends in the middle of the file": ({"Content-Length": str(len(half))}, half, {400}),
    }
    found = {}
    for name, (headers, sent, expected) in told.items():
        with Wire(portal.port) as wire:
            wire.head("POST", address, upload_headers(browser, **headers)).send(sent)
            answer = wire.answer()
            if answer not in expected:
                found[name] = answer
    assert found == {}
    for share in (0, 0.5, 0.99):
        with Wire(portal.port) as wire:
            wire.head("POST", address, upload_headers(browser, **{"Content-Length": str(len(half) + 100)}))
            wire.send(half[: int(len(half) * share)])
            wire.cut()
    until_nothing_is_under_way(portal)
    assert (Evidence.objects.count(), portal.left_behind) == (0, [])
    assert "Traceback" not in said(portal)
    assert browser.post(address, {"key": uuid.uuid4().hex, "criterion": "1.1"}, ("a.pdf", samples.pdf()))[0] == 201


@pytest.mark.any_database
def test_a_form_that_is_cut_off_is_not_taken_for_a_shorter_one(
    year: Year, portal: Production, browser: Browser
) -> None:
    """Of a note that was cut in the middle nothing is stored, rather than its first half."""
    headers = browser.headers | {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"version=0&unfinished=0&key=a&so-numerator=4&so-denominator=5&note=Mot+cau+dai"
    with Wire(portal.port) as wire:
        wire.head("POST", url(year, "answer_save", "1.2"), headers | {"Content-Length": str(len(body) + 400)})
        wire.send(body)
        wire.stop_sending()
        assert wire.answer() in (0, 400)
    assert year.value("1.2", "declared") is None


@pytest.mark.any_database
def test_two_thousand_megabytes_are_refused_before_they_are_sent(
    portal: Production, browser: Browser, address: str
) -> None:
    for target in (address, "/tai-khoan/dang-nhap/"):
        refuse_two_thousand(portal, browser, target)


def refuse_two_thousand(portal: Production, browser: Browser, target: str) -> None:
    before, sent = portal.memory, 0
    with Wire(portal.port) as wire:
        wire.head("POST", target, upload_headers(browser, **{"Content-Length": str(2 << 30)}))
        wire.send(before_the_file(uuid.uuid4().hex))
        while sent < 200 * MEGABYTE and wire.send(bytes(MEGABYTE)):
            sent += MEGABYTE
        if not sent:
            assert wire.answer() in (0, 413)
    assert sent <= 20 * MEGABYTE, "nobody takes it"
    assert portal.memory - before <= 50 * MEGABYTE
    assert portal.left_behind == []
    with Wire(portal.port) as wire:
        wire.head("POST", target, upload_headers(browser, **{"Content-Length": str(2 << 30)}))
        assert wire.answer() == 413, "also where nothing was sent"


@pytest.mark.any_database
def test_twenty_megabytes_and_one_byte_are_told_by_name(portal: Production, browser: Browser, address: str) -> None:
    data = samples.pdf()[:-6] + b" " * LARGEST + b"%%EOF\n"
    before = portal.memory
    status, told = browser.post(address, {"key": uuid.uuid4().hex, "criterion": "1.1"}, ("lon.pdf", data))
    assert (status, "“lon.pdf”" in told["text"], portal.left_behind) == (413, True, [])
    assert portal.memory - before <= 100 * MEGABYTE


@pytest.mark.any_database
def test_base64_full_of_blanks_costs_no_more_than_other_bytes(
    portal: Production, browser: Browser, address: str
) -> None:
    """CVE-2026-33033: a part that says it is base64 and holds next to nothing but blanks."""
    head = before_the_file(uuid.uuid4().hex).replace(
        b"Content-Type: application/pdf", b"Content-Transfer-Encoding: base64"
    )
    body = head + (b" " * 1023 + b"A") * (10 * 1024) + AFTER_THE_FILE
    begun = portal.processor_seconds
    with Wire(portal.port) as wire:
        wire.head("POST", address, upload_headers(browser, **{"Content-Length": str(len(body))})).send(body)
        assert wire.answer() in (400, 422)
    assert portal.processor_seconds - begun <= 2
    assert portal.left_behind == []


def test_others_are_answered_within_a_second_while_many_send_slowly(
    portal: Production, browser: Browser, address: str, lines: ExitStack
) -> None:
    assert browser.post(address, {"key": uuid.uuid4().hex, "criterion": "1.1"}, ("a.pdf", samples.pdf()))[0] == 201
    kept, before = portal.left_behind, portal.memory
    body, slow = whole(samples.pdf()), []
    for _ in range(SLOW):
        slow.append(lines.enter_context(Wire(portal.port)))
        slow[-1].head("POST", address, upload_headers(browser, **{"Content-Length": "100000"}))
    until_it_has_its_threads(portal)
    took = []
    for place in range(20):
        for wire in slow:
            wire.send(body[place : place + 1])
        took.append(seconds_for(portal.port, SMALL_PAGE))
        begun = time.monotonic()
        assert browser.get(address.replace("tai-len/", ""))[0] == 200
        took.append(time.monotonic() - begun)
        time.sleep(0.05)
    assert max(took) <= 1
    assert portal.memory - before <= 100 * MEGABYTE
    assert connections_to_the_database() <= 2 * WORKING + 1, "those of the threads that work, and this test's own"
    for wire in slow:
        wire.cut()
    until_nothing_is_under_way(portal)
    assert (Evidence.objects.count(), portal.left_behind) == (1, kept)
    assert "Traceback" not in said(portal)


@pytest.mark.any_database
def test_others_are_answered_while_many_read_slowly(
    year: Year, portal: Production, browser: Browser, address: str, lines: ExitStack
) -> None:
    data = samples.pdf()[:-6] + b" " * 10 * MEGABYTE + b"%%EOF\n"
    status, told = browser.post(address, {"key": uuid.uuid4().hex, "criterion": "1.1"}, ("lon.pdf", data))
    assert status == 201
    file, before = url(year, "evidence_file", told["pk"], 1), portal.memory
    for _ in range(SLOW):
        lines.enter_context(Wire(portal.port)).head("GET", file, browser.headers)
    until_it_has_its_threads(portal)  # each has its first bytes by then, and asks for no more
    assert max(seconds_for(portal.port, SMALL_PAGE) for _ in range(10)) <= 1
    assert portal.memory - before <= 100 * MEGABYTE


@pytest.mark.any_database
def test_the_proxy_lets_through_what_the_portal_takes_and_no_more() -> None:
    """deploy/nginx: sizes as in the settings, bodies taken in whole, slow ones given up."""
    text = (Path(settings.BASE_DIR) / "deploy" / "nginx" / "parindex.conf").read_text()
    sizes = {
        int(told) * {"k": 1024, "m": MEGABYTE}[unit]
        for told, unit in re.findall(r"client_max_body_size (\d+)([km]);", text)
    }
    assert max(sizes) == settings.LARGEST_REQUEST
    assert settings.LARGEST_REQUEST >= settings.EVIDENCE_FILES_PER_POST * LARGEST + MEGABYTE
    server = text[text.index("listen 443") :]
    for wanted in ("client_body_timeout 15s;", "client_header_timeout 15s;", "client_max_body_size 64k;"):
        assert wanted in server.partition("location")[0], wanted
    assert "proxy_request_buffering off" not in text, "a slow client would reach the portal"

"""What goes packed over the line, what does not, and how much a first visit to a worksheet weighs."""

from __future__ import annotations

import gzip
import re
from typing import Any

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from parindex.packing import PackPrivatePages
from tests.scoring.dossier.pages import autosave, step, text, url
from tests.scoring.dossier.test_cost import PAGES, grow
from tests.year import Year, build_year

PACKED = {"Accept-Encoding": "gzip, deflate, br"}
LINE = "Tiêu chí của phiếu tự chấm. " * 40
MOST = 150 * 1024


def answered(response: Any, accept: str = "gzip") -> Any:
    request = RequestFactory().get("/", headers={"Accept-Encoding": accept})

    def view(_: HttpRequest) -> Any:
        return response

    return PackPrivatePages(view)(request)


def private(content: str = LINE, **options: Any) -> HttpResponse:
    response = HttpResponse(content, **options)
    response["Cache-Control"] = "private, no-store"
    return response


def test_a_private_page_is_packed_and_says_so() -> None:
    response = answered(private())
    assert response["Content-Encoding"] == "gzip"
    assert response["Vary"] == "Accept-Encoding"
    assert int(response["Content-Length"]) == len(response.content) < len(LINE.encode())
    assert gzip.decompress(response.content).decode() == LINE


def test_the_length_of_a_packed_page_tells_nothing() -> None:
    assert len({len(answered(private()).content) for _ in range(40)}) > 5


def test_who_cannot_unpack_gets_it_as_it_is() -> None:
    response = answered(private(), "identity")
    assert not response.has_header("Content-Encoding")
    assert response["Vary"] == "Accept-Encoding"
    assert response.content.decode() == LINE


def test_downloads_streams_pictures_and_released_pages_go_as_they_are() -> None:
    download = private(content_type="application/json")
    download["Content-Disposition"] = 'attachment; filename="bien-nhan.json"'
    stream = StreamingHttpResponse([LINE.encode()], content_type="text/html")
    stream["Cache-Control"] = "private, no-store"
    released = HttpResponse(LINE)
    released["Cache-Control"] = "public, max-age=300"
    for response in (download, stream, released, private(content_type="image/png"), private("")):
        assert not answered(response).has_header("Content-Encoding")


@pytest.fixture
def year(db: None) -> Year:
    return build_year()


def test_the_receipt_that_is_downloaded_keeps_its_bytes(year: Year) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    step(year, "aH", "hand_over")
    step(year, "aH", "submit")
    response = year.browser("aH").get(url(year, "receipt_content", 1), headers=PACKED)
    assert not response.has_header("Content-Encoding")
    assert response.content.startswith(b"{")


def test_answers_to_scripts_are_packed_and_read_the_same(year: Year) -> None:
    grow(year, 30)
    plain, packed = (year.browser("a1").get(url(year, "dossier_pulse"), headers=head) for head in ({}, PACKED))
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content


def on_the_line(browser: Client, address: str) -> dict[str, int]:
    """Bytes of a first visit: the page packed, and every script and style sheet that it names as the static files are
    kept, packed with brotli. Fonts do not count: they stay in the browser for a year."""
    response = browser.get(address, headers=PACKED)
    assert response["Content-Encoding"] == "gzip"
    page = gzip.decompress(response.content).decode()
    found = {"page": len(response.content)}
    for name in set(re.findall(r'(?:src|href)="/static/((?!fonts/)[^"#]+)', page)):
        path = finders.find(name)
        assert path, name
        with open(path, "rb") as file:
            found[name] = len(brotli.compress(file.read()))
    return found


@pytest.mark.parametrize("page", [page for page, _ in PAGES])
def test_a_first_visit_to_a_sheet_of_ninety_leaves_is_light(year: Year, page: tuple[str, ...]) -> None:
    grow(year, 90)
    autosave(year, "a1", "1.1", choice="du")
    found = on_the_line(year.browser("a1"), url(year, *page))
    assert "css/work.css" in found
    assert sum(found.values()) < MOST, found


def test_a_page_is_the_same_packed_or_not(year: Year) -> None:
    browser = year.browser("a1")
    plain = text(browser.get(url(year, "dossier_history")))
    packed = gzip.decompress(browser.get(url(year, "dossier_history"), headers=PACKED).content).decode()
    without_tokens = [re.sub(r'value="[\w-]{64}"|data-[a-z-]+="\d+"', "", page) for page in (plain, packed)]
    assert without_tokens[0] == without_tokens[1]

"""The watcher itself: what it must catch, and what it must let pass."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.watch import Watch

PAGES = {
    "/good": (200, "<p>được</p>"),
    "/inline-style": (200, '<p style="color:red">cấm</p>'),
    "/inline-script": (200, "<script>document.title = 'cấm'</script>"),
    "/missing-picture": (200, '<img src="/nowhere.png" alt="">'),
    "/other-host": (200, '<img src="http://127.0.0.1:9/picture.png" alt="">'),
    "/broken-script": (200, '<script src="/broken.js"></script>'),
    "/refused": (403, "<p>không được phép</p>"),
    "/crashed": (500, "<p>lỗi</p>"),
}
POLICY = "default-src 'none'; connect-src 'self'; style-src 'self'; script-src 'self'; img-src *"


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = PAGES.get(self.path, (404, ""))
        kind = "text/html; charset=utf-8"
        if self.path == "/broken.js":
            status, body, kind = 200, "throw new Error('hỏng')", "text/javascript; charset=utf-8"
        if self.path == "/favicon.ico":
            status = 204
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(("<!doctype html><title>thử</title>" if kind.startswith("text/html") else "").encode())
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def watched(browser: Browser, site: str) -> Iterator[tuple[Page, Watch]]:
    context = browser.new_context(base_url=site)
    watch = Watch(context, site)
    yield context.new_page(), watch
    context.close()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/inline-style", "Content Security Policy"),
        ("/inline-script", "Content Security Policy"),
        ("/missing-picture", "404 for"),
        ("/other-host", "request to another host"),
        ("/broken-script", "exception in a script"),
        ("/crashed", "500 for the page"),
    ],
)
def test_a_fault_that_nobody_sees_is_caught(watched: tuple[Page, Watch], path: str, words: str) -> None:
    page, watch = watched
    page.goto(path, wait_until="networkidle")
    assert any(words in fault for fault in watch.faults), watch.faults


@pytest.mark.parametrize("path", ["/good", "/refused"])
def test_a_good_page_and_a_refusal_pass(watched: tuple[Page, Watch], path: str) -> None:
    page, watch = watched
    page.goto(path, wait_until="networkidle")
    assert watch.faults == []


def test_what_a_test_expects_is_no_fault_and_everything_else_still_is(watched: tuple[Page, Watch]) -> None:
    page, watch = watched
    page.goto("/good")
    ask = "fetch('{}').catch(() => 0)"
    with watch.expecting(403, losses=True):
        page.evaluate(ask.format("/refused"))
        page.context.set_offline(True)
        page.evaluate(ask.format("/good"))
        page.context.set_offline(False)
        page.wait_for_timeout(100)
    assert watch.faults == []
    with watch.expecting(403):
        page.evaluate(ask.format("/nowhere"))
        page.wait_for_timeout(100)
    assert any(fault.startswith("404 for") for fault in watch.faults)
    page.context.set_offline(True)
    page.evaluate(ask.format("/good"))
    page.wait_for_timeout(100)
    assert any("ERR_INTERNET_DISCONNECTED" in fault for fault in watch.faults)


def test_axe_works_under_the_strict_policy_and_names_what_it_finds(watched: tuple[Page, Watch], axe) -> None:
    page, watch = watched
    page.goto("/good")
    assert any(finding.startswith("html-has-lang:") for finding in axe(page))
    assert watch.faults == []

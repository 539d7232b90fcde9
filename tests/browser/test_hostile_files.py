"""Files that are programs for a browser, brought to a real one (case T34): none runs, none sends anything anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from scoring.enums import EvidenceKind, Phase
from scoring.files import evidence_store
from scoring.models import Evidence, EvidenceFile
from tests.browser.desk import Desk
from tests.scoring.dossier.pages import url
from tests.scoring.evidence import samples
from tests.year import Year, advance, build_year

TAKEN = "/bi-lay"
SCRIPT = f"top.__pwned=window.__pwned=1;fetch('{TAKEN}?'+document.cookie);new Image().src='http://xa.invalid{TAKEN}'"
HTML = f'<!doctype html><title>a</title><script>{SCRIPT}</script><img src=x onerror="{SCRIPT}">'.encode()
INSIDE = f'<script xmlns="http://www.w3.org/1999/xhtml">{SCRIPT}</script>'
XSLT = '<?xml-stylesheet type="text/xsl" href="/bi-lay.xsl"?>'
RUNS_AS = {"a.svg": "image/svg+xml", "a.html": "text/html", "a.xhtml": "application/xhtml+xml", "a.xml": "text/xml"}
"""What a browser runs where it is shown as what its name says."""
HOSTILE = {
    "a.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><script>{SCRIPT}</script></svg>'.encode(),
    "a.html": HTML,
    "a.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{INSIDE}</body></html>'.encode(),
    "a.xml": f'<?xml version="1.0"?>{XSLT}<r>{INSIDE}</r>'.encode(),
    "a.mhtml": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n" + HTML + b"\r\n--b--\r\n",
    "a.pdf": samples.pdf(catalog=f"/OpenAction<</S/JavaScript/JS(app.launchURL\\('http://xa.invalid{TAKEN}'\\))>>".encode()),
    "a.txt": HTML,
}  # fmt: skip
DISGUISED = {"trang.pdf": HTML, "hinh.png": HOSTILE["a.svg"], f"<img src=x onerror={SCRIPT[:40]}>.html": HTML}
EMBEDDED = '<iframe src="{0}"></iframe><object data="{0}"></object><embed src="{0}"><img src="{0}" alt="">'
Expecting = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def year(transactional_db: None) -> Year:
    year = build_year()
    advance(year, Phase.SELF_ASSESSMENT)
    return year


@pytest.fixture
def context(browser: Browser, live_server) -> Iterator[BrowserContext]:
    """A browser that nothing holds back: what these files do in it is looked at by the test itself."""
    context = browser.new_context(base_url=live_server.url, accept_downloads=True)
    context.set_default_timeout(10_000)
    yield context
    context.close()


def is_pwned(page: Page) -> bool:
    return any(frame.evaluate("typeof window.__pwned") != "undefined" for frame in page.frames)


def showing(data: bytes, kind: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(content_type=kind, body=data)


def stands(year: Year, name: str, data: bytes) -> EvidenceFile:
    """The bytes as they would lie in the store if the check of files had not known them."""
    sha256 = hashlib.sha256(data).hexdigest()
    told = {"sha256": sha256, "size": len(data), "name": name, "kind": EvidenceKind.PDF, "uploaded_by": year["a1"]}
    evidence = Evidence.objects.create(participant=year.a, abstract=name)
    return EvidenceFile.objects.create(
        evidence=evidence, number=1, key=evidence_store.put(ContentFile(data), sha256, len(data)), **told
    )


def test_none_is_taken_and_its_refusal_runs_nothing(
    year: Year, page: Page, expecting: Expecting, tmp_path: Path
) -> None:
    for name, data in (HOSTILE | DISGUISED).items():
        (tmp_path / name.replace("/", "")).write_bytes(data)
    desk = Desk(page, year, "a1").go("phieu/SOA/tc/1.1/")
    files = sorted(tmp_path.iterdir())
    with expecting(page, 422):
        desk.attach("Tải tệp lên", files)  # type: ignore[arg-type]
        expect(page.locator("[data-uploads] li", has_text="Không nhận tệp")).to_have_count(len(files), timeout=20_000)
    assert not is_pwned(page)
    assert not EvidenceFile.objects.exists()


def test_one_that_stood_in_the_store_is_only_ever_saved_and_never_run(year: Year, context: BrowserContext) -> None:
    page = context.new_page()
    Desk(page, year, "a1")
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    shown = {}

    def show(route: Route) -> None:
        """A page of the portal's own host that shows the file in every way, and has no policy that forbids it."""
        route.fulfill(content_type="text/html", body=EMBEDDED.format(shown["address"]))

    page.route("**/trang-la", show)
    for name, data in HOSTILE.items():
        file = stands(year, name, data)
        address = url(year, "evidence_file", file.evidence_id, 1)
        shown["address"] = address
        with page.expect_download() as saved, suppress(Error):  # a navigation that turns into a download is no page
            page.goto(address)
        assert saved.value.path().read_bytes() == data
        page.goto("/trang-la")
        page.wait_for_timeout(200)
        assert not is_pwned(page), name
        preview = page.goto(url(year, "evidence_view", file.evidence_id, 1))
        assert preview is not None
        assert preview.status == 200
        assert not is_pwned(page), name
    home = page.evaluate("location.origin")
    assert [address for address in asked if TAKEN in address or not address.startswith(home)] == []


def test_the_same_files_do_run_where_a_server_shows_them_as_what_they_say(year: Year, context: BrowserContext) -> None:
    """Without this the tests above would prove nothing."""
    page = context.new_page()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    context.route(f"**{TAKEN}**", lambda route: route.fulfill(body=""))
    for name, kind in RUNS_AS.items():
        data = HOSTILE[name].replace(XSLT.encode(), b"")
        page.route(f"**/{name}", showing(data, kind))
        page.goto(f"/{name}")
        assert is_pwned(page), name
        assert any(TAKEN in address for address in asked), name
        asked.clear()

"""A real Chromium in front of the real portal.

Fixtures: `page` (1280 px), `phone_page` (360 px), `plain_page` (without JavaScript), `open_page` (one more browser of
its own, for a second person), `axe` (the accessibility findings of a page). All speak Vietnamese and know
`live_server` as their base address, so `page.goto("/")` is enough. A test in which Chromium reports an error, a
breach of the content security policy, a failed request or a request to another host fails, whatever it asserts.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.watch import Watch

HERE = Path(__file__).parent
AXE = HERE / "vendor" / "axe-core" / "axe.min.js"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",  # root has no sandbox to use; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Without one the browser tests are skipped; under CI=true they fail."""
    for name in (os.environ.get("PARINDEX_CHROMIUM"), *NAMES):
        found = shutil.which(name) if name else None
        if found:
            return found
    sentence = "không có Chromium trên máy này (apt-get install -y chromium)"
    if os.environ.get("CI") == "true":
        pytest.fail(f"Kiểm thử giao diện không chạy được: {sentence}")
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    # Playwright keeps an event loop running in this thread from here on, and Django would take every query of every
    # later test in this process for one made inside a coroutine. None is.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield launched
        launched.close()


@pytest.fixture
def watches() -> dict[BrowserContext, Watch]:
    return {}


@pytest.fixture
def expecting(watches: dict[BrowserContext, Watch]) -> Callable[..., AbstractContextManager[None]]:
    """`with expecting(page, 409): …`: refusals that are no fault here (`Watch.expecting`)."""
    return lambda page, *statuses, **more: watches[page.context].expecting(*statuses, **more)


@pytest.fixture
def open_page(browser: Browser, live_server, watches: dict[BrowserContext, Watch]) -> Iterator[Callable[..., Page]]:
    """`open_page(viewport=DESKTOP, javascript=True)`: a page with cookies of its own."""
    opened = []

    def open_one(viewport: dict[str, int] = DESKTOP, *, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=viewport,
            java_script_enabled=javascript,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
            service_workers="block",
        )
        context.set_default_timeout(10_000)
        opened.append((context, Watch(context, live_server.url)))
        watches[context] = opened[-1][1]
        return context.new_page()

    yield open_one
    for context, _ in opened:
        context.close()
    faults = [fault for _, watch in opened for fault in watch.faults]
    assert not faults, "The browser complained:\n  " + "\n  ".join(faults)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture
def phone_page(open_page: Callable[..., Page]) -> Page:
    return open_page(PHONE)


@pytest.fixture
def plain_page(open_page: Callable[..., Page]) -> Page:
    return open_page(javascript=False)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)`: the accessibility findings as "rule: what is wrong - where"; [] when there are none."""
    source = AXE.read_text(encoding="utf-8")

    def find(page: Page) -> list[str]:
        page.evaluate(source)  # through the debugger, which the page's content security policy does not bind
        result = page.evaluate("() => axe.run(document, {resultTypes: ['violations'], preload: false})")
        return [
            f"{rule['id']}: {rule['help']} - {node['target']}: {node['html'][:200]}"
            for rule in result["violations"]
            for node in rule["nodes"]
        ]

    return find

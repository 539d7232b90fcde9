"""Watches a page for everything that a person would not see but that is wrong all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

# A navigation that turns into a download; anything still on its way when the page was left. The browser itself says so:
# what a server refuses or a policy blocks fails by other names.
ABORTED_BY_US = "net::ERR_ABORTED"
# What the browser calls a request that found no network, or whose answer never came.
LOST = re.compile(r"net::ERR_(INTERNET_DISCONNECTED|FAILED|CONNECTION_\w+|NETWORK_CHANGED|EMPTY_RESPONSE)")


class Watch:
    """Collects the faults of all pages of one browser context.

    A fault is a console error, a breach of the content security policy (the browser reports it on the console), an
    exception in a script, a request that failed, an answer of 400 and above to a part of a page, any answer of 500
    and above, and any request to another host. A *page* that answers 4xx is no fault: tests look at refusals.
    """

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.home = urlsplit(home).netloc
        self.faults: list[str] = []
        self._refused_pages: set[str] = set()
        self._expected: set[int] = set()
        self._expects_losses = False
        context.on("page", self._follow)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfailed", self._failed)

    @contextmanager
    def expecting(self, *statuses: int, losses: bool = False) -> Iterator[None]:
        """A window in which a page is refused by its own requests with these answers, or (`losses`) gets none at all.
        What else goes wrong meanwhile is a fault as ever."""
        self._expected, self._expects_losses = set(statuses), losses
        yield
        self._expected, self._expects_losses = set(), False

    def _follow(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"exception in a script of {page.url}: {error}"))

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.netloc != self.home:
            self.faults.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.request.is_navigation_request():
            self._refused_pages.add(urldefrag(response.url).url)
        elif response.status in self._expected:
            return
        elif response.status >= 400:
            self.faults.append(f"{response.status} for {response.url}")
        if response.status >= 500:
            self.faults.append(f"{response.status} for the page {response.url}")

    def _failed(self, request: Request) -> None:
        is_lost = self._expects_losses and LOST.fullmatch(request.failure or "")
        if request.failure != ABORTED_BY_US and not is_lost:
            self.faults.append(f"request failed ({request.failure}): {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        where = message.location.get("url", "")
        page = urldefrag(where).url  # the console names the place on the page too, an answer does not
        if message.text.startswith("Failed to load resource") and page in self._refused_pages:
            return
        if message.text.startswith("Failed to load resource") and self._is_expected(message.text):
            return
        self.faults.append(f"console error at {where}: {message.text}")

    def _is_expected(self, text: str) -> bool:
        told = re.search(r"status of (\d+)", text)
        return int(told[1]) in self._expected if told else self._expects_losses and LOST.search(text) is not None

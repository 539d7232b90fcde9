"""What a person finds on a page: its links and its forms as a browser would send them; and a walk along all links."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client


@dataclass
class Form:
    """A form of a page; `data` is what it would send untouched, `names` what all its controls are called."""

    action: str
    method: str
    data: dict[str, Any] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.links, self.forms = url, [], []
        self._form: Form | None = None
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href"):
            self.links.append(urldefrag(urljoin(self.url, given["href"]))[0])
        elif tag == "form":
            action = urljoin(self.url, given.get("action") or self.url)
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name, kind = given.get("name", ""), given.get("type", "text")
        self._form.names |= {name}
        if tag == "input" and name and kind not in ("submit", "file", "button"):
            if kind not in ("checkbox", "radio") or "checked" in given:
                self._form.data[name] = given.get("value", "on" if kind == "checkbox" else "")
        elif tag == "textarea":
            self._area = name
            self._form.data[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._form.data):
            self._form.data[self._select] = given.get("value", "")

    def handle_data(self, text: str) -> None:
        if self._area and self._form is not None:
            self._form.data[self._area] += text

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""


def body_of(answer: Any) -> bytes:
    """All bytes of an answer; a file is read to its end, so that nothing stays open."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def text_of(body: bytes) -> str:
    """What can be read in an answer; of a workbook or document every part, its properties too."""
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        return "\n".join(f"{name}\n{file.read(name).decode('utf-8', 'replace')}" for name in file.namelist())


def links_on(page: Any, url: str) -> list[str]:
    return _read(page, url).links


def forms_on(page: Any, url: str) -> list[Form]:
    """All forms of the page, without their tokens."""
    found = _read(page, url).forms
    for form in found:
        form.data.pop("csrfmiddlewaretoken", None)
        form.names.discard("csrfmiddlewaretoken")
    return found


def form_on(page: Any, url: str, action: str | None = None) -> Form:
    """The form of the page that posts to `action` (the page itself by default), its token left out."""
    wanted = action or url
    found = [form for form in _read(page, url).forms if form.method == "post" and form.action == wanted]
    assert found, f"no form to {wanted} on {url}"
    found[0].data.pop("csrfmiddlewaretoken", None)
    return found[0]


def crawl(browser: Client, *starts: str, follow: bool = True) -> dict[str, str]:
    """Every address of the workspace that can be reached by links and GET forms from `starts`, with all that came:
    headers and body, as one text. Pages that answer 404 or 403 are in it too. Without `follow`, `starts` alone."""
    found: dict[str, str] = {}
    waiting = list(starts)
    while waiting:
        url = waiting.pop()
        if url in found:
            continue
        answer = browser.get(url)
        headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
        found[url] = f"{headers}\n{text_of(body_of(answer))}"
        if not follow:
            continue
        if answer.get("Location"):
            waiting.append(urljoin(url, answer["Location"]))
        if answer.get("Content-Type", "").startswith("text/html"):
            waiting += [link for link in links_on(answer, url) if urlsplit(link).path.startswith("/lam-viec/")]
    return found


def _read(page: Any, url: str) -> _Reader:
    reader = _Reader(url)
    reader.feed(page.content.decode())
    return reader

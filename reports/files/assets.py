"""Static files that released pages name: kept in the public store too, so that old pages look the same for ever."""

from __future__ import annotations

import mimetypes
import posixpath
import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

_CSS_LINK = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_TYPES |= {".woff2": "font/woff2"}


class MissingAsset(Exception):
    """A page names a static file that this installation does not have."""


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if value and name in ("href", "src", "xlink:href")}


def named_in(page: bytes) -> set[str]:
    """Addresses below STATIC_URL that an HTML page names, without fragments."""
    links = _Links()
    links.feed(page.decode())
    return {address for address in (urldefrag(link).url for link in links.found) if _is_static(address)}


def collect(addresses: Iterable[str]) -> dict[str, tuple[bytes, str]]:
    """Address → (bytes, content type), for the addresses given and whatever their style sheets name in turn.

    Raises `MissingAsset` for a file that is not there.
    """
    waiting, found = set(addresses), {}
    while waiting:
        address = waiting.pop()
        name = unquote(urlsplit(address).path.removeprefix(settings.STATIC_URL))
        body, suffix = _read(name), posixpath.splitext(name)[1]
        found[address] = (body, _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream")
        if suffix == ".css":
            links = (urljoin(address, first or second) for first, second in _CSS_LINK.findall(body.decode()))
            waiting |= {link for link in (urldefrag(link).url for link in links) if _is_static(link)} - found.keys()
    return found


def _is_static(address: str) -> bool:
    return address.startswith(settings.STATIC_URL) and not address.endswith("/")


def _read(name: str) -> bytes:
    """From where the server serves it (collected, hashed names), else from the source folders."""
    if staticfiles_storage.exists(name):
        with staticfiles_storage.open(name) as file:
            return bytes(file.read())
    if (source := finders.find(name)) is not None:
        return Path(str(source)).read_bytes()
    raise MissingAsset(f"Thiếu tệp tĩnh {name}. Chạy “manage.py collectstatic” rồi công bố lại.")

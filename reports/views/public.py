"""The public side: bytes from the store, by the index in memory. No database, no session, nothing computed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag

from reports.files import index
from reports.files.index import Entry, Index
from reports.files.store import ENCODINGS, read
from units.views.gates import public


@public
def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer a public address; whatever is not in the index gets the one constant 404 (cases T25, T26).

    A missing trailing slash is added only where that leads somewhere; with a single organiser the short form of its
    addresses ("/xep-hang/…") leads to the full one.
    """
    if request.method not in ("GET", "HEAD"):
        raise Http404
    entries = index.load()
    entry = entries.get(path)
    if entry is not None:
        return _answer(request, entry)
    if not path:
        return _nothing_yet()
    location = _elsewhere(entries, path)
    if location is None:
        raise Http404
    return _kept_short(HttpResponsePermanentRedirect(location))


def _nothing_yet() -> HttpResponse:
    """The first page of a portal that has published nothing; it says the same whatever is on its way."""
    response = HttpResponse(render_to_string("public/nothing_yet.html"))
    response["Cache-Control"] = "no-store"
    return response


def _elsewhere(entries: Index, path: str) -> str | None:
    """The full address that a short or unfinished one stands for, None when it stands for nothing."""
    home = entries.get("")
    prefixes = ["", home.location.lstrip("/")] if home is not None and home.location else [""]
    for prefix in prefixes:
        for ending in ("", "/"):
            address = f"{prefix}{path}{ending}"
            if address != path and address in entries and entries[address].status in (200, 410):
                return f"/{address}"
    return None


def _answer(request: HttpRequest, entry: Entry) -> HttpResponseBase:
    if entry.location:
        return _kept_short(HttpResponseRedirect(entry.location))
    encoding, body = _best_form(request, entry)
    if body is None:
        raise Http404  # the store is damaged; `manage.py verify_public` names the file
    response = HttpResponse(body, content_type=entry.content_type, status=entry.status)
    response["ETag"] = etag = quote_etag(f"{entry.sha256[:32]}{encoding and '-' + encoding}")
    response["Cache-Control"] = f"public, max-age={entry.keep}{', immutable' if entry.immutable else ''}"
    response["Vary"] = "Accept-Encoding"
    response["Content-Length"] = str(len(body))
    if encoding:
        response["Content-Encoding"] = encoding
    if entry.file_name:
        response["Content-Disposition"] = content_disposition_header(True, entry.file_name)
    if entry.status != 200:
        return response
    return get_conditional_response(request, etag=etag, response=response) or response


def _best_form(request: HttpRequest, entry: Entry) -> tuple[str, bytes | None]:
    accepted = _accepted(request.headers.get("Accept-Encoding", ""))
    for encoding in ENCODINGS:
        if encoding in accepted and (body := read(entry.sha256, encoding)) is not None:
            return encoding, body
    return "", read(entry.sha256)


def _accepted(header: str) -> set[str]:
    """Encodings that the reader takes: named, and not with q=0."""
    found = set()
    for part in header.lower().split(","):
        name, _, weight = part.partition(";")
        if weight.replace(" ", "").rstrip("0.") != "q=":
            found.add(name.strip())
    return found


def _kept_short(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "public, max-age=60"
    return response

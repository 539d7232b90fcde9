"""409: what was typed beside what stands, and the same form again from the version that stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

CONFLICT = 409


@dataclass(frozen=True)
class Clash:
    """One edit that came too late. `typed` and `stands` in words; `who` "" where the reader may not know it.

    `fields` are posted to `url` by "Dùng bản của tôi": what was typed, with the version that stands now.
    """

    heading: str
    typed: str
    stands: str
    url: str
    fields: list[tuple[str, str]]
    who: str = ""
    at: datetime | None = None


def again(data: QueryDict, version_field: str, version: int) -> list[tuple[str, str]]:
    """What a form had posted, its version replaced by the one that stands now."""
    kept = [
        (name, str(value))
        for name, values in data.lists()
        if name not in (version_field, "csrfmiddlewaretoken")
        for value in values
    ]
    return [*kept, (version_field, str(version))]


def stale_page(
    request: HttpRequest, clashes: list[Clash], newest_url: str, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The page of a refused edit; `newest_url` shows what stands now, `context` is the frame of the page."""
    shown = {"clashes": clashes, "newest_url": newest_url, **(context or {})}
    return render(request, "scoring/stale_value.html", shown, status=CONFLICT)

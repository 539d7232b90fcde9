"""History pages: the trail of the site for administrators, and what every other history page shows the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from units import trail
from units.forms import TrailFilter
from units.models import Organiser, TrailEntry
from units.permissions import ADMINISTER
from units.selectors import organiser_administered_by, site_entries_of
from units.views.gates import SignedInRequest, route

BAD_REQUEST = 400
PER_PAGE = 50


@route(ADMINISTER, organiser_administered_by)
@require_safe
def site(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    """What was done to units, people and roles of the organiser; `?ve=units.User:12` is one person's history."""
    shown = trail_page(request, site_entries_of(organiser))
    return render(request, "units/trail.html", shown | {"organiser": organiser}, status=status_of(shown))


def trail_page(
    request: HttpRequest,
    entries: QuerySet[TrailEntry],
    name_of: Callable[[TrailEntry], str] | None = None,
    *,
    is_whole: bool = True,
) -> dict[str, Any]:
    """Template variables of components/trail.html: `page`, its `rows`, `form` of filters, `query` for the pager.

    `name_of` says who did it, where a reader may not know every name. `is_whole`: with addresses, roles and data.
    Four queries at any length.
    """
    form = TrailFilter(trail.actions_in(entries), request.GET, by_name=name_of is None)
    chosen = form.asked if form.is_valid() else {}
    page = Paginator(trail.narrowed(entries, **chosen), PER_PAGE).get_page(request.GET.get("trang"))
    rows = rows_of(page.object_list, name_of, is_whole=is_whole)
    query = urlencode({name: value for name, value in form.data.items() if value and name in form.fields})
    return {"page": page, "rows": rows, "form": form, "query": f"{query}&" if query else "", "is_whole": is_whole}


def status_of(shown: dict[str, Any]) -> int:
    return 200 if shown["form"].is_valid() else BAD_REQUEST


def rows_of(
    entries: Any, name_of: Callable[[TrailEntry], str] | None = None, *, is_whole: bool = True
) -> list[dict[str, Any]]:
    """Entries as components/trail_rows.html shows them."""
    return [
        {
            "entry": entry,
            "who": name_of(entry) if name_of else entry.actor_label,
            "act": trail.words_of(entry.action),
            "details": trail.details_of(entry.data) if is_whole else [],
        }
        for entry in entries
    ]

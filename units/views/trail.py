"""History pages: the trail of the site for administrators, and what every other history page shows the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from units import trail
from units.forms import TrailFilter
from units.models import Organiser, TrailEntry, Unit
from units.permissions import ADMINISTER
from units.selectors import Thing, organiser_administered_by, site_entries_of, thing_known_at
from units.views.gates import SignedInRequest, route
from units.views.people import crumbs_of

BAD_REQUEST = 400
PER_PAGE = 50


@route(ADMINISTER, organiser_administered_by)
@require_safe
def site(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    """What was done to units, people and roles of the organiser; `?ve=units.User:12` is one person's history."""
    shown = trail_page(request, site_entries_of(organiser))
    thing = thing_known_at(organiser, shown["thing"]) if shown["thing"] else None
    context = shown | {"organiser": organiser, "about": thing, "crumbs": _crumbs(organiser, thing)}
    return render(request, "units/trail.html", context, status=status_of(shown))


def _crumbs(organiser: Organiser, thing: Thing | None) -> list[dict[str, Any]]:
    """Back to the page of the thing where it has one here, else to the list of people, where the trail is opened."""
    if thing is None or not thing.has_page:
        return crumbs_of(organiser)
    if thing.model is Unit:
        tree = {"label": "Cây đơn vị", "url": reverse("scoring:units", args=[organiser.slug])}
        return [tree, {"label": thing.name, "url": reverse("scoring:unit", args=[organiser.slug, thing.pk])}]
    page = reverse("units:person", args=[organiser.slug, thing.pk])
    return [*crumbs_of(organiser), {"label": thing.name, "url": page}]


def trail_page(
    request: HttpRequest,
    entries: QuerySet[TrailEntry],
    name_of: Callable[[TrailEntry], str] | None = None,
    *,
    is_whole: bool = True,
    is_detailed: bool | None = None,
) -> dict[str, Any]:
    """Template variables of components/trail.html: `page`, its `rows`, `form` of filters, `query` for the pager;
    `thing` that the lines are about ("units.Unit:12", or ""), `query_without` it, and whether lines are `is_narrowed`
    by anything else.

    `name_of` says who did it, where a reader may not know every name. `is_whole`: with addresses, roles and data;
    `is_detailed`: with data, where that is not the same. Seven queries at most, at any length.
    """
    form = TrailFilter(trail.actions_in(entries), request.GET, by_name=name_of is None)
    chosen = form.asked if form.is_valid() else {}
    page = Paginator(trail.narrowed(entries, **chosen), PER_PAGE).get_page(request.GET.get("trang"))
    rows = rows_of(page.object_list, name_of, is_whole=is_whole, is_detailed=is_detailed)
    asked = {name: value for name, value in form.data.items() if value and name in form.fields}
    others = {name: value for name, value in asked.items() if name != "ve"}
    return {
        "page": page,
        "rows": rows,
        "form": form,
        "query": f"{urlencode(asked)}&" if asked else "",
        "query_without": urlencode(others),
        "thing": chosen.get("thing", ""),
        "is_narrowed": bool(others),
        "is_whole": is_whole,
    }


def status_of(shown: dict[str, Any]) -> int:
    return 200 if shown["form"].is_valid() else BAD_REQUEST


def rows_of(
    entries: Iterable[TrailEntry],
    name_of: Callable[[TrailEntry], str] | None = None,
    *,
    is_whole: bool = True,
    is_detailed: bool | None = None,
) -> list[dict[str, Any]]:
    """Entries as components/trail_rows.html shows them."""
    is_detailed = is_whole if is_detailed is None else is_detailed
    entries = list(entries)
    known = trail.known_in(entries) if is_detailed else trail.Known()
    return [
        {
            "entry": entry,
            "who": name_of(entry) if name_of else entry.actor_label,
            "act": trail.words_of(entry.action),
            "details": trail.details_of(entry, known) if is_detailed else [],
        }
        for entry in entries
    ]

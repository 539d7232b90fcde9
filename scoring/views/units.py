"""The tree of units: walking it, searching it, a unit with those before and after it, and how a unit ends."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.forms.units import EndUnitForm
from scoring.permissions import END_UNIT, VIEW_CAMPAIGNS, VIEW_UNITS
from scoring.selectors.campaigns import organiser_visible_to
from scoring.selectors.units import (
    UnitHere,
    before_and_after,
    children_of,
    found_units,
    impact_of,
    people_left_at,
    provinces,
    unit_visible_to,
    years_of,
)
from scoring.services.errors import Conflict, Incomplete
from scoring.services.succession import check_end, end_unit, undo_end, why_not_undone
from scoring.views.editing import CONFLICT, UNPROCESSABLE
from units.models import Organiser
from units.permissions import ADMINISTER, can
from units.views.gates import SignedInRequest, route

ON_A_PAGE = 50
LONGEST_SEARCH = 100
ALL_OPEN = "tat-ca"


@route(VIEW_UNITS, organiser_visible_to)
@require_safe
def tree(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    """The top of the tree, or what a search found; `?mo=tat-ca` opens every shelf and shows what stands below each."""
    text = request.GET.get("tim", "").strip()[:LONGEST_SEARCH]
    context: dict[str, Any] = {"organiser": organiser, "text": text}
    if text:
        page = Paginator(found_units(text), ON_A_PAGE).get_page(request.GET.get("trang"))
        context |= {"page": page, "query": f"{urlencode({'tim': text})}&"}
    else:
        context["deep"] = deep = request.GET.get("mo") == ALL_OPEN
        context["current"], context["ended"] = children_of(organiser.unit, deep=deep)
        context["below"] = sum(getattr(item, "below", 0) for shelf in context["current"] for item in shelf.units)
        context["provinces"], context["former_provinces"] = provinces()
        context["may_add"] = bool(can(request.user, ADMINISTER, organiser))
    return render(request, "scoring/units/tree.html", context)


@route(VIEW_UNITS, unit_visible_to)
@require_safe
def unit(request: SignedInRequest, here: UnitHere) -> HttpResponse:
    """One unit: its time, who it came from, who followed, what stands below it, its years."""
    return _unit_page(request, here)


@route(END_UNIT, unit_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, here: UnitHere) -> HttpResponseBase:
    """Fill in, see what it touches, and only then let the unit end."""
    form = EndUnitForm(request.POST or None, unit=here.unit)
    impact, status = None, 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                check_end(here, form.end())
                impact = impact_of(here.unit, form.cleaned_data["day"])
                if "apply" in request.POST and form.cleaned_data["seen"] == form.digest(impact):
                    end_unit(here, form.end(), by=request.user)
                    messages.info(request, f"Đã cho {here.unit.name} kết thúc và ghi nối tiếp.")
                    return redirect("scoring:unit", here.organiser.slug, here.unit.pk)
                status = 200
            except Incomplete as fault:
                impact = None
                form.add_error(fault.field, fault.sentence)
            except Conflict as refused:
                impact, status = None, CONFLICT
                form.add_error(None, refused.sentence)
    context = {"here": here, "organiser": here.organiser, "form": form, "impact": impact}
    context["seen"] = form.digest(impact) if impact else ""
    context["end"] = form.end() if impact else None
    context["may_administer"] = bool(can(request.user, ADMINISTER, here.organiser))
    return render(request, "scoring/units/end.html", context, status=status)


@route(END_UNIT, unit_visible_to)
@require_POST
def undo(request: SignedInRequest, here: UnitHere) -> HttpResponseBase:
    """Take the end back, while no year rests on it."""
    try:
        undo_end(here, by=request.user)
    except Conflict as refused:
        return _unit_page(request, here, refused.sentence)
    messages.info(request, f"Đã hoàn tác; {here.unit.name} tiếp tục hoạt động.")
    return redirect("scoring:unit", here.organiser.slug, here.unit.pk)


def _unit_page(request: SignedInRequest, here: UnitHere, refusal: str = "") -> HttpResponse:
    before, after = before_and_after(here.unit)
    current, ended = children_of(here.unit)
    may_end = bool(can(request.user, END_UNIT, here))
    why_stays = why_not_undone(here.unit) if may_end and here.unit.end_document else ""
    context = {
        "here": here,
        "organiser": here.organiser,
        "before": before,
        "after": after,
        "current": current,
        "ended": ended,
        "years": years_of(here, after),
        "may_see_campaigns": bool(can(request.user, VIEW_CAMPAIGNS, here.organiser)),
        "may_see_trail": bool(can(request.user, ADMINISTER, here.organiser)),
        "left": people_left_at(here) if can(request.user, ADMINISTER, here.organiser) else [],
        "may_see_history": here.is_own or here.unit.pk == here.organiser.unit_id,
        "may_end": may_end and here.unit.valid_to is None,
        "may_undo": may_end and bool(here.unit.end_document) and not why_stays,
        "why_stays": why_stays,
        "errors": [{"text": refusal, "url": ""}] if refusal else [],
    }
    return render(request, "scoring/units/unit.html", context, status=CONFLICT if refusal else 200)

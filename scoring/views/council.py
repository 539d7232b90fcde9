"""The council's room: what is open, one point with all that was said of it, decisions and classes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from scoring.enums import Source, Stage
from scoring.forms.council import PickForm, ReasonForm
from scoring.models import Campaign, Participant, Value
from scoring.permissions import DECIDE, VIEW_COUNCIL, VIEW_RUN
from scoring.selectors.council import (
    COUNCIL_ONLY,
    Point,
    Word,
    council_values,
    decisions_of,
    groups_at_council,
    near_classes,
    participant_for_council,
    points_of,
    run_for,
    standing,
)
from scoring.selectors.dossiers import campaign_of_work
from scoring.selectors.explanation import leaf_of_unit
from scoring.services.council import keep_declared
from scoring.services.errors import Conflict, Incomplete
from scoring.services.leaves import leaf_of
from scoring.services.values import content_of
from scoring.views.showing import say_content, say_worth
from units import trail
from units.permissions import can
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
ON_A_PAGE = 50
OPEN, SETTLED, ALL = "mo", "da-quyet", "tat-ca"


@route(VIEW_COUNCIL, campaign_of_work)
@require_safe
def points(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """Everything before the council, by unit, component and state."""
    return _points_page(request, campaign)


@route(VIEW_COUNCIL, campaign_of_work)
@require_safe
def pick(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Open a leaf that the list does not hold: the council may settle any."""
    form = PickForm(request.GET)
    if form.is_valid():
        unit, code = form.cleaned_data["unit"], form.cleaned_data["criterion"]
        participant = campaign.participants.filter(code=unit).first()
        if participant is not None and _is_self_leaf(participant, code):
            return redirect("scoring:council_point", campaign.organiser.slug, campaign.code, unit, code)
    sentence = "Không có tiêu chí tự chấm mang mã này ở đơn vị đã chọn. Xem lại mã, ví dụ 3.2.1."
    return _points_page(request, campaign, [sentence], UNPROCESSABLE)


@route(VIEW_COUNCIL, campaign_of_work)
@require_safe
def decisions(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """All decisions with their reasons, unit by unit; for print."""
    settled = [point for point in points_of(campaign) if point.is_decided]
    values = council_values(settled)
    units = [
        {"unit": item, "rows": [_decided(campaign, point, values) for point in item.points]}
        for item in decisions_of(campaign, settled)
    ]
    context = {"campaign": campaign, "units": units, "count": len(settled), "is_sample": campaign.is_sample}
    context["head"] = trail.head_of(campaign.trail_scope)
    return render(request, "scoring/council/decisions.html", context)


@route(DECIDE, participant_for_council)
@require_POST
def keep_all(request: SignedInRequest, participant: Participant) -> HttpResponseBase:
    """One reason for every declared value of a unit that only the council judges."""
    campaign, form = participant.campaign, ReasonForm(request.POST)
    if not form.is_valid():
        return _points_page(request, campaign, [str(text) for text in form.errors["reason"]], UNPROCESSABLE)
    try:
        kept = keep_declared(participant, form.cleaned_data["reason"], by=request.user)
    except Incomplete as incomplete:
        return _points_page(request, campaign, [incomplete.sentence], UNPROCESSABLE)
    except Conflict as refused:
        return _points_page(request, campaign, [refused.sentence], CONFLICT)
    messages.info(request, f"Đã giữ giá trị tự chấm của {kept} tiêu chí ở {participant.name}.")
    return redirect(_list_url(campaign) + f"?don-vi={participant.code}")


def _points_page(
    request: SignedInRequest, campaign: Campaign, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    here, elsewhere = groups_at_council(campaign)
    found = points_of(campaign)
    filters = _filters(request.GET, found)
    shown = [point for point in found if _passes(point, filters)]
    page = Paginator(shown, ON_A_PAGE).get_page(request.GET.get("trang"))
    run = run_for(request.user, campaign)
    context = {
        "campaign": campaign,
        "is_sample": campaign.is_sample,
        "here": here,
        "elsewhere": elsewhere,
        "page": page,
        "rows": [{"point": point, "cells": [_cell(value) for value in point.row]} for point in page],
        "query": _query(filters),
        "filters": filters,
        "open_count": sum(not point.is_decided for point in found),
        "settled_count": sum(point.is_decided for point in found),
        "units": list({point.participant.code: point.participant.name for point in found}.items()),
        "components": sorted({point.component.code for point in found}, key=lambda code: (len(code), code)),
        "council_only": _left_to_council(request, found),
        "all_units": campaign.participants.filter(group__in=here, is_assessed=True).order_by("unit__name_sort"),
        "run": run,
        "near": near_classes(run, campaign) if run else [],
        "may_view_run": run is not None and bool(can(request.user, VIEW_RUN, run)),
        "errors": [{"text": text} for text in errors or []],
    }
    return render(request, "scoring/council/points.html", context, status=status)


def _filters(query: QueryDict, found: list[Point[Word]]) -> dict[str, str]:
    """What the address asks for; nonsense is taken for nothing."""
    state = query.get("trang-thai", OPEN)
    units = {point.participant.code for point in found}
    components = {point.component.code for point in found}
    unit, component = query.get("don-vi", ""), query.get("linh-vuc", "")
    return {
        "state": state if state in (OPEN, SETTLED, ALL) else OPEN,
        "unit": unit if unit in units else "",
        "component": component if component in components else "",
    }


def _passes(point: Point[Word], filters: dict[str, str]) -> bool:
    if filters["unit"] and point.participant.code != filters["unit"]:
        return False
    if filters["component"] and point.component.code != filters["component"]:
        return False
    return filters["state"] == ALL or point.is_decided is (filters["state"] == SETTLED)


def _query(filters: dict[str, str]) -> str:
    kept = QueryDict(mutable=True)
    kept.update({"trang-thai": filters["state"], "don-vi": filters["unit"], "linh-vuc": filters["component"]})
    return f"{kept.urlencode()}&"


def _left_to_council(request: SignedInRequest, found: list[Point[Word]]) -> list[dict[str, Any]]:
    """Units that only the council judges, with what could be kept as declared at once."""
    by_unit: dict[int, list[Point[Word]]] = {}
    for point in found:
        if COUNCIL_ONLY in point.kinds and not point.is_decided:
            by_unit.setdefault(point.participant.pk, []).append(point)
    return [
        {
            "participant": waiting[0].participant,
            "open": len(waiting),
            "declared": sum(point.may_keep_declared for point in waiting),
            "may_decide": bool(can(request.user, DECIDE, waiting[0].participant)),
            "form": ReasonForm(auto_id=f"giu-{waiting[0].participant.code}-%s"),
        }
        for waiting in by_unit.values()
    ]


def _cell(value: Word | Value | None) -> dict[str, Any]:
    """One value in a table; `is_there` says whether there is anything to explain."""
    return {"text": say_worth(value), "is_there": value is not None}


def _decided(campaign: Campaign, point: Point[Word], values: dict[int, Value]) -> dict[str, Any]:
    """One decision as a row for print: what stood, what the council said, and why."""
    council, before = values[point.values[Stage.COUNCIL].pk], standing(point)
    return {
        "criterion": point.criterion,
        "cells": [_cell(value) for value in (point.values.get(Stage.DECLARED), before, council)],
        "unit": point.participant.code,
        "said": say_content(leaf_of(council.criterion, campaign), content_of(council)),
        "reason": council.reason,
        "legal_basis": council.legal_basis,
        "at": council.changed_at,
    }


def _is_self_leaf(participant: Participant, code: str) -> bool:
    try:
        return leaf_of_unit(participant, code).source == Source.SELF
    except Http404:
        return False


def _list_url(campaign: Campaign) -> str:
    return reverse("scoring:council", args=[campaign.organiser.slug, campaign.code])

"""Minutes of the council's meetings: the team reads them, the coordinator writes them."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from scoring.forms.council import MinutesForm
from scoring.models import Campaign, CouncilSession
from scoring.permissions import VIEW_COUNCIL, WRITE_MINUTES
from scoring.selectors.council import session_visible_to, sessions_of
from scoring.selectors.dossiers import campaign_of_work
from scoring.services.minutes import add_minutes, change_minutes, minutes_pen
from scoring.views.editing import edit
from units import trail
from units.permissions import authorize, can
from units.views.gates import SignedInRequest, route


@route(VIEW_COUNCIL, campaign_of_work)
@require_safe
def sessions(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    context = {"campaign": campaign, "sessions": sessions_of(campaign), "is_sample": campaign.is_sample}
    context["head"] = trail.head_of(campaign.trail_scope)
    return render(request, "scoring/council/sessions.html", context | _rights(request, campaign))


@route(WRITE_MINUTES, campaign_of_work)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Minutes of one more meeting."""
    form = MinutesForm(request.POST or None, initial={"version": 0})

    def save() -> str:
        made = add_minutes(campaign, form.content, by=request.user)
        return f"Đã ghi biên bản phiên họp ngày {made.held_on:%d/%m/%Y}."

    return edit(
        request, campaign, form, save, template="scoring/council/session.html",
        context={"session": None} | _rights(request, campaign), then=_list(campaign), current=dict,
    )  # fmt: skip


@route(VIEW_COUNCIL, session_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def session(request: SignedInRequest, session: CouncilSession) -> HttpResponseBase:
    """One meeting; POST changes its minutes."""
    campaign = session.campaign
    if request.method == "POST":
        authorize(request.user, WRITE_MINUTES, session)
    form = MinutesForm(request.POST or None, initial=MinutesForm.initial_of(session))

    def save() -> str:
        change_minutes(session, form.content, seen=form.cleaned_data["version"], by=request.user)
        return "Đã lưu biên bản."

    return edit(
        request, campaign, form, save, template="scoring/council/session.html",
        context={"session": session} | _rights(request, campaign), then=_list(campaign),
        current=lambda: MinutesForm.initial_of(CouncilSession.objects.get(pk=session.pk)),
    )  # fmt: skip


def _rights(request: SignedInRequest, campaign: Campaign) -> dict[str, Any]:
    """May this person write minutes now? Where the step stands against it, `closed` says so."""
    if not can(request.user, WRITE_MINUTES, campaign):
        return {"may_write": False, "closed": ""}
    pen = minutes_pen(campaign)
    return {"may_write": bool(pen), "closed": pen.reason}


def _list(campaign: Campaign) -> str:
    return reverse("scoring:council_sessions", args=[campaign.organiser.slug, campaign.code])

"""The way into the workspace."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from scoring.permissions import VIEW_CAMPAIGNS, VIEW_GUIDE
from scoring.selectors.work import dossier_to_begin_with, has_own_work
from scoring.services.guide import newest_campaign
from units.models import Organiser, User
from units.permissions import ADMINISTER, USE_WORKSPACE, can
from units.selectors import organisers_of, roles_over
from units.views.gates import SignedInRequest, route


@route(USE_WORKSPACE)
@require_safe
def workspace(request: SignedInRequest) -> HttpResponseBase:
    """Straight to the organiser when there is one, for people of one unit to its board; else a choice, or a sentence
    about what is missing."""
    places = [(item, name) for item in organisers_of(request.user) if (name := _place(request.user, item))]
    if len(places) == 1:
        organiser, name = places[0]
        if name == "scoring:work" and (own := dossier_to_begin_with(request.user, organiser)) is not None:
            return redirect("scoring:board", organiser.slug, own.campaign.code, own.code)
        return redirect(name, organiser.slug)
    over = [] if places else roles_over(request.user)
    return render(request, "scoring/workspace.html", {"places": places, "over": over})


def _place(user: User, organiser: Organiser) -> str:
    """The first page of this person at one organiser: own work, the set-up while there is no year, campaigns,
    people; "" where there is none."""
    if has_own_work(user, organiser):
        return "scoring:work"
    if can(user, VIEW_GUIDE, organiser) and not user.is_demo and newest_campaign(organiser) is None:
        return "scoring:guide"
    if can(user, VIEW_CAMPAIGNS, organiser):
        return "scoring:campaigns"
    return "units:people" if can(user, ADMINISTER, organiser) else ""

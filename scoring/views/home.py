"""The way into the workspace."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import redirect, render

from scoring.permissions import VIEW_CAMPAIGNS
from units.permissions import ADMINISTER, USE_WORKSPACE, can
from units.selectors import organisers_of
from units.views.gates import SignedInRequest, route


@route(USE_WORKSPACE)
def workspace(request: SignedInRequest) -> HttpResponseBase:
    """Straight to the organiser when there is one; else a choice, or a sentence about what is missing."""
    organisers = [item for item in organisers_of(request.user) if can(request.user, VIEW_CAMPAIGNS, item)]
    if len(organisers) == 1:
        return redirect("scoring:campaigns", organisers[0].slug)
    context = {"organisers": organisers, "may_administer": bool(can(request.user, ADMINISTER))}
    return render(request, "scoring/workspace.html", context)

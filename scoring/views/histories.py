"""History pages: the trail of a year, of one unit's dossier, and of a unit itself."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scoring.models import Campaign, Submission
from scoring.permissions import VIEW_CAMPAIGN, VIEW_DOSSIER, VIEW_UNITS
from scoring.selectors.campaigns import campaign_visible_to
from scoring.selectors.histories import dossier_entries, naming
from scoring.selectors.units import UnitHere, own_unit_visible_to
from scoring.selectors.worksheet import dossier_visible_to, sight_of
from units import trail
from units.enums import Role
from units.models import Unit, User
from units.views.gates import SignedInRequest, route
from units.views.trail import status_of, trail_page


@route(VIEW_CAMPAIGN, campaign_visible_to)
@require_safe
def campaign(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """Every act of the year, newest first; the data of an act is for the coordinator."""
    entries = trail.entries_of(campaign.trail_scope)
    shown = trail_page(request, entries, is_whole=_coordinates(request.user, campaign))
    context = shown | {"campaign": campaign, "head": trail.head_of(campaign.trail_scope)}
    return render(request, "scoring/history.html", context | _sample(campaign), status=status_of(shown))


@route(VIEW_DOSSIER, dossier_visible_to)
@require_safe
def dossier(request: SignedInRequest, submission: Submission) -> HttpResponse:
    """What happened to the dossier, as far as the reader may know of it."""
    participant = submission.participant
    sight, year = sight_of(request.user, participant), participant.campaign
    entries = dossier_entries(request.user, participant, sight)
    is_whole = not sight.is_unit and _coordinates(request.user, year)
    shown = trail_page(request, entries, naming(participant, sight), is_whole=is_whole)
    context = shown | {"campaign": year, "participant": participant}
    return render(request, "scoring/dossier/history.html", context | _sample(year), status=status_of(shown))


@route(VIEW_UNITS, own_unit_visible_to)
@require_safe
def unit(request: SignedInRequest, here: UnitHere) -> HttpResponse:
    """What was done to a unit of the organiser itself, with what was changed; without addresses and lines."""
    entries = trail.entries_of(trail.SITE).filter(trail.about(Unit.objects.filter(pk=here.unit.pk)))
    shown = trail_page(request, entries, is_whole=False, is_detailed=True)
    context = shown | {"here": here, "organiser": here.organiser}
    return render(request, "scoring/units/history.html", context, status=status_of(shown))


def _coordinates(user: User, campaign: Campaign) -> bool:
    return any(
        item.organiser_id == campaign.organiser_id and item.role == Role.COORDINATOR
        for item in user.current_memberships
    )


def _sample(campaign: Campaign) -> dict[str, bool]:
    return {"is_sample": campaign.is_sample}

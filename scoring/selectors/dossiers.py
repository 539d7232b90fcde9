"""Choosing dossiers, parts and groups within what a person may know of: strangers get 404."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404

from scoring.enums import Phase
from scoring.models import AppraisalPart, Campaign, Explanation, Group, Participant, Submission
from scoring.permissions import UNIT_ROLES, came_before, held_by
from scoring.selectors.campaigns import organiser_visible_to
from units.enums import Role
from units.models import Organiser, Unit, User

TEAM = (Role.COORDINATOR, Role.LEADER, Role.COUNCIL)


# A unit left out in mid-year, and who came after a unit that ended, go on reading what was written.
_OPENED = (Q(is_assessed=True) | Q(submission__isnull=False)) & ~Q(group__phase=Phase.DRAFT)


def participants_visible_to(user: User, organiser: Organiser) -> QuerySet[Participant]:
    """Units in campaigns of `organiser` whose dossier the person may know of: all for the team, one's own unit and
    those it had come out of once their group was opened, and those where one holds an appraisal part."""
    mine = [item for item in user.current_memberships if item.organiser_id == organiser.pk]
    found = _participants(organiser)
    if not any(item.role in TEAM for item in mine):
        known = Q(unit__in=_own_units(user, organiser)) & _OPENED
        if inherited := came_before(user, organiser.pk, UNIT_ROLES):
            known |= Q(unit__in=inherited, submission__isnull=False) & ~Q(group__phase=Phase.DRAFT)
        if any(item.role == Role.APPRAISER for item in mine):
            judged = AppraisalPart.objects.filter(held_by(user)).values("participant")
            known |= Q(pk__in=judged)
        found = found.filter(known)
    return found


def _participants(organiser: Organiser) -> QuerySet[Participant]:
    found = Participant.objects.filter(campaign__organiser=organiser)
    return found.select_related("campaign__organiser", "group", "criteria_set", "unit")


def _own_units(user: User, organiser: Organiser) -> list[int]:
    """The units that the person works for there today."""
    mine = (item for item in user.current_memberships if item.organiser_id == organiser.pk)
    return [item.unit_id for item in mine if item.role in UNIT_ROLES]


def units_still_assessed(organiser: int) -> QuerySet[Unit]:
    """Units with a dossier in a year of the organiser that is not announced yet, also those that have ended since.

    Asked by units.selectors through settings.UNITS_STILL_ASSESSED, as units knows nothing of years.
    """
    running = Participant.objects.filter(
        campaign__organiser=organiser, is_assessed=True, submission__isnull=False
    ).exclude(group__phase=Phase.PUBLISHED)
    return Unit.objects.filter(pk__in=running.values("unit"))


def participant_visible_to(user: User, slug: str, code: str, unit: str) -> Participant:
    """One unit in one campaign by its address; Http404 for strangers and for what does not exist, alike."""
    return _at(user, slug, code, unit)


def submission_visible_to(user: User, slug: str, code: str, unit: str) -> Submission:
    """The dossier of a unit by its address; Http404 also where the year has not been opened for it."""
    return _at(user, slug, code, unit, with_submission=True).submission


def _at(user: User, slug: str, code: str, unit: str, *, with_submission: bool = False) -> Participant:
    for known in _known_to(user, organiser_visible_to(user, slug)):
        found = known.filter(campaign__code=code, code=unit)
        if with_submission:
            found = found.filter(submission__isnull=False).select_related("submission")
        if (participant := found.first()) is not None:
            return participant
    raise Http404


def _known_to(user: User, organiser: Organiser) -> Iterator[QuerySet[Participant]]:
    """People of the unit itself, who come most often, are asked no more than whether it is theirs."""
    if own := _own_units(user, organiser):
        yield _participants(organiser).filter(_OPENED, unit__in=own)
    yield participants_visible_to(user, organiser)


def explanation_visible_to(user: User, slug: str, code: str, unit: str) -> Explanation:
    """The explanation of a unit by its address; Http404 where there is none (yet)."""
    participant = participant_visible_to(user, slug, code, unit)
    explanation = Explanation.objects.filter(participant=participant).first()
    if explanation is None:
        raise Http404
    explanation.participant = participant
    return explanation


def explanation_below(user: User, slug: str, code: str, unit: str, **rest: Any) -> Explanation:
    """The explanation of an address that goes on below it (a step, a leaf, a letter)."""
    return explanation_visible_to(user, slug, code, unit)


def parts_of(user: User, campaign: Campaign) -> QuerySet[AppraisalPart]:
    """The parts that the person works in one campaign, own ones and those of the absent, in the order of the units."""
    return (
        AppraisalPart.objects.filter(held_by(user), participant__campaign=campaign, participant__is_assessed=True)
        .select_related("participant__group", "participant__unit", "component")
        .order_by(
            "participant__group__position", "participant__unit__name_sort", "participant", "component__path", "round"
        )
    )


def part_visible_to(user: User, slug: str, code: str, unit: str, component: str, number: int) -> AppraisalPart:
    """One part by its address: one's own, or any for the coordinator; Http404 otherwise."""
    participant = participant_visible_to(user, slug, code, unit)
    found = AppraisalPart.objects.filter(participant=participant, component__code=component, round=number)
    organiser = participant.campaign.organiser_id
    if not any(m.organiser_id == organiser and m.role == Role.COORDINATOR for m in user.current_memberships):
        found = found.filter(held_by(user))
    part = found.select_related("component", "appraiser").first()
    if part is None:
        raise Http404
    part.participant = participant
    return part


def group_visible_to(user: User, slug: str, code: str, group: str) -> Group:
    """One group of a campaign by its address, for the team; Http404 otherwise."""
    organiser = organiser_visible_to(user, slug)
    inside = any(m.organiser_id == organiser.pk and m.role in TEAM for m in user.current_memberships)
    found = Group.objects.filter(campaign__organiser=organiser, campaign__code=code, code=group)
    chosen = found.select_related("campaign__organiser").first() if inside else None
    if chosen is None:
        raise Http404
    return chosen


def campaign_of_work(user: User, slug: str, code: str) -> Campaign:
    """A campaign in which the person has work of whatever kind (team, own unit, parts); Http404 otherwise."""
    organiser = organiser_visible_to(user, slug)
    campaign = Campaign.objects.filter(organiser=organiser, code=code).select_related("organiser").first()
    if campaign is None:
        raise Http404
    mine = [item for item in user.current_memberships if item.organiser_id == organiser.pk]
    if not any(item.role in (*TEAM, Role.APPRAISER) for item in mine):
        if not participants_visible_to(user, organiser).filter(campaign=campaign).exists():
            raise Http404
    return campaign

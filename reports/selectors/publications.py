"""Choosing publications within what a person may know of."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from reports.enums import PublicationState
from reports.models import Publication
from reports.workflow import OPEN_STATES
from scoring.models import Campaign
from scoring.selectors.campaigns import INSIDERS, organiser_visible_to
from units.models import Organiser, User


def publications_visible_to(user: User, organiser: Organiser) -> QuerySet[Publication]:
    """The organiser's publications, newest first, for its coordinators and leaders; empty for everybody else.

    The dataset is left out: lists never need it. One query at any size.
    """
    inside = any(
        membership.organiser_id == organiser.pk and membership.role in INSIDERS
        for membership in user.current_memberships
    )
    found = Publication.objects.filter(campaign__organiser=organiser) if inside else Publication.objects.none()
    return found.select_related("campaign__organiser", "run", "drafted_by", "approved_by", "supersedes").defer(
        "dataset", "supersedes__dataset", "run__campaign_file", "run__results_file"
    )


def publication_visible_to(user: User, slug: str, pk: int, **_: object) -> Publication:
    """One publication by its address; Http404 for strangers and for what does not exist, alike."""
    found = publications_visible_to(user, organiser_visible_to(user, slug)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def announced_before(campaign: Campaign) -> Publication | None:
    """The last version of a campaign that was public, also if withdrawn since: the next one corrects it."""
    states = (PublicationState.RELEASED, PublicationState.WITHDRAWN)
    return Publication.objects.filter(campaign=campaign, state__in=states).order_by("-version").first()


def on_its_way(campaign: Campaign) -> Publication | None:
    """The version of a campaign that is not public yet; there is at most one."""
    return Publication.objects.filter(campaign=campaign, state__in=OPEN_STATES).first()


def last_public(publication: Publication) -> Publication | None:
    """What a draft is compared with: the version it corrects, else the organiser's latest earlier public year."""
    if publication.supersedes_id is not None:
        return publication.supersedes
    return (
        Publication.objects.filter(
            campaign__organiser=publication.campaign.organiser_id,
            campaign__year__lt=publication.campaign.year,
            state="released",
        )
        .select_related("campaign")
        .order_by("-campaign__year", "campaign__code")
        .first()
    )

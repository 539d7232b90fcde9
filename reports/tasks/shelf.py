"""Rendering the shared pages that will stand after a release or a withdrawal."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from reports.enums import PublicationState
from reports.files.store import Stored, put, seal
from reports.models import Publication, SharedPage
from reports.rendering.page import RenderedPage
from reports.selectors.public import released
from reports.services import publishing
from reports.services.publishing import Shelf
from reports.tasks.pages import Composer, in_public_order, portal, withdrawn


def keep(pages: Iterable[RenderedPage]) -> list[Stored]:
    """Put pages into the store and read them back."""
    stored = [put(page.path, page.body, page.content_type) for page in pages]
    seal(stored)
    return stored


def shelf_with(publication: Publication, released_at: datetime.datetime) -> Shelf:
    """The shared pages as they are to be once `publication` is public."""
    basis = released()
    others = [item for item in basis if item.campaign_id != publication.campaign_id]
    return _shelf(publication, basis, in_public_order([*others, publication]), released_at, reasons={})


def shelf_without(publication: Publication, reason: str) -> Shelf:
    """The shared pages as they are to be once `publication` is withdrawn for `reason`."""
    basis = released()
    public = [item for item in basis if item.pk != publication.pk]
    return _shelf(publication, basis, public, None, reasons={publication.pk: reason})


def ensure_portal() -> None:
    """Give a site that has never released anything its front page."""
    if not SharedPage.objects.filter(path="").exists():
        publishing.set_portal(keep([portal(released())]))


def _shelf(
    publication: Publication,
    basis: list[Publication],
    public: list[Publication],
    released_at: datetime.datetime | None,
    reasons: dict[int, str],
) -> Shelf:
    organiser = publication.campaign.organiser_id
    pages = [withdrawn(item, reason) for item, reason in _withdrawn(organiser, publication, reasons)]
    latest = next((item for item in public if item.campaign.organiser_id == organiser), None)
    if latest is not None:
        pages += Composer(latest, public).organiser_home(latest.released_at or released_at)
    return Shelf(organiser, keep(pages), keep([portal(public)]), tuple(item.pk for item in basis))


def _withdrawn(organiser: int, publication: Publication, reasons: dict[int, str]) -> list[tuple[Publication, str]]:
    """Every withdrawn version of the organiser with its reason, the one being withdrawn among them."""
    gone = Publication.objects.filter(campaign__organiser=organiser, state=PublicationState.WITHDRAWN)
    found = [(item, item.withdrawn_reason) for item in gone.select_related("campaign__organiser")]
    return found + [(publication, reason) for reason in reasons.values()]

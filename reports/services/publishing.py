"""The flip: what was rendered and stored becomes what the public sees, in one transaction, and back out again."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from reports.enums import PublicationState
from reports.files import index
from reports.files.store import Stored
from reports.models import Publication, PublishedFile, SharedPage
from reports.selectors.public import announced, build_index, released
from reports.services.errors import Conflict
from reports.services.transitions import perform
from scoring.services.phases import mark_published
from units.models import Organiser, User


class BasisMoved(Exception):
    """Another publication became public while shared pages were rendered: render them again."""


@dataclass(frozen=True)
class Shelf:
    """The shared pages that will stand after an act, and the released publications (pk) they were rendered from.

    `organiser` None pages are the portal's own.
    """

    organiser_id: int
    organiser_pages: list[Stored]
    portal_pages: list[Stored]
    basis: tuple[int, ...]


def finish(publication: Publication, files: list[Stored], shelf: Shelf, released_at: datetime.datetime) -> Publication:
    """Make `publication` public: old version superseded, manifest written, shared pages replaced, trail kept; the
    finalised groups of its campaign go to the last phase.

    All bytes are in the store already. Raises `BasisMoved` to render again, `Conflict` when the publication may not
    be released any more; nothing has changed then.
    """
    with transaction.atomic():
        _hold_the_shelf(shelf)
        mark_published(publication.campaign)
        before = Publication.objects.filter(campaign=publication.campaign_id, state=PublicationState.RELEASED).first()
        if before is not None:
            perform(before, "supersede", None)
        done = perform(publication, "finish", None, released_at=released_at)
        PublishedFile.objects.bulk_create(
            PublishedFile(
                publication=done, path=item.path, content_type=item.content_type, sha256=item.sha256, size=item.size
            )
            for item in files
        )
        _replace(shelf)
        transaction.on_commit(sync_index)
    return done


def withdraw(
    publication: Publication, by: User, shelf: Shelf, *, reason: str, revision: int | None = None
) -> Publication:
    """Take a released publication back: every address of it answers 410 with the reason from the next request on."""
    with transaction.atomic():
        _hold_the_shelf(shelf)
        done = perform(publication, "withdraw", by, revision=revision, reason=reason)
        _replace(shelf)
        transaction.on_commit(sync_index)
    return done


def sync_index() -> int:
    """Write the public index anew from the database and return the number of addresses."""
    with index.writing():
        entries = build_index(announced(), SharedPage.objects.select_related("organiser").order_by("path"))
        index.write(entries)
    return len(entries)


def set_portal(pages: list[Stored]) -> None:
    """Put the portal's own pages on the shelf of a site that has none yet."""
    with transaction.atomic():
        _put(None, pages)


def _hold_the_shelf(shelf: Shelf) -> None:
    """One flip at a time, and only on the basis the shared pages were rendered from."""
    list(Organiser.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    if tuple(item.pk for item in released()) != shelf.basis:
        raise BasisMoved


def _replace(shelf: Shelf) -> None:
    if not shelf.organiser_pages and not shelf.portal_pages:
        raise Conflict("Chưa tạo được trang chung. Chạy lại việc công bố.")
    _put(shelf.organiser_id, shelf.organiser_pages)
    _put(None, shelf.portal_pages)


def _put(organiser_id: int | None, pages: Iterable[Stored]) -> None:
    SharedPage.objects.filter(organiser=organiser_id).delete()
    SharedPage.objects.bulk_create(
        SharedPage(
            organiser_id=organiser_id,
            path=item.path,
            content_type=item.content_type,
            sha256=item.sha256,
            size=item.size,
        )
        for item in pages
    )

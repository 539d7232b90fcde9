"""The release job. It can die at any line and be run again: until the flip nothing public has changed, after it only
the index has to be written, and that is done anew on every run."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django_tasks import task

from reports.enums import PublicationState
from reports.files.assets import collect, named_in
from reports.files.store import Stored, put, seal
from reports.models import Publication
from reports.selectors.public import released
from reports.services import publishing
from reports.services.errors import Conflict
from reports.services.freezing import why_stale
from reports.services.publishing import BasisMoved
from reports.services.transitions import now_to_the_second, perform, report_progress
from reports.tasks.pages import Composer, in_public_order, portal, withdrawn
from reports.tasks.shelf import shelf_with
from units.models import User

_STEP = 25  # pages between two reports of progress
_TRIES = 5  # to catch a moment in which no other organiser releases

log = logging.getLogger(__name__)


def start_release(publication: Publication, by: User, *, name: str = "release", **seen: Any) -> Publication:
    """Move an approved publication to releasing (or start a stuck one again) and enqueue the job, both or neither."""
    with transaction.atomic():
        moved = perform(publication, name, by, **seen)
        release_publication.enqueue(moved.pk)
    return moved


@task()
def release_publication(publication_id: int) -> str:
    """Queue entry; returns the state that the publication ended in."""
    return run_release(publication_id)


def run_release(publication_id: int) -> str:
    """Render, store, verify, flip, write the index; returns the state reached.

    Run again on a released publication it only writes the index. A publication whose data have changed loses its
    approval (state signed) instead of being released.
    """
    publication = _load(publication_id)
    if publication.state != PublicationState.RELEASING:
        publishing.sync_index()
        return publication.state
    if sentence := why_stale(publication):
        return _lapse(publication, sentence)
    moment = now_to_the_second()
    stored = _store_version(publication, moment)
    for _ in range(_TRIES):
        try:
            shelf = shelf_with(publication, moment)
            return publishing.finish(publication, stored, shelf, moment).state
        except BasisMoved:
            continue
        except Conflict as refused:
            return _lapse(publication, refused.sentence)
    raise BasisMoved


def _load(publication_id: int) -> Publication:
    return Publication.objects.select_related("campaign__organiser", "run", "supersedes").get(pk=publication_id)


def _lapse(publication: Publication, sentence: str) -> str:
    """Take the approval back, unless somebody has stopped or finished the release meanwhile."""
    log.warning("release of publication %s refused: %s", publication.pk, sentence)
    try:
        return perform(publication, "lapse", None).state
    except Conflict:
        return _load(publication.pk).state


def _store_version(publication: Publication, moment: Any) -> list[Stored]:
    """Every page, file and asset of the version, in the store and read back."""
    others = [item for item in released() if item.campaign_id != publication.campaign_id]
    public = in_public_order([*others, publication])
    composer = Composer(publication, public)
    total = composer.count()
    stored: list[Stored] = []
    # Pages that may come to stand beside the version name style sheets of their own; those are kept with it.
    assets = named_in(portal(public).body) | named_in(withdrawn(publication, "").body)
    for page in composer.version(moment):
        if page.content_type.startswith("text/html"):
            assets |= named_in(page.body)
        stored.append(put(page.path, page.body, page.content_type))
        if len(stored) % _STEP == 0:
            report_progress(publication, min(len(stored), total), total)
    for address, (body, content_type) in collect(assets).items():
        stored.append(put(address.lstrip("/"), body, content_type))
    seal(stored)
    report_progress(publication, total, total)
    return stored

"""What is public: released publications, and the index of all addresses that follows from them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from django.db.models import Prefetch

from reports.enums import PublicationState
from reports.files.index import Entry, Index
from reports.models import Publication, PublishedFile, SharedPage
from reports.workflow import ANNOUNCED_STATES

SHORT = 60  # seconds: a correction is seen within a minute
LONG = 3600  # of a version's own address: its bytes never change, only withdrawal ends them
FOR_EVER = 365 * 24 * 3600
HTML = "text/html"


def released() -> list[Publication]:
    """All publications that are public now, by organiser, then newest year first."""
    return list(
        Publication.objects.filter(state=PublicationState.RELEASED)
        .select_related("campaign__organiser", "supersedes")
        .order_by("campaign__organiser__slug", "-campaign__year", "campaign__code")
    )


def announced() -> list[Publication]:
    """All that has ever been public, oldest version first, with its files; the dataset is left out."""
    return list(
        Publication.objects.filter(state__in=ANNOUNCED_STATES)
        .select_related("campaign__organiser")
        .prefetch_related(Prefetch("files", PublishedFile.objects.order_by("path")))
        .defer("dataset")
        .order_by("released_at", "pk")
    )


def version_root(publication: Publication) -> str:
    """Where this version stands for ever, below the site's root."""
    return f"{publication.campaign.organiser.slug}/ban-cong-bo/{publication.check_code}/"


def build_index(publications: Iterable[Publication], shared: Iterable[SharedPage]) -> Index:
    """Address → answer. Two queries before it; none here.

    A version's own tree answers for ever; the short addresses belong to the version that is public now. What only an
    older version had leads to that version; what was withdrawn answers 410 with its reason.
    """
    standing = list(shared)
    entries: Index = {}
    everything = list(publications)
    live = {item.campaign.organiser.slug for item in everything if item.state == PublicationState.RELEASED}
    in_order = sorted(everything, key=lambda item: item.state == PublicationState.RELEASED)
    withdrawn_pages = {page.path: page for page in standing if page.path.endswith(_WITHDRAWN)}
    for publication in in_order:
        if publication.state == PublicationState.WITHDRAWN:
            page = withdrawn_pages[withdrawn_path(publication)]
            entries |= _withdrawn(publication, page, publication.campaign.organiser.slug in live)
        else:
            entries |= _kept(publication)
    for page in standing:
        if page.path not in withdrawn_pages:
            entries[page.path] = Entry(200, page.content_type, page.sha256, page.size, SHORT)
    if len(live) == 1:
        entries[""] = Entry(302, location=f"/{live.pop()}/")
    return entries


_WITHDRAWN = "/thu-hoi"


def withdrawn_path(publication: Publication) -> str:
    """Under which name the 410 page of a withdrawn version lies on the shelf; no address of its own."""
    return f"{version_root(publication)[:-1]}{_WITHDRAWN}"


def _kept(publication: Publication) -> Index:
    root, short = version_root(publication), f"{publication.campaign.organiser.slug}/"
    is_current = publication.state == PublicationState.RELEASED
    entries: Index = {}
    for file in publication.files.all():
        if _is_asset(file.path):
            entries[file.path] = _asset(file)
        elif file.path.startswith(root):
            entries[file.path] = replace(_shown(publication, file), keep=LONG, immutable=True)
        elif is_current:
            entries[file.path] = _shown(publication, file)
        else:
            entries[file.path] = Entry(302, location=f"/{root}{file.path.removeprefix(short)}")
    return entries


def _withdrawn(publication: Publication, page: SharedPage, organiser_is_live: bool) -> Index:
    answer = Entry(410, page.content_type, page.sha256, page.size, SHORT)
    entries = {file.path: answer for file in publication.files.all() if not _is_asset(file.path)}
    if not organiser_is_live:
        entries[f"{publication.campaign.organiser.slug}/"] = answer
    return entries | {file.path: _asset(file) for file in publication.files.all() if _is_asset(file.path)}


def _shown(publication: Publication, file: PublishedFile) -> Entry:
    return Entry(200, file.content_type, file.sha256, file.size, SHORT, file_name=_file_name(publication, file))


def _asset(file: PublishedFile) -> Entry:
    return Entry(200, file.content_type, file.sha256, file.size, FOR_EVER, immutable=True)


def _is_asset(path: str) -> bool:
    return f"/{path}".startswith(settings.STATIC_URL)


def _file_name(publication: Publication, file: PublishedFile) -> str:
    """The name a downloaded file is saved under; empty for pages."""
    if file.content_type.startswith(HTML):
        return ""
    stem, ending = posixpath.splitext(posixpath.basename(file.path))
    campaign = publication.campaign
    return f"{stem}-{campaign.organiser.slug}-{campaign.code}-ban-{publication.version}{ending}"

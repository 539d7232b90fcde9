"""All addresses of a publication with their bytes, and the pages that several publications share."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from reports.enums import Depth
from reports.exporters.files import ExportedFile, export
from reports.models import Publication
from reports.rendering.page import RenderedPage
from reports.rendering.pages import (
    render_at,
    render_organiser,
    render_portal,
    render_version,
    render_withdrawn,
    render_year,
)
from reports.rendering.sentences import headline, listed
from reports.selectors.public import version_root, withdrawn_path
from units.vietnamese import format_date, sort_key

Json = dict[str, Any]


class Composer:
    """Renders one publication among those that are, or will be, public with it.

    `public` are the publications public after the act, of all organisers; the datasets of one organiser are parsed
    once. All functions are pure: the same rows give the same bytes.
    """

    def __init__(self, publication: Publication, public: list[Publication]) -> None:
        self.publication = publication
        self.campaign = publication.campaign
        self.slug = self.campaign.organiser.slug
        self.public = public
        self.dataset: Json = json.loads(publication.dataset)

    @cached_property
    def files(self) -> list[ExportedFile]:
        publication, run = self.publication, self.publication.run
        has_inputs = publication.depth == Depth.DERIVATIONS
        return export(
            self.dataset,
            decision_of(publication),
            publication.digest,
            run.campaign_file if has_inputs else "",
            run.results_file if has_inputs else "",
        )

    def count(self) -> int:
        """How many pages `version` will yield, for the progress bar."""
        units = sum(len(group["units"]) for group in self.dataset["groups"])
        return 3 * units + 2 * (len(self.dataset["groups"]) + 3) + 1

    def version(self, released_at: datetime.datetime) -> Iterator[RenderedPage]:
        """Every page and file of this version, at its short addresses and at those that stand for ever."""
        files = self.files
        site = self._site(files, released_at)
        decision = decision_of(self.publication)
        short, kept = f"{self.slug}/", version_root(self.publication)
        for root in (short, kept):
            for file in files:
                path = f"{root}tai-ve/{self.campaign.code}/{file.name}"
                yield RenderedPage(path, file.body, file.content_type)
        yield from _below(short, render_year(self.dataset, decision, site, f"/{short}"))
        current = {"current_url": _year_url(self.campaign.code, self.slug, self.dataset)}
        yield from _below(kept, render_version(self.dataset, decision, site | current, f"/{kept}"))

    def preview(self, base: str, path: str) -> RenderedPage | None:
        """The page or file at `path` as it would be, below `base`; None when there is none."""
        for file in self.files:
            if path == f"tai-ve/{self.campaign.code}/{file.name}":
                return RenderedPage(path, file.body, file.content_type)
        return render_at(self.dataset, decision_of(self.publication), self._site(self.files, None), base, path)

    def organiser_home(self, released_at: datetime.datetime | None) -> Iterator[RenderedPage]:
        """Home, list of years and the latest page of each unit; this publication is the organiser's latest year."""
        site = self._site(self.files, released_at)
        root = f"{self.slug}/"
        yield from _below(root, render_organiser(self.dataset, decision_of(self.publication), site, f"/{root}"))

    def _site(self, files: list[ExportedFile], released_at: datetime.datetime | None) -> Json:
        own = [item for item in self.public if item.campaign.organiser_id == self.campaign.organiser_id]
        return {
            "years": [_year(item) for item in own],
            "released_at": released_at.isoformat() if released_at else None,
            "files": [file.listed() for file in files],
            "portal_organisers": portal_organisers(self.public),
        }


def portal(public: list[Publication]) -> RenderedPage:
    """The list of organisers that have something public."""
    return render_portal({"portal_organisers": portal_organisers(public)})


def portal_organisers(public: list[Publication]) -> list[Json]:
    """One line an organiser in Vietnamese order, from its newest public year; `public` has newest years first."""
    found: dict[str, Json] = {}
    for publication in public:
        organiser = publication.campaign.organiser
        if organiser.slug in found:
            found[organiser.slug]["years"] += 1
            continue
        dataset = json.loads(publication.dataset)
        found[organiser.slug] = {
            "slug": organiser.slug,
            "title": dataset["organiser"]["title"],
            "latest_year": dataset["campaign"]["year"],
            "headline": headline(dataset),
            "is_sample": dataset["campaign"]["is_sample"],
            "years": 1,
        }
    return sorted(found.values(), key=lambda line: sort_key(line["title"]))


def withdrawn(publication: Publication, reason: str) -> RenderedPage:
    """The page that answers 410 at every address of a withdrawn version."""
    dataset = json.loads(publication.dataset)
    base = f"/{dataset['organiser']['slug']}/"
    campaign = dataset["campaign"]
    page = render_withdrawn(dataset["organiser"], campaign["title"], reason, base, is_sample=campaign["is_sample"])
    return RenderedPage(withdrawn_path(publication), page.body, page.content_type)


def decision_of(publication: Publication) -> Json | None:
    """The decision as the pages name it; None for a past table whose number is lost. Its date may be lost alone."""
    if not publication.decision_number:
        return None
    return {
        "number": publication.decision_number,
        "date": publication.decision_date.isoformat() if publication.decision_date else None,
        "issuer": publication.decision_issuer,
    }


def in_public_order(publications: list[Publication]) -> list[Publication]:
    """By organiser, then newest year first: the order `reports.selectors.public.released` gives."""

    def key(item: Publication) -> tuple[str, int, str]:
        return item.campaign.organiser.slug, -item.campaign.year, item.campaign.code

    return sorted(publications, key=key)


def _below(root: str, pages: Iterator[RenderedPage]) -> Iterator[RenderedPage]:
    return (RenderedPage(f"{root}{page.path}", page.body, page.content_type) for page in pages)


def _year(publication: Publication) -> Json:
    dataset = json.loads(publication.dataset)
    campaign = dataset["campaign"]
    decision = decision_of(publication)
    act = f"Quyết định {decision['number']}" if decision else None
    if act and decision and decision["date"]:
        act += f" ngày {format_date(decision['date'])}"
    return {
        "year": campaign["year"],
        "code": campaign["code"],
        "title": campaign["title"],
        "url": _year_url(campaign["code"], dataset["organiser"]["slug"], dataset),
        "act": act or (campaign["source"] and campaign["source"]["text"]),
        "check_code": publication.check_code,
        "groups": [
            {"title": group["title"], "listed": listed(group), "mean": group["mean"]} for group in dataset["groups"]
        ],
    }


def _year_url(code: str, slug: str, dataset: Json) -> str:
    """The first peer group's ranking: where a year begins."""
    return f"/{slug}/xep-hang/{code}/{dataset['groups'][0]['code']}/"

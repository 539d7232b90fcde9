"""The way of a publication in a few words, for tests: every step through the portal's own services."""

from __future__ import annotations

import datetime
from typing import Any

from django.test import Client, TestCase

from reports.enums import Depth
from reports.files import index
from reports.models import Publication
from reports.services.freezing import draft
from reports.services.transitions import perform
from reports.tasks import run_release, withdraw
from scoring.models import Campaign
from tests.factories import campaign_with_results, person, run_of
from units.enums import Role
from units.models import Organiser, User

DECISION = {"number": "214/QĐ-UBND", "date": datetime.date(2026, 2, 12), "issuer": "UBND tỉnh"}


class Team:
    """An organiser with the two persons a publication needs."""

    def __init__(self, organiser: Organiser | None = None, **campaign: Any) -> None:
        self.campaign = campaign_with_results(organiser, **campaign)
        self.organiser = self.campaign.organiser
        self.coordinator = person(Role.COORDINATOR, self.organiser)
        self.leader = person(Role.LEADER, self.organiser)

    def drafted(self, campaign: Campaign | None = None, depth: str = Depth.COMPONENTS, reason: str = "") -> Publication:
        chosen = campaign or self.campaign
        return draft(chosen, run_of(chosen, self.coordinator), depth, self.coordinator, reason)

    def signed(self, *args: Any, **kwargs: Any) -> Publication:
        publication = perform(self.drafted(*args, **kwargs), "send", self.coordinator)
        return perform(publication, "record_decision", self.coordinator, **DECISION)

    def approve(self, publication: Publication, by: User | None = None) -> Publication:
        return perform(publication, "approve", by or self.leader, digest=publication.digest, paper_matches=True)

    def approved(self, *args: Any, **kwargs: Any) -> Publication:
        return self.approve(self.signed(*args, **kwargs))

    def releasing(self, *args: Any, **kwargs: Any) -> Publication:
        return perform(self.approved(*args, **kwargs), "release", self.coordinator)

    def released(self, *args: Any, **kwargs: Any) -> Publication:
        """All the way; `release` runs the job and what waits for the commit."""
        return release(self.releasing(*args, **kwargs))


def release(publication: Publication) -> Publication:
    """Run the job of a publication that is being released; inside a test's transaction the index is written too."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        run_release(publication.pk)
    publication.refresh_from_db()
    return publication


def fetch(path: str, **headers: str) -> Any:
    """What the public gets at `path`."""
    return Client(raise_request_exception=False).get(path, headers=headers)


def take_back(publication: Publication, by: User, reason: str) -> Publication:
    """Withdraw, and let what waits for the commit happen."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        return withdraw(publication, by, reason=reason)


def public_bytes() -> dict[str, tuple[int, bytes]]:
    """Every public page and file with what it answers; style sheets are served by the running release."""
    answers = {}
    for address in index.load():
        if address.startswith("static/"):
            continue
        response = fetch(f"/{address}")
        answers[address] = (response.status_code, response.content)
    return answers

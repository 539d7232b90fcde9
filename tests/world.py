"""A small portal with every kind of person in it, and an address for every route: for the matrix and for abuse."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from reports.enums import Depth
from reports.models import Publication
from reports.services.freezing import draft
from scoring.models import Campaign, ResultsImport, Run
from tests.factories import OrganiserFactory, UserFactory, campaign_with_results, person, run_of, sign_in
from units.enums import Role
from units.models import Membership, Organiser, User

PAST_TABLE = Path(__file__).parents[1] / "fixtures" / "past" / "binh-duong-2017.xlsx"

# The order in which a person reads the matrix.
PRINCIPALS = (
    "công chúng",
    "không vai trò",
    "cán bộ đơn vị",
    "thủ trưởng",
    "thẩm định",
    "hội đồng",
    "điều phối",
    "lãnh đạo",
    "quản trị",
    "điều phối nơi khác",
    "bị khóa",
    "hết hạn hôm qua",
    "từ ngày mai",
)
ROLES = {
    "cán bộ đơn vị": Role.UNIT_STAFF,
    "thủ trưởng": Role.UNIT_HEAD,
    "thẩm định": Role.APPRAISER,
    "hội đồng": Role.COUNCIL,
    "điều phối": Role.COORDINATOR,
    "lãnh đạo": Role.LEADER,
    "quản trị": Role.ADMINISTRATOR,
}


@dataclass
class World:
    """One organiser with a calculated campaign and a draft, another organiser, and one person of each kind."""

    organiser: Organiser
    campaign: Campaign
    run: Run
    publication: Publication
    upload: ResultsImport
    people: dict[str, User | None]

    def browser(self, principal: str) -> Client:
        """A browser of its own for `principal`, signed in where that is possible."""
        return sign_in(self.people[principal])

    def arguments(self, name: str) -> dict[str, Any]:
        """A value for every name that stands in the address of the route `name`."""
        return {
            "pk": self.upload.pk if name.startswith("scoring:") else self.publication.pk,
            "slug": self.organiser.slug,
            "code": self.campaign.code,
            "unit": self.campaign.participants.first().code,
            "number": self.run.number,
            "name": "send",
            "criteria_set": "xa",
            "path": f"{self.organiser.slug}/",
            "rest": "khong-co-gi",
        }

    def addresses(self) -> dict[str, str]:
        """Every named route of ours with its address in this world, by name (`scoring:run`)."""
        found = {}
        for name, pattern in routes():
            if (
                name
                and not name.endswith(":")
                and not name.startswith("admin:")
                and name not in ("public", "public_root")
            ):
                values = self.arguments(name)
                found[name] = reverse(name, kwargs={key: values[key] for key in pattern.pattern.converters})
        return found


def build() -> World:
    """Make the world; every row through factories and the portal's own services."""
    organiser = OrganiserFactory(slug="quang-thu", title="UBND tỉnh Quảng Thử")
    campaign = campaign_with_results(organiser)
    people: dict[str, User | None] = {"công chúng": None, "không vai trò": UserFactory(username="khong-vai-tro")}
    for position, (name, role) in enumerate(ROLES.items()):
        people[name] = person(role, organiser, username=f"vai-tro-{position}")
    people["điều phối nơi khác"] = person(Role.COORDINATOR, OrganiserFactory(), username="noi-khac")
    people["bị khóa"] = person(Role.COORDINATOR, organiser, username="bi-khoa", is_active=False)
    today = timezone.localdate()
    people["hết hạn hôm qua"] = _for_days(organiser, today.replace(year=2025), today - datetime.timedelta(days=1))
    people["từ ngày mai"] = _for_days(organiser, today + datetime.timedelta(days=1), None)
    run = run_of(campaign, people["điều phối"])
    publication = draft(campaign, run, Depth.COMPONENTS, people["điều phối"])
    upload = ResultsImport.objects.get(pk=_upload(organiser, people["điều phối"]))
    return World(organiser, campaign, run, publication, upload, people)


def routes() -> Iterator[tuple[str, URLPattern]]:
    """Every route of the portal, included ones too, with its full name; a namespace and nothing where it has none."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: list[URLPattern | URLResolver], namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name or ''}", pattern


def _upload(organiser: Organiser, coordinator: User | None) -> int:
    """A past table on its way in, brought by the page that people use; its pk."""
    with PAST_TABLE.open("rb") as file:
        answer = sign_in(coordinator).post(reverse("scoring:past_upload", args=[organiser.slug]), {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return int(answer["Location"].rstrip("/").rsplit("/", 1)[1])


def _for_days(organiser: Organiser, begins: datetime.date, ends: datetime.date | None) -> User:
    user = UserFactory(username=f"theo-ngay-{begins.isoformat()}")
    Membership.objects.create(
        user=user, organiser=organiser, unit=organiser.unit, role=Role.COORDINATOR, valid_from=begins, valid_to=ends
    )
    return user

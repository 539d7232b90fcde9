"""3,555 units and 10,000 people: lists, the tree, searches and pickers ask as many questions as with a handful, and
each answers in less than 200 ms of the processor's time."""

from __future__ import annotations

import datetime
import re
import time

import pytest
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.models import Campaign, CriteriaSet, Group, Participant
from tests.database import analyse
from tests.factories import (
    CampaignFactory,
    OrganiserFactory,
    ProvinceFactory,
    person,
    sign_in,
)
from units.enums import Role, UnitKind
from units.models import Membership, Organiser, Unit, User
from units.vietnamese import sort_key

pytestmark = pytest.mark.django_db

LIMIT = 0.2  # seconds of the processor
UNITS, OWN_UNITS, PEOPLE = 3_555, 500, 10_000  # more than twice the communes and sở of the largest province
NAMES = ("An", "Bình", "Đông", "Hòa", "Ân", "Ấp", "Ia", "Long", "Mỹ", "Phước", "Sơn", "Tịnh", "Vĩnh", "Xuân", "Yên")
DAY = datetime.date(2025, 7, 1)


class House:
    """An organiser with a campaign in draft; `fill` makes it as large as it gets."""

    def __init__(self) -> None:
        self.province = ProvinceFactory(name="Tỉnh Lớn", code="51")
        self.organiser: Organiser = OrganiserFactory(unit=self.province, slug="lon", keeps_portal=True)
        self.campaign: Campaign = CampaignFactory(organiser=self.organiser)
        self.group = Group.objects.create(campaign=self.campaign, code="xa", title="Xã", position=1)
        self.set = CriteriaSet.objects.create(campaign=self.campaign, code="xa", title="Bộ xã")
        self.people = {role: person(role, self.organiser) for role in (Role.COORDINATOR, Role.ADMINISTRATOR)}
        self.role = person(Role.ADMINISTRATOR, self.organiser).memberships.get()
        self._add(units=6, own=5, people=8, first=0)

    def fill(self) -> None:
        self._add(units=UNITS, own=OWN_UNITS, people=PEOPLE, first=100)

    def _add(self, *, units: int, own: int, people: int, first: int) -> None:
        other = ProvinceFactory(name=f"Tỉnh Khác {first}", code=f"9{first}")
        Unit.objects.bulk_create(
            Unit(
                code=f"{first + number:05d}", name=f"Xã {NAMES[number % 15]} {NAMES[number // 15 % 15]} {number}",
                kind=UnitKind.COMMUNE, parent=self.province if number < own else other, valid_from=DAY,
            )
            for number in range(units)
        )  # fmt: skip
        mine = list(Unit.objects.filter(parent=self.province).order_by("pk"))
        users = User.objects.bulk_create(
            User(
                username=f"nguoi-{first}-{number}", full_name=f"Nguyễn {NAMES[number % 15]} {number}",
                password=UNUSABLE_PASSWORD_PREFIX,
            )
            for number in range(people)
        )  # fmt: skip
        Membership.objects.bulk_create(
            Membership(
                user=user, organiser=self.organiser, unit=mine[number % len(mine)], role=Role.UNIT_STAFF,
                valid_from=DAY,
            )
            for number, user in enumerate(users)
        )  # fmt: skip
        taking = [unit for unit in mine[::2] if not unit.participations.exists()]
        Participant.objects.bulk_create(
            Participant(
                campaign=self.campaign, unit=unit, code=unit.code, name=unit.name, group=self.group,
                criteria_set=self.set,
            )
            for unit in taking
        )  # fmt: skip
        analyse()

    def pages(self) -> dict[str, tuple[Role, str]]:
        slug, code = self.organiser.slug, self.campaign.code
        unit = Unit.objects.filter(parent=self.province).order_by("pk").first()
        someone = User.objects.filter(memberships__unit=unit).order_by("pk").first()
        assert unit
        assert someone
        units, people = reverse("scoring:units", args=[slug]), reverse("units:people", args=[slug])
        admin, coordinator = Role.ADMINISTRATOR, Role.COORDINATOR
        return {
            "tree": (admin, units),
            "search of units by name": (admin, f"{units}?tim=xa+an"),
            "search of units by code": (admin, f"{units}?tim=00"),
            "search that finds nothing": (admin, f"{units}?tim=khong+co"),
            "a province": (admin, reverse("scoring:unit", args=[slug, self.province.pk])),
            "a unit": (admin, reverse("scoring:unit", args=[slug, unit.pk])),
            "picker of successors": (admin, reverse("scoring:unit_end", args=[slug, unit.pk])),
            "people": (admin, people),
            "last page of people": (admin, f"{people}?trang=last"),
            "search of people": (admin, f"{people}?tim=nguyen+binh"),
            "people without a role": (admin, f"{people}?tinh-trang=past"),
            "picker of a deputy": (admin, reverse("units:lend", args=[slug, self.role.pk])),
            "people to invite": (admin, reverse("units:people_invite", args=[slug])),
            "a person": (admin, reverse("units:person", args=[slug, someone.pk])),
            "picker of a place of work": (admin, reverse("units:membership_add", args=[slug, someone.pk])),
            "picker of units for a year": (coordinator, reverse("scoring:group_units", args=[slug, code, "xa"])),
            "participants": (coordinator, reverse("scoring:campaign", args=[slug, code])),
            "progress": (coordinator, reverse("scoring:progress", args=[slug, code])),
        }


def questions(browser: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        answer = browser.get(url)
    assert answer.status_code == 200, url
    return len(asked)


def fastest(browser: Client, url: str) -> float:
    """Seconds of the processor, the best of a few: what the code needs, whoever else is on the machine."""
    found = []
    for _ in range(4):
        began = time.process_time()
        browser.get(url)
        found.append(time.process_time() - began)
        if found[-1] < LIMIT:
            break
    return min(found)


def test_lists_trees_and_pickers_stay_quick_and_ask_no_more_when_the_house_is_full() -> None:
    house = House()
    browsers = {role: sign_in(user) for role, user in house.people.items()}
    few = {name: questions(browsers[role], url) for name, (role, url) in house.pages().items()}
    house.fill()
    many = {name: questions(browsers[role], url) for name, (role, url) in house.pages().items()}
    took = {name: fastest(browsers[role], url) for name, (role, url) in house.pages().items()}
    assert {name: count for name, count in many.items() if count > few[name]} == {}
    assert {name: round(seconds, 3) for name, seconds in took.items() if seconds >= LIMIT} == {}


@pytest.mark.parametrize("text", ["Đông Hòa", "dong hoa", "DONG  HOA", "0007"])
def test_a_picker_of_units_is_searched_by_code_or_by_name_without_diacritics(text: str) -> None:
    house = House()
    for code, name in (("00071", "Xã Đông Hòa"), ("00082", "Xã Đồng Hới")):
        Unit.objects.create(code=code, name=name, kind=UnitKind.COMMUNE, parent=house.province, valid_from=DAY)
    browser = sign_in(house.people[Role.COORDINATOR])
    url = reverse("scoring:group_units", args=["lon", house.campaign.code, "xa"])
    shown = browser.get(url, {"tim": text}).content.decode()
    assert "Xã Đông Hòa" in shown
    assert "Xã Đồng Hới" not in shown


def test_pickers_stand_in_vietnamese_order_as_python_sorts_it() -> None:
    house = House()
    names = [
        "Xã Đông",
        "Xã Dương",
        "Xã Ân",
        "Xã Ấp",
        "Xã Anh",
        "Xã Ô Lâu",
        "Xã Ơn",
        "Xã On",
        "Xã Ưng",
        "Xã Uy",
        "Phường Ý",
    ]
    for number, name in enumerate(names):
        Unit.objects.create(code=f"V{number}", name=name, kind=UnitKind.WARD, parent=house.province, valid_from=DAY)
    browser = sign_in(house.people[Role.COORDINATOR])
    url = reverse("scoring:group_units", args=["lon", house.campaign.code, "xa"])
    shown = re.findall(r"<span>([^<]+) <span class=\"meta\">V", browser.get(url).content.decode())
    assert shown == sorted(names, key=sort_key)
    person = reverse("units:membership_add", args=["lon", house.people[Role.COORDINATOR].pk])
    page = sign_in(house.people[Role.ADMINISTRATOR]).get(person).content.decode()
    offered = [name for name in re.findall(r"<option[^>]*>([^<]+) \(V\d+\)</option>", page) if name in names]
    assert offered == sorted(names, key=sort_key)

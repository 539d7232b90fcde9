"""Several organisers in one portal: each sees its own years, people, searches, counts and files, and nothing of others.

A province of today, a huyện of the past that scored its communes, and the ministry that scores the provinces. Who is a
stranger at every single address: test_access.py and routes.txt ("điều phối nơi khác").
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from reports.files import index
from scoring.models import Campaign
from tests.database import fingerprint
from tests.factories import (
    MembershipFactory,
    OrganiserFactory,
    ProvinceFactory,
    UnitFactory,
    campaign_with_results,
    person,
    run_of,
    sign_in,
)
from tests.reports.publishing import Team
from units.enums import Role, UnitKind
from units.models import Organiser, TrailEntry, User
from units.selectors import units_of

REFORM = datetime.date(2025, 7, 1)


@dataclass
class Place:
    """One organiser with a coordinator, an administrator, a member of staff, and a year of its own."""

    organiser: Organiser
    coordinator: User
    administrator: User
    staff: User
    campaign: Campaign

    def address(self, name: str, **more: object) -> str:
        return reverse(name, kwargs={"slug": self.organiser.slug, **more})


def place(name: str, kind: UnitKind, **unit: object) -> Place:
    made = ProvinceFactory(name=f"{name} (đơn vị)", kind=kind, **unit)
    organiser = OrganiserFactory(unit=made, slug=name, title=f"UBND {name}")
    below = UnitFactory(parent=made, name=f"Xã của {name}", **unit)
    people = [
        person(role, organiser, full_name=f"Người {role.value} {name}", username=f"{name}-{role.value}")
        for role in (Role.COORDINATOR, Role.ADMINISTRATOR)
    ]
    staff = person(full_name=f"Nguyễn Thị Trùng {name}", username=f"{name}-can-bo")
    MembershipFactory(user=staff, organiser=organiser, unit=below, role=Role.UNIT_STAFF)
    campaign = campaign_with_results(organiser, units=1, title=f"Kỳ của {name}")
    return Place(organiser, *people, staff, campaign)


@pytest.fixture
def province(db) -> Place:
    return place("quang-ngai", UnitKind.PROVINCE)


@pytest.fixture
def district(db) -> Place:
    return place("dai-loc", UnitKind.DISTRICT, valid_from=datetime.date(2004, 1, 1), valid_to=REFORM)


@pytest.fixture
def ministry(db) -> Place:
    return place("bo-noi-vu", UnitKind.MINISTRY)


@pytest.fixture
def places(province: Place, district: Place, ministry: Place) -> list[Place]:
    return [province, district, ministry]


def page(user: User, address: str, **query: str) -> str:
    answer = sign_in(user).get(address, query)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def test_each_coordinator_reads_of_the_own_year_and_of_no_other(places: list[Place]) -> None:
    """All three campaigns have the code 2025: the address tells them apart, not the code."""
    for mine in places:
        text = page(mine.coordinator, mine.address("scoring:campaigns"))
        text += page(mine.coordinator, mine.address("scoring:campaign", code="2025"))
        text += page(mine.coordinator, mine.address("scoring:guide"))
        assert f"Kỳ của {mine.organiser.slug}" in text
        for other in places:
            if other is not mine:
                assert other.organiser.slug not in text
                assert sign_in(mine.coordinator).get(other.address("scoring:campaign", code="2025")).status_code == 404


def test_the_lists_and_searches_of_people_know_the_own_ones_alone(places: list[Place]) -> None:
    for mine in places:
        for query in ({}, {"tim": "trung"}, {"tim": "can-bo"}, {"vai_tro": Role.UNIT_STAFF}, {"loc": "active"}):
            text = page(mine.administrator, mine.address("units:people"), **query)
            assert f"Nguyễn Thị Trùng {mine.organiser.slug}" in text
            assert all(other.organiser.slug not in text for other in places if other is not mine), query
        assert "1 người" in page(mine.administrator, mine.address("units:people"), tim="trung")
        other = next(item for item in places if item is not mine)
        browser = sign_in(mine.administrator)
        assert browser.get(mine.address("units:person", person=other.staff.pk)).status_code == 404
        assert browser.get(other.address("units:people")).status_code == 404


def test_what_is_offered_to_choose_from_is_the_own(province: Place, district: Place, ministry: Place) -> None:
    text = page(province.administrator, province.address("units:person_add"))
    assert "Xã của quang-ngai" in text
    assert "Xã của dai-loc" not in text
    assert "bo-noi-vu" not in text
    own = set(units_of(district.organiser).values_list("name", flat=True))
    assert own >= {"dai-loc (đơn vị)", "Xã của dai-loc"}
    assert not any("quang-ngai" in name or "bo-noi-vu" in name for name in own)


def test_the_ministry_scores_provinces_and_not_what_is_below_them(province: Place, ministry: Place) -> None:
    own = set(units_of(ministry.organiser).values_list("name", flat=True))
    assert {"bo-noi-vu (đơn vị)", "quang-ngai (đơn vị)"} <= own
    assert "Xã của quang-ngai" not in own
    staff = person(full_name="Cán bộ tỉnh")
    MembershipFactory(user=staff, organiser=ministry.organiser, unit=province.organiser.unit, role=Role.UNIT_STAFF)
    assert sign_in(staff).get(province.address("scoring:work")).status_code == 404, "the role is at the ministry"
    assert sign_in(ministry.coordinator).get(province.address("scoring:campaigns")).status_code == 404
    assert sign_in(province.coordinator).get(ministry.address("scoring:campaigns")).status_code == 404


def test_histories_tell_of_the_own_acts(places: list[Place]) -> None:
    for mine in places:
        sign_in(mine.administrator).post(mine.address("units:person_change", person=mine.staff.pk), {
            "full_name": f"Đổi tên {mine.organiser.slug}", "email": "",
        })  # fmt: skip
    assert TrailEntry.objects.filter(action="units.change_person").count() == 3
    for mine in places:
        text = page(mine.administrator, mine.address("units:trail"))
        assert f"Sửa tài khoản {mine.staff.username}" in text
        assert all(other.staff.username not in text for other in places if other is not mine)


def test_files_of_a_run_are_had_from_the_own_place_only(places: list[Place]) -> None:
    for mine in places:
        run_of(mine.campaign, mine.coordinator)
    for mine in places:
        for name in ("scoring:campaign_file", "scoring:results_file"):
            for at in places:
                answer = sign_in(mine.coordinator).get(at.address(name, code="2025", number=1))
                assert answer.status_code == (200 if at is mine else 404)
                if at is mine:
                    assert all(o.organiser.slug not in answer.content.decode() for o in places if o is not mine)


def test_one_person_at_two_places_chooses_and_has_in_each_the_role_of_that_place(
    province: Place, ministry: Place
) -> None:
    both = person(Role.COORDINATOR, province.organiser)
    MembershipFactory(user=both, organiser=ministry.organiser, role=Role.LEADER)
    browser = sign_in(both)
    text = browser.get("/lam-viec/").content.decode()
    assert province.organiser.title in text
    assert ministry.organiser.title in text
    assert browser.get(province.address("scoring:campaign_new")).status_code == 200
    assert browser.get(ministry.address("scoring:campaign_new")).status_code == 403


def test_the_stock_admin_is_the_keepers_and_shows_it_every_organiser(places: list[Place]) -> None:
    province = places[0]
    Organiser.objects.filter(pk=province.organiser.pk).update(keeps_portal=True)
    browser: Client = sign_in(province.administrator)
    assert all(mine.organiser.title in browser.get("/quan-tri/units/organiser/").content.decode() for mine in places)
    before = fingerprint()
    for mine in places[1:]:
        office = sign_in(mine.administrator)
        before = fingerprint()
        for address in ("organiser/", "unit/", "user/", "unit/tai-xuong/xlsx/", "autocomplete/?term=a"):
            assert office.get(f"/quan-tri/units/{address}", follow=True).status_code in (403, 404), address
    assert fingerprint() == before


def test_what_one_organiser_publishes_stands_under_its_own_address(province: Place, ministry: Place) -> None:
    Team(ministry.organiser, code="2026", year=2026).released()
    public = set(index.load())
    assert "bo-noi-vu/" in public
    assert not any(path.startswith("quang-ngai") for path in public)
    visitor = Client()
    assert visitor.get("/bo-noi-vu/xep-hang/2026/xa/").status_code == 200
    nothing = visitor.get("/khong-co/").content
    assert visitor.get("/quang-ngai/xep-hang/2026/xa/").content == nothing
    assert "quang-ngai" not in visitor.get("/bo-noi-vu/").content.decode()

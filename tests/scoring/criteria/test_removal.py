"""A criteria set that was brought in by mistake goes again; one that anything rests on stays, with the reason."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import Campaign, CriteriaSet, Criterion, Group, Participant
from scoring.services.campaigns import StaleEdit
from scoring.services.criteria_drafts import start_from_set
from scoring.services.criteria_export import annex_of
from scoring.services.criteria_import import import_set
from scoring.services.criteria_removal import remove_set, why_kept
from tests.database import fingerprint
from tests.factories import CampaignFactory, OrganiserFactory, UnitFactory, person, sign_in
from tests.scoring.criteria.annexes import annex
from tests.scoring.criteria.test_gates import gate
from tests.year import build_year
from units.enums import Role
from units.models import TrailEntry, User
from units.permissions import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return CampaignFactory(organiser=OrganiserFactory(slug="quang-thu"), code="2026", year=2026)


@pytest.fixture
def coordinator(campaign) -> User:
    return person(Role.COORDINATOR, campaign.organiser)


@pytest.fixture
def brought(campaign) -> CriteriaSet:
    return import_set(campaign, annex(), by=None, seen=None)


def version(campaign: Campaign) -> int:
    return Campaign.objects.get(pk=campaign.pk).version


def page(brought: CriteriaSet) -> str:
    return reverse("scoring:criteria_remove", args=["quang-thu", "2026", brought.code])


def test_the_set_goes_with_its_tree_and_the_trail_keeps_what_it_was(campaign, coordinator, brought) -> None:
    was = json.loads(json.dumps(annex_of(brought).to_json()))
    browser = sign_in(coordinator)
    assert (
        page(brought) in browser.get(reverse("scoring:criteria_set", args=["quang-thu", "2026", "xa"])).content.decode()
    )
    told = browser.get(page(brought)).content.decode()
    assert "3 tiêu chí chấm điểm" in told
    assert CriteriaSet.objects.exists(), "looking removes nothing"
    answer = browser.post(page(brought), {"version": version(campaign)}, follow=True)
    assert "Đã xóa bộ tiêu chí “Bộ tiêu chí cấp xã”." in answer.content.decode()
    assert not CriteriaSet.objects.exists()
    assert not Criterion.objects.exists()
    entry = TrailEntry.objects.get(action="scoring.remove_criteria_set")
    assert (entry.actor, entry.data["code"], entry.data["annex"]) == (coordinator, "xa", was)
    assert browser.post(page(brought), {"version": version(campaign)}).status_code == 404


def test_the_same_code_can_be_brought_in_again(campaign, coordinator, brought) -> None:
    remove_set(brought, seen=version(campaign), by=coordinator)
    again = import_set(campaign, annex(), by=None, seen=None)
    assert [node.code for node in annex_of(again).nodes] == ["1", "1.1", "1.2", "2", "2.1"]


def in_use(brought: CriteriaSet, by: User) -> None:
    group = Group.objects.create(campaign=brought.campaign, code="xa", title="Xã", position=1)
    Participant.objects.create(
        campaign=brought.campaign, unit=UnitFactory(), code="X1", name="Xã Một", group=group, criteria_set=brought
    )


def frozen(brought: CriteriaSet, by: User) -> None:
    CriteriaSet.objects.filter(pk=brought.pk).update(frozen_at=timezone.now())


def being_written(brought: CriteriaSet, by: User) -> None:
    start_from_set(brought, by=by)


def named_by_a_condition(brought: CriteriaSet, by: User) -> None:
    Campaign.objects.filter(pk=brought.campaign_id).update(gates=[gate("1.1")])


@pytest.mark.parametrize(
    ("held", "sentence"),
    [
        (in_use, "1 đơn vị đang dùng bộ này."),
        (frozen, "đã khóa vì kỳ đã mở tự chấm"),
        (being_written, "đang được soạn trên màn hình"),
        (named_by_a_condition, "Không xóa được:"),
    ],
)
def test_what_something_rests_on_stays_with_the_reason(campaign, coordinator, brought, held, sentence) -> None:
    held(brought, coordinator)
    browser, before = sign_in(coordinator), fingerprint()
    answer = browser.post(page(brought), {"version": version(campaign)})
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert fingerprint() == before
    if held is not named_by_a_condition:
        told = browser.get(page(brought)).content.decode()
        assert sentence in told
        assert '<button class="btn btn-primary"' not in told


def test_who_saw_an_older_year_is_told_and_removes_nothing(campaign, coordinator, brought) -> None:
    with pytest.raises(StaleEdit):
        remove_set(brought, seen=version(campaign) - 1, by=coordinator)
    assert CriteriaSet.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.COORDINATOR])
def test_nobody_but_the_coordinator_removes_one(campaign, brought, role) -> None:
    somebody = person(role, campaign.organiser)
    with pytest.raises(Refused):
        remove_set(brought, seen=version(campaign), by=somebody)
    assert sign_in(somebody).post(page(brought), {"version": version(campaign)}).status_code in (403, 404)
    assert CriteriaSet.objects.exists()


def test_a_set_with_figures_stays_whatever_its_seal_says() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    year.declare("1.1", "a1", inputs={"choice": "tre"})
    CriteriaSet.objects.update(frozen_at=None)
    browser: Client = year.browser("c")
    address = reverse("scoring:criteria_remove", args=[year.organiser.slug, year.campaign.code, year.criteria_set.code])
    year.campaign.refresh_from_db()
    assert browser.post(address, {"version": year.campaign.version}).status_code == 409
    assert why_kept(CriteriaSet.objects.get(pk=year.criteria_set.pk)) != ""

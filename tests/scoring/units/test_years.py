"""The years of a unit on its page in the workspace: what stands in public, with a break where units became others."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from reports.services.transitions import perform
from scoring.models import Campaign, Participant
from scoring.selectors.announced import codes_last_year, last_year
from tests.factories import UnitFactory, campaign_with_results, person, sign_in
from tests.reports.publishing import Team, release
from units.enums import Role, SuccessionKind
from units.models import Unit, UnitSuccession

pytestmark = pytest.mark.django_db


def join(old: Unit, new: Unit, kind: SuccessionKind, day: datetime.date) -> None:
    UnitSuccession.objects.create(predecessor=old, successor=new, kind=kind, date=day)


def page(team: Team, unit: Unit) -> str:
    browser: Client = sign_in(person(Role.ADMINISTRATOR, team.organiser))
    return browser.get(f"/lam-viec/{team.organiser.slug}/cay-don-vi/{unit.pk}/").content.decode()


def test_figures_are_told_once_they_are_public_and_stand_behind_a_break_for_who_came_after() -> None:
    team = Team()
    old = team.campaign.participants.order_by("pk").first().unit
    new = UnitFactory(parent=team.organiser.unit, name="Xã Mới")
    join(old, new, SuccessionKind.MERGER, datetime.date(2026, 3, 1))
    team.signed()
    assert "97,5" not in page(team, old), "not before the release, whoever administers"
    next_year = campaign_with_results(team.organiser, year=2026, code="2026")
    next_year.participants.filter(pk=next_year.participants.first().pk).update(unit=new, name=new.name)
    shown = page(team, new)
    assert '<tr class="after-break">' in shown
    assert "đơn vị trước khi sáp nhập, hợp nhất 01/03/2026" in shown


def test_a_released_year_shows_index_and_rank_under_the_name_of_then() -> None:
    team = Team()
    old = team.campaign.participants.order_by("pk").first()
    renamed = UnitFactory(parent=team.organiser.unit, name="Xã Tên mới")
    join(old.unit, renamed, SuccessionKind.RENAMING, datetime.date(2026, 3, 1))
    team.released()
    shown = " ".join(page(team, renamed).split())
    assert f'<td>{old.name}</td><td class="n">97,50</td><td class="n">1/3</td>' in shown
    assert "after-break" not in shown


def test_last_year_is_followed_over_two_renamings_but_not_over_a_merger_into_the_unit_itself() -> None:
    team = Team()
    team.released()
    old = team.campaign.participants.order_by("pk").first()
    steps = [old.unit, *(UnitFactory(parent=team.organiser.unit, name=name) for name in ("Hai", "Ba"))]
    join(steps[0], steps[1], SuccessionKind.RENAMING, datetime.date(2026, 2, 1))
    join(steps[1], steps[2], SuccessionKind.UPGRADE, datetime.date(2026, 3, 1))
    campaign = campaign_with_results(team.organiser, year=2026, code="2026", units=1)
    now = campaign.participants.get()
    Participant.objects.filter(pk=now.pk).update(unit=steps[2])
    assert last_year(campaign).run.campaign == team.campaign
    assert codes_last_year(campaign, team.campaign) == {now.code: old.code}
    join(UnitFactory(name="Xã nhập vào"), steps[1], SuccessionKind.MERGER, datetime.date(2026, 2, 15))
    assert codes_last_year(campaign, team.campaign) == {}


def test_years_that_another_organiser_published_stand_under_its_title_and_nothing_else_of_it_does() -> None:
    huyen, tinh = Team(), Team(year=2026, code="2026")
    old = huyen.campaign.participants.order_by("pk").first()
    new = tinh.campaign.participants.order_by("pk").first().unit
    Unit.objects.filter(pk=new.pk).update(parent=tinh.organiser.unit)
    join(old.unit, new, SuccessionKind.MERGER, datetime.date(2026, 3, 1))
    approved = huyen.approved()
    assert old.name not in page(tinh, new).split("Các năm đơn vị", 1)[1], "not before its release"
    release(perform(approved, "release", huyen.coordinator))
    shown = " ".join(page(tinh, new).split("Các năm đơn vị", 1)[1].split())
    assert f'<span class="note">{huyen.organiser.title} đánh giá</span></td><td class="n">97,50</td>' in shown
    assert f"/lam-viec/{huyen.organiser.slug}/" not in shown, "no way into the other's workspace"
    Campaign.objects.filter(pk=huyen.campaign.pk).update(is_sample=True)
    assert huyen.organiser.title not in page(tinh, new)

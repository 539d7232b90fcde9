"""Who may judge: the holder of the part, in its round, never of one's own unit, and not a minute after it was taken
away (cases T10, T12, T14, T19); and whose name nobody outside reads (T11)."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from scoring.enums import PartState, Phase, Stage
from scoring.models import AppraisalPart, Value
from scoring.services.appraisal import appraise
from scoring.services.assignment import assign, declare_conflict
from scoring.services.values import Content
from tests.database import fingerprint
from tests.scoring.appraisal.pages import base, leaf_url, part_url, text, verdict
from tests.year import ORDER, Year, advance, build_year
from units.models import Membership
from units.permissions import Refused

pytestmark = pytest.mark.django_db
NOBODYS_BUSINESS = ("a1", "aH", "b1", "bH", "h", "l", "s", "n")


@pytest.fixture
def year() -> Year:
    return build_year(Phase.APPRAISAL)


def writes(year: Year, unit: str = "SOA") -> dict[str, dict[str, Any]]:
    """Every way to write into the part of component 1, with a body that its holder could send."""
    url = part_url(year, unit=unit)
    return {
        leaf_url(year, "1.2", unit=unit): verdict(year, "1.2", "diem", points="1", reason="Thử", unit=unit),
        url + "tat-ca/giu-diem/": {"giu": [f"1.1|{year.seen('1.1', Stage.DECLARED)}"]},
        url + "tat-ca/khong-ke-khai/": {"tieu_chi": ["1.2"], "reason": "Thử"},
        url + "buoc/finish/": {"version": 2},
        url + "buoc/sign/": {"version": 2, "confirmed": "on"},
    }


def answers(year: Year, browser: Any, unit: str = "SOA") -> set[int]:
    before = fingerprint()
    statuses = {browser.post(url, data).status_code for url, data in writes(year, unit).items()}
    assert fingerprint() == before
    return statuses


@pytest.mark.parametrize("who", NOBODYS_BUSINESS)
def test_a_part_is_a_strangers_nonsense_to_everybody_else(year: Year, who: str) -> None:
    browser = year.browser(who)
    assert {browser.get(url).status_code for url in (part_url(year), leaf_url(year, "1.2"))} == {404}
    assert answers(year, browser) == {404}


def test_the_appraiser_of_another_component_finds_nothing(year: Year) -> None:
    browser = year.browser("g2")
    assert browser.get(part_url(year)).status_code == 404
    assert answers(year, browser) == {404}


def test_the_public_is_asked_to_sign_in(year: Year) -> None:
    assert answers(year, year.browser("P")) == {302}


def test_the_coordinator_looks_but_does_not_judge(year: Year) -> None:
    browser = year.browser("c")
    assert "Người g1" in text(browser.get(part_url(year)))
    page = browser.get(leaf_url(year, "1.2"))
    assert "Chỉ người được giao thẩm định làm được việc này." in text(page)
    assert "Lưu, sang" not in text(page)
    assert answers(year, browser) == {403}


@pytest.mark.parametrize("phase", [phase for phase in ORDER[3:] if phase != Phase.REAPPRAISAL])
def test_outside_its_round_a_part_is_only_to_be_looked_at(phase: Phase) -> None:
    year = build_year(phase)
    AppraisalPart.objects.filter(round=1).update(state=PartState.OPEN, signed_by=None, signed_at=None)
    browser = year.browser("g1")
    assert browser.get(part_url(year)).status_code == 200
    assert answers(year, browser) == {409}


def test_round_one_is_closed_in_round_two() -> None:
    year = build_year(Phase.REAPPRAISAL)
    assert answers(year, year.browser("g1")) == {409}


# ── own unit, conflicts ───────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_judges_the_unit_that_he_or_she_works_for_even_with_the_part_in_hand(year: Year) -> None:
    """The part was given before the person came to the unit: the list does not help."""
    AppraisalPart.objects.filter(participant=year.a, component__code="1").update(appraiser=year["gA"])
    browser = year.browser("gA")
    assert answers(year, browser) == {403}
    with pytest.raises(Refused, match="Không ai chấm đơn vị mình đang công tác"):
        appraise(year.part(), year.leaves["1.2"], Content(points=0, reason="Thử"), seen=0, by=year["gA"])
    assert "Lưu, sang" not in text(browser.get(leaf_url(year, "1.2")))


def test_a_declared_conflict_takes_the_part_away_at_once(year: Year) -> None:
    browser = year.browser("g1")
    assert browser.get(part_url(year)).status_code == 200
    declare_conflict(year.organiser, year["g1"], year.a.unit, "Vợ công tác tại đơn vị", by=year["c"])
    assert answers(year, browser) == {404}
    assert browser.get(part_url(year, unit="SOB")).status_code == 200


# ── taken away a minute ago, the old cookie still in hand ─────────────────────────────────────────────────────────


def test_a_part_given_to_somebody_else_is_closed_to_the_one_who_had_it(year: Year) -> None:
    browser = year.browser("g1")
    assert browser.get(leaf_url(year, "1.2")).status_code == 200
    assign(year.campaign, [year.part()], year["g2"], by=year["c"])
    assert answers(year, browser) == {404}


def test_a_role_that_ended_yesterday_ends_the_work_today(year: Year) -> None:
    browser = year.browser("g1")
    assert browser.get(leaf_url(year, "1.2")).status_code == 200
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Membership.objects.filter(user=year["g1"]).update(valid_to=yesterday)
    assert answers(year, browser) == {404}


def test_a_disabled_account_is_out(year: Year) -> None:
    browser = year.browser("g1")
    person = year["g1"]
    person.is_active = False
    person.save(update_fields=["is_active"])
    assert answers(year, browser) == {302}


def test_the_lock_sees_an_assignment_that_changed_after_the_page_was_loaded(year: Year) -> None:
    """The service is handed a part read before; it asks the row under the lock."""
    part, person = year.part(), year["g1"]
    assign(year.campaign, [year.part()], year["g2"], by=year["c"])
    with pytest.raises(Refused, match="đã giao cho người khác"):
        appraise(part, year.leaves["1.1"], Content(points=0, reason="Thử"), seen=0, by=person)
    assert not Value.objects.filter(stage=Stage.APPRAISED).exists()


# ── what units read ───────────────────────────────────────────────────────────────────────────────────────────────


def test_units_never_read_who_judges_them(year: Year) -> None:
    for name, sentinel in (("g1", "Sentinel Mộc Lan"), ("g2", "Sentinel Thủy Tiên")):
        person = year[name]
        person.full_name = sentinel
        person.save(update_fields=["full_name"])
    advance(year, Phase.COUNCIL)
    for who in ("a1", "aH", "b1"):
        browser = year.browser(who)
        unit = "SOB" if who == "b1" else "SOA"
        dossier = f"{base(year)}phieu/{unit}/"
        for url in (base(year) + "tham-dinh/", part_url(year)):
            assert browser.get(url).status_code in (403, 404)
        for url in (dossier, f"{dossier}tc/1.2/", f"{dossier}tc/2.1/", f"/lam-viec/{year.organiser.slug}/viec/"):
            answer = browser.get(url)
            assert answer.status_code == 200, (who, url)
            assert "Sentinel" not in answer.content.decode(), (who, url)

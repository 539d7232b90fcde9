"""Judging by those who may not (T10, T12, T14): another component, one's own unit, another step, another room."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from scoring.enums import Phase, Stage
from scoring.models import AppraisalPart, ConflictOfInterest
from scoring.services.appraisal import keep_declared
from tests.database import fingerprint, tamper
from tests.year import ORDER, Year, advance, build_year

pytestmark = pytest.mark.django_db

FIGURES = {"version": 0, "declared_version": 1, "so-numerator": "50", "so-denominator": "50", "reason": "Theo hồ sơ"}
VERDICT = FIGURES | {"verdict": "so-lieu"}


def url_of(year: Year, name: str, *rest: Any, unit: str = "SOA") -> str:
    return reverse(f"scoring:{name}", args=[year.organiser.slug, year.campaign.code, unit, *rest])


def declare_conflict(year: Year, name: str) -> None:
    ConflictOfInterest.objects.create(
        organiser=year.organiser, user=year[name], unit=year.a.unit, reason="Người nhà", declared_by=year["c"]
    )


@pytest.fixture
def year() -> Year:
    return build_year(Phase.APPRAISAL)


# ── T10 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_appraiser_judges_no_leaf_of_another_component_one_by_one_or_many_at_once(year: Year) -> None:
    browser = year.browser("g2")
    before = fingerprint()
    for url, data in (
        (url_of(year, "part_leaf", "1", 1, "1.2"), VERDICT),
        (url_of(year, "part_keep", "1", 1), {"giu": ["1.1|1", "1.2|1"]}),
        (url_of(year, "part_nought", "1", 1, unit="SOB"), {"tieu_chi": ["1.2"], "reason": "Không kê khai"}),
        (url_of(year, "part_step", "1", 1, "finish"), {"version": 1}),
        (url_of(year, "part_leaf", "2", 1, "1.2"), VERDICT),
    ):
        assert (url, browser.post(url, data).status_code) == (url, 404)
    assert fingerprint() == before


def test_a_leaf_of_another_component_named_in_the_body_of_ones_own_part_is_not_touched(year: Year) -> None:
    browser = year.browser("g2")
    before = fingerprint()
    browser.post(url_of(year, "part_keep", "2", 1), {"giu": ["1.1|1", "1.2|1"]})
    browser.post(url_of(year, "part_nought", "2", 1), {"tieu_chi": ["1.1", "1.2"], "reason": "Không kê khai"})
    assert fingerprint() == before
    smuggled = {"criterion": year.leaves["1.1"].pk, "component": year.part("1").component_id, "part": year.part("1").pk}
    sent = browser.post(url_of(year, "part_keep", "2", 1), {"giu": ["2.1|1"], **smuggled})
    assert sent.status_code == 302
    assert year.value("2.1", Stage.APPRAISED) is not None
    assert year.value("1.1", Stage.APPRAISED) is None


@pytest.mark.parametrize("name", ["a1", "aH", "b1", "gA", "c", "h", "l", "s", "n", "P"])
def test_nobody_without_the_part_judges(year: Year, name: str) -> None:
    browser = year.browser(name)
    before = fingerprint()
    for url, data in (
        (url_of(year, "part_leaf", "1", 1, "1.2"), VERDICT),
        (url_of(year, "part_keep", "1", 1), {"giu": ["1.1|1"]}),
        (url_of(year, "part_nought", "1", 1), {"tieu_chi": ["1.2"], "reason": "Không kê khai"}),
    ):
        assert browser.post(url, data).status_code == (302 if name == "P" else 403 if name == "c" else 404)
    assert fingerprint() == before


# ── T12 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_works_in_the_unit_judges_nothing_there_even_if_the_part_was_given(year: Year) -> None:
    """The rule stands at the door, not only where parts are given out: here the row was written past every guard."""
    browser, part = year.browser("gA"), year.part("1")
    tamper(AppraisalPart, "appraiser_id", year["gA"].pk, id=part.pk)
    before = fingerprint()
    sent = browser.post(url_of(year, "part_leaf", "1", 1, "1.2"), VERDICT)
    assert sent.status_code == 403
    assert "Không ai chấm đơn vị mình đang công tác" in sent.content.decode()
    assert browser.post(url_of(year, "part_keep", "1", 1), {"giu": ["1.1|1"]}).status_code == 403
    assert fingerprint() == before


def test_a_conflict_declared_after_the_part_was_given_takes_the_pen_away(year: Year) -> None:
    browser = year.browser("g1")
    declare_conflict(year, "g1")
    before = fingerprint()
    assert browser.post(url_of(year, "part_leaf", "1", 1, "1.2"), VERDICT).status_code in (403, 404)
    assert fingerprint() == before


def test_a_council_member_decides_nothing_about_a_unit_of_a_declared_conflict() -> None:
    year = build_year(Phase.COUNCIL)
    browser, url = year.browser("h"), url_of(year, "council_point", "2.1")
    declare_conflict(year, "h")
    before = fingerprint()
    decision = {"version": 0, "kept_version": 1, "declared_version": 1, "verdict": "points", "points": "1"}
    assert browser.post(url, decision | {"reason": "Thống nhất"}).status_code == 403
    assert fingerprint() == before


# ── T14 ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def versions(year: Year, code: str) -> dict[str, int]:
    """What the page of a decision would carry: the versions that stand."""
    appraised = year.seen(code, Stage.REAPPRAISED) or year.seen(code, Stage.APPRAISED)
    return {
        "version": year.seen(code, Stage.COUNCIL),
        "kept_version": appraised,
        "declared_version": year.seen(code, Stage.DECLARED),
    }


def test_the_council_decides_in_its_own_step_and_in_no_other() -> None:
    year = build_year(Phase.DRAFT)
    decision = {"verdict": "points", "points": "1", "reason": "Thống nhất"}
    found = {}
    for phase in ORDER:
        advance(year, phase)
        browser, before = year.browser("h"), fingerprint()
        sent = browser.post(url_of(year, "council_point", "2.1"), decision | versions(year, "2.1"))
        grade = browser.post(url_of(year, "council_grade"), {"grade": "kha", "reason": "Kỷ luật", "seen": ""})
        found[phase] = (sent.status_code, grade.status_code)
        assert (fingerprint() != before) == (phase == Phase.COUNCIL), phase
    assert {phase for phase, codes in found.items() if codes == (302, 302)} == {Phase.COUNCIL}
    assert all(code in (404, 409) for phase in ORDER if phase != Phase.COUNCIL for code in found[phase])


@pytest.mark.parametrize("name", ["l", "s", "c", "g1", "a1"])
def test_nobody_else_decides_at_the_council_and_a_leader_writes_points_nowhere(name: str) -> None:
    year = build_year(Phase.COUNCIL)
    browser = year.browser(name)
    before = fingerprint()
    decision = {"verdict": "points", "points": "1", "reason": "Thống nhất", **versions(year, "2.1")}
    for route, rest, data in (
        ("council_point", ("2.1",), decision),
        ("council_grade", (), {"grade": "kha", "reason": "Kỷ luật", "seen": ""}),
        ("council_keep_all", (), {"reason": "Thống nhất"}),
        ("council_withdraw", ("2.1",), {"reason": "Nhầm", "version": 1}),
        ("part_leaf", ("1", 1, "1.2"), VERDICT),
    ):
        sent = browser.post(url_of(year, route, *rest), data)
        # g1 holds part 1: it is the hour that refuses.
        assert sent.status_code in ((409, 403, 404) if (name, route) == ("g1", "part_leaf") else (403, 404)), route
    if name == "l":
        sent = browser.post(url_of(year, "entered_unit", "3.1"), {"version": 0, "so-mean": "4", "so-responses": "90"})
        assert sent.status_code in (403, 404)
    assert fingerprint() == before


def test_an_appraiser_judges_in_the_own_round_and_in_no_other_phase() -> None:
    year = build_year(Phase.APPRAISAL)
    keep_declared(year.part("1"), year.leaves["1.1"], seen=0, by=year["g1"])
    for phase in ORDER[2:]:
        advance(year, phase) if phase != Phase.APPRAISAL else None
        browser, before = year.browser("g1"), fingerprint()
        seen = {"version": year.seen("1.1", Stage.APPRAISED), "declared_version": year.seen("1.1", Stage.DECLARED)}
        data = {"verdict": "so-lieu", "so-choice": "tre", "reason": "Gửi trễ", **seen}
        sent = browser.post(url_of(year, "part_leaf", "1", 1, "1.1"), data)
        assert (sent.status_code == 302) == (phase == Phase.APPRAISAL), (phase, sent.status_code)
        assert (fingerprint() != before) == (phase == Phase.APPRAISAL), phase
        if phase == Phase.APPRAISAL:
            year = build_year(Phase.APPRAISAL, slug="lan-hai")

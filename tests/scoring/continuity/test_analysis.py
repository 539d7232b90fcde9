"""What is linked is what is compared: the run's change against last year, and the unit's list of what fell."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse

from scoring.enums import CriterionRole, LinkKind, Stage
from scoring.models import Criterion, Participant
from scoring.selectors.worksheet import sight_of
from scoring.services.analysing import YearOnYear, evaluated_run, year_on_year
from scoring.services.own_analysis import OwnLists, own_figures, own_lists
from tests.factories import answer, run_of
from tests.scoring.continuity.years import TwoSets, release, two_sets

pytestmark = pytest.mark.django_db


@pytest.fixture
def years() -> TwoSets:
    """Last year 2 of 2, 4 of 4 and 3,75 of 4, in public; this year 1.1 0,5 of 2, 1.2 3 of 4, 2.1 nought of 4."""
    found = two_sets()
    release(found.last.campaign)
    unit = found.campaign.participants.get()
    answer(unit, found.node("1.1"), Stage.APPRAISED, inputs={"choice": "tre"})
    answer(unit, found.node("1.2"), Stage.APPRAISED, points=Decimal(3), reason="Theo biên bản")
    answer(unit, found.node("2.1"), Stage.ENTERED, inputs={"mean": "1", "responses": 120})
    return found


def compared(years: TwoSets) -> YearOnYear:
    run = run_of(years.campaign)
    evaluated = evaluated_run(run)
    assert evaluated
    found = year_on_year(run, evaluated)
    assert found
    return found


def pairs(years: TwoSets) -> dict[str, str]:
    """Codes of this year → those of last year, as they were compared."""
    [unit] = compared(years).units
    return {" ".join(pair.codes): " ".join(pair.last_codes) for pair in unit.pairs}


def lists(years: TwoSets) -> OwnLists:
    unit = Participant.objects.select_related("campaign__organiser", "group", "criteria_set", "unit").get(
        campaign=years.campaign
    )
    own = own_figures(unit, sight_of(years.by, unit))
    assert own
    return own_lists(own)


def test_without_a_word_every_criterion_of_the_clone_is_compared(years):
    assert pairs(years) == {"1.1": "1.1", "1.2": "1.2", "2.1": "2.1"}
    assert compared(years).same == 3


def test_what_is_said_to_be_new_or_changed_is_not_compared(years):
    years.store(years.link("1.1"), years.link("1.2", "1.2", kind=LinkKind.CHANGED))
    assert pairs(years) == {"2.1": "2.1"}
    found = compared(years)
    assert (found.same, found.changed) == (1, 0)
    assert found.units[0].share == Fraction(4, 10)


def test_criteria_with_other_ids_are_compared_by_the_word_of_the_coordinator(years):
    years.store(years.link("1.1", "1.2", kind=LinkKind.COMPARABLE), years.link("1.2", "1.1", kind=LinkKind.COMPARABLE))
    assert pairs(years) == {"1.1": "1.2", "1.2": "1.1", "2.1": "2.1"}
    assert compared(years).changed == 2


def test_criteria_put_together_are_compared_sum_against_sum(years):
    years.store(years.link("1.1", "1.1", "1.2", kind=LinkKind.COMPARABLE), years.link("1.2"))
    assert pairs(years) == {"1.1": "1.1 1.2", "2.1": "2.1"}
    [unit] = compared(years).units
    pair = unit.pairs[0]
    assert (pair.points, pair.max_points) == (Fraction(1, 2), 2)
    assert (pair.last_points, pair.last_max_points) == (6, 6)


def test_a_criterion_made_of_two_is_counted_once(years):
    years.store(years.link("1.1", "1.1", "1.2", kind=LinkKind.COMPARABLE), years.link("1.2"))
    assert (compared(years).same, compared(years).changed, compared(years).wholes) == (1, 1, 0)


def test_bonus_that_goes_on_is_not_counted_among_what_is_compared(years):
    Criterion.objects.filter(pk=years.node("1.1").pk).update(role=CriterionRole.BONUS)
    Criterion.objects.filter(pk=years.node("1").pk).update(max_points=4)
    found = compared(years)
    assert (found.same, found.changed, pairs(years)) == (2, 0, {"1.2": "1.2", "2.1": "2.1"})


def test_a_component_whose_leaves_are_all_new_is_compared_by_its_sum_on_both_pages(years):
    """As in the first year after a table was taken in: 3,5 of 6 against 6 of 6, and the page says that it is a sum."""
    years.store(*(years.link(code) for code in ("1.1", "1.2")), years.link("1", "1", kind=LinkKind.COMPARABLE))
    found = compared(years)
    assert (found.same, found.changed, found.wholes) == (1, 0, 1)
    [unit] = found.units
    pair = unit.pairs[0]
    assert (pair.codes, pair.points, pair.last_points) == (("1",), Fraction(7, 2), 6)
    assert unit.share == unit.last_share == 1
    assert "1" in {" ".join(row.pair.codes) for row in lists(years).fallen or ()}
    run = run_of(years.campaign)
    address = reverse("scoring:analysis_change", args=[run.campaign.organiser.slug, run.campaign.code, run.number])
    page = years.browser().get(address).content.decode()
    assert "1 lĩnh vực, nhóm tiêu chí chỉ so cả khối theo tỷ lệ đạt" in page


def test_the_unit_reads_no_fall_where_nothing_is_to_be_compared(years):
    assert {" ".join(row.pair.codes) for row in lists(years).fallen or ()} == {"1", "1.1", "1.2", "2", "2.1"}
    years.store(
        *(years.link(code, code, kind=LinkKind.CHANGED) for code in ("1", "1.2", "2")), years.link("1.1"),
        years.link("2.1", "2.1"),
    )  # fmt: skip
    assert {" ".join(row.pair.codes) for row in lists(years).fallen or ()} == {"2.1"}

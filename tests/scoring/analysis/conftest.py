"""Years in public and what was said in them, and nothing kept in memory from one test to the next."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import AppraisalPart, Campaign, Criterion, Group, Participant, Run, Submission, Value
from scoring.services import analysing
from tests.factories import answer, campaign_with_results, person, sign_in
from tests.scoring.analysis.pages import next_year, released
from units.enums import Role
from units.models import Membership


@pytest.fixture(autouse=True)
def _nothing_at_hand() -> None:
    """What is kept in memory by the text of a file is the same in every test; forgotten, so that each computes."""
    for kept in (analysing._evaluated, analysing._rank_ranges, analysing._like_for_like, analysing._hanging):
        kept.cache_clear()


@pytest.fixture
def second_year() -> tuple[Campaign, Campaign, dict[str, Any]]:
    """Last year's campaign (97,5; 72,5; 47,5), this year's in tự chấm, and staff of every unit by its code."""
    last = campaign_with_results()
    this = next_year(last)
    Group.objects.filter(campaign=this).update(phase=Phase.SELF_ASSESSMENT)
    staff = {}
    leaves = {leaf.code: leaf for leaf in Criterion.objects.filter(criteria_set__campaign=this)}
    for unit in this.participants.order_by("unit_id"):
        Submission.objects.create(participant=unit)
        user = person(username=f"cb-{unit.code}")
        Membership.objects.create(
            user=user, organiser=this.organiser, unit=unit.unit, role=Role.UNIT_STAFF, valid_from="2025-01-01"
        )
        answer(unit, leaves["1.1"], Stage.DECLARED, inputs={"choice": "tre"})
        answer(unit, leaves["1.2"], Stage.DECLARED, inputs={"points": "4"})
        staff[unit.code] = sign_in(user)
    return last, this, staff


@pytest.fixture
def two_years_in_public(second_year: Any) -> tuple[Run, Run, Participant, dict[str, Any]]:
    """Both years' released runs, the first unit, and readers: an appraiser of component 2 alone, staff, a coordinator.

    The unit declared what it had last year at 1.1, and the council took it away: 2,00 → 0,50; 4,00 → 3,00 at 1.2.
    """
    last, this, staff = second_year
    leaves = {leaf.code: leaf for leaf in Criterion.objects.filter(criteria_set__campaign=this)}
    for unit in this.participants.order_by("unit_id"):
        Value.objects.filter(participant=unit, criterion=leaves["1.1"]).update(inputs={"choice": "du"})
        answer(unit, leaves["1.1"], Stage.COUNCIL, inputs={"choice": "tre"})
        answer(unit, leaves["1.2"], Stage.APPRAISED, points=3, reason="Theo biên bản kiểm tra")
        answer(unit, leaves["2.1"], Stage.ENTERED, inputs={"mean": "3", "responses": 90})
    Group.objects.filter(campaign=this).update(phase=Phase.PUBLISHED)
    first = this.participants.order_by("unit_id")[0]
    Submission.objects.filter(participant=first).update(state="submitted", submitted_at=timezone.now())
    appraiser = person(Role.APPRAISER, this.organiser)
    AppraisalPart.objects.create(participant=first, component=leaves["2.1"].parent, round=1, appraiser=appraiser)
    readers = {
        "appraiser": sign_in(appraiser),
        "unit": staff[first.code],
        "coordinator": sign_in(person(Role.COORDINATOR, this.organiser)),
    }
    return released(last), released(this), first, readers

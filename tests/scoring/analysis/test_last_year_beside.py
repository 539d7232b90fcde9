"""Last year beside a dossier that is being filled in: what was published, and what differs greatly from it."""

from __future__ import annotations

from typing import Any

import pytest

from reports.enums import Depth
from scoring.enums import Stage
from scoring.models import Criterion, Value
from scoring.selectors.worksheet import Sight
from scoring.services.last_stand import last_stand
from tests.scoring.analysis.pages import in_words, released

pytestmark = pytest.mark.django_db

UNIT = Sight(frozenset({Stage.DECLARED}), is_unit=True)
STRANGER = Sight(frozenset({Stage.DECLARED}))


def page_of(second_year: Any, name: str) -> str:
    _, this, staff = second_year
    unit = this.participants.order_by("unit_id")[0]
    address = f"/lam-viec/{this.organiser.slug}/ky/{this.code}/phieu/{unit.code}/{name}/"
    return in_words(staff[unit.code].get(address))


def test_last_year_stands_beside_it_and_great_changes_are_told(second_year: Any) -> None:
    assert "Chưa có kết quả công bố của chính đơn vị" in page_of(second_year, "kiem-tra")
    released(second_year[0])
    Value.objects.filter(participant__campaign=second_year[1], criterion__code="1.1").update(worth="0.5")
    page = page_of(second_year, "kiem-tra")
    assert "97,50 %" in page
    assert "kết quả công bố năm 2025" in page
    assert "Năm 2025 được 2,00 / 2,00 điểm, năm nay tự chấm 0,50 / 2,00." in page
    assert "97,50 %" in page_of(second_year, "duyet")


def test_a_figure_that_differs_by_more_than_three_tenths_is_told(second_year: Any) -> None:
    last, this, _ = second_year
    unit = this.participants.order_by("unit_id")[0]
    before = last.participants.get(unit=unit.unit)
    rule = {"kind": "ratio"}
    Criterion.objects.filter(criteria_set__campaign__in=[last, this], code="1.1").update(rule=rule)
    Value.objects.filter(participant=before, criterion__code="1.1").update(
        inputs={"numerator": "90", "denominator": "100"}
    )
    Value.objects.filter(participant=unit, criterion__code="1.1").update(
        inputs={"numerator": "121", "denominator": "134"}
    )
    Value.objects.filter(participant__campaign=last, criterion__code="1.1").exclude(participant=before).delete()
    released(last)
    page = page_of(second_year, "kiem-tra")
    assert "tăng 34 % so với năm 2025 (90 → 121)" in page
    assert "so với năm 2025 (100" not in page, "the first figure of a leaf stands for all"


def test_what_was_not_published_is_told_to_nobody_but_the_unit(second_year: Any) -> None:
    last, this, _ = second_year
    unit = this.participants.select_related("campaign__organiser", "criteria_set").order_by("unit_id")[0]
    assert last_stand(unit, UNIT) is None
    released(last, Depth.INDEX)
    stand = last_stand(unit, STRANGER)
    assert stand is not None
    assert (stand.year, stand.index, dict(stand.nodes)) == (2025, "97.50", {})
    own = last_stand(unit, UNIT)
    assert own is not None
    assert set(own.nodes) == {"1.1", "1.2", "2.1"}, "leaves for the unit itself, components only as published"


def test_a_changed_criterion_and_a_merged_unit_are_not_compared(second_year: Any) -> None:
    last, this, _ = second_year
    released(last)
    unit = this.participants.select_related("campaign__organiser", "criteria_set").order_by("unit_id")[0]
    Criterion.objects.filter(criteria_set__campaign=this, code="1.1").update(
        permanent_id="00000000-0000-0000-0000-000000000001", title="Khác hẳn"
    )
    stand = last_stand(unit, UNIT)
    assert stand is not None
    assert "1.1" not in stand.nodes
    assert "1.2" in stand.nodes
    last.participants.filter(unit=unit.unit).delete()
    assert last_stand(unit, UNIT) is None

"""The three lists that a unit works on: what fell, what is below the maximum, what below the mean."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.enums import Phase, Stage
from scoring.models import Criterion, Group, Value
from tests.factories import answer, run_of
from tests.scoring.analysis.pages import FALLEN, MAXIMUM, MEAN, own, page, part, released
from tests.year import build_year

pytestmark = pytest.mark.django_db


def test_what_is_below_the_maximum_is_listed_worst_first_and_what_others_enter_waits() -> None:
    year = build_year(Phase.EXPLANATION)
    found = part(page(year, "a1"), MAXIMUM, MEAN)
    assert "2.1 Rà soát văn bản 1,00 2,00 1,00" in found
    assert "1.2 Hoàn thành kế hoạch 3,20 4,00 0,80" in found
    assert found.index("2.1") < found.index("1.2")
    assert "1.1 Kế hoạch" not in found
    assert "Chưa kể 1 tiêu chí (tối đa 4,00 điểm) do cơ quan khác nhập" in found


def test_a_leaf_that_the_unit_has_not_answered_is_called_so() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    assert "1.2 Hoàn thành kế hoạch chưa nhập 4,00 4,00" in part(page(year, "a1"), MAXIMUM, MEAN)


def test_in_the_first_year_the_lists_against_the_past_say_that_there_is_none() -> None:
    text = page(build_year(Phase.SELF_ASSESSMENT), "a1")
    assert "Chưa có kết quả năm trước đã công bố của đơn vị để so." in part(text, FALLEN, MAXIMUM)
    assert "Chưa có kết quả đã công bố của đơn vị." in part(text, MEAN)


def test_what_fell_against_last_year_in_public_is_listed(second_year: Any) -> None:
    last, this, staff = second_year
    released(last)
    first, second, _ = this.participants.order_by("unit_id")
    text = part(own(this, staff[first.code], first.code), FALLEN, MAXIMUM)
    assert "So với kết quả đã công bố năm 2025" in text
    assert "1.1 Kế hoạch cải cách hành chính 2,00 / 2,00 0,50 / 2,00 −75,00" in text
    assert "1.2 Kiểm tra công vụ" not in text
    again = part(own(this, staff[second.code], second.code), FALLEN, MAXIMUM)
    assert "Trong 3 tiêu chí, lĩnh vực so được, không mục nào giảm" in again
    assert "Chưa so 2 tiêu chí, lĩnh vực của năm 2025: năm nay chưa đủ số." in again  # 2.1 and 2
    Criterion.objects.filter(criteria_set__campaign=last).update(title="Khác hẳn")
    for place, criterion in enumerate(Criterion.objects.filter(criteria_set__campaign=last)):
        Criterion.objects.filter(pk=criterion.pk).update(permanent_id=f"{place:032x}")
    apart = part(own(this, staff[second.code], second.code), FALLEN, MAXIMUM)
    assert "Không tiêu chí nào so được với kết quả đã công bố năm 2025" in apart


def test_what_was_below_the_mean_is_of_last_year_and_as_deep_as_it_was_published(second_year: Any) -> None:
    last, this, staff = second_year
    run = released(last)
    _, _, third = this.participants.order_by("unit_id")
    text = part(own(this, staff[third.code], third.code), MEAN)
    assert "Theo kết quả đã công bố năm 2025; trung bình năm 2026 chỉ biết được khi đã công bố." in text
    assert "1 Chỉ đạo, điều hành" in text
    assert "1.2 Kiểm tra công vụ 50,00 % 75,00 % 25,00" in text
    run.publications.update(depth="components")
    text = part(own(this, staff[third.code], third.code), MEAN)
    assert "1 Chỉ đạo, điều hành" in text
    assert "1.2 Kiểm tra công vụ" not in text
    run.publications.update(depth="index")
    assert "1 Chỉ đạo, điều hành" not in part(own(this, staff[third.code], third.code), MEAN)


@pytest.mark.parametrize("state", ["drafted", "approved", "withdrawn", "superseded", "discarded"])
def test_a_last_year_that_is_not_in_public_is_no_last_year(second_year: Any, state: str) -> None:
    last, this, staff = second_year
    run = released(last)
    run.publications.update(state=state)
    first = this.participants.order_by("unit_id")[0]
    text = own(this, staff[first.code], first.code)
    assert "Chưa có kết quả năm trước đã công bố" in text
    assert "Chưa có kết quả đã công bố của đơn vị." in text


def test_a_later_run_that_was_not_released_changes_nothing(second_year: Any) -> None:
    last, this, staff = second_year
    released(last)
    first = this.participants.order_by("unit_id")[0]
    before = own(this, staff[first.code], first.code)
    Value.objects.filter(participant__campaign=last, criterion__code="1.1").update(inputs={"choice": "khong"})
    run_of(last)
    assert own(this, staff[first.code], first.code) == before


def test_once_the_year_is_in_public_its_own_mean_and_ranks_may_be_told(second_year: Any) -> None:
    last, this, staff = second_year
    released(last)
    leaves = {leaf.code: leaf for leaf in Criterion.objects.filter(criteria_set__campaign=this)}
    for place, unit in enumerate(this.participants.order_by("unit_id")):
        answer(unit, leaves["2.1"], Stage.ENTERED, inputs={"mean": ("3", "4", "5")[place], "responses": 90})
        answer(unit, leaves["1.1"], Stage.APPRAISED, inputs={"choice": "tre"})
        answer(unit, leaves["1.2"], Stage.APPRAISED, inputs={"points": "4"})
    Group.objects.filter(campaign=this).update(phase=Phase.PUBLISHED)
    first = this.participants.order_by("unit_id")[0]
    run_of(this)
    assert "hạng 1 xuống" not in own(this, staff[first.code], first.code)
    released(this)
    text = own(this, staff[first.code], first.code)
    assert "Theo kết quả đã công bố năm 2026." in part(text, MEAN)
    assert "2 Mức độ hài lòng hạng 1 xuống hạng 3" in part(text, FALLEN, MAXIMUM)

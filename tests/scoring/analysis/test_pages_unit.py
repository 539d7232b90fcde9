"""A unit's analysis of its own number: ways up, figures tried, lists to work on, and nothing that is not its own."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scoring.analysis.reachable import Figure
from scoring.analysis.shortest_way import ShortestWay
from scoring.enums import Phase, Stage
from scoring.models import AppraisalPart, Campaign, Criterion, Group, Participant, Run, Submission, Value, ValueChange
from scoring.selectors.worksheet import sight_of
from scoring.services.own_analysis import own_figures, own_way
from scoring.services.running import run_provisional
from scoring.views.analysis_showing import say_figure
from tests.factories import answer, campaign_with_results, person, run_of, sign_in
from tests.scoring.analysis.test_pages_run import graded_at, in_words, next_year, released
from tests.scoring.dossier.pages import url
from tests.year import Year, build_year
from units.enums import Role
from units.models import Membership

pytestmark = pytest.mark.django_db


def page(year: Year, who: str, unit: Participant | None = None, **query: Any) -> str:
    response = year.browser(who).get(url(year, "analysis_unit", unit=unit), query)
    assert response.status_code == 200, response.content.decode()
    return in_words(response)


def part(text: str, start: str, end: str = "") -> str:
    """The section from its heading to the next one's."""
    assert start in text
    return text.partition(start)[2].partition(end)[0] if end else text.partition(start)[2]


WAY, TRY, FALLEN, MAXIMUM, MEAN = (
    "Đường ngắn nhất lên loại trên", "Thử số liệu khác", "Giảm so với năm trước", "Dưới điểm tối đa",
    "Dưới trung bình khối",
)  # fmt: skip


# ── the shortest way ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_shortest_way_names_leaves_and_points_and_says_if() -> None:
    year = build_year(Phase.EXPLANATION)
    # Unit A: 2 + 3,2 + 1 of 12 is 51,67; one point more is 60,00
    graded_at(year, "60")
    way = part(page(year, "a1"), WAY, TRY)
    assert "Đang có 6,20 / 12,00 điểm, chỉ số 51,67 %, loại Chưa đạt." in way
    assert "Nếu thêm được ít nhất 1,00 điểm ở 1 tiêu chí dưới đây, mọi thứ khác giữ nguyên" in way
    assert "thì chỉ số thành 60,00 % và xếp loại thành Đạt. Chỉ kể tiêu chí đơn vị tự chấm" in way
    assert "2.1 Rà soát văn bản 1,00 2,00 1,00" in way


def test_the_least_that_is_needed_is_told_with_the_figure_to_enter() -> None:
    year = build_year(Phase.EXPLANATION)
    graded_at(year, "56")  # 0,52 more: at 1.2, a ratio at 3,2 of 4, 47 of the 50
    Criterion.objects.filter(pk=year.leaves["2.1"].pk).update(source="coordinator")
    way = part(page(year, "a1"), WAY, TRY)
    assert "thêm được ít nhất 0,56 điểm ở 1 tiêu chí" in way
    assert "1.2 Hoàn thành kế hoạch 3,20 3,76 (47/50 thay cho 40/50) 0,56" in way


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Figure(Fraction(48), Fraction(45), Fraction(50)), "48/50 thay cho 45/50"),
        (Figure(Fraction(1480), Fraction(900), Fraction(1500)), "1.480/1.500 thay cho 900/1.500"),
        (Figure(Fraction(5), Fraction(3)), "5 thay cho 3"),
        (Figure(Fraction(5)), "5"),
        (Figure(Fraction(199, 2), None, Fraction(100)), "tỷ lệ 99,5 %"),
    ],
)
def test_a_figure_to_enter_is_said_beside_the_one_that_stands_there(figure: Figure, said: str) -> None:
    assert say_figure(figure) == said


def test_the_way_is_searched_once_for_the_same_figures_and_anew_for_others() -> None:
    year = build_year(Phase.EXPLANATION)
    graded_at(year, "60")

    def way() -> ShortestWay:
        own = own_figures(Participant.objects.get(pk=year.a.pk), sight_of(year["a1"], year.a))
        assert own is not None
        return own_way(own)

    first = way()
    assert way() is first
    Value.objects.filter(participant=year.a, criterion=year.leaves["1.1"]).delete()
    assert way().before.points == first.before.points - 2


def test_while_figures_are_tried_no_way_is_searched() -> None:
    year = build_year(Phase.EXPLANATION)
    graded_at(year, "60")
    tried = part(page(year, "a1", tc="2.1", **{"tc-2.1-points": "2", "thu": "1"}), WAY, TRY)
    assert "Xem đường ngắn nhất theo số liệu đang có." in tried
    assert "Đang có" not in tried


def test_what_the_unit_cannot_reach_by_itself_is_said_so() -> None:
    year = build_year(Phase.EXPLANATION)
    graded_at(year, "99")  # 3.1, 4 of 12 points, is entered by others
    way = part(page(year, "a1"), WAY, TRY)
    assert "Chưa tới được loại Đạt chỉ bằng phần đơn vị tự chấm" in way
    assert "(1 tiêu chí chưa có số)" in way
    assert "Nếu thêm được" not in way


def test_the_best_class_has_no_next() -> None:
    year = build_year(Phase.EXPLANATION)
    graded_at(year, "10")
    assert "Đã ở loại cao nhất của thang xếp loại." in page(year, "a1")


def test_a_class_that_the_council_decided_is_told_to_those_who_may_know_of_it() -> None:
    year = build_year(Phase.COUNCIL)
    graded_at(year, "99")
    override = {"grade": "dat", "reason": "Theo biên bản"}
    Participant.objects.filter(pk=year.a.pk).update(grade_override=override)
    assert "Hội đồng đã quyết định xếp loại" in page(year, "c")
    assert "Hội đồng đã quyết định" not in page(year, "a1")


def test_without_any_leaf_that_counts_there_is_no_class() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    exempt = [{"criterion": code, "reason": "Không có", "legal_basis": "QĐ 1"} for code in ("1", "2", "3")]
    Participant.objects.filter(pk=year.a.pk).update(not_applicable=exempt)
    text = page(year, "a1")
    assert "Chưa có xếp loại" in text
    assert "Mọi tiêu chí đã có số đều đạt điểm tối đa." in text


def test_a_set_that_cannot_be_computed_is_told_and_never_an_error() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    Criterion.objects.filter(pk=year.leaves["1.2"].pk).update(rule={"kind": "khong-co"})
    assert "Chưa phân tích được" in page(year, "a1")


# ── figures tried ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_other_figures_are_tried_by_the_rule_and_nothing_is_stored() -> None:
    year = build_year(Phase.EXPLANATION)
    graded_at(year, "55")
    before = (Value.objects.count(), ValueChange.objects.count())
    chosen = page(year, "a1", them="1.2")
    assert "1.2 Hoàn thành kế hoạch Đang có 3,20 / 4,00 điểm." in part(chosen, TRY, FALLEN)
    typed = {"tc": "1.2", "tc-1.2-numerator": "50", "tc-1.2-denominator": "50", "thu": "1"}
    tried = part(page(year, "a1", **typed), TRY, FALLEN)
    assert "Đang có 51,67 % 6,20 / 12,00 điểm, loại Chưa đạt" in tried
    assert "Nếu như đã nhập 58,33 % 7,00 / 12,00 điểm, loại Đạt" in tried
    assert "+6,66" in tried
    assert "1.2: 3,20 → 4,00 / 4,00 điểm" in tried
    assert (Value.objects.count(), ValueChange.objects.count()) == before


def test_several_leaves_are_tried_together() -> None:
    year = build_year(Phase.EXPLANATION)
    typed = {
        "tc": ["1.2", "2.1"],
        "tc-1.2-numerator": "50",
        "tc-1.2-denominator": "50",
        "tc-2.1-points": "2",
        "thu": "1",
    }
    tried = part(page(year, "a1", **typed), TRY, FALLEN)
    assert "Nếu như đã nhập 66,67 % 8,00 / 12,00 điểm" in tried
    assert "2.1: 1,00 → 2,00 / 2,00 điểm" in tried


def test_what_the_rule_says_does_not_apply_is_tried_as_such() -> None:
    year = build_year(Phase.EXPLANATION)
    typed = {"tc": "1.2", "tc-1.2-numerator": "0", "tc-1.2-denominator": "0", "thu": "1"}
    tried = part(page(year, "a1", **typed), TRY, FALLEN)
    assert "1.2: 3,20 → không áp dụng" in tried
    assert "3,00 / 8,00 điểm" in tried


def test_the_typed_figures_stay_and_a_leaf_can_be_added() -> None:
    year = build_year(Phase.EXPLANATION)
    query = {"tc": "1.2", "tc-1.2-numerator": "49", "tc-1.2-denominator": "50", "them": "2.1"}
    body = year.browser("a1").get(url(year, "analysis_unit"), query).content.decode()
    assert 'name="tc-1.2-numerator" value="49"' in body
    assert 'name="tc" value="2.1" checked' in body
    assert "Nếu như đã nhập" not in body


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"tc-1.2-numerator": "51", "tc-1.2-denominator": "50"}, "Chưa thử được"),
        ({"tc-1.2-numerator": "nhiều", "tc-1.2-denominator": "50"}, "Chưa thử được"),
        ({"tc-1.2-numerator": "5"}, "Chưa thử được"),
        ({}, "Chưa thử được"),
    ],
)
def test_figures_that_are_refused_are_told_beside_the_field(typed: dict[str, str], said: str) -> None:
    year = build_year(Phase.EXPLANATION)
    response = year.browser("a1").get(url(year, "analysis_unit"), {"tc": "1.2", "thu": "1", **typed})
    assert response.status_code == 422
    assert said in in_words(response)
    assert "Nếu như đã nhập" not in in_words(response)


def test_an_address_that_was_made_up_tries_nothing() -> None:
    year = build_year(Phase.EXPLANATION)
    text = page(year, "a1", tc=["9.9", "", "1"], them="' OR 1=1", thu="1")
    assert "Nếu như đã nhập" not in text
    many = page(year, "a1", tc=["1.1"] * 50)
    assert many.count("Thử tiêu chí này") == 1


def test_a_leaf_that_the_unit_is_exempt_from_is_not_offered() -> None:
    year = build_year(Phase.EXPLANATION)
    exempt = [{"criterion": "2.1", "reason": "Không có", "legal_basis": "QĐ 1"}]
    Participant.objects.filter(pk=year.a.pk).update(not_applicable=exempt)
    Value.objects.filter(participant=year.a, criterion=year.leaves["2.1"]).delete()
    text = page(year, "a1", tc="2.1")
    assert "2.1 Rà soát văn bản" not in text
    assert "Thử tiêu chí này" not in text


# ── the three lists ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_below_the_maximum_is_listed_worst_first_and_what_others_enter_waits() -> None:
    year = build_year(Phase.EXPLANATION)
    found = part(page(year, "a1"), MAXIMUM, MEAN)
    assert "2.1 Rà soát văn bản 1,00 2,00 1,00" in found
    assert "1.2 Hoàn thành kế hoạch 3,20 4,00 0,80" in found
    assert found.index("2.1") < found.index("1.2")
    assert "1.1 Kế hoạch" not in found
    assert "Chưa kể 1 tiêu chí do cơ quan khác nhập" in found


def test_a_leaf_that_the_unit_has_not_answered_is_called_so() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    assert "1.2 Hoàn thành kế hoạch chưa nhập 4,00 4,00" in part(page(year, "a1"), MAXIMUM, MEAN)


def test_in_the_first_year_the_lists_against_the_past_say_that_there_is_none() -> None:
    text = page(build_year(Phase.SELF_ASSESSMENT), "a1")
    assert "Chưa có kết quả năm trước đã công bố của đơn vị để so." in part(text, FALLEN, MAXIMUM)
    assert "Chưa có kết quả đã công bố của đơn vị." in part(text, MEAN)


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


def own(this: Campaign, browser: Any, unit: str) -> str:
    response = browser.get(reverse("scoring:analysis_unit", args=[this.organiser.slug, this.code, unit]))
    assert response.status_code == 200, response.content.decode()
    return in_words(response)


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


# ── what a unit must never learn ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("phase", [phase for phase in Phase if phase not in (Phase.DRAFT, Phase.PUBLISHED)])
def test_before_release_no_rank_and_no_number_of_another_unit_reaches_a_unit(phase: Phase) -> None:
    """Whatever B has, A's page is letter for letter the same, and the word for a rank is not on it."""
    year = build_year(phase)
    query = {"tc": "1.2", "tc-1.2-numerator": "50", "tc-1.2-denominator": "50", "thu": "1"}
    run_provisional(year.campaign, year["c"])
    first = {who: page(year, who, **query) for who in ("a1", "aH")}
    Value.objects.filter(participant=year.b).delete()
    for code, content in (("1.1", {"choice": "du"}), ("1.2", {"numerator": "50", "denominator": "50"})):
        answer(year.b, year.leaves[code], Stage.COUNCIL, inputs=content)
    run_provisional(year.campaign, year["c"])
    for who, text in first.items():
        assert page(year, who, **query) == text
        assert not re.search(r"(?<!xếp )\bhạng\b", text, re.IGNORECASE)
        assert year.b.name not in text


def test_what_is_not_released_to_the_unit_is_in_none_of_its_numbers() -> None:
    year = build_year(Phase.APPRAISAL)
    before = page(year, "a1")
    answer(year.a, year.leaves["1.2"], Stage.APPRAISED, points=0, reason="Chưa công bố cho đơn vị")
    answer(year.a, year.leaves["3.1"], Stage.ENTERED, inputs={"mean": "5", "responses": 90})
    assert page(year, "a1") == before
    assert page(year, "c") != before


def test_who_reads_it() -> None:
    """The unit itself, its appraisers, and the team; another unit does not know that it is there."""
    year = build_year(Phase.COUNCIL)
    address = url(year, "analysis_unit")
    people = ("a1", "aH", "b1", "bH", "g1", "gA", "c", "l", "h", "s", "n")
    found = {who: year.browser(who).get(address).status_code for who in people}
    assert found == {
        "a1": 200, "aH": 200, "b1": 404, "bH": 404, "g1": 200, "gA": 404, "c": 200, "l": 200, "h": 200, "s": 404,
        "n": 404,
    }  # fmt: skip
    assert year.browser("P").get(address).status_code == 302
    assert year.browser("a1").post(address).status_code == 405
    draft = build_year(Phase.DRAFT, slug="chua-mo")
    assert draft.browser("a1").get(url(draft, "analysis_unit")).status_code == 404


def test_an_appraiser_sees_nothing_of_what_was_not_handed_in() -> None:
    year = build_year(Phase.APPRAISAL)
    Submission.objects.filter(participant=year.a).update(state="draft", submitted_at=None, submitted_by=None)
    text = page(year, "g1")
    assert "Đơn vị chưa nộp hồ sơ, nên chưa có số nào để phân tích." in text
    assert "Đang có 0,00 / 12,00 điểm" in text


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


DECIDED, COMPONENT = "1.1 Kế hoạch cải cách hành chính 2,00 / 2,00 0,50 / 2,00", "1 Chỉ đạo, điều hành 6,00 / 6,00 3,50"


@pytest.mark.parametrize("depth", ["index", "components"])
def test_an_appraiser_reads_no_final_points_that_were_not_published(two_years_in_public: Any, depth: str) -> None:
    last, now, first, readers = two_years_in_public
    last.publications.update(depth=depth)
    now.publications.update(depth=depth)
    fallen = {who: part(own(first.campaign, browser, first.code), FALLEN, MAXIMUM) for who, browser in readers.items()}
    assert "/ 2,00" not in fallen["appraiser"]
    assert "3,50 / 6,00" not in fallen["appraiser"]
    assert ("không mục nào giảm" in fallen["appraiser"]) == (depth == "components")
    assert ("kết quả năm 2025 không được công bố đến mức đó" in fallen["appraiser"]) == (depth == "index")
    for who in ("unit", "coordinator"):
        assert DECIDED in fallen[who]
        assert COMPONENT in fallen[who]


def test_an_appraiser_reads_what_both_years_published(two_years_in_public: Any) -> None:
    _, _, first, readers = two_years_in_public
    for browser in readers.values():
        fallen = part(own(first.campaign, browser, first.code), FALLEN, MAXIMUM)
        assert DECIDED in fallen
        assert COMPONENT in fallen


def test_an_appraiser_compares_what_was_declared_with_what_last_year_published(two_years_in_public: Any) -> None:
    last, now, first, readers = two_years_in_public
    Value.objects.filter(participant=first, stage=Stage.DECLARED, criterion__code="1.2").update(inputs={"points": "1"})
    now.publications.update(depth="components")
    text = own(first.campaign, readers["appraiser"], first.code)
    fallen = part(text, FALLEN, MAXIMUM)
    assert "1.2 Kiểm tra công vụ 4,00 / 4,00 1,00 / 4,00" in fallen
    assert "1.1 Kế hoạch" not in fallen
    assert "1.2 Kiểm tra công vụ 1,00 4,00 3,00" in part(text, MAXIMUM, MEAN)
    assert "1.1 Kế hoạch" not in part(text, MAXIMUM, MEAN)
    last.publications.update(depth="components")
    fallen = part(own(first.campaign, readers["appraiser"], first.code), FALLEN, MAXIMUM)
    assert "1.2 Kiểm tra công vụ" not in fallen
    assert "1 Chỉ đạo, điều hành 6,00 / 6,00 3,00 / 6,00" in fallen


def test_a_handful_of_leaves_is_tried_at_a_time() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    top = year.leaves["1.1"].parent
    Criterion.objects.filter(pk=top.pk).update(max_points=16)
    Criterion.objects.bulk_create(
        Criterion(
            criteria_set=year.criteria_set, parent=top, path=f"001.{place:03d}", code=f"1.{place}", title="Thêm",
            max_points=1, rule={"kind": "manual"},
        )
        for place in range(10, 20)
    )  # fmt: skip
    text = page(year, "a1", tc=[f"1.{place}" for place in range(10, 20)])
    assert text.count("Thử tiêu chí này") == 8
    assert "Thêm tiêu chí" not in text


def test_the_number_of_queries_does_not_grow_with_the_units_nor_with_the_leaves_tried() -> None:
    counts = []
    for units in (1, 3):
        last = campaign_with_results(units=units)
        released(last)
        this = next_year(last)
        Group.objects.filter(campaign=this).update(phase=Phase.SELF_ASSESSMENT)
        first = this.participants.order_by("unit_id")[0]
        Submission.objects.create(participant=first)
        browser = sign_in(person(Role.COORDINATOR, this.organiser))
        address = reverse("scoring:analysis_unit", args=[this.organiser.slug, this.code, first.code])
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address, {"tc": ["1.1", "1.2"][:units]}).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_worksheet_and_the_progress_of_a_unit_lead_to_it() -> None:
    year = build_year(Phase.APPRAISAL)
    address = f'href="{url(year, "analysis_unit")}"'
    assert address in year.browser("a1").get(url(year)).content.decode()
    place = reverse("scoring:progress_unit", args=[year.organiser.slug, year.campaign.code, year.a.code])
    assert address in year.browser("c").get(place).content.decode()

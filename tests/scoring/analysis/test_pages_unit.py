"""A unit's analysis of its own number: the shortest way, figures tried, who reads it and what it costs."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring.analysis.levels import Figure
from scoring.analysis.shortest_way import ShortestWay
from scoring.enums import Phase
from scoring.models import Criterion, Group, Participant, Submission, Value, ValueChange
from scoring.selectors.worksheet import sight_of
from scoring.services.own_analysis import own_figures, own_way
from scoring.views.analysis_showing import say_figure
from tests.factories import campaign_with_results, person, sign_in
from tests.scoring.analysis.pages import FALLEN, TRY, WAY, graded_at, in_words, next_year, page, part, released
from tests.scoring.dossier.pages import url
from tests.year import Year, build_year, enter_all
from units.enums import Role

pytestmark = pytest.mark.django_db


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
        (Figure(Fraction(5), Fraction(3), label="Số đúng hạn"), "Số đúng hạn: 5 thay cho 3"),
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


def with_formula(year: Year, piece: dict[str, str]) -> str:
    """The way of unit A to 60, with 40 and 50 under a formula at 1.2 and nothing to better at 2.1."""
    variables = [{"key": "numerator", "label": "Số xong"}, {"key": "denominator", "label": "Tổng số"}]
    rule = {"kind": "formula", "variables": variables, "pieces": [piece]}
    Criterion.objects.filter(pk=year.leaves["1.2"].pk).update(rule=rule)
    Criterion.objects.filter(pk=year.leaves["2.1"].pk).update(source="coordinator")
    graded_at(year, "56")
    return part(page(year, "a1"), WAY, TRY)


def test_a_formula_is_told_with_the_figure_and_with_what_is_not_known_of_it() -> None:
    way = with_formula(build_year(Phase.EXPLANATION), {"points": "numerator / denominator * M"})
    assert "1.2 Hoàn thành kế hoạch 3,20 3,76 (Số xong: 47 thay cho 40) 0,56" in way
    assert "Có thể còn cách cần ít điểm hơn ở cùng số tiêu chí: không tính được trước tiêu chí 1.2 đạt tới đâu" in way


def test_what_hangs_on_a_formula_alone_is_neither_promised_nor_denied() -> None:
    way = with_formula(build_year(Phase.EXPLANATION), {"when": "numerator > 99 and denominator > 99", "points": "M"})
    assert "Không tính được trước có tới được loại Đạt hay không, vì tiêu chí 1.2 có công thức tự do" in way
    assert "Nếu thêm được" not in way
    assert "Chưa tới được" not in way


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


def test_a_fault_of_a_trial_says_at_which_criterion_and_field_it_is() -> None:
    year = build_year(Phase.EXPLANATION)
    typed = {"tc-1.2-numerator": "nhiều", "tc-1.2-denominator": "50"}
    told = in_words(year.browser("a1").get(url(year, "analysis_unit"), {"tc": "1.2", "thu": "1", **typed}))
    assert "Chưa thử được 1.2: còn 1 chỗ phải sửa Số đạt được: “nhiều” không phải là số" in told


def test_the_page_says_how_many_points_others_have_yet_to_enter() -> None:
    year = build_year(Phase.EXPLANATION)
    told = page(year, "c")
    assert "Còn 1 tiêu chí do cơ quan khác nhập, tối đa 4,00 điểm, chưa có số" in told
    assert "Chưa kể 1 tiêu chí (tối đa 4,00 điểm)" in told
    enter_all(year)
    assert "do cơ quan khác nhập, tối đa" not in page(year, "c")
    assert "do cơ quan khác nhập, tối đa 4,00 điểm" in page(year, "a1")  # who is not shown them yet


def test_the_numbers_lead_to_their_explanation() -> None:
    year = build_year(Phase.EXPLANATION)
    told = year.browser("a1").get(url(year, "analysis_unit")).content.decode()
    assert told.count(f'class="why" href="{url(year, "why_unit")}"') == 2
    assert f'class="why" href="{url(year, "why_node", "1.2")}"' in told


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

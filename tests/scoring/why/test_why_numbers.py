""" "Vì sao số này?": how many digits a number has, what letters mean, and which mark counts later."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
from django.urls import reverse

from scoring.enums import Phase, Stage
from scoring.models import Participant
from scoring.services.appraisal import keep_declared
from scoring.services.council import decide
from scoring.services.running import run_official, run_provisional, show_run
from scoring.services.values import Content
from tests.scoring.dossier.pages import text, url
from tests.year import Year, build_year, enter_all

pytestmark = pytest.mark.django_db


def page(year: Year, who: str, code: str = "", unit: Participant | None = None) -> str:
    where = url(year, "why_node", code, unit=unit) if code else url(year, "why_unit", unit=unit)
    return text(year.browser(who).get(where)).partition('<main id="noi-dung"')[2]


@pytest.fixture
def third() -> Year:
    """A's 1.2 earns 4 × 2/3, whose decimals never end."""
    year = build_year()
    year.declare("1.2", inputs={"numerator": "2", "denominator": "3"})
    return year


def test_points_have_two_decimals_and_the_steps_all_of_them(third: Year) -> None:
    for code in ("", "1", "1.2"):
        told = page(third, "c", code)
        assert "2,67" in told, code
        assert "2,666667" not in re.sub(r"<ol.*?</ol>|title=\"[^\"]*\"|<span class=\"note\">.*?</span>", "", told), code
        assert "2,666667" in told, code
    assert 'title="Đầy đủ: 2,666667"' in page(third, "c", "1")


def test_a_run_shows_two_decimals_too_and_the_rest_in_the_title(third: Year) -> None:
    run = run_provisional(third.campaign, third["c"])
    tables = text(
        third.browser("c").get(reverse("scoring:run", args=[third.organiser.slug, third.campaign.code, run.number]))
    )
    assert ">2,67</a> / 12,00" in tables
    assert "2,666667" not in re.sub(r"title=\"[^\"]*\"", "", tables)
    assert 'title="Đầy đủ: 2,666667"' in tables


def test_the_history_of_a_leaf_shows_two_decimals(third: Year) -> None:
    told = text(third.browser("a1").get(url(third, "answer", "1.2")))
    history = told.partition("Lịch sử")[2]
    assert '<span class="num">2,67</span>' in history
    assert "2,666667" not in history


def test_letters_of_a_sum_have_a_legend_and_nothing_is_called_excluded_where_nothing_is() -> None:
    year = build_year(Phase.EXPLANATION)
    for code in ("", "1"):
        told = page(year, "c", code)
        assert "<b>P</b>: điểm được tính ở các tiêu chí đơn vị tự chấm, không phải tổng đơn vị đã tự chấm" in told
        assert "<b>E</b>" not in told
        assert "<b>Phần không áp dụng</b>" not in told
        assert "<b>Điểm và điểm tối đa</b>" in told
    slip = page(year, "c", unit=year.b)  # whose 2.1 does not apply
    assert "<b>E</b>: phần của M không áp dụng" in slip
    assert "<b>Phần không áp dụng</b>" in slip
    assert "<b>P</b>" not in page(year, "c", "1.2")  # a leaf has no sums


def test_a_mark_that_the_readers_sum_leaves_out_says_that_it_counts_later() -> None:
    year = build_year(Phase.EXPLANATION)
    later = "Chưa tính vào điểm ở trên. Được tính khi có kết quả chính thức"
    own = page(year, "g1", "1.2")
    assert own.count(later) == 1
    assert own.index("Thẩm định vòng 1</b>") < own.index(later)
    assert later not in page(year, "g1", "2.1")  # a leaf of somebody else's component
    for who in ("a1", "c", "h"):  # whose sums count the mark
        assert later not in page(year, who, "1.2")


def test_of_two_rounds_only_the_last_mark_is_said_to_count_later() -> None:
    year = build_year(Phase.COUNCIL)
    told = page(year, "g2", "2.1")
    assert told.count("Chưa tính vào điểm ở trên") == 1
    assert told.index("Thẩm định vòng 2</b>") < told.index("Chưa tính vào điểm ở trên")


def test_a_mark_that_no_longer_counts_is_not_said_to_count_later() -> None:
    year = build_year(Phase.EXPLANATION)
    year.a.values.filter(criterion=year.leaves["1.2"], stage=Stage.APPRAISED).update(is_overtaken=True)
    assert "Chưa tính vào điểm ở trên" not in page(year, "g1", "1.2")


def test_a_difference_that_two_decimals_cannot_show_is_not_called_nought() -> None:
    year = build_year(Phase.APPRAISAL)
    year.a.values.filter(criterion=year.leaves["1.2"]).update(worth=Decimal("3.196"))
    year.browser("g1").post(
        reverse("scoring:part_leaf", args=[year.organiser.slug, "2026", "SOA", "1", 1, "1.2"]),
        {
            "verdict": "so-lieu",
            "so-numerator": "40",
            "so-denominator": "50",
            "reason": "Đối chiếu",
            "version": 0,
            "declared_version": 1,
        },
    )
    part = text(year.browser("g1").get(reverse("scoring:part", args=[year.organiser.slug, "2026", "SOA", "1", 1])))
    assert "tăng dưới 0,01 điểm" in part


def leads_to(page: str, address: str) -> int:
    """How many numbers of the page lead to the explanation at `address`."""
    return page.count(f'class="why" href="{address}"')


def test_the_numbers_of_an_appraisers_pages_lead_to_the_explanation() -> None:
    year = build_year(Phase.APPRAISAL)
    where = [year.organiser.slug, "2026", "SOA", "1", 1]
    keep_declared(year.part("1"), year.leaves["1.2"], seen=0, by=year["g1"])
    browser, why = year.browser("g1"), url(year, "why_node", "1.2")
    assert leads_to(text(browser.get(reverse("scoring:part", args=where))), why) == 2  # declared and judged
    leaf = text(browser.get(reverse("scoring:part_leaf", args=[*where, "1.2"])))
    assert leads_to(leaf.partition('class="verdict"')[2], why) == 1
    assert browser.get(why).status_code == 200


def test_the_numbers_of_the_councils_lists_lead_to_the_explanation() -> None:
    year = build_year(Phase.COUNCIL)
    why = url(year, "why_node", "2.1")
    where = [year.organiser.slug, "2026"]
    listed = reverse("scoring:council", args=where)
    assert leads_to(text(year.browser("h").get(listed)), why) == 3  # the council itself has said nothing yet
    decide(year.a, year.leaves["2.1"], Content(points=Decimal(2), reason="Đủ hồ sơ"), seen=0, by=year["h"])
    assert leads_to(text(year.browser("h").get(listed + "?trang-thai=da-quyet")), why) == 4
    assert leads_to(text(year.browser("h").get(reverse("scoring:council_decisions", args=where))), why) == 3
    grade = text(year.browser("h").get(reverse("scoring:council_grade", args=[*where, "SOA"])))
    assert leads_to(grade, url(year, "why_unit") + "?theo=hieu-luc") == 2


def test_a_runs_index_in_the_councils_list_leads_on_for_who_may_read_the_run() -> None:
    year = build_year(Phase.FINALISED)
    run = run_official(year.campaign, year["c"])
    index = next(unit["index"] for unit in json.loads(run.results_file)["units"] if unit["code"] == "SOA")
    year.campaign.grades = [{"code": "tot", "label": "Tốt", "at_least": index}, {"code": "kem", "label": "Kém"}]
    year.campaign.save(update_fields=["grades"])
    show_run(run, year["c"])
    why = reverse("scoring:why_run_unit", args=[year.organiser.slug, "2026", run.number, "SOA"])
    listed = reverse("scoring:council", args=[year.organiser.slug, "2026"])
    found = {who: leads_to(text(year.browser(who).get(listed)), why) for who in ("c", "l", "h")}
    assert found == {"c": 1, "l": 1, "h": 0}
    assert index.replace(".", ",") in text(year.browser("h").get(listed))


def test_the_numbers_of_an_explanation_and_of_entered_points_lead_to_the_explanation() -> None:
    year = build_year(Phase.EXPLANATION)
    listed = text(year.browser("a1").get(reverse("scoring:explanation", args=[year.organiser.slug, "2026", "SOA"])))
    assert leads_to(listed, url(year, "why_node", "1.2")) == 2
    enter_all(year)
    entered = reverse("scoring:entered_unit", args=[year.organiser.slug, "2026", "SOA", "3.1"])
    assert leads_to(text(year.browser("c").get(entered)), url(year, "why_node", "3.1")) == 1

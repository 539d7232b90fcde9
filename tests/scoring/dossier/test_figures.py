"""Days, ticks and counts on the worksheet: what is asked, what counts as an answer, and how it is read again."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.enums import Phase, Stage
from scoring.models import Criterion
from tests.scoring.dossier.pages import answer, text, typed, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db

LATENESS = {
    "kind": "lateness",
    "due": "2026-12-15",
    "steps": [{"up_to_days": 0, "share": "1"}, {"up_to_days": 5, "share": "0.5"}],
}
DEDUCTION = {
    "kind": "deduction",
    "items": [
        {"key": "cham", "label": "Báo cáo chậm", "points_each": "0.25"},
        {"key": "thiếu mẫu", "label": "Thiếu biểu mẫu", "points_each": "0.5", "limit": "1"},
    ],
}
PER_ITEM = {"kind": "per_item", "points_each": "0.5"}
FORMULA = {
    "kind": "formula",
    "variables": [{"key": "a", "label": "Tổng số hồ sơ"}, {"key": "b", "label": "Số hồ sơ đúng hạn"}],
    "pieces": [{"when": "b / a >= 0.8", "points": "M"}, {"points": "b / a * M"}],
}
MISSING = "thi%E1%BA%BFu%20m%E1%BA%ABu"  # the second item's key, as a field can be called


@pytest.fixture
def year() -> Year:
    return build_year(Phase.SELF_ASSESSMENT)


def ask(year: Year, rule: dict[str, Any], code: str = "1.1") -> None:
    """Let the leaf (2 points) be scored by `rule`."""
    Criterion.objects.filter(pk=year.leaves[code].pk).update(rule=rule)


def inputs(year: Year, code: str = "1.1") -> Any:
    value = year.value(code, Stage.DECLARED)
    return value.inputs if value else None


def page_of(year: Year, code: str = "1.1") -> str:
    return text(year.browser("a1").get(url(year, "answer", code)))


@pytest.mark.parametrize(
    ("rule", "figures", "stored", "said", "points"),
    [
        (LATENESS, {"date": "18/12/2026"}, {"date": "2026-12-18"}, "(hạn 15/12/2026): 18/12/2026", "1,00"),
        (LATENESS, {"days_late": "3"}, {"days_late": "3"}, "Chậm 3 ngày", "1,00"),
        (LATENESS, {"days_late": "0"}, {"days_late": "0"}, "Chậm 0 ngày", "2,00"),
        (LATENESS, {"absent": "on"}, {"absent": True}, "Không thực hiện", "0,00"),
        (
            DEDUCTION,
            {"counts.cham": "2"},
            {"counts": {"cham": "2", "thiếu mẫu": "0"}},
            "Báo cáo chậm: 2 lần; Thiếu biểu mẫu: 0 lần",
            "1,50",
        ),
        (
            DEDUCTION,
            {f"counts.{MISSING}": "0"},
            {"counts": {"cham": "0", "thiếu mẫu": "0"}},
            "Báo cáo chậm: 0 lần",
            "2,00",
        ),
        (PER_ITEM, {"count": "3"}, {"count": "3"}, "Số lượng: 3", "1,50"),
        (PER_ITEM, {"count": "1.200"}, {"count": "1200"}, "Số lượng: 1200", "2,00"),
        (FORMULA, {"a": "50", "b": "25"}, {"a": "50", "b": "25"}, "Tổng số hồ sơ: 50; Số hồ sơ đúng hạn: 25", "1,00"),
    ],
)
def test_figures_are_stored_as_the_campaign_file_has_them_and_read_again_in_words(
    year: Year, rule: dict[str, Any], figures: dict[str, str], stored: dict[str, Any], said: str, points: str
) -> None:
    ask(year, rule)
    assert answer(year, "a1", "1.1", **figures).status_code == 302
    assert inputs(year) == stored
    page = page_of(year)
    assert said in page
    assert f"{points} / 2,00" in page


@pytest.mark.parametrize(
    ("rule", "figures", "sentence"),
    [
        (LATENESS, {"date": "18.12"}, "“18.12” không phải là ngày."),
        (LATENESS, {"date": "31/11/2026"}, "Không có ngày “31/11/2026” trong lịch."),
        (LATENESS, {"days_late": "2,5"}, "phải là số nguyên"),
        (
            LATENESS,
            {"days_late": "3", "absent": "on"},
            "Đã ghi “Số ngày chậm (đúng hạn ghi 0)” và “Không thực hiện”. Chỉ ghi một trong ba:",
        ),
        (LATENESS, {}, "Nhập số liệu của tiêu chí"),
        (DEDUCTION, {"counts.cham": "", f"counts.{MISSING}": ""}, "Nhập số liệu của tiêu chí"),
        (DEDUCTION, {"counts.cham": "-1"}, "không được nhỏ hơn 0"),
        (DEDUCTION, {f"counts.{MISSING}": "1,5"}, "phải là số nguyên"),
        (PER_ITEM, {"count": "hai"}, "không phải là số"),
        (FORMULA, {"a": "0", "b": "0"}, "phép chia cho 0"),
        (FORMULA, {"a": "50"}, "Chưa nhập “Số hồ sơ đúng hạn”."),
    ],
)
def test_what_is_wrong_is_told_once_and_nothing_is_stored(
    year: Year, rule: dict[str, Any], figures: dict[str, str], sentence: str
) -> None:
    ask(year, rule)
    refused = answer(year, "a1", "1.1", **figures)
    assert refused.status_code == 422
    assert text(refused).count(sentence) == 1
    assert inputs(year) is None


def test_a_count_that_is_wrong_is_told_at_its_own_item(year: Year) -> None:
    ask(year, DEDUCTION)
    figures = typed(0, **{"counts.cham": "1", f"counts.{MISSING}": "1,5"})
    tried = year.browser("a1").post(url(year, "answer_trial", "1.1"), figures, headers={"Accept": "application/json"})
    assert [fault["key"] for fault in tried.json()["faults"]] == [f"counts.{MISSING}"]


def test_the_page_says_which_fields_exclude_one_another_and_how_to_count_nothing(year: Year) -> None:
    ask(year, LATENESS)
    assert "Chỉ ghi một trong ba ô dưới đây." in page_of(year)
    ask(year, {key: value for key, value in LATENESS.items() if key != "due"})
    assert "Chỉ ghi một trong hai ô dưới đây." in page_of(year)
    ask(year, DEDUCTION)
    page = page_of(year)
    assert "<legend" in page
    assert "Không có lần nào thì ghi 0." in page


def test_a_stored_figure_stands_in_its_field_as_it_was_typed(year: Year) -> None:
    ask(year, LATENESS)
    answer(year, "a1", "1.1", date="5/12/2026")
    assert 'value="05/12/2026"' in page_of(year)
    answer(year, "a1", "1.1", absent="on")
    assert 'name="so-absent" id="id_so-absent" checked' in page_of(year)


def test_a_late_edit_shows_both_in_words_and_carries_what_was_typed(year: Year) -> None:
    ask(year, DEDUCTION)
    answer(year, "a1", "1.1", **{"counts.cham": "1"})
    answer(year, "aH", "1.1", **{"counts.cham": "2"})
    stale = answer(year, "a1", "1.1", version=1, **{"counts.cham": "3"})
    assert stale.status_code == 409
    page = text(stale)
    assert "Báo cáo chậm: 3 lần" in page
    assert "Báo cáo chậm: 2 lần" in page
    assert 'name="so-counts.cham" value="3"' in page


def test_the_page_of_a_component_saves_them_beside_the_others_and_leaves_untouched_ones_alone(year: Year) -> None:
    ask(year, LATENESS)
    ask(year, DEDUCTION, "1.2")
    answer(year, "a1", "1.1", date="10/12/2026")
    first, second = (f"c{year.leaves[code].pk}" for code in ("1.1", "1.2"))
    posted = {
        f"{first}-version": 1, f"{first}-so-date": "10/12/2026",
        f"{second}-version": 0, f"{second}-so-counts.cham": "1",
    }  # fmt: skip
    saved = year.browser("a1").post(url(year, "worksheet_component", "1"), posted)
    assert saved.status_code == 302
    assert year.seen("1.1", Stage.DECLARED) == 1
    assert inputs(year, "1.2") == {"counts": {"cham": "1", "thiếu mẫu": "0"}}

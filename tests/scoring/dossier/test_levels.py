"""The levels of a rule on the page of its leaf: where the answer stands, and the way to the next one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.scoring.dossier.pages import autosave, step, text, told, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db
HINT = "“Số đạt được” thêm 5, thành 50/50, thì được tối đa 4,00 điểm, hiện 3,60."


@pytest.fixture
def year() -> Year:
    return build_year()


def page_of(year: Year, code: str, who: str = "a1") -> str:
    return text(year.browser(who).get(url(year, "answer", code)))


def marked(page: str) -> list[str]:
    """The levels that the page says the answer stands at."""
    rows = re.findall(r'<tr class="hit"><td>(.*?) <span class="here">\((.*?)\)</span>', page)
    return [f"{label}: {words}" for label, words in rows]


def test_every_level_is_listed_with_its_points_before_anything_is_answered(year: Year) -> None:
    page = page_of(year, "1.1")
    assert "Bảng mức điểm" in page
    assert page.count("<tr><td>") == 3
    assert marked(page) == []


def test_the_level_of_the_answer_is_marked_and_the_next_one_named(year: Year) -> None:
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    page = page_of(year, "1.2")
    assert marked(page) == ["Từ 50% đến dưới 100%: mức hiện tại"]
    assert HINT in page


def test_who_cannot_write_any_more_reads_the_levels_and_no_way_on(year: Year) -> None:
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    step(year, "a1", "hand_over")
    for who in ("a1", "c"):
        page = page_of(year, "1.2", who)
        assert len(marked(page)) == 1
        assert HINT not in page


def test_an_answer_that_is_stored_by_itself_tells_the_same_as_the_page(year: Year) -> None:
    found = told(autosave(year, "a1", "1.2", numerator="45", denominator="50"))
    assert (found["levels"], found["hint"]) == ([1], HINT)
    assert HINT in page_of(year, "1.2")


@pytest.mark.parametrize("figures", [{"numerator": "45"}, {"numerator": "0", "denominator": "0"}, {"numerator": "x"}])
def test_half_typed_figures_and_such_that_do_not_count_stand_nowhere(year: Year, figures: dict[str, Any]) -> None:
    found = told(autosave(year, "a1", "1.2", **figures))
    assert found["levels"] == []
    assert not found.get("hint")


def test_a_claim_stands_at_no_level(year: Year) -> None:
    found = told(autosave(year, "a1", "1.1", not_applicable="on", reason="Không có thủ tục"))
    assert (found["levels"], found["hint"]) == ([], "")
    assert marked(page_of(year, "1.1")) == []

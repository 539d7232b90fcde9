"""The tree beside a criterion: its filter, the counts, and the way on that keeps both."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from scoring.enums import Stage
from scoring.models import ReturnNote
from tests.scoring.dossier.pages import text, typed, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db
MISSING, RETURNED = {"loc": "chua-xong"}, {"loc": "tra-lai"}


@pytest.fixture
def year() -> Year:
    year = build_year()
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    return year


def page_of(year: Year, code: str, who: str = "a1", **query: str) -> str:
    return text(year.browser(who).get(url(year, "answer", code), query))


def tree_of(page: str) -> list[str]:
    """The codes of the leaves, and the marked one with a star."""
    found = re.findall(r'data-code="([^"]+)"( aria-current="page")?', page)
    return list(dict.fromkeys(f"{code}{'*' if here else ''}" for code, here in found))


def filters_of(page: str) -> list[tuple[str, str, bool]]:
    found = re.findall(
        r'<a class="pill" href="[^"]*"( aria-current="true")?>(.*?) <span class="count">(\d+)</span>', page
    )
    return list(dict.fromkeys((label, number, bool(chosen)) for chosen, label, number in found))


def send_back(year: Year, code: str) -> None:
    ReturnNote.objects.create(
        participant=year.a, criterion=year.leaves[code], text="Xem lại", by=year["aH"], at=timezone.now(),
        seen_version=year.seen(code, Stage.DECLARED),
    )  # fmt: skip


def test_each_filter_tells_how_many_leaves_it_leaves(year: Year) -> None:
    send_back(year, "1.2")
    page = page_of(year, "1.1")
    assert filters_of(page) == [("Tất cả", "5", True), ("Chưa xong", "2", False), ("Bị trả lại", "1", False)]


def test_without_a_filter_the_component_of_the_leaf_is_open(year: Year) -> None:
    assert tree_of(page_of(year, "1.1")) == ["1.1*", "1.2"]


def test_a_filter_leaves_what_it_says_over_all_components(year: Year) -> None:
    page = page_of(year, "1.1", **MISSING)
    assert tree_of(page) == ["1.1*", "2.1"]
    assert ("Chưa xong", "2", True) in filters_of(page)


def test_the_leaf_that_one_is_at_stays_in_view_when_it_is_done(year: Year) -> None:
    assert tree_of(page_of(year, "1.2", **MISSING)) == ["1.1", "1.2*", "2.1"]


def test_a_filter_that_leaves_nothing_shows_where_one_is(year: Year) -> None:
    assert tree_of(page_of(year, "2.1", **RETURNED)) == ["2.1*"]


def test_the_way_on_follows_the_filter_and_keeps_it(year: Year) -> None:
    page = page_of(year, "1.1", **MISSING)
    assert f'data-next="{url(year, "answer", "2.1")}?loc=chua-xong"' in page
    assert "Lưu, sang 2.1" in page
    assert "Lưu, sang 1.2" in page_of(year, "1.1")
    links = re.findall(r'href="([^"]+)" data-code="2.1"', page)
    assert set(links) == {f"{url(year, 'answer', '2.1')}?loc=chua-xong"}


def test_saving_keeps_the_filter(year: Year) -> None:
    browser, here = year.browser("a1"), f"{url(year, 'answer', '1.1')}?loc=chua-xong"
    assert f'action="{here}"' in text(browser.get(here))
    saved = browser.post(here, typed(0, choice="du"))
    assert saved["Location"] == here
    go_on = browser.post(here, typed(1, choice="tre") | {"go_on": "1"})
    assert go_on["Location"] == f"{url(year, 'answer', '2.1')}?loc=chua-xong"


def test_a_trial_without_a_script_leads_back_to_saving(year: Year) -> None:
    """The page of a trial stands at an address of its own; its "Lưu" saves nevertheless."""
    tried = year.browser("a1").post(f"{url(year, 'answer_trial', '1.1')}?loc=chua-xong", typed(0, choice="du"))
    assert f'<form method="post" action="{url(year, "answer", "1.1")}?loc=chua-xong"' in text(tried)


@pytest.mark.parametrize("query", ["la", "chua-xong%00", "' OR 1=1"])
def test_a_filter_that_there_is_not_is_none(year: Year, query: str) -> None:
    response = year.browser("a1").get(url(year, "answer", "1.1"), {"loc": query})
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert tree_of(text(response)) == ["1.1*", "1.2"]


def test_others_are_not_told_of_what_the_head_sent_back(year: Year) -> None:
    send_back(year, "1.2")
    assert "Bị trả lại" not in page_of(year, "1.1", "c")
    assert tree_of(page_of(year, "1.1", "c", **RETURNED)) == ["1.1*"]


def test_every_node_tells_its_state_in_words(year: Year) -> None:
    page = page_of(year, "1.1")
    assert re.search(r'data-code="1.2".*?<span class="visually-hidden">xong</span>', page)
    assert re.search(r'data-code="1.1".*?<span class="visually-hidden">chưa làm</span>', page)


# ── the whole component, the whole sheet ──────────────────────────────────────────────────────────────────────────────


def test_a_component_has_the_foot_of_the_sheet_and_a_way_from_leaf_to_leaf(year: Year) -> None:
    page = text(year.browser("a1").get(url(year, "worksheet_component", "1")))
    first, second = (f"#tc-{year.leaves[code].pk}" for code in ("1.1", "1.2"))
    assert 'class="foot-work"' in page
    assert re.findall(r'href="(#tc-\d+)" data-leaf-walk', page) == [second, first]


@pytest.mark.parametrize(("who", "is_asked"), [("a1", True), ("aH", True), ("c", False)])
def test_the_sheet_as_a_whole_hears_of_colleagues_where_one_fills_it_in(year: Year, who: str, is_asked: bool) -> None:
    page = text(year.browser(who).get(url(year)))
    assert (f'data-pulse="{url(year, "dossier_pulse")}"' in page) == is_asked
    assert ("js/pulse.js" in page) == is_asked

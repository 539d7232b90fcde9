"""The history of a dossier: what was done, by whom, as far as its reader may know of it."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Phase
from scoring.services.transitions import perform
from tests.scoring.dossier.pages import text, url
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> Year:
    return build_year(Phase.EXPLANATION)


def reopen(year: Year, days: int = 60) -> None:
    """The coordinator lets unit A go on with its explanation."""
    later = timezone.now() + datetime.timedelta(days=days)
    perform(year.explanation(), "reopen", year["c"], reason="Mất điện", until=later)


def page(year: Year, who: str, query: str = "") -> str:
    answer = year.browser(who).get(url(year, "dossier_history") + query)
    assert answer.status_code == 200
    return text(answer).partition("<main")[2]  # around it stand the tokens and ways back of this very request


def test_a_unit_reads_its_own_steps_with_its_own_names(year: Year) -> None:
    told = page(year, "a1")
    assert "Nộp hồ sơ tự chấm" in told
    assert year["aH"].full_name in told


def test_a_unit_never_reads_who_appraised_it_nor_what_they_did(year: Year) -> None:
    """In no line, no filter, no search, no order of lines: appraisal is not in its history at all."""
    told = page(year, "aH")
    for somebody in ("g1", "g2", "gA", "c", "c2", "h", "l"):
        assert f"{year[somebody].full_name} (" not in told
        assert f"({year[somebody].username})" not in told
    assert "Thẩm định một tiêu chí" not in told
    assert "Ký xác nhận" not in told
    assert page(year, "aH", f"?nguoi={year['g1'].username}") == told


def test_what_the_coordinator_did_with_a_dossier_is_told_to_the_unit_without_a_name(year: Year) -> None:
    reopen(year)
    told = page(year, "a1")
    assert "Cho đơn vị viết tiếp giải trình" in told
    assert "Cơ quan điều phối" in told
    assert f"({year['c'].username})" not in told


def test_the_number_of_a_line_tells_a_unit_nothing_of_what_others_write(year: Year) -> None:
    for who in ("a1", "l", "h"):
        assert "Dòng" not in page(year, who)


def test_the_coordinator_reads_everything_with_line_address_and_data(year: Year) -> None:
    told = page(year, "c")
    assert "Dòng" in told
    assert year["g1"].full_name in told
    assert "Ký xác nhận một phần" in told
    assert "từ máy chủ" in told


def test_leader_and_council_do_not_read_what_the_unit_is_still_writing() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    dossier = year.submission()
    perform(dossier, "hand_over", year["a1"], version=dossier.version)
    assert "Trình thủ trưởng hồ sơ tự chấm" in page(year, "c")
    for who in ("l", "h"):
        assert "Trình thủ trưởng hồ sơ tự chấm" not in page(year, who)
    perform(year.submission(), "return", year["aH"], reason="Xem lại")
    for who in ("l", "h"):
        assert "Trả hồ sơ tự chấm" not in page(year, who)
    assert "Trả hồ sơ tự chấm" in page(year, "a1")


def test_an_appraiser_reads_the_steps_and_the_parts_held_and_no_others(year: Year) -> None:
    first, second = page(year, "g1"), page(year, "g2")
    assert "Nộp hồ sơ tự chấm" in first
    assert year["g1"].full_name in first
    assert year["g2"].full_name not in first
    assert year["g1"].full_name not in second


def test_strangers_find_no_history(year: Year) -> None:
    for who in ("b1", "n", "s"):
        assert year.browser(who).get(url(year, "dossier_history")).status_code == 404


def test_the_page_asks_as_often_for_one_line_as_for_many(year: Year) -> None:
    counts = []
    for extra in (1, 2):
        for number in range(extra):
            reopen(year, 60 * extra + number)
        browser = year.browser("aH")
        with CaptureQueriesContext(connection) as asked:
            browser.get(url(year, "dossier_history"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20

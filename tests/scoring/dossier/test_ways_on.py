"""Pages of a dossier that is out of its staff's hands say what is possible from there, and nothing that is not."""

from __future__ import annotations

import datetime

import pytest

from scoring.enums import Phase
from scoring.services.transitions import perform
from tests.scoring.dossier.pages import text, url
from tests.year import Year, build_year, declare_all

pytestmark = pytest.mark.django_db
UNLOCK, EXPLAIN = "Muốn sửa phải đề nghị điều phối mở khóa.", "Không đồng ý với điểm thẩm định thì giải trình."

WITHDRAW = "Muốn sửa thì thủ trưởng bấm “Rút lại để sửa” ở phiếu; hết hạn phải đề nghị điều phối mở khóa."


def page(year: Year, name: str, by: str) -> str:
    return text(year.browser(by).get(url(year, name)))


@pytest.mark.parametrize(
    ("phase", "said", "unsaid"),
    [
        (Phase.APPRAISAL, UNLOCK, EXPLAIN),
        (Phase.EXPLANATION, EXPLAIN, UNLOCK),
        (Phase.COUNCIL, "không sửa được.", UNLOCK),
    ],
)
def test_a_unit_reads_what_it_can_still_do_about_what_it_handed_in(phase: Phase, said: str, unsaid: str) -> None:
    words = page(build_year(phase), "worksheet", "a1")
    assert said in words
    assert unsaid not in words


@pytest.mark.parametrize("name", ["self_report", "worksheet"])
def test_until_the_deadline_the_head_may_withdraw_and_after_it_the_coordinator_is_asked(name: str) -> None:
    year = build_year()
    declare_all(year, year.a, "a1")
    perform(year.submission(), "hand_over", year["a1"])
    perform(year.submission(), "submit", year["aH"])
    words = page(year, name, "a1")
    assert WITHDRAW in words
    assert UNLOCK not in words
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=2), -datetime.timedelta(minutes=1))
    words = page(year, name, "a1")
    assert WITHDRAW not in words
    assert UNLOCK in words


def test_the_hour_of_the_explanation_is_not_told_as_that_of_the_figures() -> None:
    year = build_year(Phase.EXPLANATION)
    for name in ("worksheet", "dossier_review"):
        assert "theo giờ máy chủ. Từ giờ đó" not in page(year, name, "aH")


def test_of_a_dossier_that_was_not_handed_in_the_unit_reads_whom_to_ask_and_the_coordinator_where_to_go() -> None:
    year = build_year()
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=2), -datetime.timedelta(minutes=1))
    perform(year.submission(), "close", None)
    assert "Muốn nhập tiếp phải đề nghị điều phối gia hạn." in page(year, "worksheet", "a1")
    words = page(year, "worksheet", "c")
    assert "Chờ điều phối quyết định" in words
    assert f'href="{url(year, "progress_unit")}"' in words
    assert f'href="{url(year, "progress_unit")}"' not in page(year, "worksheet", "l")


def test_the_head_who_decides_is_not_told_only_to_look_and_the_staff_are() -> None:
    year = build_year()
    declare_all(year, year.a, "a1")
    perform(year.submission(), "hand_over", year["a1"])
    assert "Chỉ để xem." not in page(year, "dossier_review", "aH")
    assert "Chỉ để xem." in page(year, "dossier_review", "a1")


def test_the_board_counts_what_is_left_while_it_can_be_done() -> None:
    words = page(build_year(), "board", "a1")
    assert ", còn 2 việc" in words
    assert "#bien-nhan" not in words


def test_the_board_of_a_dossier_that_was_handed_in_counts_nothing_more_and_leads_to_the_receipt() -> None:
    words = page(build_year(Phase.APPRAISAL), "board", "a1")
    assert "còn" not in words.split("Theo lĩnh vực")[1].split("Theo dõi điểm mất")[0]
    assert "#bien-nhan" in words

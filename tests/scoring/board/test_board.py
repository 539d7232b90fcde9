"""The board of a unit: how far, how long, what blocks, who does what, and the outlook as far as the unit may know."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scoring.enums import Phase
from scoring.models import LeafCharge
from scoring.services.sharing import share_out
from scoring.services.transitions import perform
from tests.scoring.dossier.pages import answer, autosave, step, text, url
from tests.scoring.dossier.test_worksheet import add_leaf
from tests.scoring.explanation.pages import say
from tests.year import Year, advance, build_year, declare_all
from units.models import User

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def year() -> Year:
    return build_year()


def plain(page: str) -> str:
    """What is read, without marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main")[2])).replace("&#x27;", "'")


def board(year: Year, who: str = "a1") -> str:
    return plain(text(year.browser(who).get(url(year, "board"))))


def test_it_tells_how_far_how_long_and_what_comes_next(year: Year) -> None:
    answer(year, "a1", "1.1", choice="du")
    page = board(year)
    assert "Còn 9 ngày" in page
    assert "Đã nhập 1 / 3 tiêu chí" in page
    assert "1. Chỉ đạo, điều hành 1/2 Đã nhập 1/2, còn 2 việc" in page, "1.1 lacks its proof"
    assert "Làm tiếp 1.1" in page
    assert "Chưa giao riêng ai 3 tiêu chí, còn 3" in page


def test_what_blocks_stands_on_it_with_the_way_there(year: Year) -> None:
    autosave(year, "a1", "1.2", numerator="4", denominator="")
    shown = text(year.browser("aH").get(url(year, "board")))
    assert "1 lỗi" in plain(shown)
    assert "Đang nhập dở, chưa thành câu trả lời." in plain(shown)
    assert f'href="{url(year, "answer", "1.2")}#' in shown


def test_it_leads_to_ones_own_leaves_first(year: Year) -> None:
    share_out(year.a, {year.leaves["2.1"].pk: 0}, year["a1"].pk, by=year["aH"])
    page = board(year)
    assert "Làm tiếp 2.1" in page
    assert "Của tôi : 1, còn 1" in page
    assert "Người a1 (tôi) 1 tiêu chí, còn 1" in page
    assert "Làm tiếp 1.1" in board(year, "aH")


def test_what_the_head_sent_back_comes_before_all(year: Year) -> None:
    declare_all(year, year.a, "a1")
    step(year, "a1", "hand_over")
    assert "Trang duyệt của thủ trưởng" in board(year, "aH")
    step(year, "aH", "return", reason="Xem lại", **{f"note_{year.leaves['1.2'].pk}": "Ghi 44", "from": "duyet"})
    page = board(year)
    assert "Thủ trưởng yêu cầu sửa 1 tiêu chí" in page
    assert "Làm tiếp 1.2" in page


def test_what_was_sent_back_comes_before_ones_own_leaves_and_is_counted(year: Year) -> None:
    assert "Bị trả lại" not in board(year), "nothing ever was"
    share_out(year.a, {year.leaves["1.1"].pk: 0}, year["a1"].pk, by=year["aH"])
    answer(year, "a1", "1.2", numerator="45", denominator="50")
    step(year, "a1", "hand_over")
    step(year, "aH", "return", reason="Xem lại", **{f"note_{year.leaves['1.2'].pk}": "Ghi 44", "from": "duyet"})
    page = board(year)
    assert "Làm tiếp 1.2" in page, "1.1 is open and one's own"
    assert "Bị trả lại: 2, đã khắc phục: 0" in page
    answer(year, "a1", "1.2", numerator="44", denominator="50")
    assert "Bị trả lại: 1, đã khắc phục: 1" in board(year)
    assert "Làm tiếp 1.1" in board(year)


def test_while_the_appraisal_is_answered_it_leads_to_the_explanation() -> None:
    year = build_year(Phase.EXPLANATION)
    assert "Giải trình: 2 tiêu chí chưa có ý kiến" in board(year), "1.2 and 2.1 were lowered"
    assert "Giải trình: 2 tiêu chí chưa có ý kiến" in board(year, "aH")
    say(year, "1.2", "agree")
    assert "Giải trình: 1 tiêu chí chưa có ý kiến" in board(year)
    say(year, "2.1", text="Báo cáo đã gửi")
    assert "Giải trình: chưa trình thủ trưởng" in board(year)
    perform(year.explanation(), "hand_over", year["a1"])
    assert "Giải trình chờ gửi" in board(year, "aH")
    shown = board(year)
    assert "Giải trình Phiếu tự chấm" in shown, "a way to look at it"
    assert "Giải trình chờ gửi" not in shown, "nothing that the staff can do"
    perform(year.explanation(), "submit", year["aH"])
    assert "Giải trình chờ gửi" not in board(year, "aH")
    assert "Giải trình Phiếu tự chấm" in board(year, "aH")


def test_after_the_hour_of_the_explanation_it_only_leads_there() -> None:
    year = build_year(Phase.EXPLANATION)
    year.move_window(Phase.EXPLANATION, -datetime.timedelta(days=2), -datetime.timedelta(seconds=1))
    assert "chưa có ý kiến" not in board(year)
    assert "Giải trình Phiếu tự chấm" in board(year)


def test_before_the_explanation_it_names_none(year: Year) -> None:
    assert "Giải trình" not in board(year)


def test_the_board_in_the_explanation_costs_no_more_than_it_may() -> None:
    year = build_year(Phase.EXPLANATION)
    browser = year.browser("a1")
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url(year, "board")).status_code == 200
    assert len(queries) <= MOST_QUERIES


def test_after_the_hour_it_offers_no_typing(year: Year) -> None:
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=2), -datetime.timedelta(seconds=1))
    page = board(year)
    assert "Đã đóng" in page
    assert "Làm tiếp" not in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("a1", 200), ("aH", 200), ("c", 403), ("l", 403), ("h", 403), ("g1", 404), ("b1", 404), ("n", 404), ("P", 302)],
)
@pytest.mark.parametrize("name", ["board", "board_outlook"])
def test_the_board_is_the_units_own(year: Year, name: str, who: str, status: int) -> None:
    assert year.browser(who).get(url(year, name)).status_code == status


def test_the_outlook_is_a_part_for_the_script_and_a_page_without(year: Year) -> None:
    declare_all(year, year.a, "a1")
    page = text(year.browser("a1").get(url(year, "board_outlook")))
    assert "<h1>" in page
    part = text(year.browser("a1").get(url(year, "board_outlook"), headers={"X-Requested-With": "fetch"}))
    assert "<h1>" not in part
    assert "7,60 / 12,00" in plain("<main" + part)
    assert "Dưới điểm tối đa" in part
    assert "Chưa có năm nào của đơn vị được công bố." in part


def test_the_outlook_tells_nothing_of_the_appraisal_before_its_release() -> None:
    year = build_year(Phase.APPRAISAL)
    told = [plain(text(year.browser("a1").get(url(year, "board_outlook"))))]
    advance(year, Phase.EXPLANATION)
    told.append(plain(text(year.browser("a1").get(url(year, "board_outlook")))))
    assert "7,60 / 12,00" in told[0]
    assert "7,60 / 12,00" not in told[1]


def test_the_number_of_queries_stays_the_same(year: Year) -> None:
    counts = []
    for wanted in (1, 3):
        for position in range(len(counts) and 1, wanted):
            add_leaf(year, f"1.1{position}", f"001.{100 + position}")
            person = User.objects.get(pk=year["a1"].pk if position else year["aH"].pk)
            leaf = year.leaves[f"1.1{position}"]
            LeafCharge.objects.create(
                participant=year.a, criterion=leaf, person=person, given_by=person, given_at=timezone.now()
            )
        browser = year.browser("a1")
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url(year, "board")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES

"""What the head sends back, of the worksheet and of the explanation, and how it comes to be mended."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Phase, Purpose
from scoring.models import ReturnNote
from scoring.services.errors import Incomplete
from scoring.services.return_notes import settle
from scoring.services.transitions import perform
from tests.scoring.explanation.pages import page, say, send, url, words
from tests.year import Year, build_year

pytestmark = pytest.mark.django_db
NOTE = "Ghi rõ số trang của Quyết định 7"


@pytest.fixture
def year() -> Year:
    """A explains 1.2 and 2.1, and the head sends it back with a word on 2.1."""
    year = build_year(Phase.EXPLANATION)
    for code in ("1.2", "2.1"):
        say(year, code, text="Báo cáo đã gửi")
    perform(year.explanation(), "hand_over", year["a1"])
    back(year, {year.leaves["2.1"].pk: NOTE})
    return year


def back(year: Year, notes: dict[int, str]) -> None:
    perform(year.explanation(), "return", year["aH"], reason="Xem lại hai mục", notes=notes)


def lists(year: Year, by: str = "a1") -> str:
    return words(year.browser(by).get(url(year).replace("giai-trinh/", "tra-lai/")))


def test_the_form_of_the_head_has_a_field_for_every_leaf_that_was_spoken_of() -> None:
    year = build_year(Phase.EXPLANATION)
    say(year, "2.1", text="Báo cáo đã gửi")
    perform(year.explanation(), "hand_over", year["a1"])
    shown = year.browser("aH").get(url(year)).content.decode()
    leaf = year.leaves["2.1"]
    assert f'name="note_{leaf.pk}"' in shown
    assert f'name="note_{year.leaves["1.2"].pk}"' not in shown
    form = {"version": year.explanation().version, "reason": "Chưa đủ", f"note_{leaf.pk}": NOTE}
    assert year.browser("aH").post(url(year, "buoc/return/"), form).status_code == 302
    assert ReturnNote.objects.get(criterion=leaf).purpose == Purpose.EXPLANATION


def test_what_was_sent_back_stands_at_the_leaf_and_in_the_list_with_its_way_there(year: Year) -> None:
    assert NOTE in page(year, "tc/2.1/")
    assert NOTE not in page(year, "tc/1.2/")
    shown = lists(year)
    assert "Bị trả lại: 2" in shown
    assert f"Giải trình: 2.1 Rà soát văn bản {NOTE} Người aH trả lại" in shown
    body = year.browser("a1").get(url(year).replace("giai-trinh/", "tra-lai/")).content.decode()
    assert f'href="{url(year, "tc/2.1/")}"' in body
    sheet = year.browser("a1").get(url(year).replace("giai-trinh/", "")).content.decode()
    assert "Bị trả lại: 2, đã khắc phục: 0" in sheet


def test_writing_anew_mends_it_and_tells_who_did(year: Year) -> None:
    say(year, "2.1", "explain", "Báo cáo đã gửi, trang 4")
    assert NOTE not in page(year, "tc/2.1/")
    assert f"{NOTE} Người aH trả lại" in lists(year).split("Đã khắc phục: 1")[1]
    assert "Người a1 nhập lại" in lists(year)


def test_ticked_off_it_is_mended_without_a_change(year: Year) -> None:
    note = ReturnNote.objects.get(criterion=year.leaves["2.1"])
    address = url(year).replace("giai-trinh/", f"yeu-cau-sua/{note.pk}/")
    answer = year.browser("a1").post(address)
    assert (answer.status_code, answer["Location"]) == (302, url(year, "tc/2.1/"))
    assert "Người a1 đánh dấu đã sửa" in lists(year)


def test_handed_over_again_the_word_on_the_whole_is_done_and_sent_all_of_it(year: Year) -> None:
    perform(year.explanation(), "hand_over", year["a1"])
    assert "Bị trả lại: 1" in lists(year)
    perform(year.explanation(), "submit", year["aH"])
    assert "Bị trả lại: 0" in lists(year)


def test_while_the_head_has_it_nothing_is_ticked_off(year: Year) -> None:
    perform(year.explanation(), "hand_over", year["a1"])
    note = ReturnNote.objects.get(criterion=year.leaves["2.1"])
    answer = year.browser("a1").post(url(year).replace("giai-trinh/", f"yeu-cau-sua/{note.pk}/"))
    assert answer.status_code == 409
    with pytest.raises(Exception, match="chờ thủ trưởng"):
        settle(note, by=year["a1"])


def test_a_leaf_that_lost_nothing_gets_no_note() -> None:
    year = build_year(Phase.EXPLANATION)
    say(year, "2.1", text="Báo cáo đã gửi")
    perform(year.explanation(), "hand_over", year["a1"])
    with pytest.raises(Incomplete, match="bị trừ điểm"):
        back(year, {year.leaves["1.1"].pk: "Xem lại"})
    assert not ReturnNote.objects.exists()


def test_notes_of_the_worksheet_stand_in_the_same_lists_and_lead_to_its_leaf() -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    for code, content in (
        ("1.1", {"inputs": {"choice": "du"}}), ("1.2", {"inputs": {"numerator": "45", "denominator": "50"}}),
    ):  # fmt: skip
        _declare(year, code, content)
    perform(year.submission(), "hand_over", year["a1"])
    perform(year.submission(), "return", year["aH"], reason="Sửa 1.2", notes={year.leaves["1.2"].pk: "Thiếu tháng 12"})
    assert "Phiếu tự chấm: 1.2 Hoàn thành kế hoạch Thiếu tháng 12" in lists(year)
    _declare(year, "1.2", {"inputs": {"numerator": "46", "denominator": "50"}})
    assert "Người a1 nhập lại" in lists(year)


def _declare(year: Year, code: str, content: dict[str, Any]) -> None:
    year.declare(code, **content)


@pytest.mark.parametrize(("who", "status"), [("c", 403), ("h", 403), ("l", 403), ("g2", 403), ("b1", 404), ("n", 404)])
def test_nobody_but_the_unit_reads_what_its_head_says_to_its_staff(year: Year, who: str, status: int) -> None:
    send(year)
    assert year.browser(who).get(url(year).replace("giai-trinh/", "tra-lai/")).status_code == status
    assert NOTE not in year.browser(who).get(url(year, "tc/2.1/")).content.decode()


def test_the_lists_cost_the_same_for_two_notes_and_for_four(year: Year) -> None:
    def cost() -> int:
        browser = year.browser("a1")
        browser.get(url(year).replace("giai-trinh/", "tra-lai/"))
        with CaptureQueriesContext(connection) as seen:
            browser.get(url(year).replace("giai-trinh/", "tra-lai/"))
        return len(seen)

    few = cost()
    perform(year.explanation(), "hand_over", year["a1"])
    back(year, {year.leaves["1.2"].pk: "Cũng xem lại"})
    assert cost() == few


# ── what the coordinator gives back ───────────────────────────────────────────────────────────────────────────────
def open_again(year: Year) -> None:
    later = timezone.now() + datetime.timedelta(days=2)
    perform(year.explanation(), "reopen", year["c"], reason="Thiếu phụ lục 2", until=later)


def test_what_the_coordinator_opened_again_stands_there_until_it_is_sent_again(year: Year) -> None:
    send(year)
    open_again(year)
    shown = lists(year)
    assert "Bị trả lại: 1" in shown
    assert "Giải trình: Cho viết tiếp Thiếu phụ lục 2 Cơ quan điều phối trả lại" in shown
    assert "Người c" not in shown, "the agency, not the person"
    send(year)
    assert "Bị trả lại: 0" in lists(year)
    assert "Người aH gửi lại" in lists(year)
    sheet = year.browser("a1").get(url(year).replace("giai-trinh/", "")).content.decode()
    assert "Bị trả lại: 0, đã khắc phục: 3" in sheet


def test_the_coordinator_reads_it_on_the_unit_and_nothing_of_what_the_head_says(year: Year) -> None:
    send(year)
    open_again(year)
    address = reverse("scoring:progress_unit", args=[year.organiser.slug, year.campaign.code, "SOA"])
    shown = words(year.browser("c").get(address))
    assert "Đã trả lại đơn vị Giải trình: Cho viết tiếp Thiếu phụ lục 2 Người c trả lại" in shown
    assert NOTE not in shown


@pytest.mark.parametrize("place", ["bang/", "duyet/", "giai-trinh/"])
def test_the_lists_are_reached_from_board_review_and_explanation(year: Year, place: str) -> None:
    base = url(year).replace("giai-trinh/", "")
    assert f'href="{base}tra-lai/"' in year.browser("aH").get(base + place).content.decode()

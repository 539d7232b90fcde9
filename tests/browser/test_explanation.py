"""An explanation is stored as it is typed, says what it comes to, and loses nothing when it is too late."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from scoring.enums import Phase
from scoring.models import ExplanationItem
from tests.browser.desk import Desk
from tests.year import Year, build_year

Expecting = Callable[..., AbstractContextManager[None]]
LEAF, WORDS = "phieu/SOA/giai-trinh/tc/2.1/", "Nội dung giải trình"
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def year(transactional_db: None) -> Year:
    return build_year(Phase.EXPLANATION)


def says(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.locator("[data-save-state]")).to_have_text(words)


def test_typing_is_stored_by_itself_and_chooses_to_explain(year: Year, page: Page) -> None:
    Desk(page, year, "a1").go(LEAF).fill(WORDS, "Báo cáo đã gửi ngày 10/12")
    says(page, re.compile(r"Đã lưu \d\d:\d\d"))
    expect(page.get_by_label("Giải trình", exact=True)).to_be_checked()
    expect(page.locator("[data-tally=explained]")).to_have_text("1")
    expect(page.locator("form .state")).to_contain_text("đã có nội dung")
    assert ExplanationItem.objects.get().text == "Báo cáo đã gửi ngày 10/12"

    page.get_by_label("Đồng ý", exact=True).check()
    expect(page.locator("[data-tally=agreed]")).to_have_text("1")
    expect(page.locator("[data-tally=given_up]")).to_have_text("1,00")
    assert not ExplanationItem.objects.exists()
    page.reload()
    expect(page.get_by_role("textbox", name=WORDS)).to_have_value("Báo cáo đã gửi ngày 10/12")
    expect(page.get_by_label("Đồng ý", exact=True)).to_be_checked()


def test_two_colleagues_are_shown_both_texts(year: Year, open_page: Callable[..., Page], expecting: Expecting) -> None:
    staff, head = open_page(), open_page()
    Desk(staff, year, "a1").go(LEAF)
    Desk(head, year, "aH").go(LEAF).fill(WORDS, "Bản của thủ trưởng")
    says(head, re.compile("Đã lưu"))
    with expecting(staff, 409):
        staff.get_by_role("textbox", name=WORDS).fill("Bản của cán bộ")
        says(staff, re.compile("Người aH vừa sửa"))
    expect(staff.locator(".save-box")).to_contain_text("Bản của thủ trưởng")
    staff.get_by_role("button", name="Giữ bản của tôi").click()
    says(staff, re.compile("Đã lưu"))
    assert ExplanationItem.objects.get().text == "Bản của cán bộ"


def test_after_the_hour_the_text_stays_readable(year: Year, page: Page, expecting: Expecting) -> None:
    Desk(page, year, "a1").go(LEAF)
    year.move_window(Phase.EXPLANATION, -2 * MINUTE, -MINUTE)
    with expecting(page, 409):
        page.get_by_role("textbox", name=WORDS).fill("Muộn mất rồi")
        says(page, re.compile("Giải trình đã đóng lúc"))
    expect(page.locator(".save-box textarea")).to_have_value(re.compile("Muộn mất rồi"))
    assert not ExplanationItem.objects.exists()

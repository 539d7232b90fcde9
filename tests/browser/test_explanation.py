"""An explanation is stored as it is typed, says what it comes to, and loses nothing when it is too late."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from scoring.enums import Phase, Purpose
from scoring.models import EvidenceUse, ExplanationItem
from tests.browser.conftest import PHONE
from tests.browser.desk import Desk
from tests.browser.test_keyboard_journey import Keys
from tests.scoring.evidence import samples
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


def test_a_letter_is_written_by_keyboard_through_a_lost_network_sent_and_signed_on_paper(
    year: Year,
    page: Page,
    open_page: Callable[..., Page],
    expecting: Expecting,
    axe: Callable[[Page], list[str]],
    tmp_path: Path,
) -> None:
    page.clock.install()
    keys = Keys(page)
    Desk(page, year, "a1").go("phieu/SOA/giai-trinh/")
    with page.expect_navigation():
        keys.tab_to_text("1.2 ")
        keys.press("Enter")
    keys.tab_to(lambda on: on["name"] == "text")
    with expecting(page, losses=True):
        page.context.set_offline(True)
        keys.type("50 nhiệm vụ tại Quyết định 7")
        says(page, "Chưa lưu được – còn giữ trên máy này")
        keys.press("Control+Enter")
        page.clock.fast_forward(60_000)
        assert page.url.endswith("tc/1.2/"), "the page stays while nothing can be stored"
        page.context.set_offline(False)
        says(page, re.compile(r"Đã lưu \d\d:\d\d"))
    with page.expect_navigation():
        keys.press("Control+Enter")
    assert page.url.endswith("tc/2.1/")
    keys.tab_to(lambda on: on["name"] == "opinion")
    keys.press("Space")  # đồng ý
    expect(page.get_by_label("Đồng ý", exact=True)).to_be_checked()
    expect(page.locator("[data-tally=agreed]")).to_have_text("1")
    with page.expect_navigation():
        keys.tab_to_text("Lưu ý kiến 2.1")
        keys.press("Enter")
    with page.expect_navigation():
        keys.tab_to_text("Giải trình của Sở An toàn")
        keys.press("Enter")
    with page.expect_navigation():
        keys.tab_to_text("Trình thủ trưởng")
        keys.press("Enter")

    head = open_page()
    Desk(head, year, "aH").go("phieu/SOA/giai-trinh/").press("Gửi giải trình").follow("Biên nhận GT-")
    expect(head.locator("main")).to_contain_text("50 nhiệm vụ tại Quyết định 7")
    expect(head.locator("main")).to_contain_text("Thủ trưởng ký xác nhận trên cổng khi gửi")
    assert axe(head) == []
    paper = tmp_path / "cong-van.pdf"
    paper.write_bytes(samples.pdf())
    desk = Desk(head, year, "aH").go(head.url.partition("/ky/2026/")[2]).unfold("Ký văn bản giấy")
    desk.fill("Số, ký hiệu", "12/SAT-VP").fill("Ngày ký", f"{timezone.localdate():%d/%m/%Y}")
    assert axe(head) == []
    desk.attach("Bản ký", paper).press("Lưu bản ký").sees("12/SAT-VP")
    assert ExplanationItem.objects.get().sent_at is not None


def test_a_file_comes_at_the_leaf_and_a_colleague_sees_words_and_file(
    year: Year, open_page: Callable[..., Page], axe: Callable[[Page], list[str]], tmp_path: Path
) -> None:
    staff, head = open_page(), open_page(PHONE)
    head.clock.install()
    Desk(head, year, "aH").go(LEAF)
    for name in ("mot", "hai"):
        (tmp_path / f"{name}.pdf").write_bytes(samples.pdf(name.encode()))
    Desk(staff, year, "a1").go(LEAF).fill(WORDS, "Bản của cán bộ")
    staff.get_by_label("Tải tệp lên").set_input_files([tmp_path / "mot.pdf", tmp_path / "hai.pdf"])
    expect(staff.locator("[data-upload-said]")).to_have_text("Đã lưu 2 tệp.")
    says(staff, re.compile("Đã lưu"))
    assert EvidenceUse.objects.filter(purpose=Purpose.EXPLANATION).count() == 2
    head.clock.fast_forward(16_000)
    expect(head.locator(".pulse-said")).to_contain_text("Người a1 vừa sửa 2.1")
    expect(head.get_by_role("textbox", name=WORDS)).to_have_value("Bản của cán bộ")
    expect(head.locator("[data-cards] [data-card]")).to_have_count(2)
    expect(head.locator("[data-tally=explained]")).to_have_text("1")
    assert head.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert axe(head) == []
    assert axe(staff) == []


def test_without_a_script_the_words_and_the_files_go_by_their_forms(
    year: Year, plain_page: Page, tmp_path: Path
) -> None:
    (tmp_path / "mot.pdf").write_bytes(samples.pdf())
    desk = Desk(plain_page, year, "a1").go(LEAF).fill(WORDS, "Đã gửi ngày 10/12").press("Lưu ý kiến 2.1")
    desk.attach("Tải tệp lên", tmp_path / "mot.pdf").press("Tải lên").sees("mot")
    assert ExplanationItem.objects.get().text == "Đã gửi ngày 10/12"
    assert EvidenceUse.objects.filter(purpose=Purpose.EXPLANATION).count() == 1

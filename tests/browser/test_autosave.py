"""What is typed into a worksheet is stored without a button, through half answers, lost networks, ended sessions and
colleagues; and nobody else at the same computer reads or sends it.

Waits are those of the page's clock (`page.clock`), not of the test.
"""

from __future__ import annotations

import datetime
import json
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from scoring.enums import Phase, Stage
from scoring.models import Unfinished, Value
from tests.browser.desk import Desk
from tests.factories import PASSWORD
from tests.year import Year, build_year
from units.models import Session

Expecting = Callable[..., AbstractContextManager[None]]
Axe = Callable[[Page], list[str]]
SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
KEPT = "JSON.stringify(Object.entries(localStorage).filter(([name]) => name.startsWith('draft:')))"
LEAF, OTHER, COMPONENT = "phieu/SOA/tc/1.2/", "phieu/SOA/tc/1.1/", "phieu/SOA/lv/1/"
REACHED, TOTAL = "Số đạt được", "Tổng số"
SAVED = re.compile(r"Đã lưu \d\d:\d\d")
HALF = re.compile(r"Đang nhập dở – đã giữ \d\d:\d\d, chưa tính")
ON_THIS_COMPUTER = "Chưa lưu được – còn giữ trên máy này"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def year(transactional_db: None) -> Year:
    return build_year()


@pytest.fixture
def looks_right(axe: Axe) -> Callable[[Page], None]:
    """A state of a page is accessible, and fits a phone."""

    def look(page: Page) -> None:
        found = axe(page)
        page.set_viewport_size({"width": 360, "height": 740})
        found += axe(page)
        wider = page.evaluate(SIDEWAYS)
        page.set_viewport_size({"width": 1280, "height": 900})
        assert found == []
        assert wider <= 0

    return look


def says(page: Page, words: str | re.Pattern[str], number: int = 0) -> None:
    expect(page.locator("[data-save-state]").nth(number)).to_have_text(words)


def fill(page: Page, reached: str = "", total: str = "") -> None:
    for label, text in ((REACHED, reached), (TOTAL, total)):
        if text:
            page.get_by_role("textbox", name=label).fill(text)


def leave(page: Page) -> None:
    """Put the cursor somewhere else: whatever was typed goes out at once."""
    page.locator("h1").click()


def until(true: Callable[[], bool], page: Page) -> None:
    for _ in range(100):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError(page.evaluate(KEPT))


def figures(year: Year, code: str = "1.2") -> dict[str, str] | None:
    value = year.value(code, Stage.DECLARED)
    return value.inputs if value else None


def kept_here(page: Page) -> int:
    return len(json.loads(page.evaluate(KEPT)))


def type_without_network(page: Page) -> None:
    """4 of 5, which goes no further than this computer."""
    page.context.set_offline(True)
    fill(page, "4", "5")
    says(page, ON_THIS_COMPUTER)
    until(lambda: kept_here(page) == 1, page)


# ── without a button ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_typing_is_stored_by_itself_and_shows_what_it_earns(
    year: Year, page: Page, looks_right: Callable[[Page], None]
) -> None:
    Desk(page, year, "a1").go(LEAF)
    fill(page, "4", "5")
    says(page, SAVED)
    assert figures(year) == {"numerator": "4", "denominator": "5"}
    expect(page.locator("[data-points]")).to_have_text("3,20 / 4,00")
    expect(page.locator("[data-step]")).to_contain_text("80")
    expect(page.locator(".only-wide .tree a[aria-current] .pts")).to_have_text("3,20")
    expect(page.locator(".crit-grid > header .state")).not_to_contain_text("chưa làm")
    until(lambda: kept_here(page) == 0, page)
    looks_right(page)

    fill(page, "5")
    expect(page.locator("[data-points]")).to_have_text("4,00 / 4,00")
    page.reload()
    expect(page.get_by_role("textbox", name=REACHED)).to_have_value("5")
    assert Value.objects.get(criterion=year.leaves["1.2"], participant=year.a).author == year["a1"]


def test_somebody_who_never_pauses_is_stored_every_few_seconds(year: Year, page: Page) -> None:
    page.clock.install()
    Desk(page, year, "a1").go(OTHER)
    page.get_by_label("Đúng hạn").check()
    note = page.get_by_label("Giải thích thêm")
    for _ in range(18):
        note.press("a")
        page.clock.fast_forward(500)
    until(lambda: (year.value("1.1", Stage.DECLARED) or Value()).note.startswith("aaaaaaaaaaaa"), page)


def test_half_an_answer_and_a_number_with_two_readings_are_kept_for_every_browser_and_never_guessed(
    year: Year, page: Page, open_page: Callable[..., Page], looks_right: Callable[[Page], None]
) -> None:
    Desk(page, year, "a1").go(LEAF)
    fill(page, "4")
    says(page, HALF)
    # On the way to the next field nobody is told that it is empty; who goes elsewhere is.
    expect(page.locator("[data-fault]")).to_have_count(0)
    leave(page)
    expect(page.locator("p[data-fault]")).to_have_count(1)
    fill(page, "1.234")
    expect(page.locator("p[data-fault]", has_text="đọc được hai cách")).to_be_visible()
    says(page, HALF)
    assert figures(year) is None
    looks_right(page)

    head = open_page()
    Desk(head, year, "aH").go(LEAF)
    expect(head.get_by_role("textbox", name=REACHED)).to_have_value("1.234")
    expect(head.get_by_role("button", name="1,234 (số thập phân)")).to_be_visible()
    head.get_by_role("button", name="1234 (số nguyên)").click()
    expect(head.get_by_role("textbox", name=REACHED)).to_be_focused()
    fill(head, total="2000")
    says(head, SAVED)
    assert figures(year) == {"numerator": "1234", "denominator": "2000"}
    expect(head.locator("[data-fault]")).to_have_count(0)
    assert not Unfinished.objects.exists()


def test_what_the_rule_refuses_is_said_at_the_field_while_somebody_is_still_in_it(year: Year, page: Page) -> None:
    Desk(page, year, "a1").go(LEAF)
    fill(page, "1234", "1200")
    says(page, HALF)
    total = page.get_by_role("textbox", name=TOTAL)
    expect(total).to_be_focused()
    expect(total).to_have_accessible_description(re.compile("1234 lớn hơn tổng số 1200"))
    expect(page.locator("[data-step]")).to_contain_text("1234 lớn hơn tổng số 1200")


def test_a_component_stores_each_leaf_by_itself(year: Year, page: Page, looks_right: Callable[[Page], None]) -> None:
    Desk(page, year, "a1").go(COMPONENT)
    page.get_by_label("Đúng hạn").check()
    says(page, SAVED, 0)
    fill(page, "4")
    says(page, HALF, 1)
    assert year.value("1.1", Stage.DECLARED) is not None
    looks_right(page)
    fill(page, total="5")
    says(page, SAVED, 1)
    page.get_by_role("button", name="Lưu lĩnh vực 1").click()
    expect(page.get_by_text("Không có gì thay đổi.")).to_be_visible()


def test_the_live_region_is_not_touched_while_nothing_else_is_said(year: Year, page: Page) -> None:
    Desk(page, year, "a1").go(OTHER)
    page.get_by_label("Đúng hạn").check()
    says(page, SAVED)
    page.evaluate(
        """() => { window.changes = 0; new MutationObserver(() => window.changes++).observe(
        document.querySelector('[data-save-state]'), {childList: true, subtree: true, characterData: true}); }"""
    )
    before = year.seen("1.1", Stage.DECLARED)
    for text in ("một", "một hai", "một hai ba"):
        page.get_by_label("Giải thích thêm").fill(text)
        until(lambda text=text: year.value("1.1", Stage.DECLARED).note == text, page)  # type: ignore[misc,union-attr]
    assert year.seen("1.1", Stage.DECLARED) == before + 3
    assert page.evaluate("window.changes") <= 1  # the minute of the server may have turned


# ── no network, no reply ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_minute_without_network_ends_with_everything_stored(
    year: Year, page: Page, expecting: Expecting, looks_right: Callable[[Page], None]
) -> None:
    page.clock.install()
    Desk(page, year, "a1").go(LEAF)
    with expecting(page, losses=True):
        page.context.set_offline(True)
        fill(page, "3", "5")
        says(page, ON_THIS_COMPUTER)
        until(lambda: kept_here(page) == 1, page)
        assert "numerator" not in page.evaluate(KEPT)
        looks_right(page)
        page.clock.fast_forward(60_000)
        fill(page, "4")
        # What leads on says why it does not; the text stays where it is.
        page.get_by_role("button", name="Lưu, sang 2.1").click()
        says(page, ON_THIS_COMPUTER)
        assert page.url.endswith(LEAF)
        page.context.set_offline(False)
        says(page, SAVED)
    assert figures(year) == {"numerator": "4", "denominator": "5"}
    until(lambda: kept_here(page) == 0, page)


def test_a_tab_that_was_closed_without_network_is_sent_from_the_next_page(
    year: Year, page: Page, expecting: Expecting
) -> None:
    Desk(page, year, "a1").go(LEAF)
    with expecting(page, losses=True):
        type_without_network(page)
        page.close()
    again = page.context.new_page()
    page.context.set_offline(False)
    Desk(again, year, "a1").go("phieu/SOA/")
    until(lambda: figures(year) == {"numerator": "4", "denominator": "5"}, again)
    until(lambda: kept_here(again) == 0, again)


def test_a_reply_that_was_lost_is_no_clash_with_oneself(year: Year, page: Page, expecting: Expecting) -> None:
    page.clock.install()
    Desk(page, year, "a1").go(LEAF)

    def lose(route: Route) -> None:
        route.fetch()  # the server has stored it
        route.abort("failed")

    with expecting(page, losses=True):
        page.route("**/luu/", lose, times=1)
        fill(page, "3", "5")
        says(page, ON_THIS_COMPUTER)
        fill(page, "4")
        page.clock.fast_forward(2_000)
        says(page, SAVED)
    assert figures(year) == {"numerator": "4", "denominator": "5"}
    assert year.seen("1.2", Stage.DECLARED) == 2


def test_a_busy_portal_is_asked_again_after_a_while(year: Year, page: Page, expecting: Expecting) -> None:
    page.clock.install()
    Desk(page, year, "a1").go(LEAF)
    busy = {"status": 503, "json": {"state": "busy", "retry_after": 5}}
    with expecting(page, 503):
        page.route("**/luu/", lambda route: route.fulfill(**busy), times=1)
        fill(page, "4", "5")
        says(page, ON_THIS_COMPUTER)
    assert figures(year) is None
    page.clock.fast_forward(5_000)
    says(page, SAVED)
    assert figures(year) == {"numerator": "4", "denominator": "5"}


def test_an_answer_torn_in_the_middle_is_none_and_the_text_goes_out_again(year: Year, page: Page) -> None:
    """The server died, or a proxy spoke in its place: what stands there is not known, so nothing is given up."""
    page.clock.install()
    Desk(page, year, "a1").go(LEAF)
    page.route("**/luu/", lambda route: route.fulfill(status=200, body=""), times=1)
    fill(page, "4", "5")
    says(page, ON_THIS_COMPUTER)
    page.clock.fast_forward(15_000)
    says(page, SAVED)
    assert figures(year) == {"numerator": "4", "denominator": "5"}


# ── no session, another session ───────────────────────────────────────────────────────────────────────────────────────


def test_an_ended_session_keeps_the_text_and_the_next_one_stores_it(
    year: Year, page: Page, expecting: Expecting, looks_right: Callable[[Page], None]
) -> None:
    Desk(page, year, "a1").go(LEAF)
    Session.objects.all().delete()
    with expecting(page, 401):
        fill(page, "4", "5")
        says(page, re.compile("Phiên làm việc đã hết – nội dung còn giữ trên máy này"))
    looks_right(page)
    assert figures(year) is None
    until(lambda: kept_here(page) == 1, page)
    page.locator("[data-save-state]").get_by_role("link", name="Đăng nhập lại").click()
    page.get_by_label("Tên đăng nhập").fill(year["a1"].username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page).to_have_url(re.compile(re.escape(LEAF) + "$"))
    says(page, SAVED)
    expect(page.get_by_role("textbox", name=REACHED)).to_have_value("4")
    assert figures(year) == {"numerator": "4", "denominator": "5"}


def test_a_button_after_the_session_ended_leads_through_the_sign_in_and_stores(
    year: Year, page: Page, expecting: Expecting
) -> None:
    year.declare("1.2", inputs={"numerator": "4", "denominator": "5"})
    Desk(page, year, "a1").go(LEAF)
    Session.objects.all().delete()
    with expecting(page, 401):
        fill(page, "5")
        page.get_by_role("button", name="Lưu", exact=True).click()
        expect(page.get_by_text("Phiên làm việc đã kết thúc")).to_be_visible()

    def late(route: Route) -> None:  # the page's own script comes after the one that keeps what is typed
        time.sleep(0.3)
        route.continue_()

    page.route(re.compile(r"/autosave[.\w]*\.js"), late)
    Desk(page, year, "a1").go(LEAF)
    expect(page.get_by_role("textbox", name=REACHED)).to_have_value("5")
    expect(page.locator("[data-points]")).to_have_text("4,00 / 4,00")
    says(page, SAVED)
    assert figures(year) == {"numerator": "5", "denominator": "5"}


def test_a_page_from_before_a_new_sign_in_goes_on(year: Year, page: Page, expecting: Expecting) -> None:
    Desk(page, year, "a1").go(LEAF)
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    with expecting(page, 403):
        fill(page, "4", "5")
        says(page, SAVED)
    assert figures(year) == {"numerator": "4", "denominator": "5"}


def test_another_account_on_the_same_browser_reads_and_sends_nothing_of_it(
    year: Year, page: Page, expecting: Expecting
) -> None:
    Desk(page, year, "a1").go(LEAF)
    with expecting(page, losses=True):
        type_without_network(page)
        page.route("**/luu/", lambda route: route.abort("internetdisconnected"))
        page.context.set_offline(False)
        other = page.context.new_page()
        Desk(other, year, "aH").go(LEAF)
    expect(other.get_by_role("textbox", name=REACHED)).to_have_value("")
    Desk(other, year, "aH").go("phieu/SOA/")
    other.wait_for_timeout(500)
    assert kept_here(other) == 1, "still the first person's"
    assert figures(year) is None

    # The tab of the first person is open yet: what is typed there is not stored under the other's name.
    page.unroute("**/luu/")
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    with expecting(page, 403, 401):
        fill(page, "5")
        says(page, re.compile("Người khác đã đăng nhập ở trình duyệt này"))
    assert figures(year) is None
    assert not Unfinished.objects.exists()
    other.close()
    Desk(page, year, "a1").go("phieu/SOA/")
    until(lambda: figures(year) == {"numerator": "5", "denominator": "5"}, page)
    assert year.value("1.2", Stage.DECLARED).author == year["a1"]  # type: ignore[union-attr]


# ── colleagues, the hour ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("button", "stands", "author"), [("Lấy bản của người aH", "3", "aH"), ("Giữ bản của tôi", "4", "a1")]
)
def test_two_people_on_one_leaf_see_both_texts_and_one_decides(
    year: Year, page: Page, expecting: Expecting, looks_right: Callable[[Page], None],
    button: str, stands: str, author: str,
) -> None:  # fmt: skip
    Desk(page, year, "a1").go(LEAF)
    year.declare("1.2", by="aH", inputs={"numerator": "3", "denominator": "5"})
    with expecting(page, 409):
        fill(page, "4", "5")
        says(page, re.compile(r"Người aH vừa sửa lúc \d\d:\d\d"))
    box = page.locator(".save-box")
    for text in ("Số đạt được: 4", "Số đạt được: 3/5", "Bản của tôi"):
        expect(box).to_contain_text(text)
    looks_right(page)
    page.reload()
    expect(page.locator(".save-box")).to_contain_text("Số đạt được: 4")
    page.get_by_role("button", name=button).press("Enter")
    expect(page.locator(".save-box")).to_have_count(0)
    expect(page.get_by_role("textbox", name=REACHED)).to_have_value(stands)
    until(lambda: kept_here(page) == 0, page)
    assert figures(year) == {"numerator": stands, "denominator": "5"}
    assert year.value("1.2", Stage.DECLARED).author == year[author]  # type: ignore[union-attr]


def test_the_page_follows_a_colleague_and_never_touches_what_is_typed(
    year: Year, page: Page, expecting: Expecting
) -> None:
    page.clock.install()
    Desk(page, year, "a1").go(LEAF)
    page.clock.fast_forward(15_000)
    page.wait_for_timeout(300)
    year.declare("1.2", by="aH", inputs={"numerator": "3", "denominator": "5"})
    year.declare("1.1", by="aH", inputs={"choice": "du"})
    page.clock.fast_forward(15_000)
    expect(page.get_by_role("textbox", name=REACHED)).to_have_value("3")
    expect(page.locator(".pulse-said")).to_contain_text(re.compile("Người aH vừa sửa 1.1 và 1 tiêu chí khác lúc"))
    expect(page.locator(".foot-work .total b")).to_contain_text("4,40")
    expect(page.locator(".only-wide .tree .lv3").first).to_contain_text("2,00")
    assert Value.objects.filter(participant=year.a).count() == 2

    with expecting(page, losses=True):
        page.route("**/luu/", lambda route: route.abort("internetdisconnected"))
        fill(page, "4")
        says(page, ON_THIS_COMPUTER)
        year.declare("1.2", by="aH", inputs={"numerator": "2", "denominator": "5"})
        page.clock.fast_forward(15_000)
        expect(page.locator(".pulse-said")).to_contain_text("Người aH vừa sửa 1.2 lúc")
        expect(page.get_by_role("textbox", name=REACHED)).to_have_value("4")
        page.wait_for_timeout(300)


def test_asking_keeps_no_session_alive(year: Year, page: Page) -> None:
    page.clock.install()
    Desk(page, year, "a1").go(LEAF)
    before = Session.objects.get(user=year["a1"]).seen_at
    with page.expect_response("**/nhip/**"):
        page.clock.fast_forward(15_000)
    assert Session.objects.get(user=year["a1"]).seen_at == before


def test_after_the_hour_the_text_stays_to_be_read_and_copied(
    year: Year, page: Page, expecting: Expecting, looks_right: Callable[[Page], None]
) -> None:
    Desk(page, year, "a1").go(LEAF)
    year.move_window(Phase.SELF_ASSESSMENT, -2 * HOUR, -HOUR)
    with expecting(page, 409):
        fill(page, "4", "5")
        expect(page.locator(".save-box textarea")).to_have_value(re.compile("Số đạt được: 4\nTổng số: 5"))
    looks_right(page)
    assert figures(year) is None
    page.reload()
    expect(page.get_by_role("textbox", name=REACHED)).to_have_count(0)
    expect(page.locator(".save-box textarea")).to_have_value(re.compile("Số đạt được: 4"))
    looks_right(page)
    Desk(page, year, "a1").go("phieu/SOA/")
    expect(page.get_by_role("status").get_by_role("link", name="1.2")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Bỏ nội dung này").click()
    until(lambda: kept_here(page) == 0, page)


# ── keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_sheet_goes_by_keys(year: Year, page: Page, looks_right: Callable[[Page], None]) -> None:
    Desk(page, year, "a1").go(OTHER)
    page.get_by_label("Đúng hạn").check()
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(re.escape(LEAF)))
    expect(page.get_by_role("textbox", name=REACHED)).to_be_focused()
    page.keyboard.type("4")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Alt+ArrowUp")
    expect(page).to_have_url(re.compile(re.escape(OTHER)))
    assert figures(year) == {"numerator": "4", "denominator": "5"}
    page.keyboard.press("Alt+ArrowRight")
    expect(page).to_have_url(re.compile("/lv/2/"))
    page.keyboard.press("Alt+ArrowLeft")
    expect(page).to_have_url(re.compile("/lv/1/"))
    Desk(page, year, "a1").go(LEAF)
    page.locator("h1").click()
    page.keyboard.press("/")
    expect(page.locator(".only-wide .treefilter a").first).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    looks_right(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Phím tắt").click()
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()


def test_without_scripts_the_buttons_do_it_all(year: Year, plain_page: Page) -> None:
    Desk(plain_page, year, "a1").go(LEAF)
    fill(plain_page, "4", "5")
    plain_page.get_by_role("button", name="Lưu", exact=True).click()
    expect(plain_page.get_by_text("Đã lưu 1.2")).to_be_visible()
    assert figures(year) == {"numerator": "4", "denominator": "5"}
    expect(plain_page.get_by_role("button", name="Phím tắt")).to_have_count(0)

"""Going through a worksheet: the filter over the tree, the levels of a rule, a component leaf by leaf, the overview."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.desk import Desk
from tests.year import Year, build_year

Axe = Callable[[Page], list[str]]
SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
LEAF, OTHER, COMPONENT, SHEET = "phieu/SOA/tc/1.2/", "phieu/SOA/tc/1.1/", "phieu/SOA/lv/1/", "phieu/SOA/"
REACHED, TOTAL = "Số đạt được", "Tổng số"


@pytest.fixture
def year(transactional_db: None) -> Year:
    return build_year()


def looks_right(page: Page, axe: Axe) -> None:
    """The state is accessible, and fits a phone."""
    found = axe(page)
    page.set_viewport_size({"width": 360, "height": 740})
    found += axe(page)
    wider = page.evaluate(SIDEWAYS)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert found == []
    assert wider <= 0


def test_the_filter_shows_at_once_what_is_left_and_goes_along(year: Year, page: Page, axe: Axe) -> None:
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    Desk(page, year, "a1").go(OTHER)
    page.evaluate("window.isSamePage = true")
    tree, missing = page.locator(".only-wide .tree"), page.locator(".only-wide .treefilter a", has_text="Chưa xong")
    missing.click()
    expect(page).to_have_url(re.compile(r"\?loc=chua-xong$"))
    expect(missing).to_have_attribute("aria-current", "true")
    expect(missing).to_be_focused()
    expect(tree.locator("a[data-code]")).to_have_count(2)
    assert page.evaluate("window.isSamePage")
    looks_right(page, axe)

    page.get_by_label("Đúng hạn").check()
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/tc/2\.1/\?loc=chua-xong$"))
    expect(page.get_by_role("textbox", name="Điểm")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page).to_have_url(re.compile(r"/tc/1\.1/\?loc=chua-xong$"))


def test_without_scripts_the_filter_is_a_link(year: Year, plain_page: Page) -> None:
    year.declare("1.2", inputs={"numerator": "45", "denominator": "50"})
    Desk(plain_page, year, "a1").go(OTHER)
    plain_page.locator(".only-wide .treefilter a", has_text="Chưa xong").click()
    expect(plain_page.locator(".only-wide .tree a[data-code]")).to_have_count(2)
    plain_page.get_by_label("Đúng hạn").check()
    plain_page.get_by_role("button", name="Lưu, sang 2.1").click()
    expect(plain_page).to_have_url(re.compile(r"/tc/2\.1/\?loc=chua-xong$"))


def test_the_levels_follow_what_is_typed(year: Year, page: Page, axe: Axe) -> None:
    Desk(page, year, "a1").go(LEAF)
    marked = page.locator(".rule tr.hit")
    expect(marked).to_have_count(0)
    page.get_by_role("textbox", name=REACHED).fill("45")
    page.get_by_role("textbox", name=TOTAL).fill("50")
    expect(marked).to_contain_text("Từ 50% đến dưới 100% (mức hiện tại)")
    expect(page.locator("[data-step]")).to_contain_text("thêm 5, thành 50/50, thì được tối đa 4,00 điểm, hiện 3,60.")
    looks_right(page, axe)
    page.get_by_role("textbox", name=REACHED).fill("50")
    expect(marked).to_contain_text("Bằng 100%")
    expect(page.locator("[data-step]")).not_to_contain_text("thêm")
    page.get_by_role("textbox", name=TOTAL).fill("")
    expect(marked).to_have_count(0)


def test_a_component_is_gone_through_by_its_buttons(year: Year, page: Page, axe: Axe) -> None:
    Desk(page, year, "a1").go(COMPONENT)
    page.get_by_role("link", name="Sang 1.2").click()
    expect(page.get_by_role("textbox", name=REACHED)).to_be_focused()
    page.get_by_role("link", name="Về 1.1").click()
    expect(page.get_by_role("radio").first).to_be_focused()
    expect(page.locator(".foot-work")).to_be_in_viewport()
    page.get_by_label("Đúng hạn").check()
    expect(page.locator(".foot-work .total b")).to_contain_text("2,00", timeout=15_000)
    looks_right(page, axe)


def test_on_a_phone_the_foot_shows_the_whole_total_beside_the_button(year: Year, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    Desk(page, year, "a1").go(LEAF)
    total, button = page.locator(".foot-work .total b"), page.locator(".foot-work .end .btn")
    # As a whole set of criteria fills them, with more to look at than the small year of the tests has.
    total.evaluate("node => { node.innerHTML = '100,14 <small>/ 100,00</small>' }")
    button.locator(".nb").evaluate("node => { node.textContent = '(12 lỗi, 34 cần xem)' }")
    sum_, way = total.bounding_box(), button.bounding_box()
    assert sum_ is not None
    assert way is not None
    assert total.evaluate("node => node.parentElement.scrollWidth <= node.parentElement.clientWidth")
    assert sum_["x"] + sum_["width"] <= way["x"]
    assert way["x"] + way["width"] <= 360
    assert page.evaluate(SIDEWAYS) <= 0


def test_the_overview_follows_a_colleague(year: Year, page: Page, axe: Axe) -> None:
    page.clock.install()
    Desk(page, year, "a1").go(SHEET)
    page.clock.fast_forward(1_000)
    page.wait_for_timeout(300)
    page.get_by_text("Từng việc").click()
    year.declare("1.2", by="aH", inputs={"numerator": "3", "denominator": "5"})
    page.clock.fast_forward(15_000)
    expect(page.locator(".pulse-said")).to_contain_text(re.compile("Người aH vừa sửa 1.2 lúc"))
    expect(page.get_by_role("row", name=re.compile("^1.2"))).to_contain_text("2,40")
    expect(page.locator("#tong + dl")).to_contain_text("2,40")
    expect(page.locator(".foot-work .total b")).to_contain_text("2,40")
    assert not page.locator("#con-thieu details").evaluate("fold => fold.open")
    looks_right(page, axe)

"""The analysis in a real browser: a unit tries figures step by step, and every page holds on a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from scoring.enums import Phase
from scoring.services.running import run_provisional
from tests.browser.desk import Desk
from tests.year import build_year

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
PHONE = {"width": 360, "height": 740}


def test_a_unit_tries_figures_without_script_and_sees_what_would_change(
    transactional_db: None, open_page: Callable[..., Page]
) -> None:
    desk = Desk(open_page(PHONE, javascript=False), build_year(Phase.EXPLANATION), "a1").go("phieu/SOA/")
    desk.follow("Phân tích: lên loại, thử số liệu, việc cần làm")
    desk.page.get_by_label("Tiêu chí", exact=True).select_option("1.2")
    desk.press("Chọn tiêu chí này").sees("Đang có 3,20 / 4,00 điểm.")
    figures = desk.page.locator("fieldset input.num")
    assert [figure.input_value() for figure in figures.all()] == ["40", "50"]
    figures.first.fill("60")
    desk.press("Xem thay đổi", answers=422).sees("Chưa thử được")
    figures.first.fill("50")
    desk.press("Xem thay đổi").sees("Nếu như đã nhập", "58,33 %", "+6,66")
    desk.page.get_by_label("Thêm tiêu chí").select_option("2.1")
    desk.press("Thêm tiêu chí này")
    expect(figures).to_have_count(3)
    assert figures.first.input_value() == "50"


def test_the_pages_are_accessible_and_fit_a_phone(
    transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    year = build_year(Phase.REAPPRAISAL)
    run_provisional(year.campaign, year["c"])
    run = "lan-tinh/1/phan-tich/"
    pages = [run, f"{run}do-vung/", f"{run}mat-diem/", f"{run}so-nam-truoc/", "phieu/SOA/phan-tich/?them=1.2"]
    for page in (open_page(), open_page(PHONE)):
        desk = Desk(page, year, "c")
        for path in pages:
            desk.go(path)
            assert axe(page) == [], path
            assert page.evaluate(SIDEWAYS) <= 0, path

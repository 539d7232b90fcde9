""" "Vì sao số này?" at a real browser: the box beside a number, the page without script, the sheet of paper."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from playwright.sync_api import Page, Route, expect
from pypdf import PdfReader

from scoring.enums import Phase
from scoring.services.running import run_official
from tests.browser.desk import Desk
from tests.year import build_year

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
PHONE = {"width": 360, "height": 740}


def test_a_number_opens_its_explanation_beside_it(
    transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    desk = Desk(open_page(), build_year(Phase.COUNCIL), "c").go("phieu/SOA/")
    number = desk.page.get_by_role("link", name="Thẩm định 3,20, cách tính 1.2")
    number.click()
    box = desk.page.get_by_role("dialog", name="Vì sao số này? 1.2 Hoàn thành kế hoạch")
    expect(box).to_contain_text("40/50 = 80%")
    expect(box).to_contain_text("Báo cáo chỉ có 40 nhiệm vụ")
    assert axe(desk.page) == []
    desk.page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(number).to_be_focused()

    desk.page.get_by_role("link", name="cách tính lĩnh vực 1").click()
    desk.page.get_by_role("dialog").get_by_role("link", name="cách tính 1.2").click()  # from the sum to its part
    expect(box).to_be_visible()
    box.get_by_role("link", name="Mở trang đầy đủ").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("1.2 Hoàn thành kế hoạch")
    desk.page.go_back()

    desk.page.set_viewport_size(PHONE)
    desk.page.get_by_role("link", name="điểm, vì sao").click()
    box = desk.page.get_by_role("dialog", name="Vì sao số này? Sở An toàn")
    expect(box).to_be_visible()
    assert desk.page.evaluate(SIDEWAYS) <= 0
    assert (
        desk.page.evaluate(
            "(() => { const box = document.querySelector('dialog'); return box.scrollWidth - box.clientWidth })()"
        )
        <= 0
    )
    box.get_by_role("button", name="Đóng").click()
    expect(box).to_be_hidden()


def test_the_box_says_that_it_is_loading_and_can_be_closed_meanwhile(
    transactional_db: None, open_page: Callable[..., Page]
) -> None:
    desk = Desk(open_page(), build_year(Phase.COUNCIL), "c").go("phieu/SOA/")
    held: list[Route] = []
    desk.page.route("**/vi-sao/**", lambda route: held.append(route))
    number, box = desk.page.get_by_role("link", name="cách tính lĩnh vực 1"), desk.page.get_by_role("dialog")
    number.click()
    expect(box.get_by_role("status")).to_have_text("Đang mở cách tính…")
    desk.page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    number.click()
    expect(box.get_by_role("status")).to_be_visible()
    held[-1].continue_()
    expect(box).to_contain_text("Vì sao số này? 1 Chỉ đạo, điều hành")
    expect(box.get_by_role("status")).to_be_hidden()


def test_where_the_box_cannot_be_filled_the_page_opens(transactional_db: None, open_page: Callable[..., Page]) -> None:
    desk = Desk(open_page(), build_year(Phase.COUNCIL), "c").go("phieu/SOA/")
    desk.page.context.clear_cookies()  # signed out meanwhile: the page asks to sign in, a box could not
    desk.page.get_by_role("link", name="cách tính lĩnh vực 1").click()
    desk.page.wait_for_url("**/tai-khoan/dang-nhap/**")


def test_a_key_held_for_a_new_tab_opens_the_page(transactional_db: None, open_page: Callable[..., Page]) -> None:
    desk = Desk(open_page(), build_year(Phase.COUNCIL), "c").go("phieu/SOA/")
    with desk.page.context.expect_page() as opened:
        desk.page.get_by_role("link", name="cách tính lĩnh vực 1").click(modifiers=["Control"])
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("1 Chỉ đạo, điều hành")


def test_without_script_the_number_leads_to_the_page(transactional_db: None, open_page: Callable[..., Page]) -> None:
    year = build_year(Phase.COUNCIL)
    signed_in = Desk(open_page(), year, "a1")
    plain = open_page(javascript=False)
    plain.context.add_cookies(signed_in.page.context.cookies())
    plain.goto(signed_in.base + "phieu/SOA/")
    plain.get_by_role("link", name="Tự chấm 3,60, cách tính 1.2").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("1.2 Hoàn thành kế hoạch")


def test_the_pages_are_accessible_and_fit_a_phone_and_a_sheet(
    transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    year = build_year(Phase.FINALISED)
    run = run_official(year.campaign, year["c"])
    desk = Desk(open_page(), year, "c")
    below = ("", "1/", "1.2/", "3.1/")
    found = {}
    for path in [
        f"{start}{code}" for start in ("phieu/SOB/vi-sao/", f"lan-tinh/{run.number}/vi-sao/SOB/") for code in below
    ]:
        desk.go(path)
        faults = axe(desk.page)
        desk.page.set_viewport_size(PHONE)
        if desk.page.evaluate(SIDEWAYS) > 0:
            faults.append("wider than 360 px")
        desk.page.set_viewport_size({"width": 1280, "height": 900})
        if faults:
            found[path] = faults
    assert found == {}
    desk.go("phieu/SOB/vi-sao/")
    desk.page.emulate_media(media="print")
    for hidden in ("header.bar", ".phases", ".crumbs"):
        expect(desk.page.locator(hidden)).to_be_hidden()
    expect(desk.page.locator(".provisional")).to_be_visible()
    expect(desk.page.get_by_role("heading", level=1)).to_be_visible()


def test_the_slip_says_on_every_sheet_whose_it_is_and_has_places_to_sign(
    transactional_db: None, open_page: Callable[..., Page]
) -> None:
    year = build_year(Phase.COUNCIL, is_sample=True)
    desk = Desk(open_page(), year, "c").go("phieu/SOA/vi-sao/")
    running, signed = desk.page.locator(".slip-running"), desk.page.locator(".slip-signed")
    expect(running).to_be_hidden()
    expect(signed).to_be_hidden()
    sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(desk.page.pdf(prefer_css_page_size=True))).pages]
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, start=1):
        told = " ".join(sheet.split())
        assert "Sở An toàn · Phiếu điểm năm 2026 · TẠM TÍNH · DỮ LIỆU MINH HỌA" in told
        assert f"Trang {number}/{len(sheets)}" in told
        assert ("NGƯỜI LẬP" in told, "THỦ TRƯỞNG ĐƠN VỊ" in told) == ((number == len(sheets),) * 2)

"""A new province set up from nothing in a browser: token, account, units, people, year, criteria, groups, open.

Every step starts from the page "Thiết lập", as a newcomer walks it; the shorter way without a browser, which every
`make test` goes, is tests/scoring/guide/test_founding_to_open.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from scoring.enums import Phase
from scoring.models import Group, Submission
from units.services.founding import issue_token

ANNEX = Path(settings.BASE_DIR) / "fixtures" / "criteria" / "so.xlsx"
PASSWORD, ANOTHER = "chin-bac-thang-lua-vang", "ruong-bac-thang-2027"


@pytest.mark.soak
def test_a_province_goes_from_an_empty_portal_to_an_open_year(
    transactional_db: None, open_page: Callable[..., Page]
) -> None:
    admin, coordinator = open_page(), open_page()
    founds_the_portal(admin)
    brings_in_the_units(admin)
    code = gives_the_coordinator_a_code(admin)
    enters_with_the_code(coordinator, code)
    makes_the_year(coordinator)
    opens_it(coordinator)
    assert Group.objects.get().phase == Phase.SELF_ASSESSMENT
    assert Submission.objects.count() == 15


def founds_the_portal(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Chưa có kết quả nào được công bố")
    page.goto("/cai-dat/")
    page.get_by_label("Mã cài đặt").fill(issue_token())
    page.get_by_label("Tỉnh, thành phố").select_option(label="Tỉnh Quảng Ngãi")
    page.get_by_label("Họ và tên").fill("Phạm Thị Khánh")
    page.get_by_label("Tên đăng nhập").fill("khanh")
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_label("Gõ lại mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Lập cổng").click()
    page.get_by_label("Tên đăng nhập").fill("khanh")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thiết lập: UBND tỉnh Quảng Ngãi")


def brings_in_the_units(page: Page) -> None:
    page.get_by_role("link", name="Nhập đơn vị").click()
    page.get_by_role("button", name="Nhập 96 xã, phường, đặc khu").click()
    page.get_by_role("button", name="Thêm các đơn vị đã chọn").click()
    page.get_by_role("link", name="Xong bước này").click()
    expect(page.locator("#don-vi")).to_contain_text("Xong")


def gives_the_coordinator_a_code(page: Page) -> str:
    page.locator("#dieu-phoi").get_by_role("link", name="Thêm người").click()
    page.get_by_label("Họ và tên").fill("Lê Văn Điều")
    page.get_by_label("Tên đăng nhập").fill("dieu")
    page.get_by_label("Vai trò", exact=True).select_option(label="Điều phối")
    page.get_by_label("Đơn vị công tác").select_option(label="Sở Nội vụ (SNV)")
    page.get_by_role("button", name="Thêm người").click()
    page.get_by_role("button", name="Cấp mã một lần").click()
    found = re.search(r"Mã: (\S+)", page.locator("main").inner_text())
    assert found is not None
    return found[1]


def enters_with_the_code(page: Page, code: str) -> None:
    page.goto("/tai-khoan/dang-nhap/")
    page.get_by_role("link", name="Có mã một lần").click()
    page.get_by_label("Tên đăng nhập").fill("dieu")
    page.get_by_label("Mã một lần").fill(code)
    page.get_by_role("button", name="Tiếp tục").click()
    for field in page.locator("main input[type=password]").all():
        field.fill(ANOTHER)
    page.get_by_role("button", name="Đặt mật khẩu và vào cổng").click()
    page.goto("/lam-viec/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thiết lập: UBND tỉnh Quảng Ngãi")


def makes_the_year(page: Page) -> None:
    page.locator("#ky").get_by_role("link", name="Lập kỳ đánh giá").click()
    page.get_by_role("button", name="Lập kỳ đánh giá").click()
    back(page).locator("#bo-tieu-chi").get_by_role("link", name="Nhập phụ lục từ Excel").click()
    page.get_by_label("Tệp phụ lục").set_input_files(ANNEX)
    page.get_by_role("button", name="Đọc tệp").click()
    page.locator("main form button[type=submit]").last.click()
    back(page).locator("#khoi").get_by_role("link", name="Khối, thời hạn, đơn vị").click()
    page.get_by_label("Tên khối").fill("Sở, ban, ngành")
    page.get_by_label("Mã khối").fill("so")
    page.get_by_role("button", name="Thêm khối").click()
    lacking(back(page), "chưa có đơn vị")
    page.get_by_role("link", name=re.compile(r"Sở, ban, ngành \d+")).click()
    page.get_by_label("Chọn tất cả đơn vị trong danh sách").check()
    page.get_by_role("button", name="Thêm vào khối").click()
    lacking(back(page), "thời hạn tự chấm")
    today = timezone.localdate()
    for side, day in (("opens", today), ("closes", today.replace(year=today.year + 1, day=1))):
        page.locator(f"[name=self_assessment_{side}_0]").fill(f"{day:%d/%m/%Y}")
        page.locator(f"[name=self_assessment_{side}_1]").fill("08:00")
    page.get_by_role("button", name="Lưu khối").click()


def opens_it(page: Page) -> None:
    back(page).get_by_role("link", name="Mở kỳ").click()
    page.get_by_role("button", name=re.compile("^Mở tự chấm")).first.click()
    expect(page.locator("main")).to_contain_text("15 đơn vị có hồ sơ tự chấm")
    expect(page.locator("main")).to_contain_text("chưa vào khối nào")
    assert Group.objects.get().phase == Phase.DRAFT
    page.get_by_role("button", name="Mở tự chấm").click()
    expect(back(page).locator("#mo-ky")).to_contain_text("Đã mở")


def back(page: Page) -> Page:
    page.get_by_role("navigation").get_by_role("link", name="Thiết lập", exact=True).first.click()
    return page


def lacking(page: Page, what: str) -> None:
    """The line of the check list that says `what` leads to where it is mended."""
    page.locator("#mo-ky").get_by_role("link", name=re.compile(f"Làm ngay.*{what}")).first.click()

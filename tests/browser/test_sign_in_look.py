"""Pages of the sign-in and of one's own sessions: accessible, silent, not wider than a phone, worked by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, UserFactory, sign_in
from units.services.accounts import issue_password

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
NEW = "ruong-moi-2027-xyz"
SIGN_IN = "/tai-khoan/dang-nhap/"
BEFORE = [f"{SIGN_IN}?phien=het", f"{SIGN_IN}?phien=chua-luu", "/tai-khoan/quen-mat-khau/"]
PAGES = [*BEFORE, "/tai-khoan/quen-mat-khau/da-gui/", "/tai-khoan/dat-lai/1/khong-co/", "/tai-khoan/dat-lai/xong/"]
WITHIN = ["/tai-khoan/phien/", "/tai-khoan/dang-xuat/"]


def faults_of(page: Page, axe: Callable[[Page], list[str]]) -> list[str]:
    found = axe(page)
    page.set_viewport_size({"width": 360, "height": 740})
    if page.evaluate(SIDEWAYS) > 0:
        found.append("wider than 360 px")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def test_pages_of_the_sign_in_are_accessible_and_fit_a_phone(
    transactional_db: None, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    user = UserFactory(username="binh")
    sign_in(user)
    found = {}
    for path in PAGES:
        page.goto(path)
        if faults := faults_of(page, axe):
            found[path] = faults
    page.goto(SIGN_IN)
    page.get_by_label("Tên đăng nhập").fill("binh")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/lam-viec/")
    for path in WITHIN:
        page.goto(path)
        if faults := faults_of(page, axe):
            found[path] = faults
    assert found == {}

    page.goto(WITHIN[0])
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Kết thúc phiên này").press("Enter")
    expect(page.get_by_text("Đã kết thúc phiên.")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(1)


def test_the_sign_in_works_without_javascript_and_says_what_was_not_stored(
    transactional_db: None, plain_page: Page
) -> None:
    user = UserFactory(username="binh")
    plain_page.goto(SIGN_IN)
    cookie = sign_in(user).cookies[settings.SESSION_COOKIE_NAME]
    address = plain_page.evaluate("location.origin")
    plain_page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    plain_page.goto("/tai-khoan/doi-mat-khau/")
    user.sessions.all().delete()
    plain_page.get_by_role("button", name="Đổi mật khẩu").click()
    expect(plain_page.get_by_text("lần bấm vừa rồi chưa được ghi")).to_be_visible()
    expect(plain_page.get_by_text("Phần đã gõ còn giữ")).to_be_hidden()
    plain_page.get_by_label("Tên đăng nhập").fill("binh")
    plain_page.get_by_label("Mật khẩu").fill(PASSWORD)
    plain_page.get_by_role("button", name="Đăng nhập").click()
    expect(plain_page).to_have_url(f"{address}/tai-khoan/doi-mat-khau/")


def test_a_given_password_is_changed_first_and_the_way_goes_on(
    transactional_db: None, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    user = UserFactory(username="binh")
    given = issue_password(user, by=None)
    page.goto(f"{SIGN_IN}?next=/tai-khoan/phien/")
    page.get_by_label("Tên đăng nhập").fill("binh")
    page.get_by_label("Mật khẩu").fill(given)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Đặt mật khẩu của riêng mình")
    assert faults_of(page, axe) == []
    for label, typed in (("Mật khẩu đang dùng", given), ("Mật khẩu mới", NEW), ("Gõ lại mật khẩu mới", NEW)):
        page.get_by_label(label, exact=True).fill(typed)
    page.get_by_role("button", name="Đặt mật khẩu").click()
    page.wait_for_url("**/tai-khoan/phien/")
    expect(page.get_by_text("Đã đổi mật khẩu.")).to_be_visible()

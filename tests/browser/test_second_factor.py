"""A passkey and an app set up in a real Chromium, and signing in with each; the pages fit, and axe finds nothing.

The key is Chromium's own virtual authenticator (WebAuthn domain of its debugging protocol): the whole ceremony runs
under our content security policy.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import Browser, Page

from tests.factories import PASSWORD, OrganiserFactory, UserFactory
from tests.units.second_factors import code_of
from tests.units.sign_on_server import sign_on_service
from units.enums import Role
from units.models import User
from units.services.accounts import grant
from units.services.single_sign_on import link

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
KEY = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


@pytest.fixture
def user(transactional_db: None, settings) -> User:
    settings.SECOND_FACTOR_ROLES = frozenset({Role.COORDINATOR})
    person = UserFactory(username="binh", full_name="Trần Bình")
    grant(user=person, organiser=OrganiserFactory(), role=Role.COORDINATOR, by=None)
    return person


def give_password(page: Page) -> None:
    page.goto("/tai-khoan/dang-nhap/")
    page.fill("[name=login]", "binh")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def faults_of(page: Page, axe: Callable[[Page], list[str]]) -> list[str]:
    found = axe(page)
    page.set_viewport_size({"width": 360, "height": 740})
    if page.evaluate(SIDEWAYS) > 0:
        found.append("wider than 360 px")
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def test_a_passkey_and_an_app_from_first_to_last(
    user: User, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = open_page()
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    debugger.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    found: dict[str, list[str]] = {}

    give_password(page)
    assert page.url.endswith("/tai-khoan/bao-mat/")  # the role asks for a second factor: nothing else opens
    found["own"] = faults_of(page, axe)
    page.get_by_role("link", name="Thêm khóa truy cập").click()
    page.fill("[name=name]", "Máy cơ quan")
    found["add"] = faults_of(page, axe)
    page.get_by_role("button", name="Tạo khóa").click()
    page.locator(".spare-codes").wait_for()
    assert page.locator(".spare-codes li").count() == 10
    found["codes"] = faults_of(page, axe)
    spare = page.locator(".spare-codes code").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải về tệp").click()
    assert spare in download.value.path().read_text(encoding="utf-8")

    page.goto("/tai-khoan/bao-mat/ung-dung/")
    found["app"] = faults_of(page, axe)
    page.fill("[name=code]", _first_code(page))
    page.keyboard.press("Enter")
    page.wait_for_url("**/tai-khoan/bao-mat/")
    assert "Ứng dụng xác thực: đang bật" in page.inner_text("main")
    assert "Máy cơ quan" in page.inner_text("main")
    found["own, all on"] = faults_of(page, axe)

    _sign_out(page)
    give_password(page)
    found["step two"] = faults_of(page, axe)
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    page.wait_for_url("**/lam-viec/**")

    _sign_out(page)
    give_password(page)
    page.fill("[name=code]", code_of(user, steps=1))
    page.keyboard.press("Enter")
    page.wait_for_url("**/lam-viec/**")

    page.goto("/tai-khoan/xac-nhan-lai/?next=/tai-khoan/bao-mat/")
    found["confirm"] = faults_of(page, axe)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Xác nhận bằng khóa truy cập").click()
    page.wait_for_url("**/tai-khoan/bao-mat/")
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_the_way_to_the_service_and_back_is_not_stopped_by_our_own_policy(
    user: User, settings, live_server, browser: Browser
) -> None:
    """`form-action 'self'` holds for redirects too: Chromium would not follow a form to another host."""
    settings.SECOND_FACTOR_ROLES = frozenset()
    context = browser.new_context(base_url=live_server.url, locale="vi-VN")  # without the watch: another host is right
    complaints: list[str] = []
    with sign_on_service() as service:
        settings.SINGLE_SIGN_ON = service.settings()
        link(user, "cb-0042", by=user)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.goto("/tai-khoan/dang-nhap/?next=/tai-khoan/bao-mat/")
        page.get_by_role("button", name="Đăng nhập bằng VNeID thử").click()
        page.wait_for_url("**/tai-khoan/bao-mat/")
        assert "VNeID thử: đã nối" in page.inner_text("main")
    context.close()
    assert complaints == []


def _sign_out(page: Page) -> None:
    page.goto("/tai-khoan/dang-xuat/")
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name="Đăng xuất").click()


def _first_code(page: Page) -> str:
    """What an app shows that was given the secret of the page."""
    secret = re.sub(r"\s", "", page.locator(".one-time").inner_text())
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()) + 1))

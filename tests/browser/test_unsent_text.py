"""What somebody has typed is not lost with the session, and is nobody else's (cases T57, T20); and the page says in
time that the session will end.

Taken out once by hand, each of these fails the test named: the redirect's `Referer` (text comes back on the same page),
`TellWhatWasTaken` (a form that was taken stays empty), the key of the owner (another person sees nothing), the
comparison with what the page shows (a newer value is not overwritten), `X-By-Itself` (asking does not keep it alive).
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db.models import F
from playwright.sync_api import Page, expect

from tests.factories import PASSWORD, OrganiserFactory, UserFactory, person, sign_in
from units.enums import Role
from units.models import Membership, Session, User

KEPT = "JSON.stringify(Object.entries(localStorage).filter(([name]) => name.startsWith('draft:')))"
SAVED = re.compile(r"^Lưu")
TYPED = "Trần Thị Mai Lan"


class Place:
    """An administrator and the page on which the name of a colleague is changed."""

    def __init__(self) -> None:
        self.organiser = OrganiserFactory()
        self.admin = person(Role.ADMINISTRATOR, self.organiser, username="quan-tri")
        self.colleague = person(Role.COORDINATOR, self.organiser, username="lan", full_name="Trần Mai Lan")
        self.path = f"/lam-viec/{self.organiser.slug}/nguoi/{self.colleague.pk}/sua/"

    def enter(self, page: Page, user: User | None = None) -> Page:
        page.goto("/tai-khoan/dang-nhap/")
        cookie = sign_in(user or self.admin).cookies[settings.SESSION_COOKIE_NAME]
        address = page.evaluate("location.origin")
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        page.goto(self.path)
        return page

    def name_of_colleague(self) -> str:
        return User.objects.get(pk=self.colleague.pk).full_name


@pytest.fixture
def place(transactional_db: None) -> Place:
    return Place()


def name_in(page: Page):
    return page.get_by_label("họ và tên", exact=False).first


def kept(page: Page, count: int) -> None:
    """Wait until this many forms are kept in this browser (the page's policy lets no test watch by itself)."""
    for _ in range(100):
        if len(json.loads(page.evaluate(KEPT))) == count:
            return
        page.wait_for_timeout(50)
    raise AssertionError(page.evaluate(KEPT))


def type_name(page: Page, text: str = TYPED) -> None:
    name_in(page).fill(text)
    kept(page, 1)


def test_text_comes_back_on_the_same_page_after_the_session_died_and_is_forgotten_once_it_was_taken(
    place: Place, page: Page
) -> None:
    place.enter(page)
    type_name(page)
    Session.objects.all().delete()
    page.get_by_role("button", name=SAVED).click()
    expect(page.get_by_text("lần bấm vừa rồi chưa được ghi")).to_be_visible()
    expect(page.get_by_text("Phần đã gõ còn giữ trong trình duyệt này")).to_be_visible()
    assert place.name_of_colleague() == "Trần Mai Lan"

    page.get_by_label("Tên đăng nhập").fill("quan-tri")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page).to_have_url(re.compile(re.escape(place.path) + "$"))
    expect(name_in(page)).to_have_value(TYPED)
    expect(page.get_by_text(re.compile(r"Đã điền lại phần gõ lúc \d\d:\d\d, chưa được lưu"))).to_be_visible()

    page.get_by_role("button", name=SAVED).click()
    expect(page.get_by_text("Đã lưu.")).to_be_visible()
    assert place.name_of_colleague() == TYPED
    page.goto(place.path)
    expect(page.locator(".draft-note")).to_have_count(0)
    assert page.evaluate(KEPT) == "[]"


def test_a_form_that_was_taken_and_comes_back_empty_stays_empty(place: Place, page: Page) -> None:
    place.enter(page)
    page.goto(f"/lam-viec/{place.organiser.slug}/nguoi/them/")
    page.get_by_label("Tên đăng nhập").fill("moi.den")
    type_name(page, "Người mới đến")
    page.get_by_label("Vai trò", exact=True).select_option("coordinator")
    page.get_by_label("Đơn vị công tác").select_option(str(place.organiser.unit_id))
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text("Đã thêm Người mới đến")).to_be_visible()
    page.goto(f"/lam-viec/{place.organiser.slug}/nguoi/them/")
    kept(page, 0)
    expect(name_in(page)).to_have_value("")
    expect(page.locator(".draft-note")).to_have_count(0)


def test_text_of_a_closed_tab_is_offered_and_never_put_over_a_newer_value(place: Place, page: Page) -> None:
    place.enter(page)
    type_name(page)
    page.goto("about:blank")
    page.goto(place.path)
    expect(name_in(page)).to_have_value("Trần Mai Lan")
    offer = page.get_by_role("button", name=re.compile(r"Khôi phục phần đang gõ dở \(\d\d:\d\d\)"))
    expect(offer).to_be_visible()

    User.objects.filter(pk=place.colleague.pk).update(full_name="Trần Mai Liên")
    page.goto(place.path)
    expect(name_in(page)).to_have_value("Trần Mai Liên")
    expect(page.get_by_text("Nội dung trên cổng đã thay đổi từ lúc đó")).to_be_visible()
    page.get_by_role("button", name=re.compile("Khôi phục phần đang gõ dở")).press("Enter")
    expect(name_in(page)).to_have_value(TYPED)
    expect(page.locator(".draft-note")).to_have_count(0)


def test_text_survives_a_refused_request_and_may_be_thrown_away(place: Place, page: Page) -> None:
    place.enter(page)
    type_name(page)
    page.context.clear_cookies(name=settings.CSRF_COOKIE_NAME)
    page.get_by_role("button", name=SAVED).click()
    expect(page.get_by_text("Tải lại trang rồi làm lại thao tác")).to_be_visible()
    page.goto(place.path)
    expect(name_in(page)).to_have_value(TYPED)
    page.get_by_role("button", name="Bỏ, lấy lại nội dung đã lưu").click()
    expect(name_in(page)).to_have_value("Trần Mai Lan")
    kept(page, 0)


def test_another_person_at_the_same_computer_sees_nothing_and_three_days_or_a_sign_out_end_it(
    place: Place, page: Page
) -> None:
    other = UserFactory(username="khac")
    Membership.objects.create(user=other, organiser=place.organiser, unit=place.organiser.unit, role=Role.ADMINISTRATOR)
    place.enter(page)
    type_name(page)
    assert "Mai" not in page.evaluate(KEPT)

    place.enter(page, other)
    expect(name_in(page)).to_have_value("Trần Mai Lan")
    expect(page.locator(".draft-note")).to_have_count(0)
    name_in(page).fill("Của người khác")
    kept(page, 2)
    page.goto("/tai-khoan/dang-xuat/")
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("/")
    assert page.evaluate("Object.keys(localStorage).length") == 1

    place.enter(page)
    expect(page.get_by_role("button", name=re.compile("Khôi phục"))).to_be_visible()
    page.evaluate(
        """() => { for (const [name, text] of Object.entries(localStorage)) localStorage.setItem(name,
        JSON.stringify({...JSON.parse(text), at: Date.now() - 3 * 24 * 3600 * 1000 - 1})); }"""
    )
    page.goto(place.path)
    expect(page.locator(".draft-note")).to_have_count(0)
    assert page.evaluate(KEPT) == "[]"


def test_neither_a_password_nor_a_file_is_ever_kept(place: Place, page: Page) -> None:
    place.enter(page)
    page.goto("/tai-khoan/doi-mat-khau/")
    page.get_by_label("Mật khẩu đang dùng").fill("mat-khau-cua-toi")
    page.wait_for_timeout(400)
    page.goto(place.path)
    assert page.evaluate(KEPT) == "[]"


def test_the_page_says_five_minutes_before_and_going_on_is_one_press(
    place: Place, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    page.clock.install()
    place.enter(page)
    bar = page.locator(".session-bar")
    expect(bar).to_be_hidden()

    _minutes_pass(page, 20)
    expect(bar).to_be_hidden()
    _minutes_pass(page, 6)
    expect(bar).to_contain_text("Phiên làm việc sẽ kết thúc lúc")
    assert axe(page) == []
    before = Session.objects.get(user=place.admin).expire_date
    page.get_by_role("button", name="Tiếp tục làm việc").press("Enter")
    expect(bar).to_be_hidden()
    assert Session.objects.get(user=place.admin).expire_date > before

    # Somebody who types without sending is at work, without being asked.
    _minutes_pass(page, 16)
    name_in(page).press("End")
    page.clock.fast_forward(16_000)
    page.wait_for_timeout(200)
    _minutes_pass(page, 20)
    expect(bar).to_be_hidden()

    Session.objects.all().delete()
    page.clock.fast_forward(15 * 60 * 1000)
    expect(bar).to_contain_text("Phiên làm việc đã kết thúc")
    expect(page.get_by_role("link", name="Đăng nhập lại")).to_be_visible()


def test_public_pages_have_none_of_it(place: Place, page: Page) -> None:
    page.goto("/tai-khoan/dang-nhap/")
    assert page.locator("[data-session], [data-drafts-owner]").count() == 0
    assert page.evaluate("document.cookie") == ""


def _minutes_pass(page: Page, minutes: int) -> None:
    """On the server's clock and on the page's."""
    gone = datetime.timedelta(minutes=minutes)
    Session.objects.update(
        seen_at=F("seen_at") - gone, opened_at=F("opened_at") - gone, expire_date=F("expire_date") - gone
    )
    page.clock.fast_forward(minutes * 60 * 1000)

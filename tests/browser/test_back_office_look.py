"""The back office in a browser: our look, nothing against the content policy, readable by ear and on a phone."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.conf import settings
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.factories import OrganiserFactory, ProvinceFactory, UnitFactory, person, sign_in
from units.enums import Role
from units.models import Organiser

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OFFICE = "/quan-tri/units/"
PAGES = (f"{OFFICE}unit/?q=tho", f"{OFFICE}membership/add/", f"{OFFICE}unit/import/")


@pytest.fixture
def office(transactional_db: None, live_server, page: Page) -> Page:
    organiser: Organiser = OrganiserFactory(unit=ProvinceFactory(name="Tỉnh Thọ"), keeps_portal=True)
    UnitFactory(parent=organiser.unit, name="Xã Thọ Cũ", code="00123")
    cookie = sign_in(person(Role.ADMINISTRATOR, organiser)).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def faults_of(page: Page, axe: Callable[[Page], list[str]]) -> list[str]:
    found = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width}: {fault}" for fault in axe(page)]
        if page.evaluate(SIDEWAYS) > 0:
            found.append(f"{width}: sideways")
    return found


def test_the_pages_of_the_set_up_are_clean_wide_and_narrow(office: Page, axe) -> None:
    found = {}
    for path in ("", "don-vi/"):
        office.goto(f"/lam-viec/{Organiser.objects.get().slug}/thiet-lap/{path}")
        if faults := faults_of(office, axe):
            found[path] = faults
    assert found == {}


def test_lists_forms_and_imports_are_clean_wide_and_narrow(office: Page, axe) -> None:
    found = {}
    for path in PAGES:
        office.goto(path)
        if path.endswith("add/"):
            expect(office.locator(".select2-selection[data-named]").first).to_be_visible()
            assert not office.locator(".timezonewarning").first.is_visible(), "the portal has one time zone"
        if faults := faults_of(office, axe):
            found[path] = faults
    assert found == {}
    office.goto(PAGES[0])
    box = office.locator("#searchbar").bounding_box()
    assert box is not None
    assert box["width"] > 150, "a name can be read while it is typed on a phone"


def test_a_table_goes_out_and_its_difference_is_read_before_it_is_stored(office: Page, axe) -> None:
    office.goto(f"{OFFICE}unit/?q=00123")
    with office.expect_download() as download:
        office.get_by_role("link", name="Tải xuống Excel").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    book.worksheets[0]["C2"] = "Xã Thọ Mới"
    stream = io.BytesIO()
    book.save(stream)
    office.get_by_role("link", name="Nhập từ bảng").click()
    office.get_by_label("Bảng đơn vị tải từ cổng").check()
    office.get_by_label("Tệp (.xlsx hoặc .csv)").set_input_files(
        {"name": "don-vi.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": stream.getvalue()}
    )
    office.get_by_role("button", name="Kiểm tra tệp").click()
    expect(office.locator("del")).to_have_text("Xã Thọ Cũ")
    expect(office.locator("ins")).to_have_text("Xã Thọ Mới")
    assert faults_of(office, axe) == []
    office.get_by_role("button", name="Ghi vào danh mục").click()
    expect(office.get_by_text("sửa 1, giữ nguyên 0 đơn vị")).to_be_visible()


def test_what_is_typed_comes_back_and_the_end_of_the_session_is_told_there_too(office: Page, axe) -> None:
    office.goto(f"{OFFICE}unit/add/")
    office.locator("#id_name").fill("Xã Đang Gõ")
    office.wait_for_timeout(600)  # the text is written down when the keys rest
    office.reload()
    office.get_by_role("button", name="Khôi phục phần đang gõ dở").click()
    expect(office.locator("#id_name")).to_have_value("Xã Đang Gõ")
    office.reload()
    expect(office.locator(".draft-note")).to_contain_text("Có phần gõ dở chưa lưu.")
    office.evaluate("document.querySelector('.session-bar').hidden = false")
    assert faults_of(office, axe) == []

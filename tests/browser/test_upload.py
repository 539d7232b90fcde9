"""Files brought in at the page of a leaf, as a person with a slow line and a telephone does it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from scoring.enums import Phase
from scoring.models import Evidence, EvidenceFile
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.desk import Desk
from tests.year import Year, advance, build_year

DEMO = Path(settings.BASE_DIR) / "fixtures" / "demo" / "year" / "evidence"
REPORT, PLAN = DEMO / "sxd-bao-cao-quy-1.pdf", DEMO / "sxd-ke-hoach-kiem-tra.pdf"
UPLOAD = "**/tai-lieu/tai-len/"
SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
Expecting = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def year(transactional_db: None) -> Year:
    year = build_year()
    advance(year, Phase.SELF_ASSESSMENT)
    return year


def names() -> list[str]:
    return sorted(EvidenceFile.objects.values_list("name", flat=True))


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_three_files_at_once_one_refused_one_after_a_cut_connection(
    year: Year,
    open_page: Callable[..., Page],
    expecting: Expecting,
    axe: Callable[[Page], list[str]],
    tmp_path: Path,
    viewport: dict[str, int],
) -> None:
    page = open_page(viewport)
    desk = Desk(page, year, "a1").go("phieu/SOA/tc/1.1/")
    macro = tmp_path / "co-macro.docm"
    macro.write_bytes(b"PK")
    cut: list[str] = []

    def cut_the_plan_once(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        if PLAN.name.encode() in body and not cut:
            cut.append(PLAN.name)
            route.fetch()  # the server has stored it, and only its answer is lost
            route.abort("failed")
        else:
            route.continue_()

    page.route(UPLOAD, cut_the_plan_once)
    with expecting(page, 422, losses=True):
        desk.attach("Tải tệp lên", [REPORT, macro, PLAN])  # type: ignore[arg-type]
        expect(page.locator("[data-card]")).to_have_count(2, timeout=20_000)
    assert cut == [PLAN.name]
    assert names() == [REPORT.name, PLAN.name], "the retry stored nothing twice"
    refused = page.locator("[data-uploads] li")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("Không nhận tệp “co-macro.docm” vì có chứa macro.")
    expect(page.locator("[data-upload-said]")).to_have_text("Đã lưu 2 tệp. 1 tệp chưa lưu, xem lý do ở danh sách.")
    card = page.locator("[data-card]", has_text="sxd-bao-cao-quy-1").first
    expect(card.get_by_label("Số ký hiệu")).to_have_value("88/BC-SXD", timeout=15_000)
    expect(card).to_contain_text("Đề xuất từ tệp, xem lại rồi lưu.")
    assert not axe(page)
    assert page.evaluate(SIDEWAYS) <= 0
    assert not Evidence.objects.exclude(number="").exists(), "a proposal is stored by nobody but a person"
    card.get_by_role("button", name="Lưu thông tin").click()
    expect(page.locator("[data-card]", has_text="Số 88/BC-SXD, ngày 12/03/2026, Sở Xây dựng.")).to_have_count(1)
    saved = Evidence.objects.get(number="88/BC-SXD")
    assert (saved.issued_on, saved.version) == (datetime.date(2026, 3, 12), 2)
    page.get_by_role("button", name="Bỏ khỏi danh sách").click()
    expect(refused).to_have_count(0)


def test_a_file_that_the_leaf_lacked_changes_its_mark_in_the_heading_the_tree_and_the_foot(
    year: Year, open_page: Callable[..., Page]
) -> None:
    year.declare("1.1", inputs={"choice": "du"})
    page = open_page(DESKTOP)
    desk = Desk(page, year, "a1").go("phieu/SOA/tc/1.1/")
    heading, left = page.locator(".crit-grid > header .state"), page.locator(".foot-work .missing")
    here = page.locator(".only-wide .tree a[aria-current]")
    before = left.inner_text()
    expect(heading).to_have_text("thiếu minh chứng")
    desk.attach("Tải tệp lên", REPORT)
    expect(page.locator("[data-card]")).to_have_count(1, timeout=20_000)
    expect(heading).to_have_text("xong")
    expect(here).to_contain_text("xong")
    expect(left).not_to_have_text(before)
    expect(page.locator("[data-card]")).to_have_count(1)


def test_what_fails_three_times_waits_for_a_button_and_what_is_typed_beside_it_stays(
    year: Year, open_page: Callable[..., Page], expecting: Expecting, axe: Callable[[Page], list[str]]
) -> None:
    page = open_page(PHONE)
    desk = Desk(page, year, "a1").go("phieu/SOA/tc/1.2/")
    tries: list[str] = []

    def cut(route: Route) -> None:
        tries.append(route.request.method)
        route.abort("failed")

    page.route(UPLOAD, cut)
    with expecting(page, losses=True):
        desk.attach("Tải tệp lên", REPORT)
        again = page.get_by_role("button", name="Thử lại")
        expect(again).to_be_visible(timeout=15_000)
    assert len(tries) == 3
    assert not names()
    assert not axe(page)
    page.unroute(UPLOAD)
    again.click()
    expect(page.locator("[data-card]")).to_have_count(1, timeout=15_000)
    assert names() == [REPORT.name]


def test_a_page_of_the_file_is_looked_at_without_leaving_the_leaf(
    year: Year, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = open_page()
    desk = Desk(page, year, "a1").go("phieu/SOA/tc/1.1/")
    desk.attach("Tải tệp lên", DEMO / "sxd-ke-hoach-cchc-2026.pdf")
    page.get_by_role("link", name="Xem sxd", exact=False).click()
    box = page.get_by_role("dialog")
    expect(box.get_by_role("heading")).to_contain_text("trang 1/2")
    shown: Any = box.get_by_role("img", name="Trang 1 của")
    expect(shown).to_be_visible()
    page.wait_for_function("document.querySelector('dialog img').naturalWidth > 1000")
    assert not axe(page)
    box.get_by_role("link", name="Trang 2").click()
    expect(box.get_by_role("heading")).to_contain_text("trang 2/2")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    assert page.url.endswith("/phieu/SOA/tc/1.1/")


def test_without_a_script_the_form_brings_the_files_and_comes_back(year: Year, plain_page: Page) -> None:
    desk = Desk(plain_page, year, "a1").go("phieu/SOA/tc/1.1/")
    desk.attach("Tải tệp lên", [REPORT, PLAN]).press("Tải lên")  # type: ignore[arg-type]
    assert plain_page.url.endswith("/phieu/SOA/tc/1.1/")
    expect(plain_page.locator("[data-card]")).to_have_count(2)

"""Tasks of a unit in a real browser: made, given a document, on a phone, with and without script."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page, expect

from scoring.enums import Phase
from scoring.services.following_up import Task, add_file, make_task
from tests.browser.desk import Desk
from tests.thinning import SOAK
from tests.year import build_year

FILE = Path(settings.BASE_DIR) / "fixtures" / "demo" / "year" / "evidence" / "sxd-ke-hoach-kiem-tra.pdf"
SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
PHONE = {"width": 360, "height": 740}


def test_a_task_is_made_and_gets_its_document_without_script(
    transactional_db: None, open_page: Callable[..., Page]
) -> None:
    desk = Desk(open_page(PHONE, javascript=False), build_year(Phase.EXPLANATION), "a1").go("phieu/SOA/bang/")
    desk.follow("Việc theo dõi").follow("Lập việc theo dõi 1.2 Hoàn thành kế hoạch")
    desk.fill("Việc phải làm", "Gửi báo cáo quý đúng hạn").press("Lập việc theo dõi", answers=422)
    desk.page.get_by_label("Người làm").select_option("Người a1")
    desk.fill("Hạn", "30/06/2027").press("Lập việc theo dõi").sees("Đã lập việc theo dõi 1.2, hạn 30/06/2027.")
    desk.follow("1.2 Hoàn thành kế hoạch").attach("Tệp", FILE).press("Tải lên").sees("sxd-ke-hoach-kiem-tra")
    desk.page.get_by_label("Tình trạng").select_option("Đang làm")
    desk.press("Lưu việc theo dõi").sees("Đang làm · Người a1 · hạn 30/06/2027 · 1 tài liệu")


def test_the_pages_are_accessible_and_fit_a_phone(
    transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    year = build_year(Phase.EXPLANATION)
    task = Task("Gửi báo cáo quý đúng hạn, đủ phụ lục", year["a1"].pk, datetime.date(2026, 1, 5))
    row = make_task(year.a, year.leaves["1.2"], task, "0,80", by=year["a1"])
    add_file(row, SimpleUploadedFile(FILE.name, FILE.read_bytes()), "Báo cáo quý I", by=year["a1"])
    own = ["phieu/SOA/theo-doi/", f"phieu/SOA/theo-doi/{row.pk}/", "phieu/SOA/theo-doi/them/2.1/"]
    own += ["phieu/SOA/tc/1.2/tu-theo-doi/", "phieu/SOA/bang/"]
    for viewport in (PHONE, {"width": 1280, "height": 900}):
        for name, paths in (("a1", own), ("c", ["theo-doi/"])):
            desk = Desk(open_page(viewport), year, name)
            for path in paths:
                desk.go(path)
                desk.page.wait_for_load_state("networkidle")
                if viewport == PHONE or SOAK:
                    assert axe(desk.page) == [], path
                assert desk.page.evaluate(SIDEWAYS) <= 0, path
    expect(desk.page.get_by_role("rowheader", name="Sở An toàn")).to_be_visible()

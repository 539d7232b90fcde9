"""The hour as people meet it: a countdown by the server's clock, and the pages of a paper that came late."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Page, expect

from scoring.enums import Phase
from scoring.models import Window
from scoring.services.late_papers import Arrived, take_paper
from tests.browser.desk import Desk
from tests.scoring.evidence.samples import pdf
from tests.year import Year, build_year

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
DAY = datetime.timedelta(days=1)
FOOT = ".foot-work .hours"


def closing_in(year: Year, left: datetime.timedelta) -> None:
    year.move_window(Phase.SELF_ASSESSMENT, -5 * DAY, left)
    Window.objects.filter(group=year.group, phase=Phase.SELF_ASSESSMENT).update(grace_minutes=15)


def test_the_foot_counts_down_by_the_servers_clock_and_says_when_this_machine_is_wrong(
    transactional_db: None, open_page: Callable[..., Page]
) -> None:
    year = build_year()
    closing_in(year, datetime.timedelta(hours=3))
    desk = Desk(open_page(), year, "a1")
    desk.page.clock.set_fixed_time(timezone.now() + datetime.timedelta(minutes=12))
    desk.go("phieu/SOA/tc/1.1/")
    foot = desk.page.locator(FOOT)
    expect(foot).to_contain_text(re.compile(r"Còn 2:59:\d\d"))
    expect(foot).to_contain_text("Đồng hồ máy này nhanh 12 phút so với máy chủ.")


def test_the_hour_that_passes_while_the_page_is_open_is_told(
    transactional_db: None, open_page: Callable[..., Page]
) -> None:
    year = build_year()
    desk = Desk(open_page(), year, "a1")
    closing_in(year, datetime.timedelta(seconds=6))
    desk.go("phieu/SOA/")
    expect(desk.page.locator(FOOT)).to_contain_text("Đã hết hạn, còn nộp đến", timeout=15_000)
    assert "nhanh" not in desk.page.locator(FOOT).inner_text()


def test_pages_of_a_late_paper_are_accessible_and_fit_a_phone(
    transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    year = build_year()
    year.declare("1.1", inputs={"choice": "tre"})
    desk, unit = Desk(open_page(), year, "c"), Desk(open_page(), year, "a1")
    found = faults_of(unit, "phieu/SOA/", axe) | faults_of(unit, "phieu/SOA/kiem-tra/", axe)
    closing_in(year, -DAY)
    call_command("close_windows", verbosity=0)
    found |= faults_of(desk, "phieu/SOA/van-ban-den-muon/", axe) | faults_of(desk, "khoi/so/", axe)
    today, submission = timezone.localdate(), year.submission()
    arrived = Arrived("42/BC-SAT", today - DAY, today, "Mất mạng cả tuần")
    take_paper(submission, arrived, SimpleUploadedFile("a.pdf", pdf()), version=submission.version, by=year["c"])
    for path in ("phieu/SOA/van-ban-den-muon/", "phieu/SOA/van-ban-den-muon/tc/1.2/", "tien-do/SOA/", "buoc/"):
        found |= faults_of(desk, path, axe)
    desk.go("phieu/SOA/van-ban-den-muon/tc/1.2/").fill("Số đạt được", "45").fill("Tổng số", "50").press("Lưu 1.2")
    desk.sees("Đã nhập thay 1.2.", "Nhập thay theo văn bản số 42/BC-SAT")
    desk.fill("Ghi lại lý do nộp thay", "Có chữ ký, con dấu").press("Nộp thay")
    found |= faults_of(unit, "phieu/SOA/bien-nhan/1/", axe) | faults_of(unit, "phieu/SOA/tc/1.2/", axe)
    unit.sees("Nhập thay theo văn bản số 42/BC-SAT")
    assert found == {}


def faults_of(desk: Desk, path: str, axe: Callable[[Page], list[str]]) -> dict[str, list[str]]:
    """What is wrong with one page, by its address; nothing where nothing is."""
    desk.go(path)
    faults = axe(desk.page)
    desk.page.set_viewport_size({"width": 360, "height": 740})
    if desk.page.evaluate(SIDEWAYS) > 0:
        faults.append("wider than 360 px")
    desk.page.set_viewport_size({"width": 1280, "height": 900})
    return {path: faults} if faults else {}

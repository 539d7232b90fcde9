"""The portal is stopped in the middle of work and comes back, and the store of evidence is away for a while: nobody
loses a letter or a file, nobody signs in again, and each page says what is going on (case D25)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import modify_settings
from playwright.sync_api import Page, expect

from scoring.enums import Stage
from scoring.models import Evidence, EvidenceFile
from tests.browser.conftest import PHONE
from tests.browser.desk import Desk
from tests.crashes.granian import Production, in_production
from tests.crashes.server import free_port
from tests.year import Year, build_year

DEMO = Path(settings.BASE_DIR) / "fixtures" / "demo" / "year" / "evidence"
REPORT, PLAN = DEMO / "sxd-bao-cao-quy-1.pdf", DEMO / "sxd-ke-hoach-kiem-tra.pdf"
LEAF = "phieu/SOA/tc/1.2/"
SAVED = re.compile(r"Đã lưu \d\d:\d\d")
ON_THIS_COMPUTER = "Chưa lưu được – còn giữ trên máy này"
SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
Expecting = Callable[..., AbstractContextManager[None]]
Axe = Callable[[Page], list[str]]


class Restarting:
    """The server of deploy/ in the place of the usual one of these tests; what it keeps in memory goes with it."""

    _live_server_modified_settings: Any = modify_settings(ALLOWED_HOSTS={"append": "127.0.0.1"})

    def __init__(self, folder: Path) -> None:
        self._port, self._folder, self._stack = free_port(), folder, ExitStack()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._portal: Production = self._stack.enter_context(in_production(self._port, self._folder))

    def kill(self) -> None:
        self._portal.kill()

    def stop(self) -> None:
        self._stack.close()

    @property
    def store(self) -> Path:
        return self._folder / "evidence"


@pytest.fixture
def live_server(transactional_db: None, tmp_path: Path) -> Iterator[Restarting]:
    server = Restarting(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def year(live_server: Restarting) -> Year:
    return build_year()


def says(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.locator("[data-save-state]").first).to_have_text(words, timeout=30_000)


def fill(page: Page, reached: str, total: str) -> None:
    page.get_by_role("textbox", name="Số đạt được").fill(reached)
    page.get_by_role("textbox", name="Tổng số").fill(total)


def figures(year: Year) -> dict[str, str] | None:
    value = year.value("1.2", Stage.DECLARED)
    return value.inputs if value else None


def test_a_restart_in_the_middle_loses_no_letter_no_file_and_no_session(
    year: Year, live_server: Restarting, open_page: Callable[..., Page], expecting: Expecting, axe: Axe
) -> None:
    page = open_page()
    desk = Desk(page, year, "a1").go(LEAF)
    fill(page, "4", "5")
    says(page, SAVED)
    with expecting(page, losses=True):
        live_server.kill()
        fill(page, "3", "5")
        page.get_by_label("Giải thích thêm").fill("Gõ lúc cổng khởi động lại")
        desk.attach("Tải tệp lên", [REPORT, PLAN])  # type: ignore[arg-type]
        says(page, ON_THIS_COMPUTER)
        expect(page.locator("[data-uploads] li").first).to_contain_text("Chưa gửi được tệp: mất kết nối.")
        assert not axe(page)
        assert figures(year) == {"numerator": "4", "denominator": "5"}
        live_server.start()
        says(page, SAVED)
    again = page.get_by_role("button", name="Thử lại")
    while again.count():  # three tries had gone by before it came back
        again.first.click()
    expect(page.locator("[data-card]")).to_have_count(2, timeout=20_000)
    expect(page.locator("[data-uploads] li")).to_have_count(0)
    value = year.value("1.2", Stage.DECLARED)
    assert value is not None
    assert (value.inputs["numerator"], value.note) == ("3", "Gõ lúc cổng khởi động lại")
    assert sorted(EvidenceFile.objects.values_list("name", flat=True)) == [REPORT.name, PLAN.name]
    page.reload()
    expect(page.get_by_label("Giải thích thêm")).to_have_value("Gõ lúc cổng khởi động lại")
    assert page.url.endswith(LEAF), "nobody was asked to sign in"


@pytest.mark.parametrize("viewport", [PHONE], ids=["phone"])
def test_while_the_store_is_away_figures_are_stored_and_files_wait_with_a_button(
    year: Year,
    live_server: Restarting,
    open_page: Callable[..., Page],
    expecting: Expecting,
    axe: Axe,
    viewport: dict[str, int],
) -> None:
    page = open_page(viewport)
    desk = Desk(page, year, "a1").go(LEAF)
    desk.attach("Tải tệp lên", REPORT)
    expect(page.locator("[data-card]")).to_have_count(1, timeout=20_000)
    aside = live_server.store.rename(live_server.store.with_name("aside"))
    live_server.store.write_text("not a folder")
    with expecting(page, 503):
        desk.attach("Tải tệp lên", PLAN)
        again = page.get_by_role("button", name="Thử lại")
        expect(again).to_be_visible(timeout=20_000)
        waiting = page.locator("[data-uploads] li")
        expect(waiting).to_contain_text("kho tài liệu đang gián đoạn")
        fill(page, "4", "5")
        says(page, SAVED)
        assert figures(year) == {"numerator": "4", "denominator": "5"}
        assert (Evidence.objects.count(), not axe(page), page.evaluate(SIDEWAYS)) == (1, True, 0)
        page.get_by_role("link", name="Xem sxd", exact=False).click()
        box = page.get_by_role("dialog")
        expect(box).to_contain_text("Kho tài liệu tạm thời không trả lời")
        assert not axe(page)
        page.keyboard.press("Escape")
    live_server.store.unlink()
    aside.rename(live_server.store)
    again.click()
    expect(page.locator("[data-card]")).to_have_count(2, timeout=20_000)
    expect(waiting).to_have_count(0)
    assert sorted(EvidenceFile.objects.values_list("name", flat=True)) == [REPORT.name, PLAN.name]

"""Last year in the drawer of a leaf, as a person uses it again: fields are filled, and nothing is stored unasked."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from scoring.enums import Stage
from scoring.models import Evidence, Unfinished, Value
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.desk import Desk
from tests.scoring.last_year.two_years import TwoYears, build_two_years

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture
def years(transactional_db: None) -> TwoYears:
    return build_two_years()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_last_years_figures_are_put_in_marked_and_stored_by_the_person_alone(
    years: TwoYears, open_page: Callable[..., Page], axe: Callable[[Page], list[str]], viewport: dict[str, int]
) -> None:
    page = open_page(viewport)
    desk = Desk(page, years.this, "a1").go("phieu/SOA/tc/1.2/")
    drawer = page.locator("[data-last-year]")
    expect(drawer).to_contain_text("3,20 / 4,00 (−0,40)")
    expect(page.get_by_text("Năm 2026: 40")).to_be_visible()
    assert not axe(page)
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_role("button", name="Dùng lại số năm 2026: 50").click()
    expect(page.get_by_label("Tổng số")).to_have_value("50")
    expect(page.get_by_label("Số đạt được")).to_have_value("")
    page.get_by_role("link", name="Dùng lại số liệu năm 2026").click()
    expect(page.get_by_label("Số đạt được")).to_have_value("40")
    expect(page.get_by_text("Từ năm 2026 – hãy kiểm tra")).to_have_count(2)
    expect(page.locator("[data-save-state]")).to_have_text("Đã điền số năm 2026, chưa lưu. Kiểm tra rồi bấm Lưu.")
    expect(page.locator("[data-points]")).to_have_text("3,20 / 4,00")
    assert not axe(page)
    page.wait_for_timeout(1_500)  # longer than autosave waits
    assert not Value.objects.filter(participant=years.this.a).exists()
    assert not Unfinished.objects.exists()
    desk.press("Lưu")
    expect(drawer).to_contain_text("Năm 2026")
    stored = years.this.value("1.2", Stage.DECLARED)
    assert stored is not None
    assert stored.inputs == {"numerator": "40", "denominator": "50"}


def test_a_figure_that_is_mended_afterwards_is_stored_with_the_rest(
    years: TwoYears, open_page: Callable[..., Page]
) -> None:
    page = open_page(DESKTOP)
    Desk(page, years.this, "a1").go("phieu/SOA/tc/1.2/")
    page.get_by_role("link", name="Dùng lại số liệu năm 2026").click()
    expect(page.get_by_label("Số đạt được")).to_have_value("40")
    page.get_by_label("Số đạt được").fill("4")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã lưu", timeout=10_000)
    expect(page.get_by_text("Từ năm 2026 – hãy kiểm tra")).to_have_count(1)
    expect(page.locator("[data-warning]")).to_contain_text("năm 2026 là 40, năm nay 4, chỉ bằng 1/10.")
    stored = years.this.value("1.2", Stage.DECLARED)
    assert stored is not None
    assert stored.inputs == {"numerator": "4", "denominator": "50"}


def test_while_typing_has_no_answer_nothing_is_filled_that_would_be_stored_with_it(
    years: TwoYears,
    open_page: Callable[..., Page],
    expecting: Callable[..., AbstractContextManager[None]],
    axe: Callable[[Page], list[str]],
) -> None:
    page = open_page(PHONE)
    page.clock.install()
    Desk(page, years.this, "a1").go("phieu/SOA/tc/1.2/")
    reached, state = page.get_by_role("textbox", name="Số đạt được"), page.locator("[data-save-state]")
    expect(page.get_by_text("Năm 2026: 40")).to_be_visible()
    refused = page.get_by_role("alert").filter(has_text="Chưa điền số năm 2026, vì phần anh, chị vừa gõ chưa lưu được.")
    with expecting(page, losses=True):
        page.context.set_offline(True)
        reached.fill("7")
        page.get_by_role("link", name="Dùng lại số liệu năm 2026").click()
        expect(refused).to_be_visible()
        expect(reached).to_have_value("7")
        assert not axe(page)
        assert page.evaluate(SIDEWAYS) <= 0
        page.context.set_offline(False)
        expect(state).to_contain_text("Đang nhập dở – đã giữ", timeout=20_000)
    expect(refused).to_have_count(0)
    assert not Value.objects.filter(participant=years.this.a).exists()
    page.get_by_role("link", name="Dùng lại số liệu năm 2026").click()
    expect(reached).to_have_value("40")
    page.clock.fast_forward(60_000)
    expect(state).to_have_text("Đã điền số năm 2026, chưa lưu. Kiểm tra rồi bấm Lưu.")
    assert not Value.objects.filter(participant=years.this.a).exists()


def test_a_document_is_used_again_from_the_drawer(
    years: TwoYears, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    page = open_page(PHONE)
    desk = Desk(page, years.this, "a1").go("phieu/SOA/tc/1.1/")
    page.get_by_text("Còn hiệu lực – dùng lại").click()
    page.get_by_label("Văn bản còn hiệu lực").check()
    assert not axe(page)
    desk.press("Dùng lại cho 1.1")
    expect(page.locator("[data-card]")).to_contain_text("Dùng lại từ năm 2026, đơn vị xác nhận còn hiệu lực.")
    expect(page.locator("[data-last-year]")).to_contain_text("Đã dùng cho tiêu chí này năm nay.")
    assert Evidence.objects.filter(participant=years.this.a).count() == 1


def test_last_years_claim_is_put_in_with_its_reason_and_stored_by_the_person_alone(
    years: TwoYears, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    then = Value.objects.filter(participant=years.last.b, criterion=years.last.leaves["2.1"])
    then.exclude(stage=Stage.DECLARED).update(not_applicable=True, worth=None, points=None, inputs=None, reason="Đúng")
    desk = Desk(page, years.this, "b1").go("phieu/SOB/tc/2.1/")
    page.get_by_role("link", name="Dùng lại đề nghị không áp dụng năm 2026").click()
    expect(page.get_by_label("Đề nghị không áp dụng tiêu chí này")).to_be_checked()
    expect(page.get_by_label("Lý do không áp dụng")).to_have_value("Không ban hành văn bản")
    expect(page.locator("[data-save-state]")).to_contain_text("Đã điền đề nghị không áp dụng năm 2026, chưa lưu")
    assert not axe(page)
    page.wait_for_timeout(1_500)  # longer than autosave waits
    assert not Value.objects.filter(participant=years.this.b).exists()
    desk.press("Lưu")
    stored = years.this.value("2.1", Stage.DECLARED, years.this.b)
    assert stored is not None
    assert (stored.not_applicable, stored.reason) == (True, "Không ban hành văn bản")

"""A criteria set is built in a real browser: by keyboard alone, by dragging, with sums and points while one types."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, expect

from scoring.models import Campaign, CriteriaDraft
from scoring.services.criteria_drafts import annex_in, start_from_set
from scoring.services.criteria_import import import_set
from tests.factories import CampaignFactory, OrganiserFactory, person, sign_in
from tests.scoring.criteria.annexes import annex
from units.enums import Role
from units.models import User

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
BASE = "/lam-viec/quang-thu/ky/2026/soan-bo-tieu-chi/"


@pytest.fixture
def campaign(transactional_db: None) -> Campaign:
    return CampaignFactory(organiser=OrganiserFactory(slug="quang-thu"), code="2026", year=2026)


@pytest.fixture
def writer(campaign: Campaign) -> User:
    return person(Role.COORDINATOR, campaign.organiser)


@pytest.fixture
def desk(page: Page, writer: User) -> Page:
    page.goto("/tai-khoan/dang-nhap/")
    cookie = sign_in(writer).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": page.evaluate("location.origin")}])
    return page


def said(page: Page, text: str) -> None:
    expect(page.locator("[data-said]")).to_contain_text(text)


def codes(page: Page) -> list[str]:
    rows = page.locator("tr[data-node]").all()
    return [f"{one.locator('.c-code').inner_text()} {one.locator('.c-title input').input_value()}" for one in rows]


def row(page: Page, at: int) -> Locator:
    return page.locator("tr[data-node]").nth(at)


def test_a_set_is_built_by_keyboard_alone_with_sums_and_points_while_it_is_typed(desk: Page) -> None:
    keys = desk.keyboard
    desk.goto(BASE)
    desk.locator("#id_title").focus()
    keys.type("Bộ tiêu chí các sở")
    keys.press("Tab")
    keys.type("so")
    keys.press("Enter")
    desk.wait_for_url(f"**{BASE}so/**")

    desk.get_by_role("button", name="Lĩnh vực").focus()
    keys.press("Enter")
    said(desk, "Đã thêm 1.")
    keys.type("Cải cách thể chế")
    keys.press("Enter")
    said(desk, "Đã lưu 1 tiêu chí.")
    keys.press("Shift+Insert")
    said(desk, "Đã thêm 1.1.")
    keys.type("Báo cáo")
    keys.press("Tab")
    keys.type("60")
    expect(row(desk, 0)).to_contain_text("Cộng 60,00 / 100,00, thiếu 40,00")
    keys.press("Enter")
    said(desk, "Đã lưu 1 tiêu chí.")
    keys.press("Insert")
    said(desk, "Đã thêm 1.2.")
    keys.type("Kế hoạch")
    keys.press("Enter")
    said(desk, "Đã lưu 1 tiêu chí.")
    expect(row(desk, 0)).to_contain_text("đủ")

    keys.press("Alt+ArrowUp")
    said(desk, "“1.2 Kế hoạch” nay là 1.1.")
    assert codes(desk) == ["1 Cải cách thể chế", "1.1 Kế hoạch", "1.2 Báo cáo"]
    keys.press("Alt+ArrowLeft")
    said(desk, "nay là 2.")
    keys.press("Alt+ArrowRight")
    said(desk, "“2 Kế hoạch” nay là 1.2.")
    keys.press("Delete")
    said(desk, "Đã xóa “1.2 Kế hoạch”")
    keys.press("Control+z")
    said(desk, "Đã hoàn tác")
    assert codes(desk) == ["1 Cải cách thể chế", "1.1 Báo cáo", "1.2 Kế hoạch"]

    keys.press("Home")
    keys.press("ArrowLeft")
    assert row(desk, 0).get_attribute("aria-expanded") == "false"
    expect(row(desk, 1)).to_be_hidden()
    keys.press("ArrowRight")
    keys.press("ArrowDown")
    for _ in range(3):
        keys.press("Tab")
    keys.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("1.1 Báo cáo")

    desk.locator("select[name=kind]").focus()
    keys.type("Tỷ")
    expect(desk.locator("#id_q-floor")).to_be_visible()
    desk.locator("#id_q-floor").focus()
    keys.type("0,5")
    expect(desk.locator("[data-told]")).to_contain_text("dưới 50%")
    desk.locator("input[name=thu-numerator]").focus()
    keys.type("3")
    keys.press("Tab")
    keys.type("4")
    expect(desk.locator("[data-told]")).to_contain_text("45,00 / 60,00")
    desk.get_by_role("button", name="Lưu, sang 1.2").focus()
    keys.press("Enter")
    expect(desk.get_by_role("heading", level=1)).to_have_text("1.2 Kế hoạch")

    stored = annex_in(CriteriaDraft.objects.get())
    assert [(node.code, node.title, node.max_points) for node in stored.nodes] == [
        ("1", "Cải cách thể chế", "100"),
        ("1.1", "Báo cáo", "60"),
        ("1.2", "Kế hoạch", "40"),
    ]
    assert stored.nodes[1].rule == {"kind": "ratio", "floor": "0.5"}


def test_a_criterion_is_dragged_into_another_component(desk: Page, campaign: Campaign, writer: User) -> None:
    start_from_set(import_set(campaign, annex(), by=None, seen=None), by=writer)
    desk.goto(f"{BASE}xa/")
    grip = row(desk, 1).locator("[data-grip]").bounding_box()
    goal = row(desk, 4).bounding_box()
    assert grip
    assert goal

    desk.mouse.move(grip["x"] + 8, grip["y"] + 8)
    desk.mouse.down()
    desk.mouse.move(goal["x"] + 80, goal["y"] + goal["height"] / 2)
    desk.mouse.move(goal["x"] + 80, goal["y"] + goal["height"] - 4)
    expect(row(desk, 4)).to_have_class("depth-2 drop-below")
    desk.mouse.up()

    said(desk, "“1.1 Tiêu chí 1.1” nay là 2.2.")
    assert codes(desk) == [
        "1 Chỉ đạo, điều hành",
        "1.1 Tiêu chí 1.2",
        "2 Tác động",
        "2.1 Tiêu chí 2.1",
        "2.2 Tiêu chí 1.1",
    ]
    expect(desk.locator("tr.is-chosen")).to_contain_text("2.2")


def test_rows_of_a_rule_come_and_go_and_focus_stays_where_one_works(
    desk: Page, campaign: Campaign, writer: User
) -> None:
    draft = start_from_set(import_set(campaign, annex(), by=None, seen=None), by=writer)
    leaf = next(node for node in annex_in(draft).nodes if node.code == "1.1")
    desk.goto(f"{BASE}xa/muc/{leaf.permanent_id}/")

    desk.get_by_role("button", name="Thêm mức").press("Enter")
    expect(desk.locator("#id_q-options-3-label")).to_be_focused()
    desk.locator("#id_q-options-3-label").fill("Làm lại")
    desk.get_by_role("button", name="Đưa mức 4 lên trên").press("Enter")
    expect(desk.locator("#id_q-options-2-label")).to_have_value("Làm lại")
    desk.get_by_role("button", name="Bỏ mức 1").press("Enter")
    expect(desk.locator("#id_q-options-0-label")).to_have_value("Trễ hạn")
    expect(desk.locator("[data-told]")).to_contain_text("Quy tắc chưa dùng được")


def test_pages_of_the_editor_are_accessible_and_fit_a_phone(
    open_page: Callable[..., Page], desk: Page, campaign: Campaign, writer: User, axe: Callable[[Page], list[str]]
) -> None:
    draft = start_from_set(import_set(campaign, annex(), by=None, seen=None), by=writer)
    leaves = {node.code: node.permanent_id for node in annex_in(draft).nodes}
    found = {}
    for path in ("", "xa/", "xa/thong-tin/", "xa/xem-lai/", f"xa/muc/{leaves['1.1']}/", f"xa/muc/{leaves['1']}/"):
        desk.goto(BASE + path)
        faults = axe(desk)
        desk.set_viewport_size({"width": 360, "height": 740})
        if desk.evaluate(SIDEWAYS) > 0:
            faults.append("wider than 360 px")
        desk.set_viewport_size({"width": 1280, "height": 900})
        if faults:
            found[path] = faults
    assert found == {}

"""Pages of people and rights as an administrator sees them: accessible, silent, and not wider than a phone."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone
from playwright.sync_api import Page

from scoring.enums import Phase
from tests.browser.desk import Desk
from tests.factories import MembershipFactory, UnitFactory, UserFactory
from tests.year import build_year
from units.enums import Role
from units.files.people_list import WrittenRow
from units.models import PeopleImport
from units.services.delegation import delegate

SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
# By person: addresses below the organiser's own.
PAGES = {
    "s": [
        "nguoi/", "nguoi/?tim=khong-co-ai", "nguoi/them/", "nguoi/da-co/", "nguoi/{person}/", "nguoi/{person}/sua/",
        "nguoi/{person}/vai-tro/", "nguoi/{person}/vai-tro/{role}/ket-thuc/", "nguoi/{person}/ban-giao/", "bang-quyen/",
        "nguoi/{person}/khoa/", "nguoi/{person}/mat-khau/", "nguoi/{person}/phien/",
        "nguoi/moi/", "nguoi/moi-excel/", "nguoi/moi-excel/{table}/",
    ],
    "g1": ["uy-quyen/", "uy-quyen/{role}/"],
    "aH": ["../../tai-khoan/thong-bao/", "../../tai-khoan/thong-bao/cach-nhan/"],
    "g2": ["viec/"],
    "c": ["ky/2026/loi-nhac/", "bang-quyen/?vai_tro=council&buoc=council", "ky/2026/phan-cong/giao-tiep/"],
}  # fmt: skip


def test_pages_of_people_and_rights_are_accessible_and_fit_a_phone(
    transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    year = build_year(Phase.APPRAISAL)
    role, today = year["g1"].memberships.get(), timezone.localdate()
    delegate(role, year["g2"], first=today, last=today, reason="Nghỉ phép", by=year["g1"])
    MembershipFactory(user=UserFactory(password=None), organiser=year.organiser, role=Role.COUNCIL)
    rows = [WrittenRow(2, {"full_name": "Đinh Thị Út", "role": "Trưởng thôn"})]
    table = PeopleImport.objects.create(
        organiser=year.organiser,
        uploaded_by=year["s"],
        file_name="nguoi.xlsx",
        rows={"letters": {}, "rows": [row.to_json() for row in rows]},
    )
    numbers = {"person": year["g1"].pk, "role": role.pk, "table": table.pk}
    found = {}
    for name, paths in PAGES.items():
        desk = Desk(open_page(), year, name)
        for path in paths:
            desk.go("../../" + path.format(**numbers))
            faults = axe(desk.page)
            desk.page.set_viewport_size({"width": 360, "height": 740})
            if desk.page.evaluate(SIDEWAYS) > 0:
                faults.append("wider than 360 px")
            desk.page.set_viewport_size({"width": 1280, "height": 900})
            if faults:
                found[name, path] = faults
    assert found == {}


def test_somebody_new_comes_in_with_the_code_of_a_slip_by_keyboard_alone(
    transactional_db: None, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    newcomer = UserFactory(password=None, full_name="Đinh Thị Út", username="ut")
    MembershipFactory(user=newcomer, organiser=year.organiser, unit=year.a.unit, role=Role.UNIT_STAFF)
    desk = Desk(open_page(), year, "s")
    desk.go(f"../../nguoi/{newcomer.pk}/").press("Cấp mã một lần")
    code = desk.page.locator(".one-time").inner_text()
    assert axe(desk.page) == []

    page = open_page()
    page.goto("/tai-khoan/ma-mot-lan/")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.name") != "username":
        page.keyboard.press("Tab")
    page.keyboard.type("ut")
    page.keyboard.press("Tab")
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    page.wait_for_url("**/tai-khoan/dat-mat-khau/")
    assert axe(page) == []
    while page.evaluate("document.activeElement.name") != "password1":
        page.keyboard.press("Tab")
    page.keyboard.type("dong-lua-chin-2027")
    page.keyboard.press("Tab")
    page.keyboard.type("dong-lua-chin-2027")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bang/")
    assert "Đinh Thị Út" in page.locator("header").inner_text()


def test_the_only_unit_that_a_search_finds_is_chosen_and_one_that_does_not_match_is_not_sent(
    transactional_db: None, open_page: Callable[..., Page]
) -> None:
    year = build_year(Phase.SELF_ASSESSMENT)
    for number in range(13):
        UnitFactory(code=f"9{number:04d}", name=f"Xã Đồng {number}", parent=year.organiser.unit)
    desk = Desk(open_page(), year, "s")
    desk.go("../../nguoi/them/")
    search, chosen = desk.page.get_by_role("searchbox"), desk.page.locator("#id_unit option:checked")
    search.fill("dong 12")
    assert chosen.inner_text() == "Xã Đồng 12 (90012)"
    assert "Đang chọn: Xã Đồng 12" in desk.page.get_by_role("status").all_inner_texts()[-1]
    search.fill("xa dong")  # many: what is chosen is among them
    assert chosen.inner_text() == "Xã Đồng 12 (90012)"
    search.fill("khong co")
    assert chosen.inner_text() == "Chọn đơn vị"
    search.fill("90003")
    assert chosen.inner_text() == "Xã Đồng 3 (90003)"
    label, searched = (desk.page.locator(f"label[for={name}]").bounding_box() for name in ("id_unit", "tim-id_unit"))
    assert searched["y"] >= label["y"] + label["height"]

"""The main job in a real browser: a table from Excel becomes public, by two persons and by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.factories import OrganiserFactory, UnitFactory, person
from tests.thinning import SOAK
from units.enums import Role, UnitKind
from units.models import Organiser, User

TABLE = Path(settings.BASE_DIR) / "fixtures" / "past" / "binh-duong-2017.xlsx"
PASSWORD = "mat-khau-cua-hanh-trinh"
PUBLISHED = "/binh-duong/xep-hang/2017/huyen/"


@pytest.fixture
def binh_duong(transactional_db: None) -> Organiser:
    province = UnitFactory(code="74", name="Tỉnh Bình Dương", kind=UnitKind.PROVINCE)
    return OrganiserFactory(unit=province, slug="binh-duong", title="UBND tỉnh Bình Dương", place="tỉnh Bình Dương")


def known(username: str, role: Role, organiser: Organiser) -> User:
    user = person(role, organiser, username=username)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page: Page, user: User) -> Page:
    page.goto("/lam-viec/")
    page.get_by_label("Tên đăng nhập").fill(user.username)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    return page


def import_and_calculate(page: Page) -> None:
    page.get_by_role("link", name="Nhập bảng kết quả").first.click()
    page.get_by_label("Tệp").set_input_files(TABLE)
    page.get_by_role("button", name="Đọc tệp").click()
    expect(page.get_by_text("Thành phố Thủ Dầu Một").first).to_be_visible()
    page.get_by_role("button", name="Áp dụng bảng 2017").click()
    page.get_by_role("button", name="Tính kết quả").click()
    expect(page.get_by_role("heading", name="Lần tính 1")).to_be_visible()


def draft_and_sign(page: Page) -> str:
    """From the run to a publication with number and date; returns its address."""
    page.goto("/lam-viec/binh-duong/ky/2017/")
    page.get_by_role("link", name="Soạn bản công bố").click()
    page.get_by_role("button", name="Chốt và soạn bản công bố").click()
    page.get_by_role("button", name="Trình ký").click()
    page.get_by_role("textbox", name="Số quyết định").fill("1881/QĐ-UBND")
    page.get_by_role("textbox", name="Ngày quyết định").fill("06/08/2018")
    page.get_by_role("textbox", name="Cơ quan ban hành").fill("UBND tỉnh Bình Dương")
    page.get_by_role("button", name="Ghi số, ngày quyết định").click()
    expect(page.get_by_text("1881/QĐ-UBND").first).to_be_visible()
    return page.url


def approve(page: Page) -> None:
    page.get_by_label("Văn bản giấy khớp với bản đã chốt").check()
    page.get_by_label("Nhập lại mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Duyệt công bố").click()


def ranked(page: Page, unit: str, ranked_again: bool) -> None:
    """The coordinator takes a unit out of the ranking, or back into it."""
    page.goto("/lam-viec/binh-duong/ky/2017/")
    page.get_by_role("row", name=unit).get_by_role("link", name="Sửa").click()
    if ranked_again:
        page.get_by_label("Có, xếp hạng cùng khối").check()
    else:
        page.get_by_label("Không, chỉ đánh giá").check()
        page.get_by_label("Lý do không xếp hạng").fill("Thử sửa sau khi đã trình ký")
    page.get_by_role("button", name="Lưu việc xếp hạng").click()


def test_a_table_from_excel_becomes_public_by_two_persons(
    binh_duong: Organiser, open_page: Callable[..., Page]
) -> None:
    coordinator = sign_in(open_page(), known("dieuphoi", Role.COORDINATOR, binh_duong))
    import_and_calculate(coordinator)

    coordinator.get_by_role("link", name="Đối chiếu với bản in").first.click()
    expect(coordinator.get_by_text("78,39").first).to_be_visible()
    address = draft_and_sign(coordinator)

    # who drafted it is told that a second person is needed, and has no button
    expect(coordinator.get_by_role("button", name="Duyệt công bố")).to_have_count(0)
    visitor = open_page()
    assert_hidden(visitor, PUBLISHED)

    leader = sign_in(open_page(), known("lanhdao", Role.LEADER, binh_duong))
    leader.goto(address)
    # data change while the leader reads: what is approved would not be what stands
    ranked(coordinator, "Huyện Phú Giáo", ranked_again=False)
    with leader.expect_response(lambda response: response.request.method == "POST") as refused:
        approve(leader)
    assert refused.value.status == 409
    expect(leader.get_by_text("đã thay đổi").first).to_be_visible()
    ranked(coordinator, "Huyện Phú Giáo", ranked_again=True)

    leader.goto(address)
    approve(leader)
    leader.get_by_role("button", name="Công bố", exact=True).click()
    expect(leader.get_by_text("Đã công bố").first).to_be_visible()

    visitor.goto("/binh-duong/")
    visitor.get_by_role("link", name="Tải dữ liệu").first.click()
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="Bảng xếp hạng").first.click()
    assert_workbook_as_printed(Path(download.value.path()).read_bytes())
    visitor.goto(PUBLISHED)
    rows = visitor.locator(".rank-table tbody tr:not(.mean)")
    assert [row.locator(".c-rank").inner_text().strip() for row in rows.all()] == [str(rank) for rank in range(1, 10)]
    expect(rows.first).to_contain_text("84,58")
    expect(visitor.locator(".rank-table tr.mean")).to_contain_text("78,39")


def test_one_person_with_both_roles_cannot_approve_the_own_draft(
    binh_duong: Organiser, open_page: Callable[..., Page]
) -> None:
    both = known("haivai", Role.COORDINATOR, binh_duong)
    person_leads(both, binh_duong)
    page = sign_in(open_page(), both)
    import_and_calculate(page)
    draft_and_sign(page)
    expect(page.get_by_role("button", name="Duyệt công bố")).to_have_count(0)
    expect(page.get_by_text("Người soạn không được tự duyệt").first).to_be_visible()


def test_a_coordinator_of_another_province_finds_nothing(binh_duong: Organiser, open_page: Callable[..., Page]) -> None:
    coordinator = sign_in(open_page(), known("dieuphoi", Role.COORDINATOR, binh_duong))
    import_and_calculate(coordinator)
    address = draft_and_sign(coordinator)
    stranger = sign_in(open_page(), known("nguoila", Role.COORDINATOR, OrganiserFactory(slug="noi-khac")))
    campaign = "/lam-viec/binh-duong/ky/2017/"
    for hidden in (address, "/lam-viec/binh-duong/", campaign, f"{campaign}lan-tinh/1/"):
        assert_hidden(stranger, hidden)


def test_the_workspace_is_accessible_and_fits_a_phone_and_a_desk(
    binh_duong: Organiser, open_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    user = known("dieuphoi", Role.COORDINATOR, binh_duong)
    page = sign_in(open_page(), user)
    import_and_calculate(page)
    publication = draft_and_sign(page)
    campaign = "/lam-viec/binh-duong/ky/2017/"
    pages = [
        "/lam-viec/binh-duong/",
        "/lam-viec/binh-duong/nhap-ket-qua/",
        campaign,
        f"{campaign}thong-tin/",
        f"{campaign}nhat-ky/",
        f"{campaign}lan-tinh/1/",
        f"{campaign}lan-tinh/1/doi-chieu/",
        "/lam-viec/binh-duong/cong-bo/",
        publication,
    ]
    for address in pages:
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            if width == 360 or SOAK:
                assert axe(page) == [], (address, width)


def person_leads(user: User, organiser: Organiser) -> None:
    user.memberships.create(organiser=organiser, unit=organiser.unit, role=Role.LEADER)


def assert_hidden(page: Page, address: str) -> None:
    """404, and the very same page as for an address that nobody ever had."""
    answer, nonsense = page.request.get(address), page.request.get("/khong-he-co/trang-nay/")
    assert answer.status == nonsense.status == 404
    assert answer.body() == nonsense.body()


def assert_workbook_as_printed(content: bytes) -> None:
    book = load_workbook(BytesIO(content))
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "Thành phố Thủ Dầu Một" in texts
    assert {"84.58", "71.46"} <= texts

"""The units of an organiser that begins: from the official list, from the usual departments, from a table."""

from __future__ import annotations

import datetime
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from tests.database import fingerprint
from tests.factories import OrganiserFactory, ProvinceFactory, UnitFactory, person, sign_in
from units.enums import Role, UnitKind
from units.files.unit_table import template
from units.models import Organiser, TrailEntry, Unit, User
from units.vietnamese import format_date

HEADINGS = ("Mã", "Tên đơn vị", "Loại", "Thuộc đơn vị (mã)", "Từ ngày")


@pytest.fixture
def organiser(db) -> Organiser:
    return OrganiserFactory(unit=ProvinceFactory(code="51", name="Tỉnh Quảng Ngãi"), slug="quang-ngai")


@pytest.fixture
def office(organiser) -> Client:
    return sign_in(person(Role.ADMINISTRATOR, organiser))


def address(rest: str = "") -> str:
    return f"/lam-viec/quang-ngai/thiet-lap/don-vi/{rest}"


def workbook(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def upload(office: Client, content: bytes, name: str = "bang.xlsx"):
    return office.post(address("bang/"), {"file": SimpleUploadedFile(name, content)})


def test_the_communes_of_the_own_province_come_from_the_official_list_and_only_once(office, organiser) -> None:
    assert "96 xã, phường, đặc khu" in office.get(address()).content.decode()
    assert office.post(address("xa/")).status_code == 302
    assert organiser.unit.children.count() == 96
    assert Unit.objects.filter(kind=UnitKind.PROVINCE).count() == 1, "no other province came along"
    stand = list(Unit.objects.order_by("pk").values_list())
    office.post(address("xa/"))
    assert list(Unit.objects.order_by("pk").values_list()) == stand
    assert TrailEntry.objects.filter(action="units.import").count() == 2


def test_communes_that_ended_since_stay_ended_when_the_list_comes_in_again(office, organiser) -> None:
    office.post(address("xa/"))
    commune = organiser.unit.children.first()
    Unit.objects.filter(pk=commune.pk).update(valid_to="2026-03-01")
    assert office.post(address("xa/")).status_code == 302
    assert (organiser.unit.children.count(), organiser.unit.children.filter(code=commune.code).count()) == (96, 1)


def test_the_communes_are_joined_with_what_they_were_and_the_page_tells_what_did_not_match(office, organiser) -> None:
    refused = office.post(address("xa/don-vi-truoc/"))
    assert (refused.status_code, "Nhập xã, phường, đặc khu trước" in refused.content.decode()) == (409, True)
    office.post(address("xa/"))
    assert "Chưa xã nào ghi đơn vị trước" in office.get(address()).content.decode()
    page = office.post(address("xa/don-vi-truoc/"))
    assert page.status_code == 200
    assert "Thêm 2 tỉnh cũ," in page.content.decode()
    assert "Không khớp, chưa nối: 0." in page.content.decode()
    assert "96 xã, phường, đặc khu đã ghi đơn vị trước" in page.content.decode()
    commune = organiser.unit.children.get(name="Xã Ba Tơ")
    assert commune.predecessions.filter(predecessor__parent__name="Huyện Ba Tơ").exists()
    entry = TrailEntry.objects.get(action="units.import_reform")
    assert (entry.object_id, entry.actor, entry.data["province"]) == (
        str(organiser.unit_id), User.objects.get(), "51",
    )  # fmt: skip
    stand = fingerprint()
    assert "thêm 0 nối tiếp" in office.post(address("xa/don-vi-truoc/")).content.decode()
    assert fingerprint() == stand


def test_a_province_of_before_that_never_ended_stops_the_joining_in_a_sentence(office, organiser) -> None:
    UnitFactory(parent=organiser.unit)
    ProvinceFactory(code="62", name="Tỉnh Kon Tum", valid_from=datetime.date(2004, 1, 1))
    before = fingerprint()
    page = office.post(address("xa/don-vi-truoc/"))
    assert (page.status_code, "Tỉnh Kon Tum (mã 62) trong danh mục" in page.content.decode()) == (409, True)
    assert fingerprint() == before


def test_the_usual_departments_are_ticked_and_those_that_were_unticked_stay_away(office, organiser) -> None:
    page = office.get(address())
    assert page.context["departments"].initial["codes"][:2] == ["VPUB", "SNV"]
    assert "Văn phòng UBND tỉnh" in page.content.decode()
    office.post(address("so/"), {"codes": ["VPUB", "SNV"]})
    names = {unit.code: unit.name for unit in organiser.unit.children.all()}
    assert names == {"VPUB": "Văn phòng UBND tỉnh", "SNV": "Sở Nội vụ"}
    again = office.post(address("so/"), {"codes": ["SNV"]})
    assert again.status_code == 422, "what is there is not offered again"
    assert organiser.unit.children.count() == 2


def test_a_department_that_ended_is_offered_no_more_and_its_code_is_taken_from_that_day(office, organiser) -> None:
    office.post(address("so/"), {"codes": ["SNV", "STP"]})
    Unit.objects.filter(code="SNV").update(valid_to="2026-03-01")
    offered = office.get(address()).context["departments"].initial["codes"]
    assert ("SNV" in offered, "VPUB" in offered) == (False, True)
    begun = Unit.objects.get(code="SNV").valid_from
    page = upload(office, workbook(HEADINGS, ("SNV", "Sở Nội vụ", "Sở")))
    assert page.status_code == 422
    assert f"Mã SNV đã là của một đơn vị từ {format_date(begun)}, nay đã kết thúc." in page.content.decode()
    page = upload(office, workbook(HEADINGS, ("SNV", "Sở Nội vụ", "Sở", "", "01/03/2026")))
    assert office.post(address("bang/ap-dung/"), page.context["form"].initial).status_code == 302
    assert Unit.objects.filter(code="SNV").count() == 2


def test_a_table_is_previewed_then_added_once(office, organiser) -> None:
    page = upload(office, template())
    assert page.status_code == 422, "an example row hangs on a unit that is not there"
    assert "Không có đơn vị mã SKHCN để trực thuộc" in page.content.decode()
    office.post(address("so/"), {"codes": ["SKHCN"]})
    before = fingerprint()
    page = upload(office, template())
    assert (page.status_code, page.context["new_count"]) == (200, 3)
    assert fingerprint() == before
    sealed = page.context["form"].initial
    assert office.post(address("bang/ap-dung/"), sealed).status_code == 302
    assert Unit.objects.get(code="TTCNTT").parent.code == "SKHCN"
    assert Unit.objects.get(code="THUE").kind == UnitKind.VERTICAL_AGENCY
    entry = TrailEntry.objects.get(action="units.add_units")
    assert entry.data == {"codes": ["SDL", "THUE", "TTCNTT"], "sha256": sealed["sha256"]}
    own = TrailEntry.objects.get(action="units.add_unit", object_id=str(Unit.objects.get(code="TTCNTT").pk))
    assert own.data["after"]["parent"].startswith("Sở Khoa học"), "the history of each unit begins with it"
    stand = fingerprint()
    assert office.post(address("bang/ap-dung/"), sealed).status_code == 302
    assert fingerprint() == stand, "the second press adds nothing and says nothing"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("SDL", "", "Sở")], "Dòng 2, cột Tên đơn vị: đang trống."),
        ([("S D L", "Sở Du lịch", "Sở")], "“S D L” không phải là mã đơn vị"),
        ([("SDL", "Sở Du lịch", "Bộ")], "Dòng 2, cột Loại: “Bộ” không có"),
        ([("SDL", "Sở A", "Sở"), ("SDL", "Sở B", "Sở")], "Dòng 3, cột Mã: mã SDL đã có ở dòng 2."),
        ([("SDL", "Sở Du lịch", "Sở", "", "31/02/2025")], "Dòng 2, cột Từ ngày: Không có ngày"),
        ([("A", "A", "Sở", "B"), ("B", "B", "Sở", "A")], ""),
        ([("A", "A", "Sở", "A")], "Đơn vị không trực thuộc chính nó."),
        ([("SNV", "Sở Nội vụ mới", "Sở")], "Mã SNV đang là “Sở Nội vụ”"),
        ([("SDL", "=1+1", "Sở")], "ô là công thức chưa tính"),
        ([], "Tệp chỉ có dòng tiêu đề"),
    ],
)
def test_a_faulty_row_is_named_with_line_and_column_and_nothing_is_stored(office, organiser, rows, sentence) -> None:
    UnitFactory(code="SNV", name="Sở Nội vụ", kind=UnitKind.DEPARTMENT, parent=organiser.unit)
    before = fingerprint()
    page = upload(office, workbook(HEADINGS, *rows))
    if page.status_code == 200:  # a circle shows only when one is put below the other
        page = office.post(address("bang/ap-dung/"), page.context["form"].initial)
        assert (page.status_code, "vòng quanh" in page.content.decode()) == (409, True)
    else:
        assert page.status_code == 422
        assert sentence in page.content.decode()
    assert fingerprint() == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bang.xlsx", b"PK\x03\x04 hong"),
        ("bang.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100),
        ("bang.csv", b"\xff\xfe\x00"),
        ("bang.csv", "Mã;Tên\n1;2\n".encode()),
        ("bang.csv", b""),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(office, name, content) -> None:
    page = upload(office, content, name)
    assert page.status_code == 422
    assert "ệp" in page.content.decode()


def test_a_csv_does_as_well_as_a_workbook(office, organiser) -> None:
    page = upload(office, "mã;TÊN ĐƠN VỊ;loại\nSDL;Sở Du lịch;sở\n".encode("utf-8-sig"), "bang.csv")
    office.post(address("bang/ap-dung/"), page.context["form"].initial)
    assert organiser.unit.children.get().name == "Sở Du lịch"


def test_what_one_person_previewed_nobody_else_applies(office, organiser) -> None:
    """T04, T50: the preview is sealed for the person, the organiser and the bytes that were looked at."""
    sealed = upload(office, workbook(HEADINGS, ("SDL", "Sở Du lịch", "Sở"))).context["form"].initial
    colleague = sign_in(person(Role.ADMINISTRATOR, organiser))
    elsewhere = OrganiserFactory(slug="noi-khac")
    mine_too = sign_in(person(Role.ADMINISTRATOR, elsewhere))
    before = fingerprint()
    assert colleague.post(address("bang/ap-dung/"), sealed).status_code == 409
    assert mine_too.post("/lam-viec/noi-khac/thiet-lap/don-vi/bang/ap-dung/", sealed).status_code == 409
    assert office.post(address("bang/ap-dung/"), sealed | {"sha256": "0" * 64}).status_code == 409
    assert office.post(address("bang/ap-dung/"), sealed | {"staged": sealed["staged"][:-2] + "xx"}).status_code == 409
    assert fingerprint() == before


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LEADER, Role.UNIT_STAFF])
def test_others_of_the_organiser_bring_in_no_units(organiser, role) -> None:
    browser = sign_in(person(role, organiser))
    before = fingerprint()
    for rest in ("", "xa/", "xa/don-vi-truoc/", "so/", "bang/", "bang/ap-dung/"):
        assert browser.post(address(rest)).status_code == 403
    assert browser.get(address()).status_code == 403
    assert fingerprint() == before

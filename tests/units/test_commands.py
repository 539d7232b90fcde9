"""A production portal from nothing: units of the past, an organiser, its departments, the first administrator."""

from __future__ import annotations

import datetime
import json

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command

from tests.database import fingerprint
from tests.factories import OrganiserFactory, ProvinceFactory, person
from units import trail
from units.enums import Role, UnitKind
from units.models import Membership, Organiser, TrailEntry, Unit, User
from units.permissions import ADMINISTER, can


def test_units_of_the_past_are_there_with_their_days_and_only_once(db) -> None:
    for _ in range(2):
        call_command("import_past_units", verbosity=0)
    assert Unit.objects.filter(kind=UnitKind.PROVINCE, valid_to=datetime.date(2025, 7, 1)).count() == 63
    binh_duong = Unit.objects.get(code="74")
    assert [unit.code for unit in binh_duong.children.order_by("code")] == [str(code) for code in range(718, 727)]
    assert {unit.valid_to for unit in binh_duong.children.all()} == {datetime.date(2025, 7, 1)}
    assert Unit.objects.get(code="BNV").kind == UnitKind.MINISTRY
    assert TrailEntry.objects.count() == 1


def test_old_and_new_provinces_of_one_code_stand_side_by_side(db) -> None:
    ProvinceFactory(code="66", name="Tỉnh Đắk Lắk")
    call_command("import_past_units", verbosity=0)
    ends = sorted(str(unit.valid_to) for unit in Unit.objects.filter(code="66"))
    assert ends == ["2025-07-01", "None"]


@pytest.mark.parametrize(
    ("province", "thanh_tra"),
    [("Tỉnh Quảng Ngãi", "Thanh tra tỉnh"), ("Thành phố Đà Nẵng", "Thanh tra thành phố")],
)
def test_the_usual_departments_are_added_once_in_the_words_of_the_province(db, capsys, province, thanh_tra) -> None:
    ProvinceFactory(code="51", name=province)
    call_command("import_departments", "51")
    call_command("import_departments", "51")
    assert capsys.readouterr().out.splitlines() == [
        f"{province}: thêm 15 sở, ban, ngành, đã có sẵn 0.",
        f"{province}: thêm 0 sở, ban, ngành, đã có sẵn 15.",
    ]
    names = {unit.code: unit.name for unit in Unit.objects.filter(kind=UnitKind.DEPARTMENT)}
    assert len(names) == 15
    assert (names["SNV"], names["TTT"]) == ("Sở Nội vụ", thanh_tra)


def test_a_province_may_bring_its_own_departments_and_is_found_by_its_short_address(db, tmp_path) -> None:
    organiser = OrganiserFactory(slug="quang-ngai")
    file = tmp_path / "so.json"
    file.write_text(json.dumps([{"code": "SDL", "name": "Sở Du lịch"}]), encoding="utf-8")
    call_command("import_departments", "quang-ngai", file, verbosity=0)
    assert organiser.unit.children.get().name == "Sở Du lịch"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('[{"code": "a/b", "name": "Sở"}]', "Chưa thêm đơn vị nào. Mã chỉ gồm"),
        ('[{"code": "S1", "name": "Sở"}, {"code": "S2", "name": "Sở", "kind": "la"}]', "Chưa thêm đơn vị nào."),
        ('[{"name": "Sở"}]', "không đúng dạng"),
        ('["SNV"]', "không đúng dạng"),
        ("{", "không đúng dạng"),
    ],
)
def test_a_list_of_departments_with_a_fault_adds_nothing(db, tmp_path, content, sentence) -> None:
    ProvinceFactory(code="51")
    file = tmp_path / "so.json"
    file.write_text(content, encoding="utf-8")
    before = fingerprint()
    with pytest.raises(CommandError, match=sentence):
        call_command("import_departments", "51", file)
    assert fingerprint() == before


def test_departments_of_a_province_that_is_not_there_are_refused(db) -> None:
    with pytest.raises(CommandError, match="Không có tỉnh nào mang mã hoặc địa chỉ ngắn “99”"):
        call_command("import_departments", "99")


def test_an_organiser_takes_its_words_from_the_name_of_its_province(db) -> None:
    ProvinceFactory(code="51", name="Tỉnh Quảng Ngãi")
    ProvinceFactory(code="48", name="Thành phố Đà Nẵng")
    call_command("create_organiser", "51", verbosity=0)
    call_command("create_organiser", "48", slug="danang", verbosity=0)
    found = Organiser.objects.order_by("slug").values_list("slug", "title", "place")
    assert list(found) == [
        ("danang", "UBND thành phố Đà Nẵng", "thành phố Đà Nẵng"),
        ("quang-ngai", "UBND tỉnh Quảng Ngãi", "tỉnh Quảng Ngãi"),
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["51"], "Đơn vị này đã là nơi tổ chức. Địa chỉ ngắn này đã dùng cho nơi khác."),
        (["48", "--slug", "a/b"], "Địa chỉ ngắn chỉ gồm"),
        (["99"], "Không có tỉnh nào mang mã “99”"),
    ],
)
def test_an_organiser_that_cannot_be_is_refused_in_words(db, arguments, sentence) -> None:
    ProvinceFactory(code="51", name="Tỉnh Quảng Ngãi")
    ProvinceFactory(code="48", name="Thành phố Đà Nẵng")
    call_command("create_organiser", "51", verbosity=0)
    with pytest.raises(CommandError, match=sentence):
        call_command("create_organiser", *arguments)
    assert Organiser.objects.count() == 1


def test_the_first_administrator_gets_a_one_time_password_that_works(db, capsys, client) -> None:
    cache.clear()  # sign-ins of other tests from this address do not count here
    organiser = OrganiserFactory(slug="quang-ngai")
    call_command("create_administrator", "quantri", "--one-time", name="Lê Thị An", organiser="quang-ngai")
    password = capsys.readouterr().out.splitlines()[-1].removeprefix("Mật khẩu, chỉ in một lần: ")
    user = User.objects.get()
    assert can(user, ADMINISTER, organiser)
    assert not user.is_demo
    assert client.post("/tai-khoan/dang-nhap/", {"login": "quantri", "password": password}).status_code == 302
    own = {"oldpassword": password, "password1": "ruong-moi-2027-xyz", "password2": "ruong-moi-2027-xyz"}
    assert client.post(client.get("/quan-tri/")["Location"], own)["Location"] == "/quan-tri/"
    assert client.get("/quan-tri/").status_code == 200
    assert password not in str(list(TrailEntry.objects.values()))
    assert trail.verify() == []


def test_a_second_administrator_is_made_only_when_asked_for_by_name(db) -> None:
    organiser = OrganiserFactory()
    person(Role.ADMINISTRATOR, organiser)
    arguments = {"name": "Lê Văn Hai", "organiser": organiser.slug}
    with pytest.raises(CommandError, match="Cổng đã có người quản trị"):
        call_command("create_administrator", "hai", "--one-time", **arguments)
    call_command("create_administrator", "hai", "--one-time", "--again", **arguments)
    assert Membership.objects.filter(role=Role.ADMINISTRATOR).count() == 2


@pytest.mark.parametrize(
    ("username", "arguments", "sentence"),
    [
        ("có dấu", {}, "tên đăng nhập: Tên đăng nhập chỉ gồm chữ không dấu"),
        ("trung", {}, "Tên đăng nhập này đã có người dùng."),
        ("moi", {"name": "  "}, "họ và tên: "),
        ("moi", {"organiser": "khong-co"}, "Không có nơi tổ chức “khong-co”"),
        ("moi", {"email": "khong phai thu"}, "thư điện tử: "),
    ],
)
def test_an_administrator_that_cannot_be_is_refused_and_nobody_is_made(db, username, arguments, sentence) -> None:
    OrganiserFactory(slug="quang-ngai")
    person(username="trung")
    before = fingerprint()
    with pytest.raises(CommandError, match=sentence):
        call_command(
            "create_administrator", username, "--one-time", **{"name": "Lê", "organiser": "quang-ngai"} | arguments
        )
    assert fingerprint() == before


def test_without_a_keyboard_the_command_names_the_other_way(db) -> None:
    OrganiserFactory(slug="quang-ngai")
    with pytest.raises(CommandError, match="Thêm --one-time"):
        call_command("create_administrator", "quantri", name="Lê", organiser="quang-ngai")

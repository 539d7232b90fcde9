"""The reform of 01/07/2025: who ended, who followed whom and in which way, and what did not match."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.database import analyse, fingerprint
from tests.factories import ProvinceFactory, UnitFactory
from units.enums import SuccessionKind, UnitKind
from units.files.reform_list import COLUMNS
from units.models import TrailEntry, Unit, UnitSuccession

LISTS = Path(__file__).parents[2] / "fixtures" / "units"
REFORM = datetime.date(2025, 7, 1)
OLD = "51,Tỉnh Quảng Ngãi,527,Huyện Tư Nghĩa"
NEW = "51,Tỉnh Quảng Ngãi"


@pytest.fixture
def table(tmp_path):
    """Write rows as a table and give its path."""

    def write(*rows: str) -> Path:
        file = tmp_path / "sap-xep.csv"
        file.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
        return file

    return write


@pytest.fixture
def quang_ngai(db) -> Unit:
    """Today's province with four communes, their names as in the official list."""
    province = ProvinceFactory(code="51", name="Tỉnh Quảng Ngãi", valid_from=REFORM)
    for code, name in (("1", "Xã Một"), ("2", "Xã Hai"), ("3", "Xã Ba"), ("4", "Xã Bốn")):
        UnitFactory(code=code, name=name, parent=province)
    return province


def ways() -> set[tuple[str, str, str]]:
    """(old, new, kind) of every succession between communes or huyện."""
    rows = UnitSuccession.objects.exclude(predecessor__kind=UnitKind.PROVINCE)
    return set(rows.values_list("predecessor__code", "successor__code", "kind"))


def test_the_whole_country_is_joined_in_time_and_each_commune_of_a_province_lists_where_it_came_from(
    db, capsys
) -> None:
    call_command("import_units", LISTS / "vn_admin_units_2025-07-01.csv", verbosity=0)
    call_command("import_past_units", verbosity=0)
    began = time.monotonic()
    call_command("import_reform")
    assert time.monotonic() - began < 60
    analyse()
    out = capsys.readouterr().out
    assert "Thêm 0 tỉnh cũ, 663 đơn vị cấp huyện cũ, 10035 đơn vị cấp xã cũ" in out
    assert "Không khớp, chưa nối: 2." in out
    assert "Bảng ghi 06970 Xã Ba Chẽ, Tỉnh Quảng Ninh" in out
    assert "Danh mục có 06978 Xã Ba Chẽ cùng tỉnh, bảng không nhắc. Lần nhập này không nối 5 đơn vị cũ." in out
    assert not UnitSuccession.objects.filter(successor__code="06978").exists()
    assert Unit.objects.filter(valid_to=REFORM).count() == 63 + 696 + 10035
    today = Unit.objects.get(code="51", kind=UnitKind.PROVINCE, valid_to__isnull=True)
    assert {edge.predecessor.name for edge in today.predecessions.all()} == {"Tỉnh Quảng Ngãi", "Tỉnh Kon Tum"}
    assert today.children.count() == 96
    assert not today.children.filter(predecessions__isnull=True).exists()
    came_from = Unit.objects.filter(successions__successor__parent=today)
    assert set(came_from.values_list("parent__parent__name", flat=True)) == {"Tỉnh Quảng Ngãi", "Tỉnh Kon Tum", None}
    ly_son = UnitSuccession.objects.get(successor__name="Đặc khu Lý Sơn")
    assert (ly_son.predecessor.name, ly_son.kind) == ("Huyện Lý Sơn", SuccessionKind.UPGRADE)
    before = fingerprint()
    call_command("import_reform", verbosity=0)
    assert fingerprint() == before


def test_the_way_a_unit_went_follows_from_the_rows(quang_ngai, table) -> None:
    call_command(
        "import_reform",
        table(
            f"{OLD},11,Xã Một,False,{NEW},1,Xã Một,Xã",
            f"{OLD},12,Xã Cũ,False,{NEW},2,Xã Hai,Xã",
            f"{OLD},13,Thị trấn Ba,False,{NEW},3,Xã Ba,Xã",
            f"{OLD},14,Xã Bốn,True,{NEW},4,Xã Bốn,Xã",
            f"{OLD},14,Xã Bốn,True,{NEW},5,Phường Năm,Phường",
            f"{OLD},15,Phường Sáu,False,{NEW},4,Xã Bốn,Xã",
        ),
        verbosity=0,
    )
    assert ways() == {
        ("11", "1", "continuation"),
        ("12", "2", "renaming"),
        ("13", "3", "upgrade"),
        ("14", "4", "split"),
        ("15", "4", "merger"),
    }
    old = Unit.objects.get(code="13")
    assert (old.kind, old.parent.name, old.valid_from, old.valid_to, old.name_fold) == (
        UnitKind.TOWNSHIP, "Huyện Tư Nghĩa", datetime.date(2004, 1, 1), REFORM, "thi tran ba",
    )  # fmt: skip
    province = UnitSuccession.objects.get(successor=quang_ngai)
    assert (province.kind, province.document) == (SuccessionKind.CONTINUATION, "Nghị quyết 202/2025/QH15")
    assert not UnitSuccession.objects.exclude(successor=quang_ngai).exclude(document="").exists()


def test_units_that_are_known_are_ended_and_joined_instead_of_made_twice(quang_ngai, table) -> None:
    days = {"valid_from": datetime.date(2004, 1, 1)}
    province = ProvinceFactory(code="51", name="Tỉnh Quảng Ngãi", valid_to=REFORM, **days)
    district = UnitFactory(code="527", name="Huyện Tư Nghĩa", kind=UnitKind.DISTRICT, parent=province, **days)
    call_command("import_reform", table(f"{OLD},11,Xã Một,False,{NEW},1,Xã Một,Xã"), verbosity=0)
    district.refresh_from_db()
    assert district.valid_to == REFORM
    assert [unit.name for unit in district.children.all()] == ["Xã Một"]
    assert Unit.objects.filter(code="51").count() == 2


def test_what_the_catalogue_lacks_is_told_with_what_could_be_meant_and_joined_only_when_asked(
    quang_ngai, table, capsys, tmp_path
) -> None:
    file = table(f"{OLD},11,Xã Một,False,{NEW},77,Xã Hai,Xã", f"{OLD},12,Xã Tám,False,{NEW},1,Phường Một,Phường")
    report = tmp_path / "bao-cao.txt"
    call_command("import_reform", file, report=report)
    told = capsys.readouterr().out
    assert "Bảng ghi 77 Xã Hai, Tỉnh Quảng Ngãi (từ dòng 2); danh mục không có mã này." in told
    assert "Danh mục có 2 Xã Hai cùng tỉnh, bảng không nhắc. Lần nhập này không nối 1 đơn vị cũ." in told
    assert "Bảng ghi 1 Phường Một (Phường); danh mục ghi 1 Xã Một (Xã), Tỉnh Quảng Ngãi." in told
    assert report.read_text(encoding="utf-8") == told
    assert {pair[:2] for pair in ways()} == {("12", "1")}
    call_command("import_reform", file, same=["77=2"], verbosity=0)
    assert {pair[:2] for pair in ways()} == {("12", "1"), ("11", "2")}
    assert TrailEntry.objects.filter(action="units.import_reform").last().data["same"] == {"77": "2"}


def test_a_code_that_stands_in_another_province_is_not_joined(quang_ngai, table, capsys) -> None:
    ProvinceFactory(code="66", name="Tỉnh Đắk Lắk", valid_from=REFORM)
    call_command("import_reform", table(f"{OLD},11,Xã Một,False,66,Tỉnh Đắk Lắk,1,Xã Một,Xã"))
    assert ways() == set()
    assert "Bảng ghi 1 Xã Một, Tỉnh Đắk Lắk" in capsys.readouterr().out


def test_a_province_that_the_catalogue_lacks_is_told_once(quang_ngai, table, capsys) -> None:
    rows = [f"{OLD},1{n},Xã {n},False,66,Tỉnh Đắk Lắk,9{n},Xã {n},Xã" for n in (1, 2)]
    call_command("import_reform", table(*rows))
    out = capsys.readouterr().out
    assert out.count("Đắk Lắk") == 1
    assert "Danh mục không có Tỉnh Đắk Lắk (mã 66) từ 01/07/2025." in out


@pytest.mark.parametrize(
    ("same", "sentence"),
    [
        ("x", "--same viết như 06970=06978"),
        ("9=2", "Bảng không có đơn vị mới mã 9."),
        ("1=99", "Danh mục không có đơn vị mã 99 của Tỉnh Quảng Ngãi."),
    ],
)
def test_a_pair_of_codes_that_cannot_be_is_refused(quang_ngai, table, same, sentence) -> None:
    before = fingerprint()
    with pytest.raises(CommandError, match=sentence):
        call_command("import_reform", table(f"{OLD},11,Xã Một,False,{NEW},1,Xã Một,Xã"), same=[same])
    assert fingerprint() == before


def test_a_province_of_before_that_never_ended_is_refused_with_the_way_out(quang_ngai, table) -> None:
    ProvinceFactory(code="51", name="Tỉnh Quảng Ngãi (cũ)", valid_from=datetime.date(2004, 1, 1))
    before = fingerprint()
    with pytest.raises(CommandError, match=r"có từ 01/01/2004, chưa kết thúc\. Ghi “đến trước ngày” 01/07/2025"):
        call_command("import_reform", table(f"{OLD},11,Xã Một,False,{NEW},1,Xã Một,Xã"))
    assert fingerprint() == before


def test_without_the_official_list_nothing_is_imported(db, table) -> None:
    with pytest.raises(CommandError, match="Nhập danh mục mới bằng import_units trước"):
        call_command("import_reform", table(f"{OLD},11,Xã Một,False,{NEW},1,Xã Một,Xã"))
    assert not Unit.objects.exists()


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        ([f"{OLD},11,Xã Một,False,{NEW},,Xã,Xã"], ["Dòng 2: cột new_unit_code đang trống."]),
        (
            [f"{OLD},,Xã Một,False,{NEW},1,Xã,Xã"],
            ["Dòng 2: cột old_ward_code và old_ward phải cùng có hoặc cùng trống."],
        ),
        ([f"{OLD},1/1,Xã Một,False,{NEW},1,Xã,Xã"], ["Dòng 2, cột old_ward_code: “1/1” không phải là mã đơn vị."]),
        (
            [f"{OLD},11,Ấp Một,False,{NEW},1,Xã,Xã"],
            ["Dòng 2: tên cũ “Ấp Một” phải bắt đầu bằng Xã, Phường hoặc Thị trấn."],
        ),
        (
            [f"{OLD},11,Xã Một,có,{NEW},1,Xã,Bản"],
            [
                "Dòng 2: cột old_ward_divided chỉ nhận True hoặc False.",
                "Dòng 2: loại “Bản” không có; dùng Xã, Phường hoặc Đặc khu.",
            ],
        ),
        (
            [f"{OLD},11,Xã Một,False,{NEW},1,Xã,Xã", f"{OLD},11,Xã Một,False,{NEW},1,Xã,Xã"],
            ["Dòng 3: trùng dòng 2 (đơn vị cũ 11, mới 1)."],
        ),
        (
            [f"{OLD},11,Xã Một,False,{NEW},1,Xã,Xã", f"{OLD},12,Xã Hai,False,{NEW},1,Xã Khác,Xã"],
            ["Dòng 3: mã 1 ghi “Xã Khác”, dòng trên ghi “Xã”. Sửa cho thống nhất."],
        ),
        (
            [f"{OLD},11,Xã {'x' * 200},False,{NEW},1,Xã,Xã"],
            ["Dòng 2, cột old_ward: dài quá 200 ký tự."],
        ),
    ],
)
def test_every_fault_of_the_table_is_told_and_nothing_is_stored(quang_ngai, table, rows, sentences) -> None:
    before = fingerprint()
    with pytest.raises(CommandError) as refused:
        call_command("import_reform", table(*rows))
    assert str(refused.value).splitlines() == ["Chưa nhập dòng nào. Cần sửa:", *sentences]
    assert fingerprint() == before


def test_one_province_of_today_can_come_in_alone(quang_ngai, table, capsys) -> None:
    rows = table(
        f"{OLD},1,Xã Cũ,False,{NEW},1,Xã Một,Xã",
        "62,Tỉnh Kon Tum,608,Thành phố Kon Tum,9,Phường Cũ,False,51,Tỉnh Quảng Ngãi,1,Xã Một,Xã",
        "01,Thành phố Hà Nội,001,Quận Ba Đình,7,Phường Bảy,False,01,Thành phố Hà Nội,70,Phường Mới,Phường",
    )
    call_command("import_reform", rows, province="51")
    assert "Hà Nội" not in capsys.readouterr().out
    assert ways() == {("1", "1", "merger"), ("9", "1", "merger")}
    with pytest.raises(CommandError, match="Bảng không có tỉnh, thành phố mã 52"):
        call_command("import_reform", rows, province="52")

"""The official list of units: as it is, again, renamed, and with every kind of fault."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.database import fingerprint
from tests.factories import ProvinceFactory, UnitFactory
from units.enums import SuccessionKind, UnitKind
from units.files import official_list
from units.models import TrailEntry, Unit, UnitSuccession

LISTS = Path(__file__).parents[2] / "fixtures" / "units"
HEADER = "province_code,province_full_name,unit_code,unit_full_name,unit_type"
LATER = datetime.date(2026, 3, 1)
GOOD = "51,Tỉnh Quảng Ngãi,25171,Xã Ba Tơ,Xã"


def write(tmp_path: Path, *rows: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    file = tmp_path / "danh-muc.csv"
    file.write_text("\n".join([header, *rows]) + "\n", encoding=encoding)
    return file


def test_the_whole_country_comes_in_as_it_is_circulated_and_twice_without_a_duplicate(db, capsys) -> None:
    began = time.monotonic()
    for _ in range(2):
        call_command("import_units", LISTS / "vn_admin_units_2026-04-30.csv")
    assert time.monotonic() - began < 30
    assert Unit.objects.filter(kind=UnitKind.PROVINCE).count() == 34
    assert Unit.objects.filter(kind__in=official_list.KINDS.values()).count() == 3321
    first, second = capsys.readouterr().out.splitlines()
    assert "thêm 3321, sửa 0, giữ nguyên 0 đơn vị" in first
    assert "thêm 0, sửa 0, giữ nguyên 3321 đơn vị" in second
    special_zone = Unit.objects.get(kind=UnitKind.SPECIAL_ZONE, name="Đặc khu Lý Sơn")
    assert special_zone.parent.name == "Tỉnh Quảng Ngãi"
    assert special_zone.valid_from == datetime.date(2025, 7, 1)
    assert TrailEntry.objects.filter(action="units.import").count() == 2


def test_a_newer_list_renames_in_place_and_says_what_it_renamed(db, tmp_path, capsys) -> None:
    call_command("import_units", write(tmp_path, GOOD, "51,Tỉnh Quảng Ngãi,25172,Xã Ba Vì,Xã"))
    before = Unit.objects.get(code="25171").pk
    call_command(
        "import_units",
        write(tmp_path, "51,Tỉnh Quảng Ngãi mới,25171,Phường Ba Tơ,Phường", "51,Tỉnh Quảng Ngãi mới,25172,Xã Ba Vì,Xã"),
    )
    unit = Unit.objects.get(code="25171")
    assert (unit.pk, unit.name, unit.kind, unit.name_fold) == (before, "Phường Ba Tơ", UnitKind.WARD, "phuong ba to")
    assert Unit.objects.filter(name="Tỉnh Quảng Ngãi mới").count() == 1
    out = capsys.readouterr().out
    assert "thêm 0, sửa 1, giữ nguyên 1 đơn vị" in out
    assert "Đổi tên: Xã Ba Tơ → Phường Ba Tơ" in out


def test_a_commune_that_moved_to_another_province_moves(db, tmp_path) -> None:
    call_command("import_units", write(tmp_path, GOOD))
    call_command("import_units", write(tmp_path, "66,Tỉnh Đắk Lắk,25171,Xã Ba Tơ,Xã"))
    assert Unit.objects.get(code="25171").parent.name == "Tỉnh Đắk Lắk"


def test_units_that_the_list_does_not_name_stay_and_are_counted(db, tmp_path, capsys) -> None:
    call_command("import_units", write(tmp_path, GOOD, "51,Tỉnh Quảng Ngãi,25172,Xã Ba Vì,Xã"))
    call_command("import_units", write(tmp_path, GOOD))
    assert Unit.objects.filter(code="25172").exists()
    assert "1 đơn vị đang có trong danh mục không có trong tệp, được giữ nguyên." in capsys.readouterr().out


def test_the_old_province_of_the_same_code_is_not_touched(db, tmp_path) -> None:
    old = ProvinceFactory(
        code="66", name="Tỉnh Đắk Lắk (cũ)", valid_from=datetime.date(2004, 1, 1), valid_to=datetime.date(2025, 7, 1)
    )
    call_command("import_units", write(tmp_path, "66,Tỉnh Đắk Lắk,24133,Xã Ea Súp,Xã"))
    old.refresh_from_db()
    assert (old.name, old.children.count()) == ("Tỉnh Đắk Lắk (cũ)", 0)
    assert Unit.objects.filter(code="66", kind=UnitKind.PROVINCE).count() == 2


@pytest.fixture
def merged(db, tmp_path) -> Path:
    """A list; since it came in, Ba Tơ was merged into Ba Vì on the portal, and Ba Dinh was renamed with its code."""
    file = write(tmp_path, GOOD, "51,Tỉnh Quảng Ngãi,25172,Xã Ba Vì,Xã", "51,Tỉnh Quảng Ngãi,25173,Xã Ba Dinh,Xã")
    call_command("import_units", file)
    old, into, was = Unit.objects.filter(parent__isnull=False).order_by("code")
    now = UnitFactory(code="25173", name="Xã Ba Đình", parent=was.parent, valid_from=LATER)
    Unit.objects.filter(pk__in=[old.pk, was.pk]).update(valid_to=LATER)
    for one, other, kind in ((old, into, SuccessionKind.MERGER), (was, now, SuccessionKind.RENAMING)):
        UnitSuccession.objects.create(predecessor=one, successor=other, kind=kind, date=LATER)
    return file


def test_what_ended_or_was_renamed_on_the_portal_is_not_brought_back_by_the_list(merged, capsys) -> None:
    before = list(Unit.objects.order_by("pk").values_list())
    capsys.readouterr()
    call_command("import_units", merged)
    assert list(Unit.objects.order_by("pk").values_list()) == before
    out = capsys.readouterr().out
    assert "thêm 0, sửa 0, giữ nguyên 3 đơn vị" in out
    assert "Đổi tên" not in out
    assert "tệp ghi khác, được giữ nguyên: Xã Ba Đình (25173)." in out


def test_a_unit_that_others_went_into_later_is_still_spelled_as_a_newer_list_has_it(merged, tmp_path) -> None:
    call_command("import_units", write(tmp_path, "51,Tỉnh Quảng Ngãi,25172,Xã Ba Vi,Xã"))
    assert Unit.objects.get(code="25172").name == "Xã Ba Vi"


def test_a_province_that_ended_gets_no_communes(db, tmp_path) -> None:
    ProvinceFactory(code="51", name="Tỉnh Quảng Ngãi", valid_from=datetime.date(2025, 7, 1), valid_to=LATER)
    before = list(Unit.objects.values_list())
    call_command("import_units", write(tmp_path, GOOD))
    assert list(Unit.objects.values_list()) == before


@pytest.mark.parametrize(
    ("rows", "sentences"),
    [
        (["51,Tỉnh Quảng Ngãi,,Xã Ba Tơ,Xã"], ["Dòng 2: cột unit_code đang trống."]),
        (["51,Tỉnh Quảng Ngãi"], [f"Dòng 2: cột {name} đang trống." for name in HEADER.split(",")[2:]]),
        (["51,Tỉnh Quảng Ngãi,../../x,Xã,Xã"], ["Dòng 2, cột unit_code: “../../x” không phải là mã đơn vị."]),
        (["5/1,Tỉnh Quảng Ngãi,25171,Xã,Xã"], ["Dòng 2, cột province_code: “5/1” không phải là mã đơn vị."]),
        (["51,Tỉnh,25171,Ba Tơ,Huyện"], ["Dòng 2: loại “Huyện” không có; dùng Xã, Phường hoặc Đặc khu."]),
        (["51,Tỉnh,25171," + "x" * 201 + ",Xã"], ["Dòng 2, cột unit_full_name: tên dài quá 200 ký tự."]),
        ([GOOD, GOOD], ["Dòng 3: mã 25171 đã có ở dòng 2."]),
        (
            [GOOD, "51,Tỉnh Khác,25172,Xã Ba Vì,Xã"],
            ["Dòng 3: mã tỉnh 51 ghi “Tỉnh Khác”, dòng 2 ghi “Tỉnh Quảng Ngãi”. Sửa cho thống nhất."],
        ),
        ([GOOD + ",thừa"], ["Dòng 2: có 6 ô, dòng đầu chỉ có 5 cột."]),
        (['51,"Tỉnh" Quảng,25171,Xã,Xã'], ["Dòng 2: dấu nháy kép hoặc ô dài bất thường, không tách được cột."]),
        ([], ["Tệp chỉ có dòng tiêu đề, chưa có đơn vị nào."]),
    ],
)
def test_every_fault_is_told_by_row_value_and_reason_and_nothing_is_stored(db, tmp_path, rows, sentences) -> None:
    before = fingerprint()
    with pytest.raises(CommandError) as refused:
        call_command("import_units", write(tmp_path, *rows))
    assert str(refused.value).splitlines() == ["Chưa nhập dòng nào. Cần sửa:", *sentences]
    assert fingerprint() == before


def test_all_faults_of_a_file_are_told_at_once(db, tmp_path) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("import_units", write(tmp_path, "51,Tỉnh,a/b,Xã,Xã", GOOD, "52,Tỉnh Gia Lai,25171,Xã Ia,Bản"))
    assert [line.split(":")[0].split(",")[0] for line in str(refused.value).splitlines()[1:]] == [
        "Dòng 2",
        "Dòng 3",
        "Dòng 4",
        "Dòng 4",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (HEADER.encode("utf-16"), "không phải mã hóa UTF-8"),
        (b"\x00" * 40, "ký tự không đọc được"),
        (b"PK\x03\x04\xff\xff", "không phải mã hóa UTF-8"),
        (b"", "Tệp thiếu cột province_code"),
        (b"ma,ten\n1,x\n", "Tệp thiếu cột province_code"),
        ((HEADER + "\n" + GOOD[:10] + "x" * 200_000).encode(), "ô dài bất thường"),
        (b"x" * (official_list.LARGEST_FILE + 1), "Tệp lớn hơn 5 MB"),
        ((HEADER + "\n" + "1\n" * 20_001).encode(), "quá nhiều dòng"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_in_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(official_list.ListFaults, match=sentence) as refused:
        official_list.read_official_list(content)
    assert len(refused.value.faults) == 1


def test_a_bom_blank_rows_and_spaces_around_cells_do_no_harm(db, tmp_path) -> None:
    call_command("import_units", write(tmp_path, "", f" {GOOD} ".replace(",", " , "), "", encoding="utf-8-sig"))
    assert Unit.objects.get(code="25171").name == "Xã Ba Tơ"


def test_a_file_that_is_not_there_is_told_in_vietnamese(db, tmp_path) -> None:
    with pytest.raises(CommandError, match=r"Không đọc được tệp .* Kiểm tra đường dẫn và quyền đọc"):
        call_command("import_units", tmp_path / "khong-co.csv")


def test_names_are_found_with_or_without_diacritics_after_an_import(db, tmp_path) -> None:
    call_command("import_units", write(tmp_path, "51,Tỉnh Quảng Ngãi,25171,Xã Đức Phổ,Xã"))
    UnitFactory(name="Xã Đức Phong")
    assert [unit.name for unit in Unit.objects.filter(name_fold="xa duc pho")] == ["Xã Đức Phổ"]

"""Catalogues as tables: out and back, the differences before the word, each faulty row named, nothing a formula."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from tests.database import fingerprint
from tests.factories import OrganiserFactory, ProvinceFactory, UnitFactory, person, sign_in
from units import trail
from units.enums import Role
from units.models import Organiser, TrailEntry, Unit, UnitSuccession

UNITS = "/quan-tri/units/unit/"
OFFICIAL, TABLE = "0", "1"


@pytest.fixture
def organiser(db) -> Organiser:
    return OrganiserFactory(unit=ProvinceFactory(code="51", name="Tỉnh Quảng Ngãi"), keeps_portal=True)


@pytest.fixture
def office(organiser) -> Client:
    return sign_in(person(Role.ADMINISTRATOR, organiser))


def sheet_of(answer) -> list[list[object]]:
    return [list(row) for row in load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)]


def book(rows: list[list[object]]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def upload(office: Client, content: bytes, which: str = TABLE, model: str = "unit"):
    file = SimpleUploadedFile("bang.xlsx", content)
    return office.post(f"/quan-tri/units/{model}/import/", {"import_file": file, "format": which, "resource": ""})


def confirm(office: Client, page, model: str = "unit", **other: str):
    return office.post(f"/quan-tri/units/{model}/process_import/", page.context["confirm_form"].initial | other)


def test_what_goes_out_comes_back_and_changes_nothing(office, organiser) -> None:
    UnitFactory(parent=organiser.unit, name="Xã Đức Phổ", valid_to="2026-01-01")
    before = fingerprint()
    for form in ("xlsx", "csv"):
        page = upload(office, office.get(f"{UNITS}tai-xuong/{form}/").content)
        assert (page.status_code, dict(page.context["result"].totals)["skip"]) == (200, 2), form
    assert fingerprint() == before


def test_the_list_as_it_is_searched_and_filtered_goes_out(office, organiser) -> None:
    UnitFactory(parent=organiser.unit, name="Xã Đức Phổ")
    UnitFactory(parent=organiser.unit, name="Xã Mộ Đức")
    assert [row[2] for row in sheet_of(office.get(f"{UNITS}tai-xuong/xlsx/?q=duc+pho"))] == ["Tên", "Xã Đức Phổ"]


def test_text_is_never_a_formula_and_numbers_stay_numbers(office, organiser) -> None:
    unit = UnitFactory(parent=organiser.unit, name='=HYPERLINK("http://x","y")', code="00123")
    answer = office.get(f"{UNITS}tai-xuong/xlsx/?q=00123")
    cells = next(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(min_row=2))
    assert [(cell.data_type, cell.value) for cell in cells[:3]] == [
        ("n", unit.pk), ("s", "00123"), ("s", '=HYPERLINK("http://x","y")'),
    ]  # fmt: skip
    text = office.get(f"{UNITS}tai-xuong/csv/?q=00123").content.decode("utf-8-sig")
    row = list(csv.reader(io.StringIO(text)))[1]
    assert row[:3] == [str(unit.pk), "00123", '\'=HYPERLINK("http://x","y")']


def test_a_change_is_shown_cell_by_cell_then_stored_and_told_as_if_made_by_hand(office, organiser) -> None:
    unit = UnitFactory(parent=organiser.unit, name="Xã Cũ")
    rows = sheet_of(office.get(f"{UNITS}tai-xuong/xlsx/?q={unit.code}"))
    rows[1][2], rows[1][7] = "Xã Mới", "01/03/2026"
    rows.append(["", "SDL", "Sở Du lịch", "Sở, ban, ngành", organiser.unit.pk, "", "01/03/2025", ""])
    before = fingerprint()
    page = upload(office, book(rows))
    assert fingerprint() == before
    change = page.context["changed"][0]
    assert (change.line, change.label, change.cells) == (
        2, "Xã Mới", (("Tên", "Xã Cũ", "Xã Mới"), ("Đến trước ngày", "", "01/03/2026")),
    )  # fmt: skip
    assert [item.label for item in page.context["added"]] == ["Sở Du lịch"]
    assert "<del>Xã Cũ</del>" in page.content.decode()
    assert confirm(office, page).status_code == 302
    unit.refresh_from_db()
    assert (unit.name, str(unit.valid_to), Unit.objects.get(code="SDL").parent) == (
        "Xã Mới", "2026-03-01", organiser.unit,
    )  # fmt: skip
    entry = TrailEntry.objects.get(action="units.change_unit")
    assert (entry.object_id, entry.data["before"]["name"], entry.data["after"]["name"]) == (
        str(unit.pk), "Xã Cũ", "Xã Mới",
    )  # fmt: skip
    assert len(TrailEntry.objects.get(action="units.import").data["sha256"]) == 64
    assert trail.verify() == []


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({0: "x1"}, "Dòng 2, cột Số: không có dòng nào mang số “x1”"),
        ({0: "999999"}, "Dòng 2, cột Số: không có dòng nào mang số “999999”"),
        ({2: ""}, "Dòng 2, cột Tên: "),
        ({1: "a/b"}, "Dòng 2, cột Mã: Mã chỉ gồm chữ không dấu"),
        ({3: "Bản"}, "Dòng 2, cột Loại: “Bản” không có trong danh sách"),
        ({4: "999999"}, "Dòng 2, cột Cấp trên (số): không có đơn vị số “999999”."),
        ({6: "31/02/2025"}, "Dòng 2, cột Tồn tại từ ngày: Không có ngày"),
        ({7: "01/01/2020"}, "Dòng 2: Ngày kết thúc phải sau ngày bắt đầu."),
        ({2: "<b>Xã</b>", 7: "x"}, "Dòng 2, cột Đến trước ngày: “x” không phải là ngày"),
    ],
)
def test_a_faulty_row_is_named_with_line_column_and_sentence(office, organiser, cells, sentence) -> None:
    unit = UnitFactory(parent=organiser.unit)
    rows = sheet_of(office.get(f"{UNITS}tai-xuong/xlsx/?q={unit.code}"))
    for at, text in cells.items():
        rows[1][at] = text
    before = fingerprint()
    page = upload(office, book(rows))
    assert page.status_code == 422
    assert any(fault.startswith(sentence) for fault in page.context["faults"]), page.context["faults"]
    assert "confirm_form" not in page.context
    assert fingerprint() == before


def test_a_row_twice_is_refused(office, organiser) -> None:
    rows = sheet_of(office.get(f"{UNITS}tai-xuong/xlsx/"))
    page = upload(office, book([*rows, rows[1]]))
    assert page.context["faults"] == [f"Dòng 3, cột Số: số {rows[1][0]} đã có ở dòng 2."]


def test_the_official_list_comes_as_a_workbook_too_with_the_noughts_that_excel_dropped(office) -> None:
    head = ["province_code", "province_full_name", "unit_code", "unit_full_name", "unit_type"]
    content = book([head, [1, "Thành phố Hà Nội", 4, "Phường Ba Đình", "Phường"]])
    assert confirm(office, upload(office, content, OFFICIAL)).status_code == 302
    made = Unit.objects.get(code="00004")
    assert (made.name, made.parent.code) == ("Phường Ba Đình", "01")


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_table_brought_in_as_one_of_another_kind_is_recognised_by_its_columns(office, form) -> None:
    assert office.get(f"{UNITS}import/").context["form"]["format"].initial == TABLE
    page = upload(office, office.get(f"{UNITS}tai-xuong/{form}/").content, OFFICIAL)
    assert page.status_code == 422
    assert page.context["form"].errors["import_file"] == [
        "Tệp này là “Bảng đơn vị tải từ cổng”. Ở mục “Bảng nào” chọn “Bảng đơn vị tải từ cổng” rồi tải lên lại."
    ]
    listed = book([["province_code", "province_full_name", "unit_code", "unit_full_name", "unit_type"], [1] * 5])
    assert "“Danh mục chính thức của cả nước”" in upload(office, listed, TABLE).content.decode()
    assert "Tệp thiếu cột" in upload(office, book([["A"], [1]]), TABLE).content.decode()


@pytest.mark.parametrize("model", ["organiser", "unitsuccession"])
def test_the_other_catalogues_go_the_same_way(office, organiser, model) -> None:
    old = UnitFactory(parent=organiser.unit, name="Xã Cũ")
    UnitSuccession.objects.create(predecessor=old, successor=organiser.unit, kind="merger", date="2025-07-01")
    rows = sheet_of(office.get(f"/quan-tri/units/{model}/tai-xuong/xlsx/"))
    column = rows[0].index("Cơ quan điều phối" if model == "organiser" else "Văn bản")
    rows[1][column] = "Sở Nội vụ mới"
    page = upload(office, book(rows), "0", model)
    assert [change.cells[0][2] for change in page.context["changed"]] == ["Sở Nội vụ mới"]
    assert confirm(office, page, model).status_code == 302
    assert sheet_of(office.get(f"/quan-tri/units/{model}/tai-xuong/xlsx/"))[1][column] == "Sở Nội vụ mới"


def test_a_table_never_adds_an_organiser(office, organiser) -> None:
    rows = sheet_of(office.get("/quan-tri/units/organiser/tai-xuong/xlsx/"))
    page = upload(office, book([*rows, ["", "ke-khac", "UBND", "tỉnh", "Sở"]]), "0", "organiser")
    assert page.context["faults"][0].startswith("Dòng 3, cột Số: bảng này không thêm dòng mới.")


# ── between the preview and the word (T04, T50) ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def previewed(office, organiser):
    rows = sheet_of(office.get(f"{UNITS}tai-xuong/xlsx/"))
    rows[1][2] = "Tỉnh Quảng Ngãi mới"
    return upload(office, book(rows))


def refused(answer) -> bool:
    return answer.status_code in (409, 422) and "Chưa nhập được" in answer.content.decode()


def test_another_administrator_does_not_apply_what_i_looked_at(office, organiser, previewed) -> None:
    other = sign_in(person(Role.ADMINISTRATOR, organiser))
    before = fingerprint()
    assert refused(confirm(other, previewed))
    assert fingerprint() == before


@pytest.mark.parametrize(
    "other",
    [{"seal": ""}, {"seal": "x"}, {"import_file_name": "khac"}, {"original_file_name": "khac"}, {"format": "0"}],
)
def test_a_word_for_something_else_is_refused(office, previewed, other) -> None:
    before = fingerprint()
    assert refused(confirm(office, previewed, **other))
    assert fingerprint() == before


def test_other_bytes_under_the_same_name_are_refused(office, previewed, settings) -> None:
    name = previewed.context["confirm_form"].initial["import_file_name"]
    path = settings.MEDIA_ROOT / "django-import-export" / name
    path.write_bytes(path.read_bytes() + b" ")
    before = fingerprint()
    assert refused(confirm(office, previewed))
    assert fingerprint() == before


def test_a_catalogue_that_changed_meanwhile_is_looked_at_anew(office, organiser, previewed) -> None:
    Unit.objects.filter(pk=organiser.unit.pk).update(name="Tỉnh Quảng Ngãi, sửa tay")
    before = fingerprint()
    answer = confirm(office, previewed)
    assert (answer.status_code, "Danh mục đã đổi từ lúc xem trước" in answer.content.decode()) == (409, True)
    assert fingerprint() == before


def test_the_second_word_does_nothing(office, previewed) -> None:
    assert confirm(office, previewed).status_code == 302
    before = fingerprint()
    assert refused(confirm(office, previewed))
    assert fingerprint() == before

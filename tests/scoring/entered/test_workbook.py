"""The workbook of entered points: out and in without loss, every fault told at once, applied once exactly as seen."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

import openpyxl
import pytest
from django.test import Client

from scoring.enums import ImportState, Phase, Stage
from scoring.models import CriteriaSet, Criterion, EnteredImport, Group, Participant, Value, ValueChange
from scoring.services.entered import confirm, take_back
from scoring.services.entered_import import apply, stage, template
from scoring.services.errors import Conflict
from tests.scoring.entered.year import (
    SHEET,
    address,
    book_of,
    data_of,
    entered_year,
    fill,
    put,
    send,
    text,
)
from tests.year import Year, advance
from units.models import TrailEntry

pytestmark = pytest.mark.django_db

ALL = {
    "4.1": {"choice": "tre"},
    "4.2": {"checked": ["b"]},
    "4.3": {"value": "-3.25"},
    "4.4": {"numerator": "1250.5", "denominator": "123456789012345.0123456789"},
    "4.5": {"numerator": "9", "denominator": "10"},
    "4.6": {"value": "1.234"},
    "4.7": {"satisfied": "1234", "responses": "2000"},
    "3.1": {"mean": "4.5", "responses": "120"},
    "3.2": {"points": "0.5"},
}


def entered(year: Year, unit: Participant | None = None) -> dict[str, Any]:
    values = Value.objects.filter(participant=unit or year.a, stage=Stage.ENTERED)
    return dict(values.values_list("criterion__code", "inputs"))


def headings(book: openpyxl.Workbook, sheet: str = SHEET) -> list[str]:
    return [cell.value for cell in book[sheet][2]]


def staged_by(year: Year) -> EnteredImport:
    """One new figure on its way in, uploaded by c."""
    book = openpyxl.load_workbook(io.BytesIO(template(year.campaign)))
    fill(book, "SOA", {"4.6 Giá trị (trên 100)": "70"})
    return stage(year.campaign, file_name="diem.xlsx", data=data_of(book), by=year["c"])


# ── out ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_template_has_a_row_for_each_unit_and_a_column_for_each_figure(year: Year, c: Client) -> None:
    response = c.get(address("entered_workbook", year))
    assert response["Content-Disposition"] == 'attachment; filename="quang-thu-2026-diem-nhap.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert headings(book) == [
        "Mã đơn vị", "Tên đơn vị", "3.1 Điểm trung bình", "3.1 Số phiếu hài lòng", "3.1 Số phiếu trả lời", "3.2 Điểm",
        "4.1 Mức đạt được", "4.2 mục 1: Có kế hoạch", "4.2 mục 2: Có báo cáo", "4.3 Giá trị", "4.4 Số đạt được",
        "4.4 Tổng số", "4.5 Số đạt được", "4.5 Tổng số", "4.6 Giá trị (trên 100)", "4.7 Số phiếu hài lòng",
        "4.7 Số phiếu trả lời",
    ]  # fmt: skip
    assert [[cell.value for cell in cells[:2]] for cells in book[SHEET].iter_rows(min_row=4)] == [
        ["SOA", "Sở An toàn"],
        ["SOB", "Sở Bình yên"],
    ]


def test_headings_codes_and_names_are_locked_and_figures_are_open_and_explained(year: Year, c: Client) -> None:
    book = book_of(c, year)
    page = book[SHEET]
    assert page.protection.sheet
    assert page.freeze_panes == "C4"
    assert [cell.protection.locked for cell in page[2]] == [True] * 17
    assert [cell.protection.locked for cell in page[4]] == [True] * 2 + [False] * 15
    assert page["C3"].value == "Điều tra xã hội học. Số từ 1 đến 5."
    prompts = {str(rule.sqref): (rule.type, rule.prompt) for rule in page.data_validations.dataValidation}
    assert prompts["C4:C5"] == (None, "Điều tra xã hội học. Số từ 1 đến 5.")
    assert prompts["G4:G5"][0] == "list"
    listed = [cell.value for cell in book["Danh mục"]["A"]]
    assert listed == ["Đúng hạn", "Trễ hạn", "Không"]


def test_every_cell_is_text_and_none_is_a_formula(year: Year, c: Client) -> None:
    Participant.objects.filter(pk=year.a.pk).update(name="=1+1")
    for code, inputs in ALL.items():
        put(year, code, **inputs)
    book = book_of(c, year)
    kinds = {cell.data_type for page in book for cells in page.iter_rows() for cell in cells if cell.value is not None}
    assert kinds == {"s"}
    assert book[SHEET]["B4"].value == "=1+1"


def test_one_group_alone_can_be_had_and_an_unknown_one_is_not_there(year: Year, c: Client) -> None:
    second_group(year)
    both = openpyxl.load_workbook(io.BytesIO(c.get(address("entered_workbook", year)).content))
    one = openpyxl.load_workbook(io.BytesIO(c.get(address("entered_workbook", year) + "?khoi=xa").content))
    assert (both.sheetnames[:2], one.sheetnames[0]) == ([SHEET, "Xã"], "Xã")
    assert SHEET not in one.sheetnames
    assert c.get(address("entered_workbook", year) + "?khoi=khong-co").status_code == 404


def second_group(year: Year) -> Participant:
    """Unit B alone in a group of its own, measured by a set of its own with one survey leaf."""
    group = Group.objects.create(campaign=year.campaign, code="xa", title="Xã", position=2, phase=Phase.SELF_ASSESSMENT)
    own = CriteriaSet.objects.create(campaign=year.campaign, code="xa", title="Bộ xã", position=2)
    top = Criterion.objects.create(criteria_set=own, path="001", code="8", title="Tác động", max_points=1)
    Criterion.objects.create(
        criteria_set=own, parent=top, path="001.001", code="8.1", title="SIPAS", max_points=1, source="survey",
        rule={"kind": "indicator"},
    )  # fmt: skip
    Participant.objects.filter(pk=year.b.pk).update(group=group, criteria_set=own)
    return Participant.objects.get(pk=year.b.pk)


# ── round trip ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_stands_goes_out_and_comes_back_without_loss(year: Year, c: Client) -> None:
    for code, inputs in ALL.items():
        put(year, code, **inputs)
    confirm([(value, value.version) for value in Value.objects.filter(stage=Stage.ENTERED)], by=year["c2"])
    before = list(Value.objects.order_by("pk").values())
    assert send(c, year, data_of(book_of(c, year))).status_code == 302
    staged = EnteredImport.objects.get()
    assert {row["kind"] for row in staged.rows} == {"same"}
    assert len(staged.rows) == len(ALL)
    assert "Không có số nào mới" in text(c.get(address("entered_uploaded", year, staged.pk)))
    c.post(address("entered_apply", year, staged.pk), {"sha256": staged.sha256})
    assert list(Value.objects.order_by("pk").values()) == before


def test_a_workbook_filled_with_every_kind_gives_the_same_figures_as_the_forms(year: Year, c: Client) -> None:
    for code, inputs in ALL.items():
        put(year, code, **inputs)
    wanted = entered(year)
    filled = data_of(book_of(c, year))
    for value in Value.objects.filter(stage=Stage.ENTERED):
        take_back(value.participant, value.criterion, seen=value.version, by=year["c"])
    assert send(c, year, filled).status_code == 302
    staged = EnteredImport.objects.get()
    assert {row["kind"] for row in staged.rows} == {"new"}
    answer = c.post(address("entered_apply", year, staged.pk), {"sha256": staged.sha256})
    assert answer["Location"] == address("entered", year)
    assert entered(year) == wanted


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("70", "70"), ("70,50", "70.5"), ("70.5", "70.5"), (71, "71"), (70.25, "70.25"), (0.1, "0.1"),
        ("1.234,5", "1234.5"), ("-4", "-4"), ("1 234,5", "1234.5"),
    ],
)  # fmt: skip
def test_numbers_are_read_exactly_as_people_and_excel_write_them(
    year: Year, c: Client, typed: Any, stored: str
) -> None:
    book = book_of(c, year)
    fill(book, "SOA", {"4.6 Giá trị (trên 100)": typed})
    send(c, year, data_of(book))
    assert [row["inputs"] for row in EnteredImport.objects.get().rows] == [{"value": stored}]


def test_both_forms_of_a_survey_come_in_by_workbook(year: Year, c: Client) -> None:
    book = book_of(c, year)
    fill(book, "SOA", {"3.1 Điểm trung bình": "4,2", "3.1 Số phiếu trả lời": "1.200"})
    fill(book, "SOB", {"3.1 Số phiếu hài lòng": 90, "3.1 Số phiếu trả lời": 100})
    send(c, year, data_of(book))
    staged = EnteredImport.objects.get()
    apply(staged, sha256=staged.sha256, by=year["c"])
    assert entered(year) == {"3.1": {"mean": "4.2", "responses": "1200"}}
    assert entered(year, year.b) == {"3.1": {"satisfied": "90", "responses": "100"}}


def test_a_choice_is_read_by_its_words_and_by_its_key_and_a_list_by_yes_and_no(year: Year, c: Client) -> None:
    book = book_of(c, year)
    fill(book, "SOA", {"4.1 Mức đạt được": "trễ  hạn", "4.2 mục 2: Có báo cáo": "Có"})
    fill(book, "SOB", {"4.1 Mức đạt được": "khong", "4.2 mục 1: Có kế hoạch": "không"})
    send(c, year, data_of(book))
    found = {(row["participant"], row["criterion"]): row["inputs"] for row in EnteredImport.objects.get().rows}
    leaves = year.leaves
    assert found == {
        (year.a.pk, leaves["4.1"].pk): {"choice": "tre"},
        (year.a.pk, leaves["4.2"].pk): {"checked": ["b"]},
        (year.b.pk, leaves["4.1"].pk): {"choice": "khong"},
        (year.b.pk, leaves["4.2"].pk): {"checked": []},
    }


def test_a_blank_cell_leaves_what_stands_and_rows_may_stand_in_any_order(year: Year, c: Client) -> None:
    put(year, "4.6", value="70")
    book = book_of(c, year)
    page = book[SHEET]
    for cells in page.iter_rows(min_row=4, max_row=5):
        for cell in cells[2:]:
            cell.value = None
    page["A4"], page["A5"], page["B4"], page["B5"] = "SOB", "SOA", "Sở Bình yên", "Sở An toàn"
    fill(book, "SOB", {"4.6 Giá trị (trên 100)": "50"})
    send(c, year, data_of(book))
    staged = EnteredImport.objects.get()
    apply(staged, sha256=staged.sha256, by=year["c"])
    assert (entered(year), entered(year, year.b)) == ({"4.6": {"value": "70"}}, {"4.6": {"value": "50"}})


# ── preview and apply ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_preview_shows_new_changed_and_kept_and_nothing_is_stored_before_apply(year: Year, c: Client) -> None:
    put(year, "4.6", value="70")
    put(year, "4.7", satisfied="30", responses="40")
    book = book_of(c, year)
    fill(book, "SOA", {"4.6 Giá trị (trên 100)": "75"})
    fill(book, "SOB", {"4.6 Giá trị (trên 100)": "60"})
    send(c, year, data_of(book))
    staged = EnteredImport.objects.get()
    page = c.get(address("entered_uploaded", year, staged.pk))
    assert page.context["counts"] == {"new": 1, "changed": 1, "same": 1}
    assert "Giá trị (trên 100): 70" in text(page)
    assert "Giá trị (trên 100): 75" in text(page)
    assert "Áp dụng 2 số" in text(page)
    assert entered(year, year.b) == {}
    c.post(address("entered_apply", year, staged.pk), {"sha256": staged.sha256})
    assert (entered(year)["4.6"], entered(year, year.b)["4.6"]) == ({"value": "75"}, {"value": "60"})
    entry = TrailEntry.objects.filter(scope=year.campaign.trail_scope).order_by("-seq").first()
    assert entry is not None
    assert entry.data == {"sha256": staged.sha256, "values": [["SOA", "4.6", 2], ["SOB", "4.6", 1]]}


def test_a_second_apply_writes_nothing(year: Year, c: Client) -> None:
    staged = staged_by(year)
    for _ in range(2):
        answer = c.post(address("entered_apply", year, staged.pk), {"sha256": staged.sha256})
        assert answer.status_code == 302
    assert ValueChange.objects.filter(stage=Stage.ENTERED).count() == 1
    assert TrailEntry.objects.filter(object_type="scoring.EnteredImport").count() == 1


@pytest.mark.parametrize("sha256", ["", "0" * 64, "x"])
def test_only_the_bytes_that_were_seen_are_applied(year: Year, c: Client, sha256: str) -> None:
    staged = staged_by(year)
    answer = c.post(address("entered_apply", year, staged.pk), {"sha256": sha256})
    assert answer.status_code == 409
    assert "Nội dung xem trước không phải của tệp này." in text(answer)
    assert entered(year) == {}


def test_a_value_that_changed_after_the_preview_stops_the_whole_workbook(year: Year, c: Client) -> None:
    book = book_of(c, year)
    fill(book, "SOA", {"4.6 Giá trị (trên 100)": "75"})
    fill(book, "SOB", {"4.6 Giá trị (trên 100)": "60"})
    send(c, year, data_of(book))
    staged = EnteredImport.objects.get()
    put(year, "4.6", year.b, by="c2", value="55")
    assert "vừa có người sửa sau khi đọc tệp" in text(c.get(address("entered_uploaded", year, staged.pk)))
    answer = c.post(address("entered_apply", year, staged.pk), {"sha256": staged.sha256})
    assert answer.status_code == 409
    assert "Sở Bình yên, 4.6: vừa có người sửa sau khi đọc tệp." in text(answer)
    assert (entered(year), entered(year, year.b)) == ({}, {"4.6": {"value": "55"}})
    assert EnteredImport.objects.get().state == ImportState.READY


def test_a_workbook_is_not_applied_after_the_council(year: Year, c: Client) -> None:
    staged = staged_by(year)
    Group.objects.filter(pk=year.group.pk).update(phase=Phase.FINALISED)
    answer = c.post(address("entered_apply", year, staged.pk), {"sha256": staged.sha256})
    assert answer.status_code == 409
    assert "Khối đang ở bước “Chốt”" in text(answer)
    assert entered(year) == {}


def test_a_rule_amended_after_the_preview_is_asked_again(year: Year, c: Client) -> None:
    staged = staged_by(year)
    Criterion.objects.filter(pk=year.leaves["4.6"].pk).update(rule={"kind": "manual"})
    assert c.get(address("entered_uploaded", year, staged.pk)).status_code == 200
    assert c.post(address("entered_apply", year, staged.pk), {"sha256": staged.sha256}).status_code == 409
    assert entered(year) == {}


def test_an_upload_given_up_is_not_applied(year: Year, c: Client) -> None:
    staged = staged_by(year)
    assert c.post(address("entered_discard", year, staged.pk)).status_code == 302
    assert c.post(address("entered_apply", year, staged.pk), {"sha256": staged.sha256}).status_code == 409
    assert entered(year) == {}


def test_an_upload_of_somebody_else_cannot_be_seen_or_used(year: Year) -> None:
    """T04: an import id is worth nothing in other hands, another coordinator's included."""
    staged = staged_by(year)
    for who in ("c2", "l", "a1", "g1", "h", "s", "n"):
        browser = year.browser(who)
        assert browser.get(address("entered_uploaded", year, staged.pk)).status_code == 404
        for name in ("entered_apply", "entered_discard"):
            assert browser.post(address(name, year, staged.pk), {"sha256": staged.sha256}).status_code == 404
    with pytest.raises(Conflict):
        apply(staged, sha256=staged.sha256, by=year["c2"])
    assert EnteredImport.objects.get().state == ImportState.READY
    assert entered(year) == {}
    assert list(year.browser("c2").get(address("entered_upload", year)).context["waiting"]) == []
    assert list(year.browser("c").get(address("entered_upload", year)).context["waiting"]) == [staged]


# ── what is refused ───────────────────────────────────────────────────────────────────────────────────────────────


def refused(c: Client, year: Year, book: openpyxl.Workbook) -> str:
    answer = send(c, year, data_of(book))
    assert answer.status_code == 422
    assert not EnteredImport.objects.exists()
    return text(answer)


def test_all_faults_stand_on_one_page_with_sheet_row_and_column(year: Year, c: Client) -> None:
    book = book_of(c, year)
    fill(book, "SOA", {"3.1 Điểm trung bình": "5,5", "3.1 Số phiếu trả lời": "40", "4.6 Giá trị (trên 100)": "1.234"})
    fill(book, "SOB", {"4.1 Mức đạt được": "Khác", "4.2 mục 1: Có kế hoạch": "x", "4.7 Số phiếu hài lòng": "9"})
    answer = send(c, year, data_of(book))
    faults = [(fault.sheet, fault.row, fault.column, fault.value) for fault in answer.context["faults"]]
    assert faults == [
        (SHEET, 4, "C “3.1 Điểm trung bình”", "5,5"),
        (SHEET, 4, "O “4.6 Giá trị (trên 100)”", "1.234"),
        (SHEET, 5, "G “4.1 Mức đạt được”", "Khác"),
        (SHEET, 5, "H “4.2 mục 1: Có kế hoạch”", "x"),
        (SHEET, 5, "Q “4.7 Số phiếu trả lời”", ""),
    ]
    assert "5 chỗ phải sửa, không lưu gì" in text(answer)


@pytest.mark.parametrize(
    ("heading", "value", "sentence"),
    [
        ("4.6 Giá trị (trên 100)", "abc", "không phải là số"),
        ("4.6 Giá trị (trên 100)", "#REF!", "Ô báo lỗi của Excel."),
        ("4.6 Giá trị (trên 100)", "=1+1", "Ô là công thức chưa có kết quả."),
        ("4.6 Giá trị (trên 100)", True, "Ô mang giá trị đúng/sai của Excel."),
        ("4.6 Giá trị (trên 100)", datetime.date(2026, 4, 5), "Excel đã đổi ô này thành ngày."),
        ("4.6 Giá trị (trên 100)", "1234567890123456", "ghi nhiều nhất 15 chữ số trước dấu phẩy"),
        ("4.6 Giá trị (trên 100)", 1234567890123456, "Số quá lớn."),
        ("4.6 Giá trị (trên 100)", "0,12345678901", "ghi nhiều nhất 10 chữ số sau dấu phẩy"),
        ("4.6 Giá trị (trên 100)", 1 / 3, "Có quá 10 chữ số thập phân"),
        ("4.7 Số phiếu trả lời", "4,5", "Ghi “Số phiếu hài lòng”"),
        ("3.2 Điểm", "1,5", "không được lớn hơn 1"),
        ("Tên đơn vị", "Sở Bình yên", "Mã SOA là của “Sở An toàn”."),
        ("Mã đơn vị", "SOX", "Không có đơn vị mang mã này trong Sở, ban, ngành."),
        ("Mã đơn vị", "SOB", "Mã SOB là của “Sở Bình yên”."),
        ("Mã đơn vị", None, "Dòng chưa có mã đơn vị."),
    ],
)
def test_a_wrong_cell_is_refused_in_words(year: Year, c: Client, heading: str, value: Any, sentence: str) -> None:
    book = book_of(c, year)
    fill(book, "SOA", {heading: value})
    assert sentence in refused(c, year, book)


def test_a_percent_cell_is_not_guessed(year: Year, c: Client) -> None:
    book = book_of(c, year)
    fill(book, "SOA", {"4.6 Giá trị (trên 100)": 0.7})
    page = book[SHEET]
    page.cell(4, headings(book).index("4.6 Giá trị (trên 100)") + 1).number_format = "0%"
    assert "Ô định dạng phần trăm của Excel." in refused(c, year, book)


def test_a_name_that_only_sets_its_marks_otherwise_is_the_same_unit(year: Year, c: Client) -> None:
    Participant.objects.filter(pk=year.a.pk).update(name="Xã Hòa Thủy")
    book = book_of(c, year)
    fill(book, "SOA", {"Tên đơn vị": "xã  Hoà Thuỷ", "4.6 Giá trị (trên 100)": "70"})
    assert send(c, year, data_of(book)).status_code == 302


def test_a_unit_written_twice_is_refused(year: Year, c: Client) -> None:
    book = book_of(c, year)
    fill(book, "SOB", {"Tên đơn vị": "Sở An toàn", "Mã đơn vị": "SOA"})
    assert "Đơn vị này đã có ở dòng 4. Giữ lại một dòng." in refused(c, year, book)


def test_a_unit_of_another_group_is_refused_in_this_sheet(year: Year, c: Client) -> None:
    second_group(year)
    book = book_of(c, year)
    fill(book, "SOA", {"Mã đơn vị": "SOB", "Tên đơn vị": "Sở Bình yên"})
    assert "Không có đơn vị mang mã này trong Sở, ban, ngành." in refused(c, year, book)


@pytest.mark.parametrize("change", ["strange column", "renamed", "second sheet", "merged", "hidden", "no figures"])
def test_a_table_of_another_shape_is_refused(year: Year, c: Client, change: str) -> None:
    book = book_of(c, year)
    page = book[SHEET]
    fill(book, "SOA", {"4.6 Giá trị (trên 100)": "70"})
    if change == "strange column":
        page["C2"] = "9.9 Giá trị"
        sentence = "Tên cột không có trong mẫu."
    elif change == "renamed":
        page.title = "Điểm"
        sentence = "Trang này không thuộc mẫu của kỳ (các trang: “Sở, ban, ngành”)."
    elif change == "second sheet":
        book.copy_worksheet(page).title = "khac"
        sentence = "Trang này không thuộc mẫu của kỳ"
    elif change == "merged":
        page.merge_cells("C4:D4")
        sentence = "Các ô này đang gộp."
    elif change == "hidden":
        page.row_dimensions[4].hidden = True
        sentence = "Dòng đang ẩn mà có nội dung."
    else:
        fill(book, "SOA", {"4.6 Giá trị (trên 100)": None})
        sentence = "Tệp không có số liệu nào."
    assert sentence in refused(c, year, book)


def test_figures_for_a_group_that_takes_none_now_are_refused_and_unchanged_ones_pass(year: Year, c: Client) -> None:
    put(year, "4.6", value="70")
    kept = book_of(c, year)
    changed = book_of(c, year)
    fill(changed, "SOA", {"4.6 Giá trị (trên 100)": "75"})
    Group.objects.filter(pk=year.group.pk).update(phase=Phase.FINALISED)
    assert "Khối đang ở bước “Chốt”, không nhận điểm nhập" in refused(c, year, changed)
    assert send(c, year, data_of(kept)).status_code == 302


def test_before_the_year_is_opened_a_workbook_is_refused() -> None:
    year = entered_year(Phase.DRAFT)
    browser = year.browser("c")
    book = book_of(browser, year)
    fill(book, "SOA", {"4.6 Giá trị (trên 100)": "70"})
    assert "Khối đang ở bước “Nháp”" in refused(browser, year, book)
    advance(year, Phase.SELF_ASSESSMENT)
    assert send(browser, year, data_of(book)).status_code == 302


@pytest.mark.abuse
@pytest.mark.parametrize("kind", ["empty", "text", "macro", "bomb", "large", "half"])
def test_a_hostile_workbook_is_refused_and_nothing_is_kept(year: Year, c: Client, kind: str) -> None:
    good = data_of(book_of(c, year))
    data, sentence = {
        "empty": (b"", "Tệp rỗng"),
        "text": (b"<html></html>", "không phải tệp Excel"),
        "macro": (with_entry(good, "xl/vbaProject.bin", b"x"), "macro"),
        "bomb": (with_entry(good, "xl/x.xml", b"0" * 40_000_000), "nén quá lớn"),
        "large": (b"PK" + b"\0" * (5 * 1024 * 1024), "5 MB"),
        "half": (good[: len(good) // 2], "không phải tệp Excel"),
    }[kind]
    answer = send(c, year, data)
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not EnteredImport.objects.exists()


def with_entry(data: bytes, name: str, content: bytes) -> bytes:
    stream = io.BytesIO(data)
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def test_a_post_without_a_file_is_asked_for_one(year: Year, c: Client) -> None:
    answer = c.post(address("entered_upload", year), {})
    assert answer.status_code == 422
    assert "Chọn tệp điểm nhập." in text(answer)

"""A results table is read strictly: every fault is told at once, by sheet, row, column, value and reason."""

from __future__ import annotations

import datetime
import io
import unicodedata

import openpyxl
import pytest

from scoring.files import results_layout as layout
from scoring.files.results_workbook import template
from scoring.services.past_table import read_table
from scoring.services.past_types import General, TableFaults
from tests.scoring.past.tables import GRADES, table

pytestmark = pytest.mark.any_database

GENERAL = General(code="2017", title="Chỉ số CCHC năm 2017", year=2017, source_text="Bảng thử")
ONE = [{"name": "Huyện A", "points": "80,00", "rank": "1"}]
COLUMN = [{"code": "A", "max_points": "40"}]
TWO_UNITS = [{"code": "h", "title": "Huyện", "listed_of": "2"}]


def faults(data: bytes, name: str = "bang.xlsx", general: General | None = None) -> list[tuple[str, int, str, str]]:
    with pytest.raises(TableFaults) as refused:
        read_table(data, name, general)
    return [(fault.sheet, fault.row, fault.value, fault.reason) for fault in refused.value.faults]


def edited(data: bytes, change) -> bytes:
    """The workbook after `change(book)`, as a person's Excel would save it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_cell(value, column: str = "E", row: int = 3, number_format: str = "General") -> bytes:
    """The table ONE with another value in a cell of "Kết quả" (E3 is the total of the first unit)."""

    def change(book):
        cell = book[layout.RESULTS_SHEET][f"{column}{row}"]
        cell.value = value
        cell.number_format = number_format

    return edited(table(ONE), change)


def test_printed_figures_keep_their_digits():
    read = read_table(table([{"name": "Huyện A", "points": "82,00", "index": "82,00 %", "rank": "1"}]), "a.xlsx")

    assert (read.rows[0].points, read.rows[0].index, read.rows[0].rank) == ("82.00", "82.00", 1)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (82, "82"),
        (51.75, "51.75"),
        (8.135, "8.135"),
        (0.1, "0.1"),
        ("88,35", "88.35"),
        ("88.35", "88.35"),
        ("1.234,5", "1234.5"),
        ("\u00a088,35\u00a0", "88.35"),
        ("'88,35", "88.35"),
        ("\u200b88,35", "88.35"),
    ],
)
def test_numbers_are_read_exactly_however_they_were_typed(typed, expected):
    assert read_table(with_cell(typed), "a.xlsx").rows[0].points == expected


@pytest.mark.parametrize(
    ("typed", "number_format", "reason"),
    [
        ("1.000", "General", "đọc được hai cách"),
        ("tám mươi", "General", "không phải là số"),
        ("80-90", "General", "không phải là số"),
        (1 / 3, "General", "quá 10 chữ số thập phân"),
        (-3, "General", "không được âm"),
        (0.8835, "0.00%", "định dạng phần trăm"),
        (datetime.date(2025, 8, 3), "dd/mm/yyyy", "thành ngày"),
        (True, "General", "đúng/sai"),
        ("#REF!", "General", "báo lỗi của Excel"),
        ("=80+2", "General", "công thức chưa có kết quả"),
        ("1e5", "General", "không phải là số"),
        (12345678, "General", "quá lớn"),
        ("８０", "General", "không phải là số"),
    ],
)
def test_a_figure_that_cannot_be_understood_is_a_fault_with_its_place(typed, number_format, reason):
    (fault,) = faults(with_cell(typed, number_format=number_format))

    assert fault[:2] == ("Kết quả", 3)
    assert reason in fault[3]


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+84 Xã", "-Xã A", "=cmd|' /C calc'!A0"])
def test_names_that_look_like_formulas_stay_names(name):
    assert read_table(table([{"name": name, "points": "80"}]), "a.xlsx").rows[0].name == name


def test_a_tab_in_a_name_becomes_a_space():
    assert read_table(table([{"name": "\tHuyện\tA", "points": "80"}]), "a.xlsx").rows[0].name == "Huyện A"


def test_decomposed_vietnamese_is_composed():
    decomposed = unicodedata.normalize("NFD", "Huyện Bàu Bàng")

    assert read_table(table([{"name": decomposed, "points": "80"}]), "a.xlsx").rows[0].name == "Huyện Bàu Bàng"


def test_all_faults_of_a_file_are_told_at_once():
    rows = [
        {"name": "Huyện A", "points": "1.000", "rank": "1,5"},
        {"name": "", "points": "x"},
        {"name": "Huyện C", "points": "70", "group": "khong-co", "grade": "Giỏi", "A|points": "41"},
        {"name": "Huyện D", "points": "60", "is_ranked": "không", "unit_code": "../etc"},
        {"name": "Huyện D", "points": "60", "unit_code": "D 1"},
        {"name": "Huyện E"},
    ]
    found = faults(table(rows, columns=COLUMN, grades=GRADES, year="17"))

    assert [(fault[1], fault[2]) for fault in found if fault[0] == "Kết quả"] == [
        (3, "1.000"),
        (3, "1,5"),
        (4, ""),
        (4, "x"),
        (5, "khong-co"),
        (5, "41"),
        (5, "Giỏi"),
        (6, "../etc"),
        (6, ""),
        (7, "D 1"),
        (8, ""),
    ]
    assert ("Chung", 3, "17") in [fault[:3] for fault in found]


@pytest.mark.parametrize(
    ("rows", "options", "reason"),
    [
        ([*ONE, {"name": "huyện a", "points": "70"}], {}, "Trùng đơn vị ở dòng 3"),
        ([{**ONE[0], "unit_code": "7"}, {"name": "B", "points": "1", "unit_code": "7"}], {}, "Trùng mã ở dòng 3"),
        ([{**ONE[0], "rank": "0"}], {}, "số nguyên"),
        ([{**ONE[0], "is_ranked": "có lẽ"}], {}, "một trong các giá trị"),
        ([{**ONE[0], "is_ranked": "không", "unranked_reason": "Mới"}], {}, "lại có hạng in"),
        ([{**ONE[0], "max_points": "0"}], {}, "lớn hơn 0"),
        ([{**ONE[0], "A|points": "40,5"}], {"columns": COLUMN}, "lớn hơn điểm tối đa 40"),
        ([{**ONE[0], "A|points": "31", "A|max_points": "30"}], {"columns": COLUMN}, "lớn hơn điểm tối đa 30"),
        (ONE, {"columns": [{"code": "tong", "max_points": "4"}]}, "Mã cột"),
        (ONE, {"columns": [{"code": "1", "max_points": "4"}, {"code": "1.1", "max_points": "4"}]}, "thêm dấu chấm"),
        (ONE, {"columns": [*COLUMN, *COLUMN]}, "đứng hai lần"),
        (ONE, {"groups": [{"code": "h", "title": "Huyện", "listed_of": "0"}]}, "số nguyên"),
        ([*ONE, {"name": "B", "points": "9", "rank": "3"}], {"groups": TWO_UNITS}, "Hạng lớn hơn"),
        (ONE, {"grades": [GRADES[1], GRADES[0], GRADES[2]]}, "giảm dần"),
        (ONE, {"grades": GRADES[:1]}, "thấp nhất phải để trống"),
        (ONE, {"grades": [{**GRADES[0], "above": "60"}, GRADES[2]]}, "một trong hai ngưỡng"),
        (ONE, {"title": "Chỉ số CCHC năm 2018"}, "nói năm 2018"),
        (ONE, {"decision_date": "31/02/2018"}, "Không có ngày"),
        (ONE, {"decision_date": "01/02/2016"}, "trước năm đánh giá"),
        (ONE, {"source_url": "javascript:alert(1)"}, "địa chỉ trang"),
        (ONE, {"rounding": "tùy"}, "một trong các giá trị"),
        (ONE, {"decimals": "9"}, "từ 0 đến 6"),
        (ONE, {"code": "a/b"}, "Mã chỉ gồm"),
        (ONE, {"source_text": ""}, "Chưa ghi “Nguồn”"),
        ([], {}, "chưa có đơn vị nào"),
        ([{"name": "Xã " + "a" * 200, "points": "1"}], {}, "Dài quá 200"),
        ([{"name": "Xã \u202eA", "points": "1"}], {}, "ký tự ẩn"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_a_fault(rows, options, reason):
    found = faults(table(rows, **options))

    assert len(found) == 1
    assert reason in found[0][3]


def size_read(rows: list[dict[str, str]], listed_of: str) -> tuple[bool, int | None]:
    (group,) = read_table(table(rows, groups=[{"code": "so", "title": "Sở", "listed_of": listed_of}]), "a.xlsx").groups
    return group.is_excerpt, group.listed_of


@pytest.mark.parametrize("typed", ["không rõ", "Không rõ", " KHÔNG  RÕ ", "khong ro"])
def test_an_excerpt_may_say_that_the_size_of_its_group_is_unknown(typed):
    assert size_read([{"name": "Sở A", "index": "91,21", "rank": "7"}], typed) == (True, None)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("14", (True, 14)), ("", (False, None)), ("1", (False, None))],
)
def test_a_group_is_an_excerpt_when_it_has_more_units_than_the_table(typed, expected):
    assert size_read(ONE, typed) == expected


def test_a_rank_without_figures_keeps_a_group_named_whole_an_excerpt():
    """Its ranks cannot be recomputed: who stands where it stands is known from print only."""
    assert size_read([*ONE, {"name": "B", "rank": "2"}], "2") == (True, 2)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("nhiều", "Ghi một số nguyên, hoặc “không rõ” khi nguồn không nêu"),
        ("?", "Ghi một số nguyên, hoặc “không rõ” khi nguồn không nêu"),
        ("khoảng 20", "không phải là số"),
        ("12,5", "số nguyên"),
        ("-3", "số nguyên"),
    ],
)
def test_a_size_that_is_neither_a_number_nor_unknown_is_a_fault(typed, reason):
    (fault,) = faults(table(ONE, groups=[{"code": "h", "title": "Huyện", "listed_of": typed}]))

    assert fault[:3] == ("Khối", 3, typed)
    assert reason in fault[3]


def test_what_the_source_says_of_a_whole_group_is_read_as_text():
    read = read_table(table(ONE, printed_statement="26 Tốt, 80 Khá, 18 Trung bình"), "a.xlsx")

    assert read.general.printed_statement == "26 Tốt, 80 Khá, 18 Trung bình"


def test_a_total_over_the_maximum_is_no_fault():
    assert read_table(table([{"name": "A", "points": "102,50"}]), "a.xlsx").rows[0].points == "102.50"


def test_parts_that_do_not_add_up_are_no_fault():
    columns = [{"code": "A", "max_points": "60", "kind": "phần"}, {"code": "B", "max_points": "40", "kind": "phần"}]

    read = read_table(
        table([{"name": "X", "points": "90", "A|points": "50", "B|points": "30"}], columns=columns), "a.xlsx"
    )

    assert read.rows[0].points == "90"


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (lambda book: book["Kết quả"].merge_cells("A3:A4"), "Kết quả", "đang gộp"),
        (lambda book: setattr(book["Kết quả"].row_dimensions[3], "hidden", True), "Kết quả", "Dòng đang ẩn"),
        (lambda book: setattr(book["Kết quả"].column_dimensions["E"], "hidden", True), "Kết quả", "Cột đang ẩn"),
        (lambda book: setattr(book["Chung"], "sheet_state", "hidden"), "Chung", "Trang đang ẩn"),
        (lambda book: book.create_sheet("Kết quả (2)").append(["x"]), "Kết quả (2)", "không thuộc mẫu"),
        (lambda book: book.remove(book["Kết quả"]), "", "thiếu trang “Kết quả”"),
        (lambda book: book.remove(book["Chung"]), "", "thiếu trang “Chung”"),
        (lambda book: book["Kết quả"].cell(1, 30, "Cột lạ"), "Kết quả", "không có trong mẫu"),
        (lambda book: book["Kết quả"].cell(1, 30, "Hạng in"), "Kết quả", "đứng hai lần"),
        (lambda book: book["Kết quả"].cell(3, 30, "x"), "Kết quả", "không có tên"),
        (lambda book: setattr(book["Kết quả"]["C1"], "value", "Đơn vị"), "Kết quả", "Thiếu cột “Tên đơn vị”"),
        (lambda book: book["Chung"].append(["Năm", "2018"]), "Chung", "đứng hai lần"),
        (lambda book: book["Chung"].append(["Tỉnh", "A"]), "Chung", "Khóa không có"),
    ],
)
def test_a_sheet_that_is_not_as_it_looks_is_a_fault(change, place, reason):
    found = faults(edited(table(ONE), change))

    assert any(fault[0] == place and reason in fault[3] for fault in found)


def test_empty_extra_sheets_and_styled_empty_rows_do_no_harm():
    def change(book):
        book.create_sheet("Trang 9")
        book["Kết quả"].cell(4000, 3).number_format = "0.00"

    assert len(read_table(edited(table(ONE), change), "a.xlsx").rows) == 1


def test_the_empty_template_lacks_only_what_a_person_must_fill():
    assert {fault[3].split(".")[0] for fault in faults(template())} == {
        "Chưa ghi “Mã kỳ”",
        "Chưa ghi “Năm”",
        "Chưa ghi “Tên kỳ”",
        "Chưa ghi “Nguồn”",
        "Trang chưa có đơn vị nào",
    }


def test_a_filled_template_is_read_back():
    def change(book):
        for row, value in zip(range(2, 20), ("2024", 2024, "Chỉ số CCHC năm 2024"), strict=False):
            book["Chung"].cell(row, 2, value)
        book["Chung"]["B8"] = "Bảng công bố"
        book["Khối"]["A3"], book["Khối"]["B3"] = "so", "Sở, ban, ngành"
        for column, value in ((3, "Sở A"), (5, "88,35"), (7, 1)):
            book["Kết quả"].cell(3, column, value)
        book["Kết quả"].cell(3, 1, "Sở, ban, ngành")

    read = read_table(edited(template(), change), "a.xlsx")

    assert (read.general.code, read.general.year, read.general.decimals) == ("2024", 2024, 2)
    assert [(row.group, row.name, row.points, row.rank) for row in read.rows] == [("so", "Sở A", "88.35", 1)]


def test_the_template_marks_its_invented_example_and_holds_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(template()))
    example = book["Ví dụ (minh họa)"]

    assert "DỮ LIỆU MINH HỌA" in example["A1"].value
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_is_read_with_any_of_three_delimiters_with_or_without_a_mark(delimiter, mark):
    lines = [["Tên đơn vị", "Tổng điểm", "Hạng in", "LV1 điểm"], ["Huyện A", "88.35", "1", "9.5"]]
    text = mark + "\r\n".join(delimiter.join(line) for line in lines)

    read = read_table(text.encode(), "bang.csv", GENERAL)

    assert (read.rows[0].name, read.rows[0].points, read.rows[0].figures["LV1"].points) == ("Huyện A", "88.35", "9.5")
    assert [column.code for column in read.columns] == ["LV1"]


def test_csv_groups_are_made_from_what_stands_in_the_table():
    text = "Khối;Tên đơn vị;Tổng điểm\nSở, ban, ngành;Sở A;90\nCấp huyện;Huyện B;80\nSở, ban, ngành;Sở C;70\n"

    read = read_table(text.encode(), "a.csv", GENERAL)

    assert [(group.code, group.title) for group in read.groups] == [
        ("so-ban-nganh", "Sở, ban, ngành"),
        ("cap-huyen", "Cấp huyện"),
    ]


def test_csv_with_decimal_commas_between_quotes():
    read = read_table('Tên đơn vị,Tổng điểm\n"Huyện A","88,35"\n'.encode(), "a.csv", GENERAL)

    assert read.rows[0].points == "88.35"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "rỗng"),
        (b"   \n", "rỗng"),
        ("Tên đơn vị;Tổng điểm\nHuyện Ấ;1".encode("cp1258", "replace"), "UTF-8"),
        (b"\xff\xfe" + "Tên".encode("utf-16-le"), "UTF-8"),
        ("Tên đơn vị;Tổng điểm\nA\0;1".encode(), "không thuộc văn bản"),
        ('Tên đơn vị;Tổng điểm\n"A;1'.encode(), "dấu nháy kép"),
        (("Tên đơn vị;Tổng điểm\n" + "A;1\n" * 5001).encode(), "quá 5.000 dòng"),
        (("Tên đơn vị" + ";x" * 201 + "\n").encode(), "quá 200 cột"),
        (("Tên đơn vị;Tổng điểm\n" + "A" * 2001 + ";1\n").encode(), "quá 2.000 ký tự"),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused_in_a_sentence(data, reason):
    (fault,) = faults(data, "bang.csv", GENERAL)

    assert reason in fault[3]


def test_csv_without_general_data_asks_for_them():
    (fault,) = faults("Tên đơn vị;Tổng điểm\nA;1\n".encode(), "bang.csv")

    assert "thông tin chung" in fault[3]

"""An annex is read strictly: every fault at once, by sheet, row and column, with what is wrong and how to mend it."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from scoring.engine.load_policy import USUAL_POLICY
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.files.annex_workbook import write_annex
from scoring.services.criteria_reading import read_annex
from scoring.services.past_types import TableFault, TableFaults
from tests.scoring.criteria.annexes import annex, changed, edited, leaf, with_cells

pytestmark = pytest.mark.any_database

CRITERIA, GENERAL = "Bộ tiêu chí", "Thông tin"
# Rows of the usual annex: 4 is "1", 5 "1.1", 6 "1.2", 7 "2", 8 "2.1".


def faults(data: bytes, policy: dict[str, Any] | None = None) -> list[TableFault]:
    with pytest.raises(TableFaults) as refused:
        read_annex(data, "phu-luc.xlsx", policy)
    return list(refused.value.faults)


def only(data: bytes) -> tuple[int, str, str]:
    """Row, column and sentence of the only fault."""
    found = faults(data)
    assert len(found) == 1, [str(fault) for fault in found]
    return found[0].row, found[0].column, found[0].reason


def read_with(cells: dict[str, Any], given: AnnexSet | None = None) -> AnnexSet:
    return read_annex(with_cells(cells, given=given), "phu-luc.xlsx")


def test_numbers_are_exact_however_they_were_typed():
    given = changed(changed(annex(), "1", max_points="6.1"), "1.1", max_points="2.1")

    typed = read_with({"C4": 6.1, "C5": "2.10"}, given)

    assert [node.max_points for node in typed.nodes[:3]] == ["6.1", "2.1", "4"]


def test_a_row_without_a_kind_comes_in_as_judged_by_a_person_and_is_marked():
    node = read_with({"F5": None, "G5": None}).nodes[1]

    assert (node.rule, node.rule_pending) == ({"kind": "manual"}, True)


def test_a_kind_named_on_purpose_is_not_pending():
    node = read_with({"F5": "Chấm trực tiếp", "G5": None}).nodes[1]

    assert (node.rule, node.rule_pending) == ({"kind": "manual"}, False)


def test_sources_roles_and_kinds_are_read_by_word_and_by_name():
    cells = {"D5": "self", "E5": "Diem thuong", "F5": "options", "D6": "ĐIỀU PHỐI", "C4": "4"}
    nodes = read_with(cells).nodes

    assert [(node.source, node.role) for node in nodes[1:3]] == [("self", "bonus"), ("coordinator", "scored")]


def test_only_code_name_and_points_are_needed():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = CRITERIA
    for row in (("Phụ lục I",), ("Mã", "Tên tiêu chí", "Điểm tối đa"), (1, "Một", 2), ("1.1", "Một một", 2)):
        sheet.append(row)
    own = book.create_sheet(GENERAL)
    for row in (("Khóa", "Giá trị"), ("Mã bộ", "xa"), ("Tên bộ tiêu chí", "Bộ tiêu chí cấp xã")):
        own.append(row)

    read = read_annex(edited_bytes(book), "phu-luc.xlsx")

    assert [(node.code, node.rule_pending, node.row) for node in read.nodes] == [("1", False, 3), ("1.1", True, 4)]
    assert (read.unit_kinds, read.is_sample) == ((), False)


def edited_bytes(book: Any) -> bytes:
    return edited(write_annex(annex()), lambda own: _replace_sheets(own, book))


def _replace_sheets(own: Any, book: Any) -> None:
    for name in own.sheetnames:
        del own[name]
    for sheet in book.worksheets:
        copy = own.create_sheet(sheet.title)
        for row in sheet.iter_rows(values_only=True):
            copy.append(row)


def test_heading_lines_may_be_merged_and_notes_are_passed_over():
    def change(book):
        sheet = book[CRITERIA]
        sheet.merge_cells("A1:M1")
        sheet.append(["# Người lập: Sở Nội vụ"])

    assert read_annex(edited(write_annex(annex()), change), "a.xlsx") == annex()


def test_line_breaks_of_other_programs_leave_no_trace():
    assert read_with({"H5": "Đúng hạn: 2 điểm_x000D_\nTrễ hạn: 0,5 điểm"}).nodes[1] == annex().nodes[1]


@pytest.mark.parametrize(
    ("cells", "row", "column", "told"),
    [
        ({"A5": None}, 5, "A “Mã *”", "Dòng chưa có mã"),
        ({"A5": "1 1"}, 5, "A “Mã *”", "Mã chỉ gồm chữ không dấu"),
        ({"A6": "1.1"}, 6, "A “Mã *”", "Mã này đã dùng ở dòng 5"),
        ({"A5": datetime.date(2026, 1, 1)}, 5, "A “Mã *”", "Excel đã đổi ô này thành ngày"),
        ({"B5": None}, 5, "B “Tên tiêu chí *”", "Chưa ghi tên tiêu chí"),
        ({"B5": "dài " * 200}, 5, "B “Tên tiêu chí *”", "Dài quá 500 ký tự"),
        ({"C5": None}, 5, "C “Điểm tối đa *”", "Chưa ghi điểm tối đa"),
        ({"C5": "hai"}, 5, "C “Điểm tối đa *”", "không phải là số"),
        ({"C5": "1.000"}, 5, "C “Điểm tối đa *”", "đọc được hai cách"),
        ({"C5": -1}, 5, "C “Điểm tối đa *”", "không được âm"),
        ({"C5": "=1+1"}, 5, "C “Điểm tối đa *”", "công thức chưa có kết quả"),
        ({"D5": "tỉnh"}, 5, "D “Nguồn”", "tự chấm, điều tra, kết quả, điều phối"),
        ({"E5": "chính"}, 5, "E “Vai trò”", "tính điểm, điểm thưởng, điểm trừ"),
        ({"F5": "Xổ số"}, 5, "F “Loại quy tắc”", "Chọn một mức, Đánh dấu nội dung"),
        ({"F5": "Công thức"}, 5, "G “Tham số”", "loại “Công thức” không có tham số này; chỉ có “biến”, “đoạn”"),
        ({"F5": None}, 5, "F “Loại quy tắc”", "Có tham số mà chưa ghi loại quy tắc"),
        ({"G6": "ngưỡng: 0,8"}, 6, "G “Tham số”", "Tham số dòng 1 “ngưỡng: 0,8”: thiếu dấu “=”"),
        ({"G5": None}, 5, "G “Tham số”", "Thiếu tham số “mức”"),
        ({"D4": "tự chấm"}, 4, "D “Nguồn”", "Tiêu chí này có tiêu chí con"),
        ({"F4": "Tỷ lệ"}, 4, "F “Loại quy tắc”", "Tiêu chí này có tiêu chí con"),
        ({"K5": "2"}, 5, "K “Trọng số”", "Chỉ lĩnh vực (cấp trên cùng) mới có trọng số"),
        ({"L5": "9"}, 5, "L “Thuộc mã”", "Không có tiêu chí mã “9”"),
        ({"L5": "1.1"}, 5, "L “Thuộc mã”", "không thể thuộc chính nó"),
        ({"L5": "2"}, 5, "A “Mã *”", "Tiêu chí cha “2” đứng ở dòng 7"),
        ({"M5": "abc"}, 5, "M “Mã định danh”", "do cổng đặt, không tự ghi"),
        ({"N5": "x"}, 5, "N", "Cột này không có tên"),
        ({"H5": "chữ\u202eđảo"}, 5, "H “Cách tính”", "ký tự ẩn đảo chiều"),
    ],
)
def test_a_wrong_cell_is_told_at_its_row_and_column(cells, row, column, told):
    found = [fault for fault in faults(with_cells(cells)) if (fault.row, fault.column) == (row, column)]

    assert any(told in fault.reason for fault in found), [str(fault) for fault in faults(with_cells(cells))]


FORMULA = "biến.a = Tổng số hồ sơ\nbiến.b = Số đúng hạn\n"
LATENESS = "bước.1 = chậm đến 5 | hệ số 1\n"


@pytest.mark.parametrize(
    ("kind", "parameters", "told"),
    [
        ("Công thức", FORMULA + "đoạn.1 = điểm b / c", "ký tự thứ 5: không có biến “c”"),
        ("Công thức", FORMULA + "đoạn.1 = khi b | điểm M", "cần một điều kiện"),
        ("Công thức", FORMULA + "đoạn.1 = điểm M\nđoạn.2 = điểm 0", "không bao giờ dùng đến"),
        ("Theo số ngày chậm", LATENESS + "bước.2 = chậm đến 5 | hệ số 0", "xếp số ngày tăng dần"),
        ("Theo số ngày chậm", LATENESS + "hạn = 15.12.26", "không phải là ngày"),
        ("Trừ theo vi phạm", "lỗi.a = Chậm | mỗi lần -1", "không được nhỏ hơn 0"),
        ("Theo số lượng", "điểm mỗi việc = nửa", "không phải là số"),
        ("Bậc thang", "tính theo = giá trị\nbậc.1 = từ 1 | điểm 1\nbậc.2 = từ 2 | điểm 2", "không số liệu nào rơi vào"),
    ],
)
def test_what_a_rule_gets_wrong_is_told_at_its_cell(kind, parameters, told):
    row, column, reason = only(with_cells({"F5": kind, "G5": parameters}))

    assert (row, column.endswith("“Tham số”")) == (5, True)
    assert told in reason


@pytest.mark.parametrize(
    ("cells", "column", "told"),
    [
        ({"B2": None}, "“Mã bộ”", "Chưa ghi “Mã bộ”"),
        ({"B2": "bộ sở"}, "“Mã bộ”", "Mã chỉ gồm chữ không dấu"),
        ({"B3": None}, "“Tên bộ tiêu chí”", "Chưa ghi “Tên bộ tiêu chí”"),
        ({"B4": "Xã; Làng"}, "“Áp dụng cho”", "Không có loại đơn vị này"),
        ({"B6": "có lẽ"}, "“Dữ liệu minh họa”", "Phải là một trong các giá trị: có, không"),
    ],
)
def test_what_is_wrong_with_the_set_as_a_whole_is_told_on_its_sheet(cells, column, told):
    _, where, reason = only(with_cells(cells, GENERAL))

    assert where == column
    assert told in reason


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda book: book.remove(book[GENERAL]), "Tệp thiếu trang “Thông tin”"),
        (lambda book: book.remove(book[CRITERIA]), "Tệp thiếu trang “Bộ tiêu chí”"),
        (lambda book: book.create_sheet("Nháp").append(["x"]), "Trang này không thuộc mẫu"),
        (lambda book: book[CRITERIA].delete_rows(4, 9), "Chưa có tiêu chí nào"),
        (lambda book: book[CRITERIA].merge_cells("A5:A6"), "đang gộp"),
        (lambda book: _hide(book[CRITERIA].row_dimensions[5]), "Dòng đang ẩn"),
        (lambda book: _hide(book[CRITERIA].column_dimensions["D"]), "Cột đang ẩn"),
    ],
)
def test_a_workbook_of_another_shape_is_refused_with_the_way_to_mend_it(change, told):
    assert any(told in fault.reason for fault in faults(edited(write_annex(annex()), change)))


def _hide(dimension: Any) -> None:
    dimension.hidden = True


def test_a_missing_column_is_named():
    data = with_cells({"C3": "Điểm chuẩn"})

    assert {fault.reason for fault in faults(data)} >= {
        "Tên cột không có trong mẫu. Sửa tên hoặc xóa cột.",
        "Thiếu cột “Điểm tối đa”. Thêm cột này như trong tệp mẫu.",
    }


def test_a_set_of_more_criteria_than_any_annex_has_is_refused():
    nodes = [leaf(str(at), "1", "") for at in range(601)]

    assert "nhiều nhất 600" in only(write_annex(annex(*nodes)))[2]


def test_a_file_that_is_no_workbook_is_refused_in_a_sentence():
    found = faults(b"PK\x03\x04 hong")

    assert [fault.reason[:35] for fault in found] == ["Không nhận tệp “phu-luc.xlsx”: khôn"]


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_the_file():
    data = with_cells({"A5": None, "C6": "hai", "F8": "Xổ số"})

    assert [fault.row for fault in faults(data)] == [5, 6, 8]


# ── what only the engine sees, at the row where it is mended ──────────────────────────────────────────────────────────


def test_points_that_do_not_sum_are_told_at_the_parent():
    row, column, told = only(with_cells({"C4": "7"}))

    assert (row, column) == (4, "C “Điểm tối đa *”")
    assert told.startswith("Điểm tối đa là 7 nhưng tổng các tiêu chí con là 6")


@pytest.mark.parametrize(
    ("cells", "row", "told"),
    [
        ({"G5": "mức.a = Có | hệ số 1,5"}, 5, "đang là 1,5, không được lớn hơn 1"),
        ({"G8": "thang từ = 5\nthang đến = 1"}, 8, "thang đến phải lớn hơn thang từ"),
        ({"G8": "thang từ = 5"}, 8, "“thang đến”"),
        ({"F6": "Bậc thang", "G6": "tính theo = giá trị\nbậc.1 = từ 1 | theo tỷ lệ"}, 6, "điểm hoặc hệ số"),
        ({"F6": "Chấm trực tiếp", "G6": "bước điểm = 0"}, 6, "phải lớn hơn 0"),
    ],
)
def test_parameters_that_do_not_fit_together_are_told_at_their_row_in_the_words_of_the_annex(cells, row, told):
    found_row, column, reason = only(with_cells(cells))

    assert (found_row, column) == (row, "G “Tham số”")
    assert told in reason


def test_faults_deep_in_the_tree_find_their_row():
    given = annex(
        AnnexNode("1", "Một", "2"),
        AnnexNode("1.1", "Một một", "1", "1"),
        leaf("1.1.1", "1", "1.1"),
        AnnexNode("1.2", "Một hai", "1", "1"),
        leaf("1.2.1", "1", "1.2"),
    )

    found = faults(with_cells({"G8": "mức.a = Có | hệ số 2"}, given=given))

    assert [(fault.row, fault.value) for fault in found] == [(8, "mức.a = Có | hệ số 2")]


def test_the_policy_of_the_campaign_is_part_of_the_proof():
    weights = USUAL_POLICY | {"weighting": "weights"}

    found = faults(write_annex(annex()), weights)

    assert [(fault.row, fault.column) for fault in found] == [(4, "A “Mã *”"), (7, "A “Mã *”")]
    assert "thiếu trọng số" in found[0].reason.lower()
    weighted = replace(annex(), nodes=tuple(
        replace(node, weight="" if node.parent else "50") for node in annex().nodes))  # fmt: skip
    assert read_annex(write_annex(weighted), "a.xlsx", weights) == weighted

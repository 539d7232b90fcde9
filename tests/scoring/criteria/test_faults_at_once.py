"""One go tells everything: a wrong cell hides no other row, and the engine looks at all that is sound beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scoring.engine.load_policy import USUAL_POLICY
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.files.annex_workbook import write_annex
from scoring.services.criteria_reading import read_annex
from scoring.services.past_types import TableFaults
from tests.scoring.criteria.annexes import annex, edited, leaf, with_cells

pytestmark = pytest.mark.any_database

GENERAL, CRITERIA = "Thông tin", "Bộ tiêu chí"
BANDS = "tính theo = giá trị\nbậc.1 = từ 5 | hệ số 0,5\nbậc.2 = từ 9 | hệ số 1"
STEPS = "bước.1 = chậm đến 5 | hệ số 1\nbước.2 = chậm đến 3 | hệ số 0,5"


def told(data: bytes, policy: dict[str, Any] | None = None) -> list[tuple[str, int, str, str]]:
    """Sheet, row, letter (or name) of the column and sentence of every fault."""
    with pytest.raises(TableFaults) as refused:
        read_annex(data, "phu-luc.xlsx", policy)
    return [(one.sheet, one.row, one.column.partition(" ")[0], one.reason) for one in refused.value.faults]


def places(data: bytes, policy: dict[str, Any] | None = None) -> list[tuple[int, str]]:
    return [(row, column) for _, row, column, _ in told(data, policy)]


def wide() -> AnnexSet:
    """Component 1 (row 4) with 1.1 to 1.6 (rows 5 to 10), component 2 (row 11) with 2.1 and 2.2 (rows 12 and 13)."""
    return annex(
        AnnexNode("1", "Chỉ đạo, điều hành", "6"),
        *(leaf(f"1.{at}", "1", "1") for at in range(1, 7)),
        AnnexNode("2", "Tác động", "2"),
        *(leaf(f"2.{at}", "1", "2") for at in (1, 2)),
    )


def test_ten_different_faults_of_a_workbook_are_told_at_once_by_sheet_row_and_column():
    cells = {
        "B5": None,
        "C6": "một",
        "D7": "tỉnh",
        "F8": "Bậc thang", "G8": BANDS,
        "F9": "Theo số ngày chậm", "G9": STEPS,
        "F10": "Kết quả điều tra", "G10": "thang từ = 5\nthang đến = 1",
        "C11": "3",
        "G12": "mức.a = Có | hệ số 2\nmức.b = Không | mười",
        "A13": "2.1",
    }  # fmt: skip
    data = edited(with_cells(cells, given=wide()), lambda book: book[GENERAL].__setitem__("B2", "bộ sở"))

    found = told(data)

    assert [fault[:3] for fault in found] == [
        (GENERAL, 2, "“Mã"),
        (CRITERIA, 5, "B"),
        (CRITERIA, 6, "C"),
        (CRITERIA, 7, "D"),
        (CRITERIA, 8, "G"),
        (CRITERIA, 9, "G"),
        (CRITERIA, 10, "G"),
        (CRITERIA, 12, "G"),
        (CRITERIA, 12, "G"),
        (CRITERIA, 13, "A"),
    ]
    assert "không số liệu nào rơi vào bậc này" in found[4][3]
    assert "3 ngày không lớn hơn 5 ngày của bước trước nên hai bước chồng lên nhau" in found[5][3]
    assert "thang từ 5" not in found[6][3]
    assert "thang đến phải lớn hơn thang từ" in found[6][3]


def test_a_sum_is_not_told_where_one_of_its_points_cannot_be_read_and_is_told_beside_it():
    found = told(with_cells({"C5": "hai", "C11": "3"}, given=wide()))

    assert [(row, column) for _, row, column, _ in found] == [(5, "C"), (11, "C")]
    assert "tổng các tiêu chí con là 2" in found[1][3]


@pytest.mark.parametrize("cell", [{"A7": None}, {"A7": "1 3"}, {"A7": "1.1"}, {"L7": "2"}, {"L7": "1.3"}])
def test_a_row_without_a_place_takes_part_in_no_sum_and_hides_no_other(cell):
    rule = {"G7": "mức.a = Có | hệ số 2"}

    found = places(with_cells(cell | rule | {"G13": "mức.a = Không | hệ số 3"}, given=wide()))

    assert [row for row, _ in found] == [7, 7, 13]
    assert (7, "G") in found


def test_a_parent_that_is_named_and_does_not_exist_leaves_every_sum_open():
    assert places(with_cells({"L7": "9", "C13": "2"}, given=wide())) == [(7, "L")]


def test_what_is_wrong_with_a_role_is_no_fault_of_the_sum():
    assert places(with_cells({"E5": "chính"}, given=wide())) == [(5, "E")]


def test_a_weight_that_cannot_be_read_is_not_missing():
    weights = USUAL_POLICY | {"weighting": "weights"}

    assert places(with_cells({"K4": "nửa", "K11": "50"}, given=wide()), weights) == [(4, "K")]


@pytest.mark.parametrize(
    ("parameters", "faults"),
    [
        ("mức.a = Có | hệ số 2\nmức.b = Không | điểm x", ["không được lớn hơn 1", "không phải là số"]),
        ("mức.a = Có | hệ số 2\nsai", ["không được lớn hơn 1", "thiếu dấu “=”"]),
        ("muc = Có | điểm 1", ["viết: mức.<mã mức>"]),
        ("mứt.a = Có | điểm 1", ["không có tham số này"]),
    ],
)
def test_one_wrong_line_of_a_rule_hides_no_other(parameters, faults):
    found = told(with_cells({"G5": parameters}, given=wide()))

    assert [column for _, _, column, _ in found] == ["G"] * len(faults)
    assert all(any(fault in one[3] for one in found) for fault in faults), found


def test_entries_after_one_that_is_numbered_wrongly_get_their_own_numbers():
    bands = "tính theo = giá trị\nbậc.1 = từ 9 | hệ số 1\nbậc.3 = từ 5 | hệ số 0,5\nbậc.4 = từ 1 | hệ số 0,1"

    found = told(with_cells({"F5": "Bậc thang", "G5": bands}, given=wide()))

    assert len(found) == 2
    assert found[0][3].endswith("dòng này phải là “bậc.2”.")
    assert found[1][3].endswith("dòng này phải là “bậc.3”.")


def test_a_wrong_line_and_a_parameter_that_is_missing_are_both_told():
    found = told(with_cells({"F5": "Bậc thang", "G5": "bậc.1 = từ chín | hệ số 1"}, given=wide()))

    assert ["Thiếu tham số “tính theo”" in reason for *_, reason in found] == [False, True]


def test_a_missing_column_is_told_once_and_what_the_other_columns_say_is_looked_at():
    data = with_cells({"C3": "Điểm chuẩn", "G5": "mức.a = Có | hệ số 2"}, given=wide())

    assert places(data) == [(3, "C"), (3, ""), (5, "G")]


def test_a_missing_sheet_does_not_hide_what_the_other_says():
    data = edited(with_cells({"B5": None}, given=wide()), lambda book: book.remove(book[GENERAL]))

    assert [fault[:2] for fault in told(data)] == [("", 0), (CRITERIA, 5)]


@pytest.mark.parametrize("number", ["0", "d800", "110000"])
def test_a_number_that_is_no_sign_is_refused_in_a_sentence(number):
    found = told(with_cells({"G5": f"mức.a = C\\u{{{number}}} | điểm 1"}, given=wide()))

    assert [(row, column) for _, row, column, _ in found] == [(5, "G")]
    assert "không có chữ nào mang số" in found[0][3]


def test_a_code_longer_than_the_portal_keeps_and_a_tree_of_too_many_levels_are_refused():
    deep = [AnnexNode("1" + ".1" * at, "Cấp", "1", "1" + ".1" * (at - 1) if at else "") for at in range(10)]
    data = write_annex(annex(*deep, leaf("1" + ".1" * 10, "1", "1" + ".1" * 9)))

    assert [(row, reason) for _, row, _, reason in told(data)] == [(14, "Cây có quá 10 cấp. Bớt số cấp của tiêu chí.")]
    assert [row for row, _ in places(with_cells({"A5": "1." + "1" * 31}, given=wide()))] == [5]


def test_a_file_without_faults_is_read_as_it_was_written():
    given = replace(wide(), note="Quyết định số 1")

    assert read_annex(write_annex(given), "phu-luc.xlsx") == given


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ({"C11": 3}, "3"),
        ({"K5": None, "F5": "Kết quả điều tra", "G5": "thang từ = 5\nthang đến = 1"}, "thang đến = 1"),
        ({"F5": "Bậc thang", "G5": BANDS}, "bậc.2 = từ 9 | hệ số 1"),
        ({"G5": "mức.a = Có | hệ số 1\nmức.b = Không | hệ số 2"}, "mức.b = Không | hệ số 2"),
    ],
)
def test_what_the_engine_finds_is_shown_with_the_cell_and_in_a_rule_with_the_line_that_is_meant(cells, shown):
    with pytest.raises(TableFaults) as refused:
        read_annex(with_cells(cells, given=wide()), "phu-luc.xlsx")

    assert [one.value for one in refused.value.faults] == [shown]

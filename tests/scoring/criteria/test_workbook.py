"""The annex workbook: written and read it gives the same set; the template offers lists and prints as an annex."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.rules.registry import KINDS
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.files.annex_parameters import read_parameters
from scoring.files.annex_workbook import template, write_annex
from scoring.services.criteria_reading import read_annex
from tests.scoring.criteria.annexes import OPTIONS, RATIO, SURVEY, annex, edited, leaf
from units.enums import UnitKind

pytestmark = pytest.mark.any_database

FIXTURES = Path(__file__).parents[3] / "fixtures" / "criteria"
WORDS = st.text(st.sampled_from(list("aăâđêôơưỳẽổ =+-@'\"|\\<>&;,.:/()%0123456789")), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split()) or "x"
)
PARAGRAPHS = st.lists(WORDS, max_size=3).map("\n".join)
LEAF_RULES = (OPTIONS, RATIO, SURVEY, *(read_parameters(kind, KINDS[kind].example) for kind in KINDS))


def book_of(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


@st.composite
def sets(draw: st.DrawFn) -> AnnexSet:
    """Trees of two or three levels whose codes nest or not, with every field filled or left out."""
    components = []
    for at in range(1, draw(st.integers(1, 3)) + 1):
        code = draw(st.sampled_from([str(at), f"{'I' * at}", f"LV-{at}"]))
        leaves = []
        for number in range(1, draw(st.integers(1, 3)) + 1):
            own = draw(st.sampled_from([f"{code}.{number}", f"{at}-{number}"]))
            rule = draw(st.sampled_from(LEAF_RULES))
            pending = draw(st.booleans())
            leaves.append(
                AnnexNode(
                    own,
                    draw(WORDS),
                    "1.5",
                    code,
                    source=draw(st.sampled_from(["self", "survey", "outcome", "coordinator"])),
                    role="scored",
                    rule={"kind": "manual"} if pending else rule,
                    rule_pending=pending,
                    scoring_text=draw(PARAGRAPHS),
                    evidence_text=draw(PARAGRAPHS),
                    lead_department=draw(st.just("") | WORDS),
                    permanent_id=draw(st.just("") | st.uuids().map(str)),
                )
            )
        points = f"{1.5 * len(leaves):g}"
        components.append(AnnexNode(code, draw(WORDS), points, weight=draw(st.sampled_from(["", "12.5"]))))
        components += leaves
    return AnnexSet(
        draw(st.sampled_from(["so", "xa-2026"])),
        draw(WORDS),
        tuple(components),
        tuple(draw(st.lists(st.sampled_from(UnitKind.values), unique=True))),
        draw(st.just("") | WORDS),
        draw(st.booleans()),
    )


@settings(max_examples=15)
@given(sets())
def test_any_set_survives_being_written_and_read(written):
    assert read_annex(write_annex(written), "phu-luc.xlsx") == written


@pytest.mark.parametrize("code", ["so", "xa"])
def test_the_sample_annexes_survive_being_read_written_and_read_again(code):
    read = read_annex((FIXTURES / f"{code}.xlsx").read_bytes(), f"{code}.xlsx")

    assert len(read.nodes) == len(list(_nodes(json.loads((FIXTURES / f"{code}.json").read_text())["criteria"])))
    assert read_annex(write_annex(read), "a.xlsx") == read


def _nodes(criteria: list[dict[str, Any]]) -> Any:
    for node in criteria:
        yield node
        yield from _nodes(node.get("children", []))


def test_a_criterion_whose_code_looks_like_anothers_child_keeps_its_own_place():
    given = annex(
        AnnexNode("1", "Một", "1"),
        leaf("A", "1", "1"),
        AnnexNode("1.5", "Một phẩy năm, một lĩnh vực riêng", "1"),
        leaf("1.5.1", "1", "1.5"),
    )

    sheet = book_of(write_annex(given))["Bộ tiêu chí"]
    assert [sheet[f"L{row}"].value for row in range(4, 8)] == [None, "1", "-", None]
    assert read_annex(write_annex(given), "a.xlsx") == given


def test_the_workbook_holds_the_columns_of_an_annex_under_two_lines_of_heading():
    sheet = book_of(write_annex(annex(is_sample=True)))["Bộ tiêu chí"]

    assert sheet["A1"].value == "DỮ LIỆU MINH HỌA. Bộ tiêu chí cấp xã"
    assert [cell.value for cell in sheet[3]] == [
        "Mã *",
        "Tên tiêu chí *",
        "Điểm tối đa *",
        "Nguồn",
        "Vai trò",
        "Loại quy tắc",
        "Tham số",
        "Cách tính",
        "Tài liệu kiểm chứng",
        "Cơ quan thẩm định",
        "Trọng số",
        "Thuộc mã",
        "Mã định danh",
    ]
    assert [cell.value for cell in sheet[5]][:6] == [
        "1.1",
        "Tiêu chí 1.1",
        "2,00",
        "tự chấm",
        "tính điểm",
        "Chọn một mức",
    ]
    assert sheet["G5"].value == "mức.du = Đúng hạn | hệ số 1\nmức.tre = Trễ hạn | điểm 0,5\nmức.khong = Không | điểm 0"


def test_codes_and_texts_stay_text_whatever_they_begin_with():
    given = annex(AnnexNode("1", "=1+1", "1"), leaf("1.10", "1", "1", scoring_text="+84\n'trích'"))

    sheet = book_of(write_annex(given))["Bộ tiêu chí"]
    assert (sheet["B4"].data_type, sheet["A5"].data_type, sheet["A5"].value) == ("s", "s", "1.10")
    assert read_annex(write_annex(given), "a.xlsx") == given


def test_the_sheet_prints_across_one_lying_page_with_its_heading_on_each():
    sheet = book_of(write_annex(annex()))["Bộ tiêu chí"]

    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.print_area) == ("C4", "$3:$3", "'Bộ tiêu chí'!$A$1:$J$8")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet["H5"].alignment.wrap_text
    assert sheet.row_dimensions[5].height >= 3 * 14


def test_the_template_offers_the_words_to_choose_from_and_a_guide_for_every_column_kind_and_parameter():
    book = book_of(template())

    offered = [choice.formula1 for choice in book["Bộ tiêu chí"].data_validations.dataValidation]
    assert offered[0] == '"tự chấm,điều tra,kết quả,điều phối"'
    assert offered[2].strip('"').split(",") == [kind.label for kind in KINDS.values()]
    assert len(offered[2].strip('"')) <= 255  # Excel takes no longer list
    told = "\n".join(str(cell.value) for row in book["Hướng dẫn"].iter_rows() for cell in row if cell.value)
    for word in ("Mã định danh", "Thuộc mã", *(kind.label for kind in KINDS.values())):
        assert word in told
    assert all(one.note in told for kind in KINDS.values() for one in kind.parameters)


def test_a_filled_template_is_a_set_of_the_two_example_rows():
    def fill(book: Any) -> None:
        book["Thông tin"]["B2"], book["Thông tin"]["B3"] = "xa", "Bộ tiêu chí cấp xã"

    read = read_annex(edited(template(), fill), "mau.xlsx")

    assert [(node.code, node.max_points, node.parent) for node in read.nodes] == [("1", "2", ""), ("1.1", "2", "1")]


def test_longest_rows_stay_within_what_a_workbook_can_show():
    given = annex(AnnexNode("1", "Một", "1"), leaf("1.1", "1", "1", scoring_text="dài " * 450 + "hết"))

    assert book_of(write_annex(given))["Bộ tiêu chí"].row_dimensions[5].height <= 409

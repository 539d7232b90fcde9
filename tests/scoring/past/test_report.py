"""The report against print: equal, equal but for rounding, different, or not to be checked and why."""

from __future__ import annotations

import io

import openpyxl
import pytest

from scoring.exporters.past_report import report_workbook
from scoring.selectors.past_report import Report, Status, compare_with_print
from scoring.services.calculation import calculate
from tests.scoring.past.tables import GRADES, bring_in, table

pytestmark = pytest.mark.django_db

TWO = [{"code": "A", "max_points": "40"}, {"code": "B", "max_points": "60"}]


def report(rows, **options) -> Report:
    campaign = bring_in(table(rows, **options))
    return compare_with_print(campaign, calculate(campaign, None))


def lines(found: Report) -> list[tuple[str, str, str, str, str]]:
    return [(line.unit, line.subject, line.printed, line.computed, line.status) for line in found.lines]


def test_a_misprinted_index_is_shown_beside_the_computed_one():
    """Bình Thuận 2018: 93,95 of 98,5 is 95,38; the table printed 95,27."""
    found = report([{"name": "X", "points": "93,95", "max_points": "98,5", "index": "95,27"}])

    assert lines(found) == [("X", "Chỉ số", "95,27", "95,38", Status.DIFFERS)]
    assert found.lines[0].reason == "Tính lại: 93,95 ÷ 98,5 × 100."
    assert found.counts == {"differs": 1, "rounding": 0, "unchecked": 0, "equal": 0}
    assert found.units_with_differences == 1


def test_a_printed_maximum_that_is_missing_is_estimated_in_the_note():
    """Thanh Hóa, Ban Dân tộc: 68,32 points printed as 81,33 %."""
    found = report([{"name": "X", "points": "68,32", "index": "81,33"}])

    assert found.lines[0].status == Status.DIFFERS
    assert "ứng với khoảng 84,00 điểm" in found.lines[0].reason


def test_ranks_and_mean_are_recomputed():
    rows = [
        {"name": "X", "points": "80", "index": "80", "rank": "1"},
        {"name": "Y", "points": "90", "index": "90", "rank": "2"},
    ]
    found = report(rows, groups=[{"code": "h", "title": "Huyện", "printed_mean": "84,50"}])

    assert lines(found)[0] == ("", "Trung bình khối", "84,50", "85,00", Status.DIFFERS)
    assert ("X", "Hạng", "1", "2", Status.DIFFERS) in lines(found)
    assert ("Y", "Hạng", "2", "1", Status.DIFFERS) in lines(found)


def test_tied_units_share_the_printed_rank():
    rows = [
        {"name": "X", "points": "91", "rank": "1"},
        {"name": "Y", "points": "91", "rank": "1"},
        {"name": "Z", "points": "86,5", "rank": "3"},
    ]
    assert report(rows).counts["equal"] == 3


def test_a_class_that_does_not_follow_the_thresholds_is_reported_and_not_overridden():
    rows = [{"name": "X", "points": "83,06", "grade": "Khá"}, {"name": "Y", "points": "70", "grade": "khá"}]
    found = report(rows, grades=GRADES)

    assert ("X", "Xếp loại", "Khá", "Tốt", Status.DIFFERS) in lines(found)
    assert ("Y", "Xếp loại", "khá", "Khá", Status.EQUAL) in lines(found)


def test_a_class_without_printed_thresholds_cannot_be_checked():
    found = report([{"name": "X", "points": "83,06", "grade": "Giỏi"}])

    assert lines(found) == [("X", "Xếp loại", "Giỏi", "–", Status.UNCHECKED)]
    assert found.lines[0].reason == "Bảng không in ngưỡng xếp loại."


def test_columns_that_do_not_add_up_to_the_total_are_reported():
    found = report([{"name": "X", "points": "95", "A|points": "36", "B|points": "54"}], columns=TWO)

    assert lines(found) == [("X", "Tổng điểm so với tổng các lĩnh vực", "95", "90", Status.DIFFERS)]
    assert found.lines[0].reason == "Lệch 5."


def test_a_component_that_does_not_apply_is_not_missing_from_the_sum():
    columns = [{"code": "A", "max_points": "60"}, {"code": "B", "max_points": "40"}]
    found = report(
        [
            {"name": "Huyện A", "points": "90", "A|points": "52", "B|points": "38"},
            {"name": "Huyện B", "points": "51", "max_points": "60", "A|points": "51", "B|points": "KAD"},
        ],
        columns=columns,
    )
    sums = [line for line in found.lines if line.subject == "Tổng điểm so với tổng các lĩnh vực"]
    assert [(line.printed, line.status) for line in sums] == [("90", Status.EQUAL), ("51", Status.EQUAL)]


def test_rounding_of_the_printed_parts_is_told_apart_from_an_error():
    found = report(
        [{"name": "X", "points": "90,01", "index": "90,01", "A|points": "36,00", "B|points": "54,00"}], columns=TWO
    )

    assert {line.subject: line.status for line in found.lines} == {
        "Tổng điểm so với tổng các lĩnh vực": Status.ROUNDING,
        "Chỉ số": Status.ROUNDING,
    }


def test_component_indices_and_ranks_are_compared():
    rows = [
        {"name": "X", "A|points": "38", "A|index": "95,00", "A|rank": "1", "B|points": "30", "B|rank": "1"},
        {"name": "Y", "A|points": "36", "A|index": "91", "A|rank": "2", "B|points": "45", "B|rank": "2"},
    ]
    found = report(rows, columns=TWO)

    assert ("X", "Cột A: chỉ số", "95,00", "95,00", Status.EQUAL) in lines(found)
    assert ("Y", "Cột A: chỉ số", "91", "90,00", Status.DIFFERS) in lines(found)
    assert ("X", "Cột A: hạng", "1", "1", Status.EQUAL) in lines(found)
    assert ("X", "Cột B: hạng", "1", "2", Status.DIFFERS) in lines(found)


def test_an_excerpt_is_not_ranked_anew():
    rows = [{"name": "X", "points": "95,8", "index": "95,8", "rank": "1"}, {"name": "Y", "rank": "45"}]
    found = report(rows, groups=[{"code": "p", "title": "Phường", "listed_of": "45", "printed_mean": "88"}])

    assert [(line.subject, line.status, line.reason) for line in found.lines] == [
        ("Trung bình khối", Status.UNCHECKED, "Bảng chỉ trích một phần của khối."),
        ("Chỉ số", Status.EQUAL, ""),
        ("Hạng", Status.UNCHECKED, "Bảng chỉ trích một phần của khối."),
        ("Hạng", Status.UNCHECKED, "Bảng chỉ in hạng, không in số."),
    ]


def test_an_excerpt_of_unknown_size_is_not_ranked_anew():
    rows = [{"name": "X", "points": "91,21", "index": "91,21", "rank": "4", "A|points": "38", "A|rank": "2"}]
    group = {"code": "so", "title": "Sở", "listed_of": "không rõ", "printed_mean": "88"}
    found = report(rows, columns=TWO[:1], groups=[group])

    unchecked = [(line.subject, line.printed, line.reason) for line in found.of(Status.UNCHECKED)]
    assert unchecked[0] == ("Trung bình khối", "88", "Bảng chỉ trích một phần của khối.")
    assert ("Hạng", "4", "Bảng chỉ trích một phần của khối.") in unchecked
    assert ("Cột A: hạng", "2", "Bảng chỉ trích một phần của khối.") in unchecked


def test_a_group_with_as_many_rows_as_it_has_units_is_checked_as_a_whole():
    rows = [{"name": "X", "points": "80", "rank": "1"}, {"name": "Y", "points": "70", "rank": "2"}]
    found = report(rows, groups=[{"code": "so", "title": "Sở", "listed_of": "2", "printed_mean": "75"}])

    assert [(line.subject, line.printed, line.computed, line.status) for line in found.lines] == [
        ("Trung bình khối", "75", "75,00", Status.EQUAL),
        ("Hạng", "1", "1", Status.EQUAL),
        ("Hạng", "2", "2", Status.EQUAL),
    ]


def test_an_index_without_points_proves_nothing():
    found = report([{"name": "X", "index": "88,35"}])

    assert lines(found) == [("X", "Chỉ số", "88,35", "88,35", Status.UNCHECKED)]


def test_differences_come_first():
    rows = [{"name": "X", "points": "80", "index": "80"}, {"name": "Y", "points": "70", "index": "71"}]

    assert [line.unit for line in report(rows).sorted_lines] == ["Y", "X"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_report_takes_two_queries_at_any_size(count, django_assert_num_queries):
    campaign = bring_in(table([{"name": f"Huyện {number}", "points": "80", "rank": "1"} for number in range(count)]))
    run = calculate(campaign, None)

    with django_assert_num_queries(2):
        assert compare_with_print(campaign, run).units == count


def test_the_workbook_of_the_report_holds_every_line_as_text():
    campaign = bring_in(table([{"name": "=1+1", "points": "80", "index": "81"}]))
    run = calculate(campaign, None)
    book = openpyxl.load_workbook(io.BytesIO(report_workbook(campaign, run, compare_with_print(campaign, run))))

    rows = list(book["Đối chiếu"].values)
    assert rows[1][1:7] == ("=1+1", "3", "Chỉ số", "81", "80,00", "khác")
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= {"s", "n"}

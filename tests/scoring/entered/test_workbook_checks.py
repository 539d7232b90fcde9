"""What the check of a workbook tells: a fault of two figures at the figure that was given, figures to look at again,
and why a figure earns no points."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from scoring.models import Criterion, EnteredImport
from tests.scoring.entered.year import (
    SHEET,
    address,
    book_of,
    data_of,
    fill,
    leaf_address,
    put,
    send,
    text,
    unit_address,
)
from tests.year import Year

pytestmark = pytest.mark.django_db

OUTSIDE = "Giá trị 105 lớn hơn 100 nên chỉ được tính điểm tối đa. Hãy xem lại số liệu."


def checked(c: Client, year: Year, figures: dict[str, str]) -> str:
    """The words of the preview of one unit's figures."""
    book = book_of(c, year)
    fill(book, "SOA", figures)
    send(c, year, data_of(book))
    page = text(c.get(address("entered_uploaded", year, EnteredImport.objects.get().pk)))
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("3.1 Số phiếu hài lòng", "3.1 Số phiếu trả lời"),
        ("4.7 Số phiếu hài lòng", "4.7 Số phiếu trả lời"),
        ("4.5 Số đạt được", "4.5 Tổng số"),
    ],
)
def test_a_part_above_its_whole_is_told_at_the_part_and_at_no_blank_cell(
    year: Year, c: Client, part: str, whole: str
) -> None:
    book = book_of(c, year)
    fill(book, "SOA", {part: "50", whole: "40"})
    faults = send(c, year, data_of(book)).context["faults"]
    assert [(part in fault.column, fault.value) for fault in faults] == [(True, "50")]


def test_figures_to_look_at_again_are_listed_once_with_their_row(year: Year, c: Client) -> None:
    told = checked(c, year, {"4.6 Giá trị (trên 100)": "105", "3.2 Điểm": "0,5"})
    assert "Xem lại 1 số trước khi áp dụng" in told
    assert f"{SHEET} 4 Sở An toàn 4.6 {OUTSIDE}" in told
    assert told.count("Hãy xem lại số liệu") == 1
    assert "Áp dụng 2 số" in told


def test_figures_to_look_at_again_are_told_in_the_table_and_on_the_page_of_the_unit(year: Year, c: Client) -> None:
    put(year, "4.6", value="105")
    put(year, "4.6", year.b, value="100")
    assert text(c.get(leaf_address(year, "4.6"))).count(OUTSIDE) == 1
    assert OUTSIDE in text(c.get(unit_address(year, "4.6")))
    assert "Xem lại" not in text(c.get(unit_address(year, "4.6", "SOB")))


def test_figures_that_earn_no_points_are_told_with_the_reason(year: Year, c: Client) -> None:
    rule = year.leaves["4.7"].rule | {"when_few": "not_applicable"}
    Criterion.objects.filter(pk=year.leaves["4.7"].pk).update(rule=rule)
    told = checked(c, year, {"4.7 Số phiếu hài lòng": "9", "4.7 Số phiếu trả lời": "10"})
    assert "Không tính Chỉ có 10 phiếu (cần ít nhất 30)" in told
    assert "trước khi áp dụng" not in told


def test_an_upload_that_was_read_before_there_were_warnings_is_still_shown(year: Year, c: Client) -> None:
    checked(c, year, {"4.6 Giá trị (trên 100)": "105"})
    staged = EnteredImport.objects.get()
    staged.rows = [{key: value for key, value in row.items() if key != "warning"} for row in staged.rows]
    staged.save(update_fields=["rows"])
    assert "Áp dụng 1 số" in text(c.get(address("entered_uploaded", year, staged.pk)))

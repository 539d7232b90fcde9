"""The sheets of the workbook of entered points are called by their groups' titles, as Excel takes names."""

from __future__ import annotations

import io

import openpyxl
import pytest

from scoring.enums import Stage
from scoring.models import CriteriaSet, Criterion, Group, Participant, Value
from scoring.services.entered_import import apply, stage, template
from scoring.services.past_types import TableFaults
from tests.scoring.entered.year import SHEET, data_of, fill
from tests.year import Year
from units.files.sheet_names import sheet_name

pytestmark = pytest.mark.django_db
INDEX = "4.6 Giá trị (trên 100)"


def book_of(year: Year) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template(year.campaign)))


def bring_in(year: Year, book: openpyxl.Workbook) -> dict[str, str]:
    """Stage and apply; the entered figure of 4.6 by unit."""
    staged = stage(year.campaign, file_name="diem.xlsx", data=data_of(book), by=year["c"])
    apply(staged, sha256=staged.sha256, by=year["c"])
    found = Value.objects.filter(stage=Stage.ENTERED, criterion=year.leaves["4.6"])
    return {code: inputs["value"] for code, inputs in found.values_list("participant__code", "inputs")}


def own_set(year: Year, code: str) -> None:
    """Unit B is measured by a set of its own, in the same group."""
    own = CriteriaSet.objects.create(campaign=year.campaign, code=code, title="Bộ riêng", position=2)
    top = Criterion.objects.create(criteria_set=own, path="001", code="8", title="Tác động", max_points=1)
    Criterion.objects.create(
        criteria_set=own, parent=top, path="001.001", code="8.1", title="SIPAS", max_points=1, source="survey",
        rule={"kind": "indicator"},
    )  # fmt: skip
    Participant.objects.filter(pk=year.b.pk).update(criteria_set=own)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Xã, phường, đặc khu", "Xã, phường, đặc khu"),
        ("Sở/ban: [khối 1]?*\\", "Sở ban khối 1"),
        ("'Khối'  một'", "Khối' một"),
        ("Các cơ quan chuyên môn thuộc Ủy ban nhân dân tỉnh", "Các cơ quan chuyên môn thuộc Ủy"),
        ("///", "Trang"),
    ],
)
def test_a_name_has_what_excel_takes(title: str, name: str) -> None:
    assert sheet_name(title, set()) == name


def test_names_differ_also_where_titles_are_cut_or_differ_by_marks_alone() -> None:
    taken: set[str] = set()
    titles = ["Các phòng chuyên môn thuộc khối A", "Các phòng chuyên môn thuộc khối Á", "xa", "Xã", "Xà"]

    assert [sheet_name(title, taken) for title in titles] == [
        "Các phòng chuyên môn thuộc khối",
        "Các phòng chuyên môn thuộc (2)",
        "xa",
        "Xã (2)",
        "Xà (3)",
    ]


def test_a_tail_is_kept_where_the_title_is_cut() -> None:
    assert sheet_name("Các phòng chuyên môn thuộc khối A", set(), "(xa)") == "Các phòng chuyên môn thuộc (xa)"


def test_the_group_gives_its_title_to_its_sheet_and_figures_come_back_from_there(year: Year) -> None:
    book = book_of(year)
    fill(book, "SOA", {INDEX: "70"}, sheet="Sở, ban, ngành")

    assert bring_in(year, book) == {"SOA": "70"}


def test_a_group_called_like_the_guide_does_not_lose_its_sheet(year: Year) -> None:
    Group.objects.filter(pk=year.group.pk).update(title="Hướng dẫn")
    book = book_of(year)
    fill(book, "SOA", {INDEX: "70"}, sheet="Hướng dẫn (2)")

    assert bring_in(year, book) == {"SOA": "70"}


def test_a_workbook_of_old_whose_sheets_are_called_by_codes_is_still_read(year: Year) -> None:
    book = book_of(year)
    book[SHEET].title = "so"
    fill(book, "SOA", {INDEX: "70"}, sheet="so")

    assert bring_in(year, book) == {"SOA": "70"}


def test_a_group_of_several_sets_has_a_sheet_for_each_by_the_sets_code(year: Year) -> None:
    own_set(year, "rieng")
    book = book_of(year)

    assert book.sheetnames[:2] == ["Sở, ban, ngành (so)", "Sở, ban, ngành (rieng)"]
    book["Sở, ban, ngành (so)"].title = "so.so"
    fill(book, "SOA", {INDEX: "70"}, sheet="so.so")
    assert bring_in(year, book) == {"SOA": "70"}


def test_two_sheets_of_one_group_are_refused_by_the_name_they_have_in_the_file(year: Year) -> None:
    book = book_of(year)
    book.copy_worksheet(book[SHEET]).title = "so"

    with pytest.raises(TableFaults, match="Trang “so”: Có hai trang của cùng một khối"):
        bring_in(year, book)

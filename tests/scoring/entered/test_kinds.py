"""Days, ticks, counts and formulas where a coordinator enters them: the table of a leaf, the workbook, the preview."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from scoring.enums import Stage
from scoring.models import Criterion, EnteredImport
from tests.scoring.entered.year import (
    SHEET,
    address,
    book_of,
    data_of,
    entered_year,
    fill,
    leaf_address,
    put,
    row,
    send,
    text,
    unit_address,
)
from tests.year import Year

pytestmark = pytest.mark.django_db

LATENESS = {"kind": "lateness", "due": "2026-12-15", "steps": [{"up_to_days": 5, "share": "1"}]}
DEDUCTION = {
    "kind": "deduction",
    "items": [
        {"key": "cham", "label": "Báo cáo chậm", "points_each": "0.25"},
        {"key": "sai", "label": "Sai số liệu", "points_each": "0.5"},
    ],
}
FORMULA = {
    "kind": "formula",
    "variables": [{"key": "a", "label": "Số hồ sơ"}, {"key": "b", "label": "Số hồ sơ"}],
    "pieces": [{"points": "b / a"}],
}
DATE, DAYS, ABSENT = "4.1 Ngày thực hiện (hạn 15/12/2026)", "4.1 Số ngày chậm (đúng hạn ghi 0)", "4.1 Không thực hiện"
LATE, WRONG = "4.2 mục 1: Báo cáo chậm", "4.2 mục 2: Sai số liệu"


@pytest.fixture
def year() -> Year:
    """4.1 asks for a day, 4.2 for counts, 4.3 for two figures of one name."""
    made = entered_year()
    for code, rule in (("4.1", LATENESS), ("4.2", DEDUCTION), ("4.3", FORMULA)):
        Criterion.objects.filter(pk=made.leaves[code].pk).update(rule=rule)
        made.leaves[code].refresh_from_db()
    return made


def entered(year: Year, code: str) -> Any:
    value = year.value(code, Stage.ENTERED)
    return value.inputs if value else None


@pytest.mark.parametrize(
    ("code", "typed", "stored"),
    [
        ("4.1", {"date": "14/12/2026"}, {"date": "2026-12-14"}),
        ("4.1", {"absent": "on"}, {"absent": True}),
        ("4.2", {"counts.cham": "2"}, {"counts": {"cham": "2", "sai": "0"}}),
        ("4.3", {"a": "10", "b": "9"}, {"a": "10", "b": "9"}),
    ],
)
def test_the_table_takes_them_and_shows_them_again(
    year: Year, code: str, typed: dict[str, str], stored: dict[str, Any]
) -> None:
    c = year.browser("c")
    assert c.post(leaf_address(year, code, "entered_save"), row(year, code, year.a, **typed)).status_code == 302
    assert entered(year, code) == stored
    page = text(c.get(leaf_address(year, code)))
    for key, value in typed.items():
        shown = f'name="u{year.a.pk}-{key}"'
        assert f"{shown} aria-label" in page if value == "on" else f'{shown} value="{value}"' in page


def test_a_tick_in_the_table_stays_ticked(year: Year) -> None:
    put(year, "4.1", absent=True)
    page = text(year.browser("c").get(leaf_address(year, "4.1")))
    assert page.count(" checked>") == 1


def test_a_survey_below_its_minimum_says_so_at_its_row(year: Year) -> None:
    put(year, "4.7", satisfied="12", responses="20")
    put(year, "4.7", year.b, satisfied="30", responses="40")
    page = text(year.browser("c").get(leaf_address(year, "4.7")))
    assert page.count("Chỉ có 20 phiếu (cần ít nhất 30): 0 điểm") == 1
    assert "30/40 phiếu hài lòng" not in page


def test_an_emptied_row_takes_the_counts_away_and_an_unchanged_one_stays(year: Year) -> None:
    put(year, "4.2", counts={"cham": "1", "sai": "0"})
    put(year, "4.2", year.b, counts={"cham": "1"})
    blank = {"counts.cham": "", "counts.sai": ""}
    data = row(year, "4.2", year.a, seen=1, **blank) | row(year, "4.2", year.b, seen=1, **{"counts.cham": "1"})
    assert year.browser("c").post(leaf_address(year, "4.2", "entered_save"), data).status_code == 302
    assert entered(year, "4.2") is None
    assert year.seen("4.2", Stage.ENTERED, year.b) == 1


def test_a_late_row_carries_what_was_typed_to_the_form_of_its_unit(year: Year) -> None:
    put(year, "4.2", counts={"cham": "1", "sai": "0"})
    put(year, "4.2", counts={"cham": "2", "sai": "0"})
    late = row(year, "4.2", year.a, seen=1, **{"counts.cham": "3", "counts.sai": "0"})
    stale = year.browser("c").post(leaf_address(year, "4.2", "entered_save"), late)
    assert stale.status_code == 409
    assert "Báo cáo chậm: 3 lần; Sai số liệu: 0 lần" in text(stale)
    fields = dict(stale.context["clashes"][0].fields)
    assert year.browser("c").post(unit_address(year, "4.2"), fields).status_code == 302
    assert entered(year, "4.2") == {"counts": {"cham": "3", "sai": "0"}}


def test_the_workbook_has_a_column_for_each_and_gives_back_what_stands(year: Year) -> None:
    put(year, "4.1", date="2026-12-14")
    put(year, "4.1", year.b, absent=True)
    put(year, "4.2", counts={"cham": "2", "sai": "0"})
    book = book_of(year.browser("c"), year)
    headings = [cell.value for cell in book[SHEET][2]]
    assert headings[6:13] == [DATE, DAYS, ABSENT, LATE, WRONG, "4.3 Số hồ sơ (a)", "4.3 Số hồ sơ (b)"]
    rows = [[cell.value for cell in cells][6:11] for cells in book[SHEET].iter_rows(min_row=4)]
    assert rows == [["14/12/2026", None, None, "2", "0"], [None, None, "có", None, None]]
    nothing_new = send(year.browser("c"), year, data_of(book))
    assert (nothing_new.status_code, EnteredImport.objects.get().rows[0]["kind"]) == (302, "same")


def test_the_workbook_takes_texts_and_real_dates(year: Year) -> None:
    c = year.browser("c")
    book = book_of(c, year)
    figures = {"4.3 Số hồ sơ (a)": "10", "4.3 Số hồ sơ (b)": 9}
    fill(book, "SOA", {DATE: datetime.date(2026, 12, 14), LATE: "1.000", **figures})
    fill(book, "SOB", {ABSENT: "Có", WRONG: "0", DATE: ""})
    assert send(c, year, data_of(book)).status_code == 302
    found = EnteredImport.objects.get()
    preview = text(c.get(address("entered_uploaded", year, found.pk)))
    assert "Báo cáo chậm: 1000 lần; Sai số liệu: 0 lần" in preview
    assert "Không thực hiện" in preview
    assert [(item["inputs"]) for item in found.rows] == [
        {"date": "2026-12-14"},
        {"counts": {"cham": "1000", "sai": "0"}},
        {"a": "10", "b": "9"},
        {"absent": True},
        {"counts": {"cham": "0", "sai": "0"}},
    ]


@pytest.mark.parametrize(
    ("cells", "column", "sentence"),
    [
        ({DATE: "14.12"}, DATE, "không phải là ngày"),
        ({DATE: "14/12/2026", DAYS: "3"}, DATE, "4.1: Đã ghi “Ngày thực hiện (hạn 15/12/2026)” và “Số ngày chậm"),
        ({DAYS: "2,5"}, DAYS, "phải là số nguyên"),
        ({ABSENT: "x"}, ABSENT, "Ghi có hoặc không."),
        ({WRONG: "-1"}, WRONG, "không được nhỏ hơn 0"),
        ({"4.3 Số hồ sơ (a)": "0", "4.3 Số hồ sơ (b)": "1"}, "4.3 Số hồ sơ (a)", "phép chia cho 0"),
    ],
)
def test_a_wrong_cell_is_told_at_its_column(year: Year, cells: dict[str, Any], column: str, sentence: str) -> None:
    c = year.browser("c")
    book = book_of(c, year)
    fill(book, "SOA", cells)
    answer = send(c, year, data_of(book))
    assert answer.status_code == 422
    (fault,) = answer.context["faults"]
    assert f"“{column}”" in fault.column
    assert sentence in fault.reason

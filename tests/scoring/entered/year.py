"""A small year whose entered leaves cover every kind of rule, and what the pages of entered points are called."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from scoring.enums import Phase, Source, Stage
from scoring.models import Criterion, Participant, Value
from scoring.services.entered import enter
from scoring.services.values import Content
from tests.factories import OPTIONS
from tests.kept import once
from tests.year import Year, advance, build_year

SHEET = "Sở, ban, ngành"  # the one group's title is its sheet's name
CHECKLIST = {
    "kind": "checklist",
    "items": [
        {"key": "a", "label": "Có kế hoạch", "share": "0.5"},
        {"key": "b", "label": "Có báo cáo", "share": "0.5"},
    ],
}
BANDS = {"kind": "bands", "of": "value", "bands": [{"at_least": "10", "share": "1"}, {"above": "0", "points": "0.25"}]}
RATIO_BANDS = {
    "kind": "bands", "of": "ratio", "when_empty": "zero", "allow_over": True,
    "bands": [{"at_least": "1", "share": "1"}, {"at_least": "0.8", "linear": True}],
}  # fmt: skip
RATIO = {"kind": "ratio", "floor": "0.8", "when_empty": "full"}
INDICATOR = {"kind": "indicator", "of": "100"}
COUNTED = {"kind": "survey", "min_responses": 30, "when_few": "zero"}
LEAVES = (
    ("4.1", "Lựa chọn", OPTIONS, Source.COORDINATOR),
    ("4.2", "Danh mục việc", CHECKLIST, Source.COORDINATOR),
    ("4.3", "Doanh nghiệp mới", BANDS, Source.OUTCOME),
    ("4.4", "Thu ngân sách", RATIO_BANDS, Source.OUTCOME),
    ("4.5", "Nhiệm vụ được giao", RATIO, Source.COORDINATOR),
    ("4.6", "SIPAS", INDICATOR, Source.SURVEY),
    ("4.7", "Phiếu hài lòng", COUNTED, Source.SURVEY),
)


def entered_year(phase: Phase = Phase.SELF_ASSESSMENT) -> Year:
    """The year of `build_year` with component 4: seven entered leaves of 1 point each, 4.1 to 4.7."""
    return once(("entered", phase), lambda: _with_leaves(phase))


def _with_leaves(phase: Phase) -> Year:
    year = build_year(Phase.DRAFT)
    add_leaves(year)
    advance(year, phase)
    return year


def add_leaves(year: Year) -> None:
    top = Criterion.objects.create(
        criteria_set=year.criteria_set, path="004", code="4", title="Kết quả", max_points=Decimal(len(LEAVES))
    )
    for at, (code, title, rule, source) in enumerate(LEAVES, start=1):
        year.leaves[code] = Criterion.objects.create(
            criteria_set=year.criteria_set,
            parent=top,
            path=f"004.{at:03d}",
            code=code,
            title=title,
            max_points=Decimal(1),
            rule=rule,
            source=source,
        )


def put(year: Year, code: str, unit: Participant | None = None, by: str = "c", **inputs: Any) -> Value:
    """Enter figures as the form would, from the version that stands."""
    whose = unit or year.a
    seen = year.seen(code, Stage.ENTERED, whose)
    return enter(whose, year.leaves[code], Content(inputs=inputs), seen=seen, by=year[by])


def address(name: str, year: Year, *rest: object) -> str:
    return reverse(f"scoring:{name}", args=[year.organiser.slug, year.campaign.code, *rest])


def leaf_address(year: Year, code: str, name: str = "entered_leaf") -> str:
    return address(name, year, "so", "so", code)


def unit_address(year: Year, code: str, unit: str = "SOA", name: str = "entered_unit") -> str:
    return address(name, year, unit, code)


def row(year: Year, code: str, unit: Participant, seen: int = 0, **typed: Any) -> dict[str, Any]:
    """The fields of one unit in the table of a leaf."""
    return {f"v{unit.pk}": seen, **{f"u{unit.pk}-{key}": value for key, value in typed.items()}}


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


# ── the workbook ──────────────────────────────────────────────────────────────────────────────────────────────────


def book_of(client: Client, year: Year) -> openpyxl.Workbook:
    response = client.get(address("entered_workbook", year))
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(response.content))


def fill(book: openpyxl.Workbook, unit: str, texts: dict[str, Any], sheet: str = SHEET) -> None:
    """Write into the row of `unit`, column by heading ("4.6 Giá trị (trên 100)")."""
    page = book[sheet]
    columns = {cell.value: cell.column for cell in page[2]}
    at = next(cells[0].row for cells in page.iter_rows(min_row=4) if cells[0].value == unit)
    for heading, value in texts.items():
        page.cell(at, columns[heading]).value = value


def data_of(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def send(client: Client, year: Year, data: bytes, name: str = "diem.xlsx") -> Any:
    return client.post(address("entered_upload", year), {"file": SimpleUploadedFile(name, data)})

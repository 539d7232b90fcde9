"""What changed in a criteria set since an earlier year as a workbook, every text written as text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from openpyxl import Workbook

from scoring.files.results_workbook import SAMPLE_MARK, text_cell
from scoring.models import Criterion
from scoring.services.criteria_years import TwoYears, YearRow
from units.vietnamese import format_points

WIDTHS = (10, 44, 10, 10, 44, 10, 22, 60, 30)


def years_workbook(years: TwoYears) -> bytes:
    """One sheet with a line for every criterion of this year and then for every one that was dropped, and one sheet
    that says what was compared."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Thay đổi")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDEFGHI", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    for line in (_headings(years), *(_line(row) for row in (*years.rows, *years.dropped))):
        sheet.append([text_cell(sheet, value) for value in line])
    about = book.create_sheet("Thông tin")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 34, 90
    for name, value in _about(years):
        about.append([text_cell(about, name), text_cell(about, value)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _headings(years: TwoYears) -> tuple[str, ...]:
    now, then = years.criteria_set.campaign.year, years.before.campaign.year
    own = [f"{name} năm {year}" for year in (now, then) for name in ("Mã", "Tiêu chí", "Điểm tối đa")]
    return (*own, "Cách so", "Khác ở", "Ghi chú")


def _line(row: YearRow) -> tuple[str, ...]:
    nodes = [row.node] if row.node else []
    told = "; ".join(f"{one.what}: {one.before or 'không'} → {one.now or 'không'}" for one in row.differences)
    kind = row.kind_label if row.is_stored or not row.kind else f"{row.kind_label} (đề xuất)"
    return (*_told(nodes), *_told(row.predecessors), kind, told, row.note)


def _told(nodes: Iterable[Criterion]) -> Iterator[str]:
    nodes = list(nodes)
    yield "; ".join(node.code for node in nodes)
    yield "; ".join(node.title for node in nodes)
    yield "; ".join(format_points(node.max_points) for node in nodes)


def _about(years: TwoYears) -> list[tuple[str, str]]:
    campaign = years.criteria_set.campaign
    sample = campaign.is_sample or years.criteria_set.is_sample
    return [
        *([(SAMPLE_MARK, "Tên và số liệu chỉ là ví dụ.")] if sample else []),
        ("Bộ tiêu chí", years.criteria_set.title),
        ("Kỳ", campaign.title),
        ("So với bộ", years.before.title),
        ("Của kỳ", years.before.campaign.title),
        *((label, str(count)) for label, count in years.counts),
        ("Điểm tối đa của tiêu chí mới", format_points(years.new_points)),
        ("Điểm tối đa của tiêu chí đã bỏ", format_points(years.dropped_points)),
    ]

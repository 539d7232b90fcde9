"""Small results tables for tests, written in the layout of the template."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from scoring.files import results_layout as layout
from scoring.files.results_workbook import write_results_workbook
from scoring.models import Campaign
from scoring.services.past_import import apply, preview, stage
from tests.factories import OrganiserFactory, ProvinceFactory, UnitFactory
from units.enums import UnitKind
from units.models import Organiser, Unit

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "past"
GENERAL = {
    "code": "2017",
    "year": "2017",
    "title": "Chỉ số CCHC năm 2017",
    "source_text": "Bảng thử",
    "decimals": "2",
    "rounding": "nửa lên",
    "ranking": "nhảy hạng (1, 2, 2, 4)",
    "is_sample": "không",
}
GRADES = (
    {"code": "tot", "label": "Tốt", "at_least": "80"},
    {"code": "kha", "label": "Khá", "at_least": "65"},
    {"code": "yeu", "label": "Yếu"},
)
GROUPS = ({"code": "huyen", "title": "Huyện, thị xã, thành phố"},)


def table(
    rows: Sequence[Mapping[str, str]],
    *,
    columns: Sequence[Mapping[str, str]] = (),
    groups: Sequence[Mapping[str, str]] = GROUPS,
    grades: Sequence[Mapping[str, str]] = (),
    **general: str,
) -> bytes:
    """A workbook; a row takes keys of the layout ("name", "points", "A|points"…); a single group is put in."""
    first = groups[0]["code"] if len(groups) == 1 else ""
    keys = {key for row in rows for key in row if "|" in key}
    figures = [
        (column["code"], figure.key)
        for column in columns
        for figure in layout.FIGURES
        if f"{column['code']}|{figure.key}" in keys
    ]
    sheets = {
        layout.GENERAL_SHEET: [GENERAL | general],
        layout.GRADES_SHEET: grades,
        layout.GROUPS_SHEET: groups,
        layout.COLUMNS_SHEET: [{"kind": "lĩnh vực", "title": f"Cột {own['code']}", **own} for own in columns],
        layout.RESULTS_SHEET: [{"group": first, **row} for row in rows],
    }
    return write_results_workbook(sheets, figures)


def province(**fields: Any) -> Organiser:
    """An organiser whose unit existed in 2017."""
    unit = ProvinceFactory(valid_from=datetime.date(1997, 1, 1))
    return OrganiserFactory(unit=unit, **fields)


def district(organiser: Organiser, name: str, code: str, **fields: Any) -> Unit:
    """A huyện of former times under the organiser."""
    dates = {"valid_from": datetime.date(1997, 1, 1), "valid_to": datetime.date(2025, 7, 1)}
    return UnitFactory(parent=organiser.unit, name=name, code=code, kind=UnitKind.DISTRICT, **dates | fields)


def bring_in(data: bytes, organiser: Organiser | None = None, name: str = "bang.xlsx", **kwargs: Any) -> Campaign:
    """Stage and apply; rows without a unit become new historical units."""
    staged = stage(organiser=organiser or province(), file_name=name, data=data, by=None)
    assert preview(staged).is_ready
    return apply(staged, sha256=staged.sha256, by=None, **kwargs)

"""The units of an organiser that begins: its communes from the official list, its departments from a sample or a table.

Every act may be done again: what is there already stays as it is.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from tablib import Dataset

from units import trail
from units.enums import UnitKind
from units.files.official_list import SHIPPED, shipped_list
from units.files.unit_table import UnitRow
from units.models import Organiser, Unit, User
from units.permissions import ADMINISTER, authorize
from units.selectors import units_of
from units.services.catalogue import DEPARTMENTS_DAY, add_departments, department_codes
from units.services.unit_list import UnitResource
from units.vietnamese import format_date

USUAL = Path("fixtures") / "units" / "so.json"


@dataclass(frozen=True)
class Planned:
    """One row of a table and what applying it does: "new", "there" (known by its code), or the fault that stops it."""

    row: UnitRow
    what: str
    fault: str = ""


def communes_listed(organiser: Organiser) -> list[tuple[str, str]]:
    """Code and name of the communes that the official list names for the organiser's province; [] for others."""
    return [(row[2], row[3]) for row in _own_rows(organiser)]


def import_communes(organiser: Organiser, *, by: User) -> dict[str, int]:
    """Bring in the communes of the organiser's own province; how many were new, renamed and there. Raises `Refused`."""
    authorize(by, ADMINISTER, organiser)
    table = Dataset(*_own_rows(organiser), headers=shipped_list().headers)
    with transaction.atomic():
        result = UnitResource().import_data(table, raise_errors=True)
        totals = {name: result.totals[name] for name in ("new", "update", "skip")}
        trail.record(
            "units.import", by=by, about=organiser.unit, label=f"Nhập xã, phường, đặc khu của {organiser.unit}",
            file=SHIPPED.name, totals=totals, renamed=result.renamed,
        )  # fmt: skip
    return totals


def usual_departments(organiser: Organiser) -> list[tuple[str, str, bool]]:
    """Code, name and whether it is there already, for each department that a province usually has."""
    level = "thành phố" if organiser.unit.name.startswith("Thành phố") else "tỉnh"
    known = department_codes(organiser.unit)
    return [(item["code"], item["name"].replace("{cấp}", level), item["code"] in known) for item in _usual()]


def add_usual_departments(organiser: Organiser, codes: Iterable[str], *, by: User) -> int:
    """Add those of the usual departments that were chosen and are missing; how many. Raises `Refused`."""
    authorize(by, ADMINISTER, organiser)
    wanted = set(codes)
    return add_departments(organiser.unit, [item for item in _usual() if item["code"] in wanted], by=by)


def plan_units(organiser: Organiser, rows: Sequence[UnitRow]) -> list[Planned]:
    """What each row of a table would do here; three queries at any size."""
    units = list(units_of(organiser))
    known = {unit.code: unit for unit in units if unit.valid_to is None}
    ended = {(unit.parent_id, unit.code, unit.valid_from) for unit in units if unit.valid_to}
    top = organiser.unit
    begins = {row.code: row.since or max(top.valid_from, DEPARTMENTS_DAY) for row in rows}
    planned = []
    for row in rows:
        fault = ""
        if row.code in known:
            there = known[row.code]
            if there.kind != row.kind or there.name != row.name:
                fault = f"Mã {row.code} đang là “{there.name}”. Dùng mã khác, hoặc sửa đơn vị đó ở trang của nó."
        elif row.parent and row.parent not in known and row.parent not in begins:
            fault = f"Không có đơn vị mã {row.parent} để trực thuộc. Thêm đơn vị đó vào bảng, hoặc để trống."
        elif row.parent == row.code:
            fault = "Đơn vị không trực thuộc chính nó."
        elif begins[row.code] < top.valid_from:
            fault = f"Bắt đầu trước {top.name} ({format_date(top.valid_from)}). Sửa cột Từ ngày, hoặc để trống."
        elif (known.get(row.parent, top).pk, row.code, begins[row.code]) in ended:
            day = format_date(begins[row.code])
            fault = f"Mã {row.code} đã là của một đơn vị từ {day}, nay đã kết thúc. Sửa cột Từ ngày."
        elif row.parent in begins and begins[row.parent] > begins[row.code]:
            fault = f"Bắt đầu trước đơn vị cấp trên {row.parent}. Sửa cột Từ ngày."
        what = "fault" if fault else "there" if row.code in known else "new"
        planned.append(Planned(row, what, f"Dòng {row.line}: {fault}" if fault else ""))
    return planned


def add_units(organiser: Organiser, rows: Sequence[UnitRow], *, by: User, sha256: str) -> int:
    """Add the units of a table that are not there yet; how many. Raises `Refused`, ValueError for a faulty row."""
    authorize(by, ADMINISTER, organiser)
    with transaction.atomic():
        planned = plan_units(organiser, rows)
        faults = [item.fault for item in planned if item.fault]
        if faults:
            raise ValueError(" ".join(faults))
        made: dict[str, Unit] = {}
        waiting = [item.row for item in planned if item.what == "new"]
        while waiting:
            ready = [row for row in waiting if row.parent in made or row.parent not in {item.code for item in waiting}]
            if not ready:
                raise ValueError(f"Dòng {waiting[0].line}: các đơn vị trực thuộc vòng quanh nhau. Sửa cột trực thuộc.")
            for row in ready:
                made[row.code] = _made(organiser, row, made)
            waiting = [row for row in waiting if row.code not in made]
        if made:
            trail.record(
                "units.add_units", by=by, about=organiser.unit, label=f"Thêm {len(made)} đơn vị: {organiser.unit}",
                codes=list(made), sha256=sha256,
            )  # fmt: skip
            told = [(unit, f"Thêm đơn vị {unit}", {"before": {}, "after": _state(unit)}) for unit in made.values()]
            trail.record_many("units.add_unit", told, by=by)
    return len(made)


def as_json(rows: Sequence[UnitRow]) -> list[dict[str, Any]]:
    """The rows as a sealed form carries them from the preview to the act."""
    return [dataclasses.asdict(row) | {"since": row.since.isoformat() if row.since else None} for row in rows]


def _made(organiser: Organiser, row: UnitRow, made: dict[str, Unit]) -> Unit:
    parent = organiser.unit
    if row.parent:
        parent = made.get(row.parent) or units_of(organiser).get(code=row.parent, valid_to__isnull=True)
    unit = Unit(
        code=row.code,
        name=row.name,
        kind=row.kind,
        parent=parent,
        valid_from=row.since or max(organiser.unit.valid_from, DEPARTMENTS_DAY),
    )
    unit.full_clean()
    unit.save()
    return unit


def _state(unit: Unit) -> dict[str, Any]:
    parent = unit.parent.name if unit.parent else ""
    return {"code": unit.code, "name": unit.name, "kind": unit.kind, "parent": parent, "valid_from": unit.valid_from}


def _own_rows(organiser: Organiser) -> list[tuple[str, ...]]:
    unit = organiser.unit
    if unit.kind != UnitKind.PROVINCE or unit.valid_to is not None:
        return []
    return [row for row in shipped_list() if row[0] == unit.code]


def _usual() -> list[dict[str, str]]:
    return json.loads((settings.BASE_DIR / USUAL).read_text(encoding="utf-8"))

"""Units that no official list of communes holds: the departments of a province, and units of the past."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q

from units import trail
from units.enums import UnitKind
from units.models import Organiser, Unit, User

# The departments of a province were reorganised from this day (Luật 65/2025/QH15 and the decisions that followed).
DEPARTMENTS_DAY = datetime.date(2025, 3, 1)


def department_codes(province: Unit) -> set[str]:
    """Codes of what stands below `province`, or ended since the reorganisation: none of them is added once more."""
    below = province.children.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=_departments_begin(province)))
    return set(below.values_list("code", flat=True))


def add_departments(province: Unit, departments: Iterable[dict[str, str]], *, by: User | None) -> int:
    """Create the missing departments of `province` and return their number; a second call adds nothing.

    A department is {"code", "name", "kind"?, "valid_from"?}; "{cấp}" in a name becomes "tỉnh" or "thành phố", as the
    province is.
    Raises ValidationError for a code or kind that no unit may have; then nothing is created.
    """
    level = "thành phố" if province.name.startswith("Thành phố") else "tỉnh"
    begins = _departments_begin(province)
    with transaction.atomic():
        known = department_codes(province)
        units = [
            Unit(
                code=item["code"],
                name=item["name"].replace("{cấp}", level),
                kind=item.get("kind", UnitKind.DEPARTMENT),
                parent=province,
                valid_from=item.get("valid_from", begins),
            )
            for item in departments
            if item["code"] not in known
        ]
        _create(units)
        if units:
            trail.record(
                "units.add_departments", by=by, about=province, label=f"Thêm {len(units)} sở, ban, ngành: {province}",
                codes=[unit.code for unit in units],
            )  # fmt: skip
    return len(units)


def add_past_units(entries: Iterable[dict[str, Any]], *, by: User | None) -> int:
    """Create the missing units of the past and return their number; a second call adds nothing.

    An entry is {"code", "name", "kind", "valid_from", "valid_to", "children"?}; children take the days of their parent
    unless they have their own. Raises ValidationError for an entry that no unit may be; then nothing is created.
    """
    with transaction.atomic():
        added = sum(_add_past(entry, None, {}) for entry in entries)
        if added:
            trail.record("units.add_past_units", by=by, about=None, label=f"Thêm {added} đơn vị của thời kỳ trước")
    return added


def create_organiser(unit: Unit, *, slug: str, title: str, place: str, by: User | None) -> Organiser:
    """Let `unit` run campaigns; raises ValidationError when it already does or the address is taken or malformed."""
    organiser = Organiser(unit=unit, slug=slug, title=title, place=place)
    organiser.full_clean()
    with transaction.atomic():
        organiser.save()
        trail.record("units.create_organiser", by=by, about=organiser, label=f"Thêm nơi tổ chức {title}", slug=slug)
    return organiser


def let_keep_portal(organiser: Organiser, *, by: User | None) -> bool:
    """Let `organiser` keep the portal where none does yet, and say whether it does now.

    Its administrators manage the catalogues and accounts of the whole portal.
    """
    with transaction.atomic():
        if Organiser.objects.select_for_update().filter(keeps_portal=True).exists():
            return Organiser.objects.filter(pk=organiser.pk, keeps_portal=True).exists()
        Organiser.objects.filter(pk=organiser.pk).update(keeps_portal=True)
        trail.record("units.keep_portal", by=by, about=organiser, label=f"Giao giữ cổng cho {organiser.title}")
    return True


def _departments_begin(province: Unit) -> datetime.date:
    return max(province.valid_from, DEPARTMENTS_DAY)


def _add_past(entry: dict[str, Any], parent: Unit | None, days: dict[str, Any]) -> int:
    days = {name: entry.get(name, days.get(name)) for name in ("valid_from", "valid_to")}
    unit = Unit.objects.filter(parent=parent, code=entry["code"], valid_from=days["valid_from"]).first()
    added = 0
    if unit is None:
        unit = Unit(code=entry["code"], name=entry["name"], kind=entry["kind"], parent=parent, **days)
        _create([unit])
        added = 1
    return added + sum(_add_past(child, unit, days) for child in entry.get("children", []))


def _create(units: list[Unit]) -> None:
    for unit in units:
        unit.full_clean()
        unit.save()

"""The reform of 01/07/2025 in the catalogue: what was there before ends, and every new unit knows where it came from.

A unit is one row per stretch of time. The two-tier system began on one day for the whole country, so every old unit
ends on it and every unit of today begins on it, even where code and name went on: the succession between the two rows
(`CONTINUATION`) says so, and the series of figures goes on across it (docs/units.md).
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from units import trail
from units.enums import GRASSROOTS_KINDS, SuccessionKind, UnitKind
from units.files.reform_list import Change, Old
from units.models import Unit, UnitSuccession, User
from units.vietnamese import fold, format_date

REFORM_DAY = datetime.date(2025, 7, 1)
# Conventional, as in the list of past units: the day from which the codes count. When an old unit really began, the
# table does not say.
CODES_DAY = datetime.date(2004, 1, 1)
PROVINCES_DOCUMENT = "Nghị quyết 202/2025/QH15"  # the table names no document for the communes
_BATCH = 1000

_Key = tuple[str, ...]  # the codes that lead to a unit, from its province on
_Wanted = dict[_Key, tuple[Unit | None, Old]]  # the unit above, and what the table says


class ReformRefused(ValueError):
    """The table cannot be taken as the catalogue stands; ``faults`` holds one Vietnamese sentence each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass
class ReformReport:
    """What came in. `unmatched` was not joined to anything, `differing` was joined by code although a name or kind
    differs; one Vietnamese sentence each."""

    added: dict[str, int] = field(default_factory=dict)  # "provinces", "districts", "communes"
    ended: int = 0
    successions: int = 0
    unmatched: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report as text, a line each."""
        return [
            f"Thêm {self.added['provinces']} tỉnh cũ, {self.added['districts']} đơn vị cấp huyện cũ, "
            f"{self.added['communes']} đơn vị cấp xã cũ; ghi ngày kết thúc cho {self.ended} đơn vị đã có; "
            f"thêm {self.successions} nối tiếp.",
            f"Không khớp, chưa nối: {len(self.unmatched)}.",
            *self.unmatched,
            f"Khớp mã nhưng khác tên hoặc loại, đã nối theo mã: {len(self.differing)}.",
            *self.differing,
        ]


def apply_reform(
    changes: Sequence[Change],
    *,
    same: Mapping[str, str],
    by: User | None,
    source: Mapping[str, str],
    province: str = "",
    about: Unit | None = None,
) -> ReformReport:
    """Bring the table into the catalogue and tell what did not match; a second call adds nothing.

    `province` (code of today) takes only what became of units that went there, "" the whole country. `same` says
    which code of the catalogue is meant by a new code of the table, where somebody has made sure of it; `source` (file
    name, digest) goes to the trail, as an entry about `about`. Raises `ReformRefused`; then nothing is stored.
    """
    report = ReformReport()
    if province:
        changes = [change for change in changes if change.new_province.code == province]
        if not changes:
            raise ReformRefused([f"Bảng không có tỉnh, thành phố mã {province}."])
    with transaction.atomic():
        new = _NewUnits(changes, same, report, province)
        old = _OldUnits(changes, report)
        _join(_edges(changes, old, new), report)
        if report.successions or any(report.added.values()) or report.ended:
            trail.record(
                "units.import_reform", by=by, about=about, label="Nhập bảng sắp xếp đơn vị năm 2025",
                **source, province=province, same=dict(same), added=report.added, ended=report.ended,
                successions=report.successions, unmatched=report.unmatched,
            )  # fmt: skip
    return report


class _OldUnits:
    """The units of before the reform, found or made level by level; each by the codes that lead to it."""

    def __init__(self, changes: Sequence[Change], report: ReformReport) -> None:
        self.report = report
        before = Unit.objects.valid_on(REFORM_DAY - datetime.timedelta(days=1))
        provinces: _Wanted = {(change.province.code,): (None, change.province) for change in changes}
        tops = before.filter(kind=UnitKind.PROVINCE, parent__isnull=True)
        self.provinces = self._level("provinces", provinces, tops, {})
        districts: _Wanted = {
            (change.province.code, change.district.code): (self.provinces[change.province.code,], change.district)
            for change in changes
        }
        middle = before.filter(kind=UnitKind.DISTRICT, parent__kind=UnitKind.PROVINCE)
        self.districts = self._level("districts", districts, middle, self.provinces)
        wards: _Wanted = {
            (*_district(change), change.ward.code): (self.districts[_district(change)], change.ward)
            for change in changes
            if change.ward
        }
        lowest = before.filter(kind__in=GRASSROOTS_KINDS, parent__kind=UnitKind.DISTRICT)
        self.wards = self._level("communes", wards, lowest, self.districts)

    def of(self, change: Change) -> Unit:
        return self.wards[*_district(change), change.ward.code] if change.ward else self.districts[_district(change)]

    def _level(
        self,
        name: str,
        wanted: _Wanted,
        known: Iterable[Unit],
        above: Mapping[_Key, Unit],
    ) -> dict[_Key, Unit]:
        """The units of one level by key; those that are missing are made, those left open are ended."""
        keys = {unit.pk: key for key, unit in above.items()} | {None: ()}
        found = {(*keys[unit.parent_id], unit.code): unit for unit in known if unit.parent_id in keys}
        self._end_open(name, [unit for key, unit in found.items() if key in wanted and unit.valid_to != REFORM_DAY])
        missing = {
            key: Unit(
                code=old.code, name=old.name, kind=old.kind, parent=parent, valid_from=CODES_DAY, valid_to=REFORM_DAY
            )
            for key, (parent, old) in wanted.items()
            if key not in found
        }
        Unit.objects.bulk_create(missing.values(), batch_size=_BATCH)
        self.report.added[name] = len(missing)
        return {key: unit for key, unit in found.items() if key in wanted} | missing

    def _end_open(self, name: str, units: list[Unit]) -> None:
        kept = [unit for unit in units if unit.valid_to is not None or name == "provinces"]
        if kept:
            raise ReformRefused([_outlives(unit) for unit in kept])
        self.report.ended += Unit.objects.filter(pk__in=[unit.pk for unit in units]).update(valid_to=REFORM_DAY)


class _NewUnits:
    """The units that existed on the first day after, by code; what the catalogue lacks is told and left out."""

    def __init__(self, changes: Sequence[Change], same: Mapping[str, str], report: ReformReport, province: str) -> None:
        self.same = same
        today = Unit.objects.valid_on(REFORM_DAY)
        tops = today.filter(kind=UnitKind.PROVINCE, valid_from__gte=REFORM_DAY)
        self.provinces = {unit.code: unit for unit in tops if province in ("", unit.code)}
        if not self.provinces:
            raise ReformRefused(["Chưa có tỉnh nào từ 01/07/2025. Nhập danh mục mới bằng import_units trước."])
        lowest = today.filter(kind__in=GRASSROOTS_KINDS, parent__in=self.provinces.values()).select_related("parent")
        self.units = {unit.code: unit for unit in lowest}
        self.named = {change.new.code: change for change in changes}
        self._check_same()
        self._tell(changes, report)

    def of(self, change: Change) -> Unit | None:
        """The unit a row went to, in the province the row names; None where the catalogue has none."""
        unit = self.units.get(self.same.get(change.new.code, change.new.code))
        return unit if unit is not None and unit.parent and unit.parent.code == change.new_province.code else None

    def _check_same(self) -> None:
        faults = [f"Bảng không có đơn vị mới mã {code}." for code in self.same if code not in self.named]
        faults += [
            f"Danh mục không có đơn vị mã {mine} của {self.named[code].new_province.name}."
            for code, mine in self.same.items()
            if code in self.named and self.of(self.named[code]) is None
        ]
        if faults:
            raise ReformRefused(faults)

    def _tell(self, changes: Sequence[Change], report: ReformReport) -> None:
        olds: dict[str, int] = defaultdict(int)
        absent: dict[str, Change] = {}
        for change in changes:
            olds[change.new.code] += 1
            if change.new_province.code not in self.provinces:
                absent[change.new_province.code] = change
        for code, change in absent.items():
            report.unmatched.append(f"Danh mục không có {change.new_province.name} (mã {code}) từ 01/07/2025.")
        taken = {self.same.get(code, code) for code in self.named}
        spare = defaultdict(list)
        for unit in self.units.values():
            if unit.code not in taken and unit.parent:
                spare[unit.parent.code].append(unit)
        for code, change in self.named.items():
            found = self.of(change)
            if found is None and change.new_province.code not in absent:
                report.unmatched.append(_not_there(change, olds[code], spare[change.new_province.code]))
            elif found is not None and (fold(found.name) != fold(change.new.name) or found.kind != change.new.kind):
                report.differing.append(
                    f"Bảng ghi {change.new.code} {change.new.name} ({change.new.kind.label}); danh mục ghi "
                    f"{found.code} {found.name} ({UnitKind(found.kind).label}), {change.new_province.name}."
                )
        for units in spare.values():
            report.unmatched += [
                f"Danh mục có {unit.code} {unit.name}, {unit.parent}; bảng không nhắc." for unit in units
            ]


def _edges(changes: Sequence[Change], old: _OldUnits, new: _NewUnits) -> Iterable[UnitSuccession]:
    sources: dict[str, int] = defaultdict(int)
    merged: dict[str, set[str]] = defaultdict(set)
    for change in changes:
        sources[change.new.code] += 1
        merged[change.new_province.code].add(change.province.code)
    provinces = {(change.province.code, change.new_province.code): change for change in changes}
    for before, after in provinces:
        if after in new.provinces:
            change = provinces[before, after]
            kind = _kind(change.province, change.new_province, alone=len(merged[after]) == 1)
            yield _succession(old.provinces[before,], new.provinces[after], kind, PROVINCES_DOCUMENT)
    for change in changes:
        successor = new.of(change)
        if successor is not None:
            was = change.ward or change.district
            kind = _kind(was, change.new, alone=sources[change.new.code] == 1, divided=change.divided)
            yield _succession(old.of(change), successor, kind, "")


def _kind(was: Old, now: Old, *, alone: bool, divided: bool = False) -> SuccessionKind:
    """How `was` became `now`; `alone` says that nothing else went into `now`."""
    if divided:
        return SuccessionKind.SPLIT
    if not alone:
        return SuccessionKind.MERGER
    if was.kind != now.kind:
        return SuccessionKind.UPGRADE
    return SuccessionKind.CONTINUATION if was.name.lower() == now.name.lower() else SuccessionKind.RENAMING


def _succession(predecessor: Unit, successor: Unit, kind: SuccessionKind, document: str) -> UnitSuccession:
    return UnitSuccession(predecessor=predecessor, successor=successor, kind=kind, date=REFORM_DAY, document=document)


def _join(edges: Iterable[UnitSuccession], report: ReformReport) -> None:
    known = set(UnitSuccession.objects.filter(date=REFORM_DAY).values_list("predecessor", "successor"))
    missing = [edge for edge in edges if (edge.predecessor_id, edge.successor_id) not in known]
    report.successions = len(UnitSuccession.objects.bulk_create(missing, batch_size=_BATCH))


def _district(change: Change) -> tuple[str, str]:
    return change.province.code, change.district.code


def _outlives(unit: Unit) -> str:
    until = f"kết thúc {format_date(unit.valid_to)}" if unit.valid_to else "chưa kết thúc"
    return (
        f"{unit.name} (mã {unit.code}) trong danh mục có từ {format_date(unit.valid_from)}, {until}. "
        "Ghi “đến trước ngày” 01/07/2025 cho đơn vị cũ, hoặc “từ ngày” 01/07/2025 cho đơn vị mới, rồi chạy lại."
    )


def _not_there(change: Change, olds: int, spare: list[Unit]) -> str:
    alike = [f"{unit.code} {unit.name}" for unit in spare if fold(unit.name) == fold(change.new.name)]
    hint = f" Danh mục có {', '.join(alike)} cùng tỉnh, bảng không nhắc." if alike else ""
    return (
        f"Bảng ghi {change.new.code} {change.new.name}, {change.new_province.name} (từ dòng {change.line}); danh mục "
        f"không có mã này.{hint} Lần nhập này không nối {olds} đơn vị cũ."
    )

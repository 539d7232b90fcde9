"""How a printed table becomes a campaign that the engine can compute; the rules are told in docs/past-results.md.

Pure: a `PastTable` goes in, the criteria of each group and the points of each unit come out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from scoring.enums import CriterionRole, Source
from scoring.services.past_types import GroupRow, PastTable, PointsColumn, UnitRow
from units.vietnamese import format_number

TOTAL, REST, EXCESS = "tong", "con-lai", "vuot"
HUNDRED = Decimal(100)
NOUGHT = Decimal(0)


@dataclass(frozen=True)
class Leaf:
    """A leaf that takes points typed from the table. `covers` is the unit's maximum up to and including this leaf."""

    code: str
    title: str
    max_points: Decimal
    covers: Decimal


@dataclass(frozen=True)
class Component:
    """One component; a single leaf with the component's own code means that the component itself is the leaf."""

    code: str
    title: str
    source: str
    leaves: tuple[Leaf, ...]
    role: str = CriterionRole.SCORED

    @property
    def max_points(self) -> Decimal:
        return sum((leaf.max_points for leaf in self.leaves), NOUGHT)

    @property
    def is_leaf(self) -> bool:
        return len(self.leaves) == 1 and self.leaves[0].code == self.code


@dataclass
class UnitPlan:
    """Points by code of leaf, and the exemptions in the form of the campaign file."""

    points: dict[str, Decimal] = field(default_factory=dict)
    not_applicable: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class GroupPlan:
    """The criteria of one group, what each row scores in them, and remarks for the person who imports."""

    components: tuple[Component, ...]
    units: Mapping[int, UnitPlan]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Share:
    """What one row scores in one column and its maximum there (nought: the column does not apply to the unit)."""

    points: Decimal
    limit: Decimal


def plan_group(table: PastTable, group: GroupRow) -> GroupPlan:
    """The plan of one group; rows without figures have none."""
    rows = [row for row in table.rows_of(group.code) if row.has_figures]
    basis = table.general.decision_number or table.general.source_text
    columns, remarks = _tree_columns(table.columns, rows)
    shares = {column.code: {row.row: _share(row, column) for row in rows} for column in columns}
    totals = {row.row: _total(row, _candidates(table.columns, rows)) for row in rows}
    maxima = _maxima(rows, shares, totals)
    if columns and any(maxima[row.row] < _sum_limits(shares, row) for row in rows):
        remarks.append("Bảng in điểm tối đa riêng của đơn vị mà không in của từng cột, nên chỉ tính theo tổng điểm.")
        columns, shares = [], {}
        maxima = _maxima(rows, shares, totals)
    sources = {column.code: (column.title, column.source) for column in columns}
    if not columns:
        sources[TOTAL] = ("Tổng điểm", Source.SELF)
        shares[TOTAL] = {row.row: _whole(row, totals, maxima) for row in rows}
    elif any(maxima[row.row] > _sum_limits(shares, row) for row in rows):
        sources[REST] = ("Các lĩnh vực bảng không in riêng", Source.SELF)
        shares[REST] = {row.row: _rest(row, shares, totals, maxima) for row in rows}
        remarks.append("Bảng chỉ in một số lĩnh vực; phần còn lại của tổng điểm gộp thành một cột.")
    return _assemble(rows, sources, shares, totals, maxima, remarks, basis)


def printed_tolerance(digits: Sequence[str]) -> Decimal:
    """How far a sum of printed numbers may be off by rounding alone: half of the last printed place of each."""
    return sum((Decimal(1).scaleb(_exponent(number)) / 2 for number in digits if number), NOUGHT)


def _exponent(digits: str) -> int:
    return -len(digits.partition(".")[2])


def _candidates(columns: Sequence[PointsColumn], rows: Sequence[UnitRow]) -> list[PointsColumn]:
    """The components if any is printed for these rows, otherwise the parts that are."""
    printed = [
        column
        for column in columns
        if any(row.figures[column.code].points for row in rows if column.code in row.figures)
    ]
    components = [column for column in printed if column.is_component]
    return components or printed


def _tree_columns(columns: Sequence[PointsColumn], rows: Sequence[UnitRow]) -> tuple[list[PointsColumn], list[str]]:
    """Columns that can be computed on their own: points and a maximum (or "does not apply") in every row."""
    kept: list[PointsColumn] = []
    remarks: list[str] = []
    for column in _candidates(columns, rows):
        figures = [row.figures.get(column.code) for row in rows]
        if not all(own and (own.points or own.not_applicable) for own in figures):
            remarks.append(f"“{column.title}”: có đơn vị không in điểm, nên không tính riêng cột này.")
        elif not all(own and (own.not_applicable or own.max_points or column.max_points) for own in figures):
            remarks.append(f"“{column.title}”: bảng không in điểm tối đa, nên không tính riêng cột này.")
        else:
            kept.append(column)
    return kept, remarks


def _share(row: UnitRow, column: PointsColumn) -> _Share:
    own = row.figures[column.code]
    if own.not_applicable:
        return _Share(NOUGHT, NOUGHT)
    return _Share(Decimal(own.points), Decimal(own.max_points or column.max_points))


def _total(row: UnitRow, columns: Sequence[PointsColumn]) -> Decimal | None:
    """The unit's points: the sum of its columns where it equals the printed total but for rounding, else as printed.

    The sum keeps decimals that the printed total lost (62,88 + 24,42 + 8,135 = 95,435, printed 95,44).
    """
    figures = [row.figures.get(column.code) for column in columns]
    printed = [own.points for own in figures if own and own.points]
    whole = bool(columns) and all(own and (own.points or own.not_applicable) for own in figures)
    added = sum(map(Decimal, printed), NOUGHT)
    if row.points:
        close = whole and abs(added - Decimal(row.points)) <= printed_tolerance([row.points, *printed])
        return added if close else Decimal(row.points)
    if row.index:
        return Decimal(row.index) * Decimal(row.max_points or 100) / HUNDRED
    return added if whole else None


def _sum_limits(shares: Mapping[str, Mapping[int, _Share]], row: UnitRow) -> Decimal:
    return sum((own[row.row].limit for own in shares.values()), NOUGHT)


def _sum_points(shares: Mapping[str, Mapping[int, _Share]], row: UnitRow) -> Decimal:
    return sum((own[row.row].points for own in shares.values()), NOUGHT)


def _maxima(
    rows: Sequence[UnitRow], shares: Mapping[str, Mapping[int, _Share]], totals: Mapping[int, Decimal | None]
) -> dict[int, Decimal]:
    """Each unit's maximum: printed, else that of its columns, else 100.

    Columns are taken for the whole unless every row's total is larger than they can explain.
    """
    told = [row for row in rows if totals[row.row] is not None and not row.max_points]
    partial = bool(told) and all((totals[row.row] or NOUGHT) - _sum_points(shares, row) > _slack(row) for row in told)
    maxima = {}
    for row in rows:
        limits = _sum_limits(shares, row)
        if row.max_points:
            maxima[row.row] = Decimal(row.max_points)
        elif not shares or (partial and limits < HUNDRED):
            maxima[row.row] = HUNDRED
        else:
            maxima[row.row] = limits or HUNDRED
    return maxima


def _slack(row: UnitRow) -> Decimal:
    return printed_tolerance([row.points, *(own.points for own in row.figures.values())])


def _whole(row: UnitRow, totals: Mapping[int, Decimal | None], maxima: Mapping[int, Decimal]) -> _Share:
    """The unit's total as one column; what lies over the maximum is not in it."""
    total = totals[row.row]
    if total is None:
        return _Share(NOUGHT, NOUGHT)
    return _Share(min(total, maxima[row.row]), maxima[row.row])


def _rest(
    row: UnitRow,
    shares: Mapping[str, Mapping[int, _Share]],
    totals: Mapping[int, Decimal | None],
    maxima: Mapping[int, Decimal],
) -> _Share:
    """What the printed columns leave of total and maximum; without a printed total the rest does not apply."""
    total = totals[row.row]
    if total is None:
        return _Share(NOUGHT, NOUGHT)
    limit = maxima[row.row] - _sum_limits(shares, row)
    return _Share(min(max(total - _sum_points(shares, row), NOUGHT), limit), limit)


def _assemble(
    rows: Sequence[UnitRow],
    sources: Mapping[str, tuple[str, str]],
    shares: Mapping[str, Mapping[int, _Share]],
    totals: Mapping[int, Decimal | None],
    maxima: Mapping[int, Decimal],
    remarks: list[str],
    basis: str,
) -> GroupPlan:
    units = {row.row: UnitPlan() for row in rows}
    components = [_component(code, *sources[code], [own.limit for own in shares[code].values()]) for code in sources]
    for component in components:
        for row in rows:
            _fill(units[row.row], component, shares[component.code][row.row], basis)
    excess = {
        row.row: over
        for row in rows
        if (total := totals[row.row]) is not None
        and total > maxima[row.row]
        and (over := total - _sum_points(shares, row)) > 0
    }
    if excess:
        largest = max(excess.values())
        leaf = Leaf(EXCESS, "Phần vượt điểm tối đa theo bảng công bố", largest, largest)
        components.append(Component(EXCESS, leaf.title, Source.COORDINATOR, (leaf,), CriterionRole.BONUS))
        for row_number, over in excess.items():
            units[row_number].points[EXCESS] = over
        remarks.append("Có đơn vị có tổng điểm lớn hơn điểm tối đa; phần vượt ghi thành điểm thưởng.")
    return GroupPlan(tuple(components), units, tuple(remarks))


def _component(code: str, title: str, source: str, limits: Sequence[Decimal]) -> Component:
    """A component cut into leaves at each distinct maximum: units with a lower one leave the upper leaves out."""
    steps = sorted({limit for limit in limits if limit > 0}) or [HUNDRED]
    if len(steps) == 1:
        return Component(code, title, source, (Leaf(code, title, steps[0], steps[0]),))
    leaves = []
    for number, (below, step) in enumerate(zip([NOUGHT, *steps], steps, strict=False), start=1):
        part = f"Phần chung, đến {_plain(step)} điểm" if number == 1 else f"Từ {_plain(below)} đến {_plain(step)} điểm"
        leaves.append(Leaf(f"{code}.{number}", part, step - below, step))
    return Component(code, title, source, tuple(leaves))


def _fill(unit: UnitPlan, component: Component, share: _Share, basis: str) -> None:
    left = share.points
    absent: list[str] = []
    for leaf in component.leaves:
        if leaf.covers > share.limit:
            absent.append(leaf.code)
            continue
        unit.points[leaf.code] = min(left, leaf.max_points)
        left -= unit.points[leaf.code]
    if len(absent) == len(component.leaves):
        reason = "Theo bảng công bố: không áp dụng cho đơn vị này"
        absent = [component.code]
    else:
        reason = f"Theo bảng công bố: tối đa riêng {_plain(share.limit)}"
    unit.not_applicable += [{"criterion": code, "reason": reason, "legal_basis": basis} for code in absent]


def _plain(number: Decimal) -> str:
    digits = f"{number:f}"
    return format_number(digits.rstrip("0").rstrip(".") if "." in digits else digits)

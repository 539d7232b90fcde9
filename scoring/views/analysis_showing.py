"""Analyses as pages print them: exact differences cut for the eye, names, classes in words, bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from scoring.analysis.closeness import NearThreshold, NearTie
from scoring.analysis.comparison import LikeForLike
from scoring.analysis.evaluated import Evaluated, threshold
from scoring.analysis.levels import Figure
from scoring.analysis.lost_points import GroupLosses, Loss
from scoring.analysis.robustness import RankRange
from scoring.charts import Ruler, Shift, Span, amount, rank_span, shift, tens_around
from scoring.engine.rounding import print_points, print_scaled, round_scaled
from scoring.engine.types import Grade, Group, Index, Node, NodeResult
from scoring.services.analysing import OpenMatters, YearOnYear
from units.vietnamese import format_number, format_percent, format_signed, show_points

_CENT = Fraction(1, 100)


# ── figures ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def two_decimals(value: Fraction) -> str:
    """Two decimals, half up, with the point of a file: for printing and for drawing, never for counting."""
    return print_scaled(round_scaled(value, 2, "half_up"), 2)


def say_points(value: Fraction) -> str:
    return show_points(print_points(value))


def say_percent(value: Fraction) -> str:
    return format_percent(two_decimals(value))


def say_index(index: Index | None) -> str:
    """As it is published; a dash where there is none."""
    return format_percent(print_scaled(index.scaled, index.decimals)) if index is not None else "–"


def say_figure(figure: Figure) -> str:
    """What to enter: "48/50 thay cho 45/50", "5 thay cho 3"; of a total that is not known "tỷ lệ 96 %". A figure among
    several of an answer goes by its name: "Số đúng hạn: 5 thay cho 3"."""
    name = f"{figure.label}: " if figure.label else ""
    if figure.whole is not None and figure.now is None:
        return f"tỷ lệ {format_number(print_points(figure.needed / figure.whole * 100))} %"
    of = f"/{format_number(print_points(figure.whole))}" if figure.whole is not None else ""
    needed = f"{format_number(print_points(figure.needed))}{of}"
    instead = f" thay cho {format_number(print_points(figure.now))}{of}" if figure.now is not None else ""
    return f"{name}{needed}{instead}"


def say_share(value: Fraction) -> str:
    """A share of 1 in percent; what is not all is never printed as all, nor what is something as nothing."""
    percent = value * 100
    if 0 < percent < _CENT or 100 - _CENT < percent < 100:
        return f"{'dưới 0,01' if percent < 1 else 'trên 99,99'} %"
    return say_percent(percent)


def say_difference(value: Fraction) -> str:
    """A difference without its sign; a tiny one is told as such, for nought means equal."""
    size = abs(value)
    return "dưới 0,01" if 0 < size < _CENT / 2 else format_number(two_decimals(size), 2)


def delta_of(change: Fraction | None, none: str = "") -> dict[str, str]:
    """Variables of components/delta.html for a change in percentage points."""
    if change is None:
        return {"direction": "none", "text": none}
    if abs(change) < _CENT / 2:
        return {"direction": "same", "text": "thay đổi dưới 0,01" if change else "không đổi"}
    return {"direction": "up" if change > 0 else "down", "text": format_signed(two_decimals(change))}


def say_threshold(grade: Grade) -> str:
    """ "từ 80,00", "trên 70,00"."""
    return f"{'từ' if grade.at_least is not None else 'trên'} {say_points(threshold(grade))}"


# ── what is near ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class UnitCell:
    """One unit in a table: its index as published and its rank, "" where it has none."""

    code: str
    name: str
    index: str
    rank: str


@dataclass(frozen=True)
class TieRow:
    upper: UnitCell
    lower: UnitCell
    difference: str
    said: str


@dataclass(frozen=True)
class ThresholdRow:
    unit: UnitCell
    value: str
    threshold: str
    distance: str
    said: str
    grade: str


@dataclass(frozen=True)
class MatterRow:
    """An open matter and what would become of the class if it alone were granted ("" for no change by itself)."""

    leaf: str
    title: str
    asked: str
    said: str


@dataclass(frozen=True)
class OpenRow:
    unit: UnitCell
    now: str
    matters: Sequence[MatterRow]
    together: str


def unit_cell(evaluated: Evaluated, code: str) -> UnitCell:
    result = evaluated.unit(code)
    return UnitCell(code, result.unit.name, say_index(result.index), str(result.rank or ""))


def tie_rows(evaluated: Evaluated, ties: Iterable[NearTie]) -> list[TieRow]:
    return [
        TieRow(
            unit_cell(evaluated, tie.upper),
            unit_cell(evaluated, tie.lower),
            say_difference(tie.difference),
            _say_tie(tie),
        )
        for tie in ties
    ]


def _say_tie(tie: NearTie) -> str:
    if not tie.tied:
        return "Khác hạng"
    return "Cùng hạng do làm tròn" if tie.difference else "Cùng hạng, chỉ số bằng nhau"


def threshold_rows(evaluated: Evaluated, near: Iterable[NearThreshold]) -> list[ThresholdRow]:
    is_points = evaluated.campaign.policy.grade_on == "points"
    rows = []
    for one in near:
        value = one.threshold + one.distance
        rows.append(
            ThresholdRow(
                unit_cell(evaluated, one.unit),
                f"{say_points(value)} điểm" if is_points else say_percent(value),
                f"{one.upper.label} {say_threshold(one.upper)}",
                say_difference(one.distance),
                _say_near(one),
                one.grade.label if one.grade else "",
            )
        )
    return rows


def _say_near(one: NearThreshold) -> str:
    difference, label = say_difference(one.distance), one.upper.label
    if one.reached:
        return f"Đạt ngưỡng {label}, {f'chỉ hơn {difference}' if one.distance else 'vừa đúng ngưỡng'}"
    return f"Thiếu {difference} để đạt {label}" if one.distance else f"Bằng ngưỡng {label}, phải hơn mới đạt"


def open_rows(evaluated: Evaluated, matters: OpenMatters) -> list[OpenRow]:
    """Units whose class hangs on something undecided: by explanations first, then by claims."""
    rows = []
    for one in matters.classes:
        nodes = _nodes(evaluated, one.unit)
        alone = {flip.question.leaf: f"riêng mục này: {flip.grade.label}" for flip in one.alone}
        found = [
            MatterRow(
                question.leaf,
                nodes[question.leaf][0].title,
                f"{say_points(nodes[question.leaf][1].points)} → {say_points(question.points)} điểm",
                alone.get(question.leaf, ""),
            )
            for question in one.questions
        ]
        rows.append(OpenRow(unit_cell(evaluated, one.unit), one.now.label, found, one.together.label))
    for claim in matters.claims:
        title = _nodes(evaluated, claim.unit)[claim.leaf][0].title
        found = [MatterRow(claim.leaf, title, "đề nghị không áp dụng", "")]
        rows.append(OpenRow(unit_cell(evaluated, claim.unit), claim.now.label, found, claim.grade.label))
    return rows


def _nodes(evaluated: Evaluated, unit: str) -> dict[str, tuple[Node, NodeResult]]:
    return {node.code: (node, result) for node, result in evaluated.nodes(evaluated.unit(unit))}


# ── ranges of ranks ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class RangeRow:
    unit: UnitCell
    span: Span
    said: str
    kept: str
    is_firm: bool


def range_rows(evaluated: Evaluated, ranges: Sequence[RankRange]) -> list[RangeRow]:
    of = max((one.worst for one in ranges), default=1)
    return [
        RangeRow(
            unit_cell(evaluated, one.unit),
            rank_span(one.best, one.worst, one.rank, of),
            f"{one.best}–{one.worst}" if one.best != one.worst else str(one.best),
            say_share(one.at_rank),
            one.best == one.worst,
        )
        for one in ranges
    ]


# ── lost points ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class LossRow:
    label: str
    ruler: Ruler
    total: str
    mean: str
    units: str


@dataclass(frozen=True)
class LossTable:
    title: str
    total: str
    mean: str
    units: int
    components: Sequence[LossRow]
    leaves: Sequence[LossRow]
    without: int


def loss_table(group: Group, losses: GroupLosses) -> LossTable:
    """The losses of a group, greatest first; leaves at which nobody lost anything are only counted."""
    losing = [one for one in losses.leaves if one.losing]
    return LossTable(
        group.title,
        say_points(losses.total),
        say_points(losses.mean),
        losses.units,
        _loss_rows(losses.components),
        _loss_rows(losing),
        len(losses.leaves) - len(losing),
    )


def _loss_rows(found: Sequence[Loss]) -> list[LossRow]:
    greatest = max((_drawn(one.total) for one in found), default=Decimal(0))
    return [
        LossRow(
            f"{one.code} {one.title}",
            amount(_drawn(one.total), greatest),
            say_points(one.total),
            say_points(one.mean),
            f"{one.losing}/{one.units}",
        )
        for one in found
    ]


def _drawn(value: Fraction) -> Decimal:
    return Decimal(two_decimals(value))


# ── against last year ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ChangeRow:
    unit: UnitCell
    before: str
    after: str
    delta: dict[str, str]
    share: str
    shift: Shift | None


@dataclass(frozen=True)
class ChangeTable:
    """One group: `up`, `down`, `level` units among those compared; `apart` names those of both years of which no
    criterion can be compared, `new` those that last year did not have."""

    title: str
    rows: Sequence[ChangeRow]
    scale: tuple[str, str]
    up: int
    down: int
    level: int
    apart: Sequence[str]
    new: Sequence[str]


def change_table(evaluated: Evaluated, group: Group, found: YearOnYear) -> ChangeTable:
    compared = {one.unit: one for one in found.units}
    members = evaluated.members(group.code)
    both = [compared[result.unit.code] for result in members if result.unit.code in compared]
    rows = [row for row in both if row.change is not None]
    scale = tens_around(_drawn(index) for row in rows for index in (row.index, row.last_index) if index is not None)
    changes = [row.change for row in rows if row.change is not None]
    return ChangeTable(
        group.title,
        [
            ChangeRow(
                unit_cell(evaluated, row.unit),
                say_percent(row.last_index) if row.last_index is not None else "–",
                say_percent(row.index) if row.index is not None else "–",
                delta_of(row.change),
                _say_shares(row),
                shift(_drawn(row.last_index), _drawn(row.index), scale)
                if row.index is not None and row.last_index is not None
                else None,
            )
            for row in rows
        ],
        (format_number(scale.low), format_number(scale.high)),
        sum(change > 0 for change in changes),
        sum(change < 0 for change in changes),
        sum(change == 0 for change in changes),
        [evaluated.unit(row.unit).unit.name for row in both if row.change is None],
        [result.unit.name for result in members if result.unit.code not in compared],
    )


def _say_shares(row: LikeForLike) -> str:
    """How much of the maximum was compared, this year and last year."""
    if row.share == row.last_share:
        return say_share(row.share)
    return f"{say_share(row.share)}, năm trước {say_share(row.last_share)}"

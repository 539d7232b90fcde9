"""The levels of a leaf's rule as a table, and the way to the next one as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.analysis.levels import Figure
from scoring.analysis.next_level import Level, NextLevel, levels_of, next_level
from scoring.engine.rounding import print_points
from scoring.engine.rules.checklist import Checklist
from scoring.engine.rules.deduction import Deduction
from scoring.engine.single import Leaf
from scoring.enums import CriterionRole
from scoring.models import Criterion
from scoring.selectors.worksheet import Line
from units.vietnamese import format_number, show_points

BY_SHARE = "theo tỷ lệ"


@dataclass(frozen=True)
class Row:
    """One level as it is printed; `points` "1,50", or in words."""

    label: str
    points: str
    is_now: bool


@dataclass(frozen=True)
class LevelTable:
    """`here` is what the marked rows say of themselves."""

    rows: tuple[Row, ...]
    here: str


def table_of(leaf: Leaf, inputs: Mapping[str, Any] | None) -> LevelTable | None:
    """The table with the levels of an answer marked (None: no answer); None for a rule without levels."""
    levels = levels_of(leaf, inputs)
    if not levels:
        return None
    here = "đã có" if isinstance(leaf.rule, Checklist) else "mức hiện tại"
    return LevelTable(tuple(Row(level.label, _points(leaf, level), level.is_now) for level in levels), here)


def levels_shown(leaf: Leaf, line: Line, *, may_write: bool) -> dict[str, Any]:
    """Variables of `_levels.html` and of the sentence beside the points: what the stored answer comes to, with the way
    to the next level for whoever can still go it."""
    value = line.declared
    inputs = value.inputs if value is not None and value.is_fresh else None
    return {
        "levels": table_of(leaf, inputs),
        "hint": hint_of(leaf, line.criterion, inputs) if may_write else "",
    }


def live_levels(leaf: Leaf, criterion: Criterion, inputs: Mapping[str, Any] | None) -> dict[str, Any]:
    """The same for a page that is open: the numbers of the marked rows, and the sentence."""
    marked = [number for number, level in enumerate(levels_of(leaf, inputs)) if level.is_now]
    return {"levels": marked, "hint": hint_of(leaf, criterion, inputs)}


def hint_of(leaf: Leaf, criterion: Criterion, inputs: Mapping[str, Any] | None) -> str:
    """ "“Số đạt được” thêm 3, thành 48/50, thì được 1,00 điểm, hiện 0,75."; "" where no better level can be named. At
    a penalty more figures are no gain."""
    if inputs is None or criterion.role == CriterionRole.PENALTY:
        return ""
    step = next_level(leaf, inputs)
    if step is None:
        return ""
    now, then = show_points(print_points(step.now)), show_points(print_points(step.points))
    if now == then:
        return ""  # a gain that no page prints
    best = "tối đa " if step.points == leaf.max_points else ""
    return f"{_way(step)} thì được {best}{then} điểm, hiện {now}."


def _way(step: NextLevel) -> str:
    if step.choice:
        return f"Đạt mức “{step.choice}”"
    if step.item:
        return f"Thêm nội dung “{step.item}”"
    if step.figure is not None:
        return _change(step.figure)
    return f"“{step.figure_label}” {step.span}"


def _change(figure: Figure) -> str:
    change = figure.needed - (figure.now or 0)
    verb = "thêm" if change > 0 else "bớt"
    of = f"/{format_number(print_points(figure.whole))}" if figure.whole is not None else ""
    amount, needed = (format_number(print_points(value)) for value in (abs(change), figure.needed))
    return f"“{figure.label}” {verb} {amount}, thành {needed}{of},"


def _points(leaf: Leaf, level: Level) -> str:
    if level.points is not None:
        return show_points(print_points(level.points))
    return "trừ dần" if isinstance(leaf.rule, Deduction) else BY_SHARE

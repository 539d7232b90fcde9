"""The levels of a rule as a table beside the figures, and the nearest better one.

Every number of points is the rule's own answer to figures (``Leaf.score``), rounding by the policy included. Where a
level cannot be named, or nobody could work towards it any more (days late, breaches), nothing is said.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.analysis.levels import Figure
from scoring.analysis.spans import Span, spans_of
from scoring.engine.rounding import print_points
from scoring.engine.rules.bands import Bands
from scoring.engine.rules.checklist import Checklist
from scoring.engine.rules.deduction import Deduction
from scoring.engine.rules.lateness import Lateness
from scoring.engine.rules.options import Options
from scoring.engine.rules.per_item import PerItem
from scoring.engine.rules.ratio import Ratio
from scoring.engine.single import Leaf
from scoring.engine.wording import say, say_percent

Inputs = Mapping[str, Any]
"""Figures of an answer as a campaign file has them: strings, keys, lists of keys."""

_NOUGHT, _ONE = Fraction(0), Fraction(1)
_NONE, _PART, _FULL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Level:
    """What a level asks and the points that it gives; ``points`` None where they follow the share, or are taken away
    one by one as ``label`` says. ``is_now``: the answer stands there."""

    label: str
    points: Fraction | None
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class NextLevel:
    """The nearest level that is better than ``now``. One of: ``choice`` to choose, ``item`` to add, ``figure`` to
    reach, or ``span`` in which a figure called ``figure_label`` must stand, in words."""

    now: Fraction
    points: Fraction
    choice: str = ""
    item: str = ""
    figure: Figure | None = None
    span: str = ""
    figure_label: str = ""


def levels_of(leaf: Leaf, inputs: Inputs | None) -> tuple[Level, ...]:
    """The table of the rule, in its own order; empty for a rule without levels. ``inputs`` None: nothing is marked."""
    read = _TABLES.get(type(leaf.rule))
    found = read(leaf, inputs or {}) if read else ()
    return tuple(found) if len(found) > 1 else ()


def next_level(leaf: Leaf, inputs: Inputs) -> NextLevel | None:
    """The nearest better level of an accepted answer, others of its figures as they are; None where there is none."""
    now = _points(leaf, inputs)
    read = _STEPS.get(type(leaf.rule))
    if now is None or read is None:
        return None
    better = [(far, step) for far, step in read(leaf, inputs, now) if step.points > now]
    return min(better, key=lambda pair: pair[0])[1] if better else None


def _points(leaf: Leaf, inputs: Inputs) -> Fraction | None:
    scored = leaf.score({"inputs": dict(inputs)})
    return None if scored.faults or scored.points is None else Fraction(scored.points)


Steps = Iterable[tuple[Fraction, NextLevel]]
"""How far away a level is, and the level."""

# ── levels that are listed ────────────────────────────────────────────────────────────────────────────────────────────


def _options(leaf: Leaf, inputs: Inputs) -> list[Level]:
    return [
        Level(one.label, _points(leaf, {"choice": one.key}), inputs.get("choice") == one.key)
        for one in leaf.inputs[0].choices
    ]


def _better_option(leaf: Leaf, inputs: Inputs, now: Fraction) -> Steps:
    for level in _options(leaf, inputs):
        if level.points is not None:
            yield level.points, NextLevel(now, level.points, choice=level.label)


def _items(leaf: Leaf, inputs: Inputs) -> list[Level]:
    checked = inputs.get("checked") or ()
    return [
        Level(one.label, _points(leaf, {"checked": [one.key]}), one.key in checked) for one in leaf.inputs[0].choices
    ]


def _one_item_more(leaf: Leaf, inputs: Inputs, now: Fraction) -> Steps:
    checked = list(inputs.get("checked") or ())
    for one in leaf.inputs[0].choices:
        points = None if one.key in checked else _points(leaf, {"checked": [*checked, one.key]})
        if points is not None:
            yield points, NextLevel(now, points, item=one.label)


def _days(leaf: Leaf, inputs: Inputs) -> list[Level]:
    rule = leaf.rule
    if not isinstance(rule, Lateness):
        return []
    limits = [step.up_to_days for step in rule.steps]
    late = _days_late(rule, inputs)
    here = next((place for place, limit in enumerate(limits) if late is not None and late <= limit), len(limits))
    is_given = bool(inputs)
    found = [
        Level(
            f"Chậm đến {say(limit)} ngày" if limit else "Không chậm",
            _points(leaf, {"days_late": print_points(limit)}),
            is_given and here == place,
        )
        for place, limit in enumerate(limits)
    ]
    return [*found, Level("Chậm hơn nữa, hoặc không thực hiện", _NOUGHT, is_given and here == len(limits))]


def _days_late(rule: Lateness, inputs: Inputs) -> Fraction | None:
    """None for what was not done at all."""
    if "days_late" in inputs:
        return Fraction(str(inputs["days_late"]))
    if "date" in inputs and rule.due is not None:
        return Fraction(max(0, (datetime.date.fromisoformat(str(inputs["date"])) - rule.due).days))
    return None


def _breaches(leaf: Leaf, inputs: Inputs) -> list[Level]:
    if not isinstance(leaf.rule, Deduction):
        return []
    whole = Level("Không có lỗi nào", _points(leaf, {"counts": {}}))
    return [whole, *(Level(item.describe(), None) for item in leaf.rule.items)]


def _one_more(leaf: Leaf, inputs: Inputs, now: Fraction) -> Steps:
    asked = leaf.inputs[0]
    count = _whole(inputs.get(asked.key))
    points = None if count is None else _points(leaf, {asked.key: str(count + 1)})
    if count is not None and points is not None:
        yield _ONE, NextLevel(now, points, figure=Figure(Fraction(count + 1), Fraction(count), label=asked.label))


# ── levels over a share or a figure ───────────────────────────────────────────────────────────────────────────────────


def _spans(leaf: Leaf) -> list[Span]:
    """The line of the figures that the rule looks at, cut into its levels."""
    rule = leaf.rule
    if isinstance(rule, Bands):
        limits = [band.limit for band in rule.bands]
        if rule.proportion is None:
            return spans_of(limits, _band_of(rule), None, None)
        return spans_of(limits, _band_of(rule), _NOUGHT, None if rule.proportion.allow_over else _ONE)
    if isinstance(rule, Ratio):
        turns = [rule.floor, rule.full_at]
        if rule.inverse:
            turns = [_ONE - turn for turn in turns]
        return spans_of(turns, _part_of(rule), _NOUGHT, None if rule.proportion.allow_over else _ONE)
    return []


def _band_of(rule: Bands) -> Callable[[Fraction], int]:
    return lambda value: next((place for place, band in enumerate(rule.bands) if band.holds(value)), -1)


def _part_of(rule: Ratio) -> Callable[[Fraction], int]:
    def part(value: Fraction) -> int:
        share = _ONE - value if rule.inverse else value
        return _NONE if share < rule.floor else _PART if share < rule.full_at else _FULL

    return part


def _follows_share(leaf: Leaf, span: Span) -> bool:
    """Whether points within the span rise with the share."""
    if isinstance(leaf.rule, Ratio):
        return span.key == _PART
    return isinstance(leaf.rule, Bands) and span.key >= 0 and leaf.rule.bands[span.key].mark is None


def _over_figures(leaf: Leaf, inputs: Inputs) -> list[Level]:
    spans = _spans(leaf)
    if isinstance(leaf.rule, Ratio) and {span.key for span in spans} == {_PART, _FULL} and leaf.rule.full_at == 1:
        return []  # the sentence of the rule says it all
    here = _stands_at(leaf, inputs)
    found = [
        Level(
            _in_words(span, leaf),
            None if _follows_share(leaf, span) else _points(leaf, _as_inputs(leaf, span.inside)),
            here is not None and span.holds(here),
        )
        for span in spans
    ]
    return found[::-1]  # the high figures first, as annexes print them


def _stands_at(leaf: Leaf, inputs: Inputs) -> Fraction | None:
    """The figure that the rule looks at; None where nothing stands there, or nothing arose (0/0)."""
    if "value" in inputs:
        return Fraction(str(inputs["value"]))
    if "numerator" not in inputs or not (whole := Fraction(str(inputs.get("denominator", 0)))):
        return None
    return Fraction(str(inputs["numerator"])) / whole


def _as_inputs(leaf: Leaf, value: Fraction) -> Inputs:
    if _is_share(leaf):
        return {"numerator": str(value.numerator), "denominator": str(value.denominator)}
    return {"value": print_points(value)}


def _is_share(leaf: Leaf) -> bool:
    return any(one.part_of for one in leaf.inputs)


def _in_words(span: Span, leaf: Leaf) -> str:
    """ "Từ 95% đến dưới 98%", "Dưới 90%", "Trên 5"."""
    tell = say_percent if _is_share(leaf) else say
    bounded = _is_share(leaf) and not leaf.rule.proportion.allow_over  # type: ignore[attr-defined]
    low = None if _is_share(leaf) and span.low == 0 and not span.open_low else span.low
    high = None if bounded and span.high == 1 and not span.open_high else span.high
    if span.low is not None and span.low == span.high:
        return f"Bằng {tell(span.low)}"
    if low is not None and high is not None:
        return f"{'Trên' if span.open_low else 'Từ'} {tell(low)} đến{' dưới' if span.open_high else ''} {tell(high)}"
    if low is not None:
        return f"Trên {tell(low)}" if span.open_low else f"Từ {tell(low)} trở lên"
    if high is not None:
        return f"Dưới {tell(high)}" if span.open_high else f"Từ {tell(high)} trở xuống"
    return "Mọi mức"


def _better_span(leaf: Leaf, inputs: Inputs, now: Fraction) -> Steps:
    here = _stands_at(leaf, inputs)
    spans = _spans(leaf)
    stands = next((span for span in spans if here is not None and span.holds(here)), None)
    if here is None or stands is None:
        return
    others = [span for span in spans if span is not stands]
    if _is_share(leaf):
        yield from _better_part(leaf, inputs, now, others, to_all=_follows_share(leaf, stands))
        return
    for span in others:
        points = _points(leaf, _as_inputs(leaf, span.inside))
        if points is not None:
            words, label = _in_words(span, leaf), leaf.inputs[0].label
            yield span.gap(here), NextLevel(now, points, span=words[:1].lower() + words[1:], figure_label=label)


def _better_part(leaf: Leaf, inputs: Inputs, now: Fraction, others: Sequence[Span], *, to_all: bool) -> Steps:
    """Another part of the same total; nothing where they are no whole numbers."""
    part = next(one for one in leaf.inputs if one.part_of)
    count, whole = _whole(inputs.get(part.key)), _whole(inputs.get(part.part_of))
    if count is None or not whole:
        return
    wanted = {span.nearest_part(count, whole) for span in others} | ({whole} if to_all else set())
    for needed in sorted(one for one in wanted if one is not None):
        points = _points(leaf, {**inputs, part.key: str(needed)})
        if points is not None:
            figure = Figure(Fraction(needed), Fraction(count), Fraction(whole), part.label)
            yield Fraction(abs(needed - count)), NextLevel(now, points, figure=figure)


def _whole(given: object) -> int | None:
    try:
        value = Fraction(str(given))
    except ValueError:
        return None
    return int(value) if value.denominator == 1 else None


_TABLES: Mapping[type, Callable[[Leaf, Inputs], Sequence[Level]]] = {
    Options: _options,
    Checklist: _items,
    Lateness: _days,
    Deduction: _breaches,
    Ratio: _over_figures,
    Bands: _over_figures,
}
_STEPS: Mapping[type, Callable[[Leaf, Inputs, Fraction], Steps]] = {
    Options: _better_option,
    Checklist: _one_item_more,
    PerItem: _one_more,
    Ratio: _better_span,
    Bands: _better_span,
}

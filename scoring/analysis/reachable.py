"""Which points a unit could still reach at a leaf by itself, and the figure that gives them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import ceil, floor, prod
from typing import Final

from scoring.analysis.counts import MOST_FIGURES, Counted, enough
from scoring.analysis.formulas import reach_of_formula
from scoring.analysis.levels import Figure, Reach, Run
from scoring.engine.leaves import score_leaf
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.bands import Bands
from scoring.engine.rules.base import Figures, Input
from scoring.engine.rules.formula import Formula
from scoring.engine.rules.ratio import Ratio
from scoring.engine.rules.survey import Survey
from scoring.engine.types import Answer, Computed, Judged, Node, NodeResult, Policy

MOST_ANSWERS: Final = 1_024
"""Answers of several parts (items checked, breaches of each kind) are counted out up to as many."""
MOST_DAYS: Final = 400
"""Days late are tried up to as many: longer than a year."""
DECIMALS: Final = 2
"""Points that nothing counts out are looked at as screens print them, or as leaves are rounded if that is coarser."""

_NOUGHT: Final = Fraction(0)
_ONE: Final = Fraction(1)
_HUNDRED: Final = Fraction(100)
_WITHOUT_END: Final = 10**9


def reachable(
    leaf: Node, now: NodeResult, answer: Answer | None, policy: Policy, one_by_one: int = MOST_FIGURES
) -> Reach:
    """The points at which ``leaf`` would stand better than ``now``, least gain first; ``answer`` is the present one.

    Empty where the leaf is not the unit's own (``source`` is not self) or does not apply. Where answers can be counted
    out (levels, items, steps, days, whole figures) these are their points, all of them; a total stays as it is, and is
    taken for a hundred where there is none. Of a formula they are what single figures give, which tells neither all nor
    the best. Otherwise any points are taken to be possible, to ``DECIMALS`` digits, up to the best that the rule gives.
    At a penalty fewer points are better. Greater counts than ``one_by_one`` are looked at by runs, to the same result.
    """
    falls = leaf.role == "penalty"
    if leaf.source != "self" or leaf.rule is None or not now.applicable:
        return Reach(now.points, (), falls=falls)
    given = answer.figures if isinstance(answer, Computed) else {}
    if isinstance(leaf.rule, Formula):
        return reach_of_formula(leaf, leaf.rule, now.points, given, policy)
    counted = _counted(leaf, given, policy)
    if counted is not None:
        counted = replace(counted, one_by_one=one_by_one)
        return Reach(now.points, counted.runs(), falls=falls, is_complete=counted.is_complete)
    answers = _answers(leaf, given)
    runs = _any_points(leaf, now, policy) if answers is None else _points_of(leaf, answers, policy)
    return Reach(now.points, runs, falls=falls)


Tried = Iterable[tuple[Figures, Figure | None]]


def _points_of(leaf: Node, answers: Tried, policy: Policy) -> list[Run]:
    """The points of every answer; the first that gives them stands for all."""
    scores = ((score_leaf(leaf, Computed(figures), None, policy), figure) for figures, figure in answers)
    return [Run.single(score.points, figure) for score, figure in scores if score.applies]


def _any_points(leaf: Node, now: NodeResult, policy: Policy) -> list[Run]:
    """Every printable number of points from what is now to the best, the best itself included."""
    decimals = DECIMALS if policy.leaf_decimals is None else min(policy.leaf_decimals, DECIMALS)
    unit = 10**decimals
    best = score_leaf(leaf, Judged(_best(leaf), ""), None, policy).points
    low, high = sorted((now.points, best))
    first, last = ceil(low * unit), floor(high * unit)
    printable = Run(Fraction(first, unit), Fraction(1, unit), max(0, last - first + 1))
    return [printable, Run.single(best)]


def _best(leaf: Node) -> Fraction:
    """The most that the rule gives; of a penalty the least: 0, unless breaches may take only so much of it."""
    if leaf.role != "penalty":
        return leaf.rule.most_points() if leaf.rule else leaf.max_points
    asked = leaf.rule.inputs() if leaf.rule else ()
    if [one.type for one in asked] != ["counts"]:
        return _NOUGHT
    return _worth(leaf, {asked[0].key: {choice.key: Fraction(_WITHOUT_END) for choice in asked[0].choices}})


def _worth(leaf: Node, figures: Figures) -> Fraction:
    """The points of figures between 0 and the maximum, before any rounding."""
    points = leaf.rule.score(figures).points if leaf.rule else None
    return min(max(points or _NOUGHT, _NOUGHT), leaf.max_points)


# ── counts and parts of a total ───────────────────────────────────────────────────────────────────────────────────────


def _counted(leaf: Node, given: Figures, policy: Policy) -> Counted | None:
    """The count, the part of a total or the step of a scale that the leaf asks for; None where it asks for no such."""
    asked = leaf.rule.inputs() if leaf.rule else ()
    part = next((one for one in asked if one.part_of), None)
    if part is not None:
        return _part(leaf, part, given, policy)
    if len(asked) != 1:
        return None
    (only,) = asked
    if only.type == "whole":
        now = given.get(only.key)
        known = now if isinstance(now, Fraction) else None
        most = enough(lambda count: _worth(leaf, {only.key: Fraction(count)}), 0, _WITHOUT_END)
        return Counted(leaf, policy, only.key, most, said=lambda count: Figure(Fraction(count), known))
    if only.type == "number" and only.step and only.minimum is not None and only.maximum is not None:
        most = floor((only.maximum - only.minimum) / only.step)
        last: tuple[Figures, None] = ({only.key: only.maximum}, None)
        return Counted(leaf, policy, only.key, most, low=only.minimum, step=only.step, beside=(last,))
    return None


def _part(leaf: Node, part: Input, given: Figures, policy: Policy) -> Counted:
    """The parts of the total that stands there, whole ones; of a hundred where none does or it is not whole."""
    now, whole = _whole(given.get(part.key)), _whole(given.get(part.part_of))
    limits = [limit * (whole or _HUNDRED) for limit in _turns(leaf)]
    beside: list[tuple[Figures, Figure | None]] = []
    if now is None or not whole:
        now, whole = None, max(_HUNDRED, leaf.rule.min_responses) if isinstance(leaf.rule, Survey) else _HUNDRED
        if isinstance(leaf.rule, Bands):
            bands = sorted(band.limit * whole for band in leaf.rule.bands)
            beside = [({part.key: limit, part.part_of: whole}, Figure(limit, None, whole)) for limit in bands]
    most = int(whole)
    if leaf.rule and leaf.rule.read(ObjectReader({part.key: most + 1, part.part_of: most}, Place(), [])):
        most = enough(lambda one: _worth(leaf, {part.key: Fraction(one), part.part_of: whole}), most, most * 10)
    # Where the figure is one form of several, another may stand there.
    is_told = now is not None or not part.form
    return Counted(
        leaf,
        policy,
        part.key,
        most,
        said=lambda count: Figure(Fraction(count), now, whole) if is_told else None,
        others={part.part_of: whole},
        start=int(now or 0),
        turns=limits,
        beside=beside,
    )


def _turns(leaf: Node) -> list[Fraction]:
    """The ratios at which the points of a ratio turn or jump: between two of them they rise evenly, or not at all."""
    if isinstance(leaf.rule, Bands):
        return [*(band.limit for band in leaf.rule.bands), _ONE]
    if isinstance(leaf.rule, Ratio):
        turns = (leaf.rule.floor, leaf.rule.full_at)
        return [1 - turn for turn in turns] if leaf.rule.inverse else [*turns]
    return []


def _whole(value: object) -> Fraction | None:
    return value if isinstance(value, Fraction) and value.denominator == 1 else None


# ── answers that can be counted out ───────────────────────────────────────────────────────────────────────────────────


def _answers(leaf: Node, given: Figures) -> Tried | None:
    """Every answer that makes a difference, the nearest to ``given`` first; None where they cannot be counted out."""
    asked = leaf.rule.inputs() if leaf.rule else ()
    if isinstance(leaf.rule, Bands):
        return (({"value": value}, None) for value in _apart([band.limit for band in leaf.rule.bands]))
    if len(asked) == 1:
        return _alone(leaf, asked[0], given)
    if asked and all(one.form for one in asked):
        # Forms exclude one another: days late say what a date says.
        return [({one.key: value}, None) for one in asked for value in _values_of_form(one)]
    return None


def _values_of_form(asked: Input) -> Sequence[Fraction | bool]:
    if asked.type == "flag":
        return (True,)
    return [Fraction(days) for days in range(MOST_DAYS + 1)] if asked.type == "whole" else ()


def _alone(leaf: Node, asked: Input, given: Figures) -> Tried | None:
    """The answers to the only input of a rule."""
    keys = [choice.key for choice in asked.choices]
    if asked.type == "choice":
        return [({asked.key: key}, None) for key in keys]
    if asked.type == "choices" and 2 ** len(keys) <= MOST_ANSWERS:
        return [({asked.key: chosen}, None) for size in range(len(keys) + 1) for chosen in combinations(keys, size)]
    if asked.type == "counts" and leaf.role != "penalty":
        return _fewer(asked.key, given)
    return None


def _fewer(key: str, given: Figures) -> Tried | None:
    """As many breaches of each kind as there are, or fewer."""
    counted = given.get(key)
    if not isinstance(counted, Mapping) or prod(int(count) + 1 for count in counted.values()) > MOST_ANSWERS:
        return None
    ways = product(*(range(int(count) + 1) for count in counted.values()))
    return [({key: dict(zip(counted, map(Fraction, way), strict=True))}, None) for way in ways]


def _apart(limits: Sequence[Fraction]) -> Iterator[Fraction]:
    """The limits themselves, a value between each two, and one beyond either end: bands give no other points."""
    rising = sorted(set(limits))
    yield from (rising[0] - 1, rising[-1] + 1, *rising)
    yield from ((low + high) / 2 for low, high in pairwise(rising))

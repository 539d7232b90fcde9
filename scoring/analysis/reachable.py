"""Which points a unit could still reach at a leaf by itself, and the figure that gives them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import ceil, floor, prod
from typing import Final

from scoring.engine.leaves import score_leaf
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.bands import Bands
from scoring.engine.rules.base import Figures, Input
from scoring.engine.rules.survey import Survey
from scoring.engine.types import Answer, Computed, Judged, Node, NodeResult, Policy

MOST_ANSWERS: Final = 1_024
"""Answers of several parts (items checked, breaches of each kind) are counted out up to as many."""
MOST_FIGURES: Final = 3_000
"""Steps are counted out up to as many. Of greater counts and totals as many figures are tried, evenly spread: what lies
between two of them is less than screens print."""
MOST_DAYS: Final = 400
"""Days late are tried up to as many: longer than a year."""
DECIMALS: Final = 2
"""Points that nothing counts out are looked at as screens print them, or as leaves are rounded if that is coarser."""

_NOUGHT: Final = Fraction(0)
_HUNDRED: Final = Fraction(100)
_WITHOUT_END: Final = 10**9


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure to enter in place of ``now`` (None: none stands there): a count, or a part of ``whole``.

    Where a whole stands without ``now``, it was not known: what counts is the share.
    """

    needed: Fraction
    now: Fraction | None = None
    whole: Fraction | None = None


Reach = dict[Fraction, Figure | None]
"""Points that may be reached, with the figure that gives them, None where it is no single one."""


def reachable(leaf: Node, now: NodeResult, answer: Answer | None, policy: Policy) -> Reach:
    """The points at which ``leaf`` would stand better than ``now``, least gain first; ``answer`` is the present one.

    Empty where the leaf is not the unit's own (``source`` is not self) or does not apply. Where answers can be counted
    out (levels, items, steps, days, whole figures) these are their points; a total stays as it is, and is taken for a
    hundred where there is none. Otherwise any points are taken to be possible, to ``DECIMALS`` digits, up to the best
    that the rule gives. At a penalty fewer points are better.
    """
    if leaf.source != "self" or leaf.rule is None or not now.applicable:
        return {}
    answers = _answers(leaf, _figures_of(answer))
    found = _any_points(leaf, now, policy) if answers is None else _points_of(leaf, answers, policy)
    is_better = now.points.__gt__ if leaf.role == "penalty" else now.points.__lt__
    better = ((points, figure) for points, figure in found.items() if is_better(points))
    return dict(sorted(better, key=lambda one: abs(one[0] - now.points)))


Tried = Iterable[tuple[Figures, Figure | None]]


def _figures_of(answer: Answer | None) -> Figures:
    return answer.figures if isinstance(answer, Computed) else {}


def _points_of(leaf: Node, answers: Tried, policy: Policy) -> Reach:
    """The points of every answer; the first that gives them stands for all."""
    found: Reach = {}
    for figures, figure in answers:
        score = score_leaf(leaf, Computed(figures), None, policy)
        if score.applies:
            found.setdefault(score.points, figure)
    return found


def _any_points(leaf: Node, now: NodeResult, policy: Policy) -> Reach:
    """Every printable number of points from what is now to the best, the best itself included."""
    decimals = DECIMALS if policy.leaf_decimals is None else min(policy.leaf_decimals, DECIMALS)
    unit = 10**decimals
    best = score_leaf(leaf, Judged(_best(leaf), ""), None, policy).points
    low, high = sorted((now.points, best))
    return dict.fromkeys([*(Fraction(place, unit) for place in range(ceil(low * unit), floor(high * unit) + 1)), best])


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


# ── answers that can be counted out ───────────────────────────────────────────────────────────────────────────────────


def _answers(leaf: Node, given: Figures) -> Tried | None:
    """Every answer that makes a difference, the nearest to ``given`` first; None where they cannot be counted out."""
    asked = leaf.rule.inputs() if leaf.rule else ()
    part = next((one for one in asked if one.part_of), None)
    if part is not None:
        return _parts(leaf, part, given)
    if isinstance(leaf.rule, Bands):
        return (({"value": value}, None) for value in _apart([band.limit for band in leaf.rule.bands]))
    if len(asked) == 1:
        return _counted(leaf, asked[0], given) if asked[0].type == "whole" else _alone(leaf, asked[0], given)
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
    if asked.type == "number" and asked.step and asked.minimum is not None and asked.maximum is not None:
        steps = (asked.maximum - asked.minimum) // asked.step
        if steps < MOST_FIGURES:
            values = [asked.minimum + place * asked.step for place in range(steps + 1)]
            return [({asked.key: value}, None) for value in (*values, asked.maximum)]
    return None


def _counted(leaf: Node, asked: Input, given: Figures) -> Tried:
    """A count, up to where more of it changes nothing."""
    now = given.get(asked.key)
    enough = _enough(lambda count: _worth(leaf, {asked.key: Fraction(count)}), 0, _WITHOUT_END)
    for count in map(Fraction, _spread(enough)):
        yield {asked.key: count}, Figure(count, now if isinstance(now, Fraction) else None)


def _fewer(key: str, given: Figures) -> Tried | None:
    """As many breaches of each kind as there are, or fewer."""
    counted = given.get(key)
    if not isinstance(counted, Mapping) or prod(int(count) + 1 for count in counted.values()) > MOST_ANSWERS:
        return None
    ways = product(*(range(int(count) + 1) for count in counted.values()))
    return [({key: dict(zip(counted, map(Fraction, way), strict=True))}, None) for way in ways]


def _parts(leaf: Node, part: Input, given: Figures) -> Tried:
    """The parts of the total that stands there, whole ones; of a hundred where none does or it is not whole."""
    now, whole = _whole(given.get(part.key)), _whole(given.get(part.part_of))
    if now is None or not whole:
        now, whole = None, max(_HUNDRED, leaf.rule.min_responses) if isinstance(leaf.rule, Survey) else _HUNDRED
        if isinstance(leaf.rule, Bands):
            for limit in sorted(band.limit * whole for band in leaf.rule.bands):
                yield {part.key: limit, part.part_of: whole}, Figure(limit, None, whole)
    most = int(whole)
    if leaf.rule and leaf.rule.read(ObjectReader({part.key: most + 1, part.part_of: most}, Place(), [])):
        most = _enough(lambda one: _worth(leaf, {part.key: Fraction(one), part.part_of: whole}), most, most * 10)
    start = int(now or 0)
    for count in sorted(_spread(most), key=lambda one: abs(one - start)):
        # Where the figure is one form of several, another may stand there.
        figure = Fraction(count)
        said = Figure(figure, now, whole) if now is not None or not part.form else None
        yield {part.key: figure, part.part_of: whole}, said


def _whole(value: object) -> Fraction | None:
    return value if isinstance(value, Fraction) and value.denominator == 1 else None


def _enough(worth: Callable[[int], Fraction], least: int, most: int) -> int:
    """The least count from which on more of it is worth no more than ``most`` is."""
    end = worth(most)
    return least + bisect_left(range(least, most), True, key=lambda count: worth(count) == end)


def _spread(most: int) -> list[int]:
    """The counts from 0 to ``most``, both included; evenly spread where they are too many."""
    return [*range(0, most, most // MOST_FIGURES + 1), most]


def _apart(limits: Sequence[Fraction]) -> Iterator[Fraction]:
    """The limits themselves, a value between each two, and one beyond either end: bands give no other points."""
    rising = sorted(set(limits))
    yield from (rising[0] - 1, rising[-1] + 1, *rising)
    yield from ((low + high) / 2 for low, high in pairwise(rising))

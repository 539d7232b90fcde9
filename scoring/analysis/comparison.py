"""Change between two years, like for like: over criteria that are linked as the same or as comparable, and no others.

A link joins a criterion of this year with one of last year. Criteria that were split or put together are joined by
several links, and stand or fall as one *pair*: its points of this year against its points of last year. A pair is
compared at a unit only where every criterion of it applies in both years.

Links may join criteria at any depth, and no point is compared twice: a criterion with others below it counts for its
own only where none of those is linked (`followed`), as a component whose leaves are all new, or one that a table of
the past prints without anything below it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from scoring.analysis.evaluated import Evaluated
from scoring.engine.types import CriteriaSet, Node, NodeResult, UnitResult

LinkKind = Literal["same", "comparable", "changed"]


@dataclass(frozen=True, slots=True)
class Link:
    """A criterion of this year's set and the one of last year's that it continues; "changed" is never compared."""

    criteria_set: str
    criterion: str
    last_criteria_set: str
    last_criterion: str
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class Pair:
    """Linked criteria of both years by code, and what a unit has there; points and maxima are sums, exact.

    ``title`` is the first one's of this year; ``is_leaf`` false where a criterion with children is among them.
    ``change`` is of the share of the maximum, in percentage points. Ranks are of one criterion each, None where the
    pair has more or the unit is not ranked there.
    """

    codes: tuple[str, ...]
    last_codes: tuple[str, ...]
    title: str
    is_leaf: bool
    points: Fraction
    max_points: Fraction
    last_points: Fraction
    last_max_points: Fraction
    rank: int | None
    last_rank: int | None

    @property
    def change(self) -> Fraction:
        return _percent(self.points, self.max_points) - _percent(self.last_points, self.last_max_points)


@dataclass(frozen=True, slots=True)
class LikeForLike:
    """A unit against itself a year ago. Indices are of the compared points alone, exact, in percent.

    ``share`` and ``last_share`` tell how much of the unit's own maximum (of scored leaves that apply) was compared,
    0..1; at a criterion with others below it these are all the leaves there. Where nothing can be compared, ``pairs``
    is empty and ``index``, ``last_index`` and ``change`` are None.
    """

    unit: str
    last_unit: str
    pairs: tuple[Pair, ...]
    index: Fraction | None
    last_index: Fraction | None
    share: Fraction
    last_share: Fraction

    @property
    def change(self) -> Fraction | None:
        return None if self.index is None or self.last_index is None else self.index - self.last_index


def like_for_like(
    this: Evaluated, last: Evaluated, links: Sequence[Link], came_from: Mapping[str, str] | None = None
) -> tuple[LikeForLike, ...]:
    """Compare every unit that both years have, in the order of this year's results.

    ``came_from`` tells this year's unit → last year's; without it a unit is found by its code. A unit that was merged
    from several is compared with none, and so not named there.
    """
    pairs_of = {unit: unit for unit in this.units if unit in last.units} if came_from is None else came_from
    links_of: dict[tuple[str, str], tuple[Link, ...]] = {}
    found = []
    for unit, now in this.units.items():
        if unit not in pairs_of:
            continue
        then = last.unit(pairs_of[unit])
        sets = (now.unit.criteria_set, then.unit.criteria_set)
        if sets not in links_of:
            links_of[sets] = followed(this.set_of(now), last.set_of(then), links)
        found.append(_compared(this, last, links_of[sets], now, then))
    return tuple(found)


def compare(
    this: Evaluated, last: Evaluated, links: Sequence[Link], unit: str, last_unit: str | None = None
) -> LikeForLike:
    """Compare one unit with itself (or with ``last_unit``) a year ago; raises LookupError for an unknown one."""
    now, then = this.unit(unit), last.unit(last_unit or unit)
    return _compared(this, last, followed(this.set_of(now), last.set_of(then), links), now, then)


def followed(this: CriteriaSet, last: CriteriaSet, links: Sequence[Link]) -> tuple[Link, ...]:
    """The links of two sets that are compared like for like, each point once: the finest that there are.

    A pair is left out as a whole where one of its criteria is bonus or penalty, or has a scored criterion below it, in
    either year, that is linked too, be it only to say that it is not compared ("changed"): a parent never brings in
    again what its leaves leave out. That hangs on the sets alone, not on what applies to a unit, so that all units are
    compared over the same criteria.
    """
    own = [link for link in links if (link.criteria_set, link.last_criteria_set) == (this.code, last.code)]
    out = _left_out(this, {link.criterion for link in own})
    last_out = _left_out(last, {link.last_criterion for link in own})
    kept = {
        code
        for codes, last_codes in _clusters(own)
        if out.isdisjoint(codes) and last_out.isdisjoint(last_codes)
        for code in codes
    }
    return tuple(link for link in own if link.kind != "changed" and link.criterion in kept)


def _left_out(criteria_set: CriteriaSet, linked_codes: set[str]) -> set[str]:
    """Bonus, penalty, and every criterion that has a scored one of ``linked_codes`` somewhere below it."""
    layout = criteria_set.layout
    found: set[str] = set()
    above: set[str] = set()
    for node, parent in reversed(layout):
        if node.role != "scored":
            found.add(node.code)
        elif parent >= 0 and (node.code in above or node.code in linked_codes):
            above.add(layout[parent][0].code)
    return found | above


def _compared(
    this: Evaluated, last: Evaluated, links: Sequence[Link], now: UnitResult, then: UnitResult
) -> LikeForLike:
    """One unit over links of which no two hold the same point (`followed`)."""
    pairs = linked(this, last, links, now, then)
    maximum = _sum(pair.max_points for pair in pairs)
    last_maximum = _sum(pair.last_max_points for pair in pairs)
    return LikeForLike(
        unit=now.unit.code,
        last_unit=then.unit.code,
        pairs=pairs,
        index=_percent(_sum(pair.points for pair in pairs), maximum) if pairs else None,
        last_index=_percent(_sum(pair.last_points for pair in pairs), last_maximum) if pairs else None,
        share=_share({code for pair in pairs for code in pair.codes}, this, now),
        last_share=_share({code for pair in pairs for code in pair.last_codes}, last, then),
    )


def linked(
    this: Evaluated, last: Evaluated, links: Sequence[Link], now: UnitResult, then: UnitResult
) -> tuple[Pair, ...]:
    """The pairs that can be compared at a unit, parents too, in the order of this year's tree.

    Only scored criteria with a maximum count. Raises LookupError for a link to a criterion that its set does not have.
    """
    sets = (now.unit.criteria_set, then.unit.criteria_set)
    nodes = {node.code: (node, result) for node, result in this.nodes(now)}
    last_nodes = {node.code: (node, result) for node, result in last.nodes(then)}
    place = {code: number for number, code in enumerate(nodes)}
    last_place = {code: number for number, code in enumerate(last_nodes)}
    pairs = []
    for codes, last_codes in _clusters(link for link in links if (link.criteria_set, link.last_criteria_set) == sets):
        found = [nodes[code] for code in sorted(codes, key=place.__getitem__)]
        last_found = [last_nodes[code] for code in sorted(last_codes, key=last_place.__getitem__)]
        if all(_counts(*one) for one in found + last_found):
            pairs.append(_pair(found, last_found))
    return tuple(sorted(pairs, key=lambda pair: place[pair.codes[0]]))


def _clusters(links: Iterable[Link]) -> list[tuple[set[str], set[str]]]:
    """Criteria of this year and of last year that links join, directly or through others."""
    cluster_of: dict[tuple[str, str], tuple[set[str], set[str]]] = {}
    for link in links:
        if link.kind == "changed":
            continue
        codes, last_codes = {link.criterion}, {link.last_criterion}
        for key in (("this", link.criterion), ("last", link.last_criterion)):
            if key in cluster_of:
                codes |= cluster_of[key][0]
                last_codes |= cluster_of[key][1]
        joined = (codes, last_codes)
        cluster_of |= {("this", code): joined for code in codes} | {("last", code): joined for code in last_codes}
    return list({id(cluster): cluster for cluster in cluster_of.values()}.values())


def _counts(node: Node, result: NodeResult) -> bool:
    return node.role == "scored" and result.applicable and result.index is not None


def _pair(found: Sequence[tuple[Node, NodeResult]], last_found: Sequence[tuple[Node, NodeResult]]) -> Pair:
    single = len(found) == len(last_found) == 1
    return Pair(
        codes=tuple(node.code for node, _ in found),
        last_codes=tuple(node.code for node, _ in last_found),
        title=found[0][0].title,
        is_leaf=all(node.is_leaf for node, _ in [*found, *last_found]),
        points=_sum(result.points for _, result in found),
        max_points=_sum(result.max_points for _, result in found),
        last_points=_sum(result.points for _, result in last_found),
        last_max_points=_sum(result.max_points for _, result in last_found),
        rank=found[0][1].rank if single else None,
        last_rank=last_found[0][1].rank if single else None,
    )


def _share(codes: set[str], evaluated: Evaluated, unit: UnitResult) -> Fraction:
    """How much of the maximum of the unit's scored leaves that apply lies at ``codes`` or below them."""
    layout = evaluated.set_of(unit).layout
    inside: list[bool] = []
    compared, whole = [], []
    for (node, parent), result in zip(layout, unit.nodes, strict=True):
        inside.append(node.code in codes or (parent >= 0 and inside[parent]))
        if node.is_leaf and _counts(node, result):
            whole.append(result.max_points)
            if inside[-1]:
                compared.append(result.max_points)
    return _sum(compared) / _sum(whole) if whole else Fraction(0)


def _percent(points: Fraction, maximum: Fraction) -> Fraction:
    return points / maximum * 100


def _sum(amounts: Iterable[Fraction]) -> Fraction:
    """The sum; most pairs have one criterion, and adding nought to a fraction costs as much as any addition."""
    first, *rest = tuple(amounts) or (Fraction(0),)
    return sum(rest, first)

"""The three lists that a unit works on: what fell against last year, what is below the maximum, what below the mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.analysis.comparison import Link, Pair, linked
from scoring.analysis.evaluated import Evaluated, lost, title_order
from scoring.engine.types import Basis, Node, NodeResult, Source, UnitResult


@dataclass(frozen=True, slots=True)
class Fallen:
    """Criteria at which a unit fell against last year: in points, or in rank, or in both."""

    pair: Pair
    in_points: bool
    in_rank: bool


@dataclass(frozen=True, slots=True)
class BelowMaximum:
    """A leaf at which a unit lost points; ``source`` tells whose number it is.

    ``answered`` is false only at a scored leaf without an answer; at a penalty ``points`` are what it took.
    """

    code: str
    title: str
    source: Source
    points: Fraction
    max_points: Fraction
    lost: Fraction
    answered: bool


@dataclass(frozen=True, slots=True)
class BelowMean:
    """A criterion at which a unit's index lies below the mean of its group; all in percent.

    ``mean`` is exact, over the ranked units with the same criteria set that have an index and a rank there.
    """

    code: str
    title: str
    is_leaf: bool
    index: Fraction
    mean: Fraction

    @property
    def difference(self) -> Fraction:
        """How far below, as a positive number of percentage points."""
        return self.mean - self.index


@dataclass(frozen=True, slots=True)
class WorkLists:
    """``fallen`` is None where there is no last year to compare with, empty where nothing fell."""

    unit: str
    fallen: tuple[Fallen, ...] | None
    below_maximum: tuple[BelowMaximum, ...]
    below_mean: tuple[BelowMean, ...]


def work_lists(
    unit: str,
    this: Evaluated,
    last: Evaluated | None = None,
    links: Sequence[Link] = (),
    last_unit: str | None = None,
) -> WorkLists:
    """Draw up the lists of ``unit``, each with the worst first, equals by Vietnamese order of the title, then by code.

    ``last_unit`` is its code a year ago, where it was another. Raises LookupError for an unknown unit.
    """
    now = this.unit(unit)
    return WorkLists(
        unit=unit,
        fallen=None if last is None else _fallen(this, last, links, now, last.unit(last_unit or unit)),
        below_maximum=_below_maximum(this, now),
        below_mean=_below_mean(this, now),
    )


def _fallen(
    this: Evaluated, last: Evaluated, links: Sequence[Link], now: UnitResult, then: UnitResult
) -> tuple[Fallen, ...]:
    """Points fell where their share of the maximum did, which itself may be another; a rank where it is a later one."""
    nodes = {node.code: node for node, _ in this.nodes(now)}
    found = []
    for pair in linked(this, last, links, now, then):
        in_points = pair.change < 0
        in_rank = pair.rank is not None and pair.last_rank is not None and pair.rank > pair.last_rank
        if in_points or in_rank:
            found.append(Fallen(pair, in_points, in_rank))
    return tuple(sorted(found, key=lambda one: (one.pair.change, *title_order(nodes[one.pair.codes[0]]))))


def _below_maximum(evaluated: Evaluated, unit: UnitResult) -> tuple[BelowMaximum, ...]:
    found = [
        (
            node,
            BelowMaximum(
                code=node.code,
                title=node.title,
                source=node.source,
                points=result.points,
                max_points=node.max_points,
                lost=missing,
                answered=node.code not in unit.unanswered,
            ),
        )
        for node, result in evaluated.nodes(unit)
        if node.is_leaf and result.applicable and (missing := lost(node, result))
    ]
    return tuple(row for _, row in sorted(found, key=lambda one: (-one[1].lost, *title_order(one[0]))))


def _below_mean(evaluated: Evaluated, unit: UnitResult) -> tuple[BelowMean, ...]:
    basis = evaluated.campaign.policy.mean_of
    peers = [
        peer
        for peer in evaluated.members(unit.unit.group)
        if peer.unit.ranked and peer.unit.criteria_set == unit.unit.criteria_set
    ]
    found: list[tuple[Node, BelowMean]] = []
    for position, (node, own) in enumerate(evaluated.nodes(unit)):
        mean = _mean([peer.nodes[position] for peer in peers], basis)
        if mean is None or own.index is None or not own.applicable or own.index.on(basis) >= mean:
            continue
        found.append((node, BelowMean(node.code, node.title, node.is_leaf, own.index.on(basis), mean)))
    return tuple(row for _, row in sorted(found, key=lambda one: (-one[1].difference, *title_order(one[0]))))


def _mean(peers: Sequence[NodeResult], basis: Basis) -> Fraction | None:
    """The mean as component statistics take it (methodology, section 4), at any criterion; None of none."""
    values = [peer.index.on(basis) for peer in peers if peer.ranks and peer.index is not None]
    return sum(values, Fraction(0)) / len(values) if values else None

"""What a unit can do about its own number: the shortest way up, figures tried, and the three lists to work on.

Only its own figures go in, from the stages that the reader may know of, and it is computed alone: what comes out has
no rank, and nothing of it tells of another unit. Ranks and means come from runs that stand in public, as deep as they
were published. A run in public holds more than was published of it: that is for the unit itself and the team alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from scoring.analysis.comparison import Pair, linked
from scoring.analysis.evaluated import Evaluated
from scoring.analysis.shortest_way import ShortestWay, shortest_way
from scoring.analysis.what_if import WhatIf, what_if
from scoring.analysis.work_lists import BelowMaximum, BelowMean, Fallen, work_lists
from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import canonical_bytes, load_campaign
from scoring.engine.load_units import read_answer
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader
from scoring.engine.types import Answer, Node, NodeResult, UnitResult
from scoring.enums import RunKind, Source, Stage
from scoring.models import Participant
from scoring.selectors.announced import Announced, announced_run, code_last_year, last_year_of
from scoring.selectors.lineage import lineage_of
from scoring.selectors.worksheet import Sight
from scoring.services.analysing import evaluated_run, links_between
from scoring.services.calculation import build_campaign_file
from scoring.services.errors import WrongFigures

MOST_STEPS_AT_A_REQUEST = 20_000
"""A fifth of what the search may take where nobody waits for a page."""


@dataclass(frozen=True)
class OwnFigures:
    """One unit computed alone, from what `sight` lets its reader see; `answers` are those that count, by leaf, as a
    campaign file has them, `campaign_file` is all that it was computed from."""

    participant: Participant
    sight: Sight
    campaign_file: bytes
    evaluated: Evaluated
    answers: Mapping[str, Mapping[str, Any]]

    @property
    def code(self) -> str:
        return self.participant.code

    @property
    def is_read_whole(self) -> bool:
        """Whether the reader may know every final number of a released run, however little of it was published: the
        unit itself and the team. An appraiser may not: other components' are there, council decisions too."""
        return self.sight.is_unit or Stage.COUNCIL in self.sight.everywhere

    @property
    def result(self) -> UnitResult:
        return self.evaluated.unit(self.code)

    @property
    def leaves(self) -> list[tuple[Node, NodeResult]]:
        """The leaves of the unit's set in the order of print."""
        return [(node, result) for node, result in self.evaluated.nodes(self.result) if node.is_leaf]


@dataclass(frozen=True)
class OwnLists:
    """The three lists. `last` is the year in public that `fallen` is compared with, None (and `fallen` too) without
    one; `compared` is at how many criteria, parents too, that can be done, `withheld` at how many the reader may not
    know last year's numbers. `mean_of` is the run in public that `below_mean` is of, None without one.

    `below_maximum` leaves out what others enter and have not entered yet; `waiting` is how many these are, and
    `waiting_points` what they could bring at most. Ranks in `fallen` mean something only where it says `in_rank`.
    """

    last: Announced | None
    fallen: tuple[Fallen, ...] | None
    compared: int
    unsettled: int
    withheld: int
    below_maximum: tuple[BelowMaximum, ...]
    waiting: int
    waiting_points: Fraction
    mean_of: Announced | None
    below_mean: tuple[BelowMean, ...]


def own_figures(participant: Participant, sight: Sight) -> OwnFigures | None:
    """The unit as it stands for one reader; None where the rows cannot be computed or it is not assessed."""
    content = build_campaign_file(participant.campaign, RunKind.PROVISIONAL, only=participant, stages=sight.everywhere)
    try:
        campaign_file = canonical_bytes(content)
        evaluated = _evaluated(campaign_file)
    except CampaignFaults:
        return None
    if not evaluated.units:
        return None
    return OwnFigures(participant, sight, campaign_file, evaluated, content["units"][0]["answers"])


def own_way(own: OwnFigures) -> ShortestWay:
    """The shortest way of the unit to its next class; searched once for the same figures, and not for long."""
    return _way(own.campaign_file, own.code)


def tried(own: OwnFigures, answers: Mapping[str, Mapping[str, Any]]) -> WhatIf:
    """The unit with other answers (of a campaign file) at some leaves; nothing is stored.

    Raises WrongFigures where a rule refuses one, LookupError where a code is no leaf of the unit's set.
    """
    nodes = {node.code: node for node, _ in own.leaves}
    return what_if(own.evaluated, own.code, {code: _read(nodes[code], answer) for code, answer in answers.items()})


def own_lists(own: OwnFigures) -> OwnLists:
    """The three lists that the unit works on; a constant number of queries."""
    participant = own.participant
    public = announced_run(participant.campaign)
    here = _known(public, own.code)
    lineage = lineage_of([participant.unit_id])
    last = last_year_of(participant, lineage)
    then = (code_last_year(participant, last.run.campaign, lineage) if last else None) or ""
    before = _known(last, then)
    compared = _compared(own, public if here else None, last, before, then) if last and before else None
    mean_of = public if here else last if before else None
    below = work_lists(own.code, own.evaluated).below_maximum
    waiting = [row for row in below if row.source != Source.SELF and not row.answered]
    return OwnLists(
        last=last if before else None,
        fallen=compared.fallen if compared else None,
        compared=compared.pairs if compared else 0,
        unsettled=compared.unsettled if compared else 0,
        withheld=compared.withheld if compared else 0,
        below_maximum=tuple(row for row in below if row not in waiting),
        waiting=len(waiting),
        waiting_points=sum((row.max_points for row in waiting), Fraction(0)),
        mean_of=mean_of,
        below_mean=_below_mean(here or before, own.code if here else then, mean_of),
    )


# What follows from a file alone is kept by the file's own text: whoever sees other stages has another file.
@lru_cache(maxsize=16)
def _evaluated(campaign_file: bytes) -> Evaluated:
    return Evaluated.of(load_campaign(campaign_file))


@lru_cache(maxsize=64)
def _way(campaign_file: bytes, unit: str) -> ShortestWay:
    return shortest_way(_evaluated(campaign_file), unit, MOST_STEPS_AT_A_REQUEST)


def _known(announced: Announced | None, unit: str) -> Evaluated | None:
    """The run in public, where it can be read and has the unit."""
    found = evaluated_run(announced.run) if announced else None
    return found if found and unit in found.units else None


class _Compared(NamedTuple):
    fallen: tuple[Fallen, ...]
    pairs: int
    unsettled: int
    withheld: int


def _compared(own: OwnFigures, public: Announced | None, last: Announced, before: Evaluated, then: str) -> _Compared:
    """What fell, where this year has its numbers: in rank only between two years in public, as deep as both went.

    In points for who reads the unit whole; for anybody else where last year was published as deep, against what this
    reader sees of the year, or against its own run once every criterion of that is in public.
    """
    if not own.is_read_whole and public and not public.tells(is_component=False):
        public = None
    this = _known(public, own.code) or own.evaluated
    unit = this.unit(own.code)
    links = links_between(own.participant.campaign, this, last.run.campaign, before)
    components, last_components = _components(this, own.code), _components(before, then)
    waiting = set() if public else _without_number(this, unit)

    def was_told(pair: Pair) -> bool:
        return last.tells(is_component=last_components.issuperset(pair.last_codes))

    def is_told(pair: Pair) -> bool:
        return public is not None and public.tells(is_component=components.issuperset(pair.codes))

    all_pairs = linked(this, before, links, unit, before.unit(then))
    pairs = tuple(pair for pair in all_pairs if own.is_read_whole or was_told(pair))
    found = []
    for one in work_lists(own.code, this, before, links, then).fallen or ():
        in_rank = one.in_rank and was_told(one.pair) and is_told(one.pair)
        if one.pair in pairs and waiting.isdisjoint(one.pair.codes) and (one.in_points or in_rank):
            found.append(replace(one, in_rank=in_rank))
    unsettled = sum(not waiting.isdisjoint(pair.codes) for pair in pairs)
    return _Compared(tuple(found), len(pairs) - unsettled, unsettled, len(all_pairs) - len(pairs))


def _components(evaluated: Evaluated, unit: str) -> set[str]:
    return {component.code for component in evaluated.set_of(evaluated.unit(unit)).criteria}


def _without_number(evaluated: Evaluated, unit: UnitResult) -> set[str]:
    """Leaves without an answer, and every criterion above one: what they have so far is no fall yet."""
    layout = evaluated.set_of(unit).layout
    found = set(unit.unanswered)
    for node, parent in reversed(layout):
        if node.code in found and parent >= 0:
            found.add(layout[parent][0].code)
    return found


def _below_mean(found: Evaluated | None, unit: str, announced: Announced | None) -> tuple[BelowMean, ...]:
    """Below the mean of the run in public, at criteria that it was published to."""
    if found is None or announced is None:
        return ()
    components = _components(found, unit)
    rows = work_lists(unit, found).below_mean
    return tuple(row for row in rows if announced.tells(is_component=row.code in components))


def _read(leaf: Node, answer: Mapping[str, Any]) -> Answer:
    faults: list[Any] = []
    read = read_answer(ObjectReader(dict(answer), Place(), faults), leaf)
    if read is None or faults:
        raise WrongFigures(("", fault.message) for fault in faults)
    return read

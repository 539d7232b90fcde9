"""The analysis of a run: its frozen file computed once and kept at hand, joined with the rows that it is asked about.

A run never changes, so what follows from its file alone is kept in memory by the file's own text: the first page after
a start computes (a province of 170 units with 90 leaves: half a second), every later one only looks up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from scoring.analysis.closeness import OpenClass, OpenQuestion, open_classes
from scoring.analysis.comparison import LikeForLike, Link, LinkKind, followed, like_for_like
from scoring.analysis.evaluated import Evaluated
from scoring.analysis.robustness import RankRange, rank_ranges
from scoring.analysis.trial import Trial
from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import load_campaign
from scoring.engine.leaves import score_leaf
from scoring.engine.load_units import read_answer
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader
from scoring.engine.types import DoesNotApply, Grade, Node
from scoring.models import Campaign, Run
from scoring.selectors.analysis import Asked, open_claims, open_explanations
from scoring.selectors.announced import Announced, codes_last_year, last_year
from scoring.selectors.continuity import continued_criteria

_KINDS: dict[str, LinkKind] = {"same": "same", "comparable": "comparable", "changed": "changed"}


@dataclass(frozen=True)
class ClaimedClass:
    """An open claim "không áp dụng" that by itself would change the class of a unit, from `now` to `grade`."""

    unit: str
    leaf: str
    now: Grade
    grade: Grade


@dataclass(frozen=True)
class OpenMatters:
    """What is not decided yet and could change a class: `classes` by explanations, `claims` by claims.

    `explanations` and `claimed` are how many there are in all, of units and leaves that the run knows.
    """

    classes: tuple[OpenClass, ...]
    claims: tuple[ClaimedClass, ...]
    explanations: int
    claimed: int


@dataclass(frozen=True)
class YearOnYear:
    """Every unit against itself in the run of `last`, like for like.

    `same` and `changed` are how many criteria of this year without others below them are compared; `changed` ones by
    their share of the maximum, since rule or maximum is another this year. `wholes` are those compared by their sum
    alone, since nothing below them is: there are others below them in either year.
    """

    last: Announced
    units: tuple[LikeForLike, ...]
    same: int
    changed: int
    wholes: int

    @property
    def is_linked(self) -> bool:
        """Whether anything of this year goes on from last year at all."""
        return bool(self.same or self.changed or self.wholes)


def evaluated_run(run: Run) -> Evaluated | None:
    """The run's campaign with its results, computed from its own file.

    None where today's engine does not take the file any more.
    """
    try:
        return _evaluated(run.campaign_file)
    except CampaignFaults:
        return None


def rank_ranges_of(run: Run, group: str) -> tuple[RankRange, ...]:
    """The ranks of a group's units while the weights vary (`scoring.analysis.robustness`)."""
    return _rank_ranges(run.campaign_file, group)


def open_matters(run: Run, evaluated: Evaluated) -> OpenMatters:
    """Which explanations and claims that are open today would change a class of the run; two queries."""
    questions = tuple(_questions(evaluated, open_explanations(run.campaign)))
    claims = tuple((one.unit, one.leaf) for one in open_claims(run.campaign) if _node(evaluated, one.unit, one.leaf))
    classes, claimed = _hanging(run.campaign_file, questions, claims)
    return OpenMatters(classes, claimed, len(questions), len(claims))


def year_on_year(run: Run, evaluated: Evaluated) -> YearOnYear | None:
    """The run against the organiser's last year; None where there is none, or none that can be read any more."""
    last = last_year(run.campaign, past_too=True)
    before = evaluated_run(last.run) if last else None
    if last is None or before is None:
        return None
    links = links_between(run.campaign, evaluated, last.run.campaign, before)
    codes = tuple(
        (code, then)
        for code, then in codes_last_year(run.campaign, last.run.campaign).items()
        if code in evaluated.units and then in before.units
    )
    units = _like_for_like(run.campaign_file, last.run.campaign_file, links, codes)
    return YearOnYear(last, units, *_counted(evaluated, before, links))


def links_between(campaign: Campaign, this: Evaluated, last: Campaign, before: Evaluated) -> tuple[Link, ...]:
    """The criteria that go on, as far as both runs know them; three queries."""
    known, known_then = _codes(this), _codes(before)
    return tuple(
        Link(row.criteria_set, row.criterion, row.last_criteria_set, row.last_criterion, _KINDS[row.kind])
        for row in continued_criteria(campaign, last)
        if (row.criteria_set, row.criterion) in known and (row.last_criteria_set, row.last_criterion) in known_then
    )


# ── kept at hand ──────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=4)
def _evaluated(campaign_file: str) -> Evaluated:
    return Evaluated.of(load_campaign(campaign_file.encode()))


@lru_cache(maxsize=32)
def _rank_ranges(campaign_file: str, group: str) -> tuple[RankRange, ...]:
    return rank_ranges(_evaluated(campaign_file), group)


@lru_cache(maxsize=4)
def _like_for_like(
    this: str, last: str, links: tuple[Link, ...], codes: tuple[tuple[str, str], ...]
) -> tuple[LikeForLike, ...]:
    return like_for_like(_evaluated(this), _evaluated(last), links, dict(codes))


@lru_cache(maxsize=4)
def _hanging(
    campaign_file: str, questions: tuple[OpenQuestion, ...], claims: tuple[tuple[str, str], ...]
) -> tuple[tuple[OpenClass, ...], tuple[ClaimedClass, ...]]:
    evaluated = _evaluated(campaign_file)
    found = (_claimed(evaluated, unit, leaf) for unit, leaf in claims)
    classes = open_classes(evaluated, _that_matter(evaluated, questions))
    return classes, tuple(one for one in found if one is not None)


# ── open matters ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _questions(evaluated: Evaluated, asked: Iterable[Asked]) -> Iterable[OpenQuestion]:
    """Explanations that ask for more than the unit has in the run, with what its own figures earn."""
    for one in asked:
        node = _node(evaluated, one.unit, one.leaf)
        points = _worth(evaluated, node, one) if node else None
        if node is None or points is None:
            continue
        now = next(result.points for result in evaluated.unit(one.unit).nodes if result.code == one.leaf)
        if points < now if node.role == "penalty" else points > now:
            yield OpenQuestion(one.unit, one.leaf, points)


def _worth(evaluated: Evaluated, node: Node, asked: Asked) -> Fraction | None:
    """What the declared figures earn by the rule of the run; None where that rule refuses them or does not apply."""
    answer = read_answer(ObjectReader({"inputs": asked.inputs}, Place(), []), node)
    if answer is None:
        return None
    score = score_leaf(node, answer, None, evaluated.campaign.policy)
    return score.points if score.applies else None


def _that_matter(evaluated: Evaluated, questions: Iterable[OpenQuestion]) -> Iterable[OpenQuestion]:
    """The questions of units whose class changes if all of theirs are granted.

    Every question asks for more, and more points never lower a class: where all together change nothing, none does.
    """
    by_unit: dict[str, list[OpenQuestion]] = {}
    for question in questions:
        by_unit.setdefault(question.unit, []).append(question)
    for unit, own in by_unit.items():
        trial = Trial(evaluated, unit)
        if trial.given({question.leaf: question.points for question in own}).grade != trial.now.grade:
            yield from own


def _claimed(evaluated: Evaluated, unit: str, leaf: str) -> ClaimedClass | None:
    trial = Trial(evaluated, unit)
    now = trial.place(trial.now).grade
    grade = trial.place(trial.answered({leaf: DoesNotApply("")})).grade
    return ClaimedClass(unit, leaf, now, grade) if now and grade and now != grade else None


def _node(evaluated: Evaluated, unit: str, leaf: str) -> Node | None:
    """The leaf of a unit that the run knows; None for one that it does not."""
    if unit not in evaluated.units:
        return None
    layout = evaluated.set_of(evaluated.unit(unit)).layout
    return next((node for node, _ in layout if node.is_leaf and node.code == leaf), None)


def _codes(evaluated: Evaluated) -> set[tuple[str, str]]:
    sets = evaluated.campaign.criteria_sets.values()
    return {(one.code, node.code) for one in sets for node, _ in one.layout}


def _counted(this: Evaluated, before: Evaluated, links: Sequence[Link]) -> tuple[int, int, int]:
    """How many criteria of this year are compared: as they were, otherwise, and by their sum alone."""
    sets, last_sets = this.campaign.criteria_sets, before.campaign.criteria_sets
    leaves, last_leaves = _leaves(this), _leaves(before)
    # A criterion that goes on from several may be linked in two ways; what is least like last year tells.
    order = ("same", "comparable", "whole")
    found: dict[tuple[str, str], str] = {}
    for name, last_name in {(link.criteria_set, link.last_criteria_set) for link in links}:
        for link in followed(sets[name], last_sets[last_name], links):
            key = (name, link.criterion)
            is_leaf = key in leaves and (last_name, link.last_criterion) in last_leaves
            found[key] = max(found.get(key, "same"), link.kind if is_leaf else "whole", key=order.index)
    same, changed, wholes = (list(found.values()).count(kind) for kind in order)
    return same, changed, wholes


def _leaves(evaluated: Evaluated) -> set[tuple[str, str]]:
    sets = evaluated.campaign.criteria_sets.values()
    return {(one.code, node.code) for one in sets for node, _ in one.layout if node.is_leaf}

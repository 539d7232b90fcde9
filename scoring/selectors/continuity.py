"""Which criterion goes on from which of an earlier year: what the coordinator linked, else what the rows propose.

Each set of an earlier year is asked about for itself: what was said against one neither says nor hides anything of
another, be it of another year or, where two sets became one, of the same year.

Whoever compares two years asks here, so that a page, a list and an analysis never disagree about a criterion.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from scoring.enums import LinkKind, Origin
from scoring.models import Campaign, CriteriaSet, Criterion, CriterionLink
from units.vietnamese import fold


@dataclass(frozen=True)
class Continuation:
    """A criterion, those of the earlier year that it goes on from (in the order of print), and how they compare.

    `is_stored` where somebody said so, false where it is only proposed. `note` is theirs.
    """

    node: Criterion
    predecessors: tuple[Criterion, ...]
    kind: LinkKind
    note: str = ""
    is_stored: bool = False


class Continued(NamedTuple):
    """A criterion and one of the earlier year that it continues, each with the code of its set; `kind` is "same",
    "comparable" or "changed" (linked, but not to be compared)."""

    criteria_set: str
    criterion: str
    last_criteria_set: str
    last_criterion: str
    kind: str


def continued_criteria(campaign: Campaign, last: Campaign) -> list[Continued]:
    """Which criteria of `campaign` go on from those of `last`; three queries."""
    nodes, olds = _of_campaign(campaign), _of_campaign(last)
    sets = {old.criteria_set_id: [one for one in olds if one.criteria_set_id == old.criteria_set_id] for old in olds}
    links = _links_of(nodes)
    return [
        Continued(one.node.criteria_set.code, one.node.code, old.criteria_set.code, old.code, one.kind.value)
        for before, own in sets.items()
        for one in _TwoSets(nodes, own, links, before).continuations
        for old in one.predecessors
    ]


def continuations(criteria_set: CriteriaSet, before: CriteriaSet) -> list[Continuation]:
    """Every criterion of a set, and what it goes on from in one earlier set, in the order of print; three queries."""
    nodes = criteria_of(criteria_set)
    return _TwoSets(nodes, criteria_of(before), _links_of(nodes), before.pk).continuations


def continuation_of(node: Criterion, before: CriteriaSet) -> Continuation:
    """What one criterion goes on from in one earlier set, as `continuations` tells it: two queries where somebody said
    so or the permanent id tells it, five where names and maxima of the whole set must be held against each other."""
    known = Q(permanent_id=node.permanent_id) | Q(followers__criterion=node)
    olds = list(_in_force().filter(known, criteria_set=before).order_by("path").distinct())
    about = Q(criterion=node) | Q(criterion__criteria_set=node.criteria_set_id, predecessor__in=olds)
    links = list(CriterionLink.objects.filter(about))
    own = [link for link in links if link.criterion_id == node.pk]
    if said := _TwoSets([node], olds, own, before.pk).said(node):
        return said
    others = {link.predecessor_id for link in links if link.criterion_id != node.pk}
    namesakes = [old for old in olds if old.permanent_id == node.permanent_id]
    if namesakes:
        free = [old for old in namesakes if old.pk not in others]
        return _TwoSets([node], free, [], before.pk).proposed(node)
    whole = continuations(node.criteria_set, before)
    return next((one for one in whole if one.node == node), Continuation(node, (), LinkKind.NEW))


def earlier_sets(criteria_set: CriteriaSet) -> QuerySet[CriteriaSet]:
    """The organiser's sets of earlier years that have criteria, each with its campaign: those that this one is
    linked with first, then the newest year, in it the most linked, then the set of the same code; one query."""
    links = Q(criteria__followers__criterion__criteria_set=criteria_set)
    found = CriteriaSet.objects.filter(
        campaign__organiser=criteria_set.organiser_id, campaign__year__lt=criteria_set.campaign.year
    )
    counted = found.annotate(
        node_count=Count("criteria", filter=Q(criteria__retired_in__isnull=True), distinct=True),
        linked=Count("criteria", filter=links, distinct=True),
        is_linked=Q(linked__gt=0),
        is_namesake=Q(code=criteria_set.code),
    )
    ordered = counted.filter(node_count__gt=0).order_by(
        "-is_linked", "-campaign__year", "-linked", "-is_namesake", "campaign__code", "position", "code"
    )
    return ordered.select_related("campaign")


def criteria_of(criteria_set: CriteriaSet) -> list[Criterion]:
    """The criteria in force of a set in the order of print, each with its set and campaign; one query."""
    return list(_in_force().filter(criteria_set=criteria_set).order_by("path"))


def may_continue(is_leaf: bool, old: Criterion) -> bool:
    """Whether a criterion, a leaf or one with others below it, may go on from `old`: leaf from leaf, parent from
    parent, and a parent from what a table of the past prints, which tells nothing below its components."""
    return is_leaf == old.is_leaf or (old.is_leaf and old.criteria_set.campaign.origin == Origin.PAST)


def can_be_same(node: Criterion, old: Criterion) -> bool:
    """Whether neither rule, maximum nor role differ."""
    return (node.rule, node.max_points, node.role) == (old.rule, old.max_points, old.role)


def _links_of(nodes: Iterable[Criterion]) -> list[CriterionLink]:
    """What was said of the criteria, against whatever set; one query."""
    own = {node.pk for node in nodes}
    sets = {node.criteria_set_id for node in nodes}
    found = CriterionLink.objects.filter(criterion__criteria_set__in=sets)
    return [link for link in found if link.criterion_id in own]


class _TwoSets:
    """Criteria beside those of one set of an earlier year, with the links between them, looked up by whatever joins
    them; `nodes` may be of several sets."""

    def __init__(
        self, nodes: list[Criterion], olds: list[Criterion], links: Iterable[CriterionLink], before: int
    ) -> None:
        self.nodes, self.olds = nodes, olds
        known = {old.pk for old in olds}
        self.links: dict[int, list[CriterionLink]] = {}
        self.by_id: dict[UUID, list[Criterion]] = {}
        self.by_name: dict[tuple[str, str, str], list[Criterion]] = {}
        for old in olds:
            self.by_id.setdefault(old.permanent_id, []).append(old)
            self.by_name.setdefault(_name_of(old), []).append(old)
        self.by_title = _only_ones(olds)
        self.titles = _only_ones(nodes)
        self.ids = {node.permanent_id for node in nodes}
        sets = {node.pk: node.criteria_set_id for node in nodes}
        for link in links:
            if link.new_against_id == before or link.predecessor_id in known:
                self.links.setdefault(link.criterion_id, []).append(link)
        self.taken = {(sets[pk], link.predecessor_id) for pk, own in self.links.items() for link in own}

    @property
    def continuations(self) -> list[Continuation]:
        return [self.said(node) or self.proposed(node) for node in self.nodes]

    def said(self, node: Criterion) -> Continuation | None:
        """What the coordinator said of the criterion against the earlier set; None where that is nothing."""
        own = self.links.get(node.pk, [])
        if not own:
            return None
        if own[0].kind == LinkKind.NEW:
            return Continuation(node, (), LinkKind.NEW, own[0].note, is_stored=True)
        predecessors = {link.predecessor_id for link in own}
        found = tuple(old for old in self.olds if old.pk in predecessors)
        kind = LinkKind(own[0].kind)
        # An amendment may have changed the criterion since.
        if kind == LinkKind.SAME and not can_be_same(node, found[0]):
            kind = LinkKind.COMPARABLE
        return Continuation(node, found, kind, own[0].note, is_stored=True)

    def proposed(self, node: Criterion) -> Continuation:
        """The same permanent id tells it; without one, the same code under the same name, as in a table of the past;
        else the same name and maximum under another code (LV1, 1), where no other of either set is called so.

        What somebody linked is proposed to nobody else of the set, and nothing that `may_continue` forbids.
        """
        found = self.by_id.get(node.permanent_id) or self.by_name.get(_name_of(node)) or self._namesake(node)
        fitting = (old for old in found if may_continue(node.is_leaf, old))
        free = tuple(old for old in fitting if (node.criteria_set_id, old.pk) not in self.taken)
        if not free:
            return Continuation(node, (), LinkKind.NEW)
        is_same = all(old.permanent_id == node.permanent_id and can_be_same(node, old) for old in free)
        return Continuation(node, free, LinkKind.SAME if is_same else LinkKind.COMPARABLE)

    def _namesake(self, node: Criterion) -> list[Criterion]:
        old = self.by_title.get(_title_of(node))
        if old is None or old.permanent_id in self.ids or self.titles.get(_title_of(node)) != node:
            return []
        return [old]


def _only_ones(criteria: Iterable[Criterion]) -> dict[tuple[str, str, Decimal], Criterion]:
    """Criteria by set, name and maximum, without those that share all three."""
    found: dict[tuple[str, str, Decimal], list[Criterion]] = {}
    for one in criteria:
        found.setdefault(_title_of(one), []).append(one)
    return {key: own[0] for key, own in found.items() if len(own) == 1}


def _title_of(node: Criterion) -> tuple[str, str, Decimal]:
    return node.criteria_set.code, fold(node.title), node.max_points


def _name_of(node: Criterion) -> tuple[str, str, str]:
    return node.criteria_set.code, node.code, fold(node.title)


def _of_campaign(campaign: Campaign) -> list[Criterion]:
    return list(_in_force().filter(criteria_set__campaign=campaign).order_by("criteria_set", "path"))


def _in_force() -> QuerySet[Criterion]:
    return Criterion.objects.in_force().select_related("criteria_set__campaign")

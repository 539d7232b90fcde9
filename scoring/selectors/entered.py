"""Points that the coordinator enters: which there are for whom, how far they have come, what a page or file shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from scoring.enums import CriterionRole, ImportState, Origin, Stage
from scoring.models import Campaign, CriteriaSet, Criterion, EnteredImport, Group, Participant, Value, ValueChange
from scoring.selectors.campaigns import campaign_visible_to
from scoring.selectors.missing import excluded_leaves
from scoring.selectors.tree import Tree, trees
from units.models import User


@dataclass(frozen=True)
class Block:
    """The units of one group that one criteria set measures, in the order of their names, and that set's leaves."""

    group: Group
    criteria_set: CriteriaSet
    participants: tuple[Participant, ...]
    tree: Tree

    @property
    def leaves(self) -> tuple[Criterion, ...]:
        """The leaves to enter, in the order of print."""
        return self.tree.entered_leaves


@dataclass(frozen=True)
class LeafProgress:
    """How far one leaf has come over the units of a block. `missing` names units; a bonus or penalty is never missing
    (without one it is nought), so such units only lack from the sum."""

    leaf: Criterion
    confirmed: int
    waiting: int
    missing: tuple[Participant, ...]
    excluded: int

    @property
    def is_optional(self) -> bool:
        return self.leaf.role != CriterionRole.SCORED


@dataclass(frozen=True)
class BlockProgress:
    """One block with its leaves."""

    block: Block
    leaves: tuple[LeafProgress, ...]

    @property
    def waiting(self) -> int:
        return sum(item.waiting for item in self.leaves)

    @property
    def missing(self) -> int:
        return sum(len(item.missing) for item in self.leaves)

    @property
    def confirmed(self) -> int:
        return sum(item.confirmed for item in self.leaves)


@dataclass(frozen=True)
class LeafOfBlock:
    """One leaf at the units of one block: what a page of that leaf is about."""

    campaign: Campaign
    block: Block
    leaf: Criterion


@dataclass(frozen=True)
class LeafOfUnit:
    """One leaf at one unit, with the value that stands (None: nothing entered) and whether an exclusion takes the leaf
    out."""

    campaign: Campaign
    participant: Participant
    leaf: Criterion
    value: Value | None
    is_excluded: bool


@dataclass(frozen=True)
class UnitRow:
    """One unit of a leaf's page: its value (None: nothing entered) and whether an exclusion takes the leaf out."""

    participant: Participant
    value: Value | None
    is_excluded: bool


def year_visible_to(user: User, slug: str, code: str, **rest: Any) -> Campaign:
    """A campaign scored in the portal, for its coordinators and leaders; Http404 for others, and for past tables.

    `rest` is what else stands in the address; the page looks it up within the campaign.
    """
    campaign = campaign_visible_to(user, slug, code)
    if campaign.origin == Origin.PAST:
        raise Http404
    return campaign


def leaf_of_group(campaign: Campaign, group: str, set_code: str, criterion: str) -> LeafOfBlock:
    """One entered leaf at the units of a group by codes; Http404 where there is none."""
    for block in blocks_of(campaign, group):
        found = block.tree.by_code.get(criterion)
        if block.criteria_set.code == set_code and found is not None and found in block.leaves:
            return LeafOfBlock(campaign, block, found)
    raise Http404


def leaf_of_unit(campaign: Campaign, unit: str, criterion: str) -> LeafOfUnit:
    """One entered leaf at one assessed unit by codes; Http404 where there is none."""
    participant = _assessed(campaign).filter(code=unit).first()
    if participant is None:
        raise Http404
    participant.campaign = campaign
    tree = trees([participant.criteria_set])[participant.criteria_set_id]
    found = tree.by_code.get(criterion)
    if found is None or found not in tree.entered_leaves:
        raise Http404
    value = entered_values([participant], [found]).get((participant.pk, found.pk))
    excluded = excluded_leaves(campaign, [participant], {participant.criteria_set_id: tree})[participant.pk]
    return LeafOfUnit(campaign, participant, found, value, found.pk in excluded)


def upload_visible_to(user: User, slug: str, code: str, upload: int) -> EnteredImport:
    """A staged workbook of one's own by its address; somebody else's does not exist (case T04)."""
    campaign = year_visible_to(user, slug, code)
    staged = EnteredImport.objects.filter(campaign=campaign, uploaded_by=user, pk=upload).first()
    if staged is None:
        raise Http404
    staged.campaign = campaign
    return staged


def waiting_uploads(user: User, campaign: Campaign) -> QuerySet[EnteredImport]:
    """What the person has uploaded and not yet applied, newest first."""
    found = EnteredImport.objects.filter(campaign=campaign, uploaded_by=user, state=ImportState.READY)
    return found.defer("rows")


def blocks_of(campaign: Campaign, group: str = "") -> list[Block]:
    """Groups (or the one with the code `group`) with their units and leaves, in the order of the campaign; two queries
    at any size. A group has several blocks only where its units are measured by several sets."""
    chosen = _assessed(campaign)
    if group:
        chosen = chosen.filter(group__code=group)
    members: dict[tuple[int, int], list[Participant]] = {}
    for participant in chosen:
        participant.campaign = campaign
        members.setdefault((participant.group_id, participant.criteria_set_id), []).append(participant)
    by_set = trees({rows[0].criteria_set_id: rows[0].criteria_set for rows in members.values()}.values())
    found = [
        Block(rows[0].group, rows[0].criteria_set, tuple(rows), by_set[rows[0].criteria_set_id])
        for rows in members.values()
    ]
    for block in found:
        block.group.campaign = campaign
        for leaf in block.leaves:
            leaf.criteria_set = block.criteria_set
    return sorted(found, key=lambda item: (item.group.position, item.criteria_set.position, item.criteria_set.code))


def progress_of(campaign: Campaign) -> list[BlockProgress]:
    """Every block with how far each leaf has come; four queries at any size."""
    blocks = blocks_of(campaign)
    everybody = [participant for block in blocks for participant in block.participants]
    by_set = {block.criteria_set.pk: block.tree for block in blocks}
    excluded = excluded_leaves(campaign, everybody, by_set)
    entered = Value.objects.fresh().filter(stage=Stage.ENTERED, participant__campaign=campaign)
    states = {
        (participant, criterion): confirmed_at is not None
        for participant, criterion, confirmed_at in entered.values_list("participant", "criterion", "confirmed_at")
    }
    return [
        BlockProgress(block, tuple(_progress(block, leaf, states, excluded) for leaf in block.leaves))
        for block in blocks
    ]


def rows_of(about: LeafOfBlock) -> list[UnitRow]:
    """The units of a leaf's page in the order of their names; two queries at any size."""
    block = about.block
    values = entered_values(block.participants, [about.leaf])
    excluded = excluded_leaves(about.campaign, list(block.participants), {block.criteria_set.pk: block.tree})
    return [
        UnitRow(participant, values.get((participant.pk, about.leaf.pk)), about.leaf.pk in excluded[participant.pk])
        for participant in block.participants
    ]


def entered_values(participants: Iterable[Participant], leaves: Iterable[Criterion]) -> dict[tuple[int, int], Value]:
    """Entered values by (participant, criterion), those older than their rule included; one query."""
    by_pk = {leaf.pk: leaf for leaf in leaves}
    whose = {participant.pk: participant for participant in participants}
    found = Value.objects.filter(stage=Stage.ENTERED, participant__in=whose, criterion__in=by_pk)
    values = {}
    for value in found.select_related("author", "confirmed_by"):
        value.participant, value.criterion = whose[value.participant_id], by_pk[value.criterion_id]
        values[value.participant_id, value.criterion_id] = value
    return values


def inputs_at(leaf: Criterion, versions: Mapping[int, int]) -> dict[int, dict[str, Any] | None]:
    """What the entered figures of a leaf were at a version, by the unit's pk; one query. A unit is left out where it
    had none then (version 0, or taken away), or where they were older than the rule of today."""
    changes = ValueChange.objects.filter(
        criterion=leaf, stage=Stage.ENTERED, participant__in=versions, revision__gte=leaf.changed_in
    )
    return {
        participant: content["inputs"]
        for participant, version, content in changes.values_list("participant", "version", "content")
        if version == versions[participant] and content is not None
    }


def changes_of(about: LeafOfUnit) -> QuerySet[ValueChange]:
    """Every change of one entered value, newest first."""
    found = ValueChange.objects.filter(participant=about.participant, criterion=about.leaf, stage=Stage.ENTERED)
    return found.select_related("author").order_by("-version")


def _assessed(campaign: Campaign) -> QuerySet[Participant]:
    found = Participant.objects.filter(campaign=campaign, is_assessed=True, has_figures=True)
    return found.select_related("group", "criteria_set", "unit").order_by("unit__name_sort", "pk")


def _progress(
    block: Block, leaf: Criterion, states: dict[tuple[int, int], bool], excluded: dict[int, set[int]]
) -> LeafProgress:
    asked = [item for item in block.participants if leaf.pk not in excluded[item.pk]]
    known = [states.get((item.pk, leaf.pk)) for item in asked]
    missing = tuple(item for item, state in zip(asked, known, strict=True) if state is None)
    return LeafProgress(
        leaf,
        confirmed=known.count(True),
        waiting=known.count(False),
        missing=() if leaf.role != CriterionRole.SCORED else missing,
        excluded=len(block.participants) - len(asked),
    )

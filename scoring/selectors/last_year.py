"""The dossiers of an earlier year that stand behind a unit's own of this year, and what they say of a leaf.

Only years that were filled in on the portal; a table of the past has points alone (`scoring.services.last_stand`). What
may be read of a dossier is what the unit itself may read there: its own values always, those of appraisers and council
once they were released to it (`workflow.pen.stages_shown_to_unit`), so nothing of a year is known before its time.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scoring.enums import LinkKind, Origin, Phase, Stage
from scoring.models import CriteriaSet, Criterion, CriterionLink, EvidenceUse, Participant, Value
from scoring.selectors.continuity import Continuation, continuation_of, continuations
from scoring.selectors.dossiers import participants_visible_to
from scoring.selectors.lineage import Lineage, lineage_of
from scoring.selectors.worksheet import Sight, sight_of
from scoring.workflow.pen import stages_shown_to_unit
from units.models import UnitSuccession, User

COMPARED = (LinkKind.SAME, LinkKind.COMPARABLE)
_ORDER = (Stage.COUNCIL, Stage.REAPPRAISED, Stage.APPRAISED, Stage.DECLARED)


@dataclass(frozen=True)
class Earlier:
    """A dossier of the year before. `came_by`: the step by which its unit went into this one, None where it is the very
    unit, under whatever name; `is_whole`: nothing was merged or split since, so figures stand beside figures."""

    participant: Participant
    came_by: UnitSuccession | None
    is_whole: bool
    stages: frozenset[Stage]

    @property
    def year(self) -> int:
        return self.participant.campaign.year


@dataclass(frozen=True)
class LeafBefore:
    """What one earlier dossier says of what a leaf goes on from: (criterion then, its values by stage), those only that
    may be read. `is_split`: other criteria of this year go on from the same one."""

    earlier: Earlier
    continuation: Continuation
    is_split: bool
    said: Sequence[tuple[Criterion, Mapping[str, Value]]]

    @property
    def is_comparable(self) -> bool:
        """Whether figures stand beside figures: one unbroken unit, one criterion that goes on from one."""
        found = self.continuation
        return self.earlier.is_whole and not self.is_split and found.kind in COMPARED and len(found.predecessors) == 1


def earlier_dossiers(participant: Participant, lineage: Lineage | None = None) -> list[Earlier]:
    """The unit's own dossier of the newest earlier year on the portal, else those of the units that it came out of, in
    Vietnamese order; a constant number of queries but for generations of units. `lineage` of the unit where it has
    been read."""
    campaign = participant.campaign
    lineage = (lineage or lineage_of([participant.unit_id])).until(datetime.date(campaign.year, 12, 31))
    steps = _steps(lineage, participant.unit_id)
    found = Participant.objects.filter(
        campaign__organiser=campaign.organiser_id,
        campaign__year__lt=campaign.year,
        campaign__origin=Origin.PORTAL,
        unit__in=steps,
        submission__isnull=False,
    ).exclude(group__phase=Phase.DRAFT)
    found = found.select_related("campaign__organiser", "group", "criteria_set__campaign", "unit")
    rows = list(found.order_by("-campaign__year", "-campaign", "unit__name_sort", "pk"))
    newest = [row for row in rows if row.campaign_id == rows[0].campaign_id]
    chosen = [row for row in newest if steps[row.unit_id] is None] or newest
    return [_earlier(row, steps[row.unit_id], lineage, participant.unit_id) for row in chosen]


def seen_by(user: User, sight: Sight, found: Sequence[Earlier]) -> list[Earlier]:
    """Those that the reader may open as well, with what he or she may read there; `sight` is of this year's dossier."""
    if not found:
        return []
    organiser = found[0].participant.campaign.organiser
    keys = [one.participant.pk for one in found]
    visible = set(participants_visible_to(user, organiser).filter(pk__in=keys).values_list("pk", flat=True))
    kept = [one for one in found if one.participant.pk in visible]
    if sight.is_unit:
        return kept
    return [replace(one, stages=sight_of(user, one.participant).everywhere) for one in kept]


def leaf_before(criterion: Criterion, found: Sequence[Earlier]) -> list[LeafBefore]:
    """What each dossier says of one leaf of this year; a constant number of queries for each set of criteria."""
    sets = {one.participant.criteria_set_id: one.participant.criteria_set for one in found}
    joined = {pk: continuation_of(criterion, before) for pk, before in sets.items()}
    olds = {old.pk for one in joined.values() for old in one.predecessors}
    values = _values(found, olds)
    divided = CriterionLink.objects.filter(predecessor__in=olds, criterion__criteria_set=criterion.criteria_set_id)
    split = set(divided.exclude(criterion=criterion).values_list("predecessor", flat=True)) if olds else set()
    return [_leaf(one, joined[one.participant.criteria_set_id], split, values) for one in found]


def figures_to_compare(
    criteria_set: CriteriaSet, found: Sequence[Earlier]
) -> dict[int, tuple[Earlier, Criterion, Value]]:
    """This year's leaf (pk) → dossier, criterion and figures of the year before that stand beside it; five queries."""
    whole = next((one for one in found if one.is_whole), None)
    if whole is None:
        return {}
    pairs = [
        (one.node, one.predecessors[0])
        for one in continuations(criteria_set, whole.participant.criteria_set)
        if one.kind in COMPARED and len(one.predecessors) == 1 and one.node.is_leaf
    ]
    followers = Counter(old.pk for _, old in pairs)
    values = _values([whole], {old.pk for _, old in pairs})
    told = {}
    for node, old in pairs:
        value = in_force(values.get((whole.participant.pk, old.pk), {}))
        if followers[old.pk] == 1 and value is not None:
            told[node.pk] = (whole, old, value)
    return told


def in_force(values: Mapping[str, Value]) -> Value | None:
    """The last figures among the stages of one leaf; None where there are none (points by judgement are no figures)."""
    return next((values[stage] for stage in _ORDER if stage in values and values[stage].inputs is not None), None)


def uses_before(before: Sequence[LeafBefore]) -> list[EvidenceUse]:
    """What stood for the leaf then: each with its document, the newest file first among the document's; two queries."""
    olds = {old.pk for one in before for old in one.continuation.predecessors}
    units = [one.earlier.participant.pk for one in before]
    found = EvidenceUse.objects.filter(
        criterion__in=olds, evidence__participant__in=units, evidence__removed_at__isnull=True
    )
    found = found.select_related("evidence__participant__campaign__organiser", "criterion")
    return list(found.prefetch_related("evidence__files").order_by("evidence__participant", "evidence", "pk"))


def _steps(lineage: Lineage, unit: int) -> dict[int, UnitSuccession | None]:
    """Unit → the step by which it went into this one; None for the unit itself under each of its names."""
    steps: dict[int, UnitSuccession | None] = dict.fromkeys(lineage.same(unit))
    for step, _ in lineage.all_before(unit):
        for name in lineage.same(step.predecessor_id):
            steps.setdefault(name, step)
    return steps


def _earlier(row: Participant, came_by: UnitSuccession | None, lineage: Lineage, unit: int) -> Earlier:
    last_day = datetime.date(row.campaign.year, 12, 31)
    is_whole = came_by is None and not any(step.date > last_day for step in lineage.breaks(unit))
    return Earlier(row, came_by, is_whole, stages_shown_to_unit(row.group.phase))


def _leaf(
    earlier: Earlier, joined: Continuation, split: set[int], values: Mapping[tuple[int, int], Mapping[str, Value]]
) -> LeafBefore:
    said = [(old, values.get((earlier.participant.pk, old.pk), {})) for old in joined.predecessors]
    return LeafBefore(earlier, joined, any(old.pk in split for old in joined.predecessors), said)


def _values(found: Sequence[Earlier], olds: set[int]) -> dict[tuple[int, int], dict[str, Value]]:
    """(participant, criterion) → values by stage, without those that no longer counted; one query."""
    participants = {one.participant.pk: one.participant for one in found}
    stages = {one.participant.pk: one.stages for one in found}
    rows = Value.objects.fresh().filter(participant__in=stages, criterion__in=olds).select_related("criterion")
    told: dict[tuple[int, int], dict[str, Value]] = defaultdict(dict)
    for value in rows:
        if value.stage in stages[value.participant_id]:
            value.participant = participants[value.participant_id]
            told[value.participant_id, value.criterion_id][value.stage] = value
    return told

"""Reading appraisal parts: which leaves a part judges, how far each part is, and what stands at one leaf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from django.db.models import Count, Q

from scoring.enums import Opinion, PartState, Purpose, Source, Stage
from scoring.models import (
    AppraisalPart,
    Campaign,
    Criterion,
    EvidenceUse,
    ExplanationChoice,
    ExplanationItem,
    Participant,
    Submission,
    Value,
    ValueChange,
)
from scoring.selectors.dossiers import part_visible_to, parts_of
from scoring.selectors.missing import excluded_leaves
from scoring.selectors.tree import trees
from units.models import User
from units.vietnamese import fold

STAGE_OF_ROUND = {1: Stage.APPRAISED, 2: Stage.REAPPRAISED}
"""To which row of values a part writes."""


def part_of_leaf_visible_to(
    user: User, slug: str, code: str, unit: str, component: str, number: int, criterion: str
) -> AppraisalPart:
    """The part in which the leaf `criterion` is judged, by the leaf's address; Http404 as `part_visible_to`.

    Whether the part judges that leaf at all is asked by the page, which reads the part's leaves anyway.
    """
    return part_visible_to(user, slug, code, unit, component, number)


def part_of_step_visible_to(
    user: User, slug: str, code: str, unit: str, component: str, number: int, name: str
) -> AppraisalPart:
    """The part whose state is to change, by the address of the step."""
    return part_visible_to(user, slug, code, unit, component, number)


# ── which leaves a part judges ────────────────────────────────────────────────────────────────────────────────────


def leaves_by_part(campaign: Campaign, parts: Iterable[AppraisalPart]) -> dict[int, list[Criterion]]:
    """Per part (pk) the leaves it judges; three queries at any number of parts.

    Round 1: all of the component that the unit declares and that apply. Round 2: of these the ones explained and sent.
    The parts come with `participant` (and its `criteria_set`) and `component`.
    """
    rows = list(parts)
    participants = list({part.participant_id: part.participant for part in rows}.values())
    by_set = trees({item.criteria_set_id: item.criteria_set for item in participants}.values())
    taken = excluded_leaves(campaign, participants, by_set)
    explained = _explained(part.participant_id for part in rows if part.round == 2)

    @cache
    def declared_by_units(set_pk: int, component_path: str) -> tuple[Criterion, ...]:
        return tuple(leaf for leaf in by_set[set_pk].self_leaves if leaf.component_path == component_path)

    def judged(part: AppraisalPart) -> list[Criterion]:
        unit, out = part.participant_id, taken[part.participant_id]
        leaves = declared_by_units(part.participant.criteria_set_id, part.component.path)
        if part.round == 2:
            return [leaf for leaf in leaves if leaf.pk not in out and (unit, leaf.pk) in explained]
        return [leaf for leaf in leaves if leaf.pk not in out]

    return {part.pk: judged(part) for part in rows}


def leaves_of_part(part: AppraisalPart) -> list[Criterion]:
    """The leaves that one part judges (see `leaves_by_part`)."""
    return leaves_by_part(part.participant.campaign, [part])[part.pk]


def _explained(participants: Iterable[int]) -> set[tuple[int, int]]:
    wanted = set(participants)
    if not wanted:
        return set()
    items = ExplanationItem.objects.sent().filter(explanation__participant__in=wanted, round=1)
    return set(items.values_list("explanation__participant", "criterion"))


# ── the queue of one appraiser ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class PartLine:
    """One part in a list: how many leaves it has and how many are judged, claims "không áp dụng" that wait for a
    decision, whether the unit leads the component itself (chấm chéo), and whether its dossier has been handed in."""

    part: AppraisalPart
    total: int
    judged: int
    claims: int
    is_cross: bool
    is_received: bool

    @property
    def is_reopened(self) -> bool:
        return bool(self.part.reopened_reason) and self.part.state != PartState.SIGNED


def part_lines(user: User, campaign: Campaign) -> list[PartLine]:
    """All parts given to the person in one campaign, units in order; eight queries at any number."""
    return lines_of(campaign, _parts_with_units(user, campaign))


def lines_of(campaign: Campaign, parts: Sequence[AppraisalPart]) -> list[PartLine]:
    """These parts of one campaign, each with `participant` (and its `criteria_set`) and `component`, as they come."""
    leaves = leaves_by_part(campaign, parts)
    units = {part.participant_id for part in parts}
    wanted = {leaf.pk for rows in leaves.values() for leaf in rows}
    found = _what_stands(units, wanted)
    received = {item.participant_id: item.is_received for item in Submission.objects.filter(participant__in=units)}
    leads = {part.component_id: lead_of(leaves[part.pk]) for part in parts}
    return [_line(part, leaves[part.pk], leads[part.component_id], found, received) for part in parts]


def _parts_with_units(user: User, campaign: Campaign) -> list[AppraisalPart]:
    """The parts with each unit and component made once: a person may hold three parts of every unit."""
    parts = list(parts_of(user, campaign).select_related(None))
    found = Participant.objects.filter(pk__in={part.participant_id for part in parts})
    units = {item.pk: item for item in found.select_related("unit", "group", "criteria_set")}
    components = Criterion.objects.in_bulk({part.component_id for part in parts})
    for part in parts:
        part.participant, part.component = units[part.participant_id], components[part.component_id]
    return parts


def _what_stands(units: Iterable[int], leaves: Iterable[int]) -> dict[tuple[int, int, str], bool]:
    """(participant, leaf, stage) → whether it says "không áp dụng", for verdicts and claims under the rule of today."""
    said = Q(stage__in=(Stage.APPRAISED, Stage.REAPPRAISED)) | Q(stage=Stage.DECLARED, not_applicable=True)
    rows = Value.objects.fresh().filter(said, participant__in=set(units), criterion__in=set(leaves))
    return {
        (unit, leaf, stage): not_applicable
        for unit, leaf, stage, not_applicable in rows.values_list("participant", "criterion", "stage", "not_applicable")
    }


def _line(
    part: AppraisalPart,
    leaves: Sequence[Criterion],
    lead: str,
    found: Mapping[tuple[int, int, str], bool],
    received: Mapping[int, bool],
) -> PartLine:
    unit, stage = part.participant_id, STAGE_OF_ROUND[part.round]
    is_received = received.get(unit, False)
    open_leaves = [leaf for leaf in leaves if (unit, leaf.pk, stage) not in found]
    return PartLine(
        part=part,
        total=len(leaves),
        judged=len(leaves) - len(open_leaves),
        claims=sum(found.get((unit, leaf.pk, Stage.DECLARED), False) for leaf in open_leaves) if is_received else 0,
        is_cross=is_cross(part, lead),
        is_received=is_received,
    )


def lead_of(leaves: Iterable[Criterion]) -> str:
    """The department that most of the leaves name as theirs to judge; "" where none does."""
    named = Counter(leaf.lead_department for leaf in leaves if leaf.lead_department)
    return named.most_common(1)[0][0] if named else ""


def is_cross(part: AppraisalPart, lead: str) -> bool:
    """Whether the unit itself is the department that leads what is judged, so that somebody from elsewhere judges it
    (chấm chéo)."""
    return bool(lead) and fold(lead) in (fold(part.participant.name), fold(part.participant.unit.name))


# ── one part, leaf by leaf ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class LeafFacts:
    """What stands at one leaf of a part of round `number`. `given` is the value of that round, `earlier` that of
    round 1 where the part belongs to round 2; a value under a rule that an amendment has changed since is not fresh.
    `evidence` counts the documents of the self-assessment, `added` those that came with the explanation."""

    number: int
    leaf: Criterion
    declared: Value | None
    earlier: Value | None
    given: Value | None
    explanation: ExplanationItem | None
    evidence: int
    added: int = 0

    @property
    def is_judged(self) -> bool:
        return self.given is not None and self.given.is_fresh

    @property
    def is_declared(self) -> bool:
        """The unit has given figures or a claim under the rule of today."""
        return self.declared is not None and self.declared.is_fresh

    @property
    def is_claim(self) -> bool:
        return self.declared is not None and self.declared.is_fresh and self.declared.not_applicable

    @property
    def kept_from(self) -> Value | None:
        """The value that “Giữ điểm” would take over: in round 1 what was declared (a claim needs a decision of its
        own), in round 2 what round 1 gave."""
        source = self.declared if self.number == 1 else self.earlier
        if source is None or not source.is_fresh or (self.number == 1 and source.not_applicable):
            return None
        return source

    @property
    def is_overtaken(self) -> bool:
        """The unit changed its own value after it had been judged (its dossier was unlocked meanwhile)."""
        return self.given is not None and self.given.is_overtaken


@dataclass(frozen=True)
class PartFacts:
    """A part with its leaves in the order of print."""

    part: AppraisalPart
    leaves: Sequence[LeafFacts]
    is_cross: bool

    @cached_property
    def by_code(self) -> dict[str, LeafFacts]:
        return {item.leaf.code: item for item in self.leaves}

    @property
    def judged(self) -> int:
        return sum(item.is_judged for item in self.leaves)

    @property
    def to_keep(self) -> list[LeafFacts]:
        """Leaves with a value to keep that nobody has judged yet."""
        return [item for item in self.leaves if not item.is_judged and item.kept_from is not None]

    @property
    def undeclared(self) -> list[LeafFacts]:
        """Leaves that the unit left open and nobody has judged yet."""
        if self.part.round == 2:
            return []
        return [item for item in self.leaves if not item.is_judged and not item.is_declared]

    def after(self, leaf: Criterion) -> LeafFacts | None:
        """The next leaf that nobody has judged yet, from the one after `leaf` round to the one before it."""
        codes = [item.leaf.code for item in self.leaves]
        start = codes.index(leaf.code) + 1
        turned = [*self.leaves[start:], *self.leaves[: start - 1]]
        return next((item for item in turned if not item.is_judged), None)


def part_facts(part: AppraisalPart, *, is_received: bool = True) -> PartFacts:
    """One part with everything its pages show; a constant number of queries at any number of leaves.

    What a unit is still writing is its own: while the dossier is not (or no longer) handed in, nothing declared is
    shown.
    """
    leaves = leaves_of_part(part)
    values = _values_of(part, leaves, is_received)
    told = {
        item.criterion_id: item
        for item in ExplanationItem.objects.sent().filter(explanation__participant=part.participant_id, round=1)
    }
    uses = EvidenceUse.objects.filter(evidence__participant=part.participant_id, evidence__removed_at__isnull=True)
    uses = uses if part.round == 2 else uses.filter(purpose=Purpose.DECLARED)
    counted = uses.values_list("criterion", "purpose").annotate(count=Count("evidence", distinct=True)).order_by()
    counts = {(leaf, purpose): count for leaf, purpose, count in counted}
    rows = [
        LeafFacts(
            number=part.round,
            leaf=leaf,
            declared=values.get((leaf.pk, Stage.DECLARED)),
            earlier=values.get((leaf.pk, Stage.APPRAISED)) if part.round == 2 else None,
            given=values.get((leaf.pk, STAGE_OF_ROUND[part.round])),
            explanation=told.get(leaf.pk) if part.round == 2 else None,
            evidence=counts.get((leaf.pk, Purpose.DECLARED), 0),
            added=counts.get((leaf.pk, Purpose.EXPLANATION), 0),
        )
        for leaf in leaves
    ]
    return PartFacts(part, rows, is_cross(part, lead_of(leaves)))


def agreed_leaves(part: AppraisalPart) -> list[Criterion]:
    """Leaves of the part's component on whose points the unit has said that it agrees, as it was sent; one query."""
    choices = ExplanationChoice.objects.filter(
        explanation__participant=part.participant_id, round=1, opinion=Opinion.AGREE, sent_at__isnull=False
    )  # fmt: skip
    leaves = [choice.criterion for choice in choices.select_related("criterion").order_by("criterion__path")]
    return [leaf for leaf in leaves if leaf.component_path == part.component.path]


def _values_of(part: AppraisalPart, leaves: Sequence[Criterion], is_received: bool) -> dict[tuple[int, str], Value]:
    stages = [Stage.APPRAISED, Stage.REAPPRAISED] if part.round == 2 else [Stage.APPRAISED]
    stages += [Stage.DECLARED] if is_received else []
    rows = Value.objects.filter(
        participant=part.participant_id, criterion__in=leaves, criterion__source=Source.SELF, stage__in=stages
    )
    return {(value.criterion_id, value.stage): value for value in rows.select_related("criterion", "author")}


def changes_of(participant: Participant, criterion: Criterion) -> list[ValueChange]:
    """Everything that has been said of one leaf of one unit by the unit and by appraisers, newest first."""
    stages = (Stage.DECLARED, Stage.APPRAISED, Stage.REAPPRAISED)
    found = ValueChange.objects.filter(participant=participant, criterion=criterion, stage__in=stages)
    return list(found.select_related("author").order_by("-pk")[:100])


def count_by_state(lines: Iterable[PartLine]) -> dict[str, int]:
    """How many parts stand in each state, for the filter; "claims" counts those with an open claim."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts[line.part.state] += 1
        counts["claims"] += line.claims > 0
    return {state: counts[state] for state in (*PartState.values, "claims")}

"""Explanations as they are read: who may see what of one, its leaves with what was declared and judged, the list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models import Value as One
from django.db.models.functions import Coalesce
from django.http import Http404

from scoring.enums import Opinion, Phase, Purpose, Source, Stage
from scoring.models import (
    Campaign,
    Criterion,
    EvidenceUse,
    Explanation,
    ExplanationChoice,
    ExplanationItem,
    Participant,
    Value,
)
from scoring.selectors.missing import is_lowered
from scoring.selectors.second_answers import answered_again
from scoring.selectors.second_told import told_in_second_round
from scoring.selectors.tree import Tree
from scoring.selectors.worksheet import Sight, sight_of
from scoring.workflow.pen import stages_shown_to_unit
from units.models import User

STAGES = (Stage.DECLARED, Stage.APPRAISED, Stage.REAPPRAISED)


def lost_in_first_round() -> QuerySet[Value]:
    """The appraised values that a unit may explain: below the maximum, or taken out of it though the unit had points
    there."""
    likewise = Value.objects.filter(
        participant=OuterRef("participant"),
        criterion=OuterRef("criterion"),
        stage=Stage.DECLARED,
        worth__isnull=True,
    )
    # Without a worth the leaf does not apply: said by the appraiser, or by the rule for the corrected figures.
    lost = Q(worth__lt=F("criterion__max_points")) | (Q(worth__isnull=True) & ~Exists(likewise))
    return Value.objects.fresh().filter(lost, stage=Stage.APPRAISED)


@dataclass(frozen=True)
class Reader:
    """What one person may read of one explanation: the leaves whose appraisal he or she may see.

    `lowered_too`: the unit also reads what the second round gave where it fell, since it was asked about it; not what
    is changed there meanwhile and not signed (`told_in_second_round`).
    """

    sight: Sight
    lowered_too: bool

    @property
    def drafts(self) -> bool:
        """Only the unit reads what it has written and not sent."""
        return self.sight.is_unit

    def reads(self, criterion: Criterion) -> bool:
        return self.sight.sees(Stage.APPRAISED, criterion)


@dataclass(frozen=True)
class Row:
    """One leaf of an explanation with the values that the reader may see, in the order of the stages.

    `first`, `again`: what the unit says of the first appraisal and of the fall in the second; None where nothing.
    `choices`: by round what the unit chose, agreeing or explaining.
    """

    criterion: Criterion
    declared: Value | None
    appraised: Value | None
    reappraised: Value | None
    first: ExplanationItem | None
    again: ExplanationItem | None
    documents: int
    choices: Mapping[int, ExplanationChoice]

    @property
    def is_claim_rejected(self) -> bool:
        """The unit said that the leaf does not apply, and it was given points all the same."""
        given = self.reappraised or self.appraised
        return bool(self.declared and self.declared.not_applicable and given and not given.not_applicable)

    @property
    def is_changed(self) -> bool:
        """The appraisal gave another worth than the unit's own figures earn."""
        declared, appraised = self.declared, self.appraised
        return appraised is not None and (declared is None or declared.worth != appraised.worth)

    def opinion_in(self, round_number: int) -> str:
        """What the unit makes of the points that stand (`Opinion`); "" while it has not said, or said it of others."""
        choice = self.choices.get(round_number)
        given = self.appraised if round_number == 1 else self.reappraised
        if choice is not None and given is not None and choice.about_version == given.version:
            return choice.opinion
        return Opinion.EXPLAIN if self.is_answered_in(round_number) else ""

    def is_lacking_in(self, round_number: int) -> bool:
        """The unit chose to explain, and has not written anything yet."""
        return self.opinion_in(round_number) == Opinion.EXPLAIN and not self.is_answered_in(round_number)

    @property
    def lost(self) -> Decimal:
        """The points between what the unit gave itself and what it was given; an agreement gives them up."""
        own = (self.declared.worth if self.declared else None) or Decimal(0)
        given = self.reappraised or self.appraised
        return max(own - ((given.worth if given else None) or Decimal(0)), Decimal(0))

    def said_in(self, round_number: int) -> ExplanationItem | None:
        return self.first if round_number == 1 else self.again

    def is_answered_in(self, round_number: int) -> bool:
        """Whether something is written, and in round 2 about the points that stand: a second fall asks anew."""
        if round_number == 1:
            return self.first is not None
        again, given = self.again, self.reappraised
        return again is not None and given is not None and again.about_version == given.version


@dataclass(frozen=True)
class Listed:
    """One unit in the coordinator's list: how much it explains, how many leaves fell in the second round, and how many
    of these it has answered as they stand, with words or an agreement."""

    participant: Participant
    explanation: Explanation | None
    first: int
    again: int
    lowered: int

    @property
    def state(self) -> str:
        return self.explanation.state if self.explanation else ""


@dataclass(frozen=True)
class FirstRound:
    """The explanation of one unit while the first round is answered: on how many leaves the unit has not said anything
    that the appraisal changed (`before_explanation.Check.undecided`), and whether it has said something anywhere."""

    explanation: Explanation
    undecided: int
    has_spoken: bool


def first_round_of(participant: Participant) -> FirstRound | None:
    """None while the unit has no explanation; one query."""
    own = {"participant": OuterRef("participant"), "criterion": OuterRef("criterion")}
    same = Value.objects.fresh().filter(stage=Stage.DECLARED, worth=OuterRef("worth"), **own)
    here = {"explanation__participant": OuterRef("participant"), "criterion": OuterRef("criterion"), "round": 1}
    chosen = ExplanationChoice.objects.filter(about_version=OuterRef("version"), **here).exclude(opinion="")
    undecided = lost_in_first_round().filter(
        ~Exists(same),
        ~Exists(chosen),
        ~Exists(ExplanationItem.objects.filter(**here)),
        participant=OuterRef("participant"),
        criterion__source=Source.SELF,
    )
    each = undecided.order_by().annotate(every=One(1)).values("every").annotate(number=Count("pk")).values("number")
    choices = ExplanationChoice.objects.filter(explanation=OuterRef("pk"), round=1).exclude(opinion="")
    items = ExplanationItem.objects.filter(explanation=OuterRef("pk"), round=1)
    found = Explanation.objects.filter(participant=participant).annotate(
        undecided=Coalesce(Subquery(each), 0), has_spoken=Exists(choices) | Exists(items)
    )
    row: Any = found.first()
    if row is None:
        return None
    row.participant = participant
    return FirstRound(row, row.undecided, row.has_spoken)


def reader_of(user: User, explanation: Explanation) -> Reader:
    """What `user`, who was let into the dossier, may read of its explanation."""
    sight = sight_of(user, explanation.participant)
    asked = explanation.reopened_until is not None
    return Reader(
        sight, sight.is_unit and asked and explanation.participant.group.phase in (Phase.REAPPRAISAL, Phase.COUNCIL)
    )


def reader_of_unit(explanation: Explanation) -> Reader:
    """What the unit itself may read now, whoever asks: its letter says no more. `participant` with its group."""
    phase = explanation.participant.group.phase
    asked = explanation.reopened_until is not None
    return Reader(
        Sight(stages_shown_to_unit(phase), is_unit=True), asked and phase in (Phase.REAPPRAISAL, Phase.COUNCIL)
    )  # fmt: skip


def leaf_of_unit(participant: Participant, code: str) -> Criterion:
    """One leaf in force of the unit's set by its code; Http404 otherwise."""
    found = Criterion.objects.in_force().filter(criteria_set=participant.criteria_set_id, code=code, rule__isnull=False)
    leaf = found.first()
    if leaf is None:
        raise Http404
    return leaf


def rows_of(explanation: Explanation, tree: Tree, reader: Reader, explainable: Collection[int]) -> list[Row]:
    """The leaves that may be explained, or were, in the order of the tree; four queries at any size, nine for a unit
    that was asked again."""
    participant = explanation.participant
    told = told_in_second_round(participant) if reader.lowered_too else {}
    items = {(item.criterion_id, item.round): item for item in items_of(explanation, reader)}
    choices: dict[int, dict[int, ExplanationChoice]] = {}
    for choice in choices_of(explanation, reader):
        choices.setdefault(choice.criterion_id, {})[choice.round] = choice
    spoken = {pk for pk, by_round in choices.items() if any(choice.opinion for choice in by_round.values())}
    wanted = {pk for pk, _ in items} | spoken | set(explainable)
    values: dict[int, dict[str, Value]] = {}
    for value in Value.objects.fresh().filter(participant=participant, criterion__in=wanted, stage__in=STAGES):
        values.setdefault(value.criterion_id, {})[value.stage] = value
    uses = EvidenceUse.objects.filter(
        evidence__participant=participant, evidence__removed_at__isnull=True, purpose=Purpose.EXPLANATION
    )
    documents = Counter(uses.values_list("criterion", flat=True))
    return [
        Row(
            leaf,
            *_seen(leaf, values.get(leaf.pk, {}), reader, told.get(leaf.pk)),
            items.get((leaf.pk, 1)),
            items.get((leaf.pk, 2)),
            documents[leaf.pk],
            choices.get(leaf.pk, {}),
        )
        for leaf in tree.self_leaves
        if leaf.pk in wanted and reader.reads(leaf)
    ]


def items_of(explanation: Explanation, reader: Reader) -> list[ExplanationItem]:
    """What the unit says, as far as the reader may know of it: everything, or what it has sent."""
    items = explanation.items.select_related("author")
    return list(items if reader.drafts else items.sent())


def choices_of(explanation: Explanation, reader: Reader) -> list[ExplanationChoice]:
    """What the unit chose, as far as the reader may know of it: everything, or what it has sent."""
    choices = explanation.choices.select_related("author")
    return list(choices if reader.drafts else choices.filter(sent_at__isnull=False))


def _seen(
    leaf: Criterion, by_stage: dict[str, Value], reader: Reader, told: Value | None
) -> tuple[Value | None, Value | None, Value | None]:
    """Declared, appraised and reappraised as far as the reader may see them."""
    declared, appraised, reappraised = (by_stage.get(stage) for stage in STAGES)
    if not reader.sight.sees(Stage.REAPPRAISED, leaf):
        reappraised = told if is_lowered(appraised, told) else None
    return declared, appraised, reappraised


def listed(campaign: Campaign) -> list[Listed]:
    """Every unit that departments appraise, with its explanation, in the order of groups and names; five queries."""
    participants = campaign.participants.filter(is_assessed=True, has_figures=True, council_only=False)
    rows = list(participants.select_related("group", "unit").order_by("group__position", "unit__name_sort", "pk"))
    found = Explanation.objects.filter(participant__campaign=campaign).annotate(
        first=Count("items", filter=Q(items__round=1))
    )
    explanations: dict[int, Any] = {item.participant_id: item for item in found}
    lowered = lowered_by_unit(campaign)
    again = Counter(unit for unit, _ in answered_again(explanation__participant__campaign=campaign))
    return [
        Listed(row, item, item.first if item else 0, again[row.pk], lowered[row.pk])
        for row in rows
        for item in [explanations.get(row.pk)]
    ]


def lowered_by_unit(campaign: Campaign) -> Counter[int]:
    """How many leaves of each unit fell from the first round to the second; one query."""
    twice = Value.objects.filter(
        participant=OuterRef("participant"), criterion=OuterRef("criterion"), stage=Stage.REAPPRAISED
    )
    both: dict[tuple[int, int], dict[str, Value]] = {}
    values = Value.objects.fresh().filter(
        Exists(twice), participant__campaign=campaign, stage__in=(Stage.APPRAISED, Stage.REAPPRAISED)
    )
    for value in values.only("participant", "criterion", "stage", "worth", "not_applicable"):
        both.setdefault((value.participant_id, value.criterion_id), {})[value.stage] = value
    return Counter(
        participant
        for (participant, _), by_stage in both.items()
        if is_lowered(by_stage.get(Stage.APPRAISED), by_stage.get(Stage.REAPPRAISED))
    )

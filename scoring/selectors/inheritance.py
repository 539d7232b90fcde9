"""What a unit could take over from those that it came out of: their dossiers of the same year, answers, documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone

from scoring.enums import Phase, Stage
from scoring.models import Criterion, EvidenceFile, Participant, Value
from scoring.selectors.tree import tree_of
from units.models import UnitSuccession


@dataclass(frozen=True)
class Offer:
    """What one predecessor said of a leaf; `is_points` where the figures are points that somebody gave by judgement,
    which are shown but never taken over."""

    source: Participant
    value: Value
    is_points: bool


@dataclass(frozen=True)
class LeafOffers:
    """A leaf of the unit's own set with what it says itself (None: nothing yet) and what its predecessors said."""

    criterion: Criterion
    own: Value | None
    offers: Sequence[Offer]

    @property
    def takeable(self) -> list[Offer]:
        return [offer for offer in self.offers if not offer.is_points]


def sources_of(participant: Participant) -> list[Participant]:
    """The units that this one came out of, by today, as they take part in the same campaign with a dossier."""
    before = UnitSuccession.objects.units_before([participant.unit_id], timezone.localdate())[participant.unit_id]
    found = Participant.objects.filter(campaign=participant.campaign_id, unit__in=before, submission__isnull=False)
    found = found.exclude(group__phase=Phase.DRAFT).select_related("criteria_set", "group", "unit", "campaign")
    return list(found.order_by("unit__name_sort", "pk"))


def offers_of(participant: Participant, sources: Sequence[Participant]) -> list[LeafOffers]:
    """Every leaf that the unit answers and a predecessor answered, in the order of print; a constant number of queries.

    Another set's leaf is the same one where its permanent id is.
    """
    leaves = tree_of(participant.criteria_set).self_leaves
    values = Value.objects.fresh().filter(participant__in=sources, stage=Stage.DECLARED).select_related("criterion")
    said: dict[tuple[int, object], Value] = {}
    for one in values.filter(Q(inputs__isnull=False) | Q(not_applicable=True)):
        said[one.participant_id, one.criterion.permanent_id] = one
    own = {
        one.criterion_id: one
        for one in Value.objects.filter(participant=participant, stage=Stage.DECLARED).select_related("criterion")
    }
    found = []
    for leaf in leaves:
        offers = [
            Offer(source, value, is_points(leaf, value.criterion))
            for source in sources
            for value in [said.get((source.pk, leaf.permanent_id))]
            if value is not None
        ]
        if offers:
            found.append(LeafOffers(leaf, own.get(leaf.pk), offers))
    return found


def documents_to_take(participant: Participant, sources: Sequence[Participant]) -> QuerySet[EvidenceFile]:
    """The newest file of each document of the predecessors that the unit has not taken over yet."""
    newest = EvidenceFile.objects.filter(evidence=OuterRef("evidence")).order_by("-number").values("pk")[:1]
    taken = participant.evidence.filter(removed_at__isnull=True, taken_from__isnull=False).values("taken_from")
    found = EvidenceFile.objects.filter(evidence__participant__in=sources, evidence__removed_at__isnull=True)
    found = found.filter(pk=Subquery(newest)).exclude(pk__in=taken)
    return found.select_related("evidence__participant__unit").order_by("evidence__participant__unit__name_sort", "pk")


def document_to_take(participant: Participant, pk: int) -> EvidenceFile:
    """One of `documents_to_take`; Http404 otherwise."""
    file = documents_to_take(participant, sources_of(participant)).filter(pk=pk).first()
    if file is None:
        raise Http404
    return file


def is_points(leaf: Criterion, before: Criterion) -> bool:
    """Whether the figure is itself points by judgement, by this leaf's rule or by that of the set it is taken from."""
    return any((node.rule or {}).get("kind") == "manual" for node in (leaf, before))

"""Typing that is no answer yet, and one leaf of a unit by its code."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.http import Http404

from scoring.enums import Purpose, Stage
from scoring.models import Criterion, EvidenceUse, Exclusion, Participant, Unfinished, Value, ValueChange


def leaf_at(participant: Participant, code: str) -> Criterion:
    """The leaf of the unit's set with this code; Http404 where there is none."""
    found = Criterion.objects.in_force().filter(criteria_set=participant.criteria_set_id, code=code).first()
    if found is None or not found.is_leaf:
        raise Http404
    return found


@dataclass(frozen=True)
class Standing:
    """One leaf of one unit as it stands: the answer and what is typed over it, each with its author; `newest` is the
    last version that an answer ever had, `documents` how many stand for it."""

    value: Value | None
    unfinished: Unfinished | None
    newest: int
    documents: int
    is_excluded: bool


def standing(participant: Participant, criterion: Criterion) -> Standing:
    """Three queries, whatever stands there."""
    value = Value.objects.filter(participant=participant, criterion=criterion, stage=Stage.DECLARED)
    typed = Unfinished.objects.filter(participant=participant, criterion=criterion)
    changes = ValueChange.objects.filter(participant=participant, criterion=OuterRef("pk"), stage=Stage.DECLARED)
    uses = EvidenceUse.objects.filter(criterion=OuterRef("pk"), purpose=Purpose.DECLARED)
    of_unit = uses.filter(evidence__participant=participant, evidence__removed_at__isnull=True).order_by()
    counted = of_unit.values("criterion").annotate(number=Count("evidence", distinct=True)).values("number")
    facts = Criterion.objects.annotate(
        newest=Subquery(changes.order_by("-version").values("version")[:1]),
        documents=Subquery(counted),
        is_excluded=_excluded(participant, criterion),
    ).get(pk=criterion.pk)
    return Standing(
        value.select_related("criterion", "author").first(),
        typed.select_related("author").first(),
        facts.newest or 0,
        facts.documents or 0,
        facts.is_excluded,
    )


def _excluded(participant: Participant, criterion: Criterion) -> Q:
    """Whether a confirmed exclusion, or the unit's own row, takes the leaf or a node above it out."""
    steps = criterion.path.split(".")
    above = Criterion.objects.filter(
        criteria_set=participant.criteria_set_id,
        path__in=[".".join(steps[:depth]) for depth in range(1, len(steps) + 1)],
    )
    whose = Q(participant=participant) | Q(group=participant.group_id)
    confirmed = Exclusion.objects.filter(whose, campaign=participant.campaign_id, confirmed_at__isnull=False)
    own = [item["criterion"] for item in participant.not_applicable]
    return Exists(confirmed.filter(criterion__in=above)) | Exists(above.filter(code__in=own))

"""What belongs to a dossier and has a page of its own: asked in one query, so that the overview can lead there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from scoring.models import Explanation, Receipt, ReturnNote, Submission
from scoring.selectors.handed_back import entries_of, handed_in_since
from scoring.selectors.return_notes import mended_notes, with_standing
from units.models import UnitSuccession


@dataclass(frozen=True)
class Beside:
    """`returned`: how much of what head or coordinator sent back, of dossier and explanation, is still to be mended,
    and how much has been; None where nothing ever was. `has_predecessors`: the unit came out of others by today."""

    returned: tuple[int, int] | None
    has_receipts: bool
    has_explanation: bool
    has_predecessors: bool


def beside(submission: Submission) -> Beside:
    """One query."""
    participant = submission.participant
    notes = with_standing(ReturnNote.objects.filter(participant=OuterRef("participant")))
    again, done = entries_of(participant), handed_in_since(participant)
    steps = UnitSuccession.objects.filter(successor=participant.unit_id, date__lte=timezone.localdate())
    row = (
        Submission.objects.filter(pk=submission.pk)
        .values_list(
            _number(notes.exclude(mended_notes())) + _number(again.exclude(done)),
            _number(notes.filter(mended_notes())) + _number(again.filter(done)),
            Exists(Receipt.objects.filter(submission=OuterRef("pk"))),
            Exists(Explanation.objects.filter(participant=OuterRef("participant"))),
            Exists(steps),
        )
        .get()
    )
    still, mended, *exist = row
    return Beside((still, mended) if still or mended else None, *exist)


def _number(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().annotate(every=Value(1)).values("every").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0)

"""What the head of a unit sent back: which notes are still open, and when the head last saw the dossier."""

from __future__ import annotations

import datetime

from django.http import Http404

from scoring.enums import Purpose
from scoring.models import Receipt, ReturnNote, Submission, Value
from scoring.selectors.dossiers import submission_visible_to
from units.models import User


def is_settled(note: ReturnNote, declared: Value | None) -> bool:
    """Whether the note needs nothing more: ticked off, or the leaf was declared anew since the head read it."""
    return note.settled_at is not None or note.seen_version != (declared.version if declared else 0)


def last_seen(submission: Submission) -> datetime.datetime | None:
    """When the head last had the dossier in hand: sent it back, or handed it in; None for never. Two queries."""
    notes = ReturnNote.objects.filter(participant=submission.participant_id, purpose=Purpose.DECLARED)
    receipts = Receipt.objects.filter(submission=submission)
    moments = [
        notes.order_by("-at").values_list("at", flat=True).first(),
        receipts.order_by("-sequence").values_list("submitted_at", flat=True).first(),
    ]
    return max((moment for moment in moments if moment is not None), default=None)


def note_visible_to(user: User, slug: str, code: str, unit: str, pk: int) -> ReturnNote:
    """One note of a dossier that the person may know of, with its dossier; Http404 for others."""
    submission = submission_visible_to(user, slug, code, unit)
    found = ReturnNote.objects.filter(participant=submission.participant, pk=pk).select_related("criterion").first()
    if found is None or found.criterion is None:
        raise Http404
    found.participant = submission.participant
    found.participant.submission = submission
    return found

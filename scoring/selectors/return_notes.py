"""What the head of a unit sent back: which notes are still open, and when the head last saw the dossier."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Exists
from django.http import Http404

from scoring.enums import Purpose, Stage
from scoring.models import Criterion, ExplanationChoice, Participant, Receipt, ReturnNote, Submission, Value
from scoring.selectors.dossiers import submission_visible_to
from scoring.selectors.handed_back import HandedBack, entries_of, handed_back_to
from units.models import User


def is_settled(note: ReturnNote, stands: Value | ExplanationChoice | None) -> bool:
    """Whether the note needs nothing more: ticked off, or the leaf was declared (in an explanation: answered) anew
    since the head read it."""
    return note.settled_at is not None or note.seen_version != (stands.version if stands else 0)


def open_notes_of_explanation(
    participant: Participant, criterion: Criterion, choice: ExplanationChoice | None
) -> list[ReturnNote]:
    """What the head asked to mend in the explanation of one leaf and nobody has yet; one query."""
    found = ReturnNote.objects.filter(
        participant=participant, purpose=Purpose.EXPLANATION, settled_at__isnull=True, criterion=criterion
    )
    return [note for note in found.select_related("by").order_by("pk") if not is_settled(note, choice)]


@dataclass(frozen=True)
class Returned:
    """One thing that was sent back: `mended_by` None while nobody has mended it, and for the portal's own doing."""

    note: ReturnNote
    mended_at: datetime.datetime | None
    mended_by: User | None
    by_new_answer: bool = False

    @property
    def is_mended(self) -> bool:
        return self.mended_at is not None


def returned_of(participant: Participant) -> list[Returned]:
    """Everything that the head ever sent back, of dossier and explanation, the newest first; three queries."""
    notes = ReturnNote.objects.filter(participant=participant).select_related("by", "settled_by", "criterion")
    values = Value.objects.filter(participant=participant, stage=Stage.DECLARED).select_related("author")
    choices = ExplanationChoice.objects.filter(explanation__participant=participant).select_related("author")
    stands: dict[tuple[int, str], Value | ExplanationChoice] = {
        (value.criterion_id, Purpose.DECLARED): value for value in values
    }
    # Of two rounds the second stands last and is the one that is written now.
    stands |= {(choice.criterion_id, Purpose.EXPLANATION): choice for choice in choices.order_by("round")}
    return [_returned(note, stands.get((note.criterion_id or 0, note.purpose))) for note in notes.order_by("-pk")]


def returned_counts(participant: Participant) -> tuple[int, int] | None:
    """How much of what head or coordinator sent back is still to be mended, and how much has been; None where nothing
    ever was. One query there, seven at most elsewhere."""
    has_notes, has_more = (
        Participant.objects.filter(pk=participant.pk)
        .values_list(Exists(ReturnNote.objects.filter(participant=participant)), Exists(entries_of(participant)))
        .get()
    )
    if not has_notes and not has_more:
        return None
    every: list[Returned | HandedBack] = [
        *(returned_of(participant) if has_notes else []),
        *(handed_back_to(participant) if has_more else []),
    ]
    mended = sum(item.is_mended for item in every)
    return len(every) - mended, mended


def _returned(note: ReturnNote, stands: Value | ExplanationChoice | None) -> Returned:
    if note.criterion_id and stands is not None and stands.version != note.seen_version:
        return Returned(note, stands.changed_at, stands.author, by_new_answer=True)
    return Returned(note, note.settled_at, note.settled_by)


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

"""What the head of a unit sent back: which notes are still open, and when the head last saw the dossier."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.http import Http404

from scoring.enums import Purpose, Stage
from scoring.models import Criterion, ExplanationChoice, Participant, ReturnNote, Submission, Value
from scoring.selectors.dossiers import submission_visible_to
from units.models import User


def is_settled(note: ReturnNote, stands: Value | ExplanationChoice | None) -> bool:
    """Whether the note needs nothing more: ticked off, or the leaf was declared (in an explanation: answered) anew
    since the head read it. A leaf whose figures were taken away is not: nobody has said anything better there."""
    return note.settled_at is not None or (stands is not None and stands.version != note.seen_version)


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


def mended_notes() -> Q:
    """Notes that need nothing more, as `Returned.is_mended` says of one; of notes under `with_standing`."""
    return Q(settled_at__isnull=False) | (Q(stands__isnull=False) & ~Q(stands=F("seen_version")))


def with_standing(notes: QuerySet[ReturnNote]) -> QuerySet[ReturnNote]:
    """`stands`: the version of what stands at the note's leaf, None for nothing there and for a note of the whole."""
    at_leaf = {"criterion": OuterRef("criterion")}
    value = Value.objects.filter(participant=OuterRef("participant"), stage=Stage.DECLARED, **at_leaf)
    choice = ExplanationChoice.objects.filter(explanation__participant=OuterRef("participant"), **at_leaf)
    return notes.annotate(
        stands=Case(
            When(purpose=Purpose.DECLARED, then=Subquery(value.values("version")[:1])),
            default=Subquery(choice.order_by("-round").values("version")[:1]),
        )
    )


def _returned(note: ReturnNote, stands: Value | ExplanationChoice | None) -> Returned:
    if note.criterion_id and stands is not None and stands.version != note.seen_version:
        return Returned(note, stands.changed_at, stands.author, by_new_answer=True)
    return Returned(note, note.settled_at, note.settled_by)


def declared_notes_of(participant: Participant) -> list[ReturnNote]:
    """Every note that the head ever sent back with the dossier, of the whole and of leaves; one query."""
    return list(
        ReturnNote.objects.filter(participant=participant, purpose=Purpose.DECLARED).select_related("by").order_by("pk")
    )


def last_seen(submission: Submission, notes: Iterable[ReturnNote]) -> datetime.datetime | None:
    """When the head last had the dossier in hand: sent it back with one of `notes`, or handed it in; None for never."""
    return max((moment for moment in [submission.submitted_at, *(note.at for note in notes)] if moment), default=None)


def note_visible_to(user: User, slug: str, code: str, unit: str, pk: int) -> ReturnNote:
    """One note of a dossier that the person may know of, with its dossier; Http404 for others."""
    submission = submission_visible_to(user, slug, code, unit)
    found = ReturnNote.objects.filter(participant=submission.participant, pk=pk).select_related("criterion").first()
    if found is None or found.criterion is None:
        raise Http404
    found.participant = submission.participant
    found.participant.submission = submission
    return found

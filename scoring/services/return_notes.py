"""The head's notes to the staff: written when a dossier or an explanation is sent back, ticked off when mended.

A leaf that is declared (answered) anew settles its notes by itself (`selectors.return_notes.is_settled`), so nothing
is written then; the rows are closed for good when the dossier (the explanation) is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from scoring.enums import Purpose, Source, Stage
from scoring.models import Criterion, Explanation, ReturnNote, Value
from scoring.permissions import DECLARE, EXPLAIN
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Incomplete
from scoring.services.explaining import explainable, open_explanation, round_of
from scoring.services.pen import declared_pen, require
from units.models import User
from units.permissions import authorize

LONGEST_NOTE = 1000
ON_WHOLE = "reason"


def send_back(dossier: Dossier, by: User | None, reason: str, notes: Mapping[int, str]) -> None:
    """Keep what the head wrote: `reason` on the whole, `notes` by leaf (pk), empty ones left out. Under the lock.

    Raises `Incomplete` for a leaf that the unit does not answer, and for a note that is too long.
    """
    leaves = Criterion.objects.in_force().filter(
        criteria_set=dossier.participant.criteria_set_id, source=Source.SELF, rule__isnull=False
    )  # fmt: skip
    written = _checked(notes, set(leaves.filter(pk__in=notes).values_list("pk", flat=True)), "đơn vị tự chấm")
    declared = Value.objects.filter(participant=dossier.participant, stage=Stage.DECLARED, criterion__in=written)
    _keep(dossier, by, Purpose.DECLARED, reason, written, dict(declared.values_list("criterion", "version")))


def send_explanation_back(
    explanation: Explanation, dossier: Dossier, by: User | None, reason: str, notes: Mapping[int, str]
) -> None:
    """The same for an explanation: notes on leaves that may be explained now."""
    number = round_of(dossier)
    written = _checked(notes, explainable(dossier.participant, number), "bị trừ điểm")
    choices = explanation.choices.filter(round=number, criterion__in=written)
    _keep(dossier, by, Purpose.EXPLANATION, reason, written, dict(choices.values_list("criterion", "version")))


def _checked(notes: Mapping[int, str], allowed: set[int], which: str) -> dict[int, str]:
    written = {pk: text.strip() for pk, text in notes.items() if text.strip()}
    if any(len(text) > LONGEST_NOTE for text in written.values()):
        raise Incomplete("notes", f"Rút gọn mỗi lời nhắn còn tối đa {LONGEST_NOTE} ký tự.")
    if not allowed.issuperset(written):
        raise Incomplete("notes", f"Chỉ nhắn được ở tiêu chí mà {which}. Chọn lại tiêu chí.")
    return written


def _keep(
    dossier: Dossier, by: User | None, purpose: str, reason: str, written: Mapping[int, str], seen: Mapping[int, int]
) -> None:
    """`seen`: leaf (pk) → the version that the head had read."""
    rows = [ReturnNote(criterion_id=pk, text=text, seen_version=seen.get(pk, 0)) for pk, text in written.items()]
    for row in [ReturnNote(text=reason), *rows]:
        row.participant, row.purpose, row.at = dossier.participant, purpose, dossier.now
        row.by = by  # type: ignore[assignment]  # the table lets nobody but a head do this
        row.save(force_insert=True)


def close_notes(dossier: Dossier, by: User | None, purpose: str, *, whole_only: bool = False) -> None:
    """Tick off what is open: all of it once the dossier (`purpose`) is handed in, the word on the whole when it comes
    back to the head. Under the lock."""
    found = ReturnNote.objects.filter(participant=dossier.participant, purpose=purpose, settled_at__isnull=True)
    if whole_only:
        found = found.filter(criterion__isnull=True)
    found.update(settled_at=dossier.now, settled_by=by)


def settle(note: ReturnNote, *, by: User) -> None:
    """ "Đã sửa": tick one note off, as whoever may write the leaf; again it changes nothing.

    Raises `Refused`, `Conflict` (phase, hour, state).
    """
    is_explained = note.purpose == Purpose.EXPLANATION
    authorize(by, EXPLAIN if is_explained else DECLARE, note.participant)
    with transaction.atomic():
        dossier = lock_dossier(note.participant)
        if is_explained:
            open_explanation(dossier)
        else:
            require(declared_pen(dossier, note.criterion))
        open_one = ReturnNote.objects.filter(pk=note.pk, settled_at__isnull=True)
        open_one.update(settled_at=dossier.now, settled_by=by)

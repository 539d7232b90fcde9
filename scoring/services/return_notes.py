"""The head's notes to the staff: written when a dossier is sent back, ticked off when they are mended.

A leaf that is declared anew settles its notes by itself (`selectors.return_notes.is_settled`), so nothing is written
then; the rows are closed for good when the dossier is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from scoring.enums import Purpose, Source, Stage
from scoring.models import Criterion, ReturnNote, Value
from scoring.permissions import DECLARE
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Incomplete
from scoring.services.pen import declared_pen, require
from units.models import User
from units.permissions import authorize

LONGEST_NOTE = 1000
ON_WHOLE = "reason"


def send_back(dossier: Dossier, by: User | None, reason: str, notes: Mapping[int, str]) -> None:
    """Keep what the head wrote: `reason` on the whole, `notes` by leaf (pk), empty ones left out. Under the lock.

    Raises `Incomplete` for a leaf that the unit does not answer, and for a note that is too long.
    """
    written = {pk: text.strip() for pk, text in notes.items() if text.strip()}
    if any(len(text) > LONGEST_NOTE for text in written.values()):
        raise Incomplete("notes", f"Rút gọn mỗi lời nhắn còn tối đa {LONGEST_NOTE} ký tự.")
    leaves = Criterion.objects.in_force().filter(
        pk__in=written, criteria_set=dossier.participant.criteria_set_id, source=Source.SELF, rule__isnull=False
    )
    if len(leaves) != len(written):
        raise Incomplete("notes", "Chỉ nhắn được ở tiêu chí mà đơn vị tự chấm. Chọn lại tiêu chí.")
    declared = Value.objects.filter(participant=dossier.participant, stage=Stage.DECLARED, criterion__in=written)
    seen = dict(declared.values_list("criterion", "version"))
    rows = [ReturnNote(criterion_id=pk, text=text, seen_version=seen.get(pk, 0)) for pk, text in written.items()]
    for row in [ReturnNote(text=reason), *rows]:
        row.participant, row.purpose, row.at = dossier.participant, Purpose.DECLARED, dossier.now
        row.by = by  # type: ignore[assignment]  # the table lets nobody but a head do this
        row.save(force_insert=True)


def close_notes(dossier: Dossier, by: User | None, *, whole_only: bool = False) -> None:
    """Tick off what is open: all of it once the dossier is handed in, the word on the whole when it comes back to the
    head. Under the lock."""
    found = ReturnNote.objects.filter(
        participant=dossier.participant, purpose=Purpose.DECLARED, settled_at__isnull=True
    )
    if whole_only:
        found = found.filter(criterion__isnull=True)
    found.update(settled_at=dossier.now, settled_by=by)


def settle(note: ReturnNote, *, by: User) -> None:
    """ "Đã sửa": tick one note off, as whoever may write the leaf; again it changes nothing.

    Raises `Refused`, `Conflict` (phase, hour, state).
    """
    authorize(by, DECLARE, note.participant)
    with transaction.atomic():
        dossier = lock_dossier(note.participant)
        require(declared_pen(dossier, note.criterion))
        open_one = ReturnNote.objects.filter(pk=note.pk, settled_at__isnull=True)
        open_one.update(settled_at=dossier.now, settled_by=by)

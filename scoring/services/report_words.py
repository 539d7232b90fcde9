"""The unit's own words in its báo cáo tự chấm: written while the dossier is in hand, guarded by version."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction

from scoring.enums import SubmissionState
from scoring.models import Participant, SelfReport
from scoring.permissions import SIGN_PAPER, WRITE_REPORT
from scoring.selectors.report import words_of
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import StaleEdit
from scoring.services.pen import LEFT_OUT, declared_pen, in_time, require
from units import trail
from units.models import User
from units.permissions import Decision, authorize, can


@dataclass(frozen=True)
class Words:
    """What the report says beyond the figures; any of it may be empty."""

    difficulties: str = ""
    proposals: str = ""
    place: str = ""
    signer_title: str = ""


def words_pen(dossier: Dossier, by: User) -> Decision:
    """May this person of the unit write the words now? While the dossier is on the head's desk, the head alone: nobody
    changes under the pen what is about to be signed."""
    if not (allowed := can(by, WRITE_REPORT, dossier.submission)):
        return allowed
    if dossier.submission.state == SubmissionState.AT_HEAD and can(by, SIGN_PAPER, dossier.submission):
        return in_time(dossier) if dossier.participant.is_assessed else Decision(False, LEFT_OUT)
    return declared_pen(dossier)


def write_words(participant: Participant, words: Words, *, seen: int, by: User) -> SelfReport:
    """Store the words; `seen` is the version the form was made from, 0 for none.

    Raises `Refused`, `Conflict` (state, hour), `StaleEdit` with the row that stands now. The same words again change
    nothing.
    """
    authorize(by, WRITE_REPORT, participant)
    with transaction.atomic():
        dossier = lock_dossier(participant)
        require(words_pen(dossier, by))
        current = words_of(participant)
        if all(getattr(current, name) == text for name, text in asdict(words).items()):
            return current
        if current.version != seen:
            raise StaleEdit(current)
        stored, _ = SelfReport.objects.update_or_create(
            participant=participant,
            defaults={**asdict(words), "version": seen + 1, "author": by, "changed_at": dossier.now},
        )
        trail.record(
            WRITE_REPORT,
            by=by,
            about=dossier.submission,
            scope=participant.campaign.trail_scope,
            label=f"Viết lời báo cáo tự chấm: {participant.name}",
            version=stored.version,
        )
        return stored

"""Dossiers whose time has run out are closed by the portal itself; the pen refuses them anyway by the same clock."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from scoring.enums import Phase, SubmissionState
from scoring.models import Submission, Window
from scoring.selectors.clock import database_now
from scoring.services.errors import Conflict
from scoring.services.transitions import perform
from units.models import Organiser


def close_late() -> list[Submission]:
    """Close every dossier past its limit ("không nộp") and return those that were closed now; again changes nothing.

    Each in its own transaction through the one door, which decides once more under the dossier's lock: who submits or
    is given more time in between is left alone.
    """
    closed = []
    for submission in _late():
        # Whose grace still runs is left out by the door, which reads the hour anew.
        try:
            closed.append(perform(submission, "close", None))
        except Conflict:
            continue
    return closed


def _late() -> QuerySet[Submission]:
    if not Organiser.objects.exists():  # an empty portal has no clock and nothing to close
        return Submission.objects.none()
    now = database_now()
    window = Window.objects.filter(group=OuterRef("participant__group"), phase=Phase.SELF_ASSESSMENT)
    return (
        Submission.objects.filter(
            # after tự chấm only the unit's own extension counts (`Dossier.deadline`)
            Exists(window.filter(closes_at__lte=now))
            | (~Exists(window) & Q(extended_until__isnull=False))
            | Q(participant__group__phase=Phase.APPRAISAL, extended_until__isnull=False),
            Q(extended_until__isnull=True) | Q(extended_until__lte=now),
            state__in=(SubmissionState.DRAFT, SubmissionState.AT_HEAD),
            participant__group__phase__in=(Phase.SELF_ASSESSMENT, Phase.APPRAISAL),
        )
        .select_related("participant__group", "participant__campaign__organiser")
        .order_by("pk")
    )

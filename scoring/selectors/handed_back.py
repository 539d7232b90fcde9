"""What the coordinator gave back to a unit: a dossier unlocked, an explanation opened again; read off the trail."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from scoring.enums import Purpose
from scoring.models import Explanation, ExplanationReceipt, Participant, Receipt, Submission
from units import trail
from units.models import TrailEntry

ACTS = {
    "scoring.submission_unlock": (Purpose.DECLARED, "Mở khóa để đơn vị sửa"),
    "scoring.explanation_reopen": (Purpose.EXPLANATION, "Cho viết tiếp"),
    "scoring.explanation_ask_again": (Purpose.EXPLANATION, "Mời giải trình lại"),
}


@dataclass(frozen=True)
class HandedBack:
    """One time: what was done and why, when and by whom; `mended_at` when the unit handed in again, None until then."""

    purpose: Purpose
    act: str
    reason: str
    at: datetime.datetime
    by: str
    mended_at: datetime.datetime | None
    mended_by: str

    @property
    def is_mended(self) -> bool:
        return self.mended_at is not None


def entries_of(participant: Participant) -> QuerySet[TrailEntry]:
    """The lines of the trail that tell of it."""
    own = trail.about(Submission.objects.filter(participant=participant)) | trail.about(
        Explanation.objects.filter(participant=participant)
    )
    return trail.entries_of(participant.campaign.trail_scope).filter(own, action__in=ACTS)


def handed_in_since(participant: Participant) -> Q:
    """Entries of `entries_of` after which the unit handed in again: what `HandedBack.is_mended` says of one."""
    later = {"submitted_at__gt": OuterRef("at")}
    receipts = Receipt.objects.filter(submission__participant=participant, **later)
    letters = ExplanationReceipt.objects.filter(explanation__participant=participant, **later)
    return Q(Exists(receipts), action__in=_of(Purpose.DECLARED)) | Q(
        Exists(letters), action__in=_of(Purpose.EXPLANATION)
    )


def _of(wanted: Purpose) -> list[str]:
    return [action for action, (purpose, _) in ACTS.items() if purpose == wanted]


def handed_back_to(participant: Participant) -> list[HandedBack]:
    """Everything that the coordinator ever gave back to the unit, the newest first; one query, three where there is
    anything."""
    entries = list(entries_of(participant).select_related("actor").order_by("-seq"))
    handed_in = _handed_in(participant) if entries else {}
    return [_handed_back(entry, handed_in) for entry in entries]


def _handed_in(participant: Participant) -> dict[Purpose, list[tuple[datetime.datetime, str]]]:
    """When the unit handed in, and who did, oldest first."""
    receipts = Receipt.objects.filter(submission__participant=participant)
    letters = ExplanationReceipt.objects.filter(explanation__participant=participant)
    columns = ("submitted_at", "submitted_by__full_name")
    return {
        Purpose.DECLARED: list(receipts.order_by("sequence").values_list(*columns)),
        Purpose.EXPLANATION: list(letters.order_by("sequence").values_list(*columns)),
    }


def _handed_back(entry: TrailEntry, handed_in: dict[Purpose, list[tuple[datetime.datetime, str]]]) -> HandedBack:
    purpose, act = ACTS[entry.action]
    by = entry.actor.full_name if entry.actor else entry.actor_label
    mended = next(((at, who) for at, who in handed_in[purpose] if at > entry.at), (None, ""))
    return HandedBack(purpose, act, entry.data.get("reason", ""), entry.at, by, *mended)

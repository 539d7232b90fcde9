"""What colleagues have done to one dossier since a page was made: a few plain rows, read every quarter of a minute."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass

from django.db.models import Count

from scoring.enums import Purpose, Stage
from scoring.models import EvidenceUse, Participant, Submission, Unfinished, Value


@dataclass(frozen=True)
class Beat:
    """One leaf: versions of the unit's answer and of what is typed beside it (0: none), documents, who came last."""

    version: int = 0
    unfinished: int = 0
    documents: int = 0
    who: str = ""
    at: datetime.datetime | None = None


def beats_of(participant: Participant) -> dict[str, Beat]:
    """By code, of leaves for which there is anything; three queries at any size."""
    answers = Value.objects.filter(participant=participant, stage=Stage.DECLARED)
    typed = Unfinished.objects.filter(participant=participant)
    columns = ("criterion__code", "version", "author__full_name", "changed_at")
    values = {code: rest for code, *rest in answers.order_by().values_list(*columns)}
    rows = {code: rest for code, *rest in typed.order_by().values_list(*columns)}
    uses = EvidenceUse.objects.filter(
        evidence__participant=participant, evidence__removed_at__isnull=True, purpose=Purpose.DECLARED
    )
    counted = uses.order_by().values("criterion").annotate(number=Count("evidence", distinct=True))
    documents = dict(counted.values_list("criterion__code", "number"))
    found = {}
    for code in sorted({*values, *rows, *documents}):
        last = max(
            (rest for rest in (values.get(code), rows.get(code)) if rest), key=lambda rest: rest[2], default=None
        )
        found[code] = Beat(
            version=values[code][0] if code in values else 0,
            unfinished=rows[code][0] if code in rows else 0,
            documents=documents.get(code, 0),
            who=(last[1] or "") if last else "",
            at=last[2] if last else None,
        )
    return found


def revision_of(submission: Submission, beats: dict[str, Beat]) -> str:
    """A name for all of this as it stands: equal names, nothing to tell."""
    participant = submission.participant
    leaves = [(code, beat.version, beat.unfinished, beat.documents) for code, beat in beats.items()]
    state = [submission.state, submission.version, participant.group.phase, participant.criteria_set.revision]
    return hashlib.sha256(json.dumps([state, leaves]).encode()).hexdigest()[:16]

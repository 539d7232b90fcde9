"""What colleagues have done to one dossier since a page was made: a few plain rows, read every quarter of a minute."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from scoring.enums import Purpose, Stage
from scoring.models import EvidenceUse, Explanation, Participant, Submission, Unfinished, Value


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
    return _beats(_last(answers, columns), _last(typed, columns), _documents(participant, Purpose.DECLARED))


def beats_of_explanation(explanation: Explanation, round_number: int) -> dict[str, Beat]:
    """The same of what the unit says in one round: `version` of words, `unfinished` of the choice; three queries."""
    columns = ("criterion__code", "version", "author__full_name", "changed_at")
    words, choices = explanation.items.filter(round=round_number), explanation.choices.filter(round=round_number)
    documents = _documents(explanation.participant, Purpose.EXPLANATION)
    return _beats(_last(words, columns), _last(choices, columns), documents)


def _last(rows: QuerySet[Any], columns: Sequence[str]) -> dict[str, list[Any]]:
    """Code → version, name, moment."""
    return {code: rest for code, *rest in rows.order_by().values_list(*columns)}


def _documents(participant: Participant, purpose: str) -> dict[str, int]:
    uses = EvidenceUse.objects.filter(
        evidence__participant=participant, evidence__removed_at__isnull=True, purpose=purpose
    )
    counted = uses.order_by().values("criterion").annotate(number=Count("evidence", distinct=True))
    return dict(counted.values_list("criterion__code", "number"))


def _beats(
    values: Mapping[str, list[Any]], rows: Mapping[str, list[Any]], documents: Mapping[str, int]
) -> dict[str, Beat]:
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
    return _name(
        [submission.state, submission.version, participant.group.phase, participant.criteria_set.revision], beats
    )


def revision_of_explanation(explanation: Explanation, beats: dict[str, Beat]) -> str:
    """The same for an explanation, its `participant` with its group."""
    return _name([explanation.state, explanation.version, explanation.participant.group.phase], beats)


def _name(state: Sequence[Any], beats: Mapping[str, Beat]) -> str:
    leaves = [(code, beat.version, beat.unfinished, beat.documents) for code, beat in beats.items()]
    return hashlib.sha256(json.dumps([state, leaves]).encode()).hexdigest()[:16]

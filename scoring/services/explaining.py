"""Giải trình: what a unit says about points it lost, leaf by leaf."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from scoring.enums import Phase, Stage
from scoring.models import Criterion, Explanation, ExplanationItem, Participant, Value
from scoring.permissions import EXPLAIN
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.group_guards import lowered_leaves
from scoring.services.pen import explanation_pen, require
from units.models import User
from units.permissions import authorize

LONGEST = 5_000


def explain(
    participant: Participant, criterion: Criterion, text: str, *, seen: int, by: User
) -> ExplanationItem | None:
    """Write what the unit says of one leaf (an empty text takes it back); `seen` 0 for none.

    In the phase giải trình: leaves that lost points in the first round. Asked again later: leaves that fell in the
    second. Raises `Refused`, `Conflict`, `Incomplete`, `StaleEdit`; nothing is stored then.
    """
    authorize(by, EXPLAIN, participant)
    text = text.strip()
    if len(text) > LONGEST:
        raise Incomplete("text", f"Rút gọn giải trình còn tối đa {LONGEST} ký tự (đang có {len(text)}).")
    with transaction.atomic():
        dossier = lock_dossier(participant)
        explanation = Explanation.objects.select_for_update().filter(participant=participant).first()
        if explanation is None:
            raise Conflict("Khối chưa mở giải trình.")
        require(explanation_pen(dossier, explanation))
        round_number = round_of(dossier)
        if criterion.pk not in explainable(dossier.participant, round_number):
            raise Conflict("Tiêu chí này không bị trừ điểm, nên không phải giải trình.")
        return _set(explanation, criterion, round_number, text, seen, by)


def round_of(dossier: Dossier) -> int:
    """Which points are explained now: those of the first round, or those that fell in the second."""
    return 1 if dossier.phase == Phase.EXPLANATION else 2


def explainable(participant: Participant, round_number: int) -> set[int]:
    """The leaves that may be explained: below their maximum after round 1, or lowered in round 2."""
    if round_number == 2:
        return lowered_leaves(participant)
    appraised = Value.objects.fresh().filter(participant=participant, stage=Stage.APPRAISED)
    lost = appraised.filter(worth__lt=F("criterion__max_points"))
    return set(lost.values_list("criterion", flat=True))


def _set(
    explanation: Explanation, criterion: Criterion, round_number: int, text: str, seen: int, by: User
) -> ExplanationItem | None:
    current = explanation.items.filter(criterion=criterion, round=round_number).select_related("author").first()
    if (current.version if current else 0) != seen:
        raise StaleEdit(current)
    if not text:
        if current is not None:
            current.delete()
        return None
    if current is None:
        return ExplanationItem.objects.create(
            explanation=explanation, criterion=criterion, round=round_number, text=text, author=by
        )
    current.text, current.author, current.version = text, by, current.version + 1
    current.save(update_fields=["text", "author", "version", "changed_at"])
    return current

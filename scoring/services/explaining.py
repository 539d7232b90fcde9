"""Giải trình: what a unit says about points it lost, leaf by leaf."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from scoring.enums import Phase, Stage
from scoring.models import Criterion, Explanation, ExplanationItem, Participant, Value
from scoring.permissions import EXPLAIN
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.group_guards import lowered_leaves
from scoring.services.pen import explanation_pen, require
from units import trail
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
        explanation.participant = dossier.participant
        require(explanation_pen(dossier, explanation))
        round_number = round_of(dossier)
        if criterion.pk not in explainable(dossier.participant, round_number):
            raise Conflict("Tiêu chí này không bị trừ điểm, nên không phải giải trình.")
        return _set(explanation, criterion, round_number, text, seen, by)


def round_of(dossier: Dossier) -> int:
    """Which points are explained now: those of the first round, or those that fell in the second."""
    return 1 if dossier.phase == Phase.EXPLANATION else 2


def explainable(participant: Participant, round_number: int) -> set[int]:
    """The leaves that may be explained: below their maximum after round 1, or taken out of it though the unit had
    points there; in round 2 those whose points fell."""
    if round_number == 2:
        return lowered_leaves(participant)
    likewise = Value.objects.filter(
        participant=participant, criterion=OuterRef("criterion"), stage=Stage.DECLARED, worth__isnull=True
    )
    # Without a worth the leaf does not apply: said by the appraiser, or by the rule for the corrected figures.
    lost = Q(worth__lt=F("criterion__max_points")) | (Q(worth__isnull=True) & ~Exists(likewise))
    appraised = Value.objects.fresh().filter(lost, participant=participant, stage=Stage.APPRAISED)
    return set(appraised.values_list("criterion", flat=True))


def _set(
    explanation: Explanation, criterion: Criterion, round_number: int, text: str, seen: int, by: User
) -> ExplanationItem | None:
    current = explanation.items.filter(criterion=criterion, round=round_number).select_related("author").first()
    if (current.version if current else 0) != seen:
        raise StaleEdit(current)
    if text == (current.text if current else ""):
        return current
    if current is None:
        current = ExplanationItem.objects.create(
            explanation=explanation, criterion=criterion, round=round_number, text=text, author=by
        )
    elif text:
        current.text, current.author, current.version = text, by, current.version + 1
        current.save(update_fields=["text", "author", "version", "changed_at"])
    else:
        current.delete()
    # The row keeps the last text only, so the trail keeps every one.
    trail.record(
        EXPLAIN,
        by=by,
        about=explanation,
        scope=explanation.participant.campaign.trail_scope,
        label=f"Giải trình {criterion.code}: {explanation.participant.name}",
        round=round_number,
        version=seen + 1,
        text=text,
    )
    return current if text else None

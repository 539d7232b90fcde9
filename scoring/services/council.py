"""The council's word: a value and a reason for each point, and a class by decision."""

from __future__ import annotations

from django.db import transaction

from scoring.enums import Stage
from scoring.models import Criterion, Participant, Value
from scoring.permissions import DECIDE, OVERRIDE_GRADE
from scoring.services.calculation import faults_of
from scoring.services.dossier import lock_dossier
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.pen import require, team_pen
from scoring.services.self_assessment import refuse_foreign_leaf
from scoring.services.values import Content, write
from scoring.workflow import Hand, Matter
from units import trail
from units.models import User
from units.permissions import authorize


def decide(participant: Participant, criterion: Criterion, content: Content, *, seen: int, by: User) -> Value:
    """Settle one leaf of one unit, always with a reason; "không áp dụng" with a legal basis too.

    Raises `Refused`, `Conflict`, `Incomplete`, `StaleEdit`, `WrongFigures`; nothing is stored then.
    """
    authorize(by, DECIDE, participant)
    if not content.reason.strip():
        raise Incomplete("reason", "Mỗi quyết định của hội đồng phải có lý do.")
    if content.not_applicable and not content.legal_basis.strip():
        raise Incomplete("legal_basis", "Ghi căn cứ không áp dụng: số, ngày văn bản.")
    with transaction.atomic():
        dossier = lock_dossier(participant)
        refuse_foreign_leaf(criterion)
        require(team_pen(Hand.COUNCIL, Matter.COUNCIL, dossier.phase))
        value = write(dossier, criterion, Stage.COUNCIL, content, seen=seen, by=by)
        trail.record(
            DECIDE,
            by=by,
            about=value,
            scope=participant.campaign.trail_scope,
            label=f"Hội đồng quyết định {criterion.code}: {participant.name}",
            worth=value.worth,
            not_applicable=value.not_applicable,
            reason=value.reason,
        )
        return value


def override_grade(
    participant: Participant, grade: str | None, reason: str, *, seen: dict[str, str] | None, by: User
) -> None:
    """Decide the class against the scale, with a reason (None takes the decision back); `seen` is what stood before.

    Raises `Incomplete` for a missing reason or a grade that the scale does not have, `StaleEdit`, `Conflict`.
    """
    authorize(by, OVERRIDE_GRADE, participant)
    reason = reason.strip()
    if not reason:
        raise Incomplete("reason", "Nêu lý do xếp loại khác thang điểm.")
    with transaction.atomic():
        dossier = lock_dossier(participant)
        require(team_pen(Hand.COUNCIL, Matter.OVERRIDE, dossier.phase))
        current = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
        if current.grade_override != seen:
            raise StaleEdit(current.grade_override)
        after = {"grade": grade, "reason": reason} if grade else None
        Participant.objects.filter(pk=participant.pk).update(grade_override=after)
        if faults := faults_of(participant.campaign):
            raise Conflict("Không xếp loại như vậy được: " + faults[0])
        trail.record(
            OVERRIDE_GRADE,
            by=by,
            about=participant,
            scope=participant.campaign.trail_scope,
            label=f"Xếp loại theo quyết định: {participant.name}",
            before=current.grade_override,
            after=after,
            reason=reason,
        )

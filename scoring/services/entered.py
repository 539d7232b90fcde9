"""Points that units never declare: surveys, outcomes, bonus, penalty, the coordinator's own; each confirmed by a second
person."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from scoring.enums import Source, Stage
from scoring.models import Criterion, Participant, Value
from scoring.permissions import CONFIRM_ENTERED, ENTER
from scoring.services.dossier import lock_dossier
from scoring.services.errors import Blocked, Conflict
from scoring.services.pen import require, team_pen
from scoring.services.values import Content, clear, write
from scoring.workflow import Hand, Matter
from units import trail
from units.models import User
from units.permissions import authorize


def enter(participant: Participant, criterion: Criterion, content: Content, *, seen: int, by: User) -> Value:
    """Set one entered value; a change takes an earlier confirmation away. Raises like `self_assessment.declare`."""
    authorize(by, ENTER, participant)
    with transaction.atomic():
        dossier = lock_dossier(participant)
        _refuse_self(criterion)
        require(team_pen(Hand.COORDINATOR, Matter.ENTERED, dossier.phase))
        value = write(dossier, criterion, Stage.ENTERED, content, seen=seen, by=by)
        _tell(ENTER, f"Nhập điểm {criterion.code}: {participant.name}", value, by)
        return value


def take_back(participant: Participant, criterion: Criterion, *, seen: int, by: User) -> None:
    """Remove an entered value; raises like `enter`."""
    authorize(by, ENTER, participant)
    with transaction.atomic():
        dossier = lock_dossier(participant)
        _refuse_self(criterion)
        require(team_pen(Hand.COORDINATOR, Matter.ENTERED, dossier.phase))
        clear(dossier, criterion, Stage.ENTERED, seen=seen, by=by)


def confirm(values: Iterable[tuple[Value, int]], *, by: User) -> int:
    """Confirm entered values, each as seen at a version; all or nothing. Returns how many were confirmed.

    Raises `Blocked` with every reason: entered by the same person, changed meanwhile, or the phase is over.
    """
    with transaction.atomic():
        reasons, confirmed = [], []
        for value, seen in values:
            authorize(by, CONFIRM_ENTERED, value.participant)
            dossier = lock_dossier(value.participant)
            current = Value.objects.select_related("criterion").filter(pk=value.pk, stage=Stage.ENTERED).first()
            where = f"{dossier.participant.name}, {value.criterion.code}"
            pen = team_pen(Hand.COORDINATOR, Matter.ENTERED, dossier.phase)
            if current is None or current.version != seen:
                reasons.append(f"{where}: vừa có người sửa, xem lại rồi xác nhận.")
            elif not pen:
                reasons.append(f"{where}: {pen.reason}")
            elif current.author_id == by.pk:
                reasons.append(f"{where}: người nhập không tự xác nhận được, cần người thứ hai.")
            else:
                Value.objects.filter(pk=current.pk).update(confirmed_by=by, confirmed_at=dossier.now)
                _tell(CONFIRM_ENTERED, f"Xác nhận điểm nhập {where}", current, by)
                confirmed.append(current)
        if reasons:
            raise Blocked("Chưa xác nhận được.", reasons)
    return len(confirmed)


def _refuse_self(criterion: Criterion) -> None:
    if criterion.source == Source.SELF:
        raise Conflict("Tiêu chí này do đơn vị tự chấm, không nhập thay.")


def _tell(action: str, label: str, value: Value, by: User) -> None:
    trail.record(
        action,
        by=by,
        about=value,
        scope=value.participant.campaign.trail_scope,
        label=label,
        version=value.version,
        worth=value.worth,
        inputs=value.inputs,
    )

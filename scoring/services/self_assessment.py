"""The unit's own values: figures for the rule, or the claim that a leaf does not apply."""

from __future__ import annotations

from django.db import transaction

from scoring.enums import Source, Stage
from scoring.models import Criterion, Participant, Unfinished, Value
from scoring.permissions import DECLARE
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict, Incomplete
from scoring.services.pen import declared_pen, require
from scoring.services.values import Content, clear, write
from units.models import User
from units.permissions import authorize


def declare(participant: Participant, criterion: Criterion, content: Content, *, seen: int, by: User) -> Value:
    """Set the unit's own value of one leaf; `seen` is the version the form was made from, 0 for none.

    A unit gives figures or claims "không áp dụng" with a reason, never points. Raises `Refused`, `Conflict` (phase,
    hour, state), `Incomplete`, `StaleEdit`, `WrongFigures`; nothing is stored then.
    """
    authorize(by, DECLARE, participant)
    refuse_impossible(content)
    with transaction.atomic():
        dossier = lock_dossier(participant)
        refuse_foreign_leaf(criterion)
        require(declared_pen(dossier, criterion))
        value = write(dossier, criterion, Stage.DECLARED, content, seen=seen, by=by)
        forget_typing(dossier, criterion)
        return value


def take_back(participant: Participant, criterion: Criterion, *, seen: int, by: User) -> None:
    """Make the leaf unanswered again, typing that was no answer yet with it; raises like `declare`."""
    authorize(by, DECLARE, participant)
    with transaction.atomic():
        dossier = lock_dossier(participant)
        refuse_foreign_leaf(criterion)
        require(declared_pen(dossier, criterion))
        clear(dossier, criterion, Stage.DECLARED, seen=seen, by=by)
        forget_typing(dossier, criterion)


def refuse_impossible(content: Content) -> None:
    """What no unit gives: points (`Conflict`), or a claim without a reason (`Incomplete`)."""
    if content.points is not None:
        raise Conflict("Đơn vị nhập số liệu, điểm do quy tắc tính ra.")
    if content.not_applicable and not content.reason.strip():
        raise Incomplete("reason", "Nêu lý do không áp dụng, ví dụ: đơn vị không có thủ tục hành chính.")


def forget_typing(dossier: Dossier, criterion: Criterion) -> None:
    """Whoever presses the button has decided: what had been typed and was no answer yet is done with."""
    Unfinished.objects.filter(participant=dossier.participant, criterion=criterion).delete()


def refuse_foreign_leaf(criterion: Criterion) -> None:
    """Points of surveys, outcomes and the coordinator are never declared or appraised (methodology, `source`)."""
    if criterion.source != Source.SELF:
        raise Conflict("Điểm của tiêu chí này do cơ quan điều phối nhập, đơn vị không tự chấm.")

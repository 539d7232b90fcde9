"""Points that units never declare: surveys, outcomes, bonus, penalty, the coordinator's own; each confirmed by a second
person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from scoring.enums import Source, Stage
from scoring.models import Criterion, Participant, Submission, Value
from scoring.permissions import CONFIRM_ENTERED, ENTER, conflict_of
from scoring.services.dossier import NO_SUBMISSION, Dossier, lock_dossier
from scoring.services.errors import Blocked, Conflict, StaleEdit
from scoring.services.pen import require, team_pen
from scoring.services.values import Content, clear, write
from scoring.workflow import Hand, Matter
from units import trail
from units.models import User
from units.permissions import authorize, is_one_hand

EXCLUDE_INSTEAD = "Tiêu chí không áp dụng cho đơn vị thì ghi ở mục Không đánh giá, có lý do và căn cứ."


@dataclass(frozen=True)
class Edit:
    """One row of a table as somebody changed it: the new content (None: taken away) and the version it was made
    from, 0 for none."""

    participant: Participant
    criterion: Criterion
    content: Content | None
    seen: int


def enter(participant: Participant, criterion: Criterion, content: Content, *, seen: int, by: User) -> Value:
    """Set one entered value; a change takes an earlier confirmation away. Raises like `self_assessment.declare`."""
    authorize(by, ENTER, participant)
    if content.not_applicable:
        raise Conflict(EXCLUDE_INSTEAD)
    with transaction.atomic():
        dossier = lock_dossier(participant)
        refuse_self(criterion)
        require(team_pen(Hand.COORDINATOR, Matter.ENTERED, dossier.phase))
        value = write(dossier, criterion, Stage.ENTERED, content, seen=seen, by=by)
        if value.version != seen:
            _tell(ENTER, f"Nhập điểm {criterion.code}: {participant.name}", value, by)
        return value


def take_back(participant: Participant, criterion: Criterion, *, seen: int, by: User) -> None:
    """Remove an entered value; raises like `enter`."""
    authorize(by, ENTER, participant)
    with transaction.atomic():
        dossier = lock_dossier(participant)
        refuse_self(criterion)
        require(team_pen(Hand.COORDINATOR, Matter.ENTERED, dossier.phase))
        clear(dossier, criterion, Stage.ENTERED, seen=seen, by=by)
        trail.record(
            ENTER,
            by=by,
            about=participant,
            scope=participant.campaign.trail_scope,
            label=f"Xóa điểm nhập {criterion.code}: {participant.name}",
            criterion=criterion.code,
            version=seen,
        )


def enter_rows(edits: Iterable[Edit], *, by: User) -> tuple[int, list[tuple[Edit, StaleEdit]]]:
    """Store the rows of a table, each for itself; returns how many, and those that somebody else was faster with.

    The figures have been tried by the rule before. Raises `Refused`, `Conflict` (phase) or `WrongFigures` at the first
    row that meets one; what stood before it is stored, as one table is many acts.
    """
    stored, late = 0, []
    for edit in edits:
        try:
            if edit.content is None:
                take_back(edit.participant, edit.criterion, seen=edit.seen, by=by)
            else:
                enter(edit.participant, edit.criterion, edit.content, seen=edit.seen, by=by)
            stored += 1
        except StaleEdit as stale:
            late.append((edit, stale))
    return stored, late


def confirm(values: Iterable[tuple[Value, int]], *, by: User) -> int:
    """Confirm entered values, each as seen at a version; all or nothing. Returns how many were confirmed.

    Raises `Blocked` with every reason: entered by the same person, changed meanwhile, older than its rule, or the
    phase is over.
    """
    chosen = list(values)
    for value, _ in chosen:
        authorize(by, CONFIRM_ENTERED, value.participant)
    with transaction.atomic():
        dossiers = lock_in_order(value.participant for value, _ in chosen)
        found = Value.objects.select_related("criterion").filter(stage=Stage.ENTERED)
        current = {value.pk: value for value in found.filter(pk__in=[value.pk for value, _ in chosen])}
        reasons, fresh = [], []
        for value, seen in chosen:
            now = current.get(value.pk)
            if now is not None and now.confirmed_at is not None and now.version == seen and now.author_id != by.pk:
                continue  # somebody has confirmed the very same already
            reason = _why_not_confirmed(now, seen, dossiers[value.participant_id], by)
            if reason:
                reasons.append(f"{value.participant.name}, {value.criterion.code}: {reason}")
            elif now is not None:
                now.participant = dossiers[value.participant_id].participant
                fresh.append(now)
        if reasons:
            raise Blocked("Chưa xác nhận hàng nào.", reasons)
        for value in fresh:
            Value.objects.filter(pk=value.pk).update(confirmed_by=by, confirmed_at=dossiers[value.participant_id].now)
            _tell(CONFIRM_ENTERED, f"Xác nhận điểm nhập {value.participant.name}, {value.criterion.code}", value, by)
    return len(fresh)


def lock_in_order(participants: Iterable[Participant]) -> dict[int, Dossier]:
    """The dossiers of several units by the unit's pk, locked in the one order that everybody takes (no deadlock).

    Raises `Conflict` where the year has not been opened for one of them.
    """
    whose = {participant.pk: participant for participant in participants}
    submissions = Submission.objects.filter(participant__in=whose).order_by("pk")
    dossiers = {row.participant_id: lock_dossier(whose[row.participant_id]) for row in submissions}
    if len(dossiers) < len(whose):
        raise Conflict(NO_SUBMISSION)
    return dossiers


def refuse_self(criterion: Criterion) -> None:
    """Raise `Conflict` for a leaf that units declare themselves."""
    if criterion.source == Source.SELF:
        raise Conflict("Tiêu chí này do đơn vị tự chấm, không nhập thay.")


def _why_not_confirmed(value: Value | None, seen: int, dossier: Dossier, by: User) -> str:
    """Why this person cannot confirm the value as it is now; "" where nothing stands against."""
    pen = team_pen(Hand.COORDINATOR, Matter.ENTERED, dossier.phase)
    if value is None or value.version != seen:
        return "vừa có người sửa, xem lại rồi xác nhận."
    if not pen:
        return pen.reason
    if is_one_hand(by, value.author_id, value.changed_at):
        return "người nhập không tự xác nhận được, cần người thứ hai."
    if against := conflict_of(by, dossier.participant):
        return against
    if not value.is_fresh:
        return "quy tắc đã sửa sau khi nhập, cần nhập lại."
    return ""


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

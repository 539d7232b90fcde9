"""The only writer of values: compare the version, prove the figures by the rule, keep what was there before.

Callers hold the lock of the dossier and have asked the pen (`scoring.services.pen`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.enums import Stage
from scoring.models import Criterion, Value, ValueChange
from scoring.services.dossier import Dossier
from scoring.services.errors import Conflict, StaleEdit
from scoring.services.leaves import plain_number, score
from units.models import User


@dataclass(frozen=True)
class Content:
    """What a value says: exactly one of `inputs` (strings and keys, as in a campaign file), `points` with `reason`,
    or `not_applicable` with `reason`."""

    inputs: dict[str, Any] | None = None
    points: Decimal | None = None
    not_applicable: bool = False
    reason: str = ""
    legal_basis: str = ""
    note: str = ""

    def answer(self) -> dict[str, Any]:
        """As an answer of a campaign file."""
        if self.not_applicable:
            return {"not_applicable": True, "reason": self.reason}
        if self.points is not None:
            return {"points": plain_number(self.points), "reason": self.reason}
        return {"inputs": self.inputs or {}}


def content_of(value: Value) -> Content:
    """What a stored value says."""
    return Content(value.inputs, value.points, value.not_applicable, value.reason, value.legal_basis, value.note)


def write(
    dossier: Dossier, criterion: Criterion, stage: Stage, content: Content, *, seen: int, by: User | None
) -> Value:
    """Set the value of one leaf at one stage; `seen` is the version the edit was made from, 0 for none.

    Raises `StaleEdit` with the value that stands now, `WrongFigures` with the faults that the rule finds, `Conflict`
    for a node that takes no answer. The same content again changes nothing and returns the value as it is.
    """
    if not criterion.is_leaf or criterion.retired_in is not None:
        raise Conflict("Tiêu chí này không nhận giá trị.")
    if criterion.criteria_set_id != dossier.participant.criteria_set_id:
        raise Conflict("Tiêu chí này không thuộc bộ tiêu chí của đơn vị.")
    current = _current(dossier, criterion, stage)
    if (current.version if current else 0) != seen:
        raise StaleEdit(current)
    scored = score(criterion, dossier.participant.campaign, content.answer())
    if current is not None and content_of(current) == content and current.is_fresh:
        return current
    revision = dossier.participant.criteria_set.revision
    fields: dict[str, Any] = {
        "inputs": content.inputs,
        "points": content.points,
        "not_applicable": content.not_applicable,
        "reason": content.reason,
        "legal_basis": content.legal_basis,
        "note": content.note,
        "worth": None if scored.points is None else Decimal(scored.points),
        "revision": revision,
        "author": by,
        "changed_at": dossier.now,
        "confirmed_by": None,
        "confirmed_at": None,
        "version": _next_version(dossier, criterion, stage),
    }
    if current is None:
        value = Value.objects.create(participant=dossier.participant, criterion=criterion, stage=stage, **fields)
    else:
        Value.objects.filter(pk=current.pk).update(**fields)
        value = Value.objects.select_related("criterion").get(pk=current.pk)
    _keep(dossier, criterion, value.stage, value.version, revision, _told(content, scored.points), by)
    return value


def clear(dossier: Dossier, criterion: Criterion, stage: Stage, *, seen: int, by: User | None) -> None:
    """Take the value away: the leaf is unanswered again. Raises `StaleEdit` like `write`."""
    current = _current(dossier, criterion, stage)
    if (current.version if current else 0) != seen:
        raise StaleEdit(current)
    if current is not None:
        version, revision = _next_version(dossier, criterion, stage), dossier.participant.criteria_set.revision
        current.delete()
        _keep(dossier, criterion, stage, version, revision, None, by)


def _current(dossier: Dossier, criterion: Criterion, stage: Stage) -> Value | None:
    found = Value.objects.filter(participant=dossier.participant, criterion=criterion, stage=stage)
    return found.select_related("criterion", "author").first()


def _next_version(dossier: Dossier, criterion: Criterion, stage: Stage) -> int:
    """Versions go on where a value was taken away and given anew, so that an old form never fits by chance."""
    kept = ValueChange.objects.filter(participant=dossier.participant, criterion=criterion, stage=stage)
    newest = kept.order_by("-version").values_list("version", flat=True).first() or 0
    row = Value.objects.filter(participant=dossier.participant, criterion=criterion, stage=stage)
    return max(newest, row.values_list("version", flat=True).first() or 0) + 1


def _told(content: Content, worth: str | None) -> dict[str, Any]:
    return {
        "inputs": content.inputs,
        "points": None if content.points is None else plain_number(content.points),
        "not_applicable": content.not_applicable,
        "reason": content.reason,
        "legal_basis": content.legal_basis,
        "note": content.note,
        "worth": worth,
    }


def _keep(
    dossier: Dossier,
    criterion: Criterion,
    stage: str,
    version: int,
    revision: int,
    content: dict[str, Any] | None,
    by: User | None,
) -> None:
    ValueChange.objects.create(
        participant=dossier.participant,
        criterion=criterion,
        stage=stage,
        version=version,
        revision=revision,
        content=content,
        author=by,
    )

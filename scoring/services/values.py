"""The only writer of values: compare the version, prove the figures by the rule, keep what was there before.

Callers hold the lock of the dossier and have asked the pen (`scoring.services.pen`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max

from scoring.enums import Stage
from scoring.models import Criterion, Participant, Value, ValueChange
from scoring.services.dossier import Dossier
from scoring.services.errors import Conflict, StaleEdit, WrongFigures
from scoring.services.leaves import plain_number, score
from units.models import User

BATCH = 500  # rows in one statement


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


@dataclass(frozen=True)
class Draft:
    """What is to be written to one leaf of one unit, whose dossier the caller has locked; `seen` as for `write`."""

    dossier: Dossier
    criterion: Criterion
    content: Content
    seen: int
    on_behalf: str = ""
    """The paper by which somebody else writes what the unit declares (`scoring.services.late_papers`)."""

    @property
    def key(self) -> tuple[int, int]:
        return self.dossier.participant.pk, self.criterion.pk


def write(
    dossier: Dossier, criterion: Criterion, stage: Stage, content: Content, *, seen: int, by: User | None
) -> Value:
    """Set the value of one leaf at one stage; `seen` is the version the edit was made from, 0 for none.

    Raises `StaleEdit` with the value that stands now, `WrongFigures` with the faults that the rule finds, `Conflict`
    for a node that takes no answer. The same content again changes nothing and returns the value as it is.
    """
    current = _current(dossier, criterion, stage)
    return write_over(current, Draft(dossier, criterion, content, seen), stage, by=by)


def write_of(dossier: Dossier, criterion: Criterion, content: Content, *, seen: int, by: User, on_behalf: str) -> Value:
    """`write` of a declared value that is entered on behalf of the unit, by the paper that `on_behalf` names."""
    current = _current(dossier, criterion, Stage.DECLARED)
    return write_over(current, Draft(dossier, criterion, content, seen, on_behalf), Stage.DECLARED, by=by)


def write_over(
    current: Value | None, draft: Draft, stage: Stage, *, by: User | None, newest: int | None = None
) -> Value:
    """`write` for a caller who has just read what stands (under the lock, with its criterion), and perhaps the
    `newest` version that was ever kept."""
    participant, criterion = draft.dossier.participant, draft.criterion
    worth = _prove(draft, current)
    if current is not None and _says_the_same(current, draft):
        return current
    if newest is None:
        newest = _newest_version(participant, criterion, stage)
    fields = _fields(draft, worth, max(newest, current.version if current else 0) + 1, by)
    if current is None:
        current = Value.objects.create(participant=participant, criterion=criterion, stage=stage, **fields)
    else:
        Value.objects.filter(pk=current.pk).update(**fields)
        for name, stored in fields.items():
            setattr(current, name, stored)
    _change(draft, stage, current.version, worth, by).save(force_insert=True)
    _overtake(stage, participant, criterion)
    return current


def write_all(drafts: Sequence[Draft], stage: Stage, *, by: User | None) -> list[int]:
    """Set many values, all or nothing, each as `write` would; returns their versions in the order of `drafts`.

    New values cost the same few queries at any number, changed ones one each. Raises `ManyRefused` with every draft
    that `write` would refuse, and then stores nothing.
    """
    current, newest = _standing(drafts, stage)
    refused, new, changes = [], [], []
    changed: list[tuple[Value, dict[str, Any]]] = []
    versions: list[int] = []
    for draft in drafts:
        value = current.get(draft.key)
        try:
            worth = _prove(draft, value)
        except (StaleEdit, Conflict, WrongFigures) as refusal:
            refused.append((draft, refusal))
            continue
        if value is not None and _says_the_same(value, draft):
            versions.append(value.version)
            continue
        version = max(newest.get(draft.key, 0), value.version if value else 0) + 1
        fields = _fields(draft, worth, version, by)
        if value is None:
            new.append(Value(participant=draft.dossier.participant, criterion=draft.criterion, stage=stage, **fields))
        else:
            changed.append((value, fields))
        changes.append(_change(draft, stage, version, worth, by))
        versions.append(version)
    if refused:
        raise ManyRefused(refused)
    Value.objects.bulk_create(new, batch_size=BATCH)
    for value, fields in changed:
        Value.objects.filter(pk=value.pk).update(**fields)
    ValueChange.objects.bulk_create(changes, batch_size=BATCH)
    return versions


class ManyRefused(Exception):
    """`write_all` stored nothing; `refused` are the drafts that do not fit, each with what `write` would raise."""

    def __init__(self, refused: Iterable[tuple[Draft, StaleEdit | Conflict | WrongFigures]]) -> None:
        self.refused = tuple(refused)
        super().__init__(f"{len(self.refused)} values refused")


def clear(dossier: Dossier, criterion: Criterion, stage: Stage, *, seen: int, by: User | None) -> None:
    """Take the value away: the leaf is unanswered again. Raises `StaleEdit` like `write`."""
    current = _current(dossier, criterion, stage)
    if (current.version if current else 0) != seen:
        raise StaleEdit(current)
    if current is not None:
        version = max(_newest_version(dossier.participant, criterion, stage), current.version) + 1
        current.delete()
        ValueChange.objects.create(
            participant=dossier.participant,
            criterion=criterion,
            stage=stage,
            version=version,
            revision=dossier.participant.criteria_set.revision,
            content=None,
            author=by,
        )
        _overtake(stage, dossier.participant, criterion)


def overtake_second_verdicts(participant: Participant, criteria: Iterable[int]) -> None:
    """The unit has explained these leaves (pks) anew: what the second round gave them waits to be given anew."""
    verdicts = Value.objects.filter(participant=participant, criterion__in=list(criteria), stage=Stage.REAPPRAISED)
    verdicts.update(is_overtaken=True)


def _overtake(stage: Stage, participant: Participant, criterion: Criterion) -> None:
    """A verdict answers what the unit declared: once that has changed, it waits to be given anew."""
    if stage == Stage.DECLARED:
        verdicts = Value.objects.filter(participant=participant, criterion=criterion)
        verdicts.filter(stage__in=(Stage.APPRAISED, Stage.REAPPRAISED)).update(is_overtaken=True)


def _prove(draft: Draft, current: Value | None) -> str | None:
    """What the draft earns by the rule, None where the leaf does not apply; raises what `write` does."""
    criterion, participant = draft.criterion, draft.dossier.participant
    if not criterion.is_leaf or criterion.retired_in is not None:
        raise Conflict("Tiêu chí này không nhận giá trị.")
    if criterion.criteria_set_id != participant.criteria_set_id:
        raise Conflict("Tiêu chí này không thuộc bộ tiêu chí của đơn vị.")
    if (current.version if current else 0) != draft.seen:
        raise StaleEdit(current)
    return score(criterion, participant.campaign, draft.content.answer()).points


def _says_the_same(value: Value, draft: Draft) -> bool:
    return content_of(value) == draft.content and value.on_behalf == draft.on_behalf and value.is_fresh


def _fields(draft: Draft, worth: str | None, version: int, by: User | None) -> dict[str, Any]:
    content, dossier = draft.content, draft.dossier
    return {
        "inputs": content.inputs,
        "points": content.points,
        "not_applicable": content.not_applicable,
        "reason": content.reason,
        "legal_basis": content.legal_basis,
        "note": content.note,
        "on_behalf": draft.on_behalf,
        "worth": None if worth is None else Decimal(worth),
        "revision": dossier.participant.criteria_set.revision,
        "author": by,
        "changed_at": dossier.now,
        "confirmed_by": None,
        "confirmed_at": None,
        "is_overtaken": False,
        "version": version,
    }


def _standing(drafts: Sequence[Draft], stage: Stage) -> tuple[dict[tuple[int, int], Value], dict[tuple[int, int], int]]:
    """By (participant, criterion): the values that stand, and the newest version that was ever kept; two queries."""
    chosen = {
        "stage": stage,
        "participant__in": {draft.dossier.participant.pk for draft in drafts},
        "criterion__in": {draft.criterion.pk for draft in drafts},
    }
    values = Value.objects.filter(**chosen).select_related("criterion", "author")
    kept = ValueChange.objects.filter(**chosen).order_by().values_list("participant", "criterion")
    newest = {(participant, leaf): version for participant, leaf, version in kept.annotate(newest=Max("version"))}
    return {(value.participant_id, value.criterion_id): value for value in values}, newest


def _current(dossier: Dossier, criterion: Criterion, stage: Stage) -> Value | None:
    found = Value.objects.filter(participant=dossier.participant, criterion=criterion, stage=stage)
    return found.select_related("criterion", "author").first()


def _newest_version(participant: Participant, criterion: Criterion, stage: Stage) -> int:
    """Versions go on where a value was taken away and given anew, so that an old form never fits by chance."""
    kept = ValueChange.objects.filter(participant=participant, criterion=criterion, stage=stage)
    return kept.order_by("-version").values_list("version", flat=True).first() or 0


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


def _change(draft: Draft, stage: str, version: int, worth: str | None, by: User | None) -> ValueChange:
    return ValueChange(
        participant=draft.dossier.participant,
        criterion=draft.criterion,
        stage=stage,
        version=version,
        revision=draft.dossier.participant.criteria_set.revision,
        content=_told(draft.content, worth) | ({"on_behalf": draft.on_behalf} if draft.on_behalf else {}),
        author=by,
    )

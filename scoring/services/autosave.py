"""What is typed into a leaf is kept as it comes: as the unit's answer where the rule takes it, beside it where not.

Half an answer, a number that can be read in two ways, a form emptied over an answer: none of them is ever guessed at
and none of them changes what is declared. They are kept as `Unfinished` and shown again until they are an answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TypedDict

from django.db import transaction

from scoring.enums import Stage, WriteKind
from scoring.models import Criterion, Participant, Unfinished, Value
from scoring.permissions import DECLARE
from scoring.selectors.unfinished import Standing, standing
from scoring.selectors.worksheet import Line
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict, Incomplete, StaleEdit, WrongFigures
from scoring.services.leaves import plain_number, score
from scoring.services.pen import declared_pen, require
from scoring.services.self_assessment import refuse_foreign_leaf, refuse_impossible
from scoring.services.values import Content, Draft, content_of, write_over
from scoring.services.write_keys import TAKEN, once
from units.models import User
from units.permissions import authorize

MOST_TYPED = 8_000  # bytes of what is typed for one leaf and is no answer yet
TOO_LONG = "Nội dung gõ quá dài, không lưu được. Rút gọn phần lý do và phần giải thích."
TAKEN_OUT = "Tiêu chí này không đánh giá với đơn vị, theo quyết định của cơ quan điều phối."


class Fault(TypedDict):
    """Why typing is no answer yet: name of the field ("" for no field) and its label, the sentence, and where a number
    can be read in two ways both spellings."""

    key: str
    label: str
    text: str
    readings: list[str]


@dataclass(frozen=True)
class Typed:
    """What stands in the form of one leaf: the answer it comes to, None while it is none, with the reasons; and `raw`,
    as `Unfinished.typed` keeps it (name of a field → text, blank ones left out)."""

    content: Content | None
    raw: Mapping[str, str | list[str]]
    faults: Sequence[Fault] = ()


@dataclass(frozen=True)
class Kept:
    """What became of it, as plain data so that the same key can be answered the same.

    `version` of the answer that stands (0: none), `unfinished` of what is kept beside it (0: nothing); `icon` and
    `label` are the leaf's state, `at` an ISO moment. What the answer earns is told only where it was saved.
    """

    criterion: int
    version: int
    unfinished: int
    at: str
    icon: str
    label: str
    worth: str | None = None
    step: str = ""
    warning: str = ""
    is_claim: bool = False
    faults: list[Fault] = field(default_factory=list)


class Overtaken(StaleEdit):
    """Somebody else changed the leaf meanwhile: what stands now, the answer and what is typed over it."""

    def __init__(self, value: Value | None, unfinished: Unfinished | None) -> None:
        self.value, self.unfinished = value, unfinished
        super().__init__(unfinished or value)


def save(
    participant: Participant,
    criterion: Criterion,
    typed: Typed,
    *,
    seen: int,
    unfinished: int,
    key: str,
    by: User,
) -> Kept:
    """Keep what stands in the form of one leaf; `seen` and `unfinished` are the versions that the form was made from.

    A complete answer is declared and ends what was typed before; an empty form ends it too where there is no answer.
    An answer that stands is never taken away here. Raises `Refused`, `Conflict` (phase, hour, state, key of another
    write), `Incomplete`, `Overtaken`; nothing is stored then.
    """
    authorize(by, DECLARE, participant)
    if typed.content is not None:
        refuse_impossible(typed.content)
    if len(json.dumps(typed.raw, ensure_ascii=False).encode()) > MOST_TYPED:
        raise Incomplete("", TOO_LONG)
    kind = WriteKind.ANSWER if typed.content or typed.raw else WriteKind.CLEAR
    with transaction.atomic():
        dossier = lock_dossier(participant)
        edit = _Edit(dossier, criterion, typed, seen, unfinished, by)
        kept = Kept(**once(dossier.participant, key, kind, by, lambda: asdict(edit.keep())))
    if kept.criterion != criterion.pk:
        raise Conflict(TAKEN)
    return kept


@dataclass(frozen=True)
class _Edit:
    """One edit of one leaf, under the lock of its dossier."""

    dossier: Dossier
    criterion: Criterion
    typed: Typed
    seen: int
    unfinished: int
    by: User

    def keep(self) -> Kept:
        refuse_foreign_leaf(self.criterion)
        require(declared_pen(self.dossier, self.criterion))
        stands = standing(self.dossier.participant, self.criterion)
        if stands.is_excluded:
            raise Conflict(TAKEN_OUT)
        value, row = stands.value, stands.unfinished
        if (_version(value), _version(row)) != (self.seen, self.unfinished) and not self._is_mine(value, row):
            raise Overtaken(value, row)
        content = self.typed.content
        if content is None:
            return self._hold(stands) if self.typed.raw or value else self._done(stands, value)
        try:
            draft = Draft(self.dossier, self.criterion, content, _version(value))
            value = write_over(value, draft, Stage.DECLARED, by=self.by, newest=stands.newest)
        except WrongFigures as wrong:  # the rule was changed after the form had been read
            faults = [Fault(key="", label="", text=sentence, readings=[]) for _, sentence in wrong.faults]
            return self._hold(stands, faults)
        return self._done(stands, value)

    def _is_mine(self, value: Value | None, row: Unfinished | None) -> bool:
        """The same text of the same person stands there already: sent twice, under two keys."""
        if row is not None:
            return row.author_id == self.by.pk and row.typed == self.typed.raw and row.base_version == self.seen
        if value is None:
            return not self.seen and not self.typed.raw
        return value.author_id == self.by.pk and content_of(value) == self.typed.content

    def _hold(self, stands: Standing, faults: Sequence[Fault] = ()) -> Kept:
        """Keep the typing beside the answer; the same typing again changes nothing."""
        value, row, typed = stands.value, stands.unfinished, dict(self.typed.raw)
        if row is None:
            row = Unfinished(participant=self.dossier.participant, criterion=self.criterion, version=self._first())
        elif (row.typed, row.base_version) == (typed, _version(value)):
            return self._told(stands, value, row, faults)
        else:
            row.version += 1
        row.typed, row.base_version, row.author, row.changed_at = typed, _version(value), self.by, self.dossier.now
        row.save()
        return self._told(stands, value, row, faults)

    def _first(self) -> int:
        """Where versions begin when a row is made anew: by the clock, so that they go on after the row that was there
        before and a page that still shows that one never fits by chance."""
        return int(self.dossier.now.timestamp())

    def _done(self, stands: Standing, value: Value | None) -> Kept:
        if stands.unfinished is not None:
            stands.unfinished.delete()
        return self._told(stands, value, None)

    def _told(
        self, stands: Standing, value: Value | None, row: Unfinished | None, faults: Sequence[Fault] = ()
    ) -> Kept:
        criterion = self.criterion
        values: dict[str, Value] = {Stage.DECLARED: value} if value else {}
        line = Line(criterion, values, stands.documents, is_excluded=False, unfinished=row)
        kept = Kept(
            criterion=criterion.pk,
            version=_version(value),
            unfinished=_version(row),
            at=self.dossier.now.isoformat(),
            icon=line.state.icon,
            label=line.state.label,
            faults=[*faults, *self.typed.faults] if row else [],
        )
        if row is not None or value is None:
            return kept
        campaign, said = self.dossier.participant.campaign, content_of(value)
        scored = None if said.not_applicable else score(criterion, campaign, said.answer())
        return replace(
            kept,
            worth=None if value.worth is None else plain_number(value.worth),
            step=scored.step if scored else "",
            warning=scored.warning if scored else "",
            is_claim=value.not_applicable,
        )


def _version(row: Value | Unfinished | None) -> int:
    return row.version if row is not None else 0

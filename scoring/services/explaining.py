"""Giải trình: what a unit says about points it lost, leaf by leaf."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest

from scoring.enums import Phase, Stage
from scoring.models import Criterion, Explanation, ExplanationItem, Participant, Value
from scoring.permissions import EXPLAIN
from scoring.selectors.appraisal import STAGE_OF_ROUND
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
        return _set(_Said(explanation, criterion, round_number, text), seen, by)


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


@dataclass(frozen=True)
class _Said:
    """What the unit says of one leaf, "" for nothing, under the dossier's lock."""

    explanation: Explanation
    criterion: Criterion
    round_number: int
    text: str

    @cached_property
    def about_version(self) -> int:
        """The version of the value that is explained: the appraised one, or in round 2 the reappraised one."""
        found = Value.objects.filter(
            participant=self.explanation.participant,
            criterion=self.criterion,
            stage=STAGE_OF_ROUND[self.round_number],
        )
        return found.values_list("version", flat=True).first() or 0

    def is_said_by(self, item: ExplanationItem | None) -> bool:
        """Whether it stands already. The same words about a value that has changed meanwhile are said anew."""
        if item is None:
            return not self.text
        return (item.text, item.about_version) == (self.text, self.about_version)


def _set(said: _Said, seen: int, by: User) -> ExplanationItem | None:
    explanation = said.explanation
    item = explanation.items.filter(criterion=said.criterion, round=said.round_number).select_related("author").first()
    if (item.version if item else 0) != seen:
        raise StaleEdit(item)
    if said.is_said_by(item):
        return item
    if item is not None and not said.text:
        _take_back(item)
    else:
        item = _written(said, item, by)
    _tell(said, item.version, by)
    return item if said.text else None


def _written(said: _Said, item: ExplanationItem | None, by: User) -> ExplanationItem:
    if item is None:
        return ExplanationItem.objects.create(
            explanation=said.explanation,
            criterion=said.criterion,
            round=said.round_number,
            text=said.text,
            version=said.explanation.taken_back_version + 1,
            about_version=said.about_version,
            author=by,
        )
    item.text, item.about_version, item.author, item.sent_at = said.text, said.about_version, by, None
    item.version += 1
    item.save(update_fields=["text", "version", "about_version", "author", "sent_at", "changed_at"])
    return item


def _take_back(item: ExplanationItem) -> None:
    """The row goes, its versions stay used."""
    item.version += 1
    newest = Greatest(F("taken_back_version"), item.version)
    Explanation.objects.filter(pk=item.explanation_id).update(taken_back_version=newest)
    ExplanationItem.objects.filter(pk=item.pk).delete()


def _tell(said: _Said, version: int, by: User) -> None:
    explanation, criterion = said.explanation, said.criterion
    # The row keeps the last text only, so the trail keeps every one.
    trail.record(
        EXPLAIN,
        by=by,
        about=explanation,
        scope=explanation.participant.campaign.trail_scope,
        label=f"Giải trình {criterion.code}: {explanation.participant.name}",
        round=said.round_number,
        version=version,
        about_version=said.about_version,
        text=said.text,
    )

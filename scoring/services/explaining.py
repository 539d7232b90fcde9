"""Giải trình: what a unit makes of the points of its leaves, agreeing or explaining, leaf by leaf."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from scoring.enums import Opinion, Phase, Stage, WriteKind
from scoring.models import Criterion, Explanation, ExplanationChoice, ExplanationItem, Participant, Value
from scoring.permissions import EXPLAIN
from scoring.selectors.explanation import lost_in_first_round
from scoring.selectors.missing import is_lowered
from scoring.selectors.second_told import told_in_second_round
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.pen import explanation_pen, require
from scoring.services.write_keys import TAKEN, once
from units import trail
from units.models import User
from units.permissions import authorize

LONGEST = 5_000
NOT_LOWERED = "Tiêu chí này không bị trừ điểm, nên không phải giải trình."
_LABELS = {Opinion.AGREE: "Đồng ý điểm thẩm định", Opinion.EXPLAIN: "Giải trình", "": "Bỏ ý kiến về"}


@dataclass(frozen=True)
class Answer:
    """What stands in the form of one leaf. Words without an `opinion` ("") are an explanation; words beside an
    agreement are put aside, not sent."""

    opinion: str
    text: str

    @property
    def taken_as(self) -> str:
        return self.opinion or (Opinion.EXPLAIN if self.text else "")

    @property
    def said(self) -> str:
        """The words that are sent."""
        return self.text if self.taken_as == Opinion.EXPLAIN else ""

    @property
    def put_aside(self) -> str:
        return self.text if self.taken_as == Opinion.AGREE else ""


@dataclass(frozen=True)
class Kept:
    """What became of an answer, as plain data so that the same key can be answered the same. `version` of the words
    (0: none), `stand` of the choice (0: none), `at` an ISO moment."""

    criterion: int
    version: int
    stand: int
    opinion: str
    has_words: bool
    at: str


class Overtaken(StaleEdit):
    """Somebody else changed the leaf meanwhile: the words and the choice that stand now, None where there is none."""

    def __init__(self, item: ExplanationItem | None, choice: ExplanationChoice | None) -> None:
        self.item, self.choice = item, choice
        super().__init__(item)


def explain(
    participant: Participant, criterion: Criterion, text: str, *, seen: int, by: User
) -> ExplanationItem | None:
    """Write what the unit says of one leaf (an empty text takes it back); `seen` 0 for none. See `save`."""
    answer = _checked(participant, Answer("", text), by)
    with transaction.atomic():
        edit = _Edit(lock_dossier(participant), criterion, by)
        edit.write(answer, seen, None)
        return edit.item


def save(
    participant: Participant, criterion: Criterion, answer: Answer, *, seen: int, stand: int | None, key: str, by: User
) -> Kept:
    """Keep the unit's answer to one leaf; `seen` and `stand` are the versions of words and choice that the form was
    made from, `key` the page's name of this write ("" for a form that was sent by hand).

    In the phase giải trình: leaves that lost points in the first round. Asked again later: leaves that fell in the
    second. The same answer again changes nothing. Emptied fields under a `key`, as a script sends
    them, take no words away that stand: only a person's button does that. Raises `Refused`, `Conflict` (phase, hour,
    state, key of another write), `Incomplete`, `Overtaken`; nothing is stored then.
    """
    answer = _checked(participant, answer, by)
    with transaction.atomic():
        edit = _Edit(lock_dossier(participant), criterion, by)
        if not key:
            return edit.write(answer, seen, stand)
        done = once(
            participant, key, WriteKind.EXPLAIN, by, lambda: asdict(edit.write(answer, seen, stand, keeps_words=True))
        )
        kept = Kept(**done)
    if kept.criterion != criterion.pk:
        raise Conflict(TAKEN)
    return kept


def round_of(dossier: Dossier) -> int:
    """Which points are explained now: those of the first round, or those that fell in the second."""
    return 1 if dossier.phase == Phase.EXPLANATION else 2


def explainable(participant: Participant, round_number: int) -> set[int]:
    """The leaves that may be explained: below their maximum after round 1, or taken out of it though the unit had
    points there; in round 2 those whose points fell, as far as the unit was told."""
    if round_number == 2:
        told = told_in_second_round(participant)
        first = Value.objects.fresh().filter(participant=participant, criterion__in=told, stage=Stage.APPRAISED)
        return {value.criterion_id for value in first if is_lowered(value, told[value.criterion_id])}
    return set(lost_in_first_round().filter(participant=participant).values_list("criterion", flat=True))


def open_explanation(dossier: Dossier) -> Explanation:
    """The explanation of a locked dossier, locked as well, while its pen is held; raises `Conflict`."""
    explanation = Explanation.objects.select_for_update().filter(participant=dossier.participant).first()
    if explanation is None:
        raise Conflict("Khối chưa mở giải trình.")
    explanation.participant = dossier.participant
    require(explanation_pen(dossier, explanation))
    return explanation


def versions_explained(participant: Participant, round_number: int, criteria: Iterable[int]) -> dict[int, int]:
    """Leaf (pk) → the version of the value that is explained: the appraised one, or in round 2 the second one that
    the unit was told."""
    if round_number == 2:
        told = told_in_second_round(participant)
        return {pk: told[pk].version for pk in criteria if pk in told}
    found = Value.objects.filter(
        participant=participant, criterion__in=criteria, stage=Stage.APPRAISED
    )  # fmt: skip
    return dict(found.values_list("criterion", "version"))


def _checked(participant: Participant, answer: Answer, by: User) -> Answer:
    authorize(by, EXPLAIN, participant)
    text = answer.text.strip()
    if len(text) > LONGEST:
        raise Incomplete("text", f"Rút gọn giải trình còn tối đa {LONGEST} ký tự (đang có {len(text)}).")
    return Answer(answer.opinion, text)


class _Edit:
    """One edit of one leaf, under the lock of its dossier; `item` and `choice` are what stands."""

    def __init__(self, dossier: Dossier, criterion: Criterion, by: User) -> None:
        self.dossier, self.criterion, self.by = dossier, criterion, by
        self.item: ExplanationItem | None = None
        self.choice: ExplanationChoice | None = None

    def write(self, answer: Answer, seen: int, stand: int | None, *, keeps_words: bool = False) -> Kept:
        explanation = self.explanation = open_explanation(self.dossier)
        number = self.number = round_of(self.dossier)
        if self.criterion.pk not in explainable(self.dossier.participant, number):
            raise Conflict(NOT_LOWERED)
        here = {"criterion": self.criterion, "round": number}
        self.item = explanation.items.filter(**here).select_related("author").first()
        self.choice = explanation.choices.filter(**here).select_related("author").first()
        found = versions_explained(self.dossier.participant, number, [self.criterion.pk])
        self.about_version = found.get(self.criterion.pk, 0)
        if self._stands(answer):
            if not self._fits(seen, stand) and not self._is_mine():
                raise Overtaken(self.item, self.choice)
            return self._kept()
        if not self._fits(seen, stand):
            raise Overtaken(self.item, self.choice)
        if keeps_words and self.item and not answer.text and answer.taken_as != Opinion.AGREE:
            return self._kept()
        version = self._set_words(answer)
        self._set_choice(answer)
        self._tell(answer, version)
        return self._kept()

    def _fits(self, seen: int, stand: int | None) -> bool:
        own = (self.item.version if self.item else 0, self.choice.version if self.choice else 0)
        return own == (seen, own[1] if stand is None else stand)

    def _stands(self, answer: Answer) -> bool:
        """Whether it stands already. The same words about a value that has changed meanwhile are said anew."""
        item, choice = self.item, self.choice
        if (item.text if item else "") != answer.said or (item and item.about_version != self.about_version):
            return False
        if choice is None:  # words of before choices were kept are an explanation
            return answer.taken_as == (Opinion.EXPLAIN if item else "")
        wanted = (answer.taken_as, answer.put_aside, self.about_version)
        return (choice.opinion, choice.kept_text, choice.about_version) == wanted

    def _is_mine(self) -> bool:
        """The same person has sent it before: pressed twice."""
        last = self.choice or self.item
        return last is None or last.author_id == self.by.pk

    def _set_words(self, answer: Answer) -> int | None:
        """The version of the words that were written or taken back; None where they stay as they are."""
        item, text = self.item, answer.said
        if item is None and not text:
            return None
        if item is not None and (item.text, item.about_version) == (text, self.about_version):
            return None
        if item is None:
            self.item = item = ExplanationItem.objects.create(
                explanation=self.explanation,
                criterion=self.criterion,
                round=self.number,
                text=text,
                version=self.explanation.taken_back_version + 1,
                about_version=self.about_version,
                author=self.by,
            )
            return item.version
        item.version += 1
        if text:
            item.text, item.about_version, item.author, item.sent_at = text, self.about_version, self.by, None
            item.save(update_fields=["text", "version", "about_version", "author", "sent_at", "changed_at"])
            return item.version
        # The row goes, its versions stay used.
        newest = Greatest(F("taken_back_version"), item.version)
        Explanation.objects.filter(pk=self.explanation.pk).update(taken_back_version=newest)
        ExplanationItem.objects.filter(pk=item.pk).delete()
        self.item = None
        return item.version

    def _set_choice(self, answer: Answer) -> None:
        choice = self.choice or ExplanationChoice(
            explanation=self.explanation, criterion=self.criterion, round=self.number, version=0
        )  # fmt: skip
        choice.opinion, choice.kept_text, choice.about_version = answer.taken_as, answer.put_aside, self.about_version
        choice.version += 1
        choice.author, choice.changed_at, choice.sent_at, choice.batch = self.by, self.dossier.now, None, ""
        choice.save()
        self.choice = choice

    def _kept(self) -> Kept:
        item, choice = self.item, self.choice
        opinion = choice.opinion if choice else (Opinion.EXPLAIN if item else "")
        return Kept(
            criterion=self.criterion.pk,
            version=item.version if item else 0,
            stand=choice.version if choice else 0,
            opinion=opinion,
            has_words=item is not None,
            at=self.dossier.now.isoformat(),
        )

    def _tell(self, answer: Answer, version: int | None) -> None:
        # The rows keep the last words only, so the trail keeps every one.
        told = {} if version is None else {"version": version}
        trail.record(
            EXPLAIN,
            by=self.by,
            about=self.explanation,
            scope=self.dossier.participant.campaign.trail_scope,
            label=f"{_LABELS[answer.taken_as]} {self.criterion.code}: {self.dossier.participant.name}",
            round=self.number,
            opinion=answer.taken_as,
            about_version=self.about_version,
            text=answer.said or answer.put_aside,
            **told,
        )

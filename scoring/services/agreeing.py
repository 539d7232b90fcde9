"""Agreeing to what is left of an appraisal at once, after a look at what is given up; and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from scoring.enums import Opinion
from scoring.models import Criterion, Explanation, ExplanationChoice, Participant
from scoring.permissions import EXPLAIN
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict
from scoring.services.explaining import explainable, open_explanation, round_of, versions_explained
from units import trail
from units.models import User
from units.permissions import authorize

CHANGED = "Ý kiến hoặc điểm của vài tiêu chí vừa đổi. Xem lại danh sách dưới đây rồi bấm lần nữa."
ONE_BY_ONE = "Điểm hạ ở vòng 2 thì xem từng tiêu chí: đồng ý hoặc giải trình từng mục, không đồng ý một lượt."
GONE = "Không còn gì để hoàn tác: các mục này đã được đổi hoặc đã gửi."


@dataclass(frozen=True)
class Agreed:
    """What one press of the button agreed to."""

    batch: str
    count: int


def agree_to_all(participant: Participant, seen: Mapping[int, int], *, batch: str, by: User) -> Agreed:
    """Agree to the leaves (pk → version of the value that was looked at) on which the unit has not spoken yet.

    `batch` names this press: the same again does nothing and is answered the same. Raises `Refused`, `Conflict` (hour,
    state, a leaf has been answered or judged anew since); nothing is stored then.
    """
    authorize(by, EXPLAIN, participant)
    with transaction.atomic():
        dossier = lock_dossier(participant)
        explanation = open_explanation(dossier)
        if done := explanation.choices.filter(batch=batch).count():
            return Agreed(batch, done)
        if round_of(dossier) != 1:
            raise Conflict(ONE_BY_ONE)
        left = undecided(explanation)
        versions = versions_explained(dossier.participant, 1, left)
        if not seen or any(versions.get(pk) != version for pk, version in seen.items()):
            raise Conflict(CHANGED)
        for pk, version in seen.items():
            _agree(explanation, pk, version, batch, dossier, by)
        _tell(f"Đồng ý một lượt {len(seen)} mục", explanation, Opinion.AGREE, seen, by)
        return Agreed(batch, len(seen))


def undo(participant: Participant, batch: str, *, by: User) -> int:
    """Take back what one press agreed to, as far as nobody has touched it since; how many leaves.

    What was sent stays said, and so does round 1 once round 2 is written. Raises `Refused`, `Conflict` (hour, state,
    nothing left).
    """
    authorize(by, EXPLAIN, participant)
    with transaction.atomic():
        dossier = lock_dossier(participant)
        explanation = open_explanation(dossier)
        mine = explanation.choices.filter(batch=batch, round=1, sent_at__isnull=True, opinion=Opinion.AGREE)
        leaves = list(mine.exclude(batch="").values_list("criterion", flat=True))
        if round_of(dossier) != 1 or not leaves:
            raise Conflict(GONE)
        mine.update(opinion="", batch="", version=F("version") + 1, author=by, changed_at=dossier.now)
        _tell(f"Bỏ đồng ý {len(leaves)} mục", explanation, "", leaves, by)
        return len(leaves)


def undecided(explanation: Explanation) -> set[int]:
    """Leaves of round 1 on which the unit has neither written nor spoken about the value that stands; three queries."""
    left = explainable(explanation.participant, 1)
    left -= set(explanation.items.filter(round=1).values_list("criterion", flat=True))
    versions = versions_explained(explanation.participant, 1, left)
    spoken = explanation.choices.filter(round=1, criterion__in=left).exclude(opinion="")
    return left - {
        pk for pk, about in spoken.values_list("criterion", "about_version") if about == versions.get(pk)
    }  # fmt: skip


def _agree(explanation: Explanation, pk: int, version: int, batch: str, dossier: Dossier, by: User) -> None:
    choice = explanation.choices.filter(criterion=pk, round=1).first()
    choice = choice or ExplanationChoice(explanation=explanation, criterion_id=pk, round=1, version=0)
    choice.opinion, choice.about_version, choice.batch = Opinion.AGREE, version, batch
    choice.version += 1
    choice.author, choice.changed_at, choice.sent_at = by, dossier.now, None
    choice.save()


def _tell(label: str, explanation: Explanation, opinion: str, leaves: Mapping[int, int] | list[int], by: User) -> None:
    codes = Criterion.objects.filter(pk__in=list(leaves)).order_by("path").values_list("code", flat=True)
    trail.record(
        EXPLAIN,
        by=by,
        about=explanation,
        scope=explanation.participant.campaign.trail_scope,
        label=f"{label}: {explanation.participant.name}",
        round=1,
        opinion=opinion,
        criteria=list(codes),
    )

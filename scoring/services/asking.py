"""Questions of a unit to the coordinator, and the answers: written once, so what was said stays as it was read."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from scoring.enums import Phase
from scoring.mail import tell_unit, tell_units
from scoring.models import Campaign, Criterion, Participant, Question, QuestionAnswer
from scoring.permissions import ANSWER_QUESTION, ASK_QUESTION
from scoring.selectors.open_work import who_works_as
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.pen import LEFT_OUT, require
from units import trail
from units.enums import NoticeKind, Role
from units.models import Notice, User
from units.permissions import YES, Decision, authorize
from units.services.notices import Word, post

LONGEST_QUESTION, LONGEST_ANSWER = 2000, 4000
MOST_OPEN_AT_A_LEAF = 3
MOST_A_DAY = 30
"""Questions of one unit within 24 hours: nobody floods who answers for two hundred units."""
_OVER = (Phase.FINALISED, Phase.PUBLISHED)


@dataclass(frozen=True)
class Answer:
    """What the coordinator says. `for_all`: every unit reads it below `public_question`, which names no unit."""

    text: str
    for_all: bool = False
    public_question: str = ""


def asking_pen(dossier: Dossier) -> Decision:
    """May the unit ask now? As long as the year is not settled."""
    if not dossier.participant.is_assessed:
        return Decision(False, LEFT_OUT)
    if dossier.phase in _OVER:
        return Decision(False, "Số liệu của kỳ đã chốt, nên không nhận câu hỏi nữa.")
    return YES


def ask(participant: Participant, criterion: Criterion, text: str, *, by: User) -> Question:
    """Put a question at a leaf of the unit's set; the same open question again is the one that stands there.

    Raises `Refused`, `Conflict` (year settled, too many), `Incomplete` (empty, too long, no leaf of the unit).
    """
    authorize(by, ASK_QUESTION, participant)
    text = text.strip()
    if not text:
        raise Incomplete("text", "Ghi câu hỏi, nêu rõ vướng ở số liệu hay tài liệu nào.")
    if len(text) > LONGEST_QUESTION:
        raise Incomplete("text", f"Rút gọn câu hỏi còn tối đa {LONGEST_QUESTION} ký tự.")
    with transaction.atomic():
        dossier = lock_dossier(participant)
        require(asking_pen(dossier))
        unit = dossier.participant
        if criterion.criteria_set_id != unit.criteria_set_id or not criterion.is_leaf or criterion.retired_in:
            raise Incomplete("text", "Tiêu chí này không thuộc bộ tiêu chí của đơn vị.")
        waiting = list(Question.objects.filter(participant=unit, criterion=criterion, answers__isnull=True))
        if same := next((one for one in waiting if one.text == text), None):
            return same
        _refuse_too_many(unit, waiting, dossier.now)
        question = Question(participant=unit, criterion=criterion, text=text, by=by, at=dossier.now)
        question.save(force_insert=True)
        trail.record(
            ASK_QUESTION,
            by=by,
            about=dossier.submission,
            scope=unit.campaign.trail_scope,
            label=f"Hỏi điều phối: {unit.name}, {criterion.code}",
            criterion=criterion.code,
        )
        _tell_coordinators(unit.campaign, but=by)
        return question


def answer(question: Question, said: Answer, *, seen: int, by: User) -> QuestionAnswer:
    """Answer, or put an earlier answer right with a new one; `seen` is how many there were on the page.

    The last answer given again as it stands changes nothing. Raises `Refused`, `Incomplete`, `StaleEdit` with the
    newest answer where somebody was quicker.
    """
    authorize(by, ANSWER_QUESTION, question)
    said = _checked(said)
    with transaction.atomic():
        dossier = lock_dossier(question.participant)
        newest = question.answers.order_by("-number").select_related("by").first()
        if newest is not None and newest.by_id == by.pk and _of(newest) == said:
            return newest
        if (newest.number if newest else 0) != seen:
            raise StaleEdit(newest)
        row = QuestionAnswer(
            question=question, number=seen + 1, text=said.text, for_all=said.for_all,
            public_question=said.public_question, by=by, at=dossier.now,
        )  # fmt: skip
        row.save(force_insert=True)
        unit = dossier.participant
        trail.record(
            ANSWER_QUESTION,
            by=by,
            about=dossier.submission,
            scope=unit.campaign.trail_scope,
            label=f"Trả lời câu hỏi: {unit.name}, {question.criterion.code}",
            criterion=question.criterion.code,
            for_all=said.for_all,
        )
        tell_unit(
            unit,
            "Câu hỏi được trả lời",
            f"Điều phối đã trả lời câu hỏi của {unit.name} ở tiêu chí {question.criterion.code}.",
            kind=NoticeKind.NEWS,
            occasion=f"tra-loi-{question.pk}-{row.number}",
            **_place(question.criterion),
        )
        if said.for_all:
            _tell_the_others(question, unit, row.number)
        return row


def _place(criterion: Criterion) -> dict[str, Any]:
    """Where units read the answer: at the leaf, as long as it is in force."""
    return {} if criterion.retired_in else {"page": "questions", "rest": [criterion.code]}


def _tell_coordinators(campaign: Campaign, *, but: User) -> None:
    """That a unit asks, and where all questions stand: neither which unit nor its words.

    A coordinator hears of the first question, and of another once that notice was read or the day is over: what comes
    meanwhile stands on the same page, so that fifty questions are not fifty letters. Two at one instant make one
    notice, since both name the same occasion.
    """
    people = {user for users in who_works_as(campaign.organiser_id, Role.COORDINATOR).values() for user in users} - {
        but
    }
    about = f"hoi-{campaign.pk}"
    earlier = Notice.objects.filter(user__in=people, about=about, read_at__isnull=False).order_by()
    read = dict(earlier.values_list("user").annotate(newest=Max("pk")))
    day = timezone.localdate()
    path = reverse("scoring:questions_campaign", args=[campaign.organiser.slug, campaign.code])
    post(
        Word(
            user,
            NoticeKind.QUESTION,
            f"{about}-{day:%Y%m%d}-{read.get(user.pk, 0)}",
            f"{campaign.title}: có câu hỏi của đơn vị chờ trả lời",
            "Đơn vị vừa gửi câu hỏi đến điều phối. Câu hỏi đến sau, khi chưa mở thông báo này, nằm cùng một trang.",
            path=path,
            about=about,
            organiser=campaign.organiser,
        )
        for user in sorted(people, key=lambda one: one.pk)
    )


def _tell_the_others(question: Question, asker: Participant, number: int) -> None:
    """Every other unit that answers for this criterion, of answer `number` of the question. As news: in the morning's
    letter and the portal, or as the person chose, so that fifty answers are not fifty letters."""
    others = Participant.objects.filter(
        criteria_set=question.criterion.criteria_set_id, is_assessed=True, submission__isnull=False
    ).exclude(pk=asker.pk)
    code = question.criterion.code
    tell_units(
        asker.campaign,
        others.exclude(group__phase__in=_OVER).order_by("pk"),
        f"Giải đáp chung ở tiêu chí {code}",
        lambda one: f"Điều phối có câu trả lời chung cho mọi đơn vị ở tiêu chí {code}.",
        kind=NoticeKind.NEWS,
        occasion=f"giai-dap-{question.pk}-{number}",
        **_place(question.criterion),
    )


def _refuse_too_many(unit: Participant, waiting: list[Question], now: datetime.datetime) -> None:
    if len(waiting) >= MOST_OPEN_AT_A_LEAF:
        raise Conflict(f"Tiêu chí này đã có {len(waiting)} câu hỏi chờ trả lời. Chờ điều phối trả lời rồi hỏi tiếp.")
    since = now - datetime.timedelta(days=1)
    if Question.objects.filter(participant=unit, at__gt=since).count() >= MOST_A_DAY:
        raise Conflict(f"Đơn vị đã gửi {MOST_A_DAY} câu hỏi trong 24 giờ qua. Để câu hỏi này sang hôm sau.")


def _checked(said: Answer) -> Answer:
    text, public = said.text.strip(), said.public_question.strip() if said.for_all else ""
    if not text:
        raise Incomplete("text", "Ghi câu trả lời.")
    if len(text) > LONGEST_ANSWER:
        raise Incomplete("text", f"Rút gọn câu trả lời còn tối đa {LONGEST_ANSWER} ký tự.")
    if said.for_all and not public:
        raise Incomplete("public_question", "Ghi câu hỏi chung để mọi đơn vị đọc, không nêu tên đơn vị đã hỏi.")
    if len(public) > LONGEST_QUESTION:
        raise Incomplete("public_question", f"Rút gọn câu hỏi chung còn tối đa {LONGEST_QUESTION} ký tự.")
    return Answer(text, said.for_all, public)


def _of(row: QuestionAnswer) -> Answer:
    return Answer(row.text, row.for_all, row.public_question)

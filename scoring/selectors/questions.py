"""Questions of units to the coordinator: those of one leaf, all of a campaign, and what was answered for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404

from scoring.models import Campaign, Criterion, Participant, Question, QuestionAnswer, Submission
from scoring.selectors.campaigns import organiser_visible_to
from scoring.selectors.dossiers import submission_visible_to
from units.enums import Role
from units.models import User


@dataclass(frozen=True)
class Asked:
    """A question with all its answers, oldest first; the last one counts."""

    question: Question
    answers: Sequence[QuestionAnswer]

    @property
    def answer(self) -> QuestionAnswer | None:
        return self.answers[-1] if self.answers else None

    @property
    def earlier(self) -> Sequence[QuestionAnswer]:
        """What was answered before it was put right, newest first."""
        return self.answers[-2::-1]


@dataclass(frozen=True)
class Counts:
    """How many questions a unit has asked: still open, and answered."""

    open: int
    answered: int


def questions_visible_to(user: User, slug: str, code: str, unit: str, **rest: Any) -> Submission:
    """The dossier in which somebody asks or reads; Http404 for strangers and where there is none."""
    return submission_visible_to(user, slug, code, unit)


def campaign_of_questions(user: User, slug: str, code: str, **rest: Any) -> Campaign:
    """The campaign whose questions the person answers; Http404 for who does not coordinate there."""
    organiser = organiser_visible_to(user, slug)
    is_coordinator = any(
        item.organiser_id == organiser.pk and item.role == Role.COORDINATOR for item in user.current_memberships
    )
    found = Campaign.objects.filter(organiser=organiser, code=code).select_related("organiser").first()
    if found is None or not is_coordinator:
        raise Http404
    return found


def question_at(user: User, slug: str, code: str, pk: int) -> Question:
    """One question of the campaign for who coordinates it; Http404 otherwise."""
    campaign = campaign_of_questions(user, slug, code)
    found = _with_all(Question.objects.filter(participant__campaign=campaign, pk=pk)).first()
    if found is None:
        raise Http404
    found.participant.campaign = campaign
    return found


def asked_at(participant: Participant, criterion: Criterion) -> list[Asked]:
    """The unit's own questions at one leaf, newest first; two queries."""
    found = _with_all(Question.objects.filter(participant=participant, criterion=criterion).order_by("-pk"))
    return [told(question) for question in found]


def answered_for_all(criterion: Criterion, but: Participant | None = None) -> list[QuestionAnswer]:
    """What was answered for every unit at a criterion, newest first, without the questions of `but`, which reads them
    as its own; only where the newest answer says so. One query."""
    later = QuestionAnswer.objects.filter(question=OuterRef("question"), number__gt=OuterRef("number"))
    found = QuestionAnswer.objects.filter(~Exists(later), question__criterion=criterion, for_all=True)
    if but is not None:
        found = found.exclude(question__participant=but)
    return list(found.order_by("-pk"))


def counts_of_unit(participant: Participant) -> Counts:
    """One query."""
    return _counted(Question.objects.filter(participant=participant))


def counts_of_campaign(campaign: Campaign) -> Counts:
    """One query."""
    return _counted(Question.objects.filter(participant__campaign=campaign))


def questions_of(campaign: Campaign, state: str = "") -> QuerySet[Question]:
    """All questions of a campaign, open ones first, each oldest first; `state` "open" or "answered" narrows."""
    found = Question.objects.filter(participant__campaign=campaign)
    if state:
        answered = Q(pk__in=QuestionAnswer.objects.values("question"))
        found = found.filter(answered if state == "answered" else ~answered)
    return _with_all(found).annotate(told=_is_answered()).order_by("told", "pk")


def told(question: Question) -> Asked:
    return Asked(question, list(question.answers.all()))


def _counted(found: QuerySet[Question]) -> Counts:
    answered = Count("pk", filter=Q(answers__isnull=False), distinct=True)
    counted = found.aggregate(of_all=Count("pk", distinct=True), answered=answered)
    return Counts(counted["of_all"] - counted["answered"], counted["answered"])


def _is_answered() -> Exists:
    return Exists(QuestionAnswer.objects.filter(question=OuterRef("pk")))


def _with_all(found: QuerySet[Question]) -> QuerySet[Question]:
    answers = QuestionAnswer.objects.select_related("by").order_by("number")
    rows = found.select_related("participant__campaign__organiser", "participant__unit", "criterion", "by")
    return rows.prefetch_related(Prefetch("answers", answers))

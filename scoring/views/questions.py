"""Trao đổi: a unit asks the coordinator at a leaf and reads the answer there; the coordinator answers from a list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from scoring.forms.questions import AnswerForm, QuestionForm
from scoring.models import Campaign, Criterion, Question, QuestionAnswer, Submission
from scoring.permissions import ANSWER_QUESTION, ASK_QUESTION, VIEW_QUESTIONS
from scoring.selectors.questions import (
    answered_for_all,
    asked_at,
    campaign_of_questions,
    counts_of_campaign,
    question_at,
    questions_of,
    questions_visible_to,
    told,
)
from scoring.services.asking import answer, ask, asking_pen
from scoring.services.dossier import read_dossier
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.views.dossier_frame import open_dossier
from scoring.views.stale import Clash, again, stale_page
from units.permissions import authorize, can
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
A_PAGE = 30
STATES = (("", "Tất cả"), ("open", "Chờ trả lời"), ("answered", "Đã trả lời"))


@route(VIEW_QUESTIONS, questions_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def leaf(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """The questions of one leaf; POST asks one more. A part of the leaf's page for its script, else a page."""
    criterion = _criterion(request, submission)
    if request.method != "POST":
        return _leaf_page(request, submission, criterion)
    authorize(request.user, ASK_QUESTION, submission)
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _leaf_page(request, submission, criterion, form, UNPROCESSABLE)
    try:
        ask(submission.participant, criterion, form.cleaned_data["text"], by=request.user)
    except Incomplete as refused:
        form.add_error("text", refused.sentence)
        return _leaf_page(request, submission, criterion, form, UNPROCESSABLE)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        return _leaf_page(request, submission, criterion, form, CONFLICT)
    messages.info(request, "Đã gửi câu hỏi. Câu trả lời hiện ở chính tiêu chí này.")
    return redirect(request.path)


@route(ANSWER_QUESTION, campaign_of_questions)
@require_safe
def campaign(request: SignedInRequest, found: Campaign) -> HttpResponse:
    """All questions of the year for who answers them, open ones first."""
    state = request.GET.get("trang-thai", "")
    state = state if state in dict(STATES) else ""
    counts = counts_of_campaign(found)
    numbers = {"": counts.open + counts.answered, "open": counts.open, "answered": counts.answered}
    page = Paginator(questions_of(found, state), A_PAGE).get_page(request.GET.get("trang"))
    context = {
        "campaign": found,
        "is_sample": found.is_sample,
        "page": page,
        "query": f"trang-thai={state}&" if state else "",
        "rows": [told(row) for row in page.object_list],
        "tabs": [
            {
                "label": label,
                "url": f"?trang-thai={key}" if key else "?",
                "count": numbers[key],
                "current": key == state,
            }
            for key, label in STATES
        ],
    }
    return render(request, "scoring/questions/campaign.html", context)


@route(ANSWER_QUESTION, question_at)
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: SignedInRequest, found: Question) -> HttpResponseBase:
    """One question; POST answers it, or puts the answer right with a new one."""
    if request.method != "POST":
        return _question_page(request, found)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _question_page(request, found, form, UNPROCESSABLE)
    try:
        answer(found, form.said, seen=form.cleaned_data["seen"], by=request.user)
    except Incomplete as refused:
        form.add_error(refused.field, refused.sentence)
        return _question_page(request, found, form, UNPROCESSABLE)
    except StaleEdit as stale:
        return _overtaken(request, found, form, stale.current)
    messages.info(request, f"Đã trả lời {found.participant.name}, tiêu chí {found.criterion.code}.")
    year = found.participant.campaign
    return redirect("scoring:questions_campaign", year.organiser.slug, year.code)


def _criterion(request: SignedInRequest, submission: Submission) -> Criterion:
    """The leaf of the address in the unit's set; Http404 for none."""
    code = request.resolver_match.kwargs["criterion"] if request.resolver_match else ""
    leaves = Criterion.objects.in_force().filter(criteria_set=submission.participant.criteria_set_id, code=code)
    found = leaves.filter(rule__isnull=False).first()
    if found is None:
        raise Http404
    return found


def _leaf_page(
    request: SignedInRequest,
    submission: Submission,
    criterion: Criterion,
    form: QuestionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    participant = submission.participant
    may_ask = can(request.user, ASK_QUESTION, submission)
    pen = asking_pen(read_dossier(participant)) if may_ask else may_ask
    context: dict[str, Any] = {
        "campaign": participant.campaign,
        "participant": participant,
        "criterion": criterion,
        "asked": asked_at(participant, criterion),
        "for_all": answered_for_all(criterion, but=participant),
        "form": (form or QuestionForm()) if pen else form,
        "refusal": pen.reason if may_ask and not pen else "",
        "may_answer": bool(can(request.user, ANSWER_QUESTION, participant.campaign)),
        "names": bool(may_ask),
        "url": request.path,
    }
    if "fetch" in request.headers.get("X-Requested-With", "") and request.method != "POST":
        return render(request, "scoring/questions/_thread.html", context)
    frame = open_dossier(request.user, submission).frame()
    address = [participant.campaign.organiser.slug, participant.campaign.code, participant.code, criterion.code]
    context = frame | context | {"leaf_url": reverse("scoring:answer", args=address)}
    return render(request, "scoring/questions/leaf.html", context, status=status)


def _question_page(
    request: SignedInRequest, found: Question, form: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    participant = found.participant
    asked = told(found)
    address = [participant.campaign.organiser.slug, participant.campaign.code, participant.code, found.criterion.code]
    context = {
        "campaign": participant.campaign,
        "is_sample": participant.campaign.is_sample,
        "participant": participant,
        "criterion": found.criterion,
        "asked": asked,
        "form": form or AnswerForm(question=found.text, newest=asked.answer),
        "for_all": [one for one in answered_for_all(found.criterion) if one.question_id != found.pk],
        "leaf_url": reverse("scoring:answer", args=address),
    }
    return render(request, "scoring/questions/question.html", context, status=status)


def _overtaken(
    request: SignedInRequest, found: Question, form: AnswerForm, current: QuestionAnswer | None
) -> HttpResponse:
    """Another coordinator answered meanwhile: both answers, to choose from."""
    clash = Clash(
        heading=f"{found.participant.name}, {found.criterion.code}: {found.text}",
        typed=form.cleaned_data["text"],
        stands=current.text if current else "Chưa có câu trả lời",
        url=request.path,
        fields=again(request.POST, "seen", current.number if current else 0),
        who=current.by.full_name if current else "",
        at=current.at if current else None,
    )
    frame = {"campaign": found.participant.campaign, "is_sample": found.participant.campaign.is_sample}
    return stale_page(request, [clash], request.path, frame)

"""Công văn giải trình as PDF and DOCX, and the check of a printed one. Never who appraised: the unit reads it."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scoring.enums import ExplanationState, Stage
from scoring.exporters.letter import letter_docx, letter_pdf
from scoring.models import Explanation
from scoring.permissions import VIEW_RECEIPT
from scoring.selectors.dossiers import explanation_below
from scoring.selectors.letters import letter_by_mark, newest_letter
from scoring.services.letter_content import LetterContent, letter_of, letter_of_receipt
from scoring.views.explanation_frame import Opened, opened_by
from scoring.views.report import WORD, attached
from units.views.gates import SignedInRequest, route


@route(VIEW_RECEIPT, explanation_below)
@require_safe
def pdf(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    return _file(explanation, letter_pdf(_content(request, explanation)), "pdf", "application/pdf")


@route(VIEW_RECEIPT, explanation_below)
@require_safe
def docx(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    return _file(explanation, letter_docx(_content(request, explanation)), "docx", WORD)


@route(VIEW_RECEIPT, explanation_below)
@require_safe
def check(request: SignedInRequest, explanation: Explanation) -> HttpResponse:
    """Whether a printed letter is what was sent."""
    opened = _opened(request, explanation)
    mark = request.resolver_match.kwargs["mark"] if request.resolver_match else ""
    context = opened.frame() | {
        "found": letter_by_mark(explanation, mark),
        "is_in": opened.explanation.state == ExplanationState.SUBMITTED,
    }
    return render(request, "scoring/explanation/letter_check.html", context)


def _content(request: SignedInRequest, explanation: Explanation) -> LetterContent:
    """What is printed for this person: the unit's draft for the unit alone, for others what it sent last."""
    opened = _opened(request, explanation)
    is_sent = opened.explanation.state == ExplanationState.SUBMITTED
    if opened.reader.drafts and opened.open_leaves and not is_sent:
        return letter_of(opened.dossier, opened.explanation)
    newest = newest_letter(explanation)
    if newest is None:
        raise Http404
    return letter_of_receipt(newest, opened.explanation)


def _opened(request: SignedInRequest, explanation: Explanation) -> Opened:
    """The explanation for this person; Http404 while its points are not told (the group has stepped back)."""
    opened = opened_by(request.user, explanation)
    if Stage.APPRAISED not in opened.reader.sight.everywhere:
        raise Http404
    return opened


def _file(explanation: Explanation, content: bytes, ending: str, content_type: str) -> HttpResponseBase:
    unit = explanation.participant
    return attached(content, f"cong-van-giai-trinh-{unit.campaign.code}-{unit.code}.{ending}", content_type)

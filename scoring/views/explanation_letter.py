"""Công văn giải trình as PDF and DOCX, its receipt, the signed paper, and the check of a printed one. Never who
appraised: the unit reads it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from scoring.enums import ExplanationState, Stage
from scoring.exporters.letter import letter_docx, letter_pdf
from scoring.exporters.receipt import receipt_pdf as make_receipt_pdf
from scoring.forms.report import PaperForm
from scoring.models import Explanation, Signing
from scoring.permissions import SIGN_PAPER, VIEW_RECEIPT
from scoring.selectors.dossiers import explanation_below
from scoring.selectors.letters import SentLetter, letter_by_mark, letter_signing_visible_to, letters_of, newest_letter
from scoring.services.letter_content import LetterContent, letter_of, letter_of_receipt
from scoring.services.letter_receipt import letter_receipt_of
from scoring.services.receipts import digest_of
from scoring.services.signing import letter_signing_pen, sign_letter_on_paper
from scoring.views.explanation_frame import Opened, opened_by
from scoring.views.refused_upload import REFUSALS, explain
from scoring.views.report import WORD, attached
from scoring.views.signed_paper import Withheld, saved
from units import trail
from units.permissions import can
from units.views.gates import SignedInRequest, route

UNPROCESSABLE = 422


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


@route(VIEW_RECEIPT, explanation_below)
@require_safe
def receipt(request: SignedInRequest, explanation: Explanation) -> HttpResponse:
    """Biên nhận of one sending: what was sent, when and by whom, how it is signed; for print."""
    opened = _opened(request, explanation)
    return _receipt_page(request, opened, _sent(request, letters_of(opened.explanation)))


@route(VIEW_RECEIPT, explanation_below)
@require_safe
def receipt_pdf(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    opened = _opened(request, explanation)
    sent = _sent(request, letters_of(opened.explanation))
    content = letter_receipt_of(sent.receipt, opened.dossier.participant, sent.signing, submitter=sent.submitter)
    return attached(make_receipt_pdf(content), f"{sent.receipt.number}.pdf", "application/pdf")


@route(VIEW_RECEIPT, explanation_below)
@require_safe
def receipt_content(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """The exact text under the digest, so that anybody can take it again."""
    sent = _sent(request, letters_of(_opened(request, explanation).explanation))
    return attached(
        sent.receipt.content.encode(), f"{sent.receipt.number}.json", "application/json; charset=utf-8"
    )  # fmt: skip


@route(SIGN_PAPER, explanation_below)
@require_POST
def signing(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """The signed công văn of the newest sending comes in."""
    opened = _opened(request, explanation)
    letters = letters_of(opened.explanation)
    if not letters:
        raise Http404
    newest = letters[0]
    form = PaperForm(request.POST, request.FILES)
    if not form.is_valid():
        return _receipt_page(request, opened, newest, form, status=UNPROCESSABLE)
    data = form.cleaned_data
    try:
        sign_letter_on_paper(
            explanation.participant, data["digest"], form.paper, data["file"], by=request.user
        )  # fmt: skip
    except REFUSALS as refused:
        return _receipt_page(request, opened, newest, form, status=explain(form, "file", refused))
    messages.info(request, "Đã lưu bản ký giấy. Biên nhận ghi số, ngày và bản ký này.")
    return redirect("scoring:letter_receipt", *opened.address, newest.receipt.sequence)


@route(VIEW_RECEIPT, letter_signing_visible_to)
@require_safe
def signed_file(request: SignedInRequest, paper: Signing) -> HttpResponseBase:
    if paper.letter is None:
        raise Http404
    opened = _opened(request, paper.letter.explanation)
    try:
        return saved(request, paper)
    except Withheld as fault:
        sent = next(one for one in letters_of(opened.explanation) if one.receipt == paper.letter)
        return _receipt_page(request, opened, sent, error=fault.sentence, status=fault.status)


def _receipt_page(
    request: SignedInRequest,
    opened: Opened,
    sent: SentLetter,
    form: PaperForm | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    participant = opened.dossier.participant
    may_sign = can(request.user, SIGN_PAPER, opened.explanation) and letter_signing_pen(
        opened.dossier, opened.explanation
    )
    if form is None and sent.is_newest and may_sign:
        form = PaperForm(initial={"digest": sent.receipt.digest})
    context = opened.frame() | {
        "receipt": sent.receipt,
        "sent": sent,
        "signing": sent.signing,
        "content": letter_receipt_of(sent.receipt, participant, sent.signing, submitter=sent.submitter),
        "paper": form,
        "is_intact": digest_of(sent.receipt.content) == sent.receipt.digest,
        "head": trail.line_about(opened.explanation, participant.campaign.trail_scope, sent.receipt.submitted_at),
        "errors": [{"text": error}] if error else [],
    }
    return render(request, "scoring/explanation/receipt.html", context, status=status)


def _sent(request: SignedInRequest, letters: list[SentLetter]) -> SentLetter:
    """The sending that the address names; Http404 where there was none such."""
    sequence = request.resolver_match.kwargs["sequence"] if request.resolver_match else 0
    found = next((one for one in letters if one.receipt.sequence == sequence), None)
    if found is None:
        raise Http404
    return found


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

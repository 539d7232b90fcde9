"""Báo cáo tự chấm: the unit's words and the whole, as PDF and DOCX; signed on paper; a printed one checked."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import SubmissionState
from scoring.exporters.receipt import receipt_pdf as make_receipt_pdf
from scoring.exporters.self_report import report_docx, report_pdf
from scoring.forms.report import PaperForm, WordsForm
from scoring.models import Signing, Submission
from scoring.permissions import SIGN_PAPER, VIEW_RECEIPT, VIEW_REPORT, WRITE_REPORT
from scoring.selectors.report import (
    matched,
    newest_receipt,
    report_visible_to,
    signing_of,
    signing_visible_to,
    words_of,
)
from scoring.selectors.sheet_history import receipts_of
from scoring.services.dossier import read_dossier
from scoring.services.errors import Conflict, StaleEdit
from scoring.services.receipt_content import receipt_content_of, say_end
from scoring.services.report_content import report_of
from scoring.services.report_words import words_pen, write_words
from scoring.services.signing import sign_on_paper, signing_pen
from scoring.views.dossier_frame import open_dossier
from scoring.views.evidence import seal
from scoring.views.refused_upload import REFUSALS, explain
from scoring.views.signed_paper import Withheld, saved
from scoring.views.stale import Clash, again, stale_page
from units.permissions import authorize, can
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LABELS = {
    "difficulties": "Khó khăn, vướng mắc",
    "proposals": "Đề xuất, kiến nghị",
    "place": "Địa danh",
    "signer_title": "Chức vụ người ký",
}


@route(VIEW_REPORT, report_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def self_report(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """The report as it stands; POST writes the unit's own words (the service asks whether it is the hour)."""
    if request.method != "POST":
        return _page(request, submission)
    authorize(request.user, WRITE_REPORT, submission)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _page(request, submission, form, status=UNPROCESSABLE)
    try:
        write_words(submission.participant, form.words, seen=form.cleaned_data["version"], by=request.user)
    except StaleEdit as stale:
        return _stale(request, submission, form, stale)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        return _page(request, submission, form, status=CONFLICT)
    messages.info(request, "Đã lưu lời báo cáo.")
    return redirect(_url(submission))


@route(VIEW_REPORT, report_visible_to)
@require_safe
def self_report_pdf(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    return _file(submission, report_pdf(report_of(read_dossier(submission.participant))), "pdf", "application/pdf")


@route(VIEW_REPORT, report_visible_to)
@require_safe
def self_report_docx(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    return _file(submission, report_docx(report_of(read_dossier(submission.participant))), "docx", WORD)


@route(VIEW_RECEIPT, report_visible_to)
@require_safe
def receipt_pdf(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """The receipt on paper."""
    sequence = request.resolver_match.kwargs["sequence"] if request.resolver_match else 0
    found = next((item for item in receipts_of(submission) if item.sequence == sequence), None)
    if found is None:
        raise Http404
    content = receipt_content_of(
        found,
        submission.participant,
        signing_of(found),
        submitter=found.submitter,  # type: ignore[attr-defined]
        end=say_end(found),
    )
    return attached(make_receipt_pdf(content), f"{found.number}.pdf", "application/pdf")


@route(VIEW_REPORT, report_visible_to)
@require_safe
def report_check(request: SignedInRequest, submission: Submission) -> HttpResponse:
    """Whether a printed report is what was handed in; for readers of the dossier alone."""
    mark = request.resolver_match.kwargs["mark"] if request.resolver_match else ""
    found = matched(submission, mark)
    opened = open_dossier(request.user, submission)
    context = opened.frame() | {
        "found": found,
        "is_in": submission.state == SubmissionState.SUBMITTED,
        "may_see_receipt": can(request.user, VIEW_RECEIPT, submission),
        "report_url": _url(submission),
    }
    return render(request, "scoring/dossier/report_check.html", context)


@route(SIGN_PAPER, report_visible_to)
@require_POST
def signing(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """The signed paper of the newest receipt comes in."""
    form = PaperForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, submission, paper=form, status=UNPROCESSABLE)
    data = form.cleaned_data
    try:
        sign_on_paper(submission.participant, data["digest"], form.paper, data["file"], by=request.user)
    except REFUSALS as refused:
        return _page(request, submission, paper=form, status=explain(form, "file", refused))
    messages.info(request, "Đã lưu bản ký giấy. Bản ký ghi trong biên nhận của lần nộp này.")
    return redirect(_url(submission))


@route(VIEW_REPORT, signing_visible_to)
@require_safe
def signed_file(request: SignedInRequest, paper: Signing) -> HttpResponseBase:
    """The bytes of a signed paper, hashed before the first goes out; only ever saved, never shown."""
    if paper.receipt is None:
        raise Http404
    try:
        return saved(request, paper)
    except Withheld as fault:
        return _page(request, paper.receipt.submission, errors=[fault.sentence], status=fault.status)


def _page(
    request: SignedInRequest,
    submission: Submission,
    form: WordsForm | None = None,
    paper: PaperForm | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    opened = open_dossier(request.user, submission, as_loaded=request.method != "POST")
    dossier = opened.dossier
    words = words_of(dossier.participant)
    pen = words_pen(dossier, request.user)
    receipt = newest_receipt(opened.submission) if opened.submission.state == SubmissionState.SUBMITTED else None
    if paper is None and receipt and can(request.user, SIGN_PAPER, submission) and signing_pen(dossier):
        paper = PaperForm(initial={"digest": receipt.digest})
    if form is None and pen:
        form = WordsForm(initial=WordsForm.initial_of(words))
    context = opened.frame() | {
        "report": report_of(dossier),
        "form": form,
        "refusal": "" if pen or opened.is_inherited or not opened.sight.is_unit else pen.reason,
        "paper": paper,
        "receipt": receipt,
        "signing": signing_of(receipt) if receipt else None,
        "may_see_receipt": can(request.user, VIEW_RECEIPT, submission),
        "errors": [{"text": text} for text in errors or []],
        **{name: reverse(f"scoring:{name}", args=opened.address) for name in ("self_report_pdf", "self_report_docx")},
    }
    return render(request, "scoring/dossier/report.html", context, status=status)


def _stale(request: SignedInRequest, submission: Submission, form: WordsForm, stale: StaleEdit) -> HttpResponse:
    current, opened = stale.current, open_dossier(request.user, submission)
    clash = Clash(
        heading="Lời báo cáo tự chấm",
        typed=_said({name: form[name].value() or "" for name in LABELS}),
        stands=_said({name: getattr(current, name) for name in LABELS}),
        url=_url(submission),
        fields=again(request.POST, "version", current.version),
        who=current.author.full_name if current.version else "",
        at=current.changed_at,
    )
    return stale_page(request, [clash], _url(submission), opened.frame())


def _said(words: dict[str, str]) -> str:
    return "\n".join(f"{LABELS[name]}: {text}" for name, text in words.items() if text)


def _file(submission: Submission, content: bytes, ending: str, content_type: str) -> HttpResponseBase:
    unit = submission.participant
    return attached(content, f"bao-cao-tu-cham-{unit.campaign.code}-{unit.code}.{ending}", content_type)


def attached(content: bytes, name: str, content_type: str) -> HttpResponseBase:
    """A made document to be saved, never shown inside a page."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return seal(response)


def _url(submission: Submission) -> str:
    participant = submission.participant
    campaign = participant.campaign
    return reverse("scoring:self_report", args=[campaign.organiser.slug, campaign.code, participant.code])

"""The coordinator takes a paper that came after the close and enters a unit's dossier by it, leaf by leaf."""

from __future__ import annotations

import io
import logging

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import Source
from scoring.files.evidence_store import Damaged, Unavailable, open_whole
from scoring.forms.dossier import AnswerForm
from scoring.forms.late_paper import HandInForm, LatePaperForm
from scoring.models import LatePaper, Submission
from scoring.permissions import ENTER_ON_BEHALF, VIEW_REPORT
from scoring.selectors.late_paper import late_paper_visible_to, paper_in_hand
from scoring.selectors.scans import held_back
from scoring.selectors.worksheet import Line, dossier_visible_to
from scoring.services.errors import Conflict, Incomplete, StaleEdit, WrongFigures
from scoring.services.late_papers import clear_on_behalf, enter_on_behalf, mark_of, on_behalf_pen, take_paper
from scoring.services.leaves import leaf_of
from scoring.services.transitions import perform
from scoring.views.dossier_frame import Opened, open_dossier
from scoring.views.dossier_leaf import Asked, clash_of, standing_version
from scoring.views.dossier_showing import points_of_max
from scoring.views.evidence import seal
from scoring.views.late_paper_places import url_of
from scoring.views.refused_upload import REFUSALS, explain
from scoring.views.showing import show_value
from scoring.views.stale import again, stale_page
from units.permissions import can
from units.views.confirming import ask_again, must_confirm
from units.views.gates import SignedInRequest, route

log = logging.getLogger(__name__)
FORBIDDEN, CONFLICT, TOO_LARGE, UNPROCESSABLE, UNAVAILABLE = 403, 409, 413, 422, 503


@route(ENTER_ON_BEHALF, dossier_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def late_paper(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """The paper in hand with every leaf to be entered by it; POST takes a paper in."""
    if request.method != "POST":
        return _page(request, submission)
    form = LatePaperForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, submission, form, status=UNPROCESSABLE)
    data = form.cleaned_data
    try:
        paper = take_paper(submission, form.arrived, data["file"], version=data["version"], by=request.user)
    except REFUSALS as refused:
        return _page(request, submission, form, status=explain(form, "file", refused))
    messages.info(request, f"Đã ghi văn bản số {paper.number}. Nhập thay từng tiêu chí, rồi nộp thay.")
    return redirect(url_of(submission))


@route(ENTER_ON_BEHALF, dossier_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def leaf(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """One criterion by the paper in hand; POST stores it, or takes it away (`clear`)."""
    asked = _asked(request, submission)
    if request.method != "POST":
        return _leaf_page(request, asked)
    participant, criterion = submission.participant, asked.line.criterion
    form = AnswerForm(asked.leaf, request.POST)
    try:
        if "clear" in request.POST:
            form.full_clean()
            clear_on_behalf(participant, criterion, seen=form.cleaned_data.get("version", 0), by=request.user)
        elif form.is_valid():
            enter_on_behalf(participant, criterion, form.content, seen=form.cleaned_data["version"], by=request.user)
        else:
            return _leaf_page(request, asked, form, status=UNPROCESSABLE)
    except (WrongFigures, Incomplete) as refused:
        form.explain(refused)
        return _leaf_page(request, asked, form, status=UNPROCESSABLE)
    except StaleEdit as stale:
        here = url_of(submission, criterion.code)
        typed = None if "clear" in request.POST else form.content
        clash = clash_of(asked, typed, stale, again(request.POST, "version", standing_version(stale)), here)
        return stale_page(request, [clash], here, asked.opened.frame())
    except Conflict as refused:
        return _leaf_page(request, asked, form, refused.sentence, status=CONFLICT)
    messages.info(request, f"Đã {'xóa' if 'clear' in request.POST else 'nhập thay'} {criterion.code}.")
    return redirect(url_of(submission))


@route(ENTER_ON_BEHALF, dossier_visible_to)
@require_POST
def hand_in(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """The dossier is handed in on behalf of the unit, with a receipt that says so."""
    if must_confirm(request):
        return ask_again(request, url_of(submission))
    form = HandInForm(request.POST)
    if not form.is_valid():
        return _page(request, submission, hand_in_form=form, status=UNPROCESSABLE)
    data = form.cleaned_data
    try:
        perform(submission, "submit_on_behalf", request.user, version=data["version"], reason=data["reason"])
    except (Conflict, Incomplete) as refused:
        return _page(request, submission, hand_in_form=form, status=explain(form, "reason", refused))
    messages.info(request, f"Đã nộp thay hồ sơ của {submission.participant.name}. Đơn vị được báo.")
    return redirect("scoring:worksheet", *open_dossier(request.user, submission).address)


@route(VIEW_REPORT, late_paper_visible_to)
@require_safe
def scan(request: SignedInRequest, paper: LatePaper) -> HttpResponseBase:
    """The bytes of the scan, hashed before the first goes out; only ever saved, never shown."""
    if sentence := held_back(paper.sha256, paper.submission.participant, request.user):
        return _not_to_be_had(request, paper, sentence, FORBIDDEN)
    try:
        body = open_whole(paper.key, paper.sha256, paper.size)
    except (Damaged, Unavailable) as fault:
        log.error("late paper %s: %s", paper.pk, type(fault).__name__)
        return _not_to_be_had(request, paper, str(fault), UNAVAILABLE)
    if request.method == "HEAD":
        body.close()
        body = io.BytesIO()
    response = FileResponse(body, as_attachment=True, filename=paper.name, content_type="application/octet-stream")
    response["Content-Length"] = str(paper.size)
    return seal(response)


def _not_to_be_had(request: SignedInRequest, paper: LatePaper, sentence: str, status: int) -> HttpResponse:
    context = open_dossier(request.user, paper.submission).frame() | {"sentence": sentence}
    return render(request, "scoring/evidence/unavailable.html", context, status=status)


def _asked(request: SignedInRequest, submission: Submission) -> Asked:
    """The leaf of the address, one that the unit answers itself; Http404 for any other."""
    opened = open_dossier(request.user, submission)
    code = request.resolver_match.kwargs["criterion"] if request.resolver_match else ""
    line = opened.sheet.line_of(code)
    if line is None or line.criterion.source != Source.SELF:
        raise Http404
    return Asked(opened, line, leaf_of(line.criterion, opened.dossier.participant.campaign))


def _page(
    request: SignedInRequest,
    submission: Submission,
    form: LatePaperForm | None = None,
    hand_in_form: HandInForm | None = None,
    status: int = 200,
) -> HttpResponse:
    opened = open_dossier(request.user, submission)
    paper, pen = paper_in_hand(opened.submission), on_behalf_pen(opened.dossier)
    initial = {"version": opened.submission.version}
    context = opened.frame() | {
        "paper": paper if pen else None,
        "papers": submission.late_papers.select_related("by", "receipt").order_by("-pk"),
        "rows": [_row(opened, line) for line in opened.sheet.lines if line.is_asked] if pen else [],
        "form": form or LatePaperForm(initial=initial),
        "may_take": can(request.user, ENTER_ON_BEHALF, submission) and _may_come(opened),
        "hand_in_form": hand_in_form or HandInForm(initial=initial),
    }
    return render(request, "scoring/dossier/late_paper.html", context, status=status)


def _may_come(opened: Opened) -> bool:
    """Whether a paper can be late at all: the unit's hour has passed, and it has not handed in."""
    limit = opened.dossier.limit
    is_over = limit is not None and opened.dossier.now >= limit.ends_at
    return is_over and opened.submission.state != "submitted" and bool(opened.dossier.participant.is_assessed)


def _row(opened: Opened, line: Line) -> dict[str, object]:
    value = line.declared
    return {
        "code": line.criterion.code,
        "title": line.criterion.title,
        "url": url_of(opened.submission, line.criterion.code),
        "shown": show_value(value, opened.dossier.participant.campaign),
        "is_entered": bool(value and value.on_behalf),
        "points": points_of_max(value.worth, line) if value else "",
    }


def _leaf_page(
    request: SignedInRequest, asked: Asked, form: AnswerForm | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    opened, line = asked.opened, asked.line
    paper, pen = paper_in_hand(opened.submission), on_behalf_pen(opened.dossier)
    context = opened.frame() | {
        "line": line,
        "criterion": line.criterion,
        "form": (form or AnswerForm(asked.leaf, value=line.declared)) if pen or form else None,
        "refusal": "" if pen else pen.reason,
        "mark": mark_of(paper) if paper else "",
        "shown": show_value(line.declared, opened.dossier.participant.campaign),
        "errors": [{"text": error}] if error else [],
        "back_url": url_of(opened.submission),
        "here_url": reverse("scoring:late_paper_leaf", args=[*opened.address, line.criterion.code]),
    }
    return render(request, "scoring/dossier/late_paper_leaf.html", context, status=status)

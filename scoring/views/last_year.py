"""Last year beside one leaf, and its documents used again.

A page of its own that the page of the leaf fetches into its drawer (`?phan=1`), so that a worksheet opens as fast with
last year as without; where no script runs a link leads here.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from scoring.files.evidence_store import Damaged, StoreFailed, Unavailable
from scoring.forms.last_year import CarryForm
from scoring.models import Submission
from scoring.permissions import ADD_EVIDENCE, VIEW_DOSSIER
from scoring.selectors.worksheet import Line, dossier_visible_to
from scoring.services.errors import Conflict, Incomplete
from scoring.services.evidence_taking import carry_over
from scoring.views.dossier_frame import Opened, open_dossier
from scoring.views.last_year_showing import documents_before, panel_of, prefix_of, years_before
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE, UNAVAILABLE = 409, 422, 503


@route(VIEW_DOSSIER, dossier_visible_to)
@require_safe
def last_year(request: SignedInRequest, submission: Submission) -> HttpResponse:
    """Figures, points, reasons and documents of last year at one leaf; `?phan=1`: the part alone."""
    opened, line = _leaf(request, submission)
    return _page(request, opened, line)


@route(ADD_EVIDENCE, dossier_visible_to)
@require_POST
def carry_document(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """ "Còn hiệu lực – dùng lại": a document that stood for the leaf last year stands for it this year."""
    opened, line = _leaf(request, submission)
    pk = int(request.resolver_match.kwargs["evidence"]) if request.resolver_match else 0
    before = years_before(opened, line)
    source = next((one.newest for one in documents_before(opened, line, before) if one.use.evidence_id == pk), None)
    if source is None:
        raise Http404
    form = CarryForm(request.POST, prefix=prefix_of(pk))
    if not form.is_valid():
        return _page(request, opened, line, (pk, form), UNPROCESSABLE)
    data = form.cleaned_data
    try:
        made = carry_over(
            opened.dossier.participant, source, line.criterion,
            is_valid=data["is_valid_still"], valid_until=data["valid_until"], pages=data["pages"], by=request.user,
        )  # fmt: skip
    except Incomplete as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return _page(request, opened, line, (pk, form), UNPROCESSABLE)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        return _page(request, opened, line, (pk, form), CONFLICT)
    except (StoreFailed, Damaged, Unavailable) as fault:
        form.add_error(None, str(fault))
        return _page(request, opened, line, (pk, form), UNAVAILABLE)
    messages.info(request, f"Đã dùng lại tài liệu “{made.abstract}” cho {line.criterion.code}.")
    return redirect(f"{_answer_url(opened, line)}#id_tai-lieu")


def _leaf(request: SignedInRequest, submission: Submission) -> tuple[Opened, Line]:
    """The leaf of the address; Http404 where the unit's set has none of that code."""
    opened = open_dossier(request.user, submission, as_loaded=request.method != "POST")
    code = request.resolver_match.kwargs["criterion"] if request.resolver_match else ""
    line = opened.sheet.line_of(code)
    if line is None:
        raise Http404
    return opened, line


def _page(
    request: SignedInRequest,
    opened: Opened,
    line: Line,
    tried: tuple[int, CarryForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    before = years_before(opened, line)
    context = opened.frame() | {
        "line": line,
        "criterion": line.criterion,
        "answer_url": _answer_url(opened, line),
        "documents": documents_before(opened, line, before, tried),
        "failed": tried[1] if tried else None,
        **panel_of(opened, line, before),
    }
    name = "_last_year" if request.GET.get("phan") else "last_year"
    return render(request, f"scoring/dossier/{name}.html", context, status=status)


def _answer_url(opened: Opened, line: Line) -> str:
    return reverse("scoring:answer", args=[*opened.address, line.criterion.code])

"""Evidence of one unit: its list, one document with its versions, what it stands for, and the bytes as a download."""

from __future__ import annotations

import io
import logging
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import EvidenceKind
from scoring.files.evidence_store import Damaged, Unavailable, open_whole
from scoring.forms.evidence import AddForm, AttachForm, BackForm, DetailsForm, VersionForm
from scoring.models import Evidence, Participant
from scoring.permissions import ADD_EVIDENCE, VIEW_EVIDENCE
from scoring.selectors.dossiers import participant_visible_to
from scoring.selectors.evidence import document_of, documents_of, evidence_visible_to, file_of, use_of
from scoring.selectors.scans import held_back
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.evidence import add_evidence, add_version
from scoring.services.evidence_details import change_details, drop_use, remove, use_for
from scoring.services.evidence_pen import Pens, pens_of
from scoring.views.refused_upload import REFUSALS, explain
from units.permissions import can
from units.views.gates import SignedInRequest, route

log = logging.getLogger(__name__)
FORBIDDEN, CONFLICT, TOO_LARGE, UNPROCESSABLE, UNAVAILABLE = 403, 409, 413, 422, 503
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


@route(VIEW_EVIDENCE, participant_visible_to)
@require_safe
def documents(request: SignedInRequest, participant: Participant) -> HttpResponse:
    """Every document of the unit, newest first."""
    context = frame_of(request, participant) | {"documents": documents_of(participant, request.user)}
    return render(request, "scoring/evidence/list.html", context)


@route(ADD_EVIDENCE, participant_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, participant: Participant) -> HttpResponseBase:
    """New documents; `?tieu-chi=` names the leaf that they stand for, `?ve=` the page to go back to."""
    if request.method != "POST":
        initial = {"criterion": request.GET.get("tieu-chi"), "back": request.GET.get("ve"), "purpose": _asked(request)}
        return _add_page(request, participant, AddForm(participant=participant, initial=initial))
    form = AddForm(request.POST, request.FILES, participant=participant)
    if not form.is_valid():
        return _add_page(request, participant, form, status=UNPROCESSABLE)
    data = form.cleaned_data
    try:
        made = add_evidence(participant, data["uploads"], form.details, by=request.user, **form.use)
    except REFUSALS as refused:
        return _add_page(request, participant, form, status=explain(form, "uploads", refused))
    messages.info(
        request, f"Đã lưu {len(made)} tài liệu." if len(made) > 1 else f"Đã lưu tài liệu “{made[0].abstract}”."
    )
    return redirect(data["back"] or list_url(participant))


@route(VIEW_EVIDENCE, evidence_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: SignedInRequest, evidence: Evidence) -> HttpResponseBase:
    """One document; POST changes what it says of itself (the service asks whether this person may)."""
    if request.method != "POST":
        return document_page(request, evidence)
    form = DetailsForm(request.POST)
    if not form.is_valid():
        return document_page(request, evidence, form, status=UNPROCESSABLE)
    try:
        change_details(evidence, form.details, seen=form.cleaned_data["version"], by=request.user)
    except StaleEdit as stale:
        return _stale_page(request, evidence, form, stale)
    except (Conflict, Incomplete) as refused:
        return document_page(request, evidence, form, status=explain(form, "abstract", refused))
    messages.info(request, "Đã lưu thông tin tài liệu.")
    return redirect(form.cleaned_data["back"] or url_of(evidence))


@route(ADD_EVIDENCE, evidence_visible_to)
@require_POST
def version(request: SignedInRequest, evidence: Evidence) -> HttpResponseBase:
    """Other bytes of the same document; the earlier ones stay."""
    form = VersionForm(request.POST, request.FILES)
    if not form.is_valid():
        return document_page(request, evidence, version_form=form, status=UNPROCESSABLE)
    try:
        made = add_version(evidence, form.cleaned_data["file"], by=request.user, purpose=form.cleaned_data["purpose"])
    except REFUSALS as refused:
        return document_page(request, evidence, version_form=form, status=explain(form, "file", refused))
    messages.info(request, f"Đã lưu bản {made.number}. Các bản trước vẫn còn và vẫn mở được.")
    return redirect(url_of(evidence))


@route(ADD_EVIDENCE, participant_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: SignedInRequest, participant: Participant) -> HttpResponseBase:
    """A document of the unit for a leaf, at a page; the same pair again changes the page."""
    if request.method != "POST":
        names = {"evidence": "tai-lieu", "criterion": "tieu-chi", "pages": "trang", "back": "ve"}
        initial = {name: request.GET.get(key) for name, key in names.items()} | {"purpose": _asked(request)}
        return _attach_page(request, participant, AttachForm(participant=participant, initial=initial))
    form = AttachForm(request.POST, participant=participant)
    if not form.is_valid():
        return _attach_page(request, participant, form, status=UNPROCESSABLE)
    data = form.cleaned_data
    evidence, criterion = data["evidence"], data["criterion"]
    evidence.participant = participant
    try:
        use_for(evidence, criterion, data["pages"], by=request.user, purpose=data["purpose"])
    except (Conflict, Incomplete) as refused:
        return _attach_page(request, participant, form, status=explain(form, "pages", refused))
    messages.info(request, f"Đã gắn “{evidence.abstract}” vào tiêu chí {criterion.code}.")
    return redirect(data["back"] or url_of(evidence))


@route(ADD_EVIDENCE, evidence_visible_to)
@require_POST
def drop(request: SignedInRequest, evidence: Evidence) -> HttpResponseBase:
    """The document no longer stands for one leaf; it stays in the list."""
    use = use_of(evidence, int(request.resolver_match.kwargs["use"]) if request.resolver_match else 0)
    try:
        drop_use(use, by=request.user)
    except Conflict as refused:
        messages.error(request, refused.sentence)
        return document_page(request, evidence, status=CONFLICT)
    messages.info(
        request, f"Đã gỡ “{evidence.abstract}” khỏi tiêu chí {use.criterion.code}. Tài liệu vẫn còn trong danh sách."
    )
    return redirect(_back(request) or url_of(evidence))


@route(ADD_EVIDENCE, evidence_visible_to)
@require_POST
def discard(request: SignedInRequest, evidence: Evidence) -> HttpResponseBase:
    """The document leaves the dossier, and every leaf it stood for."""
    try:
        codes = remove(evidence, by=request.user)
    except Conflict as refused:
        messages.error(request, refused.sentence)
        return document_page(request, evidence, status=CONFLICT)
    whence = f" và khỏi tiêu chí {', '.join(codes)}" if codes else ""
    messages.info(request, f"Đã gỡ “{evidence.abstract}” khỏi hồ sơ{whence}.")
    return redirect(list_url(evidence.participant))


@route(VIEW_EVIDENCE, evidence_visible_to)
@require_safe
def download(request: SignedInRequest, evidence: Evidence) -> HttpResponseBase:
    """The bytes of one version, hashed before the first goes out; never shown by the browser, only saved."""
    number = int(request.resolver_match.kwargs["number"]) if request.resolver_match else 0
    file = file_of(evidence, number)
    if sentence := held_back(file.sha256, evidence.participant, request.user):
        context = frame_of(request, evidence.participant) | {"sentence": sentence, "evidence": evidence}
        return render(request, "scoring/evidence/unavailable.html", context, status=FORBIDDEN)
    try:
        body = open_whole(file.key, file.sha256, file.size)
    except (Damaged, Unavailable) as fault:
        log.error("evidence file %s: %s", file.pk, type(fault).__name__)
        context = frame_of(request, evidence.participant) | {"sentence": str(fault), "evidence": evidence}
        return render(request, "scoring/evidence/unavailable.html", context, status=UNAVAILABLE)
    if request.method == "HEAD":
        body.close()
        body = io.BytesIO()
    response = FileResponse(body, as_attachment=True, filename=file.name, content_type="application/octet-stream")
    response["Content-Length"] = str(file.size)
    return seal(response)


def seal(response: HttpResponseBase) -> HttpResponseBase:
    """No browser runs, guesses or keeps what these bytes are, and no other site shows them."""
    response["Content-Security-Policy"] = SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def frame_of(request: SignedInRequest, participant: Participant) -> dict[str, Any]:
    """What every page of a unit's evidence has around it."""
    campaign = participant.campaign
    pens = pens_of(participant) if can(request.user, ADD_EVIDENCE, participant) else Pens()
    return {"participant": participant, "campaign": campaign, "pens": pens, "is_sample": campaign.is_sample}


def _add_page(request: SignedInRequest, participant: Participant, form: AddForm, status: int = 200) -> HttpResponse:
    context = frame_of(request, participant) | {"form": form}
    return render(request, "scoring/evidence/add.html", context, status=status)


def _attach_page(
    request: SignedInRequest, participant: Participant, form: AttachForm, status: int = 200
) -> HttpResponse:
    context = frame_of(request, participant) | {"form": form}
    return render(request, "scoring/evidence/attach.html", context, status=status)


def document_page(
    request: SignedInRequest,
    evidence: Evidence,
    form: DetailsForm | None = None,
    version_form: VersionForm | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of one document; `said` is told above its details (what was proposed for them, and why not)."""
    frame = frame_of(request, evidence.participant)
    shown = document_of(evidence, request.user)
    pens, first = frame["pens"], shown.files[0]
    context = frame | {
        "document": shown,
        "said": said,
        "may_propose": shown.newest.kind == EvidenceKind.PDF,
        "form": form or DetailsForm(initial=DetailsForm.initial_of(shown.evidence)),
        "version_form": version_form or VersionForm(),
        "may_list": can(request.user, VIEW_EVIDENCE, evidence.participant),
        "uses": [{"use": use, "may_write": pens.takes_use(use)} for use in shown.uses],
        "may_edit": pens.takes_details(shown.uses, first),
        "may_replace": pens.takes_version(shown.uses, first),
        "may_remove": pens.takes_away(shown.uses, first),
    }
    return render(request, "scoring/evidence/document.html", context, status=status)


def _stale_page(request: SignedInRequest, evidence: Evidence, form: DetailsForm, stale: StaleEdit) -> HttpResponse:
    """409 with what was typed and what stands now, side by side."""
    current = DetailsForm.initial_of(stale.current)
    rows = [
        {"label": form[name].label, "typed": form[name].value() or "", "stands": current[name]}
        for name in ("number", "issued_on", "issuer", "abstract")
    ]
    context = frame_of(request, evidence.participant) | {"evidence": evidence, "sentence": str(stale), "rows": rows}
    return render(request, "scoring/evidence/stale.html", context, status=CONFLICT)


def _asked(request: HttpRequest) -> str:
    """`?buoc=explanation` from the page of the explanation."""
    return request.GET.get("buoc", "")


def _back(request: HttpRequest) -> str:
    form = BackForm(request.POST)
    return form.cleaned_data["back"] if form.is_valid() else ""


def arguments_of(participant: Participant) -> list[str]:
    return [participant.campaign.organiser.slug, participant.campaign.code, participant.code]


def list_url(participant: Participant) -> str:
    return reverse("scoring:evidence_list", args=arguments_of(participant))


def url_of(evidence: Evidence) -> str:
    return reverse("scoring:evidence", args=[*arguments_of(evidence.participant), evidence.pk])

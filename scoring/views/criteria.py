"""Criteria sets of a campaign: the list, the tree, the annex that comes in and goes out, amendments."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.files.annex_layout import AnnexSet
from scoring.files.annex_workbook import TEMPLATE_NAME, template
from scoring.forms.criteria import AmendmentForm, AppliedForm, ApplyForm, UploadForm, seal
from scoring.forms.setup import VersionForm
from scoring.models import Amendment, Campaign, CriteriaSet, CriterionLink
from scoring.permissions import AMEND, APPLY_AMENDMENT, LINK_CRITERIA, MANAGE_CRITERIA, VIEW_CAMPAIGN
from scoring.selectors.campaigns import campaign_visible_to
from scoring.selectors.criteria import (
    amendment_visible_to,
    amendments_of,
    drafts_of,
    leaf_counts,
    set_visible_to,
    sets_of,
)
from scoring.services.criteria_amendment import (
    Basis,
    apply_amendment,
    changes_of,
    discard_amendment,
    draft_amendment,
)
from scoring.services.criteria_drafts import start_from_annex
from scoring.services.criteria_export import annex_of, export_set
from scoring.services.criteria_import import Preview, import_set, preview
from scoring.services.criteria_reading import read_annex
from scoring.services.criteria_removal import remove_set, why_kept
from scoring.services.criteria_tree import impact_told, tree_rows
from scoring.services.errors import Blocked, Conflict, Incomplete, StaleEdit
from scoring.services.past_types import TableFaults
from scoring.views.editing import campaign_url, one_button
from units.permissions import can
from units.views.gates import SignedInRequest, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNPROCESSABLE, CONFLICT = 422, 409


@route(VIEW_CAMPAIGN, campaign_visible_to)
@require_safe
def criteria_sets(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    context = {"campaign": campaign, "sets": sets_of(campaign), "is_sample": campaign.is_sample}
    context["may_manage"] = can(request.user, MANAGE_CRITERIA, campaign)
    context["drafts"] = drafts_of(campaign) if context["may_manage"] else ()
    return render(request, "scoring/criteria/sets.html", context)


@route(VIEW_CAMPAIGN, set_visible_to)
@require_safe
def criteria_set(request: SignedInRequest, chosen: CriteriaSet) -> HttpResponse:
    annex = annex_of(chosen)
    context = _set_context(request, chosen) | {"rows": tree_rows(annex), "amendments": amendments_of(chosen)}
    context["is_being_written"] = chosen.campaign.criteria_drafts.filter(code=chosen.code).exists()
    return render(request, "scoring/criteria/set.html", context)


@route(VIEW_CAMPAIGN, set_visible_to)
@require_safe
def export(request: SignedInRequest, chosen: CriteriaSet) -> HttpResponse:
    """The set as the annex workbook."""
    campaign = chosen.campaign
    name = f"{campaign.organiser.slug}-{campaign.code}-{chosen.code}-ban-{chosen.revision}.xlsx"
    return _workbook(export_set(chosen), name)


@route(MANAGE_CRITERIA, campaign_visible_to)
@require_safe
def empty_template(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """The annex workbook to fill."""
    return _workbook(template(), TEMPLATE_NAME)


@route(MANAGE_CRITERIA, campaign_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """POST reads the annex and shows what importing would change; nothing is stored."""
    if request.method != "POST":
        return _upload_page(request, campaign, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, campaign, form, UNPROCESSABLE)
    try:
        annex, sha256 = _read(form.cleaned_data["file"], campaign)
    except TableFaults as refused:
        back = ("scoring:criteria_upload", campaign.organiser.slug, campaign.code)
        return _faults_page(request, campaign, form.cleaned_data["file"].name, refused, back)
    return _preview_page(request, campaign, annex, sha256)


@route(MANAGE_CRITERIA, campaign_visible_to)
@require_POST
def apply_upload(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Imports exactly what was previewed, or goes on with it on screen; anything else has to be looked at first."""
    form = ApplyForm(campaign, request.user, request.POST)
    if not form.is_valid() or form.annex is None:
        sentence = "Trang xem trước đã quá hạn hoặc không phải của kỳ này. Tải lại tệp phụ lục."
        return _upload_page(request, campaign, UploadForm(), CONFLICT, sentence)
    try:
        if "on_screen" in request.POST:
            draft = start_from_annex(campaign, form.annex, by=request.user)
            return redirect("scoring:criteria_draft", campaign.organiser.slug, campaign.code, draft.code)
        stored = import_set(campaign, form.annex, by=request.user, seen=form.version)
    except (Conflict, StaleEdit, TableFaults) as refused:
        return _upload_page(request, campaign, UploadForm(), CONFLICT, f"{refused} Chưa lưu gì; tải lại tệp để xem.")
    messages.info(request, f"Đã nhập bộ tiêu chí “{stored.title}”.")
    return redirect("scoring:criteria_set", campaign.organiser.slug, campaign.code, stored.code)


@route(MANAGE_CRITERIA, set_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, chosen: CriteriaSet) -> HttpResponseBase:
    """Says what goes, or why it stays; by POST the set goes."""
    if request.method != "POST":
        context = {"campaign": chosen.campaign, "criteria_set": chosen, "refusal": why_kept(chosen)}
        context["leaf_count"] = leaf_counts(chosen.campaign)[chosen.pk]
        context["link_count"] = CriterionLink.objects.filter(criterion__criteria_set=chosen).count()
        context["is_sample"] = chosen.campaign.is_sample or chosen.is_sample
        return render(request, "scoring/criteria/remove.html", context)

    def act(seen: int) -> str:
        remove_set(chosen, seen=seen, by=request.user)
        return f"Đã xóa bộ tiêu chí “{chosen.title}”."

    return one_button(
        request, chosen.campaign, VersionForm(request.POST), act, campaign_url(chosen.campaign, "criteria_sets")
    )


@route(AMEND, set_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: SignedInRequest, chosen: CriteriaSet) -> HttpResponseBase:
    """POST drafts an amendment from a whole new annex; the set stays as it is until a second person applies it."""
    form = AmendmentForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return _amend_page(request, chosen, form)
    if not form.is_valid():
        return _amend_page(request, chosen, form, UNPROCESSABLE)
    data = form.cleaned_data
    basis = Basis(data["decision_number"], data["decision_date"], data["reason"], data["redeclare_until"])
    try:
        annex, sha256 = _read(data["file"], chosen.campaign)
        drafted = draft_amendment(chosen, annex, basis, sha256=sha256, by=request.user)
    except TableFaults as refused:
        back = ("scoring:criteria_amend", chosen.campaign.organiser.slug, chosen.campaign.code, chosen.code)
        return _faults_page(request, chosen.campaign, data["file"].name, refused, back)
    except Incomplete as refused:
        form.add_error(refused.field, refused.sentence)
        return _amend_page(request, chosen, form, UNPROCESSABLE)
    except (Conflict, Blocked) as refused:
        return _amend_page(request, chosen, form, CONFLICT, refused)
    return redirect("scoring:criteria_amendment", *_address(chosen), drafted.pk)


@route(VIEW_CAMPAIGN, amendment_visible_to)
@require_safe
def amendment(request: SignedInRequest, drafted: Amendment) -> HttpResponse:
    return _amendment_page(request, drafted)


@route(APPLY_AMENDMENT, amendment_visible_to)
@require_POST
def apply_drafted(request: SignedInRequest, drafted: Amendment) -> HttpResponseBase:
    form = AppliedForm(request.POST)
    try:
        stored = apply_amendment(drafted, sha256=form.data.get("sha256", ""), by=request.user)
    except (Conflict, Blocked) as refused:
        return _amendment_page(request, drafted, CONFLICT, refused)
    messages.info(request, f"Đã áp dụng sửa đổi. Bộ tiêu chí nay là bản {stored.revision}.")
    return redirect("scoring:criteria_set", *_address(stored))


@route(AMEND, amendment_visible_to)
@require_POST
def discard_drafted(request: SignedInRequest, drafted: Amendment) -> HttpResponseBase:
    try:
        discard_amendment(drafted, by=request.user)
    except Conflict as refused:
        return _amendment_page(request, drafted, CONFLICT, refused)
    messages.info(request, "Đã bỏ sửa đổi. Bộ tiêu chí không thay đổi.")
    return redirect("scoring:criteria_set", *_address(drafted.criteria_set))


def _read(file: UploadedFile, campaign: Campaign) -> tuple[AnnexSet, str]:
    data = file.read()
    return read_annex(data, file.name or "", campaign.policy), hashlib.sha256(data).hexdigest()


def _address(chosen: CriteriaSet) -> tuple[str, str, str]:
    return chosen.campaign.organiser.slug, chosen.campaign.code, chosen.code


def _set_context(request: SignedInRequest, chosen: CriteriaSet) -> dict[str, Any]:
    campaign = chosen.campaign
    return {
        "campaign": campaign,
        "criteria_set": chosen,
        "is_sample": campaign.is_sample or chosen.is_sample,
        "may_manage": can(request.user, MANAGE_CRITERIA, campaign) and chosen.frozen_at is None,
        "may_amend": can(request.user, AMEND, chosen) and chosen.frozen_at is not None,
        "may_link": can(request.user, LINK_CRITERIA, campaign),
    }


def _upload_page(
    request: SignedInRequest, campaign: Campaign, form: UploadForm, status: int = 200, refusal: str = ""
) -> HttpResponse:
    errors = [{"text": refusal}] if refusal else []
    context = {"campaign": campaign, "form": form, "errors": errors, "is_sample": campaign.is_sample}
    return render(request, "scoring/criteria/upload.html", context, status=status)


def _preview_page(request: SignedInRequest, campaign: Campaign, annex: AnnexSet, sha256: str) -> HttpResponse:
    seen: Preview = preview(campaign, annex)
    staged = seal(campaign, request.user, annex, sha256)
    context = {
        "campaign": campaign,
        "seen": seen,
        "rows": tree_rows(seen.annex),
        "sha256": sha256,
        "form": ApplyForm(campaign, request.user, initial={"staged": staged, "sha256": sha256}),
        "is_sample": campaign.is_sample or annex.is_sample,
    }
    return render(request, "scoring/criteria/preview.html", context)


def _faults_page(
    request: SignedInRequest, campaign: Campaign, file_name: str | None, refused: TableFaults, back: tuple[str, ...]
) -> HttpResponse:
    context = {"campaign": campaign, "file_name": file_name, "faults": refused.faults}
    context["back"] = redirect(*back).url
    return render(request, "scoring/criteria/faults.html", context, status=UNPROCESSABLE)


def _amend_page(
    request: SignedInRequest,
    chosen: CriteriaSet,
    form: AmendmentForm,
    status: int = 200,
    refused: Conflict | Blocked | None = None,
) -> HttpResponse:
    context = _set_context(request, chosen) | {"form": form, "errors": _errors(refused)}
    return render(request, "scoring/criteria/amend.html", context, status=status)


def _amendment_page(
    request: SignedInRequest, drafted: Amendment, status: int = 200, refused: Conflict | Blocked | None = None
) -> HttpResponse:
    may_apply = can(request.user, APPLY_AMENDMENT, drafted)
    context = _set_context(request, drafted.criteria_set) | {
        "amendment": drafted,
        "changes": changes_of(drafted),
        "impact": impact_told(drafted.impact),
        "form": AppliedForm(initial={"sha256": drafted.sha256}),
        "may_apply": bool(may_apply),
        "apply_refusal": may_apply.reason,
        "may_discard": can(request.user, AMEND, drafted),
        "errors": _errors(refused),
    }
    return render(request, "scoring/criteria/amendment.html", context, status=status)


def _errors(refused: Conflict | Blocked | None) -> list[dict[str, str]]:
    if refused is None:
        return []
    return [{"text": text} for text in (refused.sentence, *getattr(refused, "reasons", ()))]


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

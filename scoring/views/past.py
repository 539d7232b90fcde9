"""A published table comes in: upload, faults or questions, preview, apply; and the report against print."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import ImportState
from scoring.exporters.past_report import report_workbook
from scoring.files.results_workbook import TEMPLATE_NAME, template
from scoring.forms.past import AnswersForm, ApplyForm, UploadForm
from scoring.models import ResultsImport, Run
from scoring.permissions import EDIT_CAMPAIGN, IMPORT_RESULTS, VIEW_RUN
from scoring.selectors.campaigns import newest_run, organiser_visible_to, run_visible_to
from scoring.selectors.past_imports import import_visible_to, waiting_imports
from scoring.selectors.past_report import Status, compare_with_print
from scoring.services.past_import import CannotApply, answer, apply, discard, preview, stage
from scoring.services.past_types import TableFaults
from units.models import Organiser
from units.permissions import can
from units.views.gates import SignedInRequest, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNPROCESSABLE, CONFLICT = 422, 409
FILTERS = (("tat-ca", "Tất cả", tuple(Status)), ("khac", "Khác bản in", (Status.DIFFERS, Status.ROUNDING)),
           ("khong-kiem", "Không kiểm được", (Status.UNCHECKED,)))  # fmt: skip


@route(IMPORT_RESULTS, organiser_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    if request.method != "POST":
        return _upload_page(request, organiser, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, organiser, form, status=UNPROCESSABLE)
    file = form.cleaned_data["file"]
    try:
        staged = stage(
            organiser=organiser, file_name=file.name, data=file.read(), by=request.user, general=form.general
        )
    except TableFaults as refused:
        context = {"organiser": organiser, "file_name": file.name, "faults": refused.faults}
        return render(request, "scoring/past/faults.html", context, status=UNPROCESSABLE)
    return redirect("scoring:past_import", organiser.slug, staged.pk)


@route(IMPORT_RESULTS, organiser_visible_to)
@require_safe
def empty_template(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    """The workbook to fill."""
    return _workbook(template(), TEMPLATE_NAME)


@route(IMPORT_RESULTS, import_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: SignedInRequest, staged: ResultsImport) -> HttpResponseBase:
    """What will be stored, with the questions; POST keeps the answers."""
    if staged.state == ImportState.APPLIED and staged.campaign and request.method != "POST":
        return redirect("scoring:campaign", staged.organiser.slug, staged.campaign.code)
    form = AnswersForm(preview(staged), request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _import_page(request, staged, form)
    if not form.is_valid():
        return _import_page(request, staged, form, status=UNPROCESSABLE)
    try:
        answer(staged, form.answers, request.user)
    except CannotApply as refused:
        return _import_page(request, staged, form, error=str(refused), status=CONFLICT)
    return redirect("scoring:past_import", staged.organiser.slug, staged.pk)


@route(IMPORT_RESULTS, import_visible_to)
@require_POST
def apply_import(request: SignedInRequest, staged: ResultsImport) -> HttpResponseBase:
    form = ApplyForm(request.POST)
    sha256 = form.cleaned_data["sha256"] if form.is_valid() else ""
    replace, version = form.cleaned_data.get("replace", False), form.cleaned_data.get("version") or 0
    try:
        campaign = apply(staged, sha256=sha256, by=request.user, replace=replace, seen_version=version)
    except CannotApply as refused:
        shown = AnswersForm(preview(staged))
        return _import_page(request, staged, shown, error=str(refused), status=CONFLICT)
    messages.info(request, f"Đã nhập bảng “{staged.file_name}”. Tính kết quả để đối chiếu với bản in.")
    return redirect("scoring:campaign", campaign.organiser.slug, campaign.code)


@route(IMPORT_RESULTS, import_visible_to)
@require_POST
def discard_import(request: SignedInRequest, staged: ResultsImport) -> HttpResponseBase:
    discard(staged, request.user)
    messages.info(request, f"Đã bỏ bảng “{staged.file_name}”, không lưu gì.")
    return redirect("scoring:past_upload", staged.organiser.slug)


@route(VIEW_RUN, run_visible_to)
@require_safe
def report(request: SignedInRequest, run: Run) -> HttpResponse:
    """Printed against computed figures, differences first; `?loc=` narrows the lines."""
    found = compare_with_print(run.campaign, run)
    chosen = next((entry for entry in FILTERS if entry[0] == request.GET.get("loc")), FILTERS[0])
    tabs = [
        {"label": label, "url": f"?loc={key}", "count": sum(found.counts[status] for status in wanted),
         "current": key == chosen[0]}
        for key, label, wanted in FILTERS
    ]  # fmt: skip
    lines = [line for line in found.sorted_lines if line.status in chosen[2]]
    context = {"campaign": run.campaign, "run": run, "report": found, "lines": lines, "tabs": tabs}
    context["may_draft"] = newest_run(run.campaign) == run and can(request.user, EDIT_CAMPAIGN, run.campaign)
    return render(request, "scoring/past/report.html", context | {"is_sample": run.campaign.is_sample})


@route(VIEW_RUN, run_visible_to)
@require_safe
def report_file(request: SignedInRequest, run: Run) -> HttpResponse:
    """The whole report as a workbook."""
    campaign = run.campaign
    name = f"{campaign.organiser.slug}-{campaign.code}-doi-chieu-lan-{run.number}.xlsx"
    return _workbook(report_workbook(campaign, run, compare_with_print(campaign, run)), name)


def _upload_page(request: SignedInRequest, organiser: Organiser, form: UploadForm, status: int = 200) -> HttpResponse:
    context = {"organiser": organiser, "form": form, "waiting": waiting_imports(organiser)}
    return render(request, "scoring/past/upload.html", context, status=status)


def _import_page(
    request: SignedInRequest, staged: ResultsImport, form: AnswersForm, error: str = "", status: int = 200
) -> HttpResponse:
    seen = form.preview
    rows = {row.row: row for row in seen.table.rows}
    groups = {group.code: group.title for group in seen.table.groups}
    context: dict[str, Any] = {
        "staged": staged,
        "organiser": staged.organiser,
        "table": seen.table,
        "seen": seen,
        "form": form,
        "apply_form": ApplyForm(
            initial={"sha256": staged.sha256, "version": seen.existing.version if seen.existing else 0}
        ),
        "is_waiting": staged.state in (ImportState.QUESTIONS, ImportState.READY),
        "lines": [{"match": match, "row": rows[match.row], "group": groups[match.group]} for match in seen.matches],
        "errors": [{"text": text} for text in ([error] if error else []) + list(seen.conflicts)],
        "is_sample": seen.table.general.is_sample,
    }
    return render(request, "scoring/past/import.html", context, status=status)


def _workbook(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

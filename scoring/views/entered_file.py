"""The workbook of entered points: out with what stands, in with a preview, applied once exactly as it was seen."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import ImportState
from scoring.forms.entered import ApplyForm, UploadForm
from scoring.models import Campaign, EnteredImport, Group
from scoring.permissions import ENTER
from scoring.selectors.entered import blocks_of, upload_visible_to, waiting_uploads, year_visible_to
from scoring.services.entered_import import Line, apply, discard, preview, stage, template
from scoring.services.errors import Blocked, Conflict
from scoring.services.leaves import leaf_of
from scoring.services.past_types import TableFaults
from scoring.services.values import content_of
from scoring.views.showing import NOTHING, say_content, say_inputs
from units.vietnamese import show_points
from units.views.gates import SignedInRequest, route

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONFLICT, UNPROCESSABLE = 409, 422
LINES_A_PAGE = 200


@route(ENTER, year_visible_to)
@require_safe
def workbook(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """All groups, or the one that `?khoi=` names, with what stands now."""
    group = campaign.groups.filter(code=request.GET["khoi"]).first() if "khoi" in request.GET else None
    if "khoi" in request.GET and group is None:
        raise Http404
    response = HttpResponse(template(campaign, group), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{_file_name(campaign, group)}"'
    return response


@route(ENTER, year_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """POST reads a workbook and keeps it for the preview; no value is touched."""
    if request.method != "POST":
        return _upload_page(request, campaign, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, campaign, form, UNPROCESSABLE)
    file = form.cleaned_data["file"]
    try:
        staged = stage(campaign, file_name=file.name, data=file.read(), by=request.user)
    except TableFaults as refused:
        context = {"campaign": campaign, "file_name": file.name, "faults": refused.faults}
        context["is_sample"] = campaign.is_sample
        return render(request, "scoring/entered/faults.html", context, status=UNPROCESSABLE)
    return redirect("scoring:entered_uploaded", campaign.organiser.slug, campaign.code, staged.pk)


@route(ENTER, upload_visible_to)
@require_safe
def uploaded(request: SignedInRequest, staged: EnteredImport) -> HttpResponseBase:
    """What applying would do."""
    return _preview_page(request, staged)


@route(ENTER, upload_visible_to)
@require_POST
def apply_upload(request: SignedInRequest, staged: EnteredImport) -> HttpResponseBase:
    """Write exactly what was seen; a second press changes nothing."""
    form = ApplyForm(request.POST)
    try:
        written = apply(staged, sha256=form.cleaned_data["sha256"] if form.is_valid() else "", by=request.user)
    except Conflict as refused:
        return _preview_page(request, staged, refused.sentence, status=CONFLICT)
    except Blocked as blocked:
        return _preview_page(request, staged, blocked.sentence, blocked.reasons, CONFLICT)
    if written:
        messages.info(request, f"Đã nhập {written} điểm từ tệp “{staged.file_name}”. Chờ người thứ hai xác nhận.")
    return redirect("scoring:entered", staged.campaign.organiser.slug, staged.campaign.code)


@route(ENTER, upload_visible_to)
@require_POST
def discard_upload(request: SignedInRequest, staged: EnteredImport) -> HttpResponseBase:
    discard(staged, request.user)
    messages.info(request, f"Đã bỏ tệp “{staged.file_name}”, không lưu gì.")
    return redirect("scoring:entered_upload", staged.campaign.organiser.slug, staged.campaign.code)


def _file_name(campaign: Campaign, group: Group | None) -> str:
    return "-".join([campaign.organiser.slug, campaign.code, "diem-nhap", *([group.code] if group else [])]) + ".xlsx"


def _upload_page(request: SignedInRequest, campaign: Campaign, form: UploadForm, status: int = 200) -> HttpResponse:
    groups = {block.group.pk: block.group for block in blocks_of(campaign) if block.leaves}
    context = {
        "campaign": campaign,
        "is_sample": campaign.is_sample,
        "form": form,
        "groups": list(groups.values()),
        "waiting": waiting_uploads(request.user, campaign),
    }
    return render(request, "scoring/entered/upload.html", context, status=status)


def _preview_page(
    request: SignedInRequest,
    staged: EnteredImport,
    sentence: str = "",
    reasons: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    seen = preview(staged)
    page = Paginator(seen.changes, LINES_A_PAGE).get_page(request.GET.get("trang"))
    late = [f"{line.place}: vừa có người sửa sau khi đọc tệp." for line in seen.late]
    context = {
        "campaign": staged.campaign,
        "is_sample": staged.campaign.is_sample,
        "staged": staged,
        "counts": seen.counts,
        "page": page,
        "doubtful": seen.doubtful if staged.state == ImportState.READY else (),
        "lines": [_told(line, staged.campaign) for line in page],
        "apply_form": ApplyForm(initial={"sha256": staged.sha256}),
        "is_waiting": staged.state == ImportState.READY,
        "sentence": sentence or ("Tải lại tệp: số trên cổng đã đổi sau khi đọc" if late else ""),
        "errors": [{"text": text} for text in (reasons or (late if staged.state == ImportState.READY else ()))],
        "is_late": bool(late),
    }
    return render(request, "scoring/entered/preview.html", context, status=status)


def _told(line: Line, campaign: Campaign) -> dict[str, object]:
    """One line of the preview in words."""
    rule = leaf_of(line.criterion, campaign)
    scored = rule.score({"inputs": line.inputs})
    return {
        "line": line,
        "before": say_content(rule, content_of(line.current)) if line.current else NOTHING,
        "after": say_inputs(rule, line.inputs),
        "points": show_points(scored.points) if scored.points is not None else "Không tính",
        "why_none": "" if scored.applies else scored.step,
    }

"""Many people by one table ("Mời từ Excel"): the template, the upload, a report of every row, the word to apply."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from units.enums import ImportStage, Role
from units.exporters.people_list import annotated, template
from units.files.cells import UnreadableFile
from units.files.people_list import TEMPLATE_NAME
from units.forms import PeopleFileForm, SeenPlanForm
from units.models import Organiser, PeopleImport
from units.permissions import ADMINISTER
from units.selectors import organiser_administered_by, people_import_at, units_to_name
from units.services.people import NotNow
from units.services.people_import import apply, preview, stage
from units.services.people_plan import Plan, Standing
from units.views.gates import SignedInRequest, route
from units.views.people import CONFLICT, UNPROCESSABLE, crumbs_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 100


@route(ADMINISTER, organiser_administered_by)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """Take a table and show what it would do; nothing is made."""
    form = PeopleFileForm(request.POST, request.FILES) if request.method == "POST" else PeopleFileForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            read = stage(organiser, file.read(), file.name, by=request.user)
        except UnreadableFile as fault:
            form.add_error("file", str(fault))
        else:
            return redirect("units:people_staged", organiser.slug, read.pk)
    context = {"organiser": organiser, "form": form, "crumbs": crumbs_of(organiser)}
    return render(request, "units/people/import.html", context, status=UNPROCESSABLE if form.errors else 200)


@route(ADMINISTER, organiser_administered_by)
@require_safe
def empty(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """The empty table with the units and roles of this organiser."""
    units = [(unit.code, unit.name) for unit in units_to_name(organiser)]
    return _workbook(template(units, Role.labels), TEMPLATE_NAME)


@route(ADMINISTER, people_import_at)
@require_safe
def staged(request: SignedInRequest, read: PeopleImport) -> HttpResponseBase:
    """What every row would do, those at fault first; after it was applied, the way on to invitations."""
    return _page(request, read)


@route(ADMINISTER, people_import_at)
@require_safe
def report(request: SignedInRequest, read: PeopleImport) -> HttpResponseBase:
    """The table as it was uploaded, with what becomes of each row and how to mend it."""
    if read.stage == ImportStage.APPLIED:
        return redirect("units:people_staged", read.organiser.slug, read.pk)
    rows = [(row.cells, row.standing.value, row.mend) for row in preview(read, by=request.user).rows]
    return _workbook(annotated(rows), "moi-nguoi-dung-ket-qua.xlsx")


@route(ADMINISTER, people_import_at)
@require_POST
def apply_staged(request: SignedInRequest, read: PeopleImport) -> HttpResponseBase:
    """Make what the preview showed; pressed twice, it makes nothing twice."""
    seen = SeenPlanForm(request.POST)
    if not seen.is_valid():
        return _page(request, read, "Trang xem trước không đầy đủ. Xem lại bảng dưới đây rồi áp dụng.", UNPROCESSABLE)
    try:
        done = apply(read, **seen.cleaned_data, by=request.user)
    except NotNow as fault:
        return _page(request, read, fault.sentence)
    messages.info(request, f"Đã áp dụng: {len(done.made)} người.")
    return redirect("units:people_staged", read.organiser.slug, read.pk)


def _page(request: SignedInRequest, read: PeopleImport, refused: str = "", status: int = CONFLICT) -> HttpResponse:
    organiser = read.organiser
    crumbs = [
        *crumbs_of(organiser),
        {"label": "Mời từ Excel", "url": reverse("units:people_import", args=[organiser.slug])},
    ]
    context = {"organiser": organiser, "read": read, "refused": refused, "crumbs": crumbs}
    if read.stage != ImportStage.APPLIED:
        plan = preview(read, by=request.user)
        rows = sorted(plan.rows, key=lambda row: row.standing != Standing.FAULT)
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
        seen = SeenPlanForm(initial={"sha256": read.sha256, "digest": plan.digest})
        context |= {"plan": plan, "page": page, "seen": seen, "counts": _counts(plan), "query": ""}
    return render(request, "units/people/staged.html", context, status=status if refused else 200)


def _counts(plan: Plan) -> list[tuple[str, int]]:
    return [(standing.value, sum(row.standing == standing for row in plan.rows)) for standing in Standing]


def _workbook(body: bytes, name: str) -> HttpResponse:
    return HttpResponse(body, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})

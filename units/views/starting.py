"""The units of an organiser that begins: communes from the official list, departments from a sample, or a table."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from units.enums import GRASSROOTS_KINDS
from units.files.table_writer import XLSX
from units.files.tables import TableFaults, first_faults
from units.files.unit_table import TEMPLATE_NAME, read_unit_table, template
from units.forms.starting import STALE, DepartmentsForm, SealedUnitsForm, UnitTableForm, seal
from units.models import Organiser
from units.permissions import ADMINISTER
from units.selectors import organiser_administered_by, units_of_today
from units.services.predecessors import join_predecessors, joined_count
from units.services.reform import ReformRefused, ReformReport
from units.services.starting import (
    add_units,
    add_usual_departments,
    communes_listed,
    import_communes,
    plan_units,
    usual_departments,
)
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422


@route(ADMINISTER, organiser_administered_by)
@require_safe
def start(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    return _page(request, organiser)


@route(ADMINISTER, organiser_administered_by)
@require_POST
def communes(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """All communes of the own province; a second press changes nothing."""
    if not communes_listed(organiser):
        return _page(request, organiser, status=CONFLICT, refused="Danh mục chính thức không có xã của đơn vị này.")
    done = import_communes(organiser, by=request.user)
    messages.info(
        request, f"Đã nhập danh mục xã: thêm {done['new']}, sửa tên {done['update']}, giữ nguyên {done['skip']} đơn vị."
    )
    return redirect("units:start", organiser.slug)


@route(ADMINISTER, organiser_administered_by)
@require_POST
def predecessors(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """Join the communes of the own province with what they were before 01/07/2025; the page tells what is amiss."""
    if not organiser.unit.children.filter(kind__in=GRASSROOTS_KINDS).exists():
        return _page(request, organiser, status=CONFLICT, refused="Nhập xã, phường, đặc khu trước, rồi mới nối.")
    try:
        report = join_predecessors(organiser, by=request.user)
    except ReformRefused as refused:
        return _page(request, organiser, status=CONFLICT, refused=f"Chưa nối đơn vị nào. {refused}")
    return _page(request, organiser, joined=report)


@route(ADMINISTER, organiser_administered_by)
@require_POST
def departments(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """Those of the usual departments that were ticked."""
    form = DepartmentsForm(usual_departments(organiser), request.POST)
    if not form.is_valid():
        return _page(request, organiser, departments=form, status=UNPROCESSABLE)
    added = add_usual_departments(organiser, form.cleaned_data["codes"], by=request.user)
    messages.info(request, f"Đã thêm {added} sở, ban, ngành.")
    return redirect("units:start", organiser.slug)


@route(ADMINISTER, organiser_administered_by)
@require_safe
def empty_table(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    """The workbook to fill."""
    response = HttpResponse(template(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{TEMPLATE_NAME}"'
    return response


@route(ADMINISTER, organiser_administered_by)
@require_POST
def table(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """What a table would do, row by row; nothing is stored."""
    form = UnitTableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, organiser, table=form, status=UNPROCESSABLE)
    upload = form.cleaned_data["file"]
    data = upload.read()
    try:
        rows = read_unit_table(data, upload.name)
    except TableFaults as refused:
        return _page(request, organiser, table=form, faults=refused.shown, status=UNPROCESSABLE)
    planned = plan_units(organiser, rows)
    faults = [item.fault for item in planned if item.fault]
    if faults:
        return _page(request, organiser, table=form, faults=first_faults(faults), status=UNPROCESSABLE)
    sha256 = hashlib.sha256(data).hexdigest()
    sealed = SealedUnitsForm(
        organiser, request.user, initial={"staged": seal(organiser, request.user, rows, sha256), "sha256": sha256}
    )
    context = {
        "organiser": organiser, "form": sealed, "planned": planned, "file_name": upload.name, "sha256": sha256,
        "new_count": sum(1 for item in planned if item.what == "new"), "crumbs": _crumbs(request, organiser, deep=True),
    }  # fmt: skip
    return render(request, "units/starting/preview.html", context)


@route(ADMINISTER, organiser_administered_by)
@require_POST
def apply_table(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """Add exactly what was previewed; pressed twice it adds nothing more."""
    form = SealedUnitsForm(organiser, request.user, request.POST)
    if not form.is_valid():
        return _page(request, organiser, status=CONFLICT, refused=STALE)
    try:
        added = add_units(organiser, form.rows, by=request.user, sha256=form.cleaned_data["sha256"])
    except ValueError as refused:
        return _page(request, organiser, status=CONFLICT, refused=f"{refused} Chưa thêm đơn vị nào.")
    messages.info(request, f"Đã thêm {added} đơn vị." if added else "Các đơn vị của bảng đã có đủ.")
    return redirect("units:start", organiser.slug)


def _page(
    request: SignedInRequest,
    organiser: Organiser,
    *,
    departments: DepartmentsForm | None = None,
    table: UnitTableForm | None = None,
    faults: list[str] | None = None,
    refused: str = "",
    joined: ReformReport | None = None,
    status: int = 200,
) -> HttpResponse:
    usual = usual_departments(organiser)
    kinds = list(units_of_today(organiser).exclude(pk=organiser.unit_id).values_list("kind", flat=True))
    listed = communes_listed(organiser)
    context: dict[str, Any] = {
        "organiser": organiser,
        "listed_count": len(listed),
        "joined": joined,
        "joined_count": joined_count(organiser),
        "communes_count": sum(1 for kind in kinds if kind in GRASSROOTS_KINDS),
        "others_count": sum(1 for kind in kinds if kind not in GRASSROOTS_KINDS),
        "departments": departments or DepartmentsForm(usual),
        "usual_are_missing": any(not is_there for _, _, is_there in usual),
        "form": table or UnitTableForm(),
        "faults": [{"text": fault, "url": ""} for fault in faults or []],
        "refused": refused,
        "crumbs": _crumbs(request, organiser),
    }
    return render(request, "units/starting/start.html", context, status=status)


def _crumbs(request: SignedInRequest, organiser: Organiser, *, deep: bool = False) -> list[dict[str, str]]:
    """Back to where one came from: the way of the set-up, which the trial portal has behind it, or the tree."""
    name, label = ("scoring:units", "Cây đơn vị") if request.user.is_demo else ("scoring:guide", "Thiết lập")
    crumbs = [{"label": label, "url": reverse(name, args=[organiser.slug])}]
    if deep:
        crumbs.append({"label": "Đơn vị", "url": reverse("units:start", args=[organiser.slug])})
    return crumbs

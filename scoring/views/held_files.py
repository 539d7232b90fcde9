"""Tệp bị giữ lại: what the virus scanner finds harmful and a person looks after."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import HeldStepKind
from scoring.files import clamd
from scoring.forms.held_files import HeldStepForm
from scoring.permissions import RELEASE_HELD, SETTLE_HELD, VIEW_HELD
from scoring.selectors.campaigns import organiser_visible_to
from scoring.selectors.held_files import HeldFile, held_file_at, held_files, held_scans
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.held_files import decide, scan_again
from units.models import Organiser
from units.permissions import can
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
A_PAGE = 30
_DONE = {
    HeldStepKind.KEPT: "Đã giữ tệp và báo đơn vị tải tệp khác.",
    HeldStepKind.PROPOSED: "Đã đề nghị mở. Tệp mở khi một người khác xác nhận.",
    HeldStepKind.RELEASED: "Đã mở tệp, đơn vị được báo.",
}


@route(VIEW_HELD, organiser_visible_to)
@require_safe
def held_list(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    page = Paginator(held_scans(organiser), A_PAGE).get_page(request.GET.get("trang"))
    context = {"organiser": organiser, "page": page, "rows": held_files(organiser, list(page.object_list))}
    return render(request, "scoring/held/list.html", context)


@route(VIEW_HELD, held_file_at)
@require_http_methods(["GET", "HEAD", "POST"])
def held(request: SignedInRequest, found: HeldFile) -> HttpResponseBase:
    """One file; POST keeps it, proposes to open it, or opens it."""
    if request.method != "POST":
        return _page(request, found)
    form = HeldStepForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, UNPROCESSABLE)
    kind = HeldStepKind(form.cleaned_data["kind"])
    try:
        decide(found, kind, form.cleaned_data["reason"], seen=form.cleaned_data["seen"], by=request.user)
    except Incomplete as refused:
        form.add_error(refused.field, refused.sentence)
        return _page(request, found, form, UNPROCESSABLE)
    except StaleEdit:
        return _refused(request, found, form, "Có người vừa xử lý tệp này. Xem các bước ở dưới rồi quyết định lại.")
    except Conflict as refused:
        return _refused(request, found, form, refused.sentence)
    messages.info(request, _DONE[kind])
    return redirect(request.path)


@route(SETTLE_HELD, held_file_at)
@require_POST
def scan(request: SignedInRequest, found: HeldFile) -> HttpResponseBase:
    """Ask the scanner about it once more."""
    try:
        said = scan_again(found, by=request.user)
    except Conflict as refused:
        return _refused(request, found, HeldStepForm(), refused.sentence)
    if not said:
        messages.info(request, f"Máy quét không thấy mã độc trong “{found.name}” nữa. Tệp đã mở, đơn vị được báo.")
        return redirect("scoring:held_files", found.organiser.slug)
    messages.info(request, f"Máy quét vẫn thấy mã độc: {said}. Tệp giữ như trước.")
    return redirect("scoring:held_file", found.organiser.slug, found.scan.pk)


def _refused(request: SignedInRequest, found: HeldFile, form: HeldStepForm, sentence: str) -> HttpResponse:
    """As it stands now, with what was typed."""
    newest = held_file_at(request.user, found.organiser.slug, found.scan.pk)
    typed = {"reason": form.data.get("reason", ""), "seen": len(newest.steps), "kind": HeldStepKind.KEPT}
    again = HeldStepForm(typed)
    again.is_valid()
    again.errors.clear()
    again.add_error(None, sentence)
    return _page(request, newest, again, CONFLICT)


def _page(
    request: SignedInRequest, found: HeldFile, form: HeldStepForm | None = None, status: int = 200
) -> HttpResponse:
    may_settle = can(request.user, SETTLE_HELD, found)
    may_release = can(request.user, RELEASE_HELD, found)
    context: dict[str, Any] = {
        "organiser": found.organiser,
        "held": found,
        "form": form or HeldStepForm(),
        "seen": len(found.steps),
        "steps": list(reversed(found.steps)),
        "acts": _acts(found, may_settle=bool(may_settle), may_release=bool(may_release)),
        "may_scan": may_settle and found.scan.found and clamd.is_there(),
        "waits_for": may_release.reason if found.is_proposed and not may_release else "",
    }
    return render(request, "scoring/held/file.html", context, status=status)


def _acts(found: HeldFile, *, may_settle: bool, may_release: bool) -> list[tuple[str, str]]:
    """(kind, words on the button): what the door would take now."""
    if not found.scan.found:
        return []
    acts = []
    if may_release and found.is_proposed:
        acts.append((HeldStepKind.RELEASED.value, "Mở tệp"))
    if may_settle and not found.is_proposed and not found.is_released:
        acts.append((HeldStepKind.PROPOSED.value, "Đề nghị mở"))
    if may_settle and (found.newest is None or found.newest.kind != HeldStepKind.KEPT):
        acts.append((HeldStepKind.KEPT.value, "Giữ lại, yêu cầu tệp khác"))
    return acts

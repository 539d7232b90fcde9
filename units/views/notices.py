"""One's own notices: the list with what is unread, and which of them come as letters."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from units.enums import NoticeWay
from units.forms import NoticeWaysForm
from units.models import Notice
from units.permissions import USE_WORKSPACE
from units.selectors import own_notice
from units.services.notice_choices import choose_ways, read_all, read_one
from units.services.notices import ways_of
from units.views.gates import SignedInRequest, route

PER_PAGE = 30
UNPROCESSABLE = 422


@route(USE_WORKSPACE)
@require_safe
def notices(request: SignedInRequest) -> HttpResponse:
    """Everything that the portal told the person, the newest first; nothing is marked as read by looking."""
    found = request.user.notices.listed().select_related("organiser")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    newest = max((notice.pk for notice in page.object_list), default=0)
    context = {"page": page, "newest": newest, "unread": any(notice.read_at is None for notice in page.object_list)}
    return render(request, "account/notices.html", context)


@route(USE_WORKSPACE, own_notice)
@require_POST
def open_one(request: SignedInRequest, notice: Notice) -> HttpResponseBase:
    """Mark one as read and go to where its matter is."""
    read_one(notice)
    return redirect(notice.path or "own_notices")


@route(USE_WORKSPACE)
@require_POST
def read(request: SignedInRequest) -> HttpResponseBase:
    """Mark all that the person has seen as read."""
    newest = request.POST.get("den", "")
    number = read_all(request.user, int(newest)) if newest.isascii() and newest.isdigit() and len(newest) < 19 else 0
    messages.info(request, f"Đã đánh dấu đọc {number} thông báo." if number else "Không có thông báo nào chưa đọc.")
    return redirect("own_notices")


@route(USE_WORKSPACE)
@require_http_methods(["GET", "HEAD", "POST"])
def ways(request: SignedInRequest) -> HttpResponseBase:
    """Choose which notices come at once, in the morning's letter, or stand in the portal alone."""
    chosen: dict[str, NoticeWay] = {kind: way for (_, kind), way in ways_of([request.user.pk]).items()}
    roles = {item.role for item in request.user.current_memberships}
    form = NoticeWaysForm(chosen, request.POST if request.method == "POST" else None, roles=roles)
    if form.is_bound and form.is_valid():
        choose_ways(request.user, form.ways)
        messages.info(request, "Đã lưu cách nhận thông báo.")
        return redirect("own_notice_ways")
    context = {"form": form, "has_mail": settings.HAS_MAIL}
    return render(request, "account/notice_ways.html", context, status=UNPROCESSABLE if form.is_bound else 200)

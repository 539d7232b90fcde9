"""Hướng dẫn: one page for who fills a unit's dossier in and one for its head, from the first figure to the receipt."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from units.enums import Role
from units.permissions import USE_WORKSPACE
from units.views.gates import SignedInRequest, route

STAFF, HEAD = "can-bo", "thu-truong"
TITLES = {STAFF: "Cán bộ đơn vị", HEAD: "Thủ trưởng"}


@route(USE_WORKSPACE)
@require_safe
def handbook(request: SignedInRequest) -> HttpResponse:
    """The page of `?danh-cho=`; of the reader's own role where none, or nothing known, is asked for."""
    is_head = any(held.role == Role.UNIT_HEAD for held in request.user.current_memberships)
    asked = request.GET.get("danh-cho", "")
    chosen = asked if asked in TITLES else (HEAD if is_head else STAFF)
    tabs = [{"name": name, "title": title, "is_chosen": name == chosen} for name, title in TITLES.items()]
    return render(request, "scoring/handbook.html", {"tabs": tabs, "is_for_head": chosen == HEAD})

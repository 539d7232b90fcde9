"""Bảng quyền: who may do what in which step, read off the one table that the code asks."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scoring.forms.rights import RightsForm
from scoring.permissions import VIEW_RIGHTS
from scoring.selectors.campaigns import organiser_visible_to
from scoring.selectors.rights import rights
from units.enums import Role
from units.models import Organiser, User
from units.permissions import ADMINISTER, can
from units.views.gates import SignedInRequest, route

BAD_REQUEST = 400


@route(VIEW_RIGHTS, organiser_visible_to)
@require_safe
def table(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    form = RightsForm(request.GET)
    role, phase = (form.role, form.phase) if form.is_valid() else (None, None)
    context = {
        "organiser": organiser,
        "form": form,
        "areas": rights(role, phase) if form.is_valid() else [],
        "roles": [role] if role else list(Role),
        "chosen_role": role,
        "chosen_phase": phase,
        "crumbs": [_way_back(request.user, organiser)],
    }
    return render(request, "scoring/work/rights.html", context, status=200 if form.is_valid() else BAD_REQUEST)


def _way_back(user: User, organiser: Organiser) -> dict[str, str]:
    """The page that led here: people for administrators, one's work for everybody else."""
    if can(user, ADMINISTER, organiser):
        return {"label": "Người dùng", "url": reverse("units:people", args=[organiser.slug])}
    return {"label": "Việc của tôi", "url": reverse("scoring:work", args=[organiser.slug])}

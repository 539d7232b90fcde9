"""Roles lent while somebody is away: by the person, or by an administrator for them ("Ủy quyền khi vắng mặt")."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from units.forms import DelegationForm
from units.models import Membership, Organiser
from units.permissions import DELEGATE, USE_WORKSPACE
from units.selectors import lending_of, organiser_worked_at, role_at
from units.services.delegation import delegate, end_delegation
from units.services.people import NotNow
from units.vietnamese import format_date
from units.views.gates import SignedInRequest, route
from units.views.people import CONFLICT, UNPROCESSABLE


@route(USE_WORKSPACE, organiser_worked_at)
@require_safe
def own(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """One's own roles, those lent, and those carried for others."""
    context = {"organiser": organiser, "lending": lending_of(request.user, organiser)}
    return render(request, "units/people/lending.html", context)


@route(DELEGATE, role_at)
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: SignedInRequest, role: Membership) -> HttpResponseBase:
    """Lend one role."""
    form = DelegationForm(role, request.POST if request.method == "POST" else None)
    status, refused = UNPROCESSABLE if form.is_bound else 200, ""
    if form.is_bound and form.is_valid():
        try:
            made = delegate(role, **form.cleaned_data, by=request.user)
        except NotNow as fault:
            status, refused = CONFLICT, fault.sentence
        else:
            days = f"{format_date(made.valid_from)} đến hết {format_date(made.valid_to or made.valid_from)}"
            messages.info(request, f"{made.user.full_name} thay {role.user.full_name} từ {days}.")
            return redirect(_back(request, role))
    context = {
        "role": role,
        "is_own": role.user_id == request.user.pk,
        "form": form,
        "refused": refused,
        "given": [one for one in lending_of(role.user, role.organiser).given if one.stands_for_id == role.pk],
        "crumbs": [{"label": _back_label(request, role), "url": _back(request, role)}],
    }
    return render(request, "units/people/lend.html", context, status=status)


@route(DELEGATE, role_at)
@require_POST
def take_back(request: SignedInRequest, role: Membership) -> HttpResponseBase:
    """The deputy's role ends now."""
    try:
        end_delegation(role, by=request.user)
    except NotNow as fault:
        messages.warning(request, fault.sentence)
    else:
        messages.info(request, f"Đã thôi ủy quyền. {role.user.full_name} bị từ chối từ yêu cầu kế tiếp.")
    return redirect(_back(request, role))


def _back(request: SignedInRequest, role: Membership) -> str:
    """To one's own page, or to the page of the person whose role it is."""
    slug = role.organiser.slug
    if role.principal_id == request.user.pk:
        return reverse("units:lending", args=[slug])
    return reverse("units:person", args=[slug, role.principal_id])


def _back_label(request: SignedInRequest, role: Membership) -> str:
    return "Ủy quyền khi vắng mặt" if role.principal_id == request.user.pk else role.user.full_name

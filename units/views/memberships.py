"""Roles of a person at one organiser: given with dates, ended, and given to somebody who has an account elsewhere."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from units.forms import AccountNameForm, EndForm, RoleForm
from units.models import Membership, Organiser, User
from units.permissions import ADMINISTER
from units.selectors import Person, membership_at, organiser_administered_by, person_at
from units.services.people import NotNow, add_membership, end_membership
from units.services.role_pairs import hints_before, hints_on
from units.views.gates import SignedInRequest, route
from units.views.people import CONFLICT, UNPROCESSABLE, crumbs_of

LONGEST_NAME = 64


@route(ADMINISTER, person_at)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """One more role."""
    form = RoleForm(known.organiser, request.POST if request.method == "POST" else None)
    status, refused = 200, ""
    if form.is_bound:
        status, refused = _given(request, known.organiser, known.user, form)
        if not status:
            return redirect("units:person", known.organiser.slug, known.user.pk)
    context = {
        "known": known,
        "form": form,
        "pairs": hints_before(known.memberships),
        "refused": refused,
        "crumbs": _crumbs(known.organiser, known.user),
    }
    return render(request, "units/people/role.html", context, status=status)


@route(ADMINISTER, organiser_administered_by)
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """A role for somebody who has an account, by the whole user name; `?ten=` types it beforehand."""
    data = request.POST if request.method == "POST" else None
    name = AccountNameForm(data, initial={"username": request.GET.get("ten", "")[:LONGEST_NAME]})
    form = RoleForm(organiser, data)
    status, refused = 200, ""
    if data is not None:
        status = UNPROCESSABLE
        if name.is_valid() and name.user is not None:
            status, refused = _given(request, organiser, name.user, form)
            if not status:
                return redirect("units:person", organiser.slug, name.user.pk)
    context = {"organiser": organiser, "name": name, "form": form, "refused": refused, "crumbs": crumbs_of(organiser)}
    return render(request, "units/people/take_in.html", context, status=status)


@route(ADMINISTER, membership_at)
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, membership: Membership) -> HttpResponseBase:
    """End a role now or after a day."""
    form = EndForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            end_membership(membership, last_day=form.cleaned_data["last_day"], by=request.user)
        except NotNow as fault:
            return _end_page(request, membership, form, CONFLICT, fault.sentence)
        messages.info(
            request, f"Đã ghi ngày kết thúc: {membership.get_role_display().lower()}, {membership.unit.name}."
        )
        return redirect("units:person", membership.organiser.slug, membership.user_id)
    return _end_page(request, membership, form, UNPROCESSABLE if form.is_bound else 200)


def _end_page(
    request: SignedInRequest, membership: Membership, form: EndForm, status: int, refused: str = ""
) -> HttpResponse:
    crumbs = _crumbs(membership.organiser, membership.user)
    context = {"membership": membership, "form": form, "refused": refused, "crumbs": crumbs}
    return render(request, "units/people/end.html", context, status=status)


def _given(request: SignedInRequest, organiser: Organiser, user: User, form: RoleForm) -> tuple[int, str]:
    """Give the role that a form tells of: (0, "") when done, else the status and the sentence of the page."""
    if not form.is_valid():
        return UNPROCESSABLE, ""
    try:
        made = add_membership(organiser, user, **form.cleaned_data, by=request.user)
    except NotNow as fault:
        return CONFLICT, fault.sentence
    messages.info(request, f"Đã phân công {user.full_name}: {made.get_role_display().lower()}, {made.unit.name}.")
    for hint in hints_on(user.memberships.filter(organiser=organiser).select_related("unit", "stands_for")):
        messages.warning(request, f"Lưu ý, {hint.roles}: {hint.sentence}")
    return 0, ""


def _crumbs(organiser: Organiser, user: User) -> list[dict[str, str]]:
    own = {"label": user.full_name, "url": reverse("units:person", args=[organiser.slug, user.pk])}
    return [*crumbs_of(organiser), own]

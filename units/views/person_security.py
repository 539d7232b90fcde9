"""How a person signs in, as an administrator sees and mends it: second factor, and the province's own service."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from units.forms import SubjectForm
from units.permissions import ADMINISTER, ADMINISTER_ACCOUNT, can
from units.selectors import Person, person_at
from units.services import second_factor, single_sign_on
from units.services import second_factor_changes as changes
from units.services.people import NotNow
from units.views.confirming import confirmed
from units.views.gates import SignedInRequest, route
from units.views.people import CONFLICT, UNPROCESSABLE, asked, crumbs_of, page_address


def address_of(known: Person) -> str:
    return reverse("units:person_security", args=[known.organiser.slug, known.user.pk])


@route(ADMINISTER, person_at)
@require_safe
def overview(request: SignedInRequest, known: Person) -> HttpResponse:
    return _page(request, known)


@route(ADMINISTER, person_at)
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed(lambda known: reverse("units:person_factor_off", args=[known.organiser.slug, known.user.pk]))
def take_off(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """Every factor off, for somebody who lost phone and codes. The page before says what that means."""
    if request.method != "POST":
        return asked(request, known, "factor")
    try:
        changes.take_off(known.user, by=request.user)
    except NotNow as fault:
        return _page(request, known, refused=fault.sentence)
    messages.info(request, f"Đã gỡ xác nhận hai bước của {known.user.full_name}. Mọi phiên đang mở đã kết thúc.")
    return redirect(address_of(known))


@route(ADMINISTER, person_at)
@require_POST
@confirmed(address_of)
def link(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """The subject that opens the account; an empty one takes the link away."""
    form = SubjectForm(request.POST)
    if not form.is_valid():
        return _page(request, known, form=form)
    try:
        if subject := form.cleaned_data["subject"]:
            single_sign_on.link(known.user, subject, by=request.user)
        else:
            single_sign_on.unlink(known.user, by=request.user)
    except NotNow as fault:
        return _page(request, known, refused=fault.sentence)
    messages.info(request, "Đã lưu.")
    return redirect(address_of(known))


def _page(
    request: SignedInRequest, known: Person, *, refused: str = "", form: SubjectForm | None = None
) -> HttpResponse:
    decision = can(request.user, ADMINISTER_ACCOUNT, known.user)
    status = UNPROCESSABLE if form else CONFLICT if refused else 200
    subject = single_sign_on.subject_of(known.user) if single_sign_on.is_offered() else ""
    context = {
        "known": known,
        "person": known.user,
        "has_factor": second_factor.has_factor(known.user),
        "is_asked": second_factor.is_asked_of(known.user),
        "codes_left": second_factor.codes_left(known.user),
        "form": form or SubjectForm(initial={"subject": subject}),
        "subject": subject,
        "is_self": known.user.pk == request.user.pk,
        "may_change": bool(decision),
        "reason": decision.reason,
        "refused": refused,
        "crumbs": [
            *crumbs_of(known.organiser),
            {"label": known.user.full_name, "url": page_address(known)},
        ],
    }
    return render(request, "units/people/security.html", context, status=status)

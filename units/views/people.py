"""People of one organiser: the list, one account, and what an administrator does with it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from units.forms import PeopleFilter, PersonForm, RoleForm
from units.models import Invitation, Organiser
from units.permissions import ADMINISTER, ADMINISTER_ACCOUNT, authorize, can
from units.selectors import Person, lending_of, organiser_administered_by, people_of, person_at, way_in
from units.services.people import NotNow, add_person, change_person, new_password
from units.services.people import lock as lock_account
from units.services.people import unlock as unlock_account
from units.services.role_pairs import hints_on
from units.services.sessions import end_sessions_of
from units.views.confirming import ask_again, confirmed, must_confirm
from units.views.gates import SignedInRequest, route

BAD_REQUEST, CONFLICT, UNPROCESSABLE = 400, 409, 422
PER_PAGE = 50
# Acts upon an account that are told before they are done: title of that page, words of its button.
ACTS = {
    "lock": ("Khóa tài khoản", "Khóa tài khoản"),
    "unlock": ("Mở tài khoản", "Mở tài khoản"),
    "password": ("Cấp mật khẩu mới", "Cấp mật khẩu mới"),
    "sessions": ("Phiên đang mở", "Kết thúc mọi phiên đang mở"),
    "factor": ("Gỡ xác nhận hai bước", "Gỡ xác nhận hai bước"),
}


def page_address(known: Person) -> str:
    return reverse("units:person", args=[known.organiser.slug, known.user.pk])


@route(ADMINISTER, organiser_administered_by)
@require_safe
def people(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    """Everybody with a role there, now or before; `?tim=` without diacritics, `?vai_tro=`, `?loc=` narrow it."""
    form = PeopleFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    found = people_of(
        organiser, text=chosen.get("tim", ""), role=chosen.get("vai_tro", ""), standing=chosen.get("loc", "")
    )
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("trang"))
    query = urlencode({name: value for name, value in chosen.items() if value})
    rows = [(user, way_in(user)) for user in page.object_list]
    context = {"organiser": organiser, "form": form, "page": page, "rows": rows, "query": f"{query}&" if query else ""}
    return render(request, "units/people/people.html", context, status=200 if form.is_valid() else BAD_REQUEST)


@route(ADMINISTER, organiser_administered_by)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """A new account with its first role; both or neither."""
    data = request.POST if request.method == "POST" else None
    form, role = PersonForm(data), RoleForm(organiser, data)
    status, refused = 200, ""
    if data is not None:
        status = UNPROCESSABLE
        if form.is_valid() and role.is_valid():
            try:
                user = add_person(organiser, **form.cleaned_data, role=role.cleaned_data, by=request.user)
            except NotNow as fault:
                status, refused = CONFLICT, fault.sentence
            else:
                messages.info(
                    request, f"Đã thêm {user.full_name}. Mời người này vào cổng: gửi thư hoặc cấp mã một lần."
                )
                return redirect("units:person", organiser.slug, user.pk)
    context = {"organiser": organiser, "form": form, "role": role, "refused": refused, "crumbs": crumbs_of(organiser)}
    return render(request, "units/people/add.html", context, status=status)


@route(ADMINISTER, person_at)
@require_safe
def person(request: SignedInRequest, known: Person) -> HttpResponse:
    return page_of(request, known)


@route(ADMINISTER, person_at)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """Another name, or address for mail; a way into the account is sent there, so it is asked who changes it."""
    form = PersonForm(request.POST if request.method == "POST" else None, instance=known.user, is_new=False)
    if form.is_bound and form.is_valid():
        if "email" in form.changed_data and must_confirm(request):
            return ask_again(request, reverse("units:person_change", args=[known.organiser.slug, known.user.pk]))
        changed = change_person(known.user, **form.cleaned_data, by=request.user)
        messages.info(request, "Đã lưu." if changed else "Không có gì thay đổi.")
        return redirect("units:person", known.organiser.slug, known.user.pk)
    decision = can(request.user, ADMINISTER_ACCOUNT, known.user)
    context = {"known": known, "form": form, "reason": decision.reason, "crumbs": crumbs_of(known.organiser)}
    return render(request, "units/people/change.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@route(ADMINISTER, person_at)
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed(lambda known: _act_address("units:person_lock", known))
def lock(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """Switch the account off; open sessions end. The page before says so."""
    if request.method != "POST":
        return asked(request, known, "lock")
    try:
        lock_account(known.user, by=request.user)
    except NotNow as fault:
        return page_of(request, known, refused=fault.sentence)
    messages.info(request, f"Đã khóa tài khoản {known.user.username}. Mọi phiên đang mở bị từ chối từ yêu cầu kế tiếp.")
    return redirect("units:person", known.organiser.slug, known.user.pk)


@route(ADMINISTER, person_at)
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed(lambda known: _act_address("units:person_unlock", known))
def unlock(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """Switch it on again; the new password is shown once. The page before says so."""
    if request.method != "POST":
        return asked(request, known, "unlock")
    try:
        return _shown_once(request, known, unlock_account(known.user, by=request.user))
    except NotNow as fault:
        return page_of(request, known, refused=fault.sentence)


@route(ADMINISTER, person_at)
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed(lambda known: _act_address("units:person_password", known))
def password(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """A new password, shown once; the page before tells what ends with the old one."""
    if request.method != "POST":
        return asked(request, known, "password")
    try:
        return _shown_once(request, known, new_password(known.user, by=request.user))
    except NotNow as fault:
        return page_of(request, known, refused=fault.sentence)


@route(ADMINISTER, person_at)
@require_http_methods(["GET", "HEAD", "POST"])
def end_sessions(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """Where the person is signed in; by POST every open session ends."""
    if request.method != "POST":
        return asked(request, known, "sessions")
    ended = end_sessions_of(known.user, by=request.user)
    messages.info(request, f"Đã kết thúc {ended} phiên đang mở của {known.user.full_name}.")
    return redirect("units:person", known.organiser.slug, known.user.pk)


# ── what the pages share ──────────────────────────────────────────────────────────────────────────────────────────


def page_of(request: SignedInRequest, known: Person, *, refused: str = "") -> HttpResponse:
    """The page of one person; with `refused` it tells why the last act was not done (409)."""
    decision = can(request.user, ADMINISTER_ACCOUNT, known.user)
    context = {
        "known": known,
        "person": known.user,
        "is_self": known.user.pk == request.user.pk,
        "pairs": hints_on(known.memberships),
        "given": lending_of(known.user, known.organiser).given,
        "way_in": way_in(known.user),
        "has_standing": Invitation.objects.standing().filter(user=known.user).exists(),
        "has_mail": settings.HAS_MAIL,
        "open_sessions": known.user.sessions.alive().count() if decision else 0,
        "may_change": bool(decision),
        "reason": decision.reason,
        "refused": refused,
        "crumbs": crumbs_of(known.organiser),
    }
    return render(request, "units/people/person.html", context, status=CONFLICT if refused else 200)


def crumbs_of(organiser: Organiser) -> list[dict[str, Any]]:
    return [{"label": "Người dùng", "url": reverse("units:people", args=[organiser.slug])}]


def _act_address(name: str, known: Person) -> str:
    return reverse(name, args=[known.organiser.slug, known.user.pk])


def asked(request: SignedInRequest, known: Person, act: str) -> HttpResponse:
    """What `act` (a key of `ACTS`) will do, before it is done by the button there. Raises `Refused`."""
    authorize(request.user, ADMINISTER_ACCOUNT, known.user)
    title, button = ACTS[act]
    context = {
        "known": known,
        "person": known.user,
        "act": act,
        "title": title,
        "button": button,
        "sessions": list(known.user.sessions.alive()),
        "crumbs": [*crumbs_of(known.organiser), {"label": known.user.full_name, "url": page_address(known)}],
    }
    return render(request, "units/people/act.html", context)


def _shown_once(request: SignedInRequest, known: Person, text: str) -> HttpResponse:
    context = {"known": known, "password": text, "crumbs": crumbs_of(known.organiser)}
    return render(request, "units/people/password.html", context)

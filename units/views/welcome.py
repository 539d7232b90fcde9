"""The way in for somebody who was invited: a link or a code, then a password of one's own.

The token of a link stands in an address once and for one request: it is exchanged for a mark in the session, and the
page that follows has an address without it, so that neither history nor Referer nor a log of refusals knows it.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from units.forms import CodeForm, OwnPasswordForm
from units.models import Invitation
from units.services.invitations import GONE, accept, invitation_at, invitation_of_code, invitation_of_link
from units.services.people import NotNow
from units.services.throttle import forgive
from units.views.gates import public

NOT_FOUND, UNPROCESSABLE = 404, 422
SHOWN = "invitation"  # in the session: the invitation whose secret this browser has shown
WRONG = (
    "Tên đăng nhập hoặc mã không đúng, hoặc mã đã dùng, đã hết hạn. Xem lại phiếu, "
    "hoặc đề nghị người quản trị cấp mã mới."
)


@public
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponseBase:
    """The address in the letter. Opening it uses nothing up: programs that look through mail open it too."""
    return _on(request, invitation_of_link(token))


@public
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """User name and code. Whatever is wrong with them is answered by one sentence; django-axes counts the tries."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        username = given["username"].strip()
        credentials = {"username": username, "token": given["code"]}
        if authenticate(request, **credentials) is not None:
            forgive(request, credentials)
            return _on(request, invitation_of_code(username, given["code"]))
        form.add_error(None, WRONG)
    context = {"form": form}
    return _private(render(request, "account/code.html", context, status=UNPROCESSABLE if form.errors else 200))


@public
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """Choose a password; with it the invitation is used up and the person signed in (a second factor is asked)."""
    invitation = invitation_at(request.session.get(SHOWN))
    if invitation is None:
        return _gone(request)
    form = OwnPasswordForm(invitation.user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            user = accept(invitation, form.cleaned_data["password1"])
        except NotNow:
            return _gone(request)
        request.session.pop(SHOWN, None)
        record_authentication(request, user, method="password")  # just chosen: not asked again at once
        return perform_login(request, user, redirect_url=reverse("workspace"))
    context = {"form": form, "invitation": invitation}
    page = render(request, "account/own_password.html", context, status=UNPROCESSABLE if form.is_bound else 200)
    return _private(page)


def _on(request: HttpRequest, invitation: Invitation | None) -> HttpResponseBase:
    """To the page of the password, with the mark or (wrong, used, old: all alike) without."""
    request.session.pop(SHOWN, None)
    if invitation is not None:
        request.session[SHOWN] = invitation.pk
    return _private(redirect("invitation_password"))


def _gone(request: HttpRequest) -> HttpResponse:
    request.session.pop(SHOWN, None)
    return _private(render(request, "account/invitation_gone.html", {"sentence": GONE}, status=NOT_FOUND))


def _private(response: HttpResponse) -> HttpResponse:
    # The address alone stays behind; with "no-referrer" browsers send "Origin: null", which the CSRF check refuses.
    response["Referrer-Policy"] = "strict-origin"
    return response

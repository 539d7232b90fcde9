"""Security of one's own account: showing a second factor when something counts, and setting one up.

The steps are the library's (django-allauth); here they get our words, 422 for a form that did not fit, the trail, and
recovery codes that no GET uses up.
"""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.views import PasswordChangeView, ReauthenticateView
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.internal import auth as passkeys
from allauth.mfa.webauthn.views import AddWebAuthnView, EditWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods, require_safe

from units.permissions import SECURE_ACCOUNT
from units.services import second_factor, single_sign_on
from units.services import second_factor_changes as changes
from units.services.people import NotNow
from units.views.gates import SignedInRequest, route

UNPROCESSABLE = 422
HOME = reverse_lazy("mfa_index")
SIGNS_IN_ELSEWHERE = "Tài khoản này chưa có mật khẩu trên cổng. Cần mật khẩu thì đề nghị người quản trị cấp mã một lần."
# Outermost: another method is told so at once, and leads neither to the password nor into the library's views.
takes_a_form = require_http_methods(["GET", "HEAD", "POST"])


@route(SECURE_ACCOUNT)
@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    """What guards the account, and what can be changed; the page that `FirstThingsFirst` leads to."""
    own = Authenticator.objects.filter(user_id=request.user.pk).order_by("created_at", "pk")
    by_type: dict[str, list[Authenticator]] = {}
    for row in own:
        by_type.setdefault(row.type, []).append(row)
    context = {
        "app": next(iter(by_type.get(Authenticator.Type.TOTP, [])), None),
        "passkeys": by_type.get(Authenticator.Type.WEBAUTHN, []),
        "codes_left": second_factor.codes_left(request.user),
        "is_asked": second_factor.is_asked_of(request.user),
        "has_factor": second_factor.has_factor(request.user),
        "subject": single_sign_on.subject_of(request.user) if single_sign_on.is_offered() else "",
        "has_password": request.user.has_usable_password(),
    }
    return render(request, "account/security.html", context)


class Refusing:
    """A form that did not fit goes out as 422, with the page as it was."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=UNPROCESSABLE)  # type: ignore[attr-defined]


class ChangePassword(Refusing, PasswordChangeView):
    """One's own password. Who signs in elsewhere and has none here is told so; nobody gives himself a first one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not request.user.has_usable_password():
            messages.info(request, SIGNS_IN_ELSEWHERE)
            return redirect(HOME)
        return super().dispatch(request, *args, **kwargs)


class ShowFactor(AuthenticateView):
    """The second factor after the password; whoever comes here without that is sent to sign in."""

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(), status=UNPROCESSABLE)


class Confirm(Refusing, ReauthenticateView):
    """Password and second factor once more; the library then leads back to where the person came from."""

    def form_valid(self, form: Any) -> HttpResponse:
        if form.authenticator is not None:
            post_authentication(self.request, form.authenticator, reauthenticated=True)
        return super().form_valid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if "credential" in context["form"].fields and passkeys.get_credentials(self.request.user):
            context["passkey_options"] = passkeys.begin_authentication(self.request.user)
        return context


def _shown(request: HttpRequest, kind: str) -> None:
    """Who has just set up a factor has shown it: it is not asked for again at once."""
    newest = Authenticator.objects.filter(user_id=request.user.pk, type=kind).order_by("-pk").first()
    if newest is not None:
        post_authentication(request, newest)


def _with_first_codes(view: Any, response: HttpResponse) -> HttpResponse:
    """The recovery codes that came with the first factor, in the answer to the press and never again; `response` where
    there were codes before."""
    if not view.did_generate_recovery_codes:
        return response
    codes = second_factor.unused_codes(view.request.user)
    return render(view.request, "account/recovery_codes.html", {"codes": codes, "codes_left": len(codes)})


class ActivateApp(Refusing, ActivateTOTPView):
    """The square to scan, and the first code as proof; with the first factor come recovery codes."""

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            changes.note_app_on(self.request.user, form.cleaned_data["code"])
            _shown(self.request, Authenticator.Type.TOTP)
        return _with_first_codes(self, response)


class DeactivateApp(Refusing, DeactivateTOTPView):
    success_url = HOME

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            changes.note_app_off(self.request.user)
        return response


class AddPasskey(Refusing, AddWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | ({"form": kwargs["form"]} if "form" in kwargs else {})

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            changes.note_passkey_added(self.request.user, form.cleaned_data["name"])
            _shown(self.request, Authenticator.Type.WEBAUTHN)
        return _with_first_codes(self, response)


class RenamePasskey(Refusing, EditWebAuthnView):
    success_url = HOME

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            changes.note_passkey_renamed(self.request.user, form.cleaned_data["name"])
        messages.info(self.request, "Đã đổi tên khóa.")
        return response


class RemovePasskey(RemoveWebAuthnView):
    success_url = HOME

    def form_valid(self, form: Any) -> HttpResponse:
        name = self.object.wrap().name
        with transaction.atomic():
            response = super().form_valid(form)
            changes.note_passkey_removed(self.request.user, name)
        return response


@takes_a_form
@route(SECURE_ACCOUNT)
@reauthentication_required(app="allauth.mfa")
def recovery_codes(request: SignedInRequest) -> HttpResponseBase:
    """How many are left; by POST ten new ones, shown in the answer and never again."""
    context: dict[str, Any] = {"codes_left": second_factor.codes_left(request.user)}
    if request.method != "POST":
        if not second_factor.has_factor(request.user):
            return redirect(HOME)
        return render(request, "account/recovery_codes.html", context)
    try:
        context["codes"] = changes.new_recovery_codes(request.user)
    except NotNow as fault:
        messages.error(request, fault.sentence)
        return redirect(HOME)
    return render(request, "account/recovery_codes.html", context)


show_factor = takes_a_form(ShowFactor.as_view())
confirm = takes_a_form(Confirm.as_view())
change_password = takes_a_form(ChangePassword.as_view())
activate_app = takes_a_form(route(SECURE_ACCOUNT)(ActivateApp.as_view()))
deactivate_app = takes_a_form(route(SECURE_ACCOUNT)(DeactivateApp.as_view()))
add_passkey = takes_a_form(route(SECURE_ACCOUNT)(AddPasskey.as_view()))
rename_passkey = takes_a_form(route(SECURE_ACCOUNT)(RenamePasskey.as_view()))
remove_passkey = takes_a_form(route(SECURE_ACCOUNT)(RemovePasskey.as_view()))

"""The way to the province's own sign-in service and back.

The way there is a page with a link that is followed at once: a form that was answered by a redirect to another host
would be stopped by our own `form-action 'self'`, and the policy stays as strict as it is.
"""

from __future__ import annotations

import logging

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from requests import RequestException

from units.permissions import SECURE_ACCOUNT
from units.services import single_sign_on
from units.services.people import NotNow
from units.services.single_sign_on import BAD_GATEWAY, SSO, SignOnServer
from units.views.gates import SignedInRequest, public, route

log = logging.getLogger(__name__)


@public
@require_POST
def start(request: HttpRequest) -> HttpResponseBase:
    """To the service, to sign in."""
    if request.user.is_authenticated:
        return redirect("workspace")
    return _go(request, AuthProcess.LOGIN, get_next_redirect_url(request))


@public
@require_safe
def back(request: HttpRequest) -> HttpResponseBase:
    """From the service, with a code that counts once; only where the way there began in this browser."""
    if not single_sign_on.is_offered():
        raise Http404
    answer: HttpResponseBase = OAuth2CallbackView.adapter_view(SignOnServer(request, SSO))(request)
    return answer


@route(SECURE_ACCOUNT)
@require_POST
@reauthentication_required(app="allauth.socialaccount")
def link(request: SignedInRequest) -> HttpResponseBase:
    """To the service, to link one's account with who one is there."""
    return _go(request, AuthProcess.CONNECT, None)


@route(SECURE_ACCOUNT)
@require_POST
@reauthentication_required(app="allauth.socialaccount")
def unlink(request: SignedInRequest) -> HttpResponseBase:
    try:
        single_sign_on.unlink(request.user, by=request.user)
        messages.info(request, "Đã bỏ nối.")
    except NotNow as fault:
        messages.error(request, fault.sentence)
    return redirect("mfa_index")


def _go(request: HttpRequest, process: AuthProcess, next_url: str | None) -> HttpResponse:
    if not single_sign_on.is_offered():
        raise Http404
    provider = get_adapter(request).get_provider(request, SSO)
    try:
        answer = provider.redirect(request, process=process, next_url=next_url)
    except (RequestException, KeyError, TypeError, ValueError) as fault:
        log.warning("single sign-on cannot be reached: %r", fault)
        context = {"service": single_sign_on.service_name(), "is_away": True}
        return render(request, "account/sso_failed.html", context, status=BAD_GATEWAY)
    return render(
        request, "account/sso_go.html", {"service": single_sign_on.service_name(), "address": answer["Location"]}
    )

"""Signing in through a province's own service (OpenID Connect): it opens accounts that exist, and never makes one.

The library (django-allauth) walks the way: authorization code with PKCE and a state kept in the session. What is ours:
one service, named by the environment; its word is believed only under its signature; a login finds an account by the
subject that was linked before (`SocialAccount`), or, where the setting says so, by an address the service has verified.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse

from units import trail
from units.models import User
from units.permissions import ADMINISTER_ACCOUNT, authorize
from units.services.people import NotNow

SSO = "sso"
SIGNATURES = frozenset(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"))
LONGEST_SUBJECT = 191
UNKNOWN, FAILED, BAD_GATEWAY = 403, 401, 502
log = logging.getLogger(__name__)


def is_offered() -> bool:
    """Whether this installation has a service to sign in through."""
    return bool(settings.SINGLE_SIGN_ON)


def service_name() -> str:
    """What people call the service."""
    return str(settings.SINGLE_SIGN_ON.get("name", ""))


def service_id() -> str:
    """Which service a subject is of: under another server the same subject is somebody else."""
    server = str(settings.SINGLE_SIGN_ON.get("server", ""))
    return f"{SSO}:{hashlib.sha256(server.encode()).hexdigest()[:16]}"


# ── links between accounts and subjects ───────────────────────────────────────────────────────────────────────────


def subject_of(user: User) -> str:
    """The subject that opens the account; empty without one."""
    found = SocialAccount.objects.filter(user_id=user.pk, provider=service_id()).first()
    return found.uid if found else ""


def link(user: User, subject: str, *, by: User) -> None:
    """Let `subject` open the account from now on, instead of the one before. Raises `Refused`, `NotNow`."""
    _authorize(user, by)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if SocialAccount.objects.exclude(user_id=user.pk).filter(provider=service_id(), uid=subject).exists():
            raise NotNow("Mã định danh này đã nối với một tài khoản khác của cổng.")
        before = subject_of(user)
        if before == subject:
            return
        SocialAccount.objects.filter(user_id=user.pk, provider=service_id()).delete()
        SocialAccount.objects.create(user_id=user.pk, provider=service_id(), uid=subject, extra_data={})
        label = f"Nối tài khoản {user.username} với {service_name()}"
        was, now = {"subject": before} if before else {}, {"subject": subject}
        trail.record("units.link_single_sign_on", by=by, about=user, label=label, before=was, after=now)


def unlink(user: User, *, by: User) -> None:
    """No subject opens the account any more (a verified address still may). Raises `Refused`, `NotNow`."""
    _authorize(user, by)
    with transaction.atomic():
        before = subject_of(user)
        if not before:
            raise NotNow("Tài khoản này chưa nối với dịch vụ đăng nhập một lần.")
        SocialAccount.objects.filter(user_id=user.pk, provider=service_id()).delete()
        label = f"Bỏ nối tài khoản {user.username} với {service_name()}"
        was = {"subject": before}
        trail.record("units.unlink_single_sign_on", by=by, about=user, label=label, before=was, after={})


def _authorize(user: User, by: User) -> None:
    if user.pk != by.pk:
        authorize(by, ADMINISTER_ACCOUNT, user)


def _by_address(address: str) -> User | None:
    """The one account with this address that has no subject of its own; several with one address are nobody's, locked
    ones counted too.

    Compared again letter by letter: capitals of the database may make one letter of two ("ı" and "i").
    """
    found = [user for user in User.objects.filter(email__iexact=address) if user.email.lower() == address.lower()]
    alone = found[0] if len(found) == 1 else None
    return alone if alone and alone.is_active and not subject_of(alone) else None


# ── how the library asks ──────────────────────────────────────────────────────────────────────────────────────────


class SignOnServer(OpenIDConnectOAuth2Adapter):
    """The service as seen from here; what it sends is taken under its signature only."""

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        path = reverse("openid_connect_callback")
        return f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:
        """Raises OAuth2Error for whatever is missing, forged, old, or meant for somebody else."""
        try:
            claims = self._claims(app, kwargs["response"]["id_token"])
            about = self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else {}
            if about and about["sub"] != claims["sub"]:
                raise OAuth2Error("userinfo is about somebody else")
            return self.get_provider().sociallogin_from_response(request, {"id_token": about | claims})
        except (KeyError, TypeError, ValueError, jwt.PyJWTError) as fault:
            raise OAuth2Error(f"unusable answer: {fault!r}") from fault

    def _claims(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        config = self.openid_config
        server = app.settings["server_url"]
        if "/.well-known/" not in server and config["issuer"].rstrip("/") != server.rstrip("/"):
            raise OAuth2Error("the service calls itself something else")
        if jwt.get_unverified_header(id_token)["alg"] not in SIGNATURES:
            raise OAuth2Error("not signed with a key pair")
        claims = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=config["jwks_uri"],
            issuer=config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
        subject = claims["sub"]
        if "exp" not in claims or not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
            raise OAuth2Error("no end or no subject")
        return claims


class SignOnProvider(OpenIDConnectProvider):
    oauth2_adapter_class = SignOnServer

    @property
    def sub_id(self) -> str:
        return service_id()

    def get_oauth2_adapter(self, request: HttpRequest) -> SignOnServer:
        return SignOnServer(request, SSO)

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the service tells about a person is not kept; the name and address here are the portal's own."""
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        """Only an address that the service says it has verified, and says with `true`, not with a word."""
        return super().extract_email_addresses(data) if data["id_token"].get("email_verified") is True else []


class SignOnAdapter(DefaultSocialAccountAdapter):
    """The environment's one service; a login of somebody unknown ends with a sentence, never with an account."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """No service from the database: who may open accounts is decided where the portal is installed."""
        if not is_offered() or provider not in (None, SSO, service_id(), SignOnProvider.id):
            return []
        chosen = settings.SINGLE_SIGN_ON
        app = SocialApp(provider=SignOnProvider.id, provider_id=SSO, name=chosen["name"], client_id=chosen["client_id"])
        app.secret = chosen["secret"]
        app.settings = {"server_url": chosen["server"], "oauth_pkce_enabled": True}
        return [app]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SignOnProvider:
        return SignOnProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: SocialLogin) -> None:
        """The library's own way would take the password off the account; see `pre_social_login`."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """After the subject was looked up: link it to who is signed in, or find by address, or refuse."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(self._link(request, sociallogin))
        if not sociallogin.is_existing and settings.SINGLE_SIGN_ON["match_email"]:
            verified = [address.email for address in sociallogin.email_addresses if address.verified]
            user = _by_address(verified[0]) if verified else None
            if user is not None:
                sociallogin.user = user
        if not sociallogin.is_existing:
            context = {"service": service_name()}
            raise ImmediateHttpResponse(render(request, "account/sso_unknown.html", context, status=UNKNOWN))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        if exception is not None:
            log.warning("single sign-on failed: %r", exception)
        context = {"service": service_name(), "is_cancelled": error == AuthError.CANCELLED}
        raise ImmediateHttpResponse(render(request, "account/sso_failed.html", context, status=FAILED))

    def _link(self, request: HttpRequest, sociallogin: SocialLogin) -> Any:
        if not isinstance(request.user, User):
            return redirect("account_login")
        try:
            link(request.user, sociallogin.account.uid, by=request.user)
            messages.info(request, f"Đã nối với {service_name()}. Từ nay đăng nhập được bằng dịch vụ này.")
        except NotNow as fault:
            messages.error(request, fault.sentence)
        return redirect("mfa_index")

"""The second factor of an account: who must have one, and whether it was shown.

The library (django-allauth) keeps the factors, one `Authenticator` row each: an authenticator app (TOTP), passkeys, and
the recovery codes that come with either. What is ours stands here: secrets are kept encrypted, a code counts once on
every server process, guesses are few. The acts that change a factor: second_factor_changes.py.
"""

from __future__ import annotations

import base64
import hashlib
import time
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.encoding import force_bytes

from units.models import User

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes alone are none
GUESSES = {"second_factor": "10/5m/key"}  # wrong codes of one person in five minutes, from wherever


class FactorAdapter(DefaultMFAAdapter):
    """How the library keeps secrets and what it calls the portal on the person's phone."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "Mã không đúng hoặc đã dùng. Xem mã mới trong ứng dụng rồi nhập lại.",
        "cannot_generate_recovery_codes": "Bật ứng dụng xác thực hoặc thêm khóa truy cập trước khi lấy mã dự phòng.",
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Under another SECRET_KEY nothing opens: then a secret that nobody knows, so that no code is ever right."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return totp.generate_totp_secret()

    def get_totp_label(self, user: User) -> str:
        return user.username

    def get_totp_issuer(self) -> str:
        return f"Chỉ số CCHC {self._host()}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey is bound to the address of the portal that the installation names, whatever the request says;
        the demo is opened under any name of the own machine, and a bare number is no name for a passkey."""
        return {"id": self._host(), "name": "Cổng Chỉ số CCHC"}

    def _host(self) -> str:
        named = "" if settings.DEMO_MODE else urlsplit(f"{settings.SITE_URL}").hostname
        return named or context.request.get_host().partition(":")[0]


class FactorStage(AuthenticateStage):
    """A sign-in that waits for the second factor is for the password that was typed: another password ends it."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if self.login.user is not None:
            self.state["password"] = self._mark()
        return super().handle()  # type: ignore[no-any-return]

    def exit(self) -> HttpResponse:
        if not self.login.user.is_active or not constant_time_compare(self.state.get("password", ""), self._mark()):
            return self.abort()
        return super().exit()

    def _mark(self) -> str:
        """The same keyed hash that ends open sessions with a new password."""
        return self.login.user.get_session_auth_hash()  # type: ignore[no-any-return]


def _cipher() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(b"parindex.second-factor:" + force_bytes(key)).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


# ── who has one, who must ─────────────────────────────────────────────────────────────────────────────────────────


def has_factor(user: User) -> bool:
    """Whether an authenticator app or a passkey stands in the way of whoever knows the password."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def is_asked_of(user: User) -> bool:
    """Whether the settings ask a second factor of a role that the person holds today."""
    asked = settings.SECOND_FACTOR_ROLES
    return bool(asked) and any(membership.role in asked for membership in user.current_memberships)


def must_set_up(user: User) -> bool:
    """Whether the person may do nothing before a second factor is on."""
    return is_asked_of(user) and not has_factor(user)


def codes_left(user: User) -> int | None:
    """How many recovery codes are unused; None when there never were any."""
    row = _recovery_codes(user)
    return None if row is None else len(row.wrap().get_unused_codes())


def unused_codes(user: User) -> list[str]:
    """The recovery codes themselves, for the one page that shows them just made."""
    row = _recovery_codes(user)
    return [] if row is None else list(row.wrap().get_unused_codes())


def _recovery_codes(user: User) -> Authenticator | None:
    return Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()


# ── showing it ────────────────────────────────────────────────────────────────────────────────────────────────────


def use_code(user: User, code: str) -> Authenticator | None:
    """Take a code of the app or a recovery code, once; the row it belongs to, or None for a wrong or used one.

    The last counter stands in the database: a code seen over a shoulder is dead on every process, for its whole life.
    Raises ValidationError after ten wrong codes of the person within five minutes.
    """
    key = f"second-factor-{user.pk}"
    limit = {"app": "allauth.account", "action": "second_factor", "config": GUESSES, "key": key}
    if not ratelimit.consume(context.request, **limit):
        raise account_adapter().validation_error("too_many_codes")
    with transaction.atomic():
        rows = (
            Authenticator.objects.select_for_update().filter(user_id=user.pk).exclude(type=Authenticator.Type.WEBAUTHN)
        )
        for row in rows.order_by("pk"):
            is_right = (
                _use_counter(row, code) if row.type == Authenticator.Type.TOTP else row.wrap().validate_code(code)
            )
            if is_right:
                ratelimit.clear(context.request, **limit)
                return row
    return None


def _use_counter(row: Authenticator, code: str) -> bool:
    secret = decrypt(row.data["secret"])
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if counter > row.data.get("last_counter", 0) and compare_user_code(actual=code, expected=expected):
            row.data["last_counter"] = counter
            row.save(update_fields=["data"])
            return True
    return False


def was_confirmed(request: HttpRequest) -> bool:
    """Whether the person proved within the last minutes who he or she is: with the factor, where there is one."""
    user = request.user
    if not isinstance(user, User):
        return False
    since = time.time() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    fresh = {record["method"] for record in get_authentication_records(request, user) if record["at"] > since}
    return ("mfa" in fresh) if has_factor(user) else bool(fresh)

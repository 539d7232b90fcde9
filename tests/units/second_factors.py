"""Second factors for tests, made by the pages that people use."""

from __future__ import annotations

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.test import Client

from tests.factories import PASSWORD
from units.models import User

SIGN_IN, SHOW = "/tai-khoan/dang-nhap/", "/tai-khoan/xac-nhan-hai-buoc/"
CONFIRM, OWN = "/tai-khoan/xac-nhan-lai/", "/tai-khoan/bao-mat/"


def with_app(user: User) -> User:
    """Give `user` an authenticator app, as if set up long ago."""
    totp.TOTP.activate(user, totp.generate_totp_secret())
    return user


def code_of(user: User, *, steps: int = 0) -> str:
    """What the person's app shows now, or half a minute later for each of `steps`."""
    secret = decrypt(Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"])
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def password_given(user: User, address: str = "10.0.0.1") -> Client:
    """A browser in which the right password was typed, and nothing else."""
    browser = Client(REMOTE_ADDR=address)
    answer = browser.post(SIGN_IN, {"login": user.username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def signed_in_with_code(user: User) -> Client:
    """A browser in which `user` signed in by password and code; uses up the code of this half minute."""
    browser = password_given(user)
    answer = browser.post(SHOW, {"code": code_of(user)})
    assert answer["Location"] == "/lam-viec/"
    return browser

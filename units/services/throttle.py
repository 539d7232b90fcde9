"""Guessing of passwords, slowed down and never turned into a lock-out (case T53): django-axes with counters of our own.

A try is counted before its password is looked at, in the database, so that many at once over several processes count
too; a refused one is not counted. Who knows the password gets in, whatever others do:

* Tries at one account from one network (an IPv4 address, an IPv6 /64): the first few at once, then one every SLOW.
* An account that is being tried from everywhere: only one try at once from each network, then one every SLOW.
* A network that tries many accounts: one try every SLOW_NETWORK, whichever account.
* A browser in which the person has signed in before, or has opened a link from a letter, has a counter of its own,
  which nobody else can use up.

Names count as typed, whether such an account exists or not (case T54).
"""

from __future__ import annotations

import datetime
import logging
import secrets
import unicodedata
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from units.models import User

SLOW = datetime.timedelta(seconds=30)
SLOW_NETWORK = datetime.timedelta(seconds=2)
AT_ONCE_KNOWN = 10  # from a browser that has been let in before
MOST_AT_ONE_ACCOUNT = 20  # from all networks together, before it counts as attacked
MOST_FROM_ONE_NETWORK = 60  # at all accounts together
DEVICE_DAYS = 180
DEVICE_PEOPLE = 5  # who share a computer
_DEVICE = "device "
_NOWHERE = "::"  # the network of a known browser: it may come from anywhere
_log = logging.getLogger(__name__)


def account_of(credentials: dict[str, Any] | None) -> str:
    """What an account is counted under: however the name was written, it is one name."""
    name = unicodedata.normalize("NFKC", str((credentials or {}).get("username") or ""))
    return name.casefold().strip().replace("\x00", "")[:255]


class Throttle(AxesDatabaseHandler):
    """The handler of `AXES_HANDLER`."""

    def is_allowed(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Whether this try may be evaluated; if so, it is counted from here on, until `reset_user_attempts`."""
        now, window = request.axes_attempt_time, get_cool_off(request)  # type: ignore[attr-defined]
        name = account_of(credentials)
        counter = _counter(request, name)
        if counter["user_agent"] == "" and _is_full(counter["ip_address"], now, window):
            return False
        with transaction.atomic():
            attempt, _ = AccessAttempt.objects.select_for_update().get_or_create(
                **counter, defaults={"failures_since_start": 0}
            )
            if attempt.attempt_time <= now - window:
                attempt.failures_since_start = 0
            at_once = _at_once(attempt, now - window)
            if attempt.failures_since_start >= at_once and now - attempt.attempt_time < SLOW:
                return False
            attempt.failures_since_start += 1
            attempt.attempt_time = now
            attempt.save(update_fields=["failures_since_start", "attempt_time"])
        request.is_last_at_once = attempt.failures_since_start >= at_once  # type: ignore[attr-defined]
        return True

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """The try was wrong, or was not evaluated; after the last one at once the person is told to wait."""
        if request is None:
            return
        self.clean_expired_user_attempts(request, credentials)
        refused = request.axes_locked_out  # type: ignore[attr-defined]  # set where `is_allowed` said no
        _log.warning(
            "Sign-in %s: %s from %s",
            "refused for now" if refused else "failed",
            account_of(credentials),
            request.axes_ip_address,  # type: ignore[attr-defined]
        )
        request.axes_locked_out = refused or getattr(request, "is_last_at_once", False)  # type: ignore[attr-defined]

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The password was right: what this browser or network has tried at the account before is forgotten."""
        return AccessAttempt.objects.filter(**_counter(request, account_of(credentials))).delete()[0]


def forgive(request: HttpRequest, credentials: dict[str, Any]) -> None:
    """The password was right, also where nobody signs in by it (asked once more, or a second factor follows)."""
    if hasattr(request, "axes_attempt_time"):
        Throttle().reset_user_attempts(request, credentials)


def forget_tries(user: User) -> None:
    """The account has a new password, given by who may: nothing that was tried before counts (the way out by mail)."""
    AccessAttempt.objects.filter(username=account_of({"username": user.username})).delete()


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """This browser has let `user` in: a signed cookie says so, for DEVICE_DAYS."""
    told = _told(request)
    names = [_tag(account_of({"username": user.username})), *told.get("names", [])]
    value = {"id": told.get("id") or secrets.token_hex(8), "names": list(dict.fromkeys(names))[:DEVICE_PEOPLE]}
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(value, salt=_DEVICE),
        max_age=datetime.timedelta(days=DEVICE_DAYS),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _counter(request: HttpRequest, name: str) -> dict[str, str]:
    """The row that tries at `name` by this request are counted in."""
    told = _told(request)
    if _tag(name) in told.get("names", []):
        return {"username": name, "ip_address": _NOWHERE, "user_agent": f"{_DEVICE}{told['id']}"}
    return {"username": name, "ip_address": request.axes_ip_address, "user_agent": ""}  # type: ignore[attr-defined]


def _at_once(attempt: AccessAttempt, since: datetime.datetime) -> int:
    """How many tries this counter allows without waiting, as things stand."""
    if attempt.user_agent.startswith(_DEVICE):
        return AT_ONCE_KNOWN
    at_account = AccessAttempt.objects.filter(username=attempt.username, user_agent="", attempt_time__gt=since)
    tried = at_account.aggregate(all=Sum("failures_since_start"))["all"] or 0
    return 1 if tried >= MOST_AT_ONE_ACCOUNT else int(settings.AXES_FAILURE_LIMIT)


def _is_full(network: str, now: datetime.datetime, window: datetime.timedelta) -> bool:
    """Whether a network has tried so much, at whatever accounts, that it must wait for its next try."""
    tried = AccessAttempt.objects.filter(ip_address=network, user_agent="", attempt_time__gt=now - window)
    told = tried.filter(failures_since_start__gt=0).aggregate(all=Sum("failures_since_start"), last=Max("attempt_time"))
    return (told["all"] or 0) >= MOST_FROM_ONE_NETWORK and now - told["last"] < SLOW_NETWORK


def _told(request: HttpRequest) -> dict[str, Any]:
    """What the cookie of a known browser says; {} where there is none of ours."""
    try:
        return signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""),
            salt=_DEVICE,
            max_age=datetime.timedelta(days=DEVICE_DAYS),
        )
    except signing.BadSignature:
        return {}


def _tag(name: str) -> str:
    return salted_hmac(_DEVICE, name).hexdigest()[:16]

"""Guessing of passwords (case T53): slowed for whoever guesses, never a locked door for whoever knows.

| Guard | Taken out, this fails |
|---|---|
| `PROXY_COUNT` in `parindex.network` | `test_200_wrong_passwords_…` |
| the /64 in `client_network` | the same, row "ipv6" |
| counting before looking (`is_allowed`) | `test_many_tries_at_the_same_instant_…` |
| `account_of` | `test_one_name_written_in_many_ways_is_one_account` |
| the known browser in `_counter` | `test_a_browser_that_was_let_in_before_is_never_slowed_by_others` |
| MOST_AT_ONE_ACCOUNT | `test_an_attack_from_many_networks_…` |
| MOST_FROM_ONE_NETWORK | `test_a_network_that_tries_many_names_gets_one_try_every_other_second` |
| `forgive` | `test_the_right_password_asked_again_and_again_is_no_attack` |
"""

from __future__ import annotations

import random
import time

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.test import Client

import parindex.settings
from tests.abuse.hashing import CountingHasher
from tests.factories import PASSWORD, UserFactory
from tests.passing import time_passes
from tests.racing import at_once
from units.models import User
from units.services.throttle import AT_ONCE_KNOWN

SIGN_IN = "/tai-khoan/dang-nhap/"
AT_ONCE = django_settings.AXES_FAILURE_LIMIT


@pytest.fixture(autouse=True)
def _counted(settings) -> None:
    """Passwords that are looked at are counted; the limit of requests a minute is another guard's affair."""
    settings.PASSWORD_HASHERS = ["tests.abuse.hashing.CountingHasher"]
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": False, "reauthenticate": False}


@pytest.fixture
def owner(db) -> User:
    made = UserFactory(username="binh")
    CountingHasher.looked = 0
    return made


def attempt(password: str, username: str = "binh", address: str = "203.0.113.1", browser: Client | None = None, **more):
    return (browser or Client()).post(SIGN_IN, {"login": username, "password": password}, REMOTE_ADDR=address, **more)


def test_after_a_few_wrong_passwords_one_is_looked_at_every_half_minute(owner) -> None:
    codes = [attempt("sai").status_code for _ in range(AT_ONCE + 3)]
    assert codes == [200] * (AT_ONCE - 1) + [429] * 4
    assert CountingHasher.looked == AT_ONCE
    page = attempt(PASSWORD)
    assert page.status_code == 429  # not looked at, and not said whether it was right
    assert "Đợi nửa phút rồi thử lại" in page.content.decode()
    time_passes(seconds=31)
    assert attempt("sai").status_code == 429
    assert attempt("sai").status_code == 429
    assert CountingHasher.looked == AT_ONCE + 1
    time_passes(seconds=31)
    assert attempt(PASSWORD).status_code == 302


def test_a_quarter_of_an_hour_without_a_try_forgets_and_so_does_the_right_password(owner) -> None:
    for _ in range(AT_ONCE):
        attempt("sai")
    time_passes(minutes=15, seconds=1)
    assert [attempt("sai").status_code for _ in range(AT_ONCE - 1)] == [200] * (AT_ONCE - 1)
    assert attempt(PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()


def sources(kind: str, count: int):
    """What an attacker on one line can make of addresses: (proxies, address that connects, forwarding header)."""
    drawn = random.Random(20261123)
    for _ in range(count):
        claimed = ".".join(str(drawn.randrange(1, 255)) for _ in range(4))
        if kind == "no proxy":
            yield 0, "203.0.113.1", claimed
        elif kind == "behind a proxy":
            yield 1, "10.0.0.2", f"{claimed}, 203.0.113.1"
        elif kind == "no address at all":
            yield 1, "10.0.0.2", f"203.0.113.1, khong-phai-{claimed}"
        else:
            yield 1, "10.0.0.2", f"{claimed}, 2001:db8:0:7:{drawn.randrange(65536):x}::{drawn.randrange(65536):x}"


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("behind a proxy", 200),
        ("no proxy", 30),
        ("ipv6", 30),
        ("no address at all", 30),
        pytest.param("behind a proxy", 1000, marks=pytest.mark.soak),
        pytest.param("ipv6", 1000, marks=pytest.mark.soak),
    ],
)
def test_200_wrong_passwords_under_forged_addresses_are_slowed_and_the_owner_gets_in(
    owner, settings, kind, count
) -> None:
    codes = []
    for proxies, address, header in sources(kind, count):
        if (
            settings.PROXY_COUNT != proxies
        ):  # set anew each time, a thousand overridden settings would lie in one another
            settings.PROXY_COUNT = proxies
        codes.append(attempt("sai", address=address, headers={"x-forwarded-for": header}).status_code)
    assert CountingHasher.looked <= 20
    assert codes.count(429) >= count - 20
    assert attempt(PASSWORD, address="198.51.100.9", headers={"x-forwarded-for": "198.51.100.9"}).status_code == 302


def test_one_name_written_in_many_ways_is_one_account(owner) -> None:
    for name in ("binh", "BINH", "Binh", " binh", "bInH ", "ｂｉｎｈ", "binH", "BiNh"):
        attempt("sai", name)
    assert CountingHasher.looked == AT_ONCE


def test_a_name_that_nobody_has_is_slowed_alike(owner) -> None:
    real = [attempt("sai") for _ in range(AT_ONCE + 2)]
    unreal = [attempt("sai", "khong-co") for _ in range(AT_ONCE + 2)]
    assert [item.status_code for item in real] == [item.status_code for item in unreal]
    assert real[-1].content == unreal[-1].content


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_the_same_instant_are_not_all_looked_at(transactional_db) -> None:
    UserFactory(username="binh")
    CountingHasher.looked = 0
    codes = at_once([lambda: attempt("sai").status_code] * 12)
    assert CountingHasher.looked == AT_ONCE, codes
    assert codes.count(429) >= 12 - AT_ONCE


def test_a_browser_that_was_let_in_before_is_never_slowed_by_others(owner) -> None:
    own, foreign = Client(), Client()
    assert attempt(PASSWORD, browser=own).status_code == 302
    UserFactory(username="ke-khac")
    assert attempt(PASSWORD, "ke-khac", browser=foreign).status_code == 302
    own.post("/tai-khoan/dang-xuat/")
    foreign.post("/tai-khoan/dang-xuat/")
    for _ in range(AT_ONCE + 5):  # somebody in the same office
        attempt("sai", browser=foreign)
    assert attempt(PASSWORD).status_code == 429
    assert attempt(PASSWORD, browser=foreign).status_code == 429  # known for another name
    assert attempt(PASSWORD, browser=own).status_code == 302


def test_a_known_browser_guesses_no_more_than_a_few_times_either_and_cannot_be_forged(owner) -> None:
    own = Client()
    attempt(PASSWORD, browser=own)
    own.post("/tai-khoan/dang-xuat/")
    CountingHasher.looked = 0
    for number in range(AT_ONCE_KNOWN + 5):
        attempt("sai", browser=own, address=f"198.51.100.{number}")
    assert CountingHasher.looked == AT_ONCE_KNOWN
    name = django_settings.DEVICE_COOKIE_NAME
    told = own.cookies[name].value
    for forged in ("", "x", told[:-1], told.swapcase(), "eyJpZCI6IngifQ:1:2", "\x01"):
        browser = Client()
        browser.cookies[name] = forged
        for _ in range(2):
            attempt("sai", browser=browser, address="203.0.113.77")
    assert AccessAttempt.objects.get(ip_address="203.0.113.77").failures_since_start == AT_ONCE


def test_an_attack_from_many_networks_costs_each_of_them_its_tries_and_the_owner_still_gets_in(owner) -> None:
    networks = [f"198.51.{third}.1" for third in range(40)]
    for address in networks:
        for _ in range(3):
            attempt("sai", address=address)
    assert CountingHasher.looked <= 20 + len(networks)  # of 120
    assert attempt(PASSWORD, address="192.0.2.44").status_code == 302


def test_a_network_that_tries_many_names_gets_one_try_every_other_second(owner) -> None:
    begun = time.monotonic()
    for number in range(80):
        attempt("sai", f"ten-{number}")
    assert CountingHasher.looked <= 60 + 1 + (time.monotonic() - begun) / 2  # one in two seconds from there on
    assert attempt(PASSWORD, address="192.0.2.44").status_code == 302
    time_passes(seconds=3)
    assert attempt(PASSWORD).status_code == 302


def test_the_right_password_asked_again_and_again_is_no_attack(owner) -> None:
    browser = Client()
    attempt(PASSWORD, browser=browser)
    for _ in range(AT_ONCE_KNOWN + 3):
        answer = browser.post("/tai-khoan/xac-nhan-lai/", {"password": PASSWORD}, REMOTE_ADDR="203.0.113.1")
        assert answer.status_code == 302, answer.content.decode()
    assert attempt(PASSWORD).status_code == 302


def test_counters_are_shared_by_all_processes() -> None:
    assert parindex.settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    assert parindex.settings.AXES_HANDLER == "units.services.throttle.Throttle"  # counts in a table too

"""Whether an account exists is told by nothing: no word, no code, no cookie, no time (case T54).

| Guard | Taken out, this fails |
|---|---|
| the library's hash for a name that nobody has | `test_one_password_is_looked_at…`, `test_the_time_…` |
| `has_usable_password`, looked at in the job and not in the request | `test_asking_for_a_link_does_the_same_work_…` |
| the one sentence of `AccountAdapter.error_messages` | `test_wrong_sign_ins_are_answered_alike` |

Time is measured as work of this thread, which a crowded machine does not change; what it cannot see, the database's own
work, is compared by counting queries.
"""

from __future__ import annotations

import itertools
import re
import statistics
import time
from collections.abc import Callable

import pytest
from axes.models import AccessAttempt
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.abuse.hashing import CountingHasher
from tests.factories import PASSWORD, OrganiserFactory, UserFactory, person
from units.enums import Role
from units.models import User
from units.services.people import lock

SIGN_IN, ASK = "/tai-khoan/dang-nhap/", "/tai-khoan/quen-mat-khau/"
NOBODY = "khong-co-ai"
PEOPLE = ["co-that", "bi-khoa", "chua-mat-khau", "khoa-thoi", "khong-thu"]
PAIRS = 7
NOISE = 0.05  # of the median: what two identical requests may differ by, at the least


@pytest.fixture
def people(db) -> list[str]:
    """One of each kind of account, each known by its user name."""
    organiser = OrganiserFactory()
    admin = person(Role.ADMINISTRATOR, organiser)
    person(Role.COORDINATOR, organiser, username="co-that")
    lock(person(Role.COORDINATOR, organiser, username="bi-khoa"), by=admin)
    UserFactory(username="chua-mat-khau", password=None)  # as one who was invited and has not come yet
    UserFactory(username="khoa-thoi", is_active=False)
    UserFactory(username="khong-thu", email="")
    return PEOPLE


@pytest.fixture(autouse=True)
def _no_limits(settings) -> None:
    """Limits count alike for everybody (test_throttle.py); here they would only end the measuring."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login": False, "reset_password": False}
    settings.HAS_MAIL = True


def sign_in_as(name: str, address: str = "10.0.0.1"):
    return Client().post(SIGN_IN, {"login": name, "password": "sai-mat-khau-2026"}, REMOTE_ADDR=address)


def ask_for(name: str, address: str = "10.0.0.1"):
    return Client().post(ASK, {"name": name}, REMOTE_ADDR=address)


def hash_noticeably(settings) -> None:
    """From here on a hash takes some milliseconds, those that are stored already too."""
    settings.PASSWORD_HASHERS = ["tests.abuse.hashing.NoticeableHasher"]
    for user in User.objects.filter(username__in=["co-that", "khoa-thoi", "khong-thu"]):
        user.set_password(PASSWORD)
        user.save()


def told(answer, name: str) -> tuple[object, ...]:
    """All of an answer that its reader sees, but for what differs each time and the name that was typed."""
    body = re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", answer.content.decode()).replace(name, "…")
    headers = {key: value for key, value in answer.headers.items() if key not in ("Content-Length", "Expires")}
    return answer.status_code, headers, sorted(answer.cookies), body


def test_wrong_sign_ins_are_answered_alike(people) -> None:
    nobody = told(sign_in_as(NOBODY), NOBODY)
    for name in people:
        assert told(sign_in_as(name), name) == nobody, name


def test_one_password_is_looked_at_for_every_name_and_the_database_is_asked_as_often(people, settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.abuse.hashing.CountingHasher"]
    sign_in_as("am-may")  # what is done once a process
    work = {}
    for name in [NOBODY, *people]:
        AccessAttempt.objects.all().delete()
        before = CountingHasher.looked
        with CaptureQueriesContext(connection) as queries:
            sign_in_as(name)
        work[name] = (CountingHasher.looked - before, len(queries))
    assert set(work.values()) == {(1, work[NOBODY][1])}, work


def test_asking_for_a_link_does_the_same_work_whoever_is_asked_for(people, settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.PASSWORD_HASHERS = ["tests.abuse.hashing.CountingHasher"]
    ask_for("am-may")
    before, seen = CountingHasher.looked, set()
    for name in [NOBODY, *people, "co-that@thu.example"]:
        with CaptureQueriesContext(connection) as queries:
            answer = ask_for(name)
        seen.add((answer.status_code, answer["Location"], tuple(sorted(answer.cookies)), len(queries)))
    assert len(seen) == 1, seen
    assert CountingHasher.looked == before
    assert mail.outbox == []  # the letters are the job's affair


def medians(first: Callable[[], object], second: Callable[[], object], pairs: int) -> tuple[float, float, float]:
    """Of `first` and `second`, turn by turn, each done twice in a row: their medians, and what the median of `first`
    differs by between its own two runs."""
    taken: list[list[float]] = [[], [], []]
    for _ in range(pairs):
        for place, act in enumerate((first, second, first)):
            begun = time.thread_time()
            act()
            taken[place].append(time.thread_time() - begun)
    one, other, again = (statistics.median(times) for times in taken)
    return one, other, abs(one - again)


def compare(act: Callable[[str, str], object], pairs: int) -> dict[str, str]:
    """Names whose time differs from that of NOBODY by more than the noise allows, three times over: what a crowded
    machine does once it does not do again for the same name, what the code does it does each time."""
    found: dict[str, str] = dict.fromkeys(PEOPLE, "")
    for _ in range(3):
        found = _differing(act, pairs, list(found))
    return found


def _differing(act: Callable[[str, str], object], pairs: int, names: list[str]) -> dict[str, str]:
    found, number = {}, itertools.count()

    def once(name: str) -> Callable[[], object]:
        return lambda: act(name, f"10.{next(number) % 200}.{next(number) % 250}.{next(number) % 250}")

    for name in names:
        one, other, noise = medians(once(NOBODY), once(name), pairs)
        if abs(one - other) > max(3 * noise, (0.25 if pairs < 100 else NOISE) * one):
            found[name] = f"{one:.6f} s for nobody, {other:.6f} s, noise {noise:.6f} s"
        AccessAttempt.objects.all().delete()
    return found


@pytest.mark.parametrize("pairs", [PAIRS, pytest.param(200, marks=pytest.mark.soak)])
def test_the_time_of_a_wrong_sign_in_tells_nothing(people, settings, pairs) -> None:
    hash_noticeably(settings)
    assert compare(sign_in_as, pairs) == {}


@pytest.mark.parametrize("pairs", [PAIRS, pytest.param(200, marks=pytest.mark.soak)])
def test_the_time_of_asking_for_a_link_tells_nothing(people, settings, pairs) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    assert compare(ask_for, pairs) == {}


def test_the_measure_would_notice_a_password_that_is_not_looked_at(people, settings) -> None:
    hash_noticeably(settings)

    def leave_out(name: str, address: str) -> object:
        """As if no hash were made for a name that nobody has: an empty password is refused before any look."""
        password = "" if name == NOBODY else "sai-mat-khau-2026"
        return Client().post(SIGN_IN, {"login": name, "password": password}, REMOTE_ADDR=address)

    assert set(compare(leave_out, 3)) == set(PEOPLE)

"""Two workers send the letters of a night: 120 units, several events at once, and a worker that dies in the middle.

What holds: a letter goes out at most once, whatever dies when; nobody gets more than NOTICES_AT_ONCE_A_DAY letters a
day beside the morning's; and no event is lost, since what had no letter is in the next morning's or in the portal.
"""

from __future__ import annotations

import datetime
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, transaction
from django.utils import timezone

from tests.factories import UserFactory
from tests.units.mail_server import MailServer, mail_server
from units.enums import NoticeKind, Posting
from units.models import Notice, User
from units.services.notices import Word, post
from units.services.outbox import send_waiting

pytestmark = pytest.mark.django_db(transaction=True)
UNITS, EVENTS = 120, 8


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", running.port, 5
        settings.NOTICE_JOB = "tests.units.test_outbox_storm.lost_job"  # only the workers of the test send
        yield running


class lost_job:
    """A queue that loses what is put into it: the timer makes up for it."""

    @staticmethod
    def enqueue() -> None:
        return None


def people(number: int) -> list[User]:
    with transaction.atomic():
        return [UserFactory(email=f"p{one}@so.example") for one in range(number)]


def event(users: list[User], number: int) -> None:
    with transaction.atomic():
        post([Word(user, NoticeKind.WORK, f"viec-{number}", f"Việc {number}", "Việc.") for user in users])


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Run all at the same time; what they raised."""
    raised: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as fault:
            raised.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return raised


def received(server: MailServer) -> Counter[str]:
    return Counter(str(letter["To"]) for letter in server.letters)


def test_a_night_of_events_for_120_units_is_five_letters_each_and_each_once(server, settings) -> None:
    users = people(UNITS)
    with transaction.atomic():
        for number in range(EVENTS):
            rows = [Word(user, NoticeKind.WORK, f"viec-{number}", f"Việc {number}", "Việc.") for user in users]
            post(rows)
    assert at_once(send_waiting, send_waiting) == []
    assert at_once(send_waiting, send_waiting) == []
    assert set(received(server).values()) == {settings.NOTICES_AT_ONCE_A_DAY}
    assert len(received(server)) == UNITS
    assert len({(letter["To"], letter["Subject"]) for letter in server.letters}) == len(server.letters)
    assert Counter(Notice.objects.values_list("letter", flat=True)) == {Posting.SENT: 600, Posting.MORNING: 360}


def test_events_that_come_at_the_same_instant_cannot_bring_a_person_more_letters_than_a_day_holds(server) -> None:
    users = people(3)
    Notice.objects.bulk_create(  # as if ten transactions had each seen that nothing was sent so far
        Notice(user=user, kind=NoticeKind.WORK, key=f"viec-{number}", subject="Việc", text="Việc", letter="waiting")
        for user in users
        for number in range(10)
    )
    assert at_once(send_waiting, send_waiting, send_waiting) == []
    assert set(received(server).values()) == {5}
    assert Notice.objects.filter(letter=Posting.MORNING).count() == 15


def test_account_security_is_not_held_back_by_the_number_of_the_day(server) -> None:
    (user,) = people(1)
    for number in range(6):
        event([user], number)
    post([Word(user, NoticeKind.ACCOUNT, "mat-khau", "Thay đổi bảo mật tài khoản", "Đổi mật khẩu.")])
    send_waiting()
    assert received(server) == {"p0@so.example": 6}


@pytest.mark.parametrize("taken", [False, True], ids=["before the server had it", "after the server had it"])
def test_a_worker_that_dies_with_a_letter_in_hand_never_makes_two_of_it(server, monkeypatch, taken) -> None:
    users = people(20)
    event(users, 1)
    whole = EmailBackend.send_messages
    lock, left = threading.Lock(), [7]

    def dies(self: EmailBackend, messages: Any) -> Any:
        with lock:
            left[0] -= 1
            last = left[0] == 0
        sent = whole(self, messages) if taken or not last else 0
        if last:
            self.connection.close()  # as the machine does for who dies
            raise SystemExit("killed")
        return sent

    monkeypatch.setattr(EmailBackend, "send_messages", dies)
    assert [str(fault) for fault in at_once(send_waiting, send_waiting)] == ["killed"]
    at_once(send_waiting)
    in_hand = Notice.objects.get(letter=Posting.SENDING)
    assert Notice.objects.filter(letter=Posting.SENT).count() == 19
    long_ago = timezone.now() - datetime.timedelta(hours=2)
    Notice.objects.filter(pk=in_hand.pk).update(due_at=long_ago)
    at_once(send_waiting, send_waiting)
    in_hand.refresh_from_db()
    assert in_hand.letter == Posting.MORNING, "told in the next morning's letter, which is another one"
    assert max(received(server).values()) == 1
    assert len(server.letters) == (20 if taken else 19)


def test_who_shared_a_letter_that_was_given_up_is_told_in_the_morning_too(server) -> None:
    with transaction.atomic():
        users = [UserFactory(email="vanthu@so.example") for _ in range(3)]
    server.answers = {"RCPT": ["550 no such mailbox"]}
    event(users, 1)
    send_waiting()
    assert sorted(Notice.objects.values_list("letter", flat=True)) == [
        Posting.FAILED, Posting.MORNING, Posting.MORNING,
    ]  # fmt: skip

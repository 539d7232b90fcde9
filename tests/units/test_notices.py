"""Notices and their letters: told once, with the cause or not at all; a letter goes out once or is told elsewhere."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import UserFactory
from tests.units.mail_server import MailServer, mail_server
from units.enums import NoticeKind, NoticeWay, Posting
from units.models import Notice, NoticeChoice, User
from units.services.notices import Word, post, tell_of_change
from units.services.outbox import send_waiting

pytestmark = pytest.mark.django_db


def word(user: User, key: str = "viec-1", kind: NoticeKind = NoticeKind.WORK, **more: object) -> Word:
    return Word(user, kind, key, "Sở An toàn: hồ sơ bị trả lại", "Hồ sơ bị trả lại để sửa.", path="/lam-viec/", **more)


def letters() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("letter", flat=True))


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", running.port, 5
        yield running


def later(**apart: int) -> None:
    """As if that much time had passed for every letter."""
    for notice in Notice.objects.all():
        apart_ = datetime.timedelta(**apart)
        Notice.objects.filter(pk=notice.pk).update(due_at=notice.due_at - apart_, created_at=notice.created_at - apart_)


# ── told ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_occasion_is_told_a_person_once_and_its_letter_after_the_commit(
    mailoutbox, django_capture_on_commit_callbacks
) -> None:
    user = UserFactory(full_name="Nguyễn Văn An")
    with django_capture_on_commit_callbacks(execute=True):
        post([word(user)])
        post([word(user)])
        assert mailoutbox == []
    assert [(letter.to, letter.subject) for letter in mailoutbox] == [([user.email], "Sở An toàn: hồ sơ bị trả lại")]
    body = mailoutbox[0].body
    assert body.startswith("Kính gửi Nguyễn Văn An,\n\nHồ sơ bị trả lại để sửa.\n\nMở để xem: http://")
    assert "/tai-khoan/thong-bao/cach-nhan/" in body
    assert "/tai-khoan/thong-bao/cach-nhan/" in mailoutbox[0].extra_headers["List-Unsubscribe"]
    assert send_waiting().sent == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_tells_nobody(mailoutbox) -> None:
    user = UserFactory()
    with transaction.atomic():
        post([word(user)])
        transaction.set_rollback(True)
    assert (Notice.objects.count(), mailoutbox) == (0, [])


def test_free_words_of_people_stay_in_the_portal(mailoutbox, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post([word(UserFactory(), note="Thủ trưởng nhắn: lời-canh-giữ 13,371")])
    assert "lời-canh-giữ" in Notice.objects.get().note
    assert "canh-giữ" not in mailoutbox[0].subject + mailoutbox[0].body


def test_who_shares_a_mailbox_gets_one_letter_that_names_both(mailoutbox, django_capture_on_commit_callbacks) -> None:
    an, binh = (UserFactory(full_name=name, email="vanthu@so.example") for name in ("An", "Bình"))
    with django_capture_on_commit_callbacks(execute=True):
        post([word(an), word(binh), word(UserFactory(email="VANTHU@so.example", full_name="Cúc"))])
    assert len(mailoutbox) == 1
    assert mailoutbox[0].body.startswith("Kính gửi An, Bình, Cúc,\n")
    assert letters() == [Posting.SENT, Posting.TOGETHER, Posting.TOGETHER]


def test_of_many_letters_a_day_the_rest_waits_for_the_morning_but_not_account_security(settings) -> None:
    user = UserFactory()
    for number in range(8):
        post([word(user, f"viec-{number}")])
    assert letters() == [Posting.WAITING] * 5 + [Posting.MORNING] * 3
    tell_of_change(user, "mật khẩu mới")
    assert letters()[-1] == Posting.WAITING


@pytest.mark.parametrize(
    ("way", "kind", "letter"),
    [
        (NoticeWay.OFF, NoticeKind.WORK, Posting.NONE),
        (NoticeWay.MORNING, NoticeKind.WORK, Posting.MORNING),
        (NoticeWay.NOW, NoticeKind.NEWS, Posting.WAITING),
        (NoticeWay.OFF, NoticeKind.ACCOUNT, Posting.WAITING),
    ],
)
def test_a_letter_goes_the_way_that_the_person_chose(way, kind, letter) -> None:
    user = UserFactory()
    NoticeChoice.objects.create(user=user, kind=kind, way=way)
    post([word(user, kind=kind)])
    assert letters() == [letter]


def test_news_waits_for_the_morning_by_itself_and_without_address_or_mail_server_there_is_no_letter(settings) -> None:
    post([word(UserFactory(), kind=NoticeKind.NEWS), word(UserFactory(email="")), word(UserFactory(is_active=False))])
    settings.HAS_MAIL = False
    post([word(UserFactory())])
    assert letters() == [Posting.MORNING, Posting.NONE, Posting.NONE, Posting.NONE]


def test_telling_three_asks_as_often_as_telling_one() -> None:
    counts = []
    for size in (1, 3):
        people = [UserFactory() for _ in range(size)]
        with CaptureQueriesContext(connection) as asked:
            post([word(user, f"viec-{size}") for user in people])
        counts.append(len(asked))
    assert counts == [3, 3]


# ── sent ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_letter_reaches_the_mail_server_with_vietnamese_whole(server) -> None:
    post([word(UserFactory(email="an@so.example"))])
    assert send_waiting().sent == 1
    letter = server.letters[0]
    assert (letter["To"], letter["Subject"]) == ("an@so.example", "Sở An toàn: hồ sơ bị trả lại")
    assert "Hồ sơ bị trả lại để sửa." in letter.get_content()
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["From"] == "Chỉ số CCHC <khong-tra-loi@localhost>"


def test_a_letter_to_somebody_of_the_demo_is_marked_as_invented(server) -> None:
    post([word(UserFactory(is_demo=True))])
    send_waiting()
    assert server.letters[0]["Subject"].strip().startswith("[DỮ LIỆU MINH HỌA] Sở An toàn")


def test_three_letters_go_over_one_connection(server) -> None:
    post([word(UserFactory()) for _ in range(3)])
    assert (send_waiting().sent, server.talks) == (3, 1)


def test_a_refusal_for_now_is_tried_again_later_and_later_still(server) -> None:
    server.answers = {"RCPT": ["450 later", "451 later"]}
    post([word(UserFactory())])
    assert send_waiting().waiting == 1
    assert send_waiting().sent == 0, "not before five minutes"
    later(minutes=6)
    send_waiting()
    later(minutes=6)
    assert send_waiting().sent == 0, "the second time not before fifteen"
    later(minutes=10)
    assert send_waiting().sent == 1
    assert len(server.letters) == 1


def test_a_refusal_for_good_is_not_repeated(server) -> None:
    server.answers = {"RCPT": ["550 no such mailbox"]}
    post([word(UserFactory()), word(UserFactory())])
    came_to = send_waiting()
    assert (came_to.sent, came_to.failed, letters()) == (1, 1, [Posting.FAILED, Posting.SENT])


def test_a_server_that_takes_a_letter_and_dies_before_saying_so_never_gets_it_twice(server) -> None:
    server.answers = {"DATA.": ["hang up"]}
    post([word(UserFactory()), word(UserFactory())])
    send_waiting()
    later(hours=2)
    send_waiting()
    assert len(server.letters) == 2
    assert letters() == [Posting.MORNING, Posting.SENT], "the matter comes in the next morning's letter"


def test_while_the_server_does_not_answer_every_letter_waits(settings) -> None:
    with mail_server() as closed:
        port = closed.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    post([word(UserFactory()) for _ in range(3)])
    assert send_waiting().waiting == 3
    assert letters() == [Posting.WAITING] * 3
    later(hours=25)
    send_waiting()
    assert letters() == [Posting.MORNING] * 3, "what is a day old is told with what is open then"


def test_a_letter_whose_job_died_is_not_sent_again(mailoutbox) -> None:
    post([word(UserFactory()), word(UserFactory(), "sang-1", NoticeKind.MORNING)])
    Notice.objects.update(letter=Posting.SENDING)
    send_waiting()
    assert letters() == [Posting.SENDING] * 2
    later(hours=2)
    send_waiting()
    assert (letters(), mailoutbox) == ([Posting.MORNING, Posting.FAILED], [])


def test_who_was_locked_since_or_lost_the_address_gets_no_letter(mailoutbox) -> None:
    locked, without = UserFactory(), UserFactory()
    post([word(locked), word(without)])
    User.objects.filter(pk=locked.pk).update(is_active=False)
    User.objects.filter(pk=without.pk).update(email="")
    send_waiting()
    assert (letters(), mailoutbox) == ([Posting.NONE] * 2, [])


@pytest.mark.django_db(transaction=True)
def test_four_jobs_at_once_send_each_letter_once(server) -> None:
    with transaction.atomic():
        people = [UserFactory(email=f"p{number}@so.example") for number in range(6)]
    Notice.objects.bulk_create(
        Notice(user=user, kind=NoticeKind.WORK, key="viec", subject="Việc", text="Việc", letter=Posting.WAITING)
        for user in people
    )
    sent: list[int] = []

    def job() -> None:
        try:
            sent.append(send_waiting().sent)
        finally:
            connection.close()

    jobs = [threading.Thread(target=job) for _ in range(4)]
    for one in jobs:
        one.start()
    for one in jobs:
        one.join()
    assert sum(sent) == 6
    assert sorted(letter["To"] for letter in server.letters) == [f"p{number}@so.example" for number in range(6)]
    assert timezone.now() - Notice.objects.latest("sent_at").sent_at < datetime.timedelta(minutes=1)

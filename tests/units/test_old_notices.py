"""Notices of long ago go; letters on their way and what the next morning is measured against stay."""

from __future__ import annotations

import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import UserFactory
from units import trail
from units.enums import NoticeKind, Posting
from units.models import Notice, TrailEntry, User

pytestmark = pytest.mark.django_db


def notice(user: User, key: str, days: int, kind: str = NoticeKind.WORK, letter: str = Posting.SENT) -> Notice:
    at = timezone.now() - datetime.timedelta(days=days)
    return Notice.objects.create(
        user=user, kind=kind, key=key, subject="Việc", text="Việc", letter=letter, created_at=at
    )


def test_what_is_older_than_the_setting_goes_and_the_trail_stays(settings) -> None:
    user = UserFactory()
    trail.record("scoring.remind", by=user, about=user, scope=trail.SITE, label="Gửi lời nhắc")
    lines = TrailEntry.objects.count()
    for key, days in (("cũ", 401), ("cũ nữa", 900), ("mới", 399)):
        notice(user, key, days)
    out = StringIO()
    call_command("prune_notices", stdout=out)
    assert out.getvalue() == "Đã xóa 2 thông báo quá 400 ngày.\n"
    assert [one.key for one in Notice.objects.all()] == ["mới"]
    settings.NOTICES_KEPT_DAYS = 30
    call_command("prune_notices", stdout=out)
    assert (Notice.objects.count(), TrailEntry.objects.count()) == (0, lines)


@pytest.mark.parametrize("letter", [Posting.WAITING, Posting.SENDING, Posting.MORNING])
def test_a_letter_on_its_way_is_not_forgotten(letter) -> None:
    notice(UserFactory(), "đang đi", 500, letter=letter)
    call_command("prune_notices", stdout=StringIO())
    assert Notice.objects.count() == 1


def test_each_persons_newest_mornings_list_stays_so_that_nobody_is_told_the_same_again() -> None:
    an, binh = UserFactory(), UserFactory()
    notice(an, "sang-1", 700, NoticeKind.MORNING)
    notice(an, "sang-2", 500, NoticeKind.MORNING)
    notice(binh, "sang-1", 600, NoticeKind.MORNING)
    call_command("prune_notices", stdout=StringIO())
    assert set(Notice.objects.values_list("user", "key")) == {(an.pk, "sang-2"), (binh.pk, "sang-1")}


def test_three_ask_as_often_as_one() -> None:
    counts = []
    for size in (1, 3):
        for number in range(size):
            notice(UserFactory(), f"cũ-{size}-{number}", 500)
        with CaptureQueriesContext(connection) as asked:
            call_command("prune_notices", stdout=StringIO())
        counts.append(len(asked))
    assert counts[0] == counts[1]

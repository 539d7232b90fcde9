"""The morning's letter: at most one a person and day over all years, to those for whom something is new or near."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from scoring.selectors.open_council import open_points
from scoring.selectors.open_faults import open_faults
from scoring.selectors.open_tasks import open_tasks
from scoring.selectors.open_work import OpenWork, by_person, open_work, running_campaigns, say_days
from units.enums import NoticeKind, NoticeWay, Posting
from units.models import Notice, User
from units.services.notices import Word, post, ways_of
from units.vietnamese import format_date, format_datetime

FROM, UNTIL = 6, 20
"""Hours of the place: nobody gets a morning's letter at night; a machine that was off makes up for it until 20:00."""
MOST_NEWS = 20
"""Lines of what waited for the morning; of more the number is told, and all stand in the portal."""


class NotNow(Exception):
    """Asked at an hour at which nobody is written to; `sentence` says so."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def tell_the_morning(now: datetime.datetime) -> int:
    """Post the letters of the day of `now`; how many people are told. A second call on one day tells nobody again.

    A person is told when something is open that the last letter did not name: a dossier that came in, a part that was
    given, a deadline that has come to 7, 3 or 1 days (a missed morning is made up for on the next). What waits for the
    morning (Posting.MORNING) goes with it, and is reason enough. Kinds of work that a person switched off stand in the
    portal's list alone and are no reason for a letter. Raises `NotNow` at night.
    """
    local = timezone.localtime(now)
    if not FROM <= local.hour < UNTIL:
        raise NotNow(f"Chỉ gửi thư buổi sáng từ {FROM} giờ đến {UNTIL} giờ. Không gửi gì.")
    work = by_person(_everything_open(now))
    with transaction.atomic():
        key = f"sang-{local:%Y-%m-%d}"
        told = set(Notice.objects.filter(key=key).values_list("user", flat=True))
        news = _waiting_news(told)
        people = set(work) - told | set(news)
        users = User.objects.filter(is_active=True).in_bulk(people)
        last, off = _last_keys(people), _switched_off(people)
        words = []
        for pk, user in sorted(users.items()):
            lines, fresh = work.get(pk, []), news.get(pk, [])
            new = [line for line in lines if line.keys - last[pk]]
            if not new and not fresh:
                continue
            goes = _way(new, lines, fresh, off[pk])
            words.append(_word(user, key, local.date(), lines, fresh, off[pk], goes))
        _read_earlier([word.user.pk for word in words])
        post(words)
        taken = [notice.pk for pk in users for notice in news.get(pk, [])]
        Notice.objects.filter(pk__in=taken, letter=Posting.MORNING).update(letter=Posting.FOLDED)
    return len(words)


def _waiting_news(told: set[int]) -> dict[int, list[Notice]]:
    """What waits for the morning, by person, the oldest first; locked, so that it is in one letter alone."""
    waiting = Notice.objects.filter(letter=Posting.MORNING).exclude(user__in=told).order_by("created_at", "pk")
    found: dict[int, list[Notice]] = defaultdict(list)
    for notice in waiting.select_for_update(of=("self",)):
        found[notice.user_id].append(notice)
    return found


def _last_keys(people: set[int]) -> dict[int, frozenset[str]]:
    """What the last morning's notice of each person named as open; one query."""
    mornings = Notice.objects.filter(user__in=people, kind=NoticeKind.MORNING).order_by()
    newest = mornings.values("user").annotate(newest=Max("pk")).values("newest")
    found: dict[int, frozenset[str]] = defaultdict(frozenset)
    for user, facts in Notice.objects.filter(pk__in=newest).values_list("user", "facts"):
        found[user] = frozenset(facts.get("keys", ()))
    return found


def _read_earlier(people: Sequence[int]) -> None:
    """Yesterday's list is overtaken by today's: it does not stay unread beside it."""
    earlier = Notice.objects.filter(user__in=people, kind=NoticeKind.MORNING, read_at__isnull=True)
    earlier.update(read_at=timezone.now())


def _everything_open(now: datetime.datetime) -> Iterator[OpenWork]:
    """All that is open for anybody; rooms above this one are named in the settings."""
    for campaign in running_campaigns():
        yield from open_work(campaign, now)
        yield from open_points(campaign, now)
    yield from open_tasks(now)
    yield from open_faults(now)
    for name in settings.MORNING_SOURCES:
        yield from import_string(name)(now)


def _switched_off(people: set[int]) -> dict[int, set[str]]:
    """The kinds that each of them wants no letter about; one query."""
    found: dict[int, set[str]] = defaultdict(set)
    for (person, kind), way in ways_of(people).items():
        if way == NoticeWay.OFF:
            found[person].add(kind)
    return found


def _way(new: list[OpenWork], lines: list[OpenWork], news: list[Notice], off: set[str]) -> NoticeWay:
    """Whether the letter of the morning goes out: something new is in it that was not switched off."""
    if news or any(line.is_own_last_day for line in lines):
        return NoticeWay.NOW
    if NoticeKind.MORNING not in off and any(line.kind not in off for line in new):
        return NoticeWay.NOW
    return NoticeWay.OFF


def _word(
    user: User, key: str, day: datetime.date, lines: list[OpenWork], news: list[Notice], off: set[str], goes: NoticeWay
) -> Word:
    mailed = [line for line in lines if line.is_own_last_day or line.kind not in off - {NoticeKind.MORNING}]
    said = [{"text": f"{format_datetime(one.created_at)}: {one.subject}", "path": one.path} for one in news[:MOST_NEWS]]
    if len(news) > MOST_NEWS:
        said.append({"text": f"và {len(news) - MOST_NEWS} tin khác", "path": reverse("own_notices")})
    facts: dict[str, Any] = {
        "keys": sorted({one for line in lines for one in line.keys}),
        "lines": [{"text": line.text, "path": line.path} | ({} if line in mailed else {"off": True}) for line in lines],
        "news": said,
    }
    told = mailed or ([] if news else lines)
    return Word(
        user, NoticeKind.MORNING, key, _subject(day, told, news), _text(lines, news), facts=facts, goes=goes
    )  # fmt: skip


def _subject(day: datetime.date, lines: list[OpenWork], news: list[Notice]) -> str:
    """The unit and the deadline that is nearest, and how much else there is."""
    if not lines:
        return f"{len(news)} tin mới, sáng {format_date(day)}"
    first = lines[0]
    more = f" (và {len(lines) - 1} việc khác)" if len(lines) > 1 else ""
    if first.deadline is None:
        return f"{first.about}: việc đang chờ, sáng {format_date(day)}{more}"
    due = timezone.localdate(first.deadline)
    return f"{first.about}: hạn {format_date(due)}, {say_days((due - day).days)}{more}"


def _text(lines: list[OpenWork], news: list[Notice]) -> str:
    return "\n".join([*(line.text for line in lines), *(one.subject for one in news)])

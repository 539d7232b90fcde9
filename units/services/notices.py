"""Telling people: the row of a notice in the transaction of its cause, its letter by a job after the commit."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from units.enums import UNIT_SIDE, NoticeKind, NoticeWay, Posting, Role
from units.models import Notice, NoticeChoice, Organiser, User

DEFAULT_WAYS: Mapping[str, NoticeWay] = {
    NoticeKind.WORK: NoticeWay.NOW,
    NoticeKind.REVIEW: NoticeWay.NOW,
    NoticeKind.NEWS: NoticeWay.MORNING,
    NoticeKind.REMINDER: NoticeWay.NOW,
    NoticeKind.QUESTION: NoticeWay.NOW,
    NoticeKind.TASK: NoticeWay.NOW,
    NoticeKind.PARTS: NoticeWay.MORNING,
    NoticeKind.COUNCIL: NoticeWay.MORNING,
    NoticeKind.DECISION: NoticeWay.MORNING,
    NoticeKind.FAULT: NoticeWay.MORNING,
    NoticeKind.MORNING: NoticeWay.MORNING,
    NoticeKind.ACCOUNT: NoticeWay.NOW,
}
ONLY_IN_THE_MORNING = (NoticeKind.PARTS, NoticeKind.COUNCIL, NoticeKind.DECISION, NoticeKind.FAULT, NoticeKind.MORNING)
"""Lines of the morning's letter and that letter itself: in it or in the portal alone, never letters of their own."""
FOR_ROLES: Mapping[str, tuple[Role, ...]] = {
    NoticeKind.WORK: (*UNIT_SIDE, Role.APPRAISER),
    NoticeKind.REVIEW: (Role.UNIT_HEAD,),
    NoticeKind.REMINDER: (*UNIT_SIDE, Role.APPRAISER),
    NoticeKind.QUESTION: (Role.COORDINATOR,),
    NoticeKind.TASK: UNIT_SIDE,
    NoticeKind.PARTS: (Role.APPRAISER,),
    NoticeKind.COUNCIL: (Role.COUNCIL,),
    NoticeKind.DECISION: (Role.LEADER,),
    NoticeKind.FAULT: (Role.ADMINISTRATOR,),
}
"""Who is ever told of a kind; kinds that are missing may reach anybody."""
FIXED = (NoticeKind.ACCOUNT,)
"""Nobody chooses these away: whoever took an account over would begin with that."""
_COUNTED = (Posting.WAITING, Posting.SENDING, Posting.SENT)


@dataclass(frozen=True)
class Word:
    """One thing to tell one person; the fields are those of `Notice`. `instead` is an address other than the person's,
    `goes` a way that stands above what the person chose."""

    user: User
    kind: NoticeKind
    key: str
    subject: str
    text: str
    path: str = ""
    note: str = ""
    about: str = ""
    organiser: Organiser | None = None
    by: User | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    instead: str = ""
    goes: NoticeWay | None = None


def post(words: Iterable[Word]) -> None:
    """Tell all of it, in the transaction that is open; who was told of the occasion already is left alone.

    People who share a mailbox get one letter of an occasion. A person gets NOTICES_AT_ONCE_A_DAY letters a day, the
    rest goes into the morning's; account security is not counted. A constant number of queries.
    """
    told = list(words)
    if not told:
        return
    chosen = ways_of({word.user.pk for word in told})
    today = _letters_today({word.user.pk for word in told})
    carried: set[tuple[str, str]] = set()
    rows = [_row(word, _posting(word, chosen, today, carried)) for word in told]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if any(row.letter == Posting.WAITING for row in rows):
        transaction.on_commit(_order, robust=True)


def ways_of(people: Iterable[int]) -> dict[tuple[int, str], NoticeWay]:
    """(person, kind) → what the person chose; kinds that stand at their default are missing. One query."""
    found = NoticeChoice.objects.filter(user__in=list(people)).values_list("user", "kind", "way")
    return {(user, kind): NoticeWay(way) for user, kind, way in found}


def kinds_for(roles: Collection[str]) -> list[NoticeKind]:
    """The kinds that somebody with `roles` may choose ways for, in the order of the page."""
    held = set(roles)
    return [kind for kind in NoticeKind if kind not in FIXED and (kind not in FOR_ROLES or held & set(FOR_ROLES[kind]))]


def tell_of_change(user: User, what: str, *, also: str = "") -> None:
    """To the person's address and to `also` (the one before): who did not change the way into the account must hear.

    One letter an address, so that neither reads the other. Nothing to whoever has neither.
    """
    text = (
        f"Tài khoản {user.username} trên cổng Chỉ số cải cách hành chính vừa có thay đổi: {what}.\n\n"
        "Nếu không phải anh, chị làm hoặc đề nghị, báo ngay cho người quản trị của tỉnh."
    )
    occasion, subject = f"tai-khoan-{uuid.uuid4()}", "Thay đổi bảo mật tài khoản"
    if also and also != user.email:
        post([Word(user, NoticeKind.ACCOUNT, f"{occasion}-cu", subject, text, instead=also)])
    post([Word(user, NoticeKind.ACCOUNT, occasion, subject, text)])


def _posting(
    word: Word, chosen: Mapping[tuple[int, str], NoticeWay], today: Counter[int], carried: set[tuple[str, str]]
) -> Posting:
    """Where the letter of `word` begins; counts it in `today`, and in `carried` its (key, address)."""
    address = (word.instead or word.user.email).lower()
    way = word.goes or chosen.get((word.user.pk, word.kind), DEFAULT_WAYS[word.kind])
    if word.kind in FIXED:
        way = NoticeWay.NOW
    if not address or not settings.HAS_MAIL or not word.user.is_active or way == NoticeWay.OFF:
        return Posting.NONE
    if way == NoticeWay.MORNING and word.kind != NoticeKind.MORNING:
        return Posting.MORNING
    if (word.key, address) in carried:
        return Posting.TOGETHER
    if word.kind not in (*FIXED, NoticeKind.MORNING):
        if today[word.user.pk] >= settings.NOTICES_AT_ONCE_A_DAY:
            return Posting.MORNING
        today[word.user.pk] += 1
    carried.add((word.key, address))
    return Posting.WAITING


def _letters_today(people: set[int]) -> Counter[int]:
    """How many letters each of them got at once since midnight of the place, or is about to get."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    found = Notice.objects.filter(user__in=people, created_at__gte=midnight, letter__in=_COUNTED)
    found = found.exclude(kind__in=(*FIXED, NoticeKind.MORNING))
    return Counter(found.values_list("user", flat=True))


def _row(word: Word, letter: Posting) -> Notice:
    return Notice(
        user=word.user,
        organiser=word.organiser,
        kind=word.kind,
        key=word.key[:120],
        about=word.about,
        by=word.by,
        subject=" ".join(word.subject.split())[:300],
        text=word.text,
        note=word.note,
        path=word.path,
        facts=word.facts,
        letter=letter,
        address=word.instead,
    )


def _order() -> None:
    """The job that sends; it stands above this room, so its name is a setting. A lost one is made up for by the
    timer of `send_letters`."""
    import_string(settings.NOTICE_JOB).enqueue()

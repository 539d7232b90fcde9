"""Reminders of the coordinator: the text for each unit and appraiser with something in hand, sent once a day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from scoring.mail import about_unit
from scoring.models import Campaign
from scoring.permissions import EDIT_CAMPAIGN
from scoring.selectors.assignment import Load
from scoring.selectors.clock import database_now
from scoring.selectors.redeclaring import name_codes
from scoring.selectors.reminding import UnitReminder, appraisers_to_remind, units_to_remind
from scoring.services.errors import Conflict
from units import trail
from units.enums import NoticeKind
from units.models import Notice, User
from units.permissions import authorize
from units.services.notices import Word, post
from units.vietnamese import format_date


@dataclass(frozen=True)
class Told:
    """One time that somebody was reminded: when, by whom (None: by the portal), how many people, how many read it."""

    at: datetime.datetime
    by: User | None
    people: int
    read: int


@dataclass(frozen=True)
class Reminder:
    """What one unit or appraiser would be told. `key` names it in forms, `earlier` the times before, newest first."""

    key: str
    title: str
    people: Sequence[User]
    what: str
    path: str
    deadline: datetime.datetime | None
    earlier: Sequence[Told] = field(default=())

    @property
    def told_today(self) -> bool:
        return any(timezone.localdate(one.at) == timezone.localdate() for one in self.earlier)


def reminders_of(campaign: Campaign) -> list[Reminder]:
    """Everybody with something in hand: units in printed order, then appraisers; a constant number of queries."""
    found = [
        *(_of_unit(campaign, item) for item in units_to_remind(campaign, database_now())),
        *(_of_appraiser(campaign, load) for load in appraisers_to_remind(campaign)),
    ]
    earlier = _earlier({item.key for item in found})
    return [
        Reminder(item.key, item.title, item.people, item.what, item.path, item.deadline, earlier.get(item.key, ()))
        for item in found
    ]


def chosen_of(campaign: Campaign, keys: Collection[str]) -> list[Reminder]:
    """Of `keys` those that still have something in hand."""
    return [item for item in reminders_of(campaign) if item.key in keys]


def remind(campaign: Campaign, keys: Collection[str], *, by: User) -> tuple[int, int]:
    """Send the reminders `keys`; how many units and appraisers, and how many people, are told.

    Whoever was reminded today is left alone, so that a second click sends nothing. Raises `Refused`, `Conflict` where
    nobody is left to tell.
    """
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        told = [item for item in chosen_of(campaign, keys) if item.people and not item.told_today]
        if not told:
            raise Conflict("Không còn ai phải nhắc: đã nộp, đã ký, chưa có người, hoặc đã nhắc trong hôm nay.")
        day = timezone.localdate()
        words = [
            Word(
                user,
                NoticeKind.REMINDER,
                f"nhac-{item.key}-{day:%Y%m%d}",
                _subject(item),
                f"{campaign.title}. {item.what}",
                path=item.path,
                about=item.key,
                organiser=campaign.organiser,
                by=by,
            )
            for item in told
            for user in item.people
        ]
        post(words)
        trail.record(
            "scoring.remind", by=by, about=campaign, scope=campaign.trail_scope,
            label=f"Gửi lời nhắc: {len(told)} nơi, {len(words)} người", recipients=[item.title for item in told],
        )  # fmt: skip
    return len(told), len(words)


def _subject(item: Reminder) -> str:
    hour = f", hạn {format_date(timezone.localtime(item.deadline))}" if item.deadline else ""
    return f"Nhắc việc: {item.title}{hour}"


def _of_unit(campaign: Campaign, item: UnitReminder) -> Reminder:
    unit = item.progress.participant
    key, title = about_unit(unit), unit.name
    if item.anew:
        key, title = f"{key}-ke-khai-lai", f"{title}: kê khai lại"
        what = f"Phải kê khai lại theo sửa đổi bộ tiêu chí: {name_codes(item.anew.codes)}."
    elif item.explains:
        what = "Giải trình kết quả thẩm định chưa gửi."
    else:
        what = (
            f"Phiếu tự chấm đã trả lời {item.progress.answered}/{item.progress.total} tiêu chí, tình trạng: "
            f"{item.progress.label.lower()}."
        )
    path = reverse(
        f"scoring:{'explanation' if item.explains else 'worksheet'}",
        args=[campaign.organiser.slug, campaign.code, unit.code],
    )
    return Reminder(key, title, item.people, what, path, item.deadline)


def _of_appraiser(campaign: Campaign, load: Load) -> Reminder:
    left = load.given - load.signed
    return Reminder(
        f"tham-dinh-{campaign.pk}-{load.user.pk}",
        f"Thẩm định: {load.user.full_name}",
        [load.user] if load.user.is_active else [],
        f"Còn {left} phần thẩm định chưa ký trong {load.given} phần được giao ở bước này.",
        reverse("scoring:appraisal", args=[campaign.organiser.slug, campaign.code]),
        None,
    )


def _earlier(keys: set[str]) -> dict[str, list[Told]]:
    """By key: the times it was reminded by somebody, the newest first; one query."""
    rows = Notice.objects.filter(Q(about__in=keys), kind=NoticeKind.REMINDER).select_related("by").order_by("-pk")
    times: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for row in rows:
        times[row.about, row.key].append(row)
    found: dict[str, list[Told]] = defaultdict(list)
    for (about, _), notices in times.items():
        read = sum(one.read_at is not None for one in notices)
        found[about].append(Told(notices[0].created_at, notices[0].by, len(notices), read))
    return found

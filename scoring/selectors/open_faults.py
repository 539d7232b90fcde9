"""What goes wrong behind the year, as the morning's letter tells administrators: how many, and where it is mended.

Files held back and letters that did not arrive are their own organiser's; jobs and the scanner are told to those who
keep the portal. Coordinators hear of held files that they may open as the second person, and of nothing else here.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from scoring.enums import HeldStepKind
from scoring.files import clamd
from scoring.permissions import RELEASE_HELD
from scoring.selectors.held_files import held_files, held_scans, waiting_of
from scoring.selectors.open_work import OpenWork
from scoring.selectors.scans import not_scanned
from units.enums import Letter, NoticeKind, Posting, Role
from units.models import Invitation, Membership, Notice, Organiser, User
from units.permissions import can

RECENT = datetime.timedelta(days=7)
"""What failed longer ago is no morning's news."""
STUCK = datetime.timedelta(hours=1)
MOST_COUNTED = 50
Line = tuple[str, str, frozenset[str]]


def open_faults(now: datetime.datetime) -> Iterator[OpenWork]:
    """Eight queries for each organiser with an administrator, one for each with a coordinator (where an opening is
    proposed there, seven, and the rights of each coordinator), and two for the portal."""
    administrators = _people(Role.ADMINISTRATOR, now)
    for organiser, users in administrators.items():
        lines = [*_files(organiser), *_letters(organiser, now)]
        if organiser.keeps_portal:
            lines += [*_jobs(now), *_scanner(now)]
        for user in users:
            for text, path, keys in lines:
                yield OpenWork(user, organiser.title, text, path, None, keys, kind=NoticeKind.FAULT)
    for organiser, users in _people(Role.COORDINATOR, now).items():
        others = [user for user in users if user not in administrators.get(organiser, ())]
        yield from _proposals(organiser, others)


def _people(role: Role, now: datetime.datetime) -> dict[Organiser, list[User]]:
    """Who carries the role that day, by organiser, each person once."""
    people: dict[Organiser, list[User]] = defaultdict(list)
    held = Membership.objects.valid_on(timezone.localdate(now)).filter(role=role, user__is_active=True)
    for item in held.select_related("user", "organiser").order_by("organiser", "pk"):
        if item.user not in people[item.organiser]:
            people[item.organiser].append(item.user)
    return people


def _proposals(organiser: Organiser, users: list[User]) -> Iterator[OpenWork]:
    """To each of `users` the held files whose opening was proposed and waits for a second person, whom they can be;
    with the kind of all that waits for a second person at a coordinator."""
    scans = list(held_scans(organiser).filter(step=HeldStepKind.PROPOSED)) if users else []
    proposed = held_files(organiser, scans) if scans else []
    path = reverse("scoring:held_files", args=[organiser.slug])
    for user in users:
        keys = frozenset(
            f"mo-{organiser.pk}-{held.scan.pk}-{len(held.steps)}" for held in proposed if can(user, RELEASE_HELD, held)
        )
        if keys:
            text = f"{len(keys)} đề nghị mở tệp bị giữ lại chờ người thứ hai xác nhận."
            yield OpenWork(user, organiser.title, text, path, None, keys)


def _files(organiser: Organiser) -> Iterator[Line]:
    waiting = waiting_of(organiser)
    if waiting:
        keys = frozenset(f"giu-{organiser.pk}-{pk}-{step or ''}" for pk, step in waiting)
        path = reverse("scoring:held_files", args=[organiser.slug])
        yield f"{len(waiting)} tệp bị giữ lại vì nghi có mã độc, chờ xử lý.", path, keys


def _letters(organiser: Organiser, now: datetime.datetime) -> Iterator[Line]:
    """People of the organiser whom a letter did not reach; by person and week, since the address is what is mended."""
    here = Membership.objects.valid_on(timezone.localdate(now)).filter(organiser=organiser).values("user")
    lost = Notice.objects.filter(letter=Posting.FAILED, user__in=here, user__is_active=True)
    people = set(lost.filter(created_at__gt=now - RECENT).order_by().values_list("user", flat=True).distinct())
    invited = Invitation.objects.standing().filter(organiser=organiser, letter=Letter.FAILED)
    people |= set(invited.filter(issued_at__gt=now - RECENT).order_by().values_list("user", flat=True))
    if people:
        week = timezone.localdate(now).isocalendar().week
        path = reverse("units:people", args=[organiser.slug])
        text = f"Thư không tới được {len(people)} người trong 7 ngày qua: xem lại địa chỉ thư của họ."
        yield text, path, frozenset(f"thu-{organiser.pk}-{pk}-{week}" for pk in people)


def _jobs(now: datetime.datetime) -> Iterator[Line]:
    failed = DBTaskResult.objects.failed().filter(finished_at__gt=now - RECENT)
    names = sorted(str(pk) for pk in failed.values_list("pk", flat=True)[:MOST_COUNTED])
    if names:
        text = f"{_most(len(names))} việc nền hỏng trong 7 ngày qua: xem nhật ký của dịch vụ việc nền trên máy chủ."
        yield text, "", frozenset(f"job-{name}" for name in names)
    waiting = DBTaskResult.objects.filter(status=TaskResultStatus.READY, enqueued_at__lt=now - STUCK)
    # One that was put off has its hour in `run_after`; one that was not has the end of all days there.
    stuck = waiting.exclude(run_after__gt=now - STUCK, run_after__lt=now + RECENT).count()
    if stuck:
        text = f"{stuck} việc nền chờ hơn 1 giờ chưa chạy: xem dịch vụ việc nền trên máy chủ có đang chạy không."
        yield text, "", frozenset({f"job-cho-{timezone.localdate(now):%Y%m%d}"})


def _scanner(now: datetime.datetime) -> Iterator[Line]:
    waiting = len(not_scanned(MOST_COUNTED)) if clamd.is_there() else 0
    if waiting:
        text = f"{_most(waiting)} tệp chưa quét được mã độc: xem máy quét có đang chạy không."
        yield text, "", frozenset({f"quet-{timezone.localdate(now).isocalendar().week}"})


def _most(number: int) -> str:
    return f"Ít nhất {number}" if number >= MOST_COUNTED else str(number)

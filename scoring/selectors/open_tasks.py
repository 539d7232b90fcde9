"""Tasks grown from lost points as the morning's letter tells them: those that are due within a week or past their day.

To whoever does them by their number, to the head of the unit by the unit's; never what a task says, and no points.
They live on after the year was announced, so no phase is asked.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.urls import reverse
from django.utils import timezone

from scoring.enums import FollowUpState
from scoring.models import FollowUp
from scoring.permissions import UNIT_ROLES
from scoring.selectors.open_work import LAST_CALLS, OpenWork, keys_of
from units.enums import NoticeKind, Role
from units.models import User
from units.selectors import people_of_units

_END_OF_DAY = datetime.time(23, 59)


def open_tasks(now: datetime.datetime) -> list[OpenWork]:
    """Two queries, and one more for each organiser beyond the first."""
    last = timezone.localdate(now) + datetime.timedelta(days=LAST_CALLS[-1])
    found = FollowUp.objects.exclude(state=FollowUpState.DONE).filter(due_on__lte=last)
    found = found.select_related("participant__campaign__organiser", "participant__unit").order_by("due_on", "pk")
    by_unit: dict[int, dict[int, list[FollowUp]]] = defaultdict(lambda: defaultdict(list))
    for task in found:
        by_unit[task.organiser_id][task.participant.unit_id].append(task)
    lines: list[OpenWork] = []
    for organiser, units in by_unit.items():
        people = people_of_units(organiser, units, UNIT_ROLES)
        for unit, tasks in units.items():
            lines += _of_unit(tasks, people[unit], now)
    return lines


def _of_unit(
    tasks: Sequence[FollowUp], people: Sequence[tuple[User, frozenset[str]]], now: datetime.datetime
) -> Iterator[OpenWork]:
    here = {user.pk for user, _ in people}
    for user, roles in people:
        if own := [task for task in tasks if task.owner_id == user.pk]:
            yield _line(user, f"{_counted(own, now)} do anh, chị làm", own, _calls(own, now), now)
        near = [task for task in tasks if _days(task, now) <= LAST_CALLS[0] and task.owner_id != user.pk]
        if Role.UNIT_HEAD in roles and near:
            left = sum(task.owner_id not in here for task in near)
            more = f", {left} việc của người không còn ở đơn vị" if left else ""
            yield _line(user, f"{_counted(near, now)} của cán bộ{more}", near, _calls(near, now), now)


def _line(user: User, what: str, tasks: Sequence[FollowUp], keys: frozenset[str], now: datetime.datetime) -> OpenWork:
    first = tasks[0].participant
    address = [first.campaign.organiser.slug, first.campaign.code, first.code]
    return OpenWork(
        user=user,
        about=first.name,
        text=f"{first.name}: {what}.",
        path=reverse("scoring:follow_ups", args=address),
        deadline=_due(tasks[0]),
        keys=keys,
        kind=NoticeKind.TASK,
    )


def _counted(tasks: Iterable[FollowUp], now: datetime.datetime) -> str:
    """ "2 việc theo dõi quá hạn, 1 việc theo dõi đến hạn trong 7 ngày" ."""
    days = [_days(task, now) for task in tasks]
    late, soon = sum(left < 0 for left in days), sum(left >= 0 for left in days)
    said = [f"{late} việc theo dõi quá hạn"] if late else []
    if soon:
        said.append(f"{soon} việc theo dõi đến hạn {'hôm nay' if max(days) == 0 else f'trong {max(days)} ngày tới'}")
    return ", ".join(said)


def _calls(tasks: Iterable[FollowUp], now: datetime.datetime) -> frozenset[str]:
    return frozenset().union(*(keys_of(f"viec-{task.pk}", _due(task), now) for task in tasks))


def _due(task: FollowUp) -> datetime.datetime:
    """The end of its day at the place."""
    return timezone.make_aware(datetime.datetime.combine(task.due_on, _END_OF_DAY))


def _days(task: FollowUp, now: datetime.datetime) -> int:
    return (task.due_on - timezone.localdate(now)).days

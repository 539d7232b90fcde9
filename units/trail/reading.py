"""Reading the trail: choosing entries."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from units.models import Membership, TrailEntry, User
from units.vietnamese import fold


def entries_of(scope: str) -> QuerySet[TrailEntry]:
    """The entries of one chain, newest first."""
    return TrailEntry.objects.filter(scope=scope).order_by("-seq")


def about(rows: QuerySet[Any]) -> Q:
    """Entries about one of `rows`, as a condition; the rows are asked for within the same query."""
    ids = rows.order_by().annotate(as_text=Cast("pk", CharField())).values("as_text")
    return Q(object_type=rows.model._meta.label, object_id__in=ids)


def narrowed(
    entries: QuerySet[TrailEntry],
    *,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    action: str = "",
    person: str = "",
    thing: str = "",
) -> QuerySet[TrailEntry]:
    """Only what was done from `since` to the end of `until`, of one kind, by somebody so called (today or that day,
    without diacritics or with), about one thing ("units.Unit:12"; a person with his or her roles)."""
    if since:
        entries = entries.filter(at__gte=_midnight(since))
    if until:
        entries = entries.filter(at__lt=_midnight(until + datetime.timedelta(days=1)))
    if action:
        entries = entries.filter(action=action)
    if person:
        entries = entries.filter(
            Q(actor_label__icontains=person)
            | Q(actor__username__icontains=person)
            | Q(actor__name_fold__contains=fold(person))
        )
    if thing:
        kind, _, number = thing.partition(":")
        entries = entries.filter(Q(object_type=kind, object_id=number) | _roles_of(kind, number))
    return entries


def _roles_of(kind: str, number: str) -> Q:
    """What was done to the roles of a person is part of the person's history."""
    if kind != User._meta.label:
        return Q()
    return about(Membership.objects.filter(user__in=User.objects.filter(pk=int(number))))


def actions_in(entries: QuerySet[TrailEntry]) -> list[str]:
    """The kinds of act that occur among them."""
    return sorted(entries.order_by().values_list("action", flat=True).distinct())


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))

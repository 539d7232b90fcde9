"""Reading the trail: choosing entries, and what one entry says in words."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from units.models import Membership, TrailEntry, User
from units.trail.acts import NAMES
from units.vietnamese import fold

LONGEST = 300  # signs of one value on a page; the trail itself keeps all of them
_CODE = re.compile(r"[a-z_]*\Z")


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


def details_of(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What an entry keeps besides its sentence: (name, text), with "before → after" where something was changed."""
    before, after = data.get("before"), data.get("after")
    found: list[tuple[str, str]] = []
    if isinstance(before, dict) or isinstance(after, dict):
        old, new = (item if isinstance(item, dict) else {} for item in (before, after))
        names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
        found += [(_name(name), f"{_said(old.get(name))} → {_said(new.get(name))}") for name in names]
    # States are told by the sentence of the act; their codes mean nothing to a reader.
    elif ("before" in data or "after" in data) and not (_is_code(before) and _is_code(after)):
        found.append(("Trước → sau", f"{_said(before)} → {_said(after)}"))
    rest = [(name, value) for name, value in data.items() if name not in ("before", "after")]
    return found + [(_name(name), _said(value)) for name, value in rest if value not in (None, "", [], {})]


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _name(name: str) -> str:
    return NAMES.get(name, name)


def _is_code(value: Any) -> bool:
    return value is None or (isinstance(value, str) and _CODE.match(value) is not None)


def _said(value: Any) -> str:
    if value is None or value == "":
        return "trống"
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        text = ", ".join(map(str, value)) or "trống"
    else:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"

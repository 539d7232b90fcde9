"""What a person does with the own notices: read them, choose which come as letters."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from units.enums import NoticeKind, NoticeWay
from units.models import Notice, NoticeChoice, User


def choose_ways(user: User, ways: Mapping[NoticeKind, NoticeWay]) -> None:
    """Store the choices of `user`; letters that are under way are not called back."""
    with transaction.atomic():
        NoticeChoice.objects.bulk_create(
            [NoticeChoice(user=user, kind=kind, way=way) for kind, way in ways.items()],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["way"],
        )


def read_one(notice: Notice) -> None:
    """Note when the person opened it; the first time counts."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())


def read_all(user: User, newest: int) -> int:
    """Mark as read what stood on the page, up to `newest` (pk): what came since stays unread. How many it were."""
    return Notice.objects.unread().filter(user=user, pk__lte=newest).update(read_at=timezone.now())

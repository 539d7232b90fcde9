"""Notices of long ago are forgotten; what was done stands in the trail."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from units.enums import NoticeKind, Posting
from units.models import Notice

_AT_ONCE = 2_000  # rows a transaction: nobody waits for a night's work
_ON_THEIR_WAY = (Posting.WAITING, Posting.SENDING, Posting.MORNING)


def prune() -> int:
    """Delete what was told more than NOTICES_KEPT_DAYS ago, read or not; how many.

    Kept are letters on their way, and each person's newest morning's list: the next is measured against it.
    """
    old = Notice.objects.filter(created_at__lt=timezone.now() - datetime.timedelta(days=settings.NOTICES_KEPT_DAYS))
    mornings = Notice.objects.filter(kind=NoticeKind.MORNING).order_by()
    newest = mornings.values("user").annotate(newest=Max("pk")).values("newest")
    forgotten = old.exclude(letter__in=_ON_THEIR_WAY).exclude(pk__in=newest).order_by("pk")
    number = 0
    while found := list(forgotten.values_list("pk", flat=True)[:_AT_ONCE]):
        number += Notice.objects.filter(pk__in=found).delete()[0]
    return number

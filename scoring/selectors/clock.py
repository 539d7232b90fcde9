"""One source of time: the database. Every process decides a deadline by the same clock."""

from __future__ import annotations

import datetime

from django.db.models.functions import Now

from units.models import Organiser


def database_now() -> datetime.datetime:
    """The present instant (UTC, aware), to the millisecond, as the database tells it."""
    instant = Organiser.objects.annotate(instant=Now()).values_list("instant", flat=True).order_by("pk").first()
    if instant is None:
        raise LookupError("no organiser yet, so nothing has a deadline")
    return instant

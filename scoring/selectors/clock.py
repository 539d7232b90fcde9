"""One source of time: the database. Every process decides a deadline by the same clock.

When a request began is kept as a reading of the process' own monotonic clock, and only ever used as "so long ago":
subtracted from the database's instant it is an instant of the database as well, whatever the clocks of the processes
show (case D06).
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db.models.functions import Now

from units.models import Organiser

_began: ContextVar[float | None] = ContextVar("request_began", default=None)


def database_now() -> datetime.datetime:
    """The present instant (UTC, aware), to the millisecond, as the database tells it."""
    instant = Organiser.objects.annotate(instant=Now()).values_list("instant", flat=True).order_by("pk").first()
    if instant is None:
        raise LookupError("no organiser yet, so nothing has a deadline")
    return instant


@contextmanager
def request_begun(earlier: float = 0.0) -> Iterator[None]:
    """Around one request: it began now, or so many seconds `earlier` (as a proxy tells that took it in first)."""
    token = _began.set(time.monotonic() - earlier)
    try:
        yield
    finally:
        _began.reset(token)


def began_at(now: datetime.datetime) -> datetime.datetime:
    """When the present request began; `now` is what the database told just now. Outside a request, `now` itself."""
    began = _began.get()
    return now if began is None else now - datetime.timedelta(seconds=max(0.0, time.monotonic() - began))

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

_began: ContextVar[int | None] = ContextVar("request_began", default=None)


def database_now() -> datetime.datetime:
    """The present instant (UTC, aware), to the millisecond, as the database tells it."""
    instant = Organiser.objects.annotate(instant=Now()).values_list("instant", flat=True).order_by("pk").first()
    if instant is None:
        raise LookupError("no organiser yet, so nothing has a deadline")
    return instant


@contextmanager
def request_begun(earlier: datetime.timedelta = datetime.timedelta(0)) -> Iterator[None]:
    """Around one request: it began now, or so much `earlier` (as a proxy tells that took it in first)."""
    token = _began.set(_microseconds() - earlier // datetime.timedelta(microseconds=1))
    try:
        yield
    finally:
        _began.reset(token)


def began_at(now: datetime.datetime) -> datetime.datetime:
    """When the present request began; `now` is what the database told just now. Outside a request, `now` itself."""
    began = _began.get()
    return now if began is None else now - datetime.timedelta(microseconds=max(0, _microseconds() - began))


def _microseconds() -> int:
    """The process' own clock, which nobody sets and which never goes back."""
    return time.monotonic_ns() // 1000

"""Time that passes without anybody waiting: what was written down moves into the past, the server's clock goes on."""

from __future__ import annotations

import datetime

from axes.models import AccessAttempt
from django.db.models import F

from units.models import Session


def time_passes(**gone: int) -> None:
    """`time_passes(minutes=29, seconds=59)` for every session and every counter of wrong passwords."""
    span = datetime.timedelta(**gone)
    moved = {name: F(name) - span for name in ("opened_at", "seen_at", "expire_date")}
    Session.objects.update(**moved)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - span)

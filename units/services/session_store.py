"""Sessions as Django keeps them, with whose they are and two limits that the server alone decides (case T57).

The engine of `SESSION_ENGINE`. A session ends SESSION_IDLE after the last thing its person did and SESSION_LONGEST
after the sign-in; both are one date in the row, which Django's own look-up compares with the server's clock. A row
that is deleted ends its session with the next request: nothing a browser holds brings it back.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from units.models import Session, User

GRAIN = datetime.timedelta(minutes=1)  # activity is written down once a minute, not with every request


class SessionStore(DatabaseStore):
    """Django's store over `Session`."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._row: Session | None = None
        self._from = {"address": "", "agent": ""}

    @classmethod
    def get_model_class(cls) -> type[Session]:  # type: ignore[override]
        return Session

    def comes_from(self, *, address: str, agent: str) -> None:
        """From where, and with which browser, this request reached us."""
        self._from = {"address": address[:45], "agent": agent[:300]}

    def load(self) -> dict[str, Any]:
        self._row = self._get_session_from_db()  # type: ignore[attr-defined]
        return self.decode(self._row.session_data) if self._row else {}

    @property
    def person(self) -> User | None:
        """Whose session it is, as read together with it; None before the sign-in and for a session that was made or
        renewed by this very request."""
        row = self._row
        return row.user if row is not None and Session.user.is_cached(row) else None  # type: ignore[attr-defined]

    def create_model_instance(self, data: dict[str, Any]) -> Session:  # type: ignore[override]
        """The row as it is saved: who is in it, and since when, follows from what it holds."""
        now = timezone.now()
        person = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        known = self._row if self._row is not None and self._row.user_id == person else None
        opened_at = known.opened_at if known else now
        self._row = Session(
            session_key=self._get_or_create_session_key(),  # type: ignore[attr-defined]
            session_data=self.encode(data),
            expire_date=_end(opened_at, now),
            user_id=person,
            opened_at=opened_at,
            seen_at=now,
            **self._from,
        )
        return self._row

    def flush(self) -> None:
        super().flush()
        self._row = None

    def touch(self) -> None:
        """The person did something: the idle limit counts from now. At most one small update a minute."""
        now = timezone.now()
        row = self._row
        if row is None or row.user_id is None or now - row.seen_at < GRAIN:
            return
        row.seen_at, row.expire_date, row.address = now, _end(row.opened_at, now), self._from["address"]
        alive = Session.objects.filter(session_key=row.session_key, expire_date__gt=now)
        alive.update(seen_at=row.seen_at, expire_date=row.expire_date, address=row.address)

    @property
    def left(self) -> tuple[int, int]:
        """Whole seconds until the session ends when nothing more is done, and until it ends whatever is done."""
        if self._row is None or self._row.user_id is None:
            return 0, 0
        now = timezone.now()
        last = self._row.opened_at + settings.SESSION_LONGEST
        return tuple(max(0, int((end - now).total_seconds())) for end in (self._row.expire_date, last))  # type: ignore[return-value]


def _end(opened_at: datetime.datetime, seen_at: datetime.datetime) -> datetime.datetime:
    return min(seen_at + settings.SESSION_IDLE, opened_at + settings.SESSION_LONGEST)

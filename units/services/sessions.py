"""Ending sessions: one's own, one by one or all others; and all of a person by who answers for the account."""

from __future__ import annotations

import base64

from django.db import transaction
from django.utils.crypto import salted_hmac

from units import trail
from units.models import Session, User
from units.permissions import ADMINISTER_ACCOUNT, USE_WORKSPACE, authorize


def end_session(mark: str, *, by: User) -> bool:
    """End the session of one's own that pages call `mark`; False when there is none (ended meanwhile, or another's)."""
    authorize(by, USE_WORKSPACE)
    with transaction.atomic():
        found = next((item for item in Session.objects.filter(user=by) if item.mark == mark), None)
        if found is None:
            return False
        device = found.device
        found.delete()
        label = f"Kết thúc phiên {device} của {by.username}"
        trail.record("units.end_session", by=by, about=by, label=label, device=device, address=found.address)
    return True


def end_other_sessions(current: str | None, *, by: User) -> int:
    """End all of one's own sessions but the one with the key `current`; how many ended."""
    authorize(by, USE_WORKSPACE)
    with transaction.atomic():
        ended = _end(Session.objects.filter(user=by).exclude(session_key=current or ""))
        if ended:
            label = f"Kết thúc mọi phiên khác của {by.username}"
            trail.record("units.end_other_sessions", by=by, about=by, label=label, ended=ended)
    return ended


def end_sessions_of(user: User, *, by: User) -> int:
    """End every session of `user`, who has to sign in again; how many ended. Raises `Refused`."""
    authorize(by, ADMINISTER_ACCOUNT, user)
    with transaction.atomic():
        ended = forget_sessions(user)
        label = f"Kết thúc mọi phiên của {user.username}"
        trail.record("units.end_sessions_of_person", by=by, about=user, label=label, ended=ended)
    return ended


def forget_sessions(user: User) -> int:
    """End every session of `user` within another act (a new password, a lock), which tells of it; how many ended."""
    return _end(Session.objects.filter(user=user))


def draft_keys(user: User) -> tuple[str, str]:
    """Under which name, and with which key (32 bytes, base64), a browser keeps what this person types and has not sent.

    Both come from the server with each page of the workspace, so that nobody else at the same computer reads it.
    """
    owner = salted_hmac("units.drafts.owner", str(user.pk)).hexdigest()[:16]
    key = salted_hmac("units.drafts.key", str(user.pk), algorithm="sha256").digest()
    return owner, base64.b64encode(key).decode()


def _end(sessions: object) -> int:
    return int(sessions.delete()[0])  # type: ignore[attr-defined]

"""A write that was answered is never done twice: the page gives each a key, and the same key is answered the same.

What comes again is what went out before a reply was lost (case D15), or a queue that a closed browser sends at last.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from scoring.enums import WriteKind
from scoring.models import Participant, WriteKey
from scoring.selectors.clock import database_now
from scoring.services.errors import Conflict
from units.models import User

KEPT = datetime.timedelta(days=14)  # longer than any page keeps what it could not send
TAKEN = "Mã của lần lưu này đã dùng cho nội dung khác. Tải lại trang rồi sửa."


def once(
    participant: Participant, key: str, kind: WriteKind, by: User, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """What `act` answers (plain data for JSON), done at the first time only; a refusal of it is not kept.

    Inside the caller's transaction, after the lock of the dossier. Raises `Conflict` for the key of another write.
    """
    kept = WriteKey.objects.filter(participant=participant, key=key).first()
    if kept is not None:
        if (kept.by_id, kept.kind) != (by.pk, kind):
            raise Conflict(TAKEN)
        return dict(kept.result)
    result = act()
    WriteKey.objects.create(participant=participant, key=key, kind=kind, result=result, by=by)
    return result


def prune() -> int:
    """Forget the keys that nobody sends any more; how many."""
    return WriteKey.objects.filter(at__lt=database_now() - KEPT).delete()[0]

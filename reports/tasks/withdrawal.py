"""Taking a released version back."""

from __future__ import annotations

from reports import permissions
from reports.models import Publication
from reports.services import publishing
from reports.services.errors import Conflict, Incomplete
from reports.services.publishing import BasisMoved
from reports.tasks.shelf import shelf_without
from units.models import User
from units.permissions import authorize

_TRIES = 5


def withdraw(publication: Publication, by: User, *, reason: str, revision: int | None = None) -> Publication:
    """Withdraw `publication` for the public `reason`; its addresses answer 410 from then on.

    Raises `Refused`, `Conflict` or `Incomplete`; nothing has changed then.
    """
    authorize(by, permissions.WITHDRAW, publication)
    if not reason.strip():
        raise Incomplete("reason", "Nêu lý do thu hồi; lý do này hiện trên trang công khai.")
    for _ in range(_TRIES):
        try:
            shelf = shelf_without(publication, reason.strip())
            return publishing.withdraw(publication, by, shelf, reason=reason.strip(), revision=revision)
        except BasisMoved:
            continue
    raise Conflict("Đang có bản công bố khác được đưa lên. Chờ một phút rồi thu hồi lại.")

"""How people come in for the first time, or again after losing a password: a link by mail, a one-time code on paper.

Neither token nor code is stored, only their keyed hashes. A person has one invitation at a time: a new one ends the one
before. The password that somebody has stays in force until the invitation is used; then every session ends.
"""

from __future__ import annotations

import datetime
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from units import trail
from units.enums import InvitationKind, Letter
from units.models import Invitation, Membership, Organiser, User
from units.permissions import ADMINISTER_ACCOUNT, Refused, authorize
from units.services.accounts import UNMISTAKABLE, end_invitations, store_password
from units.services.notices import tell_of_change
from units.services.people import NotNow

GROUPS, SIGNS = 3, 4  # of a code: 12 of 31 signs, 59 bits; five wrong ones in a row close the door for a while
TOKEN_BYTES = 32
GONE = (
    "Lời mời này không còn dùng được: đã dùng, đã hết hạn hoặc đã có lời mời mới hơn. Đề nghị người quản trị mời lại."
)
_BETWEEN = re.compile(r"[\s\-–—.]+")


@dataclass(frozen=True)
class Issued:
    """A code that was made just now: what the slip tells. It cannot be shown a second time."""

    user: User
    code: str
    expires_at: datetime.datetime


def issue_code(organiser: Organiser, user: User, *, by: User) -> Issued:
    """Make a one-time code for `user`, to be shown or printed once. Raises `Refused`, `NotNow`."""
    authorize(by, ADMINISTER_ACCOUNT, user)
    code = "-".join("".join(secrets.choice(UNMISTAKABLE) for _ in range(SIGNS)) for _ in range(GROUPS))
    with transaction.atomic():
        made = _invite(
            organiser, user, by, InvitationKind.CODE, settings.INVITATION_CODE_DAYS, digest=_digest_of_code(code)
        )
        _tell("units.issue_code", by, made, f"Cấp mã một lần cho {user.username}")
        if user.has_usable_password():
            tell_of_change(user, "Người quản trị cấp mã một lần để đặt mật khẩu mới")
    return Issued(user, code, made.expires_at)


def issue_codes(
    organiser: Organiser, people: Iterable[User], *, by: User
) -> tuple[list[Issued], list[tuple[User, str]]]:
    """A code for each, and for whom not, with the sentence."""
    made: list[Issued] = []
    refused: list[tuple[User, str]] = []
    for user in people:
        try:
            made.append(issue_code(organiser, user, by=by))
        except NotNow as fault:
            refused.append((user, fault.sentence))
        except Refused as fault:
            refused.append((user, fault.reason))
    return made, refused


def would_end(people: Iterable[User]) -> list[Invitation]:
    """The invitations that still let in and that a new one would end, by name of the person; two queries.

    Called within the transaction of the act, the accounts stay locked: a second press sees what the first
    one gave.
    """
    with transaction.atomic():
        locked = User.objects.select_for_update().filter(pk__in=[user.pk for user in people])
        waiting = Invitation.objects.open_at(timezone.now()).filter(user__in=list(locked.order_by("pk")))
        return list(waiting.select_related("user").order_by("user__name_sort", "pk"))


def prepare_letter(organiser: Organiser, user: User, *, by: User) -> Invitation:
    """An invitation by mail that waits for its letter (`units.tasks`). Raises `Refused`, `NotNow`."""
    authorize(by, ADMINISTER_ACCOUNT, user)
    if not settings.HAS_MAIL:
        raise NotNow("Cổng này chưa có máy chủ thư. Cấp mã một lần và trao phiếu cho người dùng.")
    with transaction.atomic():
        made = _invite(organiser, user, by, InvitationKind.LINK, settings.INVITATION_LINK_DAYS, letter=Letter.WAITING)
        if not made.address:
            raise NotNow(f"{user.full_name} chưa có địa chỉ thư điện tử. Ghi địa chỉ, hoặc cấp mã một lần.")
        _tell("units.invite_by_mail", by, made, f"Mời {user.username} qua thư", email=made.address)
    return made


def revoke(user: User, *, by: User) -> None:
    """Take the standing invitation of `user` back. Raises `Refused`, `NotNow` where there is none."""
    authorize(by, ADMINISTER_ACCOUNT, user)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if not end_invitations(user):
            raise NotNow("Người này không có lời mời nào đang chờ.")
        trail.record("units.revoke_invitation", by=by, about=user, label=f"Thu hồi lời mời của {user.username}")


# ── the way in ────────────────────────────────────────────────────────────────────────────────────────────────────


def invitation_of_link(token: str) -> Invitation | None:
    """The open invitation of a link; None for a wrong, used, old or withdrawn one, all found out by one look-up.

    A token has 256 bits: nobody guesses one, so tries are not counted (five colleagues with old links, sitting behind
    one address, must not lock out the sixth).
    """
    return _open(InvitationKind.LINK, _digest(token))


def invitation_of_code(username: str, code: str) -> Invitation | None:
    """The same for a user name and its code; signs between the groups do not matter, nor capitals in either."""
    found = _open(InvitationKind.CODE, _digest_of_code(code))
    return found if found is not None and found.user.username.lower() == username.strip().lower() else None


def invitation_at(pk: Any) -> Invitation | None:
    """An open invitation that this browser has shown the secret of."""
    found = Invitation.objects.open_at(timezone.now()).select_related("user", "organiser").filter(pk=pk)
    return found.first() if isinstance(pk, int) else None


def accept(invitation: Invitation, password: str) -> User:
    """Set the person's own password and use the invitation up; every session of the person ends. Raises `NotNow`.

    The password must have passed the validators.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=invitation.user_id)
        now = timezone.now()
        used = Invitation.objects.open_at(now).filter(pk=invitation.pk)
        if not Invitation.objects.filter(pk__in=used.values("pk")).update(used_at=now):
            raise NotNow(GONE)
        user.set_password(password)
        store_password(user, is_given=False)
        label = f"Đặt mật khẩu theo lời mời: {user.username}"
        trail.record("units.accept_invitation", by=user, about=user, label=label, kind=invitation.kind)
    return user


class OneTimeCodeBackend(BaseBackend):
    """Tries of codes go through `authenticate`, so that django-axes counts and stops them as wrong passwords.

    It never opens a session: what it proves is that the person may choose a password.
    """

    # Django asks a backend only with what its signature takes: with a user name and a token, never with a password.
    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, username: str = "", token: str = ""
    ) -> User | None:
        found = invitation_of_code(username, token)
        return found.user if found is not None else None

    def get_user(self, user_id: int) -> None:
        return None


# ── what the acts share ───────────────────────────────────────────────────────────────────────────────────────────


def link_secret() -> tuple[str, str]:
    """A new token and its digest."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    return token, _digest(token)


def _invite(organiser: Organiser, user: User, by: User, kind: InvitationKind, days: int, **more: Any) -> Invitation:
    current = User.objects.select_for_update().get(pk=user.pk)
    if current.pk == by.pk:
        raise NotNow("Không tự mời chính mình. Đổi mật khẩu ở trang Đổi mật khẩu.")
    if not current.is_active:
        raise NotNow(f"Tài khoản {current.username} đang bị khóa. Mở khóa trước khi mời.")
    roles = Membership.objects.not_over(timezone.localdate()).filter(user=current, organiser=organiser)
    if not roles.exists():
        raise NotNow(f"{current.full_name} không còn vai trò nào ở đây. Giao vai trò trước khi mời.")
    end_invitations(current)
    return Invitation.objects.create(
        user=current,
        organiser=organiser,
        kind=kind,
        issued_by=by,
        expires_at=timezone.now() + datetime.timedelta(days=days),
        address=current.email if kind == InvitationKind.LINK else "",
        **more,
    )


def _open(kind: InvitationKind, digest: str) -> Invitation | None:
    found = Invitation.objects.open_at(timezone.now()).filter(kind=kind, digest=digest)
    return found.select_related("user", "organiser").first()


def _digest(secret: str) -> str:
    return salted_hmac("units.invitation", secret, algorithm="sha256").hexdigest()


def _digest_of_code(code: str) -> str:
    return _digest(_BETWEEN.sub("", code).lower())


def _tell(action: str, by: User, made: Invitation, label: str, **more: Any) -> None:
    trail.record(action, by=by, about=made.user, label=label, until=made.expires_at, **more)

"""People and their roles as an administrator changes them; every act with what was before and after in the trail."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from units import trail
from units.enums import UNIT_SIDE
from units.models import Membership, Organiser, Unit, User
from units.permissions import ADMINISTER, ADMINISTER_ACCOUNT, administers_in_person, authorize, principals_of
from units.services.accounts import create_person, end_invitations, issue_password
from units.services.notices import tell_of_change
from units.services.sessions import forget_sessions

NOT_THE_ABSENT = (
    "Người làm thay không giao, không kết thúc, không ủy quyền vai trò của chính người mình thay. "
    "Đề nghị một người quản trị khác làm việc này."
)
UNITS_ROLES_ONLY = (
    "Người làm thay quản trị chỉ giao vai trò cán bộ, thủ trưởng đơn vị. "
    "Vai trò khác để một người quản trị chính thức giao."
)


class NotNow(Exception):
    """The act does not fit the state of things; `sentence` says why and what to do."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def add_person(
    organiser: Organiser, *, username: str, full_name: str, email: str, role: dict[str, Any], by: User
) -> User:
    """Make an account with its first role (`role` as for `add_membership`); it waits for a password to be issued.

    Raises `Refused`, `NotNow`; then neither account nor role is there.
    """
    authorize(by, ADMINISTER, organiser)
    with transaction.atomic():
        user = create_person(username=username, full_name=full_name, password=None, email=email, by=by)
        add_membership(organiser, user, by=by, **role)
    return user


def change_person(user: User, *, full_name: str, email: str, by: User) -> bool:
    """Give an account another name or address; whether anything changed. Raises `Refused`."""
    authorize(by, ADMINISTER_ACCOUNT, user)
    with transaction.atomic():
        current = User.objects.select_for_update().get(pk=user.pk)
        before = {"full_name": current.full_name, "email": current.email}
        after = {"full_name": full_name, "email": email}
        if before == after:
            return False
        current.full_name, current.email = full_name, email
        current.save(update_fields=["full_name", "email", "name_sort", "name_fold"])
        _tell("units.change_person", by, current, f"Sửa tài khoản {current.username}", before, after)
        if before["email"] != email and by.pk != current.pk:
            tell_of_change(current, "Đổi địa chỉ thư điện tử của tài khoản", also=before["email"])
    return True


def lock(user: User, *, by: User) -> None:
    """Switch an account off: every open session of the person ends with its next request, and for good.

    The password goes too, so that no session opened with it lives again after `unlock`. Raises `Refused`, `NotNow`.
    """
    authorize(by, ADMINISTER_ACCOUNT, user)
    if user.pk == by.pk:
        raise NotNow("Không tự khóa tài khoản của mình. Đề nghị một người quản trị khác làm việc này.")
    with transaction.atomic():
        current = User.objects.select_for_update().get(pk=user.pk)
        if not current.is_active:
            raise NotNow(f"Tài khoản {current.username} đã bị khóa.")
        current.is_active = False
        current.set_unusable_password()
        current.password_given_at = None
        current.save(update_fields=["is_active", "password", "password_given_at"])
        forget_sessions(current)
        end_invitations(current)
        _tell("units.lock_person", by, current, f"Khóa tài khoản {current.username}", _ON, _OFF)


def unlock(user: User, *, by: User) -> str:
    """Switch an account on again and return its new password, to be shown once. Raises `Refused`, `NotNow`."""
    authorize(by, ADMINISTER_ACCOUNT, user)
    with transaction.atomic():
        current = User.objects.select_for_update().get(pk=user.pk)
        if current.is_active:
            raise NotNow(f"Tài khoản {current.username} đang mở.")
        current.is_active = True
        current.save(update_fields=["is_active"])
        _tell("units.unlock_person", by, current, f"Mở tài khoản {current.username}", _OFF, _ON)
        tell_of_change(current, "Mở lại tài khoản và cấp mật khẩu mới")
        return issue_password(current, by=by)


def new_password(user: User, *, by: User) -> str:
    """A new password for an account that is not locked, to be shown once; sessions end. Raises `Refused`, `NotNow`."""
    authorize(by, ADMINISTER_ACCOUNT, user)
    if not user.is_active:
        raise NotNow("Tài khoản đang khóa. Mở khóa thì cổng cấp luôn mật khẩu mới.")
    return issue_password(user, by=by)


def add_membership(
    organiser: Organiser,
    user: User,
    *,
    role: str,
    unit: Unit,
    components: list[str],
    valid_from: datetime.date,
    valid_to: datetime.date | None,
    by: User,
) -> Membership:
    """Give `user` a role at the organiser from one day to another (None: until it is ended).

    Raises `Refused`; `NotNow` for one's own account, that of whom one stands in for, a locked one, and where the same
    role overlaps.
    """
    authorize(by, ADMINISTER, organiser)
    if user.pk == by.pk:
        raise NotNow("Không tự giao vai trò cho chính mình. Đề nghị một người quản trị khác làm việc này.")
    leave_the_absent(user.pk, by)
    if role not in UNIT_SIDE and not administers_in_person(by, organiser.pk):
        raise NotNow(UNITS_ROLES_ONLY)
    with transaction.atomic():
        current = User.objects.select_for_update().get(pk=user.pk)
        if not current.is_active:
            raise NotNow(f"Tài khoản {current.username} đang bị khóa. Mở khóa trước khi giao vai trò.")
        own = Membership.objects.filter(user=user, organiser=organiser, unit=unit, role=role, stands_for=None)
        same = own.not_over(valid_from)
        if any(valid_to is None or item.valid_from <= valid_to for item in same):
            raise NotNow("Người này đã có vai trò đó ở đơn vị đó trong thời gian này.")
        made = Membership.objects.create(
            user=user,
            organiser=organiser,
            unit=unit,
            role=role,
            components=components,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        _tell("units.grant", by, made, f"Phân công {current.username}: {_said(made)}", {}, state_of(made))
    return made


def end_membership(membership: Membership, *, last_day: datetime.date | None, by: User) -> Membership:
    """End a role after `last_day`, or at this moment (None): then the next request of the person is refused.

    Raises `Refused`; `NotNow` for one's own role, that of whom one stands in for, one that is over, and a last day
    that has passed.
    """
    authorize(by, ADMINISTER, membership)
    if membership.user_id == by.pk:
        raise NotNow("Không tự kết thúc vai trò của chính mình. Đề nghị một người quản trị khác làm việc này.")
    leave_the_absent(membership.user_id, by)
    today = timezone.localdate()
    with transaction.atomic():
        current = Membership.objects.select_for_update().get(pk=membership.pk)
        if current.is_over:
            raise NotNow("Vai trò này đã kết thúc.")
        if last_day is not None and last_day < max(today, current.valid_from):
            raise NotNow("Ngày cuối không được trước hôm nay hoặc trước ngày bắt đầu. Để trống nếu kết thúc ngay.")
        before = state_of(current)
        if last_day is None:
            current.valid_to, current.ended_at = max(today, current.valid_from), timezone.now()
        else:
            current.valid_to = last_day
        current.save(update_fields=["valid_to", "ended_at"])
        label = f"Kết thúc phân công {membership.user.username}: {_said(membership)}"
        _tell("units.end_membership", by, current, label, before, state_of(current))
    return current


def leave_the_absent(person: int, by: User) -> None:
    """Who stands in for somebody changes no roles of that person (decision 016). Raises `NotNow`."""
    if person in principals_of(by):
        raise NotNow(NOT_THE_ABSENT)


_ON, _OFF = {"is_active": True}, {"is_active": False}


def _said(membership: Membership) -> str:
    return f"{membership.role_said}, {membership.unit.name}, {membership.organiser.title}"


def state_of(membership: Membership) -> dict[str, Any]:
    """What the trail keeps of a role."""
    return {
        "role": membership.role,
        "unit": membership.unit_id,
        "organiser": membership.organiser_id,
        "components": membership.components,
        "valid_from": membership.valid_from,
        "valid_to": membership.valid_to,
        "ended_at": membership.ended_at,
        **({"stands_for": membership.stands_for.user.username} if membership.stands_for else {}),
    }


def _tell(action: str, by: User, about: User | Membership, label: str, before: Any, after: Any) -> None:
    trail.record(action, by=by, about=about, label=label, before=before, after=after)

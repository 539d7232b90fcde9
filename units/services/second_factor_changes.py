"""Changing the second factor of an account: every change is in the trail and told to the person by mail."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction

from units import trail
from units.models import User
from units.permissions import ADMINISTER_ACCOUNT, authorize
from units.services.notices import tell_of_change
from units.services.people import NotNow
from units.services.second_factor import has_factor, use_code
from units.services.sessions import forget_sessions


def note_app_on(user: User, code: str) -> None:
    """An authenticator app was turned on; the `code` that proved it is used up with that."""
    use_code(user, code)
    _tell("units.second_factor_on", user, user, "Bật ứng dụng xác thực")


def note_app_off(user: User) -> None:
    _tell("units.second_factor_off", user, user, "Tắt ứng dụng xác thực")


def note_passkey_added(user: User, name: str) -> None:
    _tell("units.add_passkey", user, user, f"Thêm khóa truy cập “{name}”")


def note_passkey_renamed(user: User, name: str) -> None:
    _tell("units.rename_passkey", user, user, f"Đổi tên khóa truy cập thành “{name}”")


def note_passkey_removed(user: User, name: str) -> None:
    _tell("units.remove_passkey", user, user, f"Bỏ khóa truy cập “{name}”")


def new_recovery_codes(user: User) -> list[str]:
    """Ten new codes, to be shown once; the ones before are dead. Raises `NotNow` without an app or a passkey."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if not has_factor(user):
            raise NotNow("Bật ứng dụng xác thực hoặc thêm khóa truy cập trước, rồi mới lấy mã dự phòng.")
        Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
        codes = RecoveryCodes.activate(user).get_unused_codes()
        _tell("units.new_recovery_codes", user, user, "Tạo mã dự phòng mới")
    return codes


def take_off(user: User, *, by: User) -> None:
    """Take every factor off somebody who lost phone and codes; the person is told by mail. Raises `Refused`, `NotNow`.

    Nobody takes off his or her own this way: whoever found an open session could.
    """
    authorize(by, ADMINISTER_ACCOUNT, user)
    if user.pk == by.pk:
        raise NotNow("Không tự gỡ xác nhận hai bước của mình ở đây. Đề nghị một người quản trị khác làm việc này.")
    clear(user, by=by)


def clear(user: User, *, by: User | None) -> None:
    """Take every factor off an account, without asking who may: for `take_off` and for whoever sits at the server.

    Every session of the person ends. Raises `NotNow` where there is none.
    """
    with transaction.atomic():
        current = User.objects.select_for_update().get(pk=user.pk)
        if not Authenticator.objects.filter(user_id=current.pk).exists():
            raise NotNow(f"Tài khoản {current.username} không bật xác nhận hai bước.")
        Authenticator.objects.filter(user_id=current.pk).delete()
        forget_sessions(current)  # a lost phone holds one, perhaps
        _tell("units.take_off_second_factor", by, current, f"Gỡ xác nhận hai bước của {current.username}")


def _tell(action: str, by: User | None, user: User, label: str) -> None:
    """Into the trail, and by mail to the person."""
    trail.record(action, by=by, about=user, label=label)
    tell_of_change(user, label)

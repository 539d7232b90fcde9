"""Accounts: who may sign up (nobody), and how people are made."""

from __future__ import annotations

import secrets

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from units import trail
from units.models import Membership, Organiser, Unit, User

UNMISTAKABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # 31 signs: 20 of them hold 99 bits


class AccountAdapter(DefaultAccountAdapter):
    """No open registration: accounts are made by an administrator. Refusals in the words of the portal."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "Tài khoản này đang bị khóa. Đề nghị người quản trị mở lại.",
        "enter_current_password": "Nhập mật khẩu đang dùng.",
        "incorrect_password": "Mật khẩu không đúng.",
        "invalid_login": "Tên đăng nhập hoặc mật khẩu không đúng.",
        "username_password_mismatch": "Tên đăng nhập hoặc mật khẩu không đúng.",
        "email_password_mismatch": "Tên đăng nhập hoặc mật khẩu không đúng.",
        "too_many_login_attempts": "Đã nhập sai nhiều lần. Đợi 15 phút rồi thử lại.",
        "rate_limited": "Thao tác quá nhanh. Đợi một phút rồi thử lại.",
        "password_mismatch": "Hai lần nhập mật khẩu mới không giống nhau.",
        "same_as_current": "Mật khẩu mới phải khác mật khẩu đang dùng.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


def create_person(
    *, username: str, full_name: str, password: str | None, email: str = "", is_demo: bool = False, by: User | None
) -> User:
    """Make a named account; the act is in the site trail. Raises IntegrityError for a taken username."""
    with transaction.atomic():
        user = User.objects.create_user(username, password, full_name=full_name, email=email, is_demo=is_demo)
        trail.record("units.create_person", by=by, about=user, label=f"Tạo tài khoản {username}", username=username)
    return user


def issue_password(user: User, *, by: User | None) -> str:
    """Give `user` a new random password and return it, to be shown once; all sessions of the person end."""
    password = "-".join("".join(secrets.choice(UNMISTAKABLE) for _ in range(5)) for _ in range(4))
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        trail.record("units.issue_password", by=by, about=user, label=f"Cấp mật khẩu mới cho {user.username}")
    return password


def grant(
    *,
    user: User,
    organiser: Organiser,
    role: str,
    by: User | None,
    unit: Unit | None = None,
    components: list[str] | None = None,
) -> Membership:
    """Give `user` a role for `unit` (the organiser's own by default) from today on; one in force is returned as it is.

    `components` narrows an appraiser to these codes of lĩnh vực; empty means all.
    """
    unit = unit or organiser.unit
    with transaction.atomic():
        in_force = Membership.objects.valid_on(timezone.localdate())
        same = in_force.filter(user=user, organiser=organiser, role=role, unit=unit).first()
        if same is not None:
            return same
        membership = Membership.objects.create(
            user=user, organiser=organiser, role=role, unit=unit, components=components or []
        )
        trail.record(
            "units.grant",
            by=by,
            about=membership,
            label=f"Phân công {user.username}: {membership.get_role_display()}, {organiser.title}",
            role=role,
            organiser=organiser.slug,
        )
    return membership

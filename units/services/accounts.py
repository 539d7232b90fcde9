"""Accounts: who may sign up (nobody), and how people are made."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core import context
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from units import trail
from units.models import Invitation, Membership, Organiser, Unit, User
from units.services import throttle
from units.services.notices import tell_of_change
from units.services.second_factor import FactorStage, was_confirmed
from units.services.sessions import forget_sessions

LONGEST_WAY = 2000  # signs of an address to go back to
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
        "too_many_login_attempts": "Đã nhập sai nhiều lần. Đợi nửa phút rồi thử lại.",
        "too_many_codes": "Đã nhập sai mã mười lần. Đợi năm phút rồi thử lại.",
        "rate_limited": "Thao tác quá nhanh. Đợi một phút rồi thử lại.",
        "password_mismatch": "Hai lần nhập mật khẩu mới không giống nhau.",
        "same_as_current": "Mật khẩu mới phải khác mật khẩu đang dùng.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        ours = f"{FactorStage.__module__}.{FactorStage.__qualname__}"
        return [ours if path.endswith(".AuthenticateStage") else path for path in super().get_login_stages()]

    def is_safe_url(self, url: str) -> bool:
        """Whether one may be led to `url` afterwards: an address of this portal without its host (case T59)."""
        is_local = url.startswith("/") and len(url) <= LONGEST_WAY
        return is_local and url.isprintable() and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            throttle.forgive(request, credentials)
        return user

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        throttle.remember_device(request, response, user)
        return response

    def set_password(self, user: User, password: str) -> None:
        """One's own new password, by the old one or by a link: every session ends (the library renews the one that
        changes it), and what was tried at the account before is forgotten."""
        user.set_password(password)
        with transaction.atomic():
            store_password(user, is_given=False)
            trail.record("units.set_own_password", by=user, about=user, label=f"Tự đặt mật khẩu: {user.username}")

    def get_reauthentication_methods(self, user: User) -> list[dict[str, str]]:
        """One page asks for all of it, password and second factor together (units/forms/security.py)."""
        flows = get_reauthentication_flows(user)
        url = reverse("account_reauthenticate")
        return [{"id": "reauthenticate", "description": "Xác nhận lại", "url": url}] if flows else []

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who has just signed in with everything the account asks for is not asked again at once."""
        return super().is_reauthentication_required(app=app, **kwargs) and not was_confirmed(context.request)


def create_person(
    *,
    username: str,
    full_name: str,
    password: str | None,
    email: str = "",
    is_demo: bool = False,
    is_given: bool = False,
    by: User | None,
) -> User:
    """Make a named account; the act is in the site trail. Raises IntegrityError for a taken username.

    `is_given`: somebody else typed `password`, so its owner changes it at the first sign-in.
    """
    given_at = timezone.now() if is_given and password is not None else None
    with transaction.atomic():
        user = User.objects.create_user(
            username, password, full_name=full_name, email=email, is_demo=is_demo, password_given_at=given_at
        )
        trail.record("units.create_person", by=by, about=user, label=f"Tạo tài khoản {username}", username=username)
    return user


def rename_account(user: User, username: str, *, by: User | None) -> None:
    """Another user name for the account. Raises ValidationError for one that cannot be, or is taken."""
    before, user.username = user.username, username
    user.full_clean(exclude=["password", "full_name", "email"])
    with transaction.atomic():
        user.save(update_fields=["username"])
        trail.record(
            "units.change_person",
            by=by,
            about=user,
            label=f"Đổi tên đăng nhập {before} thành {username}",
            before={"username": before},
            after={"username": username},
        )


def issue_password(user: User, *, by: User | None) -> str:
    """Give `user` a new random password and return it, to be shown once; all sessions of the person end.

    Its owner changes it at the next sign-in (`must_choose_password`).
    """
    password = "-".join("".join(secrets.choice(UNMISTAKABLE) for _ in range(5)) for _ in range(4))
    had_one = user.has_usable_password()
    user.set_password(password)
    with transaction.atomic():
        store_password(user, is_given=True)
        trail.record("units.issue_password", by=by, about=user, label=f"Cấp mật khẩu mới cho {user.username}")
        if had_one:
            tell_of_change(user, "Người quản trị cấp mật khẩu mới")
    return password


def store_password(user: User, *, is_given: bool) -> None:
    """Keep the password just set, and whether somebody else gave it; nothing of before holds any more."""
    user.password_given_at = timezone.now() if is_given else None
    user.save(update_fields=["password", "password_given_at"])
    begin_anew(user)


def must_choose_password(request: HttpRequest, user: User) -> bool:
    """Whether the person may do nothing before a password of his or her own stands in place of one that was given.

    Not where the province's own service opened this session: no password was used there.
    """
    if not user.has_given_password:
        return False
    return all(record["method"] != "socialaccount" for record in get_authentication_records(request, user))


def begin_anew(user: User) -> None:
    """With a new password nothing of before holds: no session, no invitation, no count of wrong tries."""
    forget_sessions(user)
    throttle.forget_tries(user)
    end_invitations(user)


def end_invitations(user: User) -> int:
    """The link or code that waits for the person lets nobody in any more; how many there were (none or one)."""
    return Invitation.objects.standing().filter(user=user).update(revoked_at=timezone.now())


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
        same = in_force.filter(user=user, organiser=organiser, role=role, unit=unit, stands_for=None).first()
        if same is not None:
            return same
        membership = Membership.objects.create(
            user=user, organiser=organiser, role=role, unit=unit, components=components or []
        )
        trail.record(
            "units.grant",
            by=by,
            about=membership,
            label=f"Phân công {user.username}: {membership.get_role_display()}, {unit.name}, {organiser.title}",
            role=role,
            organiser=organiser.slug,
        )
    return membership

"""Letters to people about their accounts, and the address of the portal as letters and paper tell it."""

from __future__ import annotations

import datetime

from django.conf import settings

from units.vietnamese import format_datetime

DEMO_ADDRESS = "http://127.0.0.1:8000"  # where `make run` opens the portal; production always says SITE_URL


def portal_address(path: str = "/") -> str:
    """`path` with the host that the installation decided, never the one a request came with (case T55)."""
    return f"{settings.SITE_URL or DEMO_ADDRESS}{path}"


def undecided_address() -> str:
    """The address that paper and letters tell although nobody decided it; "" where the installation did (SITE_URL)."""
    return "" if settings.SITE_URL else DEMO_ADDRESS


def invitation_letter(
    *, name: str, username: str, organiser: str, link: str, until: datetime.datetime
) -> tuple[str, str]:
    """Subject and plain text of an invitation by link."""
    subject = f"Mời vào cổng Chỉ số cải cách hành chính, {organiser}"
    text = f"""Kính gửi {name},

{organiser} mời anh, chị vào cổng Chỉ số cải cách hành chính.

Tên đăng nhập: {username}

Mở liên kết sau để đặt mật khẩu của mình và vào cổng. Liên kết dùng được một lần, đến {format_datetime(until)}:
{link}

Không chuyển thư này cho người khác: ai có liên kết thì đặt được mật khẩu thay anh, chị.
Hết hạn thì đề nghị người quản trị mời lại.
"""
    return subject, text


def reset_letter(*, name: str, username: str, link: str, minutes: int) -> tuple[str, str]:
    """Subject and plain text of the link for a forgotten password."""
    subject = "Đặt mật khẩu mới, cổng Chỉ số cải cách hành chính"
    text = f"""Kính gửi {name},

Có người vừa báo quên mật khẩu của tài khoản {username} ở cổng Chỉ số cải cách hành chính.

Mở liên kết sau để đặt mật khẩu mới. Liên kết dùng được một lần, trong {minutes} phút:
{link}

Nếu không phải anh, chị yêu cầu thì bỏ qua thư này: mật khẩu đang dùng không thay đổi.
"""
    return subject, text

"""Letters to people: of their accounts, of notices; and the address of the portal as letters and paper tell it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Section:
    """What one letter tells one person: `text` with its `path`, or `lines` and `news` ({"text", "path"}) instead."""

    name: str
    text: str
    path: str = ""
    lines: Sequence[Mapping[str, str]] = ()
    news: Sequence[Mapping[str, str]] = ()


def notice_letter(sections: Sequence[Section], *, choices: str) -> str:
    """Plain text of a notice to one mailbox; who shares it reads what is the same for all once. `choices` is the path
    of the page where one says which letters one wants."""
    same: dict[str, list[str]] = {}
    for one in sections:
        same.setdefault(_body(one), []).append(one.name)
    parts = [f"Kính gửi {', '.join(names)},\n\n{body}" for body, names in same.items()]
    foot = (
        "-- \nCổng Chỉ số cải cách hành chính. Thư gửi tự động, không trả lời thư này.\n"
        f"Chọn thư nào được gửi, xem mọi thông báo: {portal_address(choices)}\n"
    )
    return "\n\n".join([*parts, foot])


def _body(one: Section) -> str:
    if not one.lines and not one.news:
        return f"{one.text}\n\nMở để xem: {portal_address(one.path)}" if one.path else one.text
    blocks = []
    if one.lines:
        blocks.append("Việc đang chờ:\n\n" + "\n".join(_line(line) for line in one.lines))
    if one.news:
        blocks.append("Tin chưa gửi riêng:\n\n" + "\n".join(_line(line) for line in one.news))
    return "\n\n".join(blocks)


def _line(line: Mapping[str, str]) -> str:
    return f"* {line['text']}\n  {portal_address(line['path'])}" if line.get("path") else f"* {line['text']}"

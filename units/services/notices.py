"""What a person is told by mail when somebody changes a way into the account; nothing where there is no address."""

from __future__ import annotations

from functools import partial

from django.core.mail import send_mail
from django.db import transaction

from units.models import User


def tell_of_change(user: User, what: str, *, also: str = "") -> None:
    """After the commit, to the person's address and to `also` (the one before): who did not do this must hear of it.

    One letter an address, so that neither reads the other.
    """
    text = (
        f"{user.full_name} kính mến,\n\nTài khoản {user.username} trên cổng Chỉ số cải cách hành chính vừa có thay "
        f"đổi: {what}.\n\nNếu không phải anh, chị làm hoặc đề nghị, báo ngay cho người quản trị của tỉnh.\n"
    )
    for address in dict.fromkeys(one for one in (also, user.email) if one):
        transaction.on_commit(partial(send_mail, "Thay đổi bảo mật tài khoản", text, None, [address]), robust=True)

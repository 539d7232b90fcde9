"""Checks at the start: a production portal never starts with demo logins."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from units.models import User


@register(Tags.database, Tags.security)
def no_demo_logins_in_production(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Run at start by `manage.py check --database default` and before serving (deploy/serve.sh)."""
    if settings.DEMO_MODE:
        return []
    try:
        names = list(User.objects.filter(is_demo=True).values_list("username", flat=True)[:10])
    except DatabaseError:  # not migrated yet: nobody can sign in either
        return []
    if not names:
        return []
    return [
        Error(
            f"Còn tài khoản dùng thử: {', '.join(names)}. Cổng chính thức không chạy với tài khoản dùng thử; "
            "dùng một cơ sở dữ liệu mới, không có dữ liệu minh họa.",
            id="parindex.E001",
        )
    ]

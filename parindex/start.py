"""What a web server does before its first answer."""

from __future__ import annotations

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError


def refuse_unsafe_start() -> None:
    """Run the system checks with the database in production; SystemExit with their sentences when one fails."""
    if settings.DEMO_MODE:
        return
    try:
        call_command("check", databases=["default"])
    except SystemCheckError as refused:
        raise SystemExit(str(refused)) from None

"""Where a request comes from, as far as it can be trusted."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; without proxies, the one that connected.

    Each proxy appends to X-Forwarded-For what it saw, so only the last `PROXY_COUNT` entries are ours; whatever a
    client wrote before them is never believed (case T53).
    """
    connected = request.META.get("REMOTE_ADDR", "")
    if not settings.PROXY_COUNT:
        return connected
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    return seen[-settings.PROXY_COUNT] if len(seen) >= settings.PROXY_COUNT else connected

"""Where a request comes from, as far as it can be trusted."""

from __future__ import annotations

import datetime
import ipaddress
import re
from decimal import Decimal

from django.conf import settings
from django.http import HttpRequest

_SECONDS = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?", re.ASCII)
IPV6_NETWORK = 64  # the bits that tell one line of a provider from the next; a customer moves freely in the rest


def client_address(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; without proxies, the one that connected.

    Each proxy appends to X-Forwarded-For what it saw, so only the last `PROXY_COUNT` entries are ours; whatever a
    client wrote before them is never believed (case T53), nor is what is no address.
    """
    connected = request.META.get("REMOTE_ADDR", "")
    if not settings.PROXY_COUNT:
        return connected
    seen = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    told = _address(seen[-settings.PROXY_COUNT]) if len(seen) >= settings.PROXY_COUNT else None
    return str(told) if told else connected


def client_network(request: HttpRequest) -> str:
    """The network that wrong passwords are counted by: an IPv4 address, or the /64 of an IPv6 one (case T53)."""
    address = _address(client_address(request))
    if address is None:  # a socket in the file system has none
        return "0.0.0.0"  # noqa: S104  # a name for "unknown" that the database takes for an address
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.IPv6Network((address, IPV6_NETWORK), strict=False).network_address)
    return str(address)


def time_at_proxy(request: HttpRequest) -> datetime.timedelta:
    """How long the trusted proxy took the request in before it passed it on; nothing where none says so.

    A length of time, not an instant: whatever the clock of the proxy shows, it is right.
    """
    if not settings.PROXY_COUNT or not _SECONDS.fullmatch(told := request.META.get("HTTP_X_REQUEST_TOOK", "").strip()):
        return datetime.timedelta(0)
    return datetime.timedelta(milliseconds=int(Decimal(told) * 1000))


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, also as some proxies write it (with a port, in brackets, with a zone); IPv4 within IPv6 is IPv4."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address

"""From where the act comes that is being recorded: the address of the request, nothing for commands and jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_address: ContextVar[str] = ContextVar("address of the request", default="")


@contextmanager
def acting_from(address: str) -> Iterator[None]:
    """Within the block, every entry bears `address`."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)


def address_now() -> str:
    """The address of the request being answered; "" outside of one."""
    return _address.get()

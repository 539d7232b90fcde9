"""How much of a long walk is done: all of it by `make soak`, an even part of it by `make test`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
SOAK = os.environ.get("PARINDEX_SOAK") == "1"


def one_in(count: int, items: Iterable[T], turn: int = 0) -> Iterator[T]:
    """Every item in the soak; else each `count`-th. Whoever walks the same items with another `turn` meets others."""
    return iter(items) if SOAK else islice(items, turn % count, None, count)

"""The tests that take longest begin first, so that a run does not end with waiting for one of them.

Each worker is given a stretch of the list and takes over from the others when it is through (`--dist worksteal`), so
the long ones are dealt out to the beginnings of the stretches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
# A quarter of a minute and more of processor time each (measured 23/11/2026).
LONG = re.compile(
    r"""tests/(?:
    abuse/test_routes\.py
    | architecture/test_year_matrix\.py
    | browser/test_(?:board|keyboard_journey|publish_journey|year_journey|year_look)\.py
    | crashes/
    | reports/test_demo\.py
    | scoring/evidence/test_odd_files\.py
    )""",
    re.VERBOSE,
)


def long_first(items: Sequence[T], names: Sequence[str], workers: int) -> list[T]:
    """The items, by their `names` (as pytest calls them): the long ones at the head of `workers` equal stretches."""
    marked = [(item, LONG.match(name) is not None) for item, name in zip(items, names, strict=True)]
    long, rest = [item for item, is_long in marked if is_long], iter([item for item, is_long in marked if not is_long])
    found: list[T] = []
    for worker in range(workers):
        head = long[worker::workers]
        found += [*head, *islice(rest, max(0, len(items) // workers - len(head)))]
    return [*found, *rest]

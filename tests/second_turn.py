"""Which tests run again on PostgreSQL: those that could end otherwise there.

What a database decides is asked on both: services and what they store, triggers, constraints, locks and races, order
and search, imports, sizes, numbers no column can hold. What it does not decide is asked on SQLite alone: a test that
never opens it, a browser, a document, a workbook, a page's words, who may see it; and of a test that is told many cases
one comes up again. That the queries of every page run on PostgreSQL, tests/test_database.py shows. `make soak` runs
every case of all of it on both.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import pytest

from tests.thinning import SOAK

TESTS = Path(__file__).parent
OPENS_THE_DATABASE = frozenset({"db", "transactional_db", "django_db_setup", "live_server", "admin_client"})
# Never a second time: what the source says, what a browser shows, what the engine counts.
ONCE = frozenset({"architecture", "browser", "engine"})
# A second time in the soak: pages, files and their words; the demo; who reaches which address.
ONCE_UNLESS_SOAK = re.compile(
    r"""
    abuse/(?!test_(?:forgotten_password|founding|hostile_input|sessions|throttle|trail)\.py)
    | reports/(?!test_(?:crashes|life|resume_jobs)\.py)
    | scoring/(?:analysis|guide|report|why)/
    | scoring/dossier/test_(?:autosave_pages|check|component|figures|history|levels|release|review|warnings|work)\.py
    | scoring/last_year/test_documents\.py
    | scoring/past/test_(?:published_tables|reading|report)\.py
    | .*/test_\w*(?:pages?|screens?|workbook\w*|sheets)\.py
    | units/test_back_office\.py
    """,
    re.VERBOSE,
)
# Every case of these is about the database itself.
EVERY_CASE = re.compile(
    r"test_database\.py|abuse/test_hostile_input\.py|units/test_(?:trail_triggers|import_\w+)\.py|scoring/.*/test_(?:\w*races\w*|lock_order)\.py"
)


def meant_for(items: Sequence[pytest.Item], *, on_postgres: bool) -> list[pytest.Item]:
    """Those of the collected tests that say something on the database of this run, in their order."""
    if not on_postgres:
        return [item for item in items if not item.get_closest_marker("postgres")]
    again = [item for item in items if not _is_asked_once(item)]
    return again if SOAK else _one_case_of_each(again)


def _place(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).as_posix()


def _is_asked_once(item: pytest.Item) -> bool:
    place = _place(item)
    if item.get_closest_marker("postgres"):
        return False
    if item.get_closest_marker("any_database") or item.get_closest_marker("browser"):
        return True
    if place.partition("/")[0] in ONCE or not _opens_the_database(item):
        return True
    return not SOAK and not _has_own_transactions(item) and ONCE_UNLESS_SOAK.match(place) is not None


def _opens_the_database(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("django_db") or OPENS_THE_DATABASE.intersection(item.fixturenames))


def _has_own_transactions(item: pytest.Item) -> bool:
    """Several connections at once, or a commit that the test waits for."""
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in item.fixturenames


def _one_case_of_each(items: list[pytest.Item]) -> list[pytest.Item]:
    """One of the cases that a test is told, always the same; which one, its name decides. The soak's own come up in
    the soak."""
    cases: defaultdict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if not item.get_closest_marker("soak"):
            cases[item.nodeid.partition("[")[0]].append(item)
    chosen = set()
    for name, found in cases.items():
        every = EVERY_CASE.match(_place(found[0])) or any(map(_has_own_transactions, found))
        in_order = sorted(found, key=lambda item: item.nodeid)
        chosen |= set(in_order if every else [in_order[crc32(name.encode()) % len(in_order)]])
    return [item for item in items if item in chosen]

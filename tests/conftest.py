"""What every test stands on: hypothesis profiles, no network, no leftovers.

* How many examples random tests draw: tests/engine/profiles.py.
* A test that reaches for an address off this machine fails at that line.
* Which tests run a second time, on PostgreSQL: tests/second_turn.py.
* Files that a test stores go to its own temporary folder.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache

from tests.database import empty_unguarded
from tests.engine import profiles
from tests.long_first import long_first
from tests.prepared import prepared_once
from tests.second_turn import meant_for

profiles.choose()


class NetworkAccessError(BaseException):
    """A test reached for another machine.

    A BaseException, so that no ``except Exception`` under test can swallow it.
    """


def _is_this_machine(host: object) -> bool:
    if host in (None, "", b"", "localhost", b"localhost"):
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return text.endswith(".localhost") or text == socket.gethostname()
    return address.is_loopback or address.is_unspecified


def _refuse_network(event: str, args: tuple[object, ...]) -> None:
    """Audit hook: raises NetworkAccessError for a look-up of, or a connection to, another machine."""
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto"):
        address = args[1]
        if not isinstance(address, tuple):  # a socket in the file system
            return
        host = address[0]
    else:
        return
    if not _is_this_machine(host):
        raise NetworkAccessError(f"Tests stay on this machine, but something asked for {host!r} ({event}).")


sys.addaudithook(_refuse_network)


TESTS = Path(__file__).parent
ROOT = TESTS.parent


def _on_postgres() -> bool:
    return django_settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the tests that mean something on the database of this run; the long ones begin."""
    chosen = meant_for(items, on_postgres=_on_postgres())
    left_out = set(items).difference(chosen)
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    items[:] = long_first(chosen, [item.nodeid for item in chosen], workers)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The throw-away folder of the test settings goes when the run ends (xdist's workers share their starter's)."""
    folder = Path(os.environ.get("PARINDEX_VAR", ROOT))
    made_for_tests = folder.name.startswith("parindex-test-") and folder.parent == Path(tempfile.gettempdir())
    if made_for_tests and not hasattr(config, "workerinput"):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb):
    """A SQLite database goes with the folder of the run; the prepared one that it was copied from stays."""
    return django_db_keepdb or not _on_postgres()


@pytest.fixture(scope="session")
def django_db_createdb(django_db_createdb):
    """On SQLite `--create-db` is heeded where the prepared database is chosen."""
    return django_db_createdb and _on_postgres()


@pytest.fixture(scope="session")
def _prepared(request, django_db_modify_db_settings, django_db_blocker):
    """While Django makes the test database: it finds it made, or what it makes is kept for the next run."""
    with ExitStack() as stack:
        if not _on_postgres():
            folder = request.config.cache.mkdir("empty-database")
            stack.enter_context(django_db_blocker.unblock())
            stack.enter_context(prepared_once(folder, afresh=request.config.getvalue("create_db")))
        yield stack.close


@pytest.fixture(scope="session")
def django_db_setup(_prepared, django_db_setup):
    """The test database as pytest-django makes it; emptying it after a transactional test goes past the triggers."""
    _prepared()
    empty_unguarded()


@pytest.fixture(autouse=True)
def _no_counters_of_another_test():
    """Sign-in limits count in the cache; each test begins at nought."""
    cache.clear()


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    """Uploads, released pages, collected style sheets and mail of one test are seen by that test alone."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PUBLIC_ROOT = tmp_path / "public"
    settings.PREVIEW_ROOT = tmp_path / "previews"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            **settings.STORAGES["default"],
            "OPTIONS": {**settings.STORAGES["default"].get("OPTIONS", {}), "location": settings.MEDIA_ROOT},
        },
        "evidence": {**settings.STORAGES["evidence"], "OPTIONS": {"location": tmp_path / "evidence"}},
    }

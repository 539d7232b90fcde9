"""An empty SQLite database with its tables, kept between runs: making it takes as long as a hundred tests.

Kept in pytest's own cache, under a digest of all that makes the tables. Django still runs its migrations over the copy,
which does nothing unless the digest has overlooked something. `pytest --create-db` begins anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).parent.parent
MAKES_TABLES = (
    "*/migrations/*.py",
    "*/models/**/*.py",
    "units/vietnamese.py",
    "units/validators.py",
    "requirements.txt",
)


@contextmanager
def prepared_once(cache: Path, *, afresh: bool) -> Iterator[None]:
    """Put the kept file, if there is one, where the test database will be; keep what stands there afterwards.

    `cache`: a folder of the tests. One worker at a time: those that come while the first makes it find it made.
    """
    kept = cache / f"{_digest()}.sqlite3"
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        target = Path(connection.settings_dict["TEST"]["NAME"])
        if afresh:
            kept.unlink(missing_ok=True)
        if kept.exists():
            shutil.copyfile(kept, target)
        yield
        if not kept.exists():
            for old in cache.glob("*.sqlite3"):
                old.unlink()
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(kept)])


def _digest() -> str:
    """Of every file by which the tables, their triggers and their first rows could change."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in MAKES_TABLES for path in ROOT.glob(pattern)):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

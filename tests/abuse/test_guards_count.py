"""Every guard counts: with one of them taken out, the test that shows its case fails, and fails by what it asserts.

The rows stand in tests/abuse/guarded.py. An error of another kind would only say that the portal broke.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from tests.abuse.guarded import GUARDS
from tests.abuse.guards import Guard, out

CASES = [f"T{number:02}" for number in (*range(1, 25), *range(53, 60), 67, 68, 69)]
README = Path(__file__).with_name("README.md")
NOT_ASSERTED = (AssertionError, pytest.fail.Exception)


def called_with(guard: Guard, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The arguments of the row, and the fixtures of pytest that the test asks for besides."""
    given = {name: value() if callable(value) else value for name, value in guard.given.items()}
    given |= guard.together(request) if guard.together else {}
    asked = inspect.signature(guard.shown_by).parameters
    return given | {name: request.getfixturevalue(name) for name in asked if name not in given}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "guard", [pytest.param(row, marks=[pytest.mark.soak] if row.is_long else [], id=str(row)) for row in GUARDS]
)
def test_without_its_guard_a_case_is_seen_to_fail(
    guard: Guard, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = called_with(guard, request)
    with out(guard, monkeypatch), pytest.raises(NOT_ASSERTED):
        guard.shown_by(**arguments)


def test_every_case_has_a_guard_that_was_taken_out() -> None:
    """In `make test` already: the soak only adds rows."""
    assert sorted({guard.case for guard in GUARDS if not guard.is_long}) == CASES


def test_the_list_for_people_names_every_case_and_the_files_that_show_it() -> None:
    rows = re.findall(r"^\| (T\d\d) \|.*\| `(.+)` \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert [case for case, _ in rows] == CASES
    for case, told in rows:
        places = [(README.parents[1] if "/" in name else README.parent) / name for name in told.split("`, `")]
        assert all(place.is_file() for place in places), (case, told)
        shown = {row.shown_by.__module__.rpartition(".")[2] for row in GUARDS if row.case == case}
        assert shown <= {place.stem for place in places}, case

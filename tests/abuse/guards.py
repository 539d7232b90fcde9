"""Which guard holds which case, and how it is taken out: a test that still passes without the guard shows nothing.

One row a guard: the case, what is taken out (`Taking`), and the very test of this folder that shows the case, with the
arguments it is called with. tests/abuse/test_guards_count.py goes through the rows; README.md is the list for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from scoring.enums import Phase
from tests.database import unguarded
from tests.kept import keeping_nothing
from tests.world import World, build
from tests.year import Year, build_year
from units import permissions
from units.permissions import Predicate, signed_in

Taking = Callable[[pytest.MonkeyPatch], Any]


@dataclass(frozen=True)
class Guard:
    """`name` is the guard in dots, as somebody would look for it; `shown_by` the test, `given` its arguments (a
    function is called for its value while the guard still stands), `together` makes several of them at once."""

    case: str
    name: str
    take_out: Callable[[pytest.MonkeyPatch], Any]
    shown_by: Callable[..., Any]
    given: dict[str, Any] = field(default_factory=dict)
    together: Callable[[pytest.FixtureRequest], dict[str, Any]] | None = None
    is_long: bool = False

    def __str__(self) -> str:
        return f"{self.case} {self.name}: {self.shown_by.__name__.removeprefix('test_')[:40]}"


def guard(case: str, taking: tuple[str, Taking], shown_by: Callable[..., Any], **given: Any) -> Guard:
    """A row; `together` and `is_long` (for the soak only) are the row's own, everything else is the test's."""
    together, is_long = given.pop("together", None), given.pop("is_long", False)
    return Guard(case, taking[0], taking[1], shown_by, given, together, is_long)


# ── ways to take a guard out ──────────────────────────────────────────────────────────────────────────────────────


def put(name: str, instead: Any) -> tuple[str, Taking]:
    """Something else stands where the dotted `name` stood."""
    return name, lambda patch: patch.setattr(name, instead)


def opened(action: str, predicate: Predicate = signed_in) -> tuple[str, Taking]:
    """The permission table says yes to `action` for everybody who has signed in (or as `predicate` does)."""
    row = permissions._table[action]
    return action, lambda patch: patch.setitem(permissions._table, action, replace(row, predicate=predicate))


def both(first: tuple[str, Taking], second: tuple[str, Taking]) -> tuple[str, Taking]:
    """Two walls stand one behind the other: without the first alone nothing is seen."""
    return f"{first[0]} + {second[0]}", lambda patch: (first[1](patch), second[1](patch)) and None


def without_middleware(dotted: str) -> tuple[str, Taking]:
    kept = [name for name in settings.MIDDLEWARE if name != dotted]
    assert len(kept) < len(settings.MIDDLEWARE)
    return dotted, lambda patch: patch.setattr(settings, "MIDDLEWARE", kept)


def without_triggers(dotted: str) -> tuple[str, Taking]:
    """The triggers of a table that is written once, for as long as the test lasts."""

    def take(patch: pytest.MonkeyPatch) -> Any:
        model: type[models.Model] = import_string(dotted)
        return unguarded(model)

    return f"triggers of {dotted}", take


def loads(view: str, instead: Any) -> tuple[str, Taking]:
    """Behind `@route(action, load)`, another `load`."""

    def take(patch: pytest.MonkeyPatch) -> None:
        gated = import_string(view)
        place = gated.__code__.co_freevars.index("load")
        patch.setattr(gated.__closure__[place], "cell_contents", instead)

    return f"{view}: load", take


def nothing(*args: Any, **kwargs: Any) -> None:
    """Stands where a guard would raise."""


def yes(*args: Any, **kwargs: Any) -> bool:
    return True


def no(*args: Any, **kwargs: Any) -> bool:
    return False


@contextmanager
def out(guard: Guard, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within: the portal without the guard."""
    with keeping_nothing(), patch.context() as patched:
        held = guard.take_out(patched)
        if held is None:
            yield
        else:
            with held:
                yield


# ── what the tests are called with ────────────────────────────────────────────────────────────────────────────────


def appraisal() -> Year:
    return build_year(Phase.APPRAISAL)


def a_world() -> World:
    return build(Phase.APPRAISAL)

"""Which tests a run asks, and in which order: nothing is left out by chance, and the soak asks everything."""

from __future__ import annotations

from tests.long_first import long_first
from tests.thinning import SOAK, one_in

NAMES = [f"tests/units/test_people.py::test_{number}" for number in range(7)]
LONG = ["tests/reports/test_demo.py::test_it", "tests/browser/test_year_look.py::test_it[draft]"]


def test_long_tests_stand_at_the_head_of_each_workers_stretch_and_none_is_lost() -> None:
    names = [*NAMES, *LONG]
    found = long_first(names, names, 3)
    assert sorted(found) == sorted(names)
    assert [found[0], found[3]] == LONG
    assert found[6] == NAMES[4]


def test_with_more_long_tests_than_places_none_is_lost() -> None:
    names = [f"{LONG[0]}[{number}]" for number in range(5)]
    assert sorted(long_first(names, names, 2)) == names
    assert long_first([], [], 3) == []


def test_walks_with_other_turns_meet_every_item_once_and_in_the_soak_all_of_them_each_time() -> None:
    met = [item for turn in range(4) for item in one_in(4, range(10), turn)]
    assert sorted(met) == sorted([*range(10)] * (4 if SOAK else 1))

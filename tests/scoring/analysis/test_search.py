"""The search itself: against every choice tried, with what things bring told too high."""

from __future__ import annotations

from itertools import product
from random import Random

from hypothesis import given as drawn
from hypothesis import strategies as st

from scoring.analysis.levels import Levels
from scoring.analysis.search import Choice, Found, Item, fewest_then_cheapest


@drawn(st.integers(min_value=0, max_value=10**9))
def test_no_choice_is_better_than_the_one_found(seed: int) -> None:
    random = Random(seed)
    items, worth = draw_items(random)
    most = [sum(levels[-1][need] for levels in worth) for need in (0, 1)]
    needs = [random.randint(0, amount) for amount in most]

    def holds(choice: Choice) -> bool:
        return all(sum(worth[item][level][need] for item, level in choice) >= needs[need] for need in (0, 1))

    found = fewest_then_cheapest(items, needs, holds)
    ways = product(*(range(-1, len(item.costs)) for item in items))
    choices = (tuple((item, level) for item, level in enumerate(way) if level >= 0) for way in ways)
    best = min(measure(items, choice) for choice in choices if choice and holds(choice))
    assert (measure(items, found.choice), found.fewest, found.cheapest) == (best, True, True)


def draw_items(random: Random) -> tuple[list[Item], list[list[tuple[int, int]]]]:
    """Items, and what their levels are truly worth towards two needs: as told, or less in the second kind."""
    items, worth = [], []
    for _ in range(random.randint(1, 5)):
        costs = sorted(random.sample(range(2, 14, random.choice([1, 2, 3])), random.randint(1, 4)))
        rates = random.choice([(1, 0), (1, 1), (3, 2), (0, 1)])
        told_too_high = random.choice([0, 0, 1])
        items.append(Item(Levels.of(*costs), rates, told_too_high))
        worth.append([(max(0, c * rates[0] - told_too_high), max(0, c * rates[1] - told_too_high)) for c in costs])
    return items, worth


def measure(items: list[Item], choice: Choice) -> tuple[int, int]:
    return len(choice), sum(items[item].costs[level] for item, level in choice)


def alike(count: int) -> list[Item]:
    return [Item(Levels.of(5), (1,)) for _ in range(count)]


def test_of_alike_things_the_first_are_taken() -> None:
    assert fewest_then_cheapest(alike(5), [12], lambda _: True) == Found(((0, 0), (1, 0), (2, 0)))


def test_the_best_so_far_is_returned_where_the_search_is_cut() -> None:
    items = [Item(Levels.of(cost), (1,)) for cost in range(100, 140)]
    whole = fewest_then_cheapest(items, [661], lambda _: True)
    cut = fewest_then_cheapest(items, [661], lambda _: True, most_steps=150)
    assert [(one.fewest, one.cheapest) for one in (whole, cut)] == [(True, True), (True, False)]
    assert sum(items[item].costs[level] for item, level in whole.choice) == 661
    assert measure(items, cut.choice) > measure(items, whole.choice)


def test_with_nothing_found_in_time_the_greatest_are_taken_until_it_holds() -> None:
    items = [Item(Levels.of(cost), (1,)) for cost in (3, 9, 5)]
    assert fewest_then_cheapest(items, [14], lambda choice: len(choice) == 2, most_steps=0) == Found(
        ((1, 0), (2, 0)), fewest=False, cheapest=False
    )


def test_where_not_even_all_would_do_all_are_returned() -> None:
    assert fewest_then_cheapest(alike(2), [10], lambda _: False) == Found(((0, 0), (1, 0)), False, False)

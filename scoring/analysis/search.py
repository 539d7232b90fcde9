"""The fewest things to choose so that every need is met, then the least cost: exact, within a bound on work.

Everything is an integer. What a choice brings towards a need may be told too high, never too low; whether a set of
choices really does is asked of the caller (``holds``), and only of sets that could be the answer.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Final

MOST_STEPS: Final = 100_000
_STEPS_OF_A_QUESTION: Final = 100
"""What asking ``holds`` counts as: it computes a whole unit."""


@dataclass(frozen=True, slots=True)
class Level:
    """One way to take an item: its cost (above 0), and what it brings towards each need at most."""

    cost: int
    brings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """Something of which one level or none is chosen; levels by rising cost, of which the last brings the most.

    Items of one ``kind`` with equal levels must be interchangeable: what they really bring is the same as well.
    """

    levels: tuple[Level, ...]
    kind: int = 0


Choice = tuple[tuple[int, int], ...]
"""(item, level) by position, for every item chosen."""


@dataclass(frozen=True, slots=True)
class Found:
    """A choice that holds; ``proven`` is false where the bound on work ended the search for a better one."""

    choice: Choice
    proven: bool


def fewest_then_cheapest(
    items: Sequence[Item], needs: Sequence[int], holds: Callable[[Choice], bool], most_steps: int = MOST_STEPS
) -> Found:
    """Return the choice with the fewest items, of those the one with the least cost, that holds.

    Needs are met where what the chosen levels bring adds up to them. Of equal choices the first found is returned,
    always the same one. After ``most_steps`` the best choice so far is returned, and where there is none the items that
    bring most, one after another until it holds; where not even all of them do, all.
    """
    search = _Search(items, needs, holds, most_steps)
    try:
        for count in range(1, len(items) + 1):
            search.look(count)
            if search.best is not None:
                return Found(search.best, proven=True)
    except _OutOfSteps:
        if search.best is not None:
            return Found(search.best, proven=False)
    return Found(search.most_first(), proven=False)


class _OutOfSteps(Exception):
    pass


class _Search:
    """Depth first, the items that bring most first, alike items in a row (of which skipping one skips all)."""

    def __init__(
        self, items: Sequence[Item], needs: Sequence[int], holds: Callable[[Choice], bool], most_steps: int
    ) -> None:
        self._needs = tuple(needs)
        self._order = sorted(range(len(items)), key=lambda place: (*_spelt(items[place]), -place))
        self._order.reverse()
        self._items = [items[place] for place in self._order]
        self._holds = holds
        self._steps = most_steps
        self._grain = gcd(*(level.cost for item in items for level in item.levels))
        self._next_kind = self._find_next_kinds()
        self._rates = [self._best_rates(need) for need in range(len(needs))]
        self._sums: list[list[list[int]]] = []
        self._best_cost: int | None = None
        self.best: Choice | None = None

    def look(self, count: int) -> None:
        """Search the choices of ``count`` items; sets ``best`` to the cheapest that holds."""
        self._sums = [self._best_sums(need, count) for need in range(len(self._needs))]
        self._descend(0, count, self._needs, 0, [], None)

    def most_first(self) -> Choice:
        chosen: list[tuple[int, int]] = []
        for place, item in enumerate(self._items):
            chosen.append((place, len(item.levels) - 1))
            if self._holds(self._as_given(chosen)):
                break
        return self._as_given(chosen)

    def _descend(
        self,
        start: int,
        left: int,
        needs: tuple[int, ...],
        cost: int,
        chosen: list[tuple[int, int]],
        highest: int | None,
    ) -> None:
        """Choose ``left`` more items from ``start`` on; ``highest`` level for those alike the one chosen last.

        Alike items take falling levels, so that no choice is met twice.
        """
        if not left:
            self._weigh(needs, cost, chosen)
            return
        place = start
        while place + left <= len(self._items):
            self._count(1)
            if self._is_hopeless(place, left, needs, cost):
                return
            levels = self._items[place].levels
            alike = highest is not None and place == start and place != self._next_kind[start - 1]
            for number in range(highest if alike and highest is not None else len(levels) - 1, -1, -1):
                level = levels[number]
                rest = tuple(need - brings for need, brings in zip(needs, level.brings, strict=True))
                chosen.append((place, number))
                self._descend(place + 1, left - 1, rest, cost + level.cost, chosen, number)
                chosen.pop()
            place = self._next_kind[place]

    def _weigh(self, needs: tuple[int, ...], cost: int, chosen: list[tuple[int, int]]) -> None:
        self._count(1)
        if any(need > 0 for need in needs) or (self._best_cost is not None and cost >= self._best_cost):
            return
        self._count(_STEPS_OF_A_QUESTION)
        choice = self._as_given(chosen)
        if self._holds(choice):
            self._best_cost, self.best = cost, choice

    def _is_hopeless(self, place: int, left: int, needs: tuple[int, ...], cost: int) -> bool:
        """Whether no choice of ``left`` items from ``place`` on meets the needs, or none cheaper than the best."""
        if any(self._sums[number][place][left] < need for number, need in enumerate(needs)):
            return True
        if self._best_cost is None:
            return False
        least = left * self._grain
        for number, need in enumerate(needs):
            if need > 0:
                brings, per_cost = self._rates[number][place]
                least = max(least, -(-need * per_cost // brings))
        least = -(-least // self._grain) * self._grain
        return cost + least >= self._best_cost

    def _count(self, steps: int) -> None:
        self._steps -= steps
        if self._steps < 0:
            raise _OutOfSteps

    def _as_given(self, chosen: Sequence[tuple[int, int]]) -> Choice:
        return tuple(sorted((self._order[place], number) for place, number in chosen))

    def _find_next_kinds(self) -> list[int]:
        """Place → the first later place whose item is not alike."""
        following = [len(self._items)] * len(self._items)
        for place in range(len(self._items) - 2, -1, -1):
            alike = self._items[place] == self._items[place + 1]
            following[place] = following[place + 1] if alike else place + 1
        return following

    def _best_sums(self, need: int, count: int) -> list[list[int]]:
        """Place → how much the best 0, 1, … ``count`` items from there on bring towards ``need``."""
        sums: list[list[int]] = []
        falling: list[int] = []
        for item in reversed(self._items):
            insort(falling, -item.levels[-1].brings[need])
            del falling[count:]
            row = [0]
            for brings in falling:
                row.append(row[-1] - brings)
            sums.append(row + [row[-1]] * (count + 1 - len(row)))
        sums.reverse()
        return sums

    def _best_rates(self, need: int) -> list[tuple[int, int]]:
        """Place → (brings, cost) of the level that brings most for its cost from there on."""
        rates: list[tuple[int, int]] = []
        best = (0, 1)
        for item in reversed(self._items):
            for level in item.levels:
                if level.brings[need] * best[1] > best[0] * level.cost:
                    best = (level.brings[need], level.cost)
            rates.append(best)
        rates.reverse()
        return rates


def _spelt(item: Item) -> tuple[tuple[int, ...], int, list[tuple[int, tuple[int, ...]]]]:
    """What orders items: what they bring at most, then all the rest, so that those alike stand together."""
    return item.levels[-1].brings, item.kind, [(level.cost, level.brings) for level in item.levels]

"""The fewest things to choose so that every need is met, then the least cost: exact, within a bound on work.

Everything is an integer. What a choice brings towards a need may be told too high, never too low; whether a choice
really does is asked of the caller (``holds``), and only of choices that could be the answer.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Final

from scoring.analysis.levels import Levels

MOST_STEPS: Final = 100_000
_STEPS_OF_A_QUESTION: Final = 100
"""What asking ``holds`` counts as: it computes a whole unit."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something of which one level or none is chosen.

    ``costs`` are the levels by rising cost, each above 0; ``rates`` what each unit of cost brings towards each need, at
    most. A higher level never brings less. Items of one ``kind`` with equal costs and rates must be interchangeable:
    what they really bring is the same as well.
    """

    costs: Levels
    rates: tuple[int, ...]
    kind: int = 0

    @property
    def most(self) -> tuple[int, ...]:
        """What the last level brings towards each need."""
        return tuple(self.costs[-1] * rate for rate in self.rates)


Choice = tuple[tuple[int, int], ...]
"""(item, level) by position, for every item chosen."""


@dataclass(frozen=True, slots=True)
class Found:
    """A choice that holds. Where the bound on work ended the search, ``fewest`` or ``cheapest`` is false: it is not
    sure that no choice has fewer items, or that none with as many costs less."""

    choice: Choice
    fewest: bool = True
    cheapest: bool = True


def fewest_then_cheapest(
    items: Sequence[Item], needs: Sequence[int], holds: Callable[[Choice], bool], most_steps: int = MOST_STEPS
) -> Found:
    """Return the choice with the fewest items, of those the one with the least cost, that holds.

    Needs are met where what the chosen levels bring adds up to them; a choice that holds holds with any higher level
    too. Of equal choices the first found is returned, always the same one: the items that bring most are taken to their
    last level, the one that brings least of them only as far as is needed. After ``most_steps`` the best choice so far
    is returned, and where there is none the items that bring most, one after another until it holds, the last of them
    as far as is needed; where not even all of them do, all.
    """
    search = _Search(items, needs, holds, most_steps)
    try:
        for count in range(1, len(items) + 1):
            search.look(count)
            if search.best is not None:
                return Found(search.best)
    except _OutOfSteps:
        if search.best is not None:
            return Found(search.best, cheapest=False)
    return Found(search.most_first(), fewest=False, cheapest=False)


class _OutOfSteps(Exception):
    pass


class _SetFails(Exception):
    """Not even the last levels of a set of items hold."""


class _Search:
    """Sets of items first, those that bring most before the others, alike items in a row (of which skipping one skips
    all); then the levels within a set."""

    def __init__(
        self, items: Sequence[Item], needs: Sequence[int], holds: Callable[[Choice], bool], most_steps: int
    ) -> None:
        self._needs = tuple(needs)
        self._order = sorted(
            range(len(items)), key=lambda place: (items[place].most, items[place].kind, items[place].costs.key, -place)
        )
        self._order.reverse()
        self._items = [items[place] for place in self._order]
        self._most = [item.most for item in self._items]
        self._holds = holds
        self._steps = most_steps
        self.grain = gcd(*(item.costs.divisor for item in items))
        self._next_kind = self._find_next_kinds()
        self._rates = self._best_rates(range(len(self._items)))
        self._sums: list[list[list[int]]] = []
        self._best_cost: int | None = None
        self.best: Choice | None = None

    def look(self, count: int) -> None:
        """Search the choices of ``count`` items; sets ``best`` to the cheapest that holds."""
        self._sums = [self._best_sums(need, count) for need in range(len(self._needs))]
        self._choose(0, count, self._needs, [])

    def most_first(self) -> Choice:
        chosen: list[tuple[int, int]] = []
        for place, item in enumerate(self._items):
            last = len(item.costs) - 1
            if self._holds(self._as_given([*chosen, (place, last)])):
                level = bisect_left(
                    range(last), True, key=lambda level: self._holds(self._as_given([*chosen, (place, level)]))
                )
                return self._as_given([*chosen, (place, level)])
            chosen.append((place, last))
        return self._as_given(chosen)

    # ── which items ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _choose(self, start: int, left: int, needs: tuple[int, ...], chosen: list[int]) -> None:
        """Choose ``left`` more items from ``start`` on; ``needs`` are what the chosen ones leave at their most."""
        if not left:
            _Levels(self, chosen).search()
            return
        place = start
        while place + left <= len(self._items):
            self.count(1)
            if any(self._sums[number][place][left] < need for number, need in enumerate(needs)):
                return
            if self._best_cost is not None and self._least_cost(place, chosen) >= self._best_cost:
                return
            rest = tuple(need - brings for need, brings in zip(needs, self._most[place], strict=True))
            self._choose(place + 1, left - 1, rest, [*chosen, place])
            place = self._next_kind[place]

    def _least_cost(self, place: int, chosen: Sequence[int]) -> int:
        """What a set of ``chosen`` and of items from ``place`` on costs at least."""
        rates = self._rates[place]
        best = [max(rate, *(self._items[one].rates[need] for one in chosen), 0) for need, rate in enumerate(rates)]
        return self.least_cost(self._needs, best, 1)

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
        for most in reversed(self._most):
            insort(falling, -most[need])
            del falling[count:]
            row = [0]
            for brings in falling:
                row.append(row[-1] - brings)
            sums.append(row + [row[-1]] * (count + 1 - len(row)))
        sums.reverse()
        return sums

    def _best_rates(self, places: Sequence[int]) -> list[tuple[int, ...]]:
        """Position in ``places`` → the best rate towards each need from there on."""
        rates: list[tuple[int, ...]] = [(0,) * len(self._needs)]
        for place in reversed(places):
            rates.append(tuple(map(max, rates[-1], self._items[place].rates)))
        rates.reverse()
        return rates

    # ── what the levels of a set ask ──────────────────────────────────────────────────────────────────────────────────

    def set_of(self, places: Sequence[int]) -> tuple[list[Item], list[bool], list[tuple[int, ...]]]:
        """The items at ``places``, whether each is alike the one before, and the best rates from each on."""
        alike = [place > 0 and place - 1 in places and self._next_kind[place - 1] != place for place in places]
        return [self._items[place] for place in places], alike, self._best_rates(places)

    @property
    def needs(self) -> tuple[int, ...]:
        return self._needs

    @property
    def best_cost(self) -> int | None:
        return self._best_cost

    def least_cost(self, needs: Sequence[int], rates: Sequence[int], items: int) -> int:
        """What meeting ``needs`` by ``items`` or more costs at least, at these rates; a multiple of all costs' divisor.

        A need without any rate asks for nothing here: the sums have told already whether it can be met.
        """
        met = (-(-need // rate) for need, rate in zip(needs, rates, strict=True) if need > 0 and rate)
        return -(-max(items * self.grain, *met, 0) // self.grain) * self.grain

    def asked(self, places: Sequence[int], levels: Sequence[int]) -> bool:
        self.count(_STEPS_OF_A_QUESTION)
        return self._holds(self._as_given(list(zip(places, levels, strict=True))))

    def keep(self, places: Sequence[int], levels: Sequence[int], cost: int) -> None:
        self._best_cost, self.best = cost, self._as_given(list(zip(places, levels, strict=True)))

    def count(self, steps: int) -> None:
        self._steps -= steps
        if self._steps < 0:
            raise _OutOfSteps

    def _as_given(self, chosen: Sequence[tuple[int, int]]) -> Choice:
        return tuple(sorted((self._order[place], level) for place, level in chosen))


class _Levels:
    """The levels of one set of items, of which every one is taken: depth first, the last as far as is needed."""

    def __init__(self, search: _Search, places: Sequence[int]) -> None:
        self._search = search
        self._places = places
        self._items, self._alike, self._rates = search.set_of(places)
        self._left = self._sums_left()
        self._is_sure = False

    def search(self) -> None:
        try:
            self._descend(self._search.needs, 0, [])
        except _SetFails:
            return

    def _descend(self, needs: tuple[int, ...], cost: int, levels: list[int]) -> None:
        position = len(levels)
        self._search.count(1)
        best = self._search.best_cost
        left = len(self._items) - position
        if best is not None and cost + self._search.least_cost(needs, self._rates[position], left) >= best:
            return
        item = self._items[position]
        most = levels[-1] if self._alike[position] else len(item.costs) - 1
        least = self._least_level(position, needs)
        if least is None or least > most:
            return
        if left == 1:
            self._finish(least, most, cost, levels)
            return
        # What is needed in all lies at an end where rates differ; between them only what the grain of costs decides.
        self._take(most, needs, cost, levels)
        for level in range(*self._cheaper(position, needs, cost, least, most)):
            self._take(level, needs, cost, levels)

    def _take(self, level: int, needs: tuple[int, ...], cost: int, levels: list[int]) -> None:
        item = self._items[len(levels)]
        taken = item.costs[level]
        rest = tuple(need - taken * rate for need, rate in zip(needs, item.rates, strict=True))
        self._descend(rest, cost + taken, [*levels, level])

    def _cheaper(self, position: int, needs: tuple[int, ...], cost: int, least: int, most: int) -> tuple[int, int]:
        """The levels from ``least`` up to ``most`` with which it could still cost less than the best so far.

        With more of this item less of the others is needed. What they cost at least changes evenly with it, so that the
        levels worth a look lie in a row, and of a great number of levels few need be looked at.
        """
        best = self._search.best_cost
        if best is None:
            return least, most
        costs, left = self._items[position].costs, len(self._items) - position - 1
        may_cost = best - cost - self._search.grain
        low, high = 0, may_cost - left * self._search.grain
        for need, rate, others in zip(needs, self._items[position].rates, self._rates[position + 1], strict=True):
            # x + (need − x · rate) / others ≤ may_cost, where x is the cost of the level.
            room = may_cost * others - need
            if others > rate:
                high = min(high, room // (others - rate))
            elif others < rate and others:
                low = max(low, -(room // (rate - others)))
            elif others and room < 0:
                return least, least
        return max(least, bisect_left(costs, low)), min(most, bisect_right(costs, high))

    def _finish(self, least: int, most: int, cost: int, levels: list[int]) -> None:
        """Take the last item to the least level that holds, if that is cheaper than the best so far."""
        costs = self._items[-1].costs
        if self._search.best_cost is not None:
            most = min(most, bisect_left(costs, self._search.best_cost - cost) - 1)
        if least > most:
            return
        if not self._holds([*levels, least]):
            self._be_sure()
            if least == most or not self._holds([*levels, most]):
                return
            between = range(least + 1, most)
            least += 1 + bisect_left(between, True, key=lambda level: self._holds([*levels, level]))
        self._search.keep(self._places, [*levels, least], cost + costs[least])

    def _holds(self, levels: Sequence[int]) -> bool:
        return self._search.asked(self._places, levels)

    def _be_sure(self) -> None:
        """Leave the set where even its last levels do not hold; asked once."""
        if not self._is_sure and not self._holds([len(item.costs) - 1 for item in self._items]):
            raise _SetFails
        self._is_sure = True

    def _least_level(self, position: int, needs: tuple[int, ...]) -> int | None:
        """The least level at which the items after it can do the rest; None where none is."""
        item = self._items[position]
        least = 0
        for need, rate, left in zip(needs, item.rates, self._left[position + 1], strict=True):
            if need > left:
                if not rate:
                    return None
                least = max(least, -(-(need - left) // rate))
        level = bisect_left(item.costs, least)
        return level if level < len(item.costs) else None

    def _sums_left(self) -> list[tuple[int, ...]]:
        """Position → what the items from there on bring at their most towards each need."""
        sums: list[tuple[int, ...]] = [(0,) * len(self._search.needs)]
        for item in reversed(self._items):
            sums.append(tuple(a + b for a, b in zip(sums[-1], item.most, strict=True)))
        sums.reverse()
        return sums

"""Levels that can be reached, as many as there are, kept as runs of even steps: a total of millions costs no more to
look at than one of ten."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from math import gcd, lcm


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure to enter in place of ``now`` (None: none stands there): a count, or a part of ``whole``.

    Where a whole stands without ``now``, it was not known: what counts is the share. ``label`` names the figure where
    an answer has several; the others stay as they are.
    """

    needed: Fraction
    now: Fraction | None = None
    whole: Fraction | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """``count`` numbers of points from ``first`` on, each ``step`` more than the one before (less, if negative).

    ``figure`` gives the figure for a place in the run, 0 the first; None where it is no single one.
    """

    first: Fraction
    step: Fraction = Fraction(0)
    count: int = 1
    figure: Callable[[int], Figure | None] = lambda place: None

    @classmethod
    def single(cls, points: Fraction, figure: Figure | None = None) -> Run:
        return cls(points, figure=lambda place: figure)

    def points(self, place: int) -> Fraction:
        return self.first + self.step * place

    @property
    def last(self) -> Fraction:
        return self.points(self.count - 1)

    def part(self, start: int, stop: int) -> Run:
        """The places from ``start`` up to ``stop``, which is left out."""
        figure = self.figure
        return replace(self, first=self.points(start), count=stop - start, figure=lambda place: figure(place + start))

    def turned(self) -> Run:
        """The same points from the last to the first."""
        figure, end = self.figure, self.count - 1
        return replace(self, first=self.last, step=-self.step, figure=lambda place: figure(end - place))


class Reach:
    """Points better than ``now``, by level: 0 is the least gain. At a penalty (``falls``) fewer points are better.

    ``is_complete`` is false where points between may have been left out. ``limit`` is what cannot be passed where
    nobody knows whether more than the best of them can be reached; None where the best of them is the best there is.
    """

    def __init__(
        self,
        now: Fraction,
        runs: Iterable[Run],
        *,
        falls: bool = False,
        is_complete: bool = True,
        limit: Fraction | None = None,
    ) -> None:
        self.now = now
        self._sign = -1 if falls else 1
        better = (part for run in runs if (part := self._better(run)) is not None)
        self._runs = tuple(_without_overlap(better, self._sign))
        self._ends = tuple(accumulate(run.count for run in self._runs))
        self.is_complete = is_complete
        self.limit = limit

    def _better(self, run: Run) -> Run | None:
        """The part of a run that is better than now, least gain first."""
        if run.step * self._sign < 0:
            run = run.turned()
        gain, rise = (run.first - self.now) * self._sign, run.step * self._sign
        start = 0
        if gain <= 0:
            start = int(-gain // rise) + 1 if rise else run.count
        return run.part(start, run.count) if start < run.count else None

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Fraction]:
        return (points for points, _ in self.pairs())

    def pairs(self) -> Iterator[tuple[Fraction, Figure | None]]:
        """Every number of points with its figure."""
        return ((run.points(place), run.figure(place)) for run in self._runs for place in range(run.count))

    def points(self, level: int) -> Fraction:
        run, place = self._at(level)
        return run.points(place)

    def gain(self, level: int) -> Fraction:
        return abs(self.points(level) - self.now)

    def figure(self, level: int) -> Figure | None:
        run, place = self._at(level)
        return run.figure(place)

    @property
    def best(self) -> Fraction:
        return self._runs[-1].last

    def _at(self, level: int) -> tuple[Run, int]:
        number = bisect_right(self._ends, level)
        return self._runs[number], level - (self._ends[number] - self._runs[number].count)

    @property
    def parts(self) -> int:
        """The least number of parts of a point of which every gain is a whole number."""
        runs = self._runs
        return lcm(*((run.first - self.now).denominator for run in runs), *(run.step.denominator for run in runs))

    def costs(self, parts: int) -> Levels:
        """The gains in ``parts`` of a point, by level."""
        found = []
        for run in self._runs:
            first, step = int(abs(run.first - self.now) * parts), int(abs(run.step) * parts) or 1
            found.append(range(first, first + step * run.count, step))
        return Levels(found)


def _without_overlap(runs: Iterable[Run], sign: int) -> list[Run]:
    """The runs by rising gain, none of their points twice; of points given twice the first named stands.

    Runs of more than one number must not overlap one another: single numbers are set between theirs.
    """
    singles: dict[Fraction, Run] = {}
    long: list[Run] = []
    for run in runs:
        if run.count > 1:
            long.append(run)
        else:
            singles.setdefault(run.first, run)
    found = []
    for run in long:
        start = 0
        low, high = sorted((run.first, run.last))
        for points in sorted((one for one in singles if low <= one <= high), key=lambda one: one * sign):
            place = (points - run.first) / run.step
            if place.denominator == 1:
                del singles[points]
            elif start <= place:
                found.append(run.part(start, int(place) + 1))
                start = int(place) + 1
        found.append(run.part(start, run.count))
    return sorted((*found, *singles.values()), key=lambda run: run.first * sign)


class Levels:
    """Rising whole numbers, kept as ranges; ``bisect`` works on them."""

    __slots__ = ("_ends", "_ranges")

    def __init__(self, ranges: Iterable[range]) -> None:
        self._ranges = tuple(ranges)
        self._ends = tuple(accumulate(map(len, self._ranges)))

    @classmethod
    def of(cls, *numbers: int) -> Levels:
        return cls(range(one, one + 1) for one in numbers)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, level: int) -> int:
        if level < 0:
            level += len(self)
        if not 0 <= level < len(self):
            raise IndexError(level)
        number = bisect_right(self._ends, level)
        return self._ranges[number][level - self._ends[number]]

    @property
    def key(self) -> tuple[tuple[int, int, int], ...]:
        """By which levels are told apart and set in order; kept otherwise they may pass for others."""
        return tuple((one.start, one.step if len(one) > 1 else 1, len(one)) for one in self._ranges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Levels) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def divisor(self) -> int:
        """The greatest number that divides all of them."""
        return gcd(*(gcd(one.start, one.step if len(one) > 1 else 0) for one in self._ranges))

"""How firm the ranks are: what becomes of them while the weights of the components vary.

Floats live in this module only, and nothing but ranks and counts leaves it. The draws are taken from the raw stream of
a generator that numpy promises never to change, seeded by the campaign's digest and the group: a run's ranges are the
same whenever and wherever they are computed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.analysis.evaluated import Evaluated
from scoring.analysis.trial import Trial
from scoring.engine.types import Policy, UnitResult

DRAWS: Final = 10_000
SPREAD: Final = Fraction(10, 100)
_MOST_CELLS: Final = 1_000_000
"""Draws × units that are computed at a time, so that memory does not grow with them."""
_EXACT_DECIMALS: Final = 9
"""Exact indices closer than this are one value: the draws cannot tell them apart."""
_NOISE: Final = 1e-9

Table = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RankRange:
    """The ranks of one unit over all draws.

    ``median`` is the lower of the two middle ones of an even number; ``at_rank`` the share of draws in which the unit
    kept its ``rank``.
    """

    unit: str
    rank: int
    best: int
    median: int
    worst: int
    at_rank: Fraction


def rank_ranges(
    evaluated: Evaluated, group: str, draws: int = DRAWS, spread: Fraction = SPREAD
) -> tuple[RankRange, ...]:
    """Rank the units of a group ``draws`` times, each component's weight varied by ± ``spread`` independently.

    What is varied is the weight of the policy "weights", and under "points" the component's maximum at the unit, which
    is its weight there; the same factor for every unit with the same criteria set. What reaches a unit's index by
    another way than its components' (a component of bonus leaves alone, rescaling, a floor) stays as it is, so that
    without variation the ranks are the published ones. Units in the order of the results file, ranked ones with an
    index only. Raises LookupError for an unknown group.
    """
    units = evaluated.ranked(group)
    if not units:
        return ()
    table = _Table(evaluated, units)
    seen: Counts = np.zeros((len(units), len(units) + 1), dtype=np.int64)
    for factors in _draw(_seed(evaluated, group), draws, len(table.columns), spread, _MOST_CELLS // len(units) + 1):
        ranks = _rank(table.indices(factors), evaluated.campaign.policy)
        for row in range(len(units)):
            seen[row] += np.bincount(ranks[:, row], minlength=len(units) + 1)
    return tuple(_range(unit, seen[row], draws) for row, unit in enumerate(units))


class _Table:
    """Units × components: the weight of each, and weight times index; beside them what stays as it is."""

    def __init__(self, evaluated: Evaluated, units: Sequence[UnitResult]) -> None:
        self._capped = evaluated.campaign.policy.cap_index
        parts = [tuple(_components(evaluated, unit)) for unit in units]
        self.columns = list(dict.fromkeys(column for own in parts for column, _, _ in own))
        place_of = {column: place for place, column in enumerate(self.columns)}
        self._weights: Table = np.zeros((len(units), len(self.columns)))
        self._weighted: Table = np.zeros((len(units), len(self.columns)))
        self._fixed: Table = np.zeros(len(units))
        for row, (unit, own) in enumerate(zip(units, parts, strict=True)):
            for column, weight, index in own:
                self._weights[row, place_of[column]] = weight
                self._weighted[row, place_of[column]] = weight * index
            total = sum((weight for _, weight, _ in own), Fraction(0))
            mean = sum((weight * index for _, weight, index in own), Fraction(0)) / total if total else Fraction(0)
            self._fixed[row] = _uncapped(evaluated, unit) - mean

    def indices(self, factors: Table) -> Table:
        """Draws × components of factors → draws × units of indices in percent."""
        weights = factors @ self._weights.T
        means = np.divide(factors @ self._weighted.T, weights, out=np.zeros_like(weights), where=weights > 0)
        found: Table = np.maximum(means + self._fixed, 0)
        return np.minimum(found, 100) if self._capped else found


def _components(evaluated: Evaluated, unit: UnitResult) -> Iterator[tuple[tuple[str, str], Fraction, Fraction]]:
    """The components that have an index at a unit: (criteria set, code), weight, exact index."""
    weighting = evaluated.campaign.policy.weighting
    components = {component.code for component in evaluated.set_of(unit).criteria}
    for node, result in evaluated.nodes(unit):
        weight = result.max_points if weighting == "points" else node.weight
        if node.code in components and result.index is not None and weight is not None:
            yield (unit.unit.criteria_set, node.code), weight, result.index.exact


def _uncapped(evaluated: Evaluated, unit: UnitResult) -> Fraction:
    """A unit's exact index before any cap."""
    policy = replace(evaluated.campaign.policy, cap_index=False)
    index = (
        Trial(evaluated, unit.unit.code).given({}, policy).index if evaluated.campaign.policy.cap_index else unit.index
    )
    return Fraction(0) if index is None else index.exact


def _seed(evaluated: Evaluated, group: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{evaluated.campaign.input_sha256} {group}".encode()).digest())


def _draw(seed: int, draws: int, columns: int, spread: Fraction, most_rows: int) -> Iterator[Table]:
    """Factors around 1, rows by draw; the same ones however many rows are handed out at a time."""
    bits = np.random.PCG64(seed)
    for start in range(0, draws, most_rows):
        rows = min(most_rows, draws - start)
        uniform = (bits.random_raw(rows * columns) >> np.uint64(11)).reshape(rows, columns) * 2.0**-53
        factors: Table = np.add(1.0, float(spread) * (2 * uniform - 1), dtype=np.float64)
        yield factors


def _rank(indices: Table, policy: Policy) -> Counts:
    """Ranks of every draw, highest first, equal values sharing one as the policy says."""
    values = _comparable(indices, policy)
    order = np.argsort(-values, axis=1, kind="stable")
    falling = np.take_along_axis(values, order, axis=1)
    begins = np.ones_like(falling, dtype=bool)
    begins[:, 1:] = falling[:, 1:] != falling[:, :-1]
    if policy.ranking == "dense":
        places = np.cumsum(begins, axis=1)
    else:
        places = np.maximum.accumulate(np.where(begins, np.arange(1, values.shape[1] + 1), 0), axis=1)
    ranks: Counts = np.empty_like(places)
    np.put_along_axis(ranks, order, places, axis=1)
    return ranks


def _comparable(indices: Table, policy: Policy) -> Counts:
    """Indices as whole numbers, rounded like published ones where the policy ranks on those.

    The noise of floats is let pass: a value within it of the next published one counts as that.
    """
    if policy.rank_on == "exact":
        return np.rint(indices * 10**_EXACT_DECIMALS).astype(np.int64)
    scaled = indices * 10**policy.decimals
    below = np.floor(scaled + _NOISE).astype(np.int64)
    if policy.rounding == "down":
        return below
    above_half = scaled - below - 0.5
    is_half = np.abs(above_half) <= _NOISE
    rises_at_half = below % 2 == 1 if policy.rounding == "half_even" else np.ones_like(is_half)
    rounded: Counts = below + np.where(is_half, rises_at_half, above_half > 0)
    return rounded


def _range(unit: UnitResult, seen: Counts, draws: int) -> RankRange:
    """The range of one unit from how often each rank was seen."""
    met = np.flatnonzero(seen)
    median = int(np.searchsorted(np.cumsum(seen), (draws + 1) // 2))
    rank = unit.rank or 0
    return RankRange(unit.unit.code, rank, int(met[0]), median, int(met[-1]), Fraction(int(seen[rank]), draws))

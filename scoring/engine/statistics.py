"""A group in figures: counts, mean, extremes, grades, and its components. Over ranked units with an index only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from scoring.engine.arithmetic import add_up
from scoring.engine.rounding import print_scaled, round_scaled
from scoring.engine.types import ComponentStatistics, CriteriaSet, Group, GroupStatistics, Index, Policy, UnitResult
from scoring.engine.vietnamese import sort_key


def describe_group(
    group: Group, units: Sequence[UnitResult], sets: Iterable[CriteriaSet], policy: Policy
) -> GroupStatistics:
    """Describe one group.

    ``sets`` are the criteria sets of the file, in its order; those that no unit here uses are left out.
    """
    ranked = [unit for unit in units if unit.unit.ranked and unit.index is not None]
    indices = [unit.index for unit in ranked if unit.index is not None]
    values = [index.on(policy.mean_of) for index in indices]
    mean = _mean(indices, policy)
    return GroupStatistics(
        code=group.code,
        count=len(units),
        ranked=len(ranked),
        mean=_print(mean, policy),
        highest=_print(max(values, default=None), policy),
        lowest=_print(min(values, default=None), policy),
        above_mean=sum(1 for value in values if mean is not None and value > mean),
        grades={grade.code: sum(unit.grade == grade.code for unit in ranked) for grade in group.grades},
        components=tuple(
            statistics for criteria_set in sets for statistics in _describe_components(criteria_set, units, policy)
        ),
    )


def _describe_components(
    criteria_set: CriteriaSet, units: Sequence[UnitResult], policy: Policy
) -> Iterable[ComponentStatistics]:
    using = [unit for unit in units if unit.unit.criteria_set == criteria_set.code]
    if not using:
        return
    # By name first, so that the first of several equal values is the one to name.
    candidates = sorted(
        (unit for unit in using if unit.unit.ranked),
        key=lambda unit: (sort_key(unit.unit.name), unit.unit.code),
    )
    for position, (node, parent) in enumerate(criteria_set.layout):
        if parent >= 0:
            continue
        standing = [
            (index, index.to_order(policy.mean_of), unit.unit.code)
            for unit in candidates
            if unit.nodes[position].ranks and (index := unit.nodes[position].index) is not None
        ]
        yield ComponentStatistics(
            criteria_set=criteria_set.code,
            code=node.code,
            mean=_print(_mean([index for index, _, _ in standing], policy), policy),
            lowest_unit=min(standing, key=_order)[2] if standing else None,
            highest_unit=max(standing, key=_order)[2] if standing else None,
        )


def _order(standing: tuple[Index, Any, str]) -> Any:
    return standing[1]


def _mean(indices: Sequence[Index], policy: Policy) -> Fraction | None:
    if not indices:
        return None
    if policy.mean_of == "exact":
        return add_up([index.exact for index in indices]) / len(indices)
    return Fraction(sum(index.scaled for index in indices), len(indices) * 10**policy.decimals)


def _print(value: Fraction | None, policy: Policy) -> str | None:
    if value is None:
        return None
    return print_scaled(round_scaled(value, policy.decimals, policy.rounding), policy.decimals)


def print_index(index: Index | None) -> str | None:
    """An index as published, with exactly the policy's decimals; None stays None."""
    return None if index is None else print_scaled(index.scaled, index.decimals)

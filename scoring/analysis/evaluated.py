"""A campaign with its results, and the look-ups that every analysis needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from scoring.engine.evaluate import evaluate
from scoring.engine.types import Campaign, CriteriaSet, Grade, Group, Node, NodeResult, Results, UnitResult
from scoring.engine.vietnamese import sort_key


@dataclass(frozen=True)
class Evaluated:
    """A campaign and what it came to; the two must belong together."""

    campaign: Campaign
    results: Results

    @classmethod
    def of(cls, campaign: Campaign) -> Evaluated:
        return cls(campaign, evaluate(campaign))

    @cached_property
    def units(self) -> dict[str, UnitResult]:
        """The results by the unit's code, in the order of the results file."""
        return {result.unit.code: result for result in self.results.units}

    @cached_property
    def groups(self) -> dict[str, Group]:
        return {group.code: group for group in self.campaign.groups}

    def unit(self, code: str) -> UnitResult:
        """The results of one unit; raises LookupError where the campaign has no such unit."""
        return self.units[code]

    def group_of(self, result: UnitResult) -> Group:
        return self.groups[result.unit.group]

    def set_of(self, result: UnitResult) -> CriteriaSet:
        return self.campaign.criteria_sets[result.unit.criteria_set]

    def members(self, group: str) -> tuple[UnitResult, ...]:
        """The units of a group, in the order of the results file; raises LookupError for an unknown group."""
        code = self.groups[group].code
        return tuple(result for result in self.results.units if result.unit.group == code)

    def ranked(self, group: str) -> tuple[UnitResult, ...]:
        """The units that count in ranks and means: ranked ones with an index."""
        return tuple(result for result in self.members(group) if result.unit.ranked and result.index is not None)

    def nodes(self, result: UnitResult) -> Iterator[tuple[Node, NodeResult]]:
        """Every criterion of a unit with what it came to, in tree order."""
        for (node, _), node_result in zip(self.set_of(result).layout, result.nodes, strict=True):
            yield node, node_result

    def grade(self, result: UnitResult) -> Grade | None:
        """The unit's class; None where it has none."""
        return next((grade for grade in self.group_of(result).grades if grade.code == result.grade), None)


def threshold(grade: Grade) -> Fraction:
    """Where a class begins: at this value, or above it where the scale says so; 0 for the last, which asks nothing."""
    return grade.at_least if grade.at_least is not None else grade.above or Fraction(0)


def name_order(result: UnitResult) -> tuple[str, str]:
    """Vietnamese alphabetical order of the name, then the code."""
    return sort_key(result.unit.name), result.unit.code


def title_order(node: Node) -> tuple[str, str]:
    """Vietnamese alphabetical order of the title, then the code."""
    return sort_key(node.title), node.code


def lost(node: Node, result: NodeResult) -> Fraction:
    """The points that a unit lost at a leaf that applies: what is missing to the maximum, or what a penalty took.

    A bonus is never lost: nobody has to earn it.
    """
    if node.role == "bonus":
        return Fraction(0)
    return result.points if node.role == "penalty" else node.max_points - result.points

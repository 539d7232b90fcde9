"""Reading a criteria tree in one query: components, leaves, and who stands under whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from scoring.enums import Source
from scoring.models import CriteriaSet, Criterion


@dataclass(frozen=True)
class Tree:
    """All nodes in force of one set, in the order of print."""

    nodes: tuple[Criterion, ...]

    @cached_property
    def components(self) -> tuple[Criterion, ...]:
        return tuple(node for node in self.nodes if node.parent_id is None)

    @cached_property
    def leaves(self) -> tuple[Criterion, ...]:
        return tuple(node for node in self.nodes if node.is_leaf)

    @cached_property
    def self_leaves(self) -> tuple[Criterion, ...]:
        """Leaves that the unit declares and departments appraise."""
        return tuple(leaf for leaf in self.leaves if leaf.source == Source.SELF)

    @cached_property
    def entered_leaves(self) -> tuple[Criterion, ...]:
        """Leaves whose points the coordinator enters."""
        return tuple(leaf for leaf in self.leaves if leaf.source != Source.SELF)

    @cached_property
    def judged_components(self) -> tuple[Criterion, ...]:
        """Components with something to appraise; each makes an appraisal part."""
        paths = {leaf.component_path for leaf in self.self_leaves}
        return tuple(node for node in self.components if node.path in paths)

    @cached_property
    def by_code(self) -> dict[str, Criterion]:
        return {node.code: node for node in self.nodes}

    def below(self, node: Criterion) -> tuple[Criterion, ...]:
        """The leaves of `node`: itself, or those under it."""
        return tuple(leaf for leaf in self.leaves if leaf.path == node.path or leaf.path.startswith(node.path + "."))

    def self_leaves_of(self, component: Criterion) -> tuple[Criterion, ...]:
        return tuple(leaf for leaf in self.self_leaves if leaf.component_path == component.path)


def trees(sets: Iterable[CriteriaSet]) -> dict[int, Tree]:
    """The trees of several sets by the set's pk, in one query."""
    wanted = list(sets)
    found: dict[int, list[Criterion]] = {item.pk: [] for item in wanted}
    nodes = Criterion.objects.in_force().filter(criteria_set__in=wanted).order_by("criteria_set", "path")
    for node in nodes:
        found[node.criteria_set_id].append(node)
    return {pk: Tree(tuple(rows)) for pk, rows in found.items()}


def tree_of(criteria_set: CriteriaSet) -> Tree:
    return trees([criteria_set])[criteria_set.pk]

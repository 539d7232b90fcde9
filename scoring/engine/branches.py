"""Which leaves stand below which node: worked out once for a criteria set, used for every unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from scoring.engine.arithmetic import add_up

if TYPE_CHECKING:
    from scoring.engine.types import Node


@dataclass(frozen=True, slots=True)
class Branch:
    """The leaves below a node, or of the whole set, as positions in the layout: scored ones by whose number it is, then
    bonus and penalty. The maxima are those of all scored leaves, whether they apply to a unit or not."""

    self_leaves: tuple[int, ...]
    other_leaves: tuple[int, ...]
    bonus_leaves: tuple[int, ...]
    penalty_leaves: tuple[int, ...]
    self_maximum: Fraction
    other_maximum: Fraction
    scored_leaves: frozenset[int]
    leaves: frozenset[int]


def branches_of(layout: Sequence[tuple[Node, int]]) -> dict[int, Branch]:
    """Return the branch of every parent, and of components that are leaves, by position."""
    below: list[list[int]] = [[] for _ in layout]
    for position, (node, parent) in enumerate(layout):
        if not node.is_leaf:
            continue
        if parent < 0:
            below[position].append(position)
        while parent >= 0:
            below[parent].append(position)
            parent = layout[parent][1]
    return {position: _branch(layout, leaves) for position, leaves in enumerate(below) if leaves}


def whole_of(layout: Sequence[tuple[Node, int]]) -> Branch:
    """Return the branch of all leaves."""
    return _branch(layout, [position for position, (node, _) in enumerate(layout) if node.is_leaf])


def _branch(layout: Sequence[tuple[Node, int]], leaves: Sequence[int]) -> Branch:
    rows = [(position, layout[position][0]) for position in leaves]
    own = tuple(position for position, leaf in rows if leaf.role == "scored" and leaf.source == "self")
    others = tuple(position for position, leaf in rows if leaf.role == "scored" and leaf.source != "self")
    return Branch(
        self_leaves=own,
        other_leaves=others,
        bonus_leaves=tuple(position for position, leaf in rows if leaf.role == "bonus"),
        penalty_leaves=tuple(position for position, leaf in rows if leaf.role == "penalty"),
        self_maximum=add_up([layout[position][0].max_points for position in own]),
        other_maximum=add_up([layout[position][0].max_points for position in others]),
        scored_leaves=frozenset(own + others),
        leaves=frozenset(leaves),
    )

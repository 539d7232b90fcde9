"""Which points a unit could still reach at a leaf by itself."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Final

from scoring.engine.leaves import score_leaf
from scoring.engine.rules.base import Figures, Input
from scoring.engine.types import Computed, Judged, Node, NodeResult, Policy

MOST_ANSWERS: Final = 64
"""A leaf whose answers are more than these is taken to reach its best only."""


def better_points(leaf: Node, now: NodeResult, policy: Policy) -> tuple[Fraction, ...]:
    """The points at which ``leaf`` would stand better than ``now``, least gain first.

    Empty where the leaf is not the unit's own (``source`` is not self) or does not apply. Where the rule asks for one
    figure that can be counted out (a level, items to check, points in steps), these are the points of those answers;
    otherwise the best that the rule gives, or the maximum where that is no less. At a penalty fewer points are better,
    and 0 is the best.
    """
    if leaf.source != "self" or not now.applicable:
        return ()
    is_penalty = leaf.role == "penalty"
    values = _countable(leaf, policy)
    if values is None:
        values = {Fraction(0) if is_penalty else _best(leaf, policy)}
    if is_penalty:
        return tuple(sorted((value for value in values if value < now.points), reverse=True))
    return tuple(sorted(value for value in values if value > now.points))


def is_counted_out(leaf: Node) -> bool:
    """Whether ``better_points`` knows every answer; otherwise it gives the best alone, and less may do as well."""
    return _answers_to(leaf) is not None


def _best(leaf: Node, policy: Policy) -> Fraction:
    """The most that the rule gives, rounded as the leaf would be."""
    most = leaf.rule.most_points() if leaf.rule else leaf.max_points
    return score_leaf(leaf, Judged(most, ""), None, policy).points


def _countable(leaf: Node, policy: Policy) -> set[Fraction] | None:
    """The points of every answer that the rule can get; None where they cannot be counted out."""
    answers = _answers_to(leaf)
    if answers is None:
        return None
    scores = (score_leaf(leaf, Computed(figures), None, policy) for figures in answers)
    return {score.points for score in scores if score.applies}


def _answers_to(leaf: Node) -> list[Figures] | None:
    asked = leaf.rule.inputs() if leaf.rule else ()
    return _answers(asked[0]) if len(asked) == 1 else None


def _answers(asked: Input) -> list[Figures] | None:
    """Every answer to one input; None where they cannot be counted out."""
    keys = [choice.key for choice in asked.choices]
    if asked.type == "choice":
        return [{asked.key: key} for key in keys]
    if asked.type == "choices" and 2 ** len(keys) <= MOST_ANSWERS:
        return [{asked.key: chosen} for size in range(len(keys) + 1) for chosen in combinations(keys, size)]
    if asked.type == "number" and asked.step and asked.minimum is not None and asked.maximum is not None:
        steps = (asked.maximum - asked.minimum) // asked.step
        if steps < MOST_ANSWERS:
            values = [asked.minimum + place * asked.step for place in range(steps + 1)]
            return [{asked.key: value} for value in (*values, asked.maximum)]
    return None

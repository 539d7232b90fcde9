"""What a derivation is: plain values, ready for a screen, a sheet of paper or JSON.

Points, maxima and indices are the strings of a results file ("9.5", "93.60"). The values of a step are exact: printed
like points where their decimals end, "n/d" where they do not; words (a policy value, a code) as they stand in the
campaign file. Sentences are Vietnamese, without a full stop, and never repeat the free text of an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from scoring.engine.rounding import decimal_places, print_points, round_to
from scoring.engine.types import Role, Source

_MOST_BITS: Final = 4_096
"""Some 1,200 digits, where Python prints no more than 4,300; a formula's figures have 150 at most."""

_FEW_DECIMALS: Final = 6

StepName = Literal[
    "answer",
    "rule",
    "clamp",
    "leaf_rounding",
    "exclusion",
    "role",
    "sums",
    "bonus",
    "penalty",
    "floor",
    "difference",
    "weight",
    "net_bonus",
    "index",
    "cap",
    "rounding",
    "rank",
    "threshold",
    "gate",
    "override",
    "grade",
]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was done (``name``), the exact figures in it, and the same as a sentence."""

    name: StepName
    values: Mapping[str, str]
    sentence: str


@dataclass(frozen=True, slots=True)
class NodeDerivation:
    """One node of one unit. ``depth`` is 0 for a component, ``parent`` then None.

    ``rule`` tells what the leaf's rule does, "" for a parent. ``figures`` are the figures that count, as (label, value
    shown), empty where the leaf was not answered in figures or does not apply.
    """

    code: str
    title: str
    parent: str | None
    depth: int
    is_leaf: bool
    role: Role
    source: Source
    points: str
    max_points: str
    index: str | None
    rank: int | None
    applicable: bool
    rule: str
    figures: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class UnitDerivation:
    """One unit: its numbers as in the results file, the steps from its leaves to its grade, and its nodes in tree
    order. ``policy`` says in sentences how the campaign computes; ``grade_label`` is "" without a grade."""

    code: str
    name: str
    group: str
    points: str
    max_points: str
    index: str | None
    rank: int | None
    grade: str | None
    grade_label: str
    grade_reason: str
    unanswered: tuple[str, ...]
    policy: tuple[str, ...]
    steps: tuple[Step, ...]
    nodes: tuple[NodeDerivation, ...]


def spell(value: Fraction) -> str:
    """An exact value: printed like points where its decimals end, "n/d" where they do not.

    One beyond all reading (it takes a hostile formula) is shortened: "≈ " and six decimals at most.
    """
    if max(abs(value.numerator), value.denominator).bit_length() > _MOST_BITS:
        return f"≈ {print_points(round_to(value, _FEW_DECIMALS, 'half_up'))}"
    return str(value) if decimal_places(value) is None else print_points(value)

"""What a campaign is and what its results are. Plain values: nothing here reads, checks or computes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Self

from scoring.engine.arithmetic import percentage
from scoring.engine.branches import Branch, branches_of, whole_of
from scoring.engine.rounding import Rounding, round_ratio

if TYPE_CHECKING:
    from scoring.engine.aggregate import Tally
    from scoring.engine.leaves import LeafScore
    from scoring.engine.rules.base import Figures, Rule

Exclusion = Literal["own_maximum", "rescale_self", "full_marks"]
Weighting = Literal["points", "weights"]
Basis = Literal["published", "exact"]
GradeBasis = Literal["published", "exact", "points"]
Ranking = Literal["competition", "dense"]
Source = Literal["self", "survey", "outcome", "coordinator"]
Role = Literal["scored", "bonus", "penalty"]


# ── the campaign ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Policy:
    """How a campaign computes; every value is a decision of the organiser (methodology, "Policy values")."""

    decimals: int
    rounding: Rounding
    leaf_decimals: int | None
    exclusion: Exclusion
    weighting: Weighting
    cap_index: bool
    rank_on: Basis
    ranking: Ranking
    grade_on: GradeBasis
    mean_of: Basis


@dataclass(frozen=True, slots=True)
class Grade:
    """One class of a scale that runs from best to worst; the last has neither ``at_least`` nor ``above``."""

    code: str
    label: str
    at_least: Fraction | None = None
    above: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition that caps the grade: ``node`` ("any" for each component, or a code) lies below ``index_below``."""

    node: str
    index_below: Fraction
    highest_grade: str
    reason: str


@dataclass(frozen=True, slots=True)
class Node:
    """One criterion: a parent (``children``) or a leaf (``rule``); ``max_points`` in points, exact."""

    code: str
    title: str
    max_points: Fraction
    weight: Fraction | None
    source: Source
    role: Role
    children: tuple[Node, ...]
    rule: Rule | None

    @property
    def is_leaf(self) -> bool:
        return self.rule is not None


@dataclass(frozen=True)
class CriteriaSet:
    """A tree of criteria; ``criteria`` are its components (lĩnh vực)."""

    code: str
    title: str
    criteria: tuple[Node, ...]

    @cached_property
    def layout(self) -> tuple[tuple[Node, int], ...]:
        """Every node in tree order, each with its parent's position (-1 for a component).

        A parent stands before its children.
        """
        rows: list[tuple[Node, int]] = []
        waiting = [(node, -1) for node in reversed(self.criteria)]
        while waiting:
            node, parent = waiting.pop()
            rows.append((node, parent))
            waiting.extend((child, len(rows) - 1) for child in reversed(node.children))
        return tuple(rows)

    @cached_property
    def branches(self) -> Mapping[int, Branch]:
        """The leaves below every parent, and of components that are leaves, by position in the layout."""
        return branches_of(self.layout)

    @cached_property
    def whole(self) -> Branch:
        """All leaves of the set."""
        return whole_of(self.layout)


@dataclass(frozen=True, slots=True)
class Group:
    """A peer group (khối) with the grades and gates in force for it: its own, or the campaign's."""

    code: str
    title: str
    grades: tuple[Grade, ...]
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Computed:
    """An answer in figures, from which the leaf's rule computes the points.

    Answers are compared by identity: units that answer a leaf alike share one object, so that it is scored once.
    """

    figures: Figures


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """An answer in points, a person's judgement within 0..max_points."""

    points: Fraction
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class DoesNotApply:
    """The answer "not applicable", as confirmed by an appraiser."""

    reason: str


Answer = Computed | Judged | DoesNotApply


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A criterion that a unit is exempt from; a parent takes every leaf below it along."""

    criterion: str
    reason: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class GradeOverride:
    """A council's decision on the grade; it stands above thresholds and gates."""

    grade: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unit:
    """An evaluated unit with its answers by leaf code."""

    code: str
    name: str
    group: str
    criteria_set: str
    ranked: bool
    not_applicable: tuple[NotApplicable, ...]
    answers: Mapping[str, Answer]
    grade_override: GradeOverride | None


@dataclass(frozen=True, slots=True)
class Campaign:
    """A whole campaign file, checked: whatever is in here can be computed."""

    code: str
    title: str
    policy: Policy
    criteria_sets: Mapping[str, CriteriaSet]
    groups: tuple[Group, ...]
    units: tuple[Unit, ...]
    input_sha256: str


# ── the results ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True, eq=False)
class Index:
    """An index in percent: what ``part`` is of ``whole``, and as published (an integer in units of 10^-decimals).

    Two are equal where they come to the same, 5 of 10 as 10 of 20. Never changed once it is made.
    """

    part: Fraction
    whole: Fraction
    scaled: int
    decimals: int

    @classmethod
    def of(cls, part: Fraction, whole: Fraction, policy: Policy) -> Self | None:
        """The index with its published value; None where the whole is 0."""
        numerator, denominator = percentage(part, whole)
        if not denominator:
            return None
        return cls(part, whole, round_ratio(numerator, denominator, policy.decimals, policy.rounding), policy.decimals)

    @property
    def exact(self) -> Fraction:
        return Fraction(*percentage(self.part, self.whole))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Index):
            return NotImplemented
        return (self.scaled, self.decimals, self.exact) == (other.scaled, other.decimals, other.exact)

    @property
    def published(self) -> Fraction:
        return Fraction(self.scaled, 10**self.decimals)

    def to_order(self, basis: Basis) -> int | Fraction:
        """The value to put indices in order by; published ones as whole numbers, which are compared faster."""
        return self.exact if basis == "exact" else self.scaled

    def on(self, basis: Basis | GradeBasis) -> Fraction:
        """The exact value where ``basis`` is "exact", otherwise the published one."""
        return self.exact if basis == "exact" else self.published


@dataclass(slots=True)
class NodeResult:
    """What one node of one unit came to. ``ranks`` tells whether it may stand in a rank and in a statistic."""

    code: str
    points: Fraction
    max_points: Fraction
    index: Index | None
    applicable: bool
    ranks: bool
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Working:
    """What a unit was computed from, by position in the layout: the score of every leaf (None at parents), and the
    tally of every parent and of components that are leaves. ``total`` is the tally of the whole unit."""

    criteria_set: CriteriaSet
    policy: Policy
    scores: tuple[LeafScore | None, ...]
    tallies: Mapping[int, Tally]
    total: Tally


@dataclass(slots=True)
class UnitResult:
    """What one unit came to; ``nodes`` and ``unanswered`` (codes of scored leaves) stand in tree order.

    ``sentences.sentences`` tells from the ``working`` how each node came about.
    """

    unit: Unit
    points: Fraction
    max_points: Fraction
    index: Index | None
    unanswered: tuple[str, ...]
    nodes: tuple[NodeResult, ...]
    working: Working
    rank: int | None = None
    grade: str | None = None
    grade_reason: str = ""


@dataclass(frozen=True, slots=True)
class ComponentStatistics:
    """One component over the ranked units of a group; None where no such unit has an index there."""

    criteria_set: str
    code: str
    mean: str | None
    lowest_unit: str | None
    highest_unit: str | None


@dataclass(frozen=True, slots=True)
class GroupStatistics:
    """One group in figures; indices printed as published, None where no ranked unit has an index."""

    code: str
    count: int
    ranked: int
    mean: str | None
    highest: str | None
    lowest: str | None
    above_mean: int
    grades: Mapping[str, int]
    components: tuple[ComponentStatistics, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a campaign, units and groups in the order in which they are printed."""

    input_sha256: str
    units: tuple[UnitResult, ...]
    groups: tuple[GroupStatistics, ...]

"""A criteria set beside the one of an earlier year: what goes on, what changed in it, what is new, what was dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from scoring.enums import CriterionRole, LinkKind
from scoring.models import CriteriaSet, Criterion
from scoring.selectors.continuity import Continuation, continuations, criteria_of
from scoring.services.criteria_wording import rule_sentence
from units.vietnamese import format_points


@dataclass(frozen=True)
class Difference:
    """In what a criterion differs from the earlier year, both in words."""

    what: str
    before: str
    now: str


@dataclass(frozen=True)
class YearRow:
    """One criterion of this year; `node` is None for one that was dropped, with itself as `predecessors`."""

    node: Criterion | None
    predecessors: tuple[Criterion, ...]
    kind: LinkKind | None
    note: str
    is_stored: bool
    differences: tuple[Difference, ...]

    @property
    def is_other(self) -> bool:
        """Whether anything is to be told: not the same, or the same with another source of its points."""
        return self.kind != LinkKind.SAME or bool(self.differences)

    @property
    def kind_label(self) -> str:
        return self.kind.label if self.kind else "Bỏ"


@dataclass(frozen=True)
class TwoYears:
    """`rows` in the order of print of this year, `dropped` in that of the earlier one: what no criterion goes on from.

    `olds` are all criteria in force of the earlier set.
    """

    criteria_set: CriteriaSet
    before: CriteriaSet
    rows: tuple[YearRow, ...]
    olds: tuple[Criterion, ...]

    @cached_property
    def dropped(self) -> tuple[YearRow, ...]:
        kept = {old.pk for row in self.rows for old in row.predecessors}
        return tuple(YearRow(None, (old,), None, "", False, ()) for old in self.olds if old.pk not in kept)

    @cached_property
    def dropped_points(self) -> Decimal:
        """The maxima of dropped leaves that counted as scored, in points."""
        return _points(row.predecessors[0] for row in self.dropped)

    @cached_property
    def new_points(self) -> Decimal:
        """The maxima of new leaves that count as scored, in points."""
        return _points(row.node for row in self.rows if row.kind == LinkKind.NEW and row.node)

    @cached_property
    def is_by_component(self) -> bool:
        """Whether the earlier year tells nothing below its components, as most tables of the past: then components
        are counted, for everything below them could only be called new."""
        return any(row.node and row.node.parent_id for row in self.rows) and not any(old.parent_id for old in self.olds)

    def _counts(self, node: Criterion) -> bool:
        return node.parent_id is None if self.is_by_component else node.is_leaf

    def count(self, kind: LinkKind) -> int:
        """How many leaves (or components, see `is_by_component`) are of the kind."""
        return sum(row.kind == kind for row in self.rows if row.node and self._counts(row.node))

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many leaves (or components) are of each kind, then how many were dropped, each with its word."""
        gone = sum(self._counts(row.predecessors[0]) for row in self.dropped)
        return [*((kind.label, self.count(kind)) for kind in LinkKind), ("Bỏ", gone)]


def two_years(criteria_set: CriteriaSet, before: CriteriaSet) -> TwoYears:
    """The set beside an earlier one; four queries at any size."""
    rows = tuple(_row(one) for one in continuations(criteria_set, before))
    return TwoYears(criteria_set, before, rows, tuple(criteria_of(before)))


def _row(one: Continuation) -> YearRow:
    told = tuple(_differences(one.node, one.predecessors))
    return YearRow(one.node, one.predecessors, one.kind, one.note, one.is_stored, told)


def _differences(node: Criterion, olds: Sequence[Criterion]) -> list[Difference]:
    # A criterion with others below it has no rule of its own: one that a table of the past has for its component is
    # no difference.
    aspects = _ASPECTS if node.is_leaf else _ASPECTS[:1]
    return [
        Difference(what, before, tell(node))
        for what, tell in aspects
        if olds and (before := _joined(olds, tell)) != tell(node)
    ]


def _joined(olds: Sequence[Criterion], tell: Callable[[Criterion], str]) -> str:
    if len(olds) == 1:
        return tell(olds[0])
    return " · ".join(f"{old.code}: {tell(old)}" for old in olds)


def _maximum(node: Criterion) -> str:
    return f"{format_points(node.max_points)} điểm"


def _rule(node: Criterion) -> str:
    return rule_sentence(node.rule, node.max_points, node.rule_pending) if node.rule is not None else ""


def _source(node: Criterion) -> str:
    return node.get_source_display() if node.is_leaf else ""


_ASPECTS: tuple[tuple[str, Callable[[Criterion], str]], ...] = (
    ("Điểm tối đa", _maximum),
    ("Quy tắc", _rule),
    ("Nguồn điểm", _source),
    ("Vai trò", lambda node: node.get_role_display()),
)


def _points(nodes: Iterable[Criterion]) -> Decimal:
    return sum((node.max_points for node in nodes if node.is_leaf and node.role == CriterionRole.SCORED), Decimal(0))

"""A criteria set as it stands while it is written: every criterion with its state, its sum and what is wrong at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from scoring.enums import CriterionRole, Source
from scoring.files import annex_layout as layout
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.services.criteria_proof import Told, prove
from scoring.services.criteria_sums import Sum, sums_of
from scoring.services.criteria_wording import rule_doubt, rule_sentence

NO_NAME = "Chưa ghi tên tiêu chí."
MUST_MEND = ("ev", "Cần xem lại")
SELF_PENALTY = "Đơn vị không tự chấm điểm trừ. Chọn nguồn khác, ví dụ Cơ quan điều phối."


@dataclass(frozen=True)
class BoardRow:
    """One criterion. `level` counts from 1; `at` of `among` siblings. `sum` is None for a leaf. `faults` keep the set
    from being used; what the sum tells is not told again among them. `doubt` keeps nothing from anything."""

    node: AnnexNode
    level: int
    at: int
    among: int
    sum: Sum | None
    rule: str
    faults: tuple[str, ...]
    doubt: str = ""

    @property
    def key(self) -> str:
        return self.node.permanent_id

    @property
    def is_wrong(self) -> bool:
        return bool(self.faults or (self.sum and self.sum.gap))

    @property
    def state(self) -> tuple[str, str]:
        """The silhouette and its word (design, node state)."""
        if self.is_wrong:
            return MUST_MEND
        if self.doubt:
            return "half", "Nên xem lại"
        if self.node.rule_pending:
            return "todo", "Chưa có quy tắc"
        return "done", "Đủ"

    @property
    def source_label(self) -> str:
        role = "" if self.node.role == CriterionRole.SCORED else f", {CriterionRole(self.node.role).label.lower()}"
        return "" if self.node.rule is None else Source(self.node.source).label + role


@dataclass(frozen=True)
class Board:
    """A whole set; `faults` are those of no single criterion."""

    rows: tuple[BoardRow, ...]
    total: Sum
    faults: tuple[str, ...]

    @property
    def wrong(self) -> list[BoardRow]:
        """What must be mended before the set can be used, in the order of print."""
        return [row for row in self.rows if row.is_wrong]

    @property
    def doubted(self) -> list[BoardRow]:
        """What may be meant so, and is worth a second look, in the order of print."""
        return [row for row in self.rows if row.doubt]

    @property
    def leaves(self) -> int:
        return sum(row.sum is None for row in self.rows)

    @property
    def pending(self) -> int:
        """Leaves that a person judges because nobody wrote a rule."""
        return sum(row.node.rule_pending for row in self.rows)

    @property
    def is_ready(self) -> bool:
        return bool(self.rows) and not self.wrong and not self.faults


def board_of(annex: AnnexSet, policy: Mapping[str, Any]) -> Board:
    """The set as the engine sees it under the campaign's policy; no query."""
    nodes = tuple(replace(node, row=at) for at, node in enumerate(annex.nodes, start=1))
    annex = replace(annex, nodes=nodes)
    sums = sums_of(annex)
    told = _told(annex, policy)
    children = annex.children()
    places = {child.permanent_id: (at, len(own)) for own in children.values() for at, child in enumerate(own, start=1)}
    levels = {"": 0}
    rows = []
    for node in annex.nodes:
        levels[node.code] = levels[node.parent] + 1
        own = sums.get(node.permanent_id)
        faults = [] if node.title else [NO_NAME]
        for key, text in told.get(node.row, []):
            is_told = (key == "title" and not node.title) or (key == "max_points" and own is not None and own.gap)
            faults += [] if is_told else [text]
        if node.rule is not None and (node.role, node.source) == (CriterionRole.PENALTY, Source.SELF):
            faults.append(SELF_PENALTY)
        rule = "" if node.rule is None else rule_sentence(node.rule, node.max_points, node.rule_pending)
        doubt = "" if node.rule is None else rule_doubt(node.rule, node.max_points, node.rule_pending)
        rows.append(BoardRow(node, levels[node.code], *places[node.permanent_id], own, rule, tuple(faults), doubt))
    return Board(tuple(rows), sums[""], tuple(text for _, text in told.get(0, [])) if rows else ())


def _told(annex: AnnexSet, policy: Mapping[str, Any]) -> dict[int, list[tuple[str, str]]]:
    """What the engine says, by row, each with the column that it is about."""
    found: dict[int, list[tuple[str, str]]] = {}
    columns = {column.key: column.key for column in layout.CRITERIA}
    for fault in prove(annex, policy, Told(columns=columns)):
        found.setdefault(fault.row, []).append((fault.column, fault.reason))
    return found

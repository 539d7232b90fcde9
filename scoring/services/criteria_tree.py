"""Criteria sets and the impact of amendments, line by line as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.enums import CriterionRole, Source, Stage
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.services.criteria_wording import rule_sentence
from units.vietnamese import format_signed


@dataclass(frozen=True)
class TreeRow:
    """One criterion of a page; `rule` is its sentence ("" for one with criteria below it)."""

    node: AnnexNode
    rule: str

    @property
    def source_label(self) -> str:
        """Whose number it is, and how it counts where that is not the usual."""
        if self.node.rule is None:
            return ""
        role = "" if self.node.role == CriterionRole.SCORED else f", {CriterionRole(self.node.role).label.lower()}"
        return Source(self.node.source).label + role


@dataclass(frozen=True)
class IndexRow:
    """One unit's provisional index before and after an amendment; texts with a decimal point, None where none is."""

    unit: Mapping[str, Any]

    @property
    def difference(self) -> str:
        """Signed, in percentage points; "" where there is nothing to compare or nothing changes."""
        before, after = self.unit["before"], self.unit["after"]
        if before is None or after is None or before == after:
            return ""
        return format_signed(Decimal(after) - Decimal(before))

    @property
    def has_changed(self) -> bool:
        return any(self.unit[f"{name}before"] != self.unit[f"{name}after"] for name in ("", "grade_", "rank_"))


def tree_rows(annex: AnnexSet) -> list[TreeRow]:
    """The set from top to bottom, as the printed annex shows it."""
    return [
        TreeRow(node, "" if node.rule is None else rule_sentence(node.rule, node.max_points, node.rule_pending))
        for node in annex.in_tree_order()
    ]


def impact_told(impact: Mapping[str, Any]) -> dict[str, Any]:
    """The stored impact of an amendment for its page: stages by their labels, units whose result changes first."""
    units = [IndexRow(unit) for unit in impact.get("indices", [])]
    return {
        "values": [(Stage(stage).label, count) for stage, count in impact.get("values", {}).items()],
        "units": impact.get("units", 0),
        "parts": impact.get("parts", 0),
        "changed": [row for row in units if row.has_changed],
        "gates": impact.get("gates", []),
        "unchanged": sum(not row.has_changed for row in units),
    }

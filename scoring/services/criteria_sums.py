"""Whether the maxima of a criteria tree add up: children against their parent, components against a hundred."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from scoring.enums import CriterionRole
from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.services.leaves import plain_number
from units.vietnamese import format_points

FULL = Decimal(100)
"""What the components of most sets add up to; another total is told and is no fault."""


@dataclass(frozen=True)
class Sum:
    """What stands below a criterion, beside its own maximum; in points, bonus and penalty not counted."""

    whole: Decimal
    parts: Decimal

    @property
    def gap(self) -> Decimal:
        """What the parts still lack; below nought where they are too much."""
        return self.whole - self.parts

    @property
    def word(self) -> str:
        """ "thiếu 0,50", "thừa 0,50", "đủ"."""
        if not self.gap:
            return "đủ"
        return f"{'thiếu' if self.gap > 0 else 'thừa'} {format_points(abs(self.gap))}"

    @property
    def sentence(self) -> str:
        """ "Cộng 5,50 / 6,00, thiếu 0,50"."""
        return f"Cộng {format_points(self.parts)} / {format_points(self.whole)}, {self.word}"


def sums_of(annex: AnnexSet, typed: Mapping[str, Decimal] | None = None) -> dict[str, Sum]:
    """The sum of every criterion with others below it by its permanent id, and that of the set under "".

    `typed` are maxima by permanent id that are not stored yet.
    """
    points = {node.permanent_id: Decimal(node.max_points) for node in annex.nodes} | dict(typed or {})
    children = annex.children()

    def parts(code: str) -> Decimal:
        return sum((_counted(node, points[node.permanent_id]) for node in children.get(code, [])), Decimal(0))

    above = [node for node in annex.nodes if children.get(node.code)]
    found = {node.permanent_id: Sum(points[node.permanent_id], parts(node.code)) for node in above}
    return {"": Sum(FULL, parts(""))} | found


def missing_points(annex: AnnexSet, parent: AnnexNode | None) -> str:
    """What the children of `parent` leave of its maximum (of a hundred for a component), as plain digits; "0" where
    they leave nothing."""
    code = parent.code if parent else ""
    whole = Decimal(parent.max_points) if parent and code else FULL
    below = annex.children().get(code, [])
    left = whole - sum((_counted(node, Decimal(node.max_points)) for node in below), Decimal(0))
    return plain_number(left) if left > 0 else "0"


def _counted(node: AnnexNode, points: Decimal) -> Decimal:
    """Bonus and penalty stand outside of the sum of their parent (methodology, the tree)."""
    is_extra = node.rule is not None and node.role in (CriterionRole.BONUS, CriterionRole.PENALTY)
    return Decimal(0) if is_extra else points

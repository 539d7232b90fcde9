"""A stored criteria set as an annex again: the plain set, and its workbook."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.files.annex_parameters import normal_rule
from scoring.files.annex_workbook import write_annex
from scoring.models import CriteriaSet, Criterion
from scoring.selectors.tree import tree_of
from scoring.services.leaves import plain_number


def annex_of(criteria_set: CriteriaSet) -> AnnexSet:
    """The set as it is in force, in the order of print; one query at any size."""
    return AnnexSet(
        code=criteria_set.code,
        title=criteria_set.title,
        nodes=_nodes(tree_of(criteria_set).nodes),
        unit_kinds=tuple(criteria_set.unit_kinds),
        note=criteria_set.note,
        is_sample=criteria_set.is_sample,
    )


def export_set(criteria_set: CriteriaSet) -> bytes:
    """The workbook of the set as it is in force; read back it gives the same set with the same permanent ids."""
    return write_annex(annex_of(criteria_set))


def _nodes(rows: Iterable[Criterion]) -> tuple[AnnexNode, ...]:
    rows = list(rows)
    codes = {row.pk: row.code for row in rows}
    return tuple(
        AnnexNode(
            code=row.code,
            title=row.title,
            max_points=plain_number(row.max_points),
            parent=codes[row.parent_id] if row.parent_id else "",
            source=row.source,
            role=row.role,
            rule=None if row.rule is None else normal_rule(row.rule),
            rule_pending=row.rule_pending,
            scoring_text=row.scoring_text,
            evidence_text=row.evidence_text,
            lead_department=row.lead_department,
            weight="" if row.weight is None else plain_number(row.weight),
            permanent_id=str(row.permanent_id),
        )
        for row in rows
    )

"""Writes the criteria of a set: rows follow their permanent ids, so that what hangs on a criterion stays with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat

from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.models import CriteriaSet, Criterion

_WRITTEN = (
    "parent",
    "path",
    "code",
    "title",
    "max_points",
    "weight",
    "source",
    "role",
    "rule",
    "scoring_text",
    "evidence_text",
    "lead_department",
    "rule_pending",
    "retired_in",
)


def with_new_ids(annex: AnnexSet) -> AnnexSet:
    """The set in which every criterion has a permanent id; those without get a new one."""
    nodes = (replace(node, permanent_id=node.permanent_id or str(uuid.uuid4())) for node in annex.nodes)
    return replace(annex, nodes=tuple(nodes))


def store_nodes(criteria_set: CriteriaSet, annex: AnnexSet, revision: int = 1) -> None:
    """Make the rows in force those of `annex` (all with permanent ids), but take none away.

    Inside the caller's transaction, whose lock keeps others out. A row that is new begins in `revision`.
    """
    # Codes and paths may change places between rows: first everybody steps aside.
    aside = Concat(Value("~"), Cast("pk", CharField()))
    criteria_set.criteria.in_force().update(path=aside, code=aside)
    rows: dict[str, Criterion] = {}
    children = annex.children()
    level = [(node, f"{at:03d}") for at, node in enumerate(children[""], start=1)]
    while level:
        made = [_row(criteria_set, node, path, rows.get(node.parent), revision) for node, path in level]
        Criterion.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["criteria_set", "permanent_id"], update_fields=_WRITTEN
        )
        rows |= _stored(criteria_set, [node for node, _ in level])
        level = [
            (child, f"{path}.{at:03d}")
            for node, path in level
            for at, child in enumerate(children.get(node.code, ()), start=1)
        ]


def _row(criteria_set: CriteriaSet, node: AnnexNode, path: str, parent: Criterion | None, revision: int) -> Criterion:
    return Criterion(
        criteria_set=criteria_set,
        parent=parent,
        path=path,
        code=node.code,
        title=node.title,
        max_points=Decimal(node.max_points),
        weight=Decimal(node.weight) if node.weight else None,
        source=node.source,
        role=node.role,
        rule=node.rule,
        permanent_id=node.permanent_id,
        scoring_text=node.scoring_text,
        evidence_text=node.evidence_text,
        lead_department=node.lead_department,
        rule_pending=node.rule_pending,
        changed_in=revision,
    )


def _stored(criteria_set: CriteriaSet, nodes: Iterable[AnnexNode]) -> dict[str, Criterion]:
    """The rows by their new codes; asked again, because not every database tells the keys of rows it kept."""
    found = criteria_set.criteria.filter(permanent_id__in=[node.permanent_id for node in nodes])
    return {row.code: row for row in found}

"""The coordinator is amending a set on screen: one maximum is raised already, and its sum is not mended yet."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from scoring.files.annex_layout import AnnexSet
from scoring.management.demo_year.cast import Cast
from scoring.models import Campaign
from scoring.services.criteria_drafts import change_draft, start_from_set
from scoring.services.criteria_shape import Done, name_of, with_node

SET = "so"
RAISED, POINTS = "1.1.1", "0.75"
WORDS = "Kế hoạch kèm phụ lục nhiệm vụ, có người chịu trách nhiệm và thời hạn từng việc."


def write_on(campaign: Campaign, cast: Cast) -> None:
    """Begin the draft and change one leaf; nothing of the year in course changes by it."""
    criteria_set = campaign.criteria_sets.select_related("campaign__organiser").get(code=SET)
    draft = start_from_set(criteria_set, by=cast.coordinator)
    change_draft(draft, partial(_raise, code=RAISED), seen=draft.version, by=cast.coordinator)


def _raise(annex: AnnexSet, code: str) -> Done:
    node = next(node for node in annex.nodes if node.code == code)
    changed = replace(node, max_points=POINTS, evidence_text=WORDS)
    return Done(with_node(annex, changed), node.permanent_id, f"Đã lưu “{name_of(node)}”.")

"""Values as people read them: the figures in words, points with two decimals, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scoring.engine.errors import CampaignFaults
from scoring.engine.single import Leaf
from scoring.enums import Stage
from scoring.models import Campaign, Value
from scoring.selectors.missing import Weighed
from scoring.services.answer_wording import CLAIM, NOTHING, say_content, say_inputs
from scoring.services.leaves import leaf_of
from scoring.services.values import content_of
from units.vietnamese import show_points


@dataclass(frozen=True)
class Shown:
    """One value for a page. `said` is the figures (or the judgement) in words, `step` the rule's sentence, `points`
    printed with two decimals and "" where the leaf does not apply or nothing was given, `warning` what the rule asks
    to look at again, mostly ""."""

    said: str
    points: str
    step: str
    warning: str
    reason: str
    legal_basis: str
    note: str
    not_applicable: bool
    is_fresh: bool
    version: int
    changed_at: datetime | None


CLAIM_WAITS = f"{CLAIM}, chờ thẩm định"


def show_value(value: Value | None, campaign: Campaign, *, is_judged: bool = False) -> Shown | None:
    """A stored value as a page shows it; None where there is none. The criterion must be loaded with the value.

    A declared "không áp dụng" is a claim and waits until it `is_judged`; the engine speaks of confirmed ones only.
    """
    if value is None:
        return None
    leaf = leaf_of(value.criterion, campaign)
    content = content_of(value)
    is_claim = value.stage == Stage.DECLARED and value.not_applicable
    scored = leaf.score(content.answer()) if value.is_fresh and not is_claim else None
    said = (CLAIM if is_judged else CLAIM_WAITS) if is_claim else say_content(leaf, content)
    said = f"{said}. {value.on_behalf}" if value.on_behalf else said
    return Shown(
        said=said,
        points="" if value.worth is None else show_points(value.worth),
        step=scored.step if scored else "",
        warning=scored.warning if scored else "",
        reason=value.reason,
        legal_basis=value.legal_basis,
        note=value.note,
        not_applicable=value.not_applicable,
        is_fresh=value.is_fresh,
        version=value.version,
        changed_at=value.changed_at,
    )


def say_worth(value: Weighed | None) -> str:
    """A value in one cell of a table: its points, "không áp dụng", or that there is none."""
    if value is None:
        return "không có"
    return "không áp dụng" if value.worth is None else show_points(value.worth)


def say_change(content: Mapping[str, Any] | None, value_leaf: Leaf) -> str:
    """One entry of a value's history (`ValueChange.content`) in words."""
    if content is None:
        return "Xóa câu trả lời"
    if on_behalf := content.get("on_behalf"):
        return f"{say_change({**content, 'on_behalf': ''}, value_leaf)}. {on_behalf}"
    if content.get("not_applicable"):
        return "Không áp dụng"
    if content.get("points") is not None:
        return f"Chấm {show_points(content['points'])} điểm"
    try:
        return say_inputs(value_leaf, content.get("inputs") or {})
    except CampaignFaults:
        return NOTHING

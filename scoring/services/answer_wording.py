"""What an answer says, in words: pages, receipts and reports print the same sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring.engine.single import Leaf
from scoring.services.figures import Slot, given_at, slots_of
from scoring.services.values import Content
from units.vietnamese import show_points

NOTHING = "Chưa có"
CLAIM = "Đề nghị không áp dụng"


def say_content(leaf: Leaf, content: Content) -> str:
    """What a value says, in words: "Không áp dụng", "Chấm 1,5 điểm", or its figures."""
    if content.not_applicable:
        return "Không áp dụng"
    if content.points is not None:
        return f"Chấm {show_points(content.points)} điểm"
    return say_inputs(leaf, content.inputs or {})


def say_inputs(leaf: Leaf, inputs: Mapping[str, Any]) -> str:
    """Figures in words: "Số đạt được: 45/50", "Đúng hạn", "Báo cáo chậm: 2 lần"."""
    given = given_at(leaf, inputs)
    slots = [slot for slot in slots_of(leaf) if slot.name in given]
    wholes = {slot.item.part_of for slot in slots}  # told with their part
    told = "; ".join(_say_figure(slot, given) for slot in slots if slot.item.key not in wholes)
    return told[:1].upper() + told[1:] or NOTHING


def _say_figure(slot: Slot, given: Mapping[str, Any]) -> str:
    labels = {choice.key: choice.label for choice in slot.item.choices}
    value = given[slot.name]
    if slot.type == "choice":
        return labels.get(value, str(value))
    if slot.type == "choices":
        return "; ".join(labels.get(key, str(key)) for key in value) or "Không nội dung nào"
    if slot.type == "flag":
        return slot.label
    figure = (slot.item.phrase or "{}").replace("{}", slot.typed(value))
    if slot.item.part_of in given:
        figure += f"/{slot.typed(given[slot.item.part_of])}"
    return figure if slot.item.phrase and not slot.choice else f"{slot.label}: {figure}"

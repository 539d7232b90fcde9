"""Figures of a leaf as people give them: what is asked one by one, whether an answer is complete, and one spelling.

Everything here follows from what a rule asks for (`Input`); no kind of rule is known by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

from scoring.engine.rules.base import Choice, Input
from scoring.engine.single import Leaf
from scoring.services.leaves import plain_number
from units.vietnamese import format_date

SlotType = Literal["choice", "choices", "number", "whole", "date", "flag"]
YES = "có"
_HOW_MANY = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing that a person fills in: an input of the rule, or one item of an input that counts several."""

    item: Input
    choice: Choice | None = None

    @property
    def name(self) -> str:
        """Its name among the leaf's slots: "numerator", "counts.cham"; fit for the name and the id of a field."""
        return f"{self.item.key}.{quote(self.choice.key, safe='')}" if self.choice else self.item.key

    @property
    def label(self) -> str:
        return self.choice.label if self.choice else self.item.label

    @property
    def type(self) -> SlotType:
        return "whole" if self.item.type == "counts" else self.item.type

    def typed(self, value: Any) -> str:
        """A stored figure as a person would type it: comma decimals, dd/mm/yyyy; a choice by its key."""
        if self.type == "flag":
            return YES
        if self.type == "date":
            return format_date(value)
        return str(value) if self.type == "choice" else str(value).replace(".", ",")


def slots_of(leaf: Leaf) -> tuple[Slot, ...]:
    """What a person is asked for, in the order of the rule."""
    found: list[Slot] = []
    for item in leaf.inputs:
        found += [Slot(item, choice) for choice in item.choices] if item.type == "counts" else [Slot(item)]
    return tuple(found)


def slot_at(leaf: Leaf, name: str) -> Slot | None:
    """The slot of that name (of a fault too, which names an item by its plain key), or the first one of the input that
    it belongs to; None for a fault of several inputs."""
    slots = slots_of(leaf)
    exact = (slot for slot in slots if name in (slot.name, f"{slot.item.key}.{slot.choice and slot.choice.key}"))
    near = (slot for slot in slots if slot.item.key == name.partition(".")[0])
    return next(exact, None) or next(near, None)


def given_at(leaf: Leaf, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of an answer by the slots that they stand in; slots without one are left out."""
    found: dict[str, Any] = {}
    for slot in slots_of(leaf):
        value = inputs.get(slot.item.key)
        if slot.choice and value is not None:
            value = value.get(slot.choice.key)
        if value is not None:
            found[slot.name] = value
    return found


def is_blank(value: Any) -> bool:
    """Whether nothing stands in a slot; nought is something, and so is a list of which nothing is checked."""
    return value is None or value is False or value == ""


def inputs_from(leaf: Leaf, given: Mapping[str, Any]) -> dict[str, Any]:
    """`inputs` of an answer from figures by slot (numbers as plain strings, days in ISO form); the way back.

    Blank ones (`is_blank`) are left out. Of an input that counts several, blank ones are nought once one of them
    is given.
    """
    found: dict[str, Any] = {}
    for slot in slots_of(leaf):
        value = given.get(slot.name)
        if is_blank(value):
            continue
        if slot.choice:
            found.setdefault(slot.item.key, {choice.key: "0" for choice in slot.item.choices})[slot.choice.key] = value
        else:
            found[slot.item.key] = value
    return found


def missing_figures(leaf: Leaf, inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an answer still lacks, or gives twice, as (name of the slot, sentence); empty for a complete answer.

    A rule with several forms (a survey: a mean or a count of satisfied) takes exactly one of them.
    """
    faults = []
    forms = [item for item in leaf.inputs if item.form]
    given = [item for item in forms if item.key in inputs]
    if len({item.form for item in given}) > 1:
        both = _listed(given, "và")
        faults.append((_first(leaf, given[0]), f"Đã ghi {both}. Chỉ ghi {say_alternatives(leaf)}."))
    elif forms and not given:
        faults.append((_first(leaf, forms[0]), f"Ghi {_listed(forms, 'hoặc')}."))
    chosen = {item.form for item in given[:1]} | {""}
    for item in leaf.inputs:
        if item.required and item.form in chosen and item.key not in inputs:
            verb = "chọn" if item.type == "choice" else "nhập"
            faults.append((_first(leaf, item), f"Chưa {verb} “{item.label}”."))
    return faults


def say_alternatives(leaf: Leaf) -> str:
    """The figures of which an answer has exactly one: "một trong hai: “Điểm trung bình” hoặc “Số phiếu hài lòng”";
    "" where there is no choice between forms."""
    forms = [item for item in leaf.inputs if item.form]
    number = len({item.form for item in forms})
    if number < 2:
        return ""
    told = _HOW_MANY[number] if number < len(_HOW_MANY) else str(number)
    return f"một trong {told}: {_listed(forms, 'hoặc')}"


def settled(leaf: Leaf, inputs: Mapping[str, Any] | None) -> dict[str, Any]:
    """The figures in one spelling, so that equal answers are equal: plain numbers as strings, keys in the rule's
    order, nought written out. Figures that the rule does not ask for (any more) are left out."""
    given = given_at(leaf, inputs or {})
    slots = [slot for slot in slots_of(leaf) if slot.name in given]
    return inputs_from(leaf, {slot.name: _settle(slot, given[slot.name]) for slot in slots})


def _settle(slot: Slot, value: Any) -> Any:
    if slot.type == "choices":
        return [choice.key for choice in slot.item.choices if choice.key in value]
    return plain_number(Decimal(str(value))) if slot.type in ("number", "whole") else value


def _first(leaf: Leaf, item: Input) -> str:
    slot = slot_at(leaf, item.key)
    return slot.name if slot else item.key


def _listed(items: list[Input], word: str) -> str:
    """ "“Ngày”, “Số ngày chậm” hoặc “Không thực hiện”"."""
    *others, last = [f"“{item.label}”" for item in items]
    return f"{', '.join(others)} {word} {last}" if others else last

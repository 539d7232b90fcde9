"""Figures of a leaf, declared or entered: whether they are complete, and whether two answers say the same."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scoring.engine.single import Leaf
from scoring.services.leaves import plain_number


def missing_figures(leaf: Leaf, inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What an answer still lacks, or gives twice, as (key of the figure, sentence); empty for a complete answer.

    A rule with several forms (a survey: a mean or a count of satisfied) takes exactly one of them.
    """
    faults = []
    forms = [item for item in leaf.inputs if item.form]
    given = [item for item in forms if item.key in inputs]
    if forms and len(given) != 1:
        named = say_alternatives(leaf) or f"“{forms[0].label}”"
        faults.append((forms[0].key, f"Chỉ ghi một trong hai: {named}." if given else f"Ghi {named}."))
    for item in leaf.inputs:
        if item.required and not item.form and item.key not in inputs:
            verb = "chọn" if item.type == "choice" else "nhập"
            faults.append((item.key, f"Chưa {verb} “{item.label}”."))
    return faults


def say_alternatives(leaf: Leaf) -> str:
    """The figures of which an answer has exactly one, in words; "" where there is no choice between forms."""
    forms = [item for item in leaf.inputs if item.form]
    return " hoặc ".join(f"“{item.label}”" for item in forms) if len(forms) > 1 else ""


def settled(leaf: Leaf, inputs: Mapping[str, Any] | None) -> dict[str, Any]:
    """The figures in one spelling, so that equal answers are equal: plain numbers as strings, keys in the rule's
    order. Figures that the rule does not ask for (any more) are left out."""
    found: dict[str, Any] = {}
    for item in leaf.inputs:
        if inputs is None or item.key not in inputs:
            continue
        value = inputs[item.key]
        if item.type == "choices":
            found[item.key] = [choice.key for choice in item.choices if choice.key in value]
        elif item.type == "choice":
            found[item.key] = value
        else:
            found[item.key] = plain_number(Decimal(str(value)))
    return found

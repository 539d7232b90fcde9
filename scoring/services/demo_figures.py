"""Made-up figures of an entered leaf for the trial portal: plausible by the kind of rule, never by chance."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Any

from scoring.engine.rules.base import Input
from scoring.engine.single import Leaf
from scoring.services.leaves import plain_number

_OF = 50  # tasks, in a ratio
_ANSWERS = 120  # people asked, in a survey


def plausible(leaf: Leaf, turn: int) -> dict[str, Any]:
    """Inputs of a campaign file for `leaf`; `turn` (any whole number) varies them between 70 % and 95 % of the best.

    The caller proves them: a rule may still refuse what is made up here.
    """
    share = Decimal(70 + turn % 26) / 100
    forms = [item.form for item in leaf.inputs if item.form]
    asked = [item for item in leaf.inputs if item.form in ("", *forms[:1])]
    return {item.key: _figure(item, leaf, share, turn) for item in asked}


def _figure(item: Input, leaf: Leaf, share: Decimal, turn: int) -> Any:
    if item.type == "choice":
        return item.choices[turn % min(2, len(item.choices))].key
    if item.type == "choices":
        return [choice.key for choice in item.choices[: max(1, len(item.choices) - turn % 2)]]
    best = _best(item, leaf)
    if item.key == "numerator" and getattr(leaf.rule, "inverse", False):
        best -= best * share
    elif item.key not in ("denominator", "responses"):
        low = _decimal(item.minimum or Fraction(0))
        best = low + (best - low) * share
    return plain_number(_stepped(best, item))


def _best(item: Input, leaf: Leaf) -> Decimal:
    """What a unit without any fault would show."""
    least = _decimal(getattr(leaf.rule, "min_responses", Fraction(0)))
    whole: Mapping[str, Decimal] = {
        "numerator": Decimal(_OF),
        "denominator": Decimal(_OF),
        "responses": max(least, Decimal(_ANSWERS)),
        "satisfied": max(least, Decimal(_ANSWERS)),
    }
    if item.key in whole:
        return whole[item.key]
    return _decimal(item.maximum if item.maximum is not None else getattr(leaf.rule, "of", Fraction(100)))


def _stepped(value: Decimal, item: Input) -> Decimal:
    """On the steps that the rule lays down, otherwise with two decimals; whole where it counts something."""
    step = Decimal(1) if item.type == "whole" or item.key == "numerator" else Decimal("0.01")
    if item.step is not None:
        step = _decimal(item.step)
    return (value / step).quantize(Decimal(1), rounding=ROUND_DOWN) * step


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)

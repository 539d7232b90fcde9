"""Made-up figures of an entered leaf for the trial portal: of those that anybody could give, the ones that earn most
nearly what a good unit would.

What a figure means only its rule knows. So figures are drawn within what the rule asks for, from little to much, and
the rule itself says what each would earn; nothing is left to chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from itertools import product
from typing import Any

from scoring.engine.single import Leaf
from scoring.services.figures import Slot, inputs_from, slots_of
from scoring.services.leaves import plain_number

_SIZES = ((100, 50), (10, 120), (4, 400))  # the most of a figure without bounds, and how many there are of a whole
_LEVELS = tuple(Decimal(tenths) / 10 for tenths in (10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0))
_MOST_BREACHES = 4
_DAY = "2026-06-30"
_NEAR = Fraction(1, 10)  # of the maximum: near enough to look no further


def plausible(leaf: Leaf, turn: int) -> dict[str, Any]:
    """Inputs of a campaign file for `leaf`; `turn` (any whole number) varies what they should earn between 70 % and
    95 % of the maximum.

    The caller proves them: a rule may still refuse what is made up here.
    """
    share = Decimal(70 + turn % 26) / 100
    wanted, most = leaf.max_points * Fraction(share), leaf.max_points
    best: dict[str, Any] = {}
    distance: Fraction | None = None
    for inputs in _attempts(leaf, share):
        scored = leaf.score({"inputs": inputs})
        if scored.points is None:
            continue
        off = abs(Fraction(scored.points) - wanted)
        if distance is None or off < distance:
            best, distance = inputs, off
        if off <= _NEAR * most:
            break
    return best


def _attempts(leaf: Leaf, share: Decimal) -> Iterator[dict[str, Any]]:
    """Inputs at every level and size, the likeliest first: much is good, little is good, then step by step."""
    slots = _one_form(slots_of(leaf))
    wholes = {slot.item.part_of for slot in slots_of(leaf)}
    for (most, whole), level in product(_SIZES, (share, 1 - share, *_LEVELS)):
        given = {slot.name: str(whole) for slot in slots if slot.item.key in wholes}
        yield inputs_from(leaf, _figures(slots, level, most, whole) | given)


def _one_form(slots: tuple[Slot, ...]) -> list[Slot]:
    """The slots of the first form that says something in figures, beside those that are always asked."""
    forms = [slot.item.form for slot in slots if slot.item.form and slot.type not in ("date", "flag")]
    return [slot for slot in slots if slot.item.form in ("", *forms[:1])]


def _figures(slots: list[Slot], level: Decimal, most: int, whole: int) -> dict[str, Any]:
    free = [slot for slot in slots if slot.type in ("number", "whole") and slot.item.maximum is None]
    found: dict[str, Any] = {}
    for slot in slots:
        if slot.item.part_of:
            found[slot.name] = plain_number((whole * level).quantize(Decimal(1), rounding=ROUND_DOWN))
        else:
            # Of several figures without bounds the first is taken for what the others are measured by.
            is_measure = len(free) > 1 and slot is free[0]
            found[slot.name] = _figure(slot, Decimal(1) if is_measure else level, most)
    return found


def _figure(slot: Slot, level: Decimal, most: int) -> Any:
    offered = slot.item.choices
    if slot.choice:
        first = slot.choice == offered[0]
        return str(int((1 - level) * _MOST_BREACHES)) if first else "0"
    if slot.type == "choice":
        return offered[min(int((1 - level) * len(offered)), len(offered) - 1)].key
    if slot.type == "choices":
        return [choice.key for choice in offered[: int(level * len(offered) + Decimal("0.5"))]]
    if slot.type == "flag":
        return None
    if slot.type == "date":
        return _DAY
    low = _decimal(slot.item.minimum or Fraction(0))
    high = Decimal(most) if slot.item.maximum is None else _decimal(slot.item.maximum)
    return plain_number(_stepped(low + (high - low) * level, slot))


def _stepped(value: Decimal, slot: Slot) -> Decimal:
    """On the steps that the rule lays down, otherwise with two decimals; whole where it counts something."""
    step = Decimal(1) if slot.type == "whole" else Decimal("0.01")
    if slot.item.step is not None:
        step = _decimal(slot.item.step)
    return (value / step).quantize(Decimal(1), rounding=ROUND_DOWN) * step


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)

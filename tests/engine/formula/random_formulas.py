"""Formulas drawn at random: always right, often odd."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

NUMBERS = ["0", "1", "0.8", "2.50", "100", "999999999999999", "0.0000000001"]


def draw_number(random: Random, depth: int, names: Sequence[str]) -> str:
    """A formula whose value is a number; ``names`` are the variables that it may use beside M."""
    way = random.random()
    if depth <= 0 or way < 0.15:
        return random.choice([*names, "M", *NUMBERS])
    inner = [draw_number(random, depth - random.randint(1, 2), names) for _ in range(random.randint(2, 3))]
    if way < 0.3:
        return f"{random.choice(['min', 'max'])}({', '.join(inner)})"
    if way < 0.45:
        return f"({inner[0]})"
    if way < 0.55:
        return f"-{inner[0]}"
    return random.choice([" ", ""]).join([inner[0], *(random.choice("+-*/") + one for one in inner[1:])])


def draw_condition(random: Random, depth: int, names: Sequence[str]) -> str:
    way = random.random()
    if depth <= 0 or way < 0.5:
        sign = random.choice(["<", "<=", ">", ">=", "==", "!="])
        return f"{draw_number(random, depth - 1, names)} {sign} {draw_number(random, depth - 1, names)}"
    if way < 0.6:
        return f"({draw_condition(random, depth - 1, names)})"
    word = random.choice([" and ", " or "])
    return word.join(draw_condition(random, depth - 1, names) for _ in range(random.randint(2, 3)))

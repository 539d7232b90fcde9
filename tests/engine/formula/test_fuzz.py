"""Ten thousand hostile formulas, and a thousand that are right or deep: each is refused with its place, or comes to
what a second reading comes to."""

from __future__ import annotations

import os
from collections.abc import Callable
from fractions import Fraction
from random import Random

import pytest

from scoring.engine.formula.errors import CannotCompute, WrongFormula
from scoring.engine.formula.expressions import Number
from scoring.engine.formula.parsing import MAX_DEPTH, Expression, parse_condition, parse_number_formula
from scoring.engine.formula.tokens import MAX_LENGTH
from tests.engine.formula.random_formulas import draw_condition, draw_number
from tests.engine.formula.second_reading import Refused, SecondReading, TooLarge

TIMES = 50 if os.environ.get("PARINDEX_SOAK") == "1" else 1
VARIABLES = ["a", "b", "so_ho_so", "if"]
FIGURES = [Fraction(figure) for figure in ("0", "1", "-2.5", "37", "0.0000000001", "999999999999999")]
HOSTILE = [
    *("__import__('os').system('x')", "__import__(a)", "a.__class__.__mro__", "().__class__", "lambda: a", "a[0]"),
    *("a if b else M", "[a]", "{a}", "{a: b}", "*a", "**a", "a := b", "a # b", "a; b", '"a"', "'a'", "`a`", "${a}"),
    *("NaN", "inf", "Infinity", "True", "None", "not a", "a is b", "a in b", "a & b", "a | b", "a ^ b", "~a", "a << b"),
    *("\x00", "a\x00b", "\ud800", "\U0001f600", "\u00a0", "\u200b", "\u2028", "\x0c", "\x1f", "\ufeff", "\\u0061"),
    *("١٢", "１２", "²", "½", "٪", "а", "ａ", "ſ", "ℳ", "𝑎", "Ｍ", "М", "a\u0300"),
    *("−", "–", "×", "÷", "∕", "≤", "≥", "≠", "＜", "＝", "，", "（", "）"),
    *("9" * 16, "9" * 1_900, "0." + "0" * 10 + "1", "1e9999", "1E5", "1_0", "0x1F", "0b1", "1.", ".1", "1..2", "1.2.3"),
    *("(" * 1_999, ")" * 50, "-" * 1_999, "min(" * 499, "a<" * 900 + "a", "a," * 900, "a or " * 380, "\n" * 1_999),
]
TOKENS = [
    *("a", "b", "so_ho_so", "if", "M", "M", "c", "and", "or", "min", "max", "min(", "max(", "not"),
    *("0", "1", "2", "0.8", "100", "007", "999999999999999", "0.0000000001", "1.", ".5"),
    *("+", "-", "-", "*", "/", "(", "(", ")", ")", ",", "<", "<=", ">", ">=", "==", "!=", "=", " ", "\n", "."),
]


def right(random: Random) -> str:
    return random.choice([draw_number, draw_condition])(random, random.randint(0, 5), VARIABLES)


def of_tokens(random: Random) -> str:
    return random.choice(["", " "]).join(random.choices(TOKENS, k=random.randint(0, 12)))


def mutated(random: Random) -> str:
    """A right formula with a few signs taken out, doubled, exchanged or put in."""
    text = right(random)
    for _ in range(random.randint(1, 3)):
        at, until = sorted(random.choices(range(len(text) + 1), k=2))
        until = min(until, at + 4)
        text = random.choice(
            [
                text[:at] + text[until:],
                text[:until] + text[at:],
                text[:at] + random.choice(TOKENS) + text[at:],
                text[:at] + random.choice(TOKENS) + text[until:],
            ]
        )
    return text


def hostile(random: Random) -> str:
    """Something that is no formula, alone or inside one."""
    thing, text = random.choice(HOSTILE), right(random)
    at = random.randint(0, len(text))
    return random.choice([thing, text[:at] + thing + text[at:], f"{thing} + {text}", f"min({text}, {thing})"])


def deep(random: Random) -> str:
    """Brackets of every kind about as deep as is allowed, some of them left open; or very long."""
    levels = random.choice([3, 3, 10, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, random.choice([60, 300])])
    left, text, rest = "", draw_number(random, 2, VARIABLES), ""
    for _ in range(levels):
        opened, closed = random.choice([("(", ")"), ("-", ""), ("min(a, ", ")"), ("(1 + ", ") / b"), ("max(", ", M)")])
        left, rest = left + opened, closed + rest
    rest = rest[: random.choice([len(rest), len(rest), len(rest) - 1])]
    if random.random() < 0.98:
        return left + text + rest
    return random.choice([" + ", " > 0 or "]).join([text] * random.randint(2, 400)) + random.choice(["", " < 0"])


@pytest.mark.parametrize(
    ("draw", "count", "least", "most"),
    [
        (right, 800, "1", "1"),
        (of_tokens, 6_000, "0.01", "0.5"),
        (mutated, 2_500, "0.1", "0.5"),
        (hostile, 1_500, "0", "0.1"),
        (deep, 200, "0.1", "0.5"),
    ],
)
def test_a_hostile_formula_is_refused_with_its_place_or_comes_to_the_right_value(
    draw: Callable[[Random], str], count: int, least: str, most: str
) -> None:
    random = Random(draw.__name__)
    taken = 0
    for _ in range(count * TIMES):
        text = draw(random)
        taken += check(text, {name: random.choice(FIGURES) for name in [*VARIABLES, "M"]})
    # Enough of either sort, or nothing would have been compared.
    assert Fraction(least) <= Fraction(taken, count * TIMES) <= Fraction(most)


def check(text: str, figures: dict[str, Fraction]) -> bool:
    """Read a text both ways, as a number and as a condition; whether it was taken."""
    try:
        second = SecondReading(text, VARIABLES) if len(text) <= MAX_LENGTH else None
    except Refused:
        second = None
    read = [one for one in (read_by_engine(text, parse_number_formula), read_by_engine(text, parse_condition)) if one]
    assert len(read) < 2, text
    # Levels are told from the text: more signs that open one than are allowed may or may not be too deep.
    may_be_too_deep = text.count("(") + text.count("-") > MAX_DEPTH
    assert bool(read) == (second is not None) or (may_be_too_deep and not read), text
    if not read or second is None:
        return False
    assert second.kind == ("number" if isinstance(read[0], Number) else "condition"), text
    assert outcome(lambda: computed(read[0], figures)) == outcome(lambda: second.compute(figures)), text
    return True


def read_by_engine(text: str, parse: Callable[[str, list[str]], Expression]) -> Expression | None:
    try:
        return parse(text, VARIABLES)
    except WrongFormula as wrong:
        refusal = wrong
    assert 1 <= refusal.position <= min(len(text), MAX_LENGTH) + 1, text
    assert str(refusal), text
    assert str(refusal).isprintable(), text
    assert len(str(refusal)) < 500, text
    return None


def computed(read: Expression, figures: dict[str, Fraction]) -> object:
    return read.value(figures) if isinstance(read, Number) else read.holds(figures)


def outcome(compute: Callable[[], object]) -> object:
    """A value, or the word for why there is none."""
    try:
        return compute()
    except (CannotCompute, ZeroDivisionError) as refusal:
        return "too large" if "quá lớn" in str(refusal) else "division by nought"
    except TooLarge:
        return "too large"

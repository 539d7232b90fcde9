"""Between which numbers a formula stays whatever the figures, and the numbers and names that it uses."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from scoring.engine.formula.errors import CannotCompute
from scoring.engine.formula.expressions import Condition, Number
from scoring.engine.formula.limits import constants, divisors, limits, names
from scoring.engine.formula.parsing import parse_condition, parse_number_formula
from tests.engine.formula.random_formulas import draw_number

VARIABLES = ["a", "b", "c"]
MAXIMUM = {"M": Fraction(2)}


def number(text: str) -> Number:
    return parse_number_formula(text, VARIABLES)


def condition(text: str) -> Condition:
    return parse_condition(text, VARIABLES)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0.5", "0.5", "0.5"),
        ("M", "2", "2"),
        ("a", None, None),
        ("-M / 4", "-0.5", "-0.5"),
        ("M - 0.5 + 1", "2.5", "2.5"),
        ("M - max(a, 0.5)", None, "1.5"),
        ("M + a", None, None),
        ("min(a / b, 1) * M", None, "2"),
        ("min(a, 1) * -1", "-1", None),
        ("max(min(a, 1), 0) * max(min(b, 3), -2)", "-2", "3"),
        ("min(a, 1) * min(b, 1)", None, None),
        ("a * 0", "0", "0"),
        ("min(a, 1) / 4", None, "0.25"),
        ("1 / a", None, None),
        ("1 / (M - 2)", None, None),
        ("min(a, 1, M)", None, "1"),
        ("min(1, M)", "1", "1"),
        ("max(a, M)", "2", None),
        ("max(1, M)", "2", "2"),
    ],
)
def test_a_formula_stays_within_what_its_text_tells(text: str, low: str | None, high: str | None) -> None:
    found = limits(number(text), MAXIMUM)
    assert (found.low, found.high) == tuple(None if end is None else Fraction(end) for end in (low, high))


def test_no_figures_lead_a_formula_out_of_its_limits() -> None:
    random = Random("giới hạn")
    held = 0
    for _ in range(600):
        formula = number(draw_number(random, random.randint(0, 4), VARIABLES))
        found = limits(formula, MAXIMUM)
        for _ in range(4):
            figures = {name: Fraction(random.randint(-30, 30), random.randint(1, 4)) for name in VARIABLES}
            try:
                value = formula.value({**figures, **MAXIMUM})
            except CannotCompute:
                continue
            assert found.low is None or found.low <= value
            assert found.high is None or value <= found.high
            held += found.low is not None or found.high is not None
    # Enough formulas with an end, or nothing would have been held.
    assert held > 200


def test_the_numbers_that_a_formula_names_are_where_it_may_turn() -> None:
    assert constants(number("min(-a / 0.95, 1) * M + 3")) == {Fraction("0.95"), Fraction(1), Fraction(3)}
    assert constants(condition("a >= 7 and (b < 0.5 or c == 2)")) == {Fraction(7), Fraction("0.5"), Fraction(2)}
    assert constants(number("a * M")) == set()


def test_names_and_divisors_of_a_formula_are_found_at_any_depth() -> None:
    assert names(condition("a > 1 or -b < M")) == {"a", "b", "M"}
    assert divisors(number("max(a / (b + c), 1 - a / 2)")) == {"b", "c"}
    assert divisors(condition("a / b > 0.8 and a > 0")) == {"b"}
    assert divisors(number("a * b")) == set()

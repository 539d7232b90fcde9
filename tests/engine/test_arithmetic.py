"""The quick ways of the engine's arithmetic come to what the signs between fractions come to."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.arithmetic import add_up, divide, is_less, percentage
from scoring.engine.load_policy import read_policy
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader
from scoring.engine.rounding import round_ratio, round_scaled
from scoring.engine.types import Index, Policy
from scoring.engine.wording import say, say_apart, say_percent, say_percent_result, say_result, say_where
from tests.engine.campaigns import POLICY

FIGURES = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**7)
POSITIVE = st.fractions(min_value=Fraction(1, 10**6), max_value=10**9, max_denominator=10**7)


@given(st.lists(FIGURES, max_size=30))
def test_a_sum_over_one_denominator_is_the_sum(amounts: list[Fraction]) -> None:
    assert add_up(amounts) == sum(amounts, Fraction(0))


@given(FIGURES, FIGURES)
def test_less_is_less(one: Fraction, other: Fraction) -> None:
    assert is_less(one, other) == (one < other)
    assert not is_less(one, one)


@given(FIGURES, POSITIVE)
def test_a_quotient_and_a_percentage_are_those_of_the_fractions(one: Fraction, other: Fraction) -> None:
    assert (divide(one, other), divide(one, -other)) == (one / other, one / -other)
    assert Fraction(*percentage(one, other)) == one / other * 100


@given(FIGURES, st.integers(1, 1000), st.integers(0, 6), st.sampled_from(["half_up", "half_even", "down"]))
def test_rounding_does_not_ask_for_lowest_terms(value: Fraction, times: int, decimals: int, rounding: str) -> None:
    long = (value.numerator * times, value.denominator * times)
    assert round_ratio(*long, decimals, rounding) == round_scaled(value, decimals, rounding)  # type: ignore[arg-type]


def policy() -> Policy:
    read = read_policy(ObjectReader(POLICY, Place(), [])).policy
    assert read is not None
    return read


def test_indices_are_equal_where_they_come_to_the_same() -> None:
    five_of_ten = Index.of(Fraction(5), Fraction(10), policy())
    assert five_of_ten == Index.of(Fraction(10), Fraction(20), policy())
    assert five_of_ten != Index.of(Fraction(50001, 10000), Fraction(10), policy())
    assert five_of_ten != 50


def test_there_is_no_index_of_nought() -> None:
    assert Index.of(Fraction(0), Fraction(0), policy()) is None


@pytest.mark.parametrize(
    ("value", "said", "as_result"),
    [
        (Fraction(18, 10), "1,8", "= 1,8"),
        (Fraction(2), "2", "= 2"),
        (Fraction(0), "0", "= 0"),
        (Fraction(2, 3), "0,666667", "≈ 0,666667"),
        (Fraction(-2, 3), "−0,666667", "≈ −0,666667"),
        (Fraction(-3), "−3", "= −3"),
        (Fraction(-1, 10**7), "−0,0000001", "= −0,0000001"),
        (Fraction(799999999999, 10**10), "79,9999999999", "= 79,9999999999"),
        (Fraction(-1, 3 * 10**7), "0", "≈ 0"),
        (Fraction(2, 3 * 10**6), "0,000001", "≈ 0,000001"),
        (Fraction(19999999999999, 10**13), "2", "≈ 2"),
    ],
)
def test_a_figure_is_said_exactly_within_ten_decimals_and_else_with_six(
    value: Fraction, said: str, as_result: str
) -> None:
    assert (say(value), say_result(value)) == (said, as_result)


@pytest.mark.parametrize(
    ("ratio", "said", "as_result"),
    [
        (Fraction(9, 10), "90%", "= 90%"),
        (Fraction(1, 3), "33,3333%", "≈ 33,3333%"),
        (Fraction(0), "0%", "= 0%"),
        (Fraction(799999999, 10**9), "79,9999999%", "= 79,9999999%"),
        (Fraction(29999999, 3 * 10**7), "100%", "≈ 100%"),
        (Fraction(12345, 10**6), "1,2345%", "= 1,2345%"),
    ],
)
def test_a_ratio_is_said_exactly_within_ten_decimals_and_else_with_four(
    ratio: Fraction, said: str, as_result: str
) -> None:
    assert (say_percent(ratio), say_percent_result(ratio)) == (said, as_result)


@pytest.mark.parametrize(
    ("below_80", "said"),
    [
        (Fraction(1), "79"),
        (Fraction(1, 3), "≈ 79,666667"),
        (Fraction(1, 3 * 10**7), "≈ 79,9999999667"),
        (Fraction(1, 10**12), "≈ 79,999999999999"),
        (Fraction(1, 3 * 10**40), "≈ 80"),
    ],
)
def test_a_figure_that_is_compared_keeps_the_digits_by_which_it_is_told_apart(below_80: Fraction, said: str) -> None:
    assert say_where(80 - below_80, lambda shown: shown < 80) == said


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (Fraction(88), Fraction(90), ("88", "90")),
        (Fraction(88), 88 + Fraction(1, 3 * 10**8), ("88", "≈ 88,0000000033")),
        (88 + Fraction(2, 3 * 10**8), 88 + Fraction(1, 3 * 10**8), ("≈ 88,0000000067", "≈ 88,0000000033")),
        (Fraction(88), 88 + Fraction(1, 3 * 10**40), ("88", "≈ 88")),
    ],
)
def test_two_figures_that_are_not_equal_are_shown_so(one: Fraction, other: Fraction, said: tuple[str, str]) -> None:
    assert say_apart(one, other) == said


@pytest.mark.parametrize(
    ("below_half", "said"),
    [(Fraction(1, 3), "≈ 16,6667%"), (Fraction(1, 3 * 10**7), "≈ 49,9999966667%"), (Fraction(1, 10**40), "≈ 50%")],
)
def test_a_ratio_that_is_compared_keeps_the_digits_by_which_it_is_told_apart(below_half: Fraction, said: str) -> None:
    half = Fraction(1, 2)
    assert say_percent_result(half - below_half, lambda shown: shown < half) == said

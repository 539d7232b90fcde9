"""Rounding happens once, at the end, in the way that the policy names."""

from fractions import Fraction

import pytest

from scoring.engine.rounding import print_points, print_scaled, round_scaled
from tests.engine.campaigns import campaign, faults, given, leaf, results_of, unit


@pytest.mark.parametrize(
    ("value", "half_up", "half_even", "down"),
    [
        ("2.344", 234, 234, 234),
        ("2.345", 235, 234, 234),
        ("2.355", 236, 236, 235),
        ("2.3451", 235, 235, 234),
        ("2.349", 235, 235, 234),
        ("0", 0, 0, 0),
        ("-2.345", -235, -234, -234),
        ("-2.349", -235, -235, -234),
    ],
)
def test_three_ways_to_round(value: str, half_up: int, half_even: int, down: int) -> None:
    exact = Fraction(value)
    ways = [round_scaled(exact, 2, way) for way in ("half_up", "half_even", "down")]
    assert ways == [half_up, half_even, down]


def test_yen_bai_2021_is_rounded_once_at_the_end() -> None:
    tree = [leaf("1", "65"), leaf("2", "25", source="survey"), leaf("3", "10", source="survey")]
    answers = {"1": given("62.88"), "2": given("24.42"), "3": given("8.135")}
    found = results_of(campaign(tree, [unit("YB", answers)]), "YB")
    assert (found["points"], found["index"]) == ("95.435", "95.44")


@pytest.mark.parametrize(("rounding", "printed"), [("down", "26.06"), ("half_up", "26.07"), ("half_even", "26.07")])
def test_dak_lak_prints_7932_of_30429_cut(rounding: str, printed: str) -> None:
    file = campaign([leaf("1", "30429")], [unit("A", {"1": given("7932")})], rounding=rounding)
    assert results_of(file, "A")["index"] == printed


@pytest.mark.parametrize(("decimals", "printed"), [(0, "33"), (1, "33.3"), (3, "33.333"), (6, "33.333333")])
def test_indices_have_exactly_the_decimals_of_the_policy(decimals: int, printed: str) -> None:
    file = campaign([leaf("1", "3")], [unit("A", {"1": given("1")})], decimals=decimals)
    assert results_of(file, "A")["index"] == printed


def test_leaves_are_rounded_before_summing_where_the_policy_says_so() -> None:
    tree = [leaf("1", "1", {"kind": "ratio"}), leaf("2", "1", {"kind": "ratio"}), leaf("3", "8")]
    answers = {code: {"inputs": {"numerator": 1, "denominator": 8}} for code in ("1", "2")}  # 0.125 each
    assert results_of(campaign(tree, [unit("A", answers)], leaf_decimals=None), "A")["points"] == "0.25"
    rounded = results_of(campaign(tree, [unit("A", answers)], leaf_decimals=2), "A")
    assert (rounded["nodes"]["1"]["points"], rounded["points"], rounded["index"]) == ("0.13", "0.26", "2.60")
    assert rounded["nodes"]["1"]["steps"].endswith("làm tròn còn 0,13 điểm")
    assert results_of(campaign(tree, [unit("A", answers)], leaf_decimals=2, rounding="down"), "A")["points"] == "0.24"
    assert (
        results_of(campaign(tree, [unit("A", answers)], leaf_decimals=2, rounding="half_even"), "A")["points"] == "0.24"
    )


def test_given_points_are_rounded_with_the_leaf_too() -> None:
    file = campaign([leaf("1", "2")], [unit("A", {"1": given("1.25")})], leaf_decimals=1)
    assert results_of(file, "A")["points"] == "1.3"


def test_a_maximum_with_more_decimals_than_leaves_may_have_is_refused() -> None:
    (sentence,) = faults(campaign([leaf("1", "2.25"), leaf("2", "2.50")], [unit("A")], leaf_decimals=1))
    assert sentence.startswith("criteria_sets[0] “so” → criteria[0] “1” → max_points: điểm tối đa 2,25")


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Fraction(19, 2), "9.5"),
        (Fraction(0), "0"),
        (Fraction(100), "100"),
        (Fraction(1, 1024), "0.0009765625"),
        (Fraction(2, 3), "0.666667"),
        (Fraction(1, 3), "0.333333"),
        (Fraction(10**7 - 1, 10**7) + Fraction(1, 3 * 10**8), "1"),
        (Fraction(1, 3 * 10**9), "0"),
        (Fraction(100, 3), "33.333333"),
    ],
)
def test_points_have_no_exponent_no_trailing_zeros_and_six_decimals_where_they_never_end(
    value: Fraction, printed: str
) -> None:
    assert print_points(value) == printed


@pytest.mark.parametrize(
    ("scaled", "decimals", "printed"),
    [(5, 2, "0.05"), (0, 2, "0.00"), (9360, 2, "93.60"), (-5, 1, "-0.5"), (7, 0, "7")],
)
def test_scaled_numbers_print_every_decimal(scaled: int, decimals: int, printed: str) -> None:
    assert print_scaled(scaled, decimals) == printed

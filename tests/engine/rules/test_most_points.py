"""The most that a rule can give: its maximum, unless no figure earns as much."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from scoring.engine.rules.formula import Formula
from tests.engine.rules.declared import ORDINARY, rule_of

LEVELS = [{"key": "a", "label": "A", "share": "0.5"}, {"key": "b", "label": "B", "points": "0.75"}]


@pytest.mark.parametrize("kind", ORDINARY)
def test_an_ordinary_rule_can_give_its_maximum(kind: str) -> None:
    assert rule_of(kind).most_points() == 2


@pytest.mark.parametrize(
    ("kind", "changes", "most"),
    [
        ("options", {"options": LEVELS}, "1"),
        ("options", {"options": [{**LEVELS[1], "points": "9"}]}, "2"),
        ("checklist", {"items": LEVELS}, "1.75"),
        ("checklist", {"items": [*LEVELS, {"key": "c", "label": "C", "share": "1"}]}, "2"),
        ("lateness", {"steps": [{"up_to_days": 0, "share": "0.5"}, {"up_to_days": 5, "points": "0.25"}]}, "1"),
        ("lateness", {"steps": [{"up_to_days": 0, "points": "3"}]}, "2"),
    ],
)
def test_levels_items_and_steps_may_stay_below_it(kind: str, changes: dict[str, Any], most: str) -> None:
    assert rule_of(kind, **changes).most_points() == Fraction(most)


@pytest.mark.parametrize(
    ("bands", "most"),
    [
        ([{"at_least": "0.9", "share": "0.8"}, {"below": "0.9", "points": "0"}], "1.6"),
        ([{"at_least": "0.9", "points": "5"}], "2"),
        ([{"at_least": "0.5", "linear": True}], "2"),
        ([{"at_most": "0.8", "linear": True}], "1.6"),
        ([{"at_least": "0.9", "share": "0.5"}, {"at_least": "0.5", "linear": True}], "1.8"),
    ],
)
def test_bands_may_stay_below_it(bands: list[dict[str, Any]], most: str) -> None:
    assert rule_of("bands", bands=bands).most_points() == Fraction(most)


def test_a_ratio_over_the_whole_earns_the_maximum_at_most() -> None:
    bands = [{"at_least": "0.5", "linear": True}]
    assert rule_of("bands", bands=bands, allow_over=True).most_points() == 2


def test_bands_over_a_value_give_their_highest_mark() -> None:
    bands = [{"at_least": "7", "share": "0.75"}, {"below": "7", "points": "0.5"}]
    assert rule_of("bands", of="value", bands=bands, when_empty=..., allow_over=...).most_points() == Fraction("1.5")


@pytest.mark.parametrize(
    ("points", "most"),
    [
        ("a * M", "2"),
        ("0.4 * M", "0.8"),
        ("min(a, 0.8) * M", "1.6"),
        ("min(max(a, 0.3), 0.7) * M", "1.4"),
        ("M - max(a, 0.5)", "1.5"),
        ("(M - 1) / 4", "0.25"),
        ("M / a", "2"),
        ("min(a, 0.5) * -M", "2"),
        ("-min(3, max(a, 1)) * max(-1, min(a, 0))", "2"),
        ("0 * a", "0"),
        ("-1", "0"),
        ("3 * M", "2"),
    ],
)
def test_a_formula_may_stay_below_it_as_far_as_its_text_tells(points: str, most: str) -> None:
    variables = [{"key": "a", "label": "A"}]
    assert rule_of("formula", variables=variables, pieces=[{"points": points}]).most_points() == Fraction(most)
    pieces = [{"when": "a > 5", "points": "0.1"}, {"when": "a < 3", "points": points}]
    wanted = max(Fraction(most), Fraction("0.1"))
    assert rule_of("formula", variables=variables, pieces=pieces).most_points() == wanted


@pytest.mark.parametrize(
    ("pieces", "most"),
    [
        ([{"points": "min(a, 1) * M / 2"}], "1"),
        ([{"when": "a >= 7", "points": "M / 2"}], "1"),
        ([{"when": "a >= 7", "points": "M / 2"}, {"points": "a"}], "2"),
        ([{"points": "M * 3"}], "2"),
        ([{"points": "-1"}], "0"),
    ],
)
def test_a_formula_gives_what_its_pieces_can_give(pieces: list[dict[str, Any]], most: str) -> None:
    variables = [{"key": "a", "label": "A"}]
    assert rule_of("formula", variables=variables, pieces=pieces).most_points() == Fraction(most)


def test_a_formula_names_its_numbers_and_what_it_divides_by_in_conditions_too() -> None:
    variables = [{"key": key, "label": key.upper()} for key in ("a", "b")]
    pieces = [{"when": "a / b < 0.5", "points": "0.25"}, {"points": "a / M"}]
    rule = rule_of("formula", variables=variables, pieces=pieces)
    assert isinstance(rule, Formula)
    assert rule.constants() == {Fraction("0.5"), Fraction("0.25")}
    assert rule.divisors() == {"b"}

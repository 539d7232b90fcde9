"""Which points a unit can still reach at a leaf."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from scoring.analysis.levels import Figure
from scoring.analysis.reachable import reachable
from scoring.engine.rounding import print_points
from tests.engine.campaigns import Json, does_not_apply, given, leaf, unit
from tests.scoring.analysis.evaluating import of

LEVELS = [{"key": "a", "label": "A", "share": "1"}, {"key": "b", "label": "B", "points": "1.25"}]
LATE = {"kind": "lateness", "due": "2026-01-01", "steps": [{"up_to_days": 5, "share": "0.5"}]}


def reach(rule: Json, answer: Json | None = None, **more: Any) -> dict[Fraction, Figure | None]:
    policy = {key: more.pop(key) for key in ("leaf_decimals", "exclusion") if key in more}
    tree = [leaf("1", more.pop("of", "2"), rule, **more), leaf("2")]
    stands = of(tree, [unit("A", {"1": answer} if answer else {})], **policy)
    result = stands.unit("A")
    node, now = next(stands.nodes(result))
    return dict(reachable(node, now, result.unit.answers.get("1"), stands.campaign.policy).pairs())


def better(rule: Json, answer: Json | None = None, **more: Any) -> list[str]:
    return [print_points(points) for points in reach(rule, answer, **more)]


BANDS = [{"at_least": "10", "points": "1.5"}, {"at_least": "5", "points": "0.75"}]
RATIO_BANDS = [{"at_least": "0.9", "share": "0.8"}, {"above": "0.2", "share": "0.25"}]
BREACHES = [
    {"key": "a", "label": "A", "points_each": "0.25", "limit": "0.5"},
    {"key": "b", "label": "B", "points_each": 1},
]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"kind": "options", "options": LEVELS}, ["1.25", "2"]),
        ({"kind": "options", "options": LEVELS[1:]}, ["1.25"]),
        (
            {"kind": "checklist", "items": [{**LEVELS[1], "points": "0.5"}, {**LEVELS[0], "share": "0.5"}]},
            ["0.5", "1", "1.5"],
        ),
        (
            {"kind": "checklist", "items": [{**LEVELS[1], "key": key, "points": "0.5"} for key in "abc"]},
            ["0.5", "1", "1.5"],
        ),
        ({"kind": "manual", "step": "0.75"}, ["0.75", "1.5", "2"]),
        ({"kind": "per_item", "points_each": "0.75"}, ["0.75", "1.5", "2"]),
        (LATE, ["1"]),
        ({"kind": "bands", "of": "value", "bands": BANDS}, ["0.75", "1.5"]),
        ({"kind": "bands", "of": "ratio", "bands": RATIO_BANDS}, ["0.5", "1.6"]),
    ],
    ids=["levels", "no level gives all", "items", "items alike", "steps", "count", "date", "bands", "bands of a ratio"],
)
def test_from_nought_what_answers_give(rule: Json, found: list[str]) -> None:
    assert better(rule) == found


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "manual"},
        {"kind": "indicator"},
        {"kind": "deduction", "items": BREACHES},
        {"kind": "checklist", "items": [{**LEVELS[1], "key": f"k{number}"} for number in range(11)]},
    ],
    ids=["any points", "value", "breaches", "many items"],
)
def test_where_nothing_counts_the_answers_out_any_printable_points_are_taken(rule: Json) -> None:
    assert better(rule, of="0.055", leaf_decimals=None)[-3:] == ["0.04", "0.05", "0.055"]
    assert better(rule, of="0.5", leaf_decimals=1) == ["0.1", "0.2", "0.3", "0.4", "0.5"]
    assert len(better(rule, given("1.995"))) == 1


def test_whole_figures_of_the_total_that_stands_there_are_counted() -> None:
    found = reach({"kind": "ratio"}, {"inputs": {"numerator": 45, "denominator": 50}})
    assert [print_points(points) for points in found] == ["1.84", "1.88", "1.92", "1.96", "2"]
    assert found[Fraction("1.92")] == Figure(Fraction(48), Fraction(45), Fraction(50))


def test_of_a_total_that_is_not_known_whole_percents_are() -> None:
    found = reach({"kind": "ratio", "floor": "0.98"})
    assert [figure and figure.needed for figure in found.values()] == [98, 99, 100]
    assert {(figure.now, figure.whole) for figure in found.values() if figure} == {(None, 100)}


def test_more_than_all_counts_where_the_rule_lets_it() -> None:
    over = {"kind": "ratio", "full_at": "1.5", "allow_over": True}
    found = reach(over, {"inputs": {"numerator": 3, "denominator": 4}})
    assert [figure and figure.needed for figure in found.values()] == [4, 5, 6]


def test_few_answers_to_a_survey_are_no_share_of_it() -> None:
    survey = {"kind": "survey", "scale_min": 1, "scale_max": 5, "min_responses": 200, "when_few": "zero"}
    assert better(survey)[:2] == ["0.01", "0.02"]
    mean = reach(survey, {"inputs": {"mean": "4.96", "responses": 200}})
    assert dict(mean) == {Fraction("1.99"): None, Fraction(2): None}


def test_breaches_that_there_are_may_be_fewer() -> None:
    answer = {"inputs": {"counts": {"a": 3, "b": 1}}}
    assert better({"kind": "deduction", "items": BREACHES}, answer) == ["0.75", "1", "1.5", "1.75", "2"]


def test_only_more_than_now_is_better() -> None:
    assert better({"kind": "options", "options": LEVELS}, {"inputs": {"choice": "b"}}) == ["2"]
    assert better({"kind": "options", "options": LEVELS[1:]}, given("1.5")) == []
    assert better({"kind": "manual"}, given("2")) == []


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"kind": "manual", "step": "1"}, ["1", "0"]),
        ({"kind": "options", "options": LEVELS}, ["1.25"]),
        ({"kind": "checklist", "items": [{**LEVELS[1], "points": "0.5"}]}, ["0.5", "0"]),
        ({"kind": "per_item", "points_each": "1"}, ["1", "0"]),
        ({"kind": "bands", "of": "value", "bands": BANDS}, ["1.5", "0.75", "0"]),
        ({"kind": "bands", "of": "value", "bands": [*BANDS, {"below": "5", "points": "0.5"}]}, ["1.5", "0.75", "0.5"]),
        ({"kind": "bands", "of": "ratio", "bands": [*RATIO_BANDS, {"at_most": 1, "points": 1}]}, ["1", "0.5"]),
        (LATE, ["1", "0"]),
    ],
    ids=["points", "levels", "items", "count", "bands", "bands all over", "bands of a ratio all over", "date"],
)
def test_a_penalty_is_better_the_less_it_takes_and_never_less_than_its_rule_can(rule: Json, found: list[str]) -> None:
    assert better(rule, given("1.55"), role="penalty") == found


def test_of_a_penalty_that_takes_any_points_the_least_is_told_too() -> None:
    assert better({"kind": "manual"}, given("0.025"), role="penalty") == ["0.02", "0.01", "0"]
    assert better({"kind": "ratio"}, given("0.03"), role="penalty") == ["0.02", "0"]
    limited = {"kind": "deduction", "items": BREACHES[:1]}
    assert better(limited, given("1.515"), role="penalty") == ["1.51", "1.5"]
    assert better({"kind": "manual"}, role="penalty") == []


def test_points_are_rounded_as_the_policy_rounds_leaves() -> None:
    assert better({"kind": "options", "options": LEVELS}, leaf_decimals=1) == ["1.3", "2"]
    third = {"kind": "lateness", "steps": [{"up_to_days": 0, "points": "1.25"}]}
    assert better(third, leaf_decimals=1) == ["1.3"]


@pytest.mark.parametrize("source", ["survey", "outcome", "coordinator"])
def test_the_number_of_others_is_not_the_units_to_better(source: str) -> None:
    assert better({"kind": "manual"}, source=source) == []


@pytest.mark.parametrize("exclusion", ["own_maximum", "full_marks"])
def test_what_does_not_apply_gains_nothing(exclusion: str) -> None:
    assert better({"kind": "manual"}, does_not_apply(), exclusion=exclusion) == []

"""Which points a unit can still reach at a leaf."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.analysis.reachable import better_points, is_counted_out
from tests.engine.campaigns import Json, does_not_apply, given, leaf, unit
from tests.scoring.analysis.evaluating import of

LEVELS = [{"key": "a", "label": "A", "share": "1"}, {"key": "b", "label": "B", "points": "1.25"}]
LATE = {"kind": "lateness", "due": "2026-01-01", "steps": [{"up_to_days": 5, "share": "0.5"}]}


def better(rule: Json, answer: Json | None = None, **more: Any) -> list[str]:
    policy = {key: more.pop(key) for key in ("leaf_decimals", "exclusion") if key in more}
    stands = of([leaf("1", "2", rule, **more), leaf("2")], [unit("A", {"1": answer} if answer else {})], **policy)
    node, result = next(stands.nodes(stands.unit("A")))
    return [str(float(points)) for points in better_points(node, result, stands.campaign.policy)]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ({"kind": "options", "options": LEVELS}, ["1.25", "2.0"]),
        ({"kind": "options", "options": LEVELS[1:]}, ["1.25"]),
        (
            {"kind": "checklist", "items": [{**LEVELS[1], "points": "0.5"}, {**LEVELS[0], "share": "0.5"}]},
            ["0.5", "1.0", "1.5"],
        ),
        ({"kind": "manual", "step": "0.75"}, ["0.75", "1.5", "2.0"]),
        ({"kind": "manual", "step": "0.01"}, ["2.0"]),
        ({"kind": "manual"}, ["2.0"]),
        ({"kind": "ratio"}, ["2.0"]),
        ({"kind": "per_item", "points_each": "0.5"}, ["2.0"]),
        (LATE, ["1.0"]),
        ({"kind": "bands", "of": "ratio", "bands": [{"at_least": "0.9", "share": "0.8"}]}, ["1.6"]),
        ({"kind": "checklist", "items": [{**LEVELS[1], "key": key, "points": "0.25"} for key in "abcdefg"]}, ["1.75"]),
        ({"kind": "formula", "variables": [{"key": "a", "label": "A"}], "pieces": [{"points": "a"}]}, ["2.0"]),
    ],
    ids=[
        "levels",
        "no level gives all",
        "items",
        "steps",
        "too many steps",
        "any points",
        "ratio",
        "count",
        "date",
        "bands",
        "many items",
        "formula",
    ],
)
def test_from_nought(rule: Json, found: list[str]) -> None:
    assert better(rule) == found


def test_only_more_than_now_is_better() -> None:
    assert better({"kind": "options", "options": LEVELS}, {"inputs": {"choice": "b"}}) == ["2.0"]
    assert better({"kind": "options", "options": LEVELS[1:]}, given("1.5")) == []
    assert better({"kind": "manual"}, given("2")) == []


def test_a_penalty_is_better_the_fewer_points_it_takes() -> None:
    assert better({"kind": "manual", "step": "1"}, given("1.5"), role="penalty") == ["1.0", "0.0"]
    assert better({"kind": "ratio"}, given("1.5"), role="penalty") == ["0.0"]
    assert better({"kind": "manual"}, role="penalty") == []


def test_points_are_rounded_as_the_policy_rounds_leaves() -> None:
    assert better({"kind": "options", "options": LEVELS}, leaf_decimals=1) == ["1.3", "2.0"]
    third = {"kind": "lateness", "steps": [{"up_to_days": 0, "points": "1.25"}]}
    assert better(third, leaf_decimals=1) == ["1.3"]


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        ({"kind": "options", "options": LEVELS}, True),
        ({"kind": "manual", "step": "0.5"}, True),
        ({"kind": "manual"}, False),
        ({"kind": "ratio"}, False),
        (LATE, False),
    ],
)
def test_it_is_known_whether_less_than_the_best_was_looked_at(rule: Json, known: bool) -> None:
    stands = of([leaf("1", "2", rule)], [unit("A", {})])
    assert is_counted_out(next(stands.nodes(stands.unit("A")))[0]) == known


@pytest.mark.parametrize("source", ["survey", "outcome", "coordinator"])
def test_the_number_of_others_is_not_the_units_to_better(source: str) -> None:
    assert better({"kind": "manual"}, source=source) == []


@pytest.mark.parametrize("exclusion", ["own_maximum", "full_marks"])
def test_what_does_not_apply_gains_nothing(exclusion: str) -> None:
    assert better({"kind": "manual"}, does_not_apply(), exclusion=exclusion) == []

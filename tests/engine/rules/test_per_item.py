"""``per_item``: so many points for each thing done, up to the maximum."""

import pytest

from tests.engine.campaigns import one_leaf, refused, results_of, scored

RULE = {"kind": "per_item", "points_each": "0.25"}
RULE_PLACE = "criteria_sets[0] “so” → criteria[0] “1” → rule"


@pytest.mark.parametrize(
    ("count", "points"), [(0, "0"), (1, "0.25"), ("7", "1.75"), (8, "2"), (9, "2"), (10**14, "2"), ("3.0", "0.75")]
)
def test_each_thing_earns_its_points_up_to_the_maximum(count: object, points: str) -> None:
    assert scored(RULE, {"count": count})["points"] == points


def test_things_that_earn_nothing_are_nought() -> None:
    assert scored({"kind": "per_item", "points_each": 0}, {"count": 5})["points"] == "0"


def test_no_count_at_all_is_unanswered_and_a_count_of_nought_is_an_answer() -> None:
    assert results_of(one_leaf(RULE, None), "A")["unanswered"] == ["1"]
    assert results_of(one_leaf(RULE, {"inputs": {"count": 0}}), "A")["unanswered"] == []


def test_steps_tell_the_sum_and_what_was_cut_off() -> None:
    assert scored(RULE, {"count": 3})["steps"] == "3 × 0,25 = 0,75 điểm"
    assert scored(RULE, {"count": 12})["steps"] == "12 × 0,25 = 3 điểm, lấy tối đa 2 điểm"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"count": "-1"}, "count: đang là −1, không được nhỏ hơn 0"),
        ({"count": "2.5"}, "count: đang là 2,5, phải là số nguyên"),
        ({"count": "hai"}, "count: “hai” không phải là số"),
        ({"count": True}, "count: true không phải là số"),
        ({"count": None}, "count: null không phải là số"),
        ({}, "thiếu khóa bắt buộc “count”"),
        ({"count": 1, "days": 2}, "days: không có khóa này"),
    ],
)
def test_a_count_that_is_no_count_is_refused_at_its_place(inputs: dict, said: str) -> None:
    (sentence,) = refused(RULE, inputs)
    assert sentence.startswith("units[0] “A” → answers → 1 → inputs")
    assert said in sentence


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, "thiếu khóa bắt buộc “points_each”"),
        ({"points_each": "-0.25"}, "points_each: đang là −0,25, không được nhỏ hơn 0"),
        ({"points_each": "0,25"}, "points_each: “0,25” không phải là số"),
        ({"points_each": None}, "points_each: null không phải là số"),
        ({"points_each": "0.25", "limit": 3}, "limit: không có khóa này"),
    ],
)
def test_faulty_parameters_are_refused_at_the_rule(parameters: dict, said: str) -> None:
    (sentence,) = refused({"kind": "per_item", **parameters}, {"count": 1})
    assert sentence.startswith(RULE_PLACE)
    assert said in sentence

"""``ratio``: in proportion to n/d, nought below a floor, full from ``full_at`` on."""

import pytest

from tests.engine.campaigns import faults, one_leaf, refused, results_of, scored


def figures(numerator: object, denominator: object) -> dict:
    return {"numerator": numerator, "denominator": denominator}


@pytest.mark.parametrize(
    ("parameters", "numerator", "denominator", "points"),
    [
        ({}, 0, 50, "0"),
        ({}, 25, 50, "1"),
        ({}, 50, 50, "2"),
        ({}, "0.5", "2.5", "0.4"),
        ({"floor": "0.8"}, 39, 50, "0"),
        ({"floor": "0.8"}, 40, 50, "1.6"),
        ({"floor": "0.8"}, 45, 50, "1.8"),
        ({"full_at": "0.8"}, 40, 50, "2"),
        ({"full_at": "0.8"}, 20, 50, "1"),
        ({"full_at": "0.8"}, 45, 50, "2"),
        ({"inverse": True}, 5, 50, "1.8"),
        ({"inverse": True}, 50, 50, "0"),
        ({"inverse": True, "floor": "0.9"}, 6, 50, "0"),
        ({"allow_over": True}, 60, 50, "2"),
        ({"allow_over": True, "full_at": "2"}, 75, 50, "1.5"),
        ({"allow_over": True, "inverse": True}, 60, 50, "0"),
    ],
)
def test_points_follow_the_ratio(parameters: dict, numerator: object, denominator: object, points: str) -> None:
    assert scored({"kind": "ratio", **parameters}, figures(numerator, denominator))["points"] == points


def test_endless_points_are_printed_with_six_decimals_half_up_and_summed_exactly() -> None:
    unit = results_of(one_leaf({"kind": "ratio"}, {"inputs": figures(1, 3)}), "A")
    assert unit["nodes"]["1"]["points"] == "0.666667"
    assert (unit["points"], unit["index"]) == ("10.666667", "88.89")


def test_steps_show_the_ratio_the_floor_and_the_sum() -> None:
    rule = {"kind": "ratio", "floor": "0.8"}
    assert scored(rule, figures(45, 50))["steps"] == "45/50 = 90% ≥ 80% → 0,9 × 2 = 1,8 điểm"
    assert scored(rule, figures(30, 50))["steps"] == "30/50 = 60% < 80% → 0 điểm"
    assert scored({"kind": "ratio"}, figures(9362, 77042))["steps"].startswith("9362/77042 ≈ 12,1518% → ")


@pytest.mark.parametrize(
    ("when_empty", "points", "max_points", "applicable"),
    [("full", "2", "2", True), ("zero", "0", "2", True), ("not_applicable", "0", "0", False)],
)
def test_nothing_arose_counts_as_the_rule_lays_down(
    when_empty: str, points: str, max_points: str, applicable: bool
) -> None:
    node = scored({"kind": "ratio", "when_empty": when_empty}, figures(0, 0))
    assert (node["points"], node["max_points"], node["applicable"]) == (points, max_points, applicable)


@pytest.mark.parametrize(
    ("parameters", "inputs", "said"),
    [
        ({}, figures(0, 0), "chưa quy định when_empty"),
        ({"when_empty": "full"}, figures(1, 0), "tổng số là 0"),
        ({"when_empty": "full", "allow_over": True}, figures(1, 0), "tổng số là 0"),
        ({}, figures(51, 50), "số đạt được 51 lớn hơn tổng số 50"),
        ({}, figures("-1", 50), "không được nhỏ hơn 0"),
        ({}, figures(1, "-50"), "không được nhỏ hơn 0"),
        ({}, {"numerator": 1}, "thiếu khóa bắt buộc “denominator”"),
        ({}, figures("1,5", 3), "không phải là số"),
        ({}, figures(True, 3), "không phải là số"),
    ],
)
def test_impossible_figures_are_refused_not_clamped(parameters: dict, inputs: dict, said: str) -> None:
    sentences = refused({"kind": "ratio", **parameters}, inputs)
    assert len(sentences) == 1
    assert sentences[0].startswith("units[0] “A” → answers → 1 → inputs")
    assert said in sentences[0]


@pytest.mark.parametrize(
    "parameters",
    [
        {"full_at": 0},
        {"floor": "-0.1"},
        {"inverse": "true"},
        {"when_empty": "skip"},
        {"when_empty": None},
        {"flor": "0.8"},
    ],
)
def test_faulty_parameters_are_refused_at_the_rule(parameters: dict) -> None:
    sentences = refused({"kind": "ratio", **parameters}, figures(1, 2))
    assert len(sentences) == 1
    assert sentences[0].startswith("criteria_sets[0] “so” → criteria[0] “1” → rule")


@pytest.mark.parametrize(
    ("parameters", "key", "mending"),
    [
        ({"floor": "80"}, "floor", "hãy sửa lại, hoặc cho phép vượt (allow_over)"),
        ({"full_at": "1.01"}, "full_at", "hãy sửa lại, hoặc cho phép vượt (allow_over)"),
        ({"floor": "80", "inverse": True}, "floor", "hãy sửa lại"),
        ({"full_at": "80", "inverse": True, "allow_over": True}, "full_at", "hãy sửa lại"),
    ],
)
def test_a_bound_that_no_ratio_reaches_is_refused(parameters: dict, key: str, mending: str) -> None:
    told = faults(one_leaf({"kind": "ratio", **parameters}, None))
    assert len(told) == 1
    assert f"rule → {key}: {parameters[key].replace('.', ',')} là" in told[0]
    assert told[0].endswith(f"tỷ lệ ghi bằng phần của 1, 80% là 0.8; {mending}")


def test_a_bound_above_1_stands_where_the_ratio_may_be_so() -> None:
    rule = {"kind": "ratio", "allow_over": True, "floor": "1.2", "full_at": "2"}
    assert [scored(rule, figures(number, 10))["points"] for number in (11, 12, 20)] == ["0", "1.2", "2"]


def test_a_ratio_right_below_the_floor_is_not_told_to_be_it() -> None:
    below = figures(799999999, 1000000001)
    rule = {"kind": "ratio", "floor": "0.8"}
    assert scored(rule, below)["steps"] == "799999999/1000000001 ≈ 79,99999982% < 80% → 0 điểm"
    rule = {"kind": "ratio", "floor": "0.2000000001", "inverse": True}
    assert scored(rule, figures(8, 10))["steps"] == "8/10 = 80%, 100% − 80% = 20% < 20,00000001% → 0 điểm"

"""``survey``: a mean on a scale, or satisfied answers among all."""

import pytest

from tests.engine.campaigns import refused, scored

RULE = {"kind": "survey", "scale_min": 1, "scale_max": 5, "min_responses": 30, "when_few": "zero"}


@pytest.mark.parametrize(("mean", "points"), [("1", "0"), ("3", "1"), ("4.2", "1.6"), ("5", "2")])
def test_a_mean_counts_by_its_place_on_the_scale(mean: str, points: str) -> None:
    assert scored(RULE, {"mean": mean, "responses": 30})["points"] == points


@pytest.mark.parametrize(("satisfied", "points"), [(0, "0"), (15, "0.75"), (40, "2")])
def test_satisfied_answers_count_as_their_share(satisfied: int, points: str) -> None:
    assert scored(RULE, {"satisfied": satisfied, "responses": 40})["points"] == points


@pytest.mark.parametrize("responses", [0, 1, 29])
def test_few_responses_are_nought_where_the_rule_says_so(responses: int) -> None:
    node = scored(RULE, {"satisfied": 0, "responses": responses})
    assert (node["points"], node["max_points"], node["applicable"]) == ("0", "2", True)


@pytest.mark.parametrize("min_responses", [0, 30])
def test_no_response_at_all_is_few_even_without_a_minimum(min_responses: int) -> None:
    rule = {**RULE, "min_responses": min_responses, "when_few": "not_applicable"}
    node = scored(rule, {"satisfied": 0, "responses": 0})
    assert (node["max_points"], node["applicable"]) == ("0", False)
    assert "không áp dụng" in node["steps"]


def test_a_survey_that_only_counts_needs_no_scale() -> None:
    assert scored({"kind": "survey"}, {"satisfied": 1, "responses": 2})["points"] == "1"


def test_steps_show_scale_share_and_points() -> None:
    steps = scored(RULE, {"mean": "4.2", "responses": 50})["steps"]
    assert steps == "(4,2 − 1)/(5 − 1) = 80% trên 50 phiếu → 0,8 × 2 = 1,6 điểm"


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"mean": "0.9", "responses": 40}, "không được nhỏ hơn 1"),
        ({"mean": "5.1", "responses": 40}, "không được lớn hơn 5"),
        ({"satisfied": 41, "responses": 40}, "lớn hơn số phiếu trả lời"),
        ({"satisfied": "1.5", "responses": 40}, "phải là số nguyên"),
        ({"satisfied": 1, "responses": "40.5"}, "phải là số nguyên"),
        ({"satisfied": -1, "responses": 40}, "không được nhỏ hơn 0"),
        ({"mean": 3, "satisfied": 1, "responses": 40}, "đúng một trong “mean” hoặc “satisfied”"),
        ({"responses": 40}, "đúng một trong “mean” hoặc “satisfied”"),
        ({"mean": 3}, "thiếu khóa bắt buộc “responses”"),
    ],
)
def test_wrong_figures_are_refused(inputs: dict, said: str) -> None:
    sentences = refused(RULE, inputs)
    assert len(sentences) == 1
    assert sentences[0].startswith("units[0] “A” → answers → 1 → inputs")
    assert said in sentences[0]


def test_few_responses_without_a_decision_are_refused() -> None:
    rule = {"kind": "survey", "scale_min": 1, "scale_max": 5, "min_responses": 30}
    assert "chưa quy định when_few" in refused(rule, {"mean": 3, "responses": 29})[0]


def test_a_mean_without_a_scale_is_refused() -> None:
    assert "thang điểm" in refused({"kind": "survey"}, {"mean": 3, "responses": 29})[0]


@pytest.mark.parametrize(
    "parameters",
    [
        {"scale_min": 5, "scale_max": 5},
        {"scale_min": 1},
        {"scale_max": 5},
        {"scale_min": 1, "scale_max": 5, "min_responses": "1.5"},
        {"scale_min": 1, "scale_max": 5, "when_few": "full"},
    ],
)
def test_faulty_parameters_are_refused_at_the_rule(parameters: dict) -> None:
    sentences = refused({"kind": "survey", **parameters}, {"satisfied": 1, "responses": 2})
    assert len(sentences) == 1
    assert sentences[0].startswith("criteria_sets[0] “so” → criteria[0] “1” → rule")

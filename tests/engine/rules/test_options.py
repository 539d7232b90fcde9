"""``options``: one of several levels is chosen."""

import pytest

from tests.engine.campaigns import one_leaf, refused, results_of, scored

RULE = {
    "kind": "options",
    "options": [
        {"key": "du", "label": "Đúng hạn", "share": "1"},
        {"key": "tre", "label": "Trễ hạn", "points": "0.5"},
        {"key": "khong", "label": "Không", "points": 0},
        {"key": "nhieu", "label": "Vượt", "points": "3"},
    ],
}


@pytest.mark.parametrize(("choice", "points"), [("du", "2"), ("tre", "0.5"), ("khong", "0")])
def test_the_chosen_option_gives_its_points_or_its_share_of_the_maximum(choice: str, points: str) -> None:
    assert scored(RULE, {"choice": choice})["points"] == points


def test_points_of_an_option_above_the_maximum_are_clamped_to_it() -> None:
    node = scored(RULE, {"choice": "nhieu"})
    assert (node["points"], node["index"]) == ("2", "100.00")
    assert node["steps"] == "Chọn “Vượt”: 3 điểm, lấy tối đa 2 điểm"


def test_no_answer_is_nought_and_listed_as_unanswered() -> None:
    unit = results_of(one_leaf(RULE, None), "A")
    assert unit["unanswered"] == ["1"]
    assert (unit["nodes"]["1"]["points"], unit["nodes"]["1"]["applicable"]) == ("0", True)


def test_steps_tell_the_level_and_the_sum_in_vietnamese_decimals() -> None:
    assert scored(RULE, {"choice": "tre"})["steps"] == "Chọn “Trễ hạn”: 0,5 điểm"
    assert scored(RULE, {"choice": "du"})["steps"] == "Chọn “Đúng hạn”: 100% × 2 = 2 điểm"


@pytest.mark.parametrize(
    "inputs", [{"choice": "la"}, {"choice": 1}, {"choice": None}, {}, {"choice": "du", "value": 1}]
)
def test_a_choice_that_is_not_offered_is_refused_at_its_place(inputs: dict) -> None:
    sentences = refused(RULE, inputs)
    assert len(sentences) == 1
    assert sentences[0].startswith("units[0] “A” → answers → 1 → inputs")


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"key": "a", "label": "A"}, "đúng một khóa trong “points” hoặc “share”"),
        ({"key": "a", "label": "A", "points": 1, "share": 1}, "đúng một khóa trong “points” hoặc “share”"),
        ({"key": "a", "label": "A", "share": "1.01"}, "không được lớn hơn 1"),
        ({"key": "a", "label": "A", "points": "-1"}, "không được nhỏ hơn 0"),
        ({"key": "du", "label": "A", "points": "1"}, "lặp lại"),
        ({"key": "a", "points": "1"}, "thiếu khóa bắt buộc “label”"),
    ],
)
def test_a_faulty_option_is_refused_at_its_place(option: dict, said: str) -> None:
    rule = {"kind": "options", "options": [{"key": "du", "label": "Đúng hạn", "share": "1"}, option]}
    sentences = refused(rule, {"choice": "du"})
    assert len(sentences) == 1
    assert sentences[0].startswith("criteria_sets[0] “so” → criteria[0] “1” → rule → options[1]")
    assert said in sentences[0]


def test_a_list_without_options_is_refused() -> None:
    assert "đang rỗng" in refused({"kind": "options", "options": []}, {"choice": "a"})[0]

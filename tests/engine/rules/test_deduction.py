"""``deduction``: from the maximum down, for every breach."""

import pytest

from tests.engine.campaigns import one_leaf, refused, results_of, scored

RULE = {
    "kind": "deduction",
    "items": [
        {"key": "cham", "label": "Báo cáo chậm", "points_each": "0.25", "limit": "1"},
        {"key": "sai", "label": "Sai thể thức", "points_each": "0.5"},
    ],
}
RULE_PLACE = "criteria_sets[0] “so” → criteria[0] “1” → rule"


@pytest.mark.parametrize(
    ("counts", "points"),
    [
        ({}, "2"),
        ({"cham": 0, "sai": 0}, "2"),
        ({"cham": 1}, "1.75"),
        ({"cham": 3}, "1.25"),
        ({"cham": 4}, "1"),
        ({"cham": 5}, "1"),
        ({"cham": 10**14}, "1"),
        ({"sai": "3"}, "0.5"),
        ({"sai": 4}, "0"),
        ({"sai": 5}, "0"),
        ({"sai": 1, "cham": 9}, "0.5"),
        ({"sai": 3, "cham": 9}, "0"),
    ],
)
def test_breaches_are_taken_off_each_kind_up_to_its_limit_and_never_below_nought(counts: dict, points: str) -> None:
    assert scored(RULE, {"counts": counts})["points"] == points


def test_no_breach_is_an_answer_and_no_answer_is_nought() -> None:
    clean = results_of(one_leaf(RULE, {"inputs": {"counts": {}}}), "A")
    assert (clean["unanswered"], clean["nodes"]["1"]["points"]) == ([], "2")
    silent = results_of(one_leaf(RULE, None), "A")
    assert (silent["unanswered"], silent["nodes"]["1"]["points"]) == (["1"], "0")


def test_a_limit_of_nought_takes_nothing() -> None:
    rule = {"kind": "deduction", "items": [{"key": "a", "label": "A", "points_each": 1, "limit": 0}]}
    assert scored(rule, {"counts": {"a": 3}})["points"] == "2"


@pytest.mark.parametrize(
    ("counts", "steps"),
    [
        ({"cham": 0}, "Không vi phạm: 2 điểm"),
        ({"cham": 3}, "“Báo cáo chậm” 3 × 0,25 = 0,75 → 2 − 0,75 = 1,25 điểm"),
        (
            {"sai": 1, "cham": 9},
            "“Báo cáo chậm” 9 × 0,25 = 2,25, nhiều nhất 1; “Sai thể thức” 1 × 0,5 = 0,5 → 2 − 1 − 0,5 = 0,5 điểm",
        ),
        ({"cham": 4}, "“Báo cáo chậm” 4 × 0,25 = 1 → 2 − 1 = 1 điểm"),
        ({"sai": 5}, "“Sai thể thức” 5 × 0,5 = 2,5 → 2 − 2,5 = −0,5 điểm, không thấp hơn 0 điểm"),
    ],
)
def test_steps_tell_every_breach_in_the_order_of_the_rule(counts: dict, steps: str) -> None:
    assert scored(RULE, {"counts": counts})["steps"] == steps


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"counts": {"la": 1}}, "counts → la: không có lỗi “la”; hãy chọn trong “cham”, “sai”"),
        ({"counts": {"cham": "1.5"}}, "counts → cham: đang là 1,5, phải là số nguyên"),
        ({"counts": {"cham": -1}}, "counts → cham: đang là −1, không được nhỏ hơn 0"),
        ({"counts": {"cham": None}}, "counts → cham: null không phải là số"),
        ({"counts": 3}, "counts: phải là một đối tượng"),
        ({"counts": [1, 2]}, "counts: phải là một đối tượng"),
        ({}, "thiếu khóa bắt buộc “counts”"),
        ({"counts": {}, "cham": 1}, "cham: không có khóa này"),
    ],
)
def test_counts_that_are_none_are_refused_at_their_place(inputs: dict, said: str) -> None:
    (sentence,) = refused(RULE, inputs)
    assert sentence.startswith("units[0] “A” → answers → 1 → inputs")
    assert said in sentence


def test_every_wrong_count_is_told_at_once_and_keys_of_the_writer_pass() -> None:
    sentences = refused(RULE, {"counts": {"x_ghi_chu": "x", "la": 1, "sai": "nhiều", "cham": -1}})
    assert [sentence.split(": ")[0].rsplit(" → ")[-1] for sentence in sentences] == ["cham", "sai", "la"]
    assert scored(RULE, {"counts": {"x_ghi_chu": "x", "cham": 1}})["points"] == "1.75"


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"key": "a", "label": "A"}, "thiếu khóa bắt buộc “points_each”"),
        ({"key": "a", "points_each": 1}, "thiếu khóa bắt buộc “label”"),
        ({"label": "A", "points_each": 1}, "thiếu khóa bắt buộc “key”"),
        ({"key": "a", "label": "A", "points_each": "-1"}, "points_each: đang là −1, không được nhỏ hơn 0"),
        ({"key": "a", "label": "A", "points_each": 1, "limit": "-1"}, "limit: đang là −1, không được nhỏ hơn 0"),
        ({"key": "a", "label": "A", "points_each": 1, "limit": None}, "limit: null không phải là số"),
        ({"key": "cham", "label": "A", "points_each": 1}, "key: khóa “cham” lặp lại"),
        ({"key": "a", "label": "A", "points_each": 1, "share": 1}, "share: không có khóa này"),
    ],
)
def test_a_faulty_item_is_refused_at_its_place(item: dict, said: str) -> None:
    (sentence,) = refused({"kind": "deduction", "items": [RULE["items"][0], item]}, {"counts": {}})
    assert sentence.startswith(f"{RULE_PLACE} → items[1]")
    assert said in sentence

"""``checklist``: every checked item earns its part."""

import pytest

from tests.engine.campaigns import one_leaf, refused, results_of, scored

RULE = {
    "kind": "checklist",
    "items": [
        {"key": "a", "label": "Ban hành", "share": "0.5"},
        {"key": "b", "label": "Công khai", "points": "0.75"},
        {"key": "c", "label": "Báo cáo", "points": "1"},
    ],
}


@pytest.mark.parametrize(
    ("checked", "points"),
    [([], "0"), (["a"], "1"), (["b"], "0.75"), (["a", "b"], "1.75"), (["c", "b", "a"], "2")],
    ids=["nothing", "a share", "points", "both", "more than the maximum"],
)
def test_points_are_the_sum_of_the_checked_items_up_to_the_maximum(checked: list[str], points: str) -> None:
    assert scored(RULE, {"checked": checked})["points"] == points


def test_nothing_checked_is_an_answer() -> None:
    assert results_of(one_leaf(RULE, {"inputs": {"checked": []}}), "A")["unanswered"] == []


def test_steps_do_not_depend_on_the_order_of_checking() -> None:
    steps = {scored(RULE, {"checked": checked})["steps"] for checked in (["a", "b"], ["b", "a"])}
    assert steps == {"Có 2/3 nội dung: 1 + 0,75 = 1,75 điểm"}


@pytest.mark.parametrize(
    ("checked", "said"),
    [
        (["a", "a"], "được chọn hai lần"),
        (["z"], "không có nội dung “z”"),
        ([1], "không có nội dung giá trị này"),
        ([None], "không có nội dung giá trị này"),
        ("a", "phải là một danh sách"),
        (None, "phải là một danh sách"),
    ],
)
def test_a_wrong_list_is_refused_at_its_place(checked: object, said: str) -> None:
    sentences = refused(RULE, {"checked": checked})
    assert len(sentences) == 1
    assert sentences[0].startswith("units[0] “A” → answers → 1 → inputs → checked")
    assert said in sentences[0]


def test_figures_without_the_list_are_refused() -> None:
    assert refused(RULE, {}) == ["units[0] “A” → answers → 1 → inputs: thiếu khóa bắt buộc “checked”; hãy bổ sung"]


def test_an_unknown_item_of_a_long_list_is_refused_with_the_first_choices_only() -> None:
    items = [{"key": f"k{number}", "label": "Nội dung", "points": "0"} for number in range(500)]
    (sentence,) = refused({"kind": "checklist", "items": items}, {"checked": ["k499", "z"]})
    assert sentence.endswith("“k18”, “k19”… (tất cả 500)")

"""``formula``: the organiser's own formula, in pieces; the first piece that holds gives the points."""

import pytest

from scoring.engine.formula.tokens import MAX_LENGTH
from tests.engine.campaigns import campaign, faults, given, leaf, one_leaf, parent, refused, results_of, scored, unit

VARIABLES = [{"key": "a", "label": "Tổng số hồ sơ"}, {"key": "b", "label": "Số đúng hạn"}]
RULE = {
    "kind": "formula",
    "variables": VARIABLES,
    "pieces": [
        {"when": "a == 0", "points": "M"},
        {"when": "b / a < 0.8", "points": "0"},
        {"when": "b / a < 0.95", "points": "(b / a - 0.8) / 0.15 * M"},
        {"when": "b <= a", "points": "M"},
    ],
}
RULE_PLACE = "criteria_sets[0] “so” → criteria[0] “1” → rule"


def only(points: str, *names: str) -> dict:
    """A rule of one piece without a condition."""
    variables = [{"key": name, "label": f"Số liệu {name}"} for name in names or ("a",)]
    return {"kind": "formula", "variables": variables, "pieces": [{"points": points}]}


@pytest.mark.parametrize(
    ("a", "b", "points"),
    [
        (0, 0, "2"),
        (100, 0, "0"),
        (100, 79, "0"),
        (100, 80, "0"),
        (100, "87.5", "1"),
        (100, 94, "1.866667"),
        (100, 95, "2"),
        (100, 100, "2"),
        (100, 101, "0"),
        (0, "-1", "2"),
    ],
)
def test_the_first_piece_that_holds_gives_the_points_and_none_gives_nought(a: object, b: object, points: str) -> None:
    assert scored(RULE, {"a": a, "b": b})["points"] == points


@pytest.mark.parametrize(
    ("text", "figure", "points"),
    [
        ("a", "-0.5", "0"),
        ("a", "2.0000000001", "2"),
        ("a * M", "0.5", "1"),
        ("M - a", "3", "0"),
        ("a", "999999999999999", "2"),
        ("max(min(a, 1), 0.25)", "-7", "0.25"),
    ],
)
def test_points_are_kept_between_nought_and_the_maximum(text: str, figure: str, points: str) -> None:
    assert scored(only(text), {"a": figure})["points"] == points


def test_only_the_piece_that_is_chosen_is_computed() -> None:
    pieces = [{"when": "a == 0", "points": "0"}, {"when": "1 / a > 2", "points": "1 / (a - a)"}, {"points": "1 / a"}]
    rule = {**only("0"), "pieces": pieces}
    assert scored(rule, {"a": 0})["points"] == "0"
    assert scored(rule, {"a": 1})["points"] == "1"
    assert "phép chia cho 0" in refused(rule, {"a": "0.25"})[0]


def test_no_answer_is_nought_and_unanswered() -> None:
    found = results_of(one_leaf(RULE, None), "A")
    assert (found["unanswered"], found["nodes"]["1"]["points"]) == (["1"], "0")


@pytest.mark.parametrize(
    ("rule", "inputs", "steps"),
    [
        (RULE, {"a": 100, "b": "87.5"}, "Với a = 100; b = 87,5; khi b / a < 0,95: (b / a − 0,8) / 0,15 × M = 1 điểm"),
        (RULE, {"a": 100, "b": 94}, "Với a = 100; b = 94; khi b / a < 0,95: (b / a − 0,8) / 0,15 × M ≈ 1,866667 điểm"),
        (RULE, {"a": 9, "b": 10}, "Với a = 9; b = 10: không đoạn nào của công thức đúng → 0 điểm"),
        (only("a * M"), {"a": "0.5"}, "Với a = 0,5; a × M = 1 điểm"),
        (only("a * M"), {"a": 3}, "Với a = 3; a × M = 6 điểm, lấy tối đa 2 điểm"),
        (only("-a"), {"a": 3}, "Với a = 3; −a = −3 điểm, không thấp hơn 0 điểm"),
        (only(" a\n  *\tM "), {"a": 1}, "Với a = 1; a × M = 2 điểm"),
    ],
)
def test_steps_tell_the_figures_the_piece_and_the_points_on_one_line(rule: dict, inputs: dict, steps: str) -> None:
    assert scored(rule, inputs)["steps"] == steps


@pytest.mark.parametrize(
    ("rule", "inputs", "place", "said"),
    [
        (RULE, {"a": 1}, "", "thiếu khóa bắt buộc “b”"),
        (RULE, {"a": 1, "b": 1, "c": 1}, " → c", "không có khóa này"),
        (RULE, {"a": 1, "b": 1, "M": 1}, " → M", "không có khóa này"),
        (RULE, {"a": 1, "b": "1,5"}, " → b", "không phải là số"),
        (RULE, {"a": 1, "b": "b"}, " → b", "không phải là số"),
        (RULE, {"a": True, "b": 1}, " → a", "true không phải là số"),
        (only("1 / a"), {"a": 0}, "", "không tính được công thức với các số liệu này (phép chia cho 0); hãy xem lại"),
        (only("*".join(["a"] * 100)), {"a": 10**14}, "", "(kết quả trung gian quá lớn)"),
    ],
)
def test_figures_without_a_result_are_refused_at_their_place(rule: dict, inputs: dict, place: str, said: str) -> None:
    (sentence,) = refused(rule, inputs)
    assert sentence.startswith(f"units[0] “A” → answers → 1 → inputs{place}: ")
    assert said in sentence


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"variables": ...}, "", "thiếu khóa bắt buộc “variables”"),
        ({"pieces": ...}, "", "thiếu khóa bắt buộc “pieces”"),
        ({"variables": []}, " → variables", "đang rỗng"),
        ({"pieces": []}, " → pieces", "đang rỗng"),
        ({"variables": [*VARIABLES, {"key": "M", "label": "M"}]}, " → variables[2] “M” → key", "không đặt được"),
        ({"variables": [*VARIABLES, {"key": "min", "label": "m"}]}, " → variables[2] “min” → key", "khác and, or"),
        ({"variables": [*VARIABLES, {"key": "Tổng", "label": "T"}]}, " → variables[2] “Tổng” → key", "chữ thường"),
        ({"variables": [*VARIABLES, VARIABLES[0]]}, " → variables[2] “a” → key", "tên biến “a” lặp lại"),
        ({"variables": [*VARIABLES, {"key": "c"}]}, " → variables[2] “c”", "thiếu khóa bắt buộc “label”"),
        ({"pieces": [{"when": "a > 0"}]}, " → pieces[0]", "thiếu khóa bắt buộc “points”"),
        ({"pieces": [{"points": " "}]}, " → pieces[0] → points", "đang để trống"),
        ({"pieces": [{"when": "", "points": "a"}]}, " → pieces[0] → when", "đang để trống"),
        ({"pieces": [{"when": None, "points": "a"}]}, " → pieces[0] → when", "phải là một chuỗi"),
        ({"pieces": [{"points": 1}]}, " → pieces[0] → points", "phải là một chuỗi"),
        ({"pieces": [{"points": "a + c"}]}, " → pieces[0] → points", "ký tự thứ 5: không có biến “c”"),
        ({"pieces": [{"points": "a < b"}]}, " → pieces[0] → points", "ký tự thứ 1: chỗ này cần một số"),
        ({"pieces": [{"when": "a", "points": "b"}]}, " → pieces[0] → when", "ký tự thứ 1: chỗ này cần một điều kiện"),
        ({"pieces": [{"when": "a <", "points": "b"}]}, " → pieces[0] → when", "ký tự thứ 4: công thức dừng"),
        ({"pieces": [{"points": "a" * (MAX_LENGTH + 1)}]}, " → pieces[0] → points", "ký tự thứ 2001: công thức dài"),
        ({"pieces": [{"points": "a" * (MAX_LENGTH + 2)}]}, " → pieces[0] → points", "dài 2002 ký tự; hãy rút"),
        ({"pieces": [{"when": "a" * 2_001, "points": "b"}]}, " → pieces[0] → when", "ký tự thứ 2001: công thức dài"),
        ({"pieces": [{"points": "a", "share": 1}]}, " → pieces[0] → share", "không có khóa này"),
    ],
)
def test_faulty_parameters_are_refused_at_the_rule(changes: dict, place: str, said: str) -> None:
    rule = {key: value for key, value in {**RULE, **changes}.items() if value is not ...}
    (sentence,) = refused(rule, {"a": 1, "b": 1})
    assert sentence.startswith(f"{RULE_PLACE}{place}: ")
    assert said in sentence


def test_every_piece_behind_one_without_a_condition_is_told() -> None:
    pieces = [{"when": "a > 0", "points": "1"}, {"points": "0"}, {"when": "a > 1", "points": "2"}, {"points": "a"}]
    sentences = refused({**RULE, "pieces": pieces}, {"a": 1, "b": 1})
    assert [one.split(": ")[0] for one in sentences] == [f"{RULE_PLACE} → pieces[{place}]" for place in (2, 3)]
    assert all("không bao giờ dùng đến vì đoạn trước không có điều kiện" in one for one in sentences)


def test_all_faults_of_a_formula_are_told_at_once_with_those_of_the_rest_of_the_file() -> None:
    pieces = [{"when": "a >", "points": "c"}, {"points": "a b"}, {"points": "(a"}]
    rule = {**RULE, "pieces": pieces, "of": 1}
    file = campaign([leaf("1", "2", rule), leaf("2", "10")], [unit("A", {"1": {"inputs": {}}, "2": given("11")})])
    assert [sentence.split(": ")[0] for sentence in faults(file)] == [
        f"{RULE_PLACE} → pieces[0] → when",
        f"{RULE_PLACE} → pieces[0] → points",
        f"{RULE_PLACE} → pieces[1] → points",
        f"{RULE_PLACE} → pieces[2]",
        f"{RULE_PLACE} → pieces[2] → points",
        f"{RULE_PLACE} → of",
        "units[0] “A” → answers → 2 → points",
    ]


def test_a_variable_with_a_wrong_name_is_not_offered_to_the_formula() -> None:
    rule = {**only("c", "a"), "variables": [*only("0")["variables"], {"key": "Tổng", "label": "T"}]}
    assert refused(rule, {"a": 1})[1].endswith("không có biến “c”; hãy dùng một trong “a”, “M”")


@pytest.mark.parametrize("text", ["min(" * 40 + "a" + ", a)" * 40, "(1 + " * 40 + "a" + ")" * 40])
def test_the_deepest_formula_stands_in_the_deepest_tree(text: str) -> None:
    node = leaf("x", "5", only(text))
    for level in range(90):
        node = parent(f"n{level}", "5", node)
    answers = {"x": {"inputs": {"a": 1}}}
    assert results_of(campaign([node], [unit("A", answers)]), "A")["points"] in ("1", "5")

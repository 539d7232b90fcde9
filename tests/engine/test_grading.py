"""Grades: thresholds, gates that lower, an override above both."""

import pytest

from tests.engine.campaigns import GRADES, Json, campaign, faults, given, leaf, parent, results_of, unit


def gate(node: str, below: str, highest: str, reason: str = "Điều kiện") -> Json:
    return {"node": node, "index_below": below, "highest_grade": highest, "reason": reason}


def graded(points: str, **changes: object) -> str:
    return results_of(campaign([leaf("1", "100")], [unit("A", {"1": given(points)})], **changes), "A")["grade"]


@pytest.mark.parametrize(
    ("points", "grade"),
    [
        ("100", "tot"),
        ("80", "tot"),
        ("79.99", "kha"),
        ("65", "kha"),
        ("50", "trung_binh"),
        ("49.99", "yeu"),
        ("0", "yeu"),
    ],
)
def test_the_best_grade_whose_threshold_is_reached(points: str, grade: str) -> None:
    assert graded(points) == grade


def test_the_reason_never_shows_a_figure_that_reaches_what_was_missed() -> None:
    known = campaign([leaf("1", "100")], [unit("A", {"1": given("79.9999999")})], grade_on="exact")
    assert results_of(known, "A")["grade_reason"] == "Chỉ số chưa làm tròn 79,9999999 ≥ 65: mức “Khá”"
    assert results_of(known, "A")["nodes"]["1"]["steps"] == "Chấm 79,9999999 điểm, có ghi lý do"
    grades = [{"code": "dat", "label": "Đạt", "at_least": "80"}, {"code": "khong", "label": "Không đạt"}]
    endless = campaign(
        [leaf("1", "30000003")], [unit("A", {"1": given("24000002.3")})], grade_on="exact", grades=grades
    )
    assert results_of(endless, "A")["grade_reason"].startswith("Chỉ số chưa làm tròn ≈ 79,9999996667 không đạt ngưỡng")


def test_above_excludes_the_threshold_itself_and_stands_before_at_least_at_one_value() -> None:
    grades = [
        {"code": "a", "label": "A", "above": "80"},
        {"code": "b", "label": "B", "at_least": "80"},
        {"code": "c", "label": "C"},
    ]
    assert [graded(points, grades=grades) for points in ("80.01", "80", "79.99")] == ["a", "b", "c"]


def test_the_published_index_can_reach_a_threshold_that_the_exact_one_misses() -> None:
    assert graded("79.995", grade_on="published") == "tot"
    assert graded("79.995", grade_on="exact") == "kha"


@pytest.mark.parametrize(("points", "grade"), [("15", "xs"), ("14.99", "t"), ("9", "k"), ("6", "tb"), ("5.99", "y")])
def test_thresholds_can_be_on_points_as_in_decree_61_2018(points: str, grade: str) -> None:
    grades = [
        *({"code": code, "label": code, "at_least": at} for code, at in [("xs", 15), ("t", 12), ("k", 9), ("tb", 6)]),
        {"code": "y", "label": "Yếu"},
    ]
    file = campaign([leaf("1", "18")], [unit("A", {"1": given(points)})], grades=grades, grade_on="points")
    assert results_of(file, "A")["grade"] == grade


TREE = [parent("1", "50", leaf("1.1", "40"), leaf("1.2", "10")), leaf("2", "50"), leaf("3", "5", role="bonus")]


@pytest.mark.parametrize(
    ("gates", "answers", "grade"),
    [
        (
            [gate("any", "50", "kha")],
            {"1.1": "40", "1.2": "10", "2": "25"},
            "kha",
        ),  # 75: component 2 is at 50, not below
        ([gate("any", "50", "kha")], {"1.1": "24", "1.2": "0", "2": "50", "3": "5"}, "kha"),  # 79, component 1 at 48
        ([gate("any", "50", "yeu")], {"1.1": "24", "1.2": "0", "2": "50", "3": "5"}, "yeu"),
        ([gate("any", "50", "yeu")], {"1.1": "40", "1.2": "0", "2": "50"}, "tot"),  # 1.2 is no component
        ([gate("1.2", "50", "trung_binh")], {"1.1": "40", "1.2": "4.9", "2": "50"}, "trung_binh"),
        ([gate("1", "95", "kha"), gate("1.2", "50", "trung_binh")], {"1.1": "40", "1.2": "4", "2": "50"}, "trung_binh"),
        ([gate("1.2", "50", "trung_binh"), gate("1", "95", "kha")], {"1.1": "40", "1.2": "4", "2": "50"}, "trung_binh"),
        ([gate("1.2", "50", "kha")], {"1.1": "10", "1.2": "4", "2": "40"}, "trung_binh"),  # 54 is worse already
        ([gate("3", "100", "yeu")], {"1.1": "40", "1.2": "10", "2": "50"}, "tot"),  # a bonus has no index
    ],
)
def test_gates_lower_to_the_lowest_grade_that_applies_and_never_raise(gates: list, answers: dict, grade: str) -> None:
    one = unit("A", {code: given(points) for code, points in answers.items()})
    assert results_of(campaign(TREE, [one], gates=gates), "A")["grade"] == grade


def test_a_gate_skips_a_node_that_does_not_apply() -> None:
    exclusions = [{"criterion": "1.2", "reason": "Không có", "legal_basis": "QĐ"}]
    one = unit("A", {"1.1": given("40"), "2": given("50")}, not_applicable=exclusions)
    assert results_of(campaign(TREE, [one], gates=[gate("1.2", "50", "yeu")]), "A")["grade"] == "tot"


@pytest.mark.parametrize(("grade_on", "grade"), [("published", "tot"), ("points", "tot"), ("exact", "yeu")])
def test_gates_look_at_exact_indices_only_where_grades_do(grade_on: str, grade: str) -> None:
    tree = [leaf("1", "100"), leaf("2", "1000")]
    one = unit("A", {"1": given("49.996"), "2": given("1000")})  # 49.996 is published as 50.00
    file = campaign(tree, [one], gates=[gate("1", "50", "yeu")], grade_on=grade_on)
    assert results_of(file, "A")["grade"] == grade


def test_an_override_stands_above_thresholds_and_gates() -> None:
    override = {"grade": "tot", "reason": "Biên bản số 12"}
    one = unit("A", {"1": given("10")}, grade_override=override)
    found = results_of(campaign([leaf("1", "100")], [one], gates=[gate("any", "50", "yeu")]), "A")
    assert (found["grade"], found["grade_reason"]) == ("tot", "Hội đồng quyết định mức “Tốt”")


def test_an_unranked_unit_can_be_overridden_too() -> None:
    one = unit("A", {"1": given("10")}, ranked=False, grade_override={"grade": "kha", "reason": "Biên bản"})
    assert results_of(campaign([leaf("1", "100")], [one]), "A")["grade"] == "kha"


def test_the_reason_tells_the_threshold_and_the_gate() -> None:
    file = campaign(TREE, [unit("A", {"1.1": given("40"), "1.2": given("4"), "2": given("50")})])
    assert results_of(file, "A")["grade_reason"] == "Chỉ số công bố 94 ≥ 80: mức “Tốt”"
    file["gates"] = [gate("1.2", "50", "kha", "Có tiêu chí dưới 50%")]
    assert results_of(file, "A")["grade_reason"] == (
        "Chỉ số công bố 94 ≥ 80: mức “Tốt”; Có tiêu chí dưới 50%:"
        " tiêu chí “1.2” dưới 50% nên không quá mức “Khá” → mức “Khá”"
    )


def test_a_free_text_reason_of_a_judgement_never_enters_a_sentence() -> None:
    secret = "Bà Nguyễn Thị X nộp muộn"
    one = unit(
        "A",
        {"1": {"points": "5", "reason": secret}, "2": {"not_applicable": True, "reason": secret}},
        not_applicable=[{"criterion": "3", "reason": secret, "legal_basis": secret}],
        grade_override={"grade": "tot", "reason": secret},
    )
    assert secret not in str(results_of(campaign([leaf("1"), leaf("2"), leaf("3")], [one]), "A"))


def test_grades_and_gates_of_a_group_replace_the_campaigns() -> None:
    own = [{"code": "dat", "label": "Đạt", "at_least": "50"}, {"code": "khong_dat", "label": "Không đạt"}]
    groups = [
        {"code": "so", "title": "Sở"},
        {"code": "xa", "title": "Xã", "grades": own, "gates": []},
    ]
    units = [unit("A", {"1": given("40")}), unit("X", {"1": given("60")}, group="xa")]
    file = campaign([leaf("1", "100")], units, groups=groups, gates=[gate("any", "70", "yeu")])
    assert results_of(file, "A")["grade"] == "yeu"
    assert results_of(file, "X")["grade"] == "dat"


@pytest.mark.parametrize(
    ("grades", "place", "said"),
    [
        ([], "grades", "đang rỗng"),
        ([{"code": "a", "at_least": "80"}], "grades[0] “a”", "là mức xếp loại cuối nên không có ngưỡng"),
        ([{"code": "a"}, {"code": "b"}], "grades[0] “a”", "đúng một ngưỡng"),
        ([{"code": "a", "at_least": 9, "above": 9}, {"code": "b"}], "grades[0] “a”", "đúng một ngưỡng"),
        (
            [{"code": "a", "at_least": 5}, {"code": "b", "at_least": 6}, {"code": "c"}],
            "grades[1] “b”",
            "cao hơn ngưỡng",
        ),
        ([{"code": "a", "at_least": 5}, {"code": "b", "above": 5}, {"code": "c"}], "grades[1] “b”", "trùng ngưỡng"),
        ([{"code": "a", "at_least": 5}, {"code": "b", "at_least": 5}, {"code": "c"}], "grades[1] “b”", "trùng ngưỡng"),
        ([{"code": "a", "above": 5}, {"code": "b", "above": 5}, {"code": "c"}], "grades[1] “b”", "trùng ngưỡng"),
        ([{"code": "a", "above": 5}, {"code": "a"}], "grades[1] “a” → code", "lặp lại"),
    ],
)
def test_a_scale_that_does_not_fall_is_refused_at_its_place(grades: list, place: str, said: str) -> None:
    (sentence,) = faults(campaign([leaf("1")], [unit("A")], grades=grades))
    assert sentence.startswith(f"{place}: ")
    assert said in sentence


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (gate("9", "50", "kha"), "gates[0] “9” → node"),
        (gate("any", "50", "gioi"), "gates[0] “any” → highest_grade"),
        (gate("any", "-1", "kha"), "gates[0] “any” → index_below"),
        ({"node": "any", "highest_grade": "kha"}, "gates[0] “any”"),
    ],
)
def test_a_gate_that_names_nothing_is_refused(wrong: Json, place: str) -> None:
    (sentence,) = faults(campaign([leaf("1")], [unit("A")], gates=[wrong]))
    assert sentence.startswith(f"{place}: ")


def test_a_campaign_gate_must_fit_the_grades_of_each_group_that_keeps_it() -> None:
    groups = [{"code": "so", "title": "Sở", "grades": [{"code": "dat", "label": "Đạt"}]}]
    (sentence,) = faults(campaign([leaf("1")], [unit("A")], groups=groups, gates=[gate("any", "50", "kha")]))
    assert sentence.startswith("gates[0] “any” → highest_grade: không có mức xếp loại “kha” ở khối “so”")


def test_an_override_to_an_unknown_grade_is_refused() -> None:
    one = unit("A", grade_override={"grade": "gioi", "reason": "Hội đồng"})
    (sentence,) = faults(campaign([leaf("1")], [one], grades=GRADES))
    assert sentence.startswith("units[0] “A” → grade_override → grade: ")

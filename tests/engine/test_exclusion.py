"""What does not apply: three policies, by list, by answer, by rule, for nodes and for the unit."""

import pytest

from tests.engine.campaigns import campaign, does_not_apply, faults, given, leaf, parent, results, results_of, unit

POLICIES = ["own_maximum", "rescale_self", "full_marks"]


def two_sources(self_points: str, self_max: str, excluded: str, survey: str, survey_max: str) -> dict:
    """P of M self-assessed with E of them not applicable, and S of T from a survey."""
    return campaign(
        [
            leaf("1", self_max),
            leaf("2", excluded),
            leaf("3", survey_max, source="survey"),
        ],
        [unit("A", {"1": given(self_points), "2": does_not_apply(), "3": given(survey)})],
    )


@pytest.mark.parametrize(
    ("exclusion", "points", "max_points", "index"),
    [
        ("own_maximum", "70", "90", "77.78"),  # (50 + 20) / (60 + 30)
        ("rescale_self", "78.333333", "100", "78.33"),  # 50 / 60 × 70 + 20, over 70 + 30
        ("full_marks", "80", "100", "80.00"),  # 50 + 10 + 20
    ],
)
def test_each_policy_gives_its_own_index(exclusion: str, points: str, max_points: str, index: str) -> None:
    file = two_sources("50", "60", "10", "20", "30")
    file["policy"]["exclusion"] = exclusion
    found = results_of(file, "A")
    assert (found["points"], found["max_points"], found["index"]) == (points, max_points, index)


@pytest.mark.parametrize(
    ("points", "maximum", "index"), [("69.25", "71.5", "96.85"), ("90.32", "96.5", "93.60"), ("61", "71.5", "85.31")]
)
def test_tay_ninh_2023_index_is_the_ratio_to_the_own_maximum(points: str, maximum: str, index: str) -> None:
    rest = {"71.5": "28.5", "96.5": "3.5"}[maximum]
    file = campaign([leaf("1", maximum), leaf("2", rest)], [unit("A", {"1": given(points), "2": does_not_apply()})])
    found = results_of(file, "A")
    assert (found["points"], found["max_points"], found["index"]) == (points, maximum, index)


def test_a_and_b_agree_where_the_remaining_shares_are_equal_and_can_swap_two_units_elsewhere() -> None:
    """A unit that is good at the survey gains from B what one that is poor at it loses."""
    tree = [leaf("1", "60"), leaf("2", "20"), leaf("3", "20", source="survey")]
    units = [
        unit("A", {"1": given("54"), "2": does_not_apply(), "3": given("12")}),  # A 82.5, B 84
        unit("B", {"1": given("51"), "2": given("15.5"), "3": given("16.5")}),  # A and B 83
        unit("C", {"1": given("48"), "2": does_not_apply(), "3": given("16")}),  # 80 both ways
    ]
    own = results(campaign(tree, units, exclusion="own_maximum"))["units"]
    rescaled = results(campaign(tree, units, exclusion="rescale_self"))["units"]
    assert [(one["code"], one["index"]) for one in own] == [("B", "83.00"), ("A", "82.50"), ("C", "80.00")]
    assert [(one["code"], one["index"]) for one in rescaled] == [("A", "84.00"), ("B", "83.00"), ("C", "80.00")]


def test_rescaling_with_nothing_left_of_the_self_part_is_the_survey_alone() -> None:
    tree = [leaf("1", "70"), leaf("2", "30", source="survey"), leaf("3", "5", role="bonus")]
    answers = {"1": does_not_apply(), "2": given("24"), "3": given("1.5")}
    found = results_of(campaign(tree, [unit("A", answers)], exclusion="rescale_self"), "A")
    assert (found["points"], found["max_points"], found["index"]) == ("25.5", "30", "85.00")


def test_rescaling_leaves_out_a_survey_leaf_that_does_not_apply() -> None:
    tree = [leaf("1", "60"), leaf("2", "10"), leaf("3", "20", source="survey"), leaf("4", "10", source="outcome")]
    answers = {"1": given("30"), "2": does_not_apply(), "3": given("10"), "4": does_not_apply()}
    found = results_of(campaign(tree, [unit("A", answers)], exclusion="rescale_self"), "A")
    assert (found["points"], found["max_points"], found["index"]) == ("45", "90", "50.00")


def test_every_node_with_children_is_rescaled_from_its_own_leaves_and_says_where_sums_differ() -> None:
    tree = [
        parent("1", "20", leaf("1.1", "10"), leaf("1.2", "10")),
        parent("2", "20", leaf("2.1", "10"), leaf("2.2", "10", source="survey")),
    ]
    answers = {"1.1": given("5"), "1.2": does_not_apply(), "2.1": given("10"), "2.2": given("4")}
    found = results_of(campaign(tree, [unit("A", answers)], exclusion="rescale_self"), "A")
    assert (found["nodes"]["1"]["points"], found["nodes"]["1"]["max_points"]) == ("10", "20")  # 5 / 10 × 20
    assert (found["nodes"]["2"]["points"], found["nodes"]["2"]["max_points"]) == ("14", "20")
    assert (found["points"], found["max_points"]) == ("26.5", "40")  # 15 / 20 × 30 + 4 with M = 30, T = 10, not 10 + 14
    assert "không bằng tổng 5 của các tiêu chí con" in found["nodes"]["1"]["steps"]
    assert "Điểm của đơn vị (26,5)" in found["nodes"]["1"]["steps"]
    assert "không bằng tổng 24 của các lĩnh vực" in found["nodes"]["2"]["steps"]


@pytest.mark.parametrize("way", ["list", "parent in the list", "answer", "rule"])
def test_a_leaf_can_be_taken_out_by_list_by_its_parent_by_answer_and_by_rule(way: str) -> None:
    rule = {"kind": "ratio", "when_empty": "not_applicable"}
    tree = [parent("1", "2", leaf("1.1", "2", rule)), leaf("2", "10")]
    answer = {"answer": does_not_apply(), "rule": {"inputs": {"numerator": 0, "denominator": 0}}}.get(
        way, {"inputs": {"numerator": 1, "denominator": 1}}
    )
    listed = {"list": "1.1", "parent in the list": "1"}.get(way)
    exclusions = [{"criterion": listed, "reason": "Không có TTHC", "legal_basis": "QĐ"}] if listed else []
    file = campaign(tree, [unit("A", {"1.1": answer, "2": given("5")}, not_applicable=exclusions)])
    found = results_of(file, "A")
    assert (found["points"], found["max_points"], found["index"]) == ("5", "10", "50.00")
    for code in ("1", "1.1"):
        node = found["nodes"][code]
        shown = (node["points"], node["max_points"], node["index"], node["rank"], node["applicable"])
        assert shown == ("0", "0", None, None, False)
    assert found["unanswered"] == []


def test_what_does_not_apply_is_not_unanswered_and_unanswered_stays_in_the_maximum() -> None:
    tree = [leaf("1"), leaf("2"), leaf("3")]
    exclusions = [{"criterion": "1", "reason": "Không có TTHC", "legal_basis": "QĐ"}]
    found = results_of(campaign(tree, [unit("A", {"3": given("10")}, not_applicable=exclusions)]), "A")
    assert found["unanswered"] == ["2"]
    assert (found["points"], found["max_points"]) == ("10", "20")


def test_full_marks_earn_the_maximum_with_an_index_but_no_rank_and_no_statistic() -> None:
    tree = [parent("1", "10", leaf("1.1")), leaf("2")]
    units = [
        unit("A", {"1.1": does_not_apply(), "2": given("5")}),
        unit("B", {"1.1": given("4"), "2": given("5")}),
    ]
    file = campaign(tree, units, exclusion="full_marks")
    node = results_of(file, "A")["nodes"]["1"]
    assert (node["points"], node["max_points"], node["index"], node["rank"]) == ("10", "10", "100.00", None)
    assert node["applicable"] is False
    assert results_of(file, "A")["nodes"]["1.1"]["rank"] is None
    assert results_of(file, "B")["nodes"]["1"]["rank"] == 1
    component = results(file)["groups"][0]["components"][0]
    assert (component["mean"], component["lowest_unit"], component["highest_unit"]) == ("40.00", "B", "B")


@pytest.mark.parametrize("exclusion", POLICIES)
@pytest.mark.parametrize("weighting", ["points", "weights"])
def test_a_unit_to_which_nothing_applies_has_no_index_no_rank_and_no_grade(exclusion: str, weighting: str) -> None:
    tree = [parent("1", "10", leaf("1.1"), weight="1"), parent("2", "0", leaf("2.1", "5", role="bonus"))]
    units = [
        unit("A", {"1.1": does_not_apply(), "2.1": given("3")}),
        unit("B", {"1.1": given("5")}),
    ]
    file = campaign(tree, units, exclusion=exclusion, weighting=weighting)
    found = results_of(file, "A")
    assert (found["index"], found["rank"], found["grade"]) == (None, None, None)
    group = results(file)["groups"][0]
    assert (group["count"], group["ranked"], group["mean"]) == (2, 1, "50.00")
    assert sum(group["grades"].values()) == 1


@pytest.mark.parametrize("exclusion", POLICIES)
def test_an_override_where_nothing_applies_is_refused(exclusion: str) -> None:
    tree = [leaf("1", "2", {"kind": "ratio", "when_empty": "not_applicable"}), leaf("2", role="bonus")]
    one = unit(
        "A",
        {"1": {"inputs": {"numerator": 0, "denominator": 0}}, "2": given("1")},
        grade_override={"grade": "tot", "reason": "Hội đồng"},
    )
    (sentence,) = faults(campaign(tree, [one], exclusion=exclusion))
    assert sentence.startswith("units[0] “A” → grade_override: ")


def test_a_maximum_of_nought_gives_no_index() -> None:
    found = results_of(campaign([leaf("1", "0"), leaf("2")], [unit("A", {"1": given("0"), "2": given("5")})]), "A")
    node = found["nodes"]["1"]
    assert (node["index"], node["rank"], node["applicable"], found["index"]) == (None, None, True, "50.00")

"""Bonus and penalty leaves: added and subtracted after rescaling, outside every maximum, never below nought."""

import pytest

from tests.engine.campaigns import campaign, does_not_apply, given, leaf, parent, results_of, unit

TREE = [
    parent("1", "10", leaf("1.1"), leaf("1.2", "3", role="bonus"), leaf("1.3", "20", role="penalty")),
    parent("2", "0", leaf("2.1", "5", role="bonus"), leaf("2.2", "5", role="penalty")),
]


def compute(answers: dict, **changes: object) -> dict:
    return results_of(campaign(TREE, [unit("A", answers)], **changes), "A")


def test_bonus_adds_to_the_points_and_not_to_the_maximum() -> None:
    found = compute({"1.1": given("9"), "1.2": given("3"), "2.1": given("0.5")})
    assert (found["points"], found["max_points"], found["index"]) == ("12.5", "10", "125.00")
    assert (found["nodes"]["1"]["points"], found["nodes"]["1"]["index"]) == ("12", "120.00")


def test_penalty_subtracts_and_points_never_fall_below_nought() -> None:
    found = compute({"1.1": given("9"), "1.3": given("12"), "2.1": given("4")})
    assert (found["nodes"]["1"]["points"], found["nodes"]["1"]["index"]) == ("0", "0.00")
    assert (found["points"], found["index"]) == ("1", "10.00")  # from its own leaves: 9 − 12 + 4
    assert "không thấp hơn 0" in found["nodes"]["1"]["steps"]
    assert "Điểm của đơn vị (1)" in found["nodes"]["2"]["steps"]


def test_a_penalty_in_a_component_of_its_own_still_reaches_the_unit() -> None:
    found = compute({"1.1": given("9"), "2.2": given("4")})
    assert (found["nodes"]["2"]["points"], found["points"]) == ("0", "5")


def test_such_a_leaf_prints_its_own_maximum_no_index_and_no_rank() -> None:
    node = compute({"1.1": given("9"), "1.2": given("3")})["nodes"]["1.2"]
    shown = (node["points"], node["max_points"], node["index"], node["rank"], node["applicable"])
    assert shown == ("3", "3", None, None, True)
    assert node["steps"].startswith("Điểm cộng: ")


def test_missing_they_are_nought_and_not_listed_as_unanswered() -> None:
    found = compute({})
    assert found["unanswered"] == ["1.1"]
    assert found["nodes"]["1.3"]["points"] == "0"


@pytest.mark.parametrize("exclusion", ["own_maximum", "rescale_self", "full_marks"])
def test_not_applicable_they_earn_nothing_under_every_policy(exclusion: str) -> None:
    found = compute({"1.1": given("9"), "1.2": does_not_apply()}, exclusion=exclusion)
    node = found["nodes"]["1.2"]
    assert (node["points"], node["max_points"], node["applicable"]) == ("0", "3", False)
    assert found["points"] == "9"


def test_a_component_of_only_such_leaves_has_no_index_and_applies_if_any_leaf_does() -> None:
    node = compute({"1.1": given("9"), "2.1": given("1"), "2.2": does_not_apply()})["nodes"]["2"]
    shown = (node["points"], node["max_points"], node["index"], node["rank"], node["applicable"])
    assert shown == ("1", "0", None, None, True)
    neither = compute({"2.1": does_not_apply(), "2.2": does_not_apply()})["nodes"]["2"]
    assert (neither["points"], neither["applicable"]) == ("0", False)


def test_they_come_after_rescaling() -> None:
    tree = [leaf("1"), leaf("2"), leaf("3", "2", role="bonus"), leaf("4", "2", role="penalty")]
    answers = {"1": given("6"), "2": does_not_apply(), "3": given("2"), "4": given("0.5")}
    found = results_of(campaign(tree, [unit("A", answers)], exclusion="rescale_self"), "A")
    assert (found["points"], found["index"]) == ("13.5", "67.50")  # 6 / 10 × 20 + 2 − 0.5, of 20


def test_a_rule_can_compute_a_bonus_and_clamps_it_to_its_maximum() -> None:
    tree = [leaf("1"), leaf("2", "1", {"kind": "indicator"}, role="bonus")]
    found = results_of(campaign(tree, [unit("A", {"1": given("5"), "2": {"inputs": {"value": "150"}}})]), "A")
    assert found["points"] == "6"


def test_totals_above_a_hundred_stand_unless_capped_and_the_points_always_stand() -> None:
    answers = {"1.1": given("10"), "1.2": given("3")}
    assert compute(answers)["index"] == "130.00"
    capped = compute(answers, cap_index=True)
    assert (capped["index"], capped["points"], capped["nodes"]["1"]["index"]) == ("100.00", "13", "130.00")


def test_a_penalty_that_is_a_component_itself_makes_no_difference_to_the_sum() -> None:
    criteria = [leaf("1", "100"), leaf("2", "5", role="penalty")]
    found = results_of(campaign(criteria, [unit("A", {"1": given("90"), "2": given("2")})]), "A")
    assert found["points"] == "88"
    assert "không bằng tổng" not in found["nodes"]["1"]["steps"] + found["nodes"]["2"]["steps"]

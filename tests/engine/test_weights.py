"""The index from weighted component indices."""

import pytest

from tests.engine.campaigns import campaign, does_not_apply, faults, given, leaf, parent, results_of, unit


def compute(tree: list, answers: dict, **changes: object) -> dict:
    return results_of(campaign(tree, [unit("A", answers)], weighting="weights", **changes), "A")


TREE = [leaf("1", "10", weight="60"), leaf("2", "40", weight="30"), leaf("3", "3", weight="10")]


def test_the_index_is_the_weighted_mean_of_exact_component_indices() -> None:
    found = compute(TREE, {"1": given("8"), "2": given("10"), "3": given("1")})
    assert found["index"] == "58.83"  # (60·80 + 30·25 + 10·33.333…) / 100 = 58.8333…
    assert (found["points"], found["max_points"]) == ("19", "53")
    assert "Trọng số 60/100: góp 48" in found["nodes"]["1"]["steps"]


def test_components_enter_exact_and_are_rounded_once() -> None:
    tree = [leaf("1", "3", weight="1"), leaf("2", "3", weight="1"), leaf("3", "3", weight="1")]
    # 100 · (1 + 1 + 2) / 9 = 44.444…; of rounded components it would be (33 + 33 + 67) / 3 = 44.333…
    found = compute(tree, {"1": given("1"), "2": given("1"), "3": given("2")}, decimals=0)
    assert [found["nodes"][code]["index"] for code in "123"] == ["33", "33", "67"]
    assert compute(tree, {"1": given("1"), "2": given("1"), "3": given("2")}, decimals=1)["index"] == "44.4"


def test_a_component_to_which_nothing_applies_leaves_the_weights() -> None:
    found = compute(TREE, {"1": given("8"), "2": does_not_apply(), "3": given("3")})
    assert found["index"] == "82.86"  # (60·80 + 10·100) / 70


def test_net_points_of_a_bonus_component_are_percentage_points_with_floor_and_then_cap() -> None:
    tree = [
        leaf("1", "10", weight="1"),
        parent("2", "0", leaf("2.1", "50", role="bonus"), leaf("2.2", "50", role="penalty")),
    ]
    assert compute(tree, {"1": given("8"), "2.1": given("3")})["index"] == "83.00"
    assert compute(tree, {"1": given("8"), "2.1": given("3"), "2.2": given("5")})["index"] == "78.00"
    assert compute(tree, {"1": given("1"), "2.2": given("50")})["index"] == "0.00"
    assert compute(tree, {"1": given("8"), "2.1": given("50")})["index"] == "130.00"
    assert compute(tree, {"1": given("8"), "2.1": given("50")}, cap_index=True)["index"] == "100.00"


def test_a_bonus_leaf_that_is_itself_a_component_counts_likewise() -> None:
    tree = [leaf("1", "10", weight="1"), leaf("2", "5", role="penalty")]
    assert compute(tree, {"1": given("8"), "2": given("1.5")})["index"] == "78.50"


def test_a_bonus_inside_a_weighted_component_counts_in_its_index() -> None:
    tree = [parent("1", "10", leaf("1.1"), leaf("1.2", "5", role="bonus"), weight="1"), leaf("2", "10", weight="1")]
    assert compute(tree, {"1.1": given("10"), "1.2": given("2"), "2": given("5")})["index"] == "85.00"


def test_the_exclusion_policy_works_inside_each_component() -> None:
    tree = [
        parent("1", "20", leaf("1.1"), leaf("1.2"), weight="1"),
        parent("2", "20", leaf("2.1"), leaf("2.2", source="survey"), weight="3"),
    ]
    answers = {"1.1": given("5"), "1.2": does_not_apply(), "2.1": does_not_apply(), "2.2": given("9")}
    assert compute(tree, answers, exclusion="rescale_self")["index"] == "80.00"  # (50 + 3·90) / 4
    assert compute(tree, answers, exclusion="full_marks")["index"] == "90.00"  # (75 + 3·95) / 4


@pytest.mark.parametrize(
    ("tree", "place"),
    [
        ([leaf("1")], "criteria_sets[0] “so” → criteria[0] “1”: thiếu trọng số"),
        ([leaf("1", weight=None)], "criteria_sets[0] “so” → criteria[0] “1”: thiếu trọng số"),
        (
            [leaf("1", weight=1), leaf("2", role="bonus", weight=1)],
            "criteria_sets[0] “so” → criteria[1] “2” → weight: lĩnh vực chỉ có điểm cộng",
        ),
        ([leaf("1", weight="-1")], "criteria_sets[0] “so” → criteria[0] “1” → weight: đang là −1"),
        ([leaf("1", weight="0")], "criteria_sets[0] “so”: trọng số (weight) của mọi lĩnh vực đều là 0"),
        (
            [parent("1", "10", leaf("1.1", weight=1), weight=1)],
            "criteria_sets[0] “so” → criteria[0] “1” → children[0] “1.1” → weight: chỉ lĩnh vực",
        ),
    ],
)
def test_missing_and_misplaced_weights_are_refused(tree: list, place: str) -> None:
    (sentence,) = faults(campaign(tree, [unit("A")], weighting="weights"))
    assert sentence.startswith(place)


def test_weights_are_neither_needed_nor_used_under_points() -> None:
    file = campaign([leaf("1", weight="9"), leaf("2", "30")], [unit("A", {"1": given("10")})])
    assert results_of(file, "A")["index"] == "25.00"

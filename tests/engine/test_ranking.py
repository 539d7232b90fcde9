"""Places: who stands in a rank, what a tie does, on which values."""

import pytest

from tests.engine.campaigns import campaign, given, leaf, results, results_of, unit


def standing(points: list[str], **changes: object) -> list[tuple[str, int | None]]:
    units = [unit(f"U{number}", {"1": given(value)}) for number, value in enumerate(points)]
    return [(one["code"], one["rank"]) for one in results(campaign([leaf("1", "100")], units, **changes))["units"]]


@pytest.mark.parametrize(
    ("ranking", "ranks"), [("competition", [1, 2, 2, 4, 5]), ("dense", [1, 2, 2, 3, 4])], ids=["1-2-2-4", "1-2-2-3"]
)
def test_equal_values_share_a_rank(ranking: str, ranks: list[int]) -> None:
    found = standing(["86.8", "91", "86.8", "84.2", "10"], ranking=ranking)
    assert found == list(zip(["U1", "U0", "U2", "U3", "U4"], ranks, strict=True))


def test_two_at_the_top_are_both_first() -> None:
    assert standing(["91", "91", "90"]) == [("U0", 1), ("U1", 1), ("U2", 3)]


def test_published_values_tie_where_exact_ones_differ() -> None:
    assert standing(["80.001", "80.004"], rank_on="published") == [("U0", 1), ("U1", 1)]
    assert standing(["80.001", "80.004"], rank_on="exact") == [("U1", 1), ("U0", 2)]


@pytest.mark.parametrize("rank_on", ["published", "exact"])
def test_a_capped_index_is_ranked_as_capped(rank_on: str) -> None:
    tree = [leaf("1", "10"), leaf("2", "5", role="bonus")]
    units = [unit("A", {"1": given("10"), "2": given("1")}), unit("B", {"1": given("10"), "2": given("4")})]
    free = results(campaign(tree, units, rank_on=rank_on))["units"]
    assert [(one["code"], one["rank"], one["index"]) for one in free] == [("B", 1, "140.00"), ("A", 2, "110.00")]
    capped = results(campaign(tree, units, rank_on=rank_on, cap_index=True))["units"]
    assert [(one["code"], one["rank"], one["index"]) for one in capped] == [("A", 1, "100.00"), ("B", 1, "100.00")]


def test_ranks_follow_the_index_and_not_the_points() -> None:
    """Bình Thuận 2018: 93.76 of 95 stands above 93.95 of 98.5."""
    tree = [leaf("1", "95"), leaf("2", "3.5")]
    exclusions = [{"criterion": "2", "reason": "Không có", "legal_basis": "QĐ"}]
    units = [
        unit("A", {"1": given("93.76")}, not_applicable=exclusions),
        unit("B", {"1": given("92"), "2": given("1.95")}),
    ]
    found = results(campaign(tree, units))["units"]
    assert [(one["code"], one["points"], one["rank"]) for one in found] == [("A", "93.76", 1), ("B", "93.95", 2)]


def test_an_unranked_unit_has_index_and_grade_and_counts_nowhere() -> None:
    units = [
        unit("A", {"1": given("5")}),
        unit("N", {"1": given("9")}, ranked=False),
        unit("B", {"1": given("7")}),
    ]
    file = campaign([leaf("1")], units)
    new = results_of(file, "N")
    assert (new["index"], new["grade"], new["rank"], new["nodes"]["1"]["rank"]) == ("90.00", "tot", None, None)
    assert [one["code"] for one in results(file)["units"]] == ["B", "A", "N"]
    group = results(file)["groups"][0]
    assert (group["count"], group["ranked"], group["mean"], group["highest"]) == (3, 2, "60.00", "70.00")
    assert group["grades"] == {"tot": 0, "kha": 1, "trung_binh": 1, "yeu": 0}
    assert group["components"][0]["highest_unit"] == "B"


def test_ranks_are_within_the_group_and_nodes_within_the_criteria_set() -> None:
    sets = [
        {"code": "so", "title": "Sở", "criteria": [leaf("1")]},
        {"code": "xa", "title": "Xã", "criteria": [leaf("1")]},
    ]
    groups = [{"code": "xa", "title": "Xã"}, {"code": "so", "title": "Sở"}]
    units = [
        unit("S1", {"1": given("1")}),
        unit("X1", {"1": given("4")}, group="xa", criteria_set="xa"),
        unit("X2", {"1": given("6")}, group="xa", criteria_set="xa"),
        unit("X3", {"1": given("5")}, group="xa"),
    ]
    file = campaign([], units, criteria_sets=sets, groups=groups)
    found = results(file)["units"]
    shown = [(one["code"], one["rank"], one["nodes"][0]["rank"]) for one in found]
    assert shown == [("X2", 1, 1), ("X3", 2, 1), ("X1", 3, 2), ("S1", 1, 1)]


def test_within_a_rank_units_stand_by_vietnamese_name_and_then_by_code() -> None:
    names = [("1", "Xã Ân"), ("2", "Xã Đạ"), ("3", "Xã Da"), ("4", "Xã An"), ("6", "Xã Đạ"), ("5", "Xã Đạ")]
    units = [unit(code, {"1": given("5")}, name=name) for code, name in names]
    found = results(campaign([leaf("1")], units))["units"]
    assert [one["code"] for one in found] == ["4", "1", "3", "2", "5", "6"]
    assert {one["rank"] for one in found} == {1}


def test_a_node_is_ranked_among_those_with_an_index_there() -> None:
    exclusions = [{"criterion": "1", "reason": "Không có", "legal_basis": "QĐ"}]
    units = [
        unit("A", {"1": given("3"), "2": given("1")}),
        unit("B", {"2": given("10")}, not_applicable=exclusions),
        unit("C", {"1": given("4"), "2": given("1")}),
    ]
    found = results(campaign([leaf("1"), leaf("2")], units))["units"]
    ranks = {one["code"]: [node["rank"] for node in one["nodes"]] for one in found}
    assert ranks == {"A": [2, 2], "B": [None, 1], "C": [1, 2]}

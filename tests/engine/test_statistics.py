"""A group in figures."""

import pytest

from tests.engine.campaigns import Json, campaign, does_not_apply, given, leaf, results, unit


def group_of(points: list[str], **changes: object) -> Json:
    units = [unit(f"U{number}", {"1": given(value)}) for number, value in enumerate(points)]
    group: Json = results(campaign([leaf("1", "100")], units, **changes))["groups"][0]
    return group


def test_a_group_in_figures() -> None:
    found = group_of(["90", "70", "60", "10"])
    assert found == {
        "code": "so",
        "count": 4,
        "ranked": 4,
        "mean": "57.50",
        "highest": "90.00",
        "lowest": "10.00",
        "above_mean": 3,
        "grades": {"tot": 1, "kha": 1, "trung_binh": 1, "yeu": 1},
        "components": [{"criteria_set": "so", "code": "1", "mean": "57.50", "lowest_unit": "U3", "highest_unit": "U0"}],
    }


@pytest.mark.parametrize(("mean_of", "mean"), [("published", "50.01"), ("exact", "50.00")])
def test_the_mean_is_of_published_or_of_exact_indices(mean_of: str, mean: str) -> None:
    assert group_of(["50.005", "50.004", "50.005"], mean_of=mean_of)["mean"] == mean


def test_above_the_mean_compares_with_the_unrounded_mean() -> None:
    assert group_of(["50.01", "50", "50"])["above_mean"] == 1  # the mean 50.00333… prints 50.00
    assert group_of(["50", "50"])["above_mean"] == 0


def test_above_the_mean_takes_the_same_values_as_the_mean() -> None:
    assert group_of(["50.001", "50.002"], mean_of="published")["above_mean"] == 0
    assert group_of(["50.001", "50.002"], mean_of="exact")["above_mean"] == 1


def test_the_mean_is_rounded_like_an_index() -> None:
    assert group_of(["50", "50", "51"], rounding="down")["mean"] == "50.33"
    assert group_of(["50", "51", "51"], rounding="down")["mean"] == "50.66"
    assert group_of(["50", "51", "51"], rounding="half_up", decimals=0)["mean"] == "51"


def test_a_group_without_a_ranked_unit_has_nulls_and_noughts() -> None:
    groups = [{"code": "so", "title": "Sở"}, {"code": "xa", "title": "Xã"}]
    file = campaign([leaf("1")], [unit("A", {"1": given("5")}, ranked=False)], groups=groups)
    first, second = results(file)["groups"]
    component = {"criteria_set": "so", "code": "1", "mean": None, "lowest_unit": None, "highest_unit": None}
    assert first["components"] == [component]
    assert second["components"] == []
    for group in (first, second):
        assert (group["ranked"], group["mean"], group["highest"], group["lowest"]) == (0, None, None, None)
        assert group["above_mean"] == 0
        assert group["grades"] == {"tot": 0, "kha": 0, "trung_binh": 0, "yeu": 0}
    assert (first["count"], second["count"]) == (1, 0)


def test_component_extremes_name_the_first_by_vietnamese_name_among_equals() -> None:
    units = [
        unit("1", {"1": given("5")}, name="Sở Y tế"),
        unit("2", {"1": given("5")}, name="Sở Đối ngoại"),
        unit("3", {"1": given("5")}, name="Sở Du lịch"),
    ]
    component = results(campaign([leaf("1")], units))["groups"][0]["components"][0]
    assert (component["lowest_unit"], component["highest_unit"]) == ("3", "3")


@pytest.mark.parametrize(("mean_of", "highest"), [("published", "1"), ("exact", "2")])
def test_component_extremes_look_at_the_values_of_the_mean(mean_of: str, highest: str) -> None:
    units = [unit("1", {"1": given("5.0001")}, name="A"), unit("2", {"1": given("5.0002")}, name="B")]
    component = results(campaign([leaf("1")], units, mean_of=mean_of))["groups"][0]["components"][0]
    assert component["highest_unit"] == highest


def test_components_of_every_set_in_use_are_listed_in_file_order_and_over_their_own_units() -> None:
    sets = [
        {"code": "xa", "title": "Xã", "criteria": [leaf("1"), leaf("2")]},
        {"code": "thua", "title": "Không dùng", "criteria": [leaf("1")]},
        {"code": "so", "title": "Sở", "criteria": [leaf("1")]},
    ]
    units = [
        unit("S", {"1": given("2")}),
        unit("X", {"1": given("4"), "2": does_not_apply()}, criteria_set="xa"),
    ]
    components = results(campaign([], units, criteria_sets=sets))["groups"][0]["components"]
    shown = [(one["criteria_set"], one["code"], one["mean"]) for one in components]
    assert shown == [("xa", "1", "40.00"), ("xa", "2", None), ("so", "1", "20.00")]


def test_binh_duong_2017_ranks_and_mean_as_printed() -> None:
    printed = ["84.58", "82.00", "80.27", "79.04", "78.06", "77.83", "76.22", "76.03", "71.46"]
    found = group_of(printed)
    assert (found["mean"], found["highest"], found["lowest"]) == ("78.39", "84.58", "71.46")

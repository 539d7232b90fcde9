"""How a printed table becomes criteria and values; the indices are those the engine gives for them."""

from __future__ import annotations

import json

import pytest

from scoring.models import Campaign
from scoring.services.calculation import calculate
from tests.scoring.past.tables import bring_in, table

pytestmark = pytest.mark.django_db

PARTS = [
    {"code": "TD", "kind": "phần", "max_points": "65"},
    {"code": "XHH", "kind": "phần", "max_points": "35", "source": "điều tra"},
]
TWO = [{"code": "A", "max_points": "40"}, {"code": "B", "max_points": "60"}]


def results(campaign: Campaign) -> dict[str, dict]:
    """Units of the results file by the name printed in the table."""
    names = dict(campaign.participants.values_list("code", "name"))
    file = json.loads(calculate(campaign, None).results_file)
    return {names[unit["code"]]: unit for unit in file["units"]}


def nodes(unit: dict) -> dict[str, tuple[str, str, str | None]]:
    return {node["code"]: (node["points"], node["max_points"], node["index"]) for node in unit["nodes"]}


def tree(campaign: Campaign) -> list[tuple[str, str, str, str]]:
    rows = campaign.criteria_sets.get().criteria.order_by("path")
    return [(row.code, f"{row.max_points.normalize():f}", row.source, row.role) for row in rows]


def test_parts_alone_become_components_with_their_sources():
    campaign = bring_in(table([{"name": "A", "TD|points": "51,75", "XHH|points": "32,83"}], columns=PARTS))

    assert tree(campaign) == [("TD", "65", "self", "scored"), ("XHH", "35", "survey", "scored")]
    assert results(campaign)["A"]["index"] == "84.58"


def test_a_total_alone_becomes_one_component_of_a_hundred():
    campaign = bring_in(table([{"name": "A", "points": "84,58"}]))

    assert tree(campaign) == [("tong", "100", "self", "scored")]
    assert results(campaign)["A"]["index"] == "84.58"


def test_an_index_alone_stands_for_the_points_of_the_own_maximum():
    campaign = bring_in(table([{"name": "A", "index": "96,85", "max_points": "71,5"}]))

    unit = results(campaign)["A"]
    assert (unit["points"], unit["max_points"], unit["index"]) == ("69.24775", "71.5", "96.85")


def test_own_maxima_of_the_whole_cut_the_total_into_leaves():
    """Tây Ninh 2023: 69,25 of 71,5; 90,32 of 96,5; 61 of 71,5."""
    rows = [
        {"name": "Văn phòng UBND", "points": "69,25", "max_points": "71,5"},
        {"name": "Sở A", "points": "90,32", "max_points": "96,5"},
        {"name": "Sở B", "points": "94,43", "max_points": "100"},
        {"name": "Sở C", "points": "61", "max_points": "71,5"},
    ]
    campaign = bring_in(table(rows))

    found = results(campaign)
    assert {name: (unit["index"], unit["rank"]) for name, unit in found.items()} == {
        "Văn phòng UBND": ("96.85", 1),
        "Sở B": ("94.43", 2),
        "Sở A": ("93.60", 3),
        "Sở C": ("85.31", 4),
    }
    assert tree(campaign)[1:] == [
        ("tong.1", "71.5", "self", "scored"),
        ("tong.2", "25", "self", "scored"),
        ("tong.3", "3.5", "self", "scored"),
    ]
    office = campaign.participants.get(name="Văn phòng UBND")
    assert [entry["criterion"] for entry in office.not_applicable] == ["tong.2", "tong.3"]
    assert office.not_applicable[0]["reason"] == "Theo bảng công bố: tối đa riêng 71,5"


def test_own_maxima_of_a_column_keep_its_ranks_comparable():
    rows = [
        {"name": "X", "A|points": "38", "B|points": "45", "B|max_points": "50"},
        {"name": "Y", "A|points": "36", "B|points": "51"},
    ]
    found = results(bring_in(table(rows, columns=TWO)))

    assert nodes(found["X"])["B"] == ("45", "50", "90.00")
    assert nodes(found["Y"])["B"] == ("51", "60", "85.00")
    ranks = {name: {node["code"]: node["rank"] for node in unit["nodes"]}["B"] for name, unit in found.items()}
    assert ranks == {"X": 1, "Y": 2}
    assert found["X"]["index"] == "92.22"


def test_a_column_that_does_not_apply_leaves_the_maximum():
    rows = [{"name": "X", "A|points": "KAD", "B|points": "54"}, {"name": "Y", "A|points": "40", "B|points": "30"}]
    found = results(bring_in(table(rows, columns=TWO)))

    assert (found["X"]["max_points"], found["X"]["index"]) == ("60", "90.00")
    assert nodes(found["X"])["A"] == ("0", "0", None)


def test_a_maximum_of_nought_says_the_same():
    rows = [
        {"name": "X", "A|points": "0", "A|max_points": "0", "B|points": "54"},
        {"name": "Y", "A|points": "40", "B|points": "30"},
    ]

    assert results(bring_in(table(rows, columns=TWO)))["X"]["index"] == "90.00"


def test_nought_points_are_not_the_same_as_not_applicable():
    rows = [{"name": "X", "A|points": "0", "B|points": "54"}]

    assert results(bring_in(table(rows, columns=TWO)))["X"]["index"] == "54.00"


def test_points_over_the_maximum_become_a_bonus():
    """Tiền Giang 2020 published 102,50."""
    campaign = bring_in(table([{"name": "A", "points": "102,50"}, {"name": "B", "points": "99"}]))

    assert tree(campaign) == [("tong", "100", "self", "scored"), ("vuot", "2.5", "coordinator", "bonus")]
    assert results(campaign)["A"]["index"] == "102.50"
    assert results(campaign)["B"]["index"] == "99.00"


def test_columns_that_are_only_some_leave_a_rest():
    found = results(bring_in(table([{"name": "X", "points": "85", "A|points": "38"}], columns=TWO[:1])))

    assert nodes(found["X"])["con-lai"] == ("47", "60", "78.33")
    assert found["X"]["index"] == "85.00"


def test_a_scale_of_sixty_is_whole_when_its_columns_explain_the_total():
    columns = [{"code": "A", "max_points": "40"}, {"code": "B", "max_points": "20"}]
    found = results(
        bring_in(table([{"name": "X", "points": "54", "A|points": "38", "B|points": "16"}], columns=columns))
    )

    assert (found["X"]["max_points"], found["X"]["index"]) == ("60", "90.00")


def test_a_column_missing_for_one_unit_is_not_computed_for_any():
    rows = [
        {"name": "X", "points": "90", "A|points": "35", "B|points": "55"},
        {"name": "Y", "points": "80", "B|points": "50"},
    ]
    found = results(bring_in(table(rows, columns=TWO)))

    assert set(nodes(found["X"])) == {"B", "con-lai"}
    assert (found["X"]["index"], found["Y"]["index"]) == ("90.00", "80.00")


def test_an_own_maximum_that_no_column_explains_leaves_the_total_only():
    rows = [{"name": "X", "points": "63", "max_points": "70", "A|points": "30", "B|points": "33"}]
    campaign = bring_in(table(rows, columns=TWO))

    assert tree(campaign) == [("tong", "70", "self", "scored")]
    assert results(campaign)["X"]["index"] == "90.00"
    assert campaign.participants.get().printed.components["A"] == {"points": "30"}


def test_components_make_the_tree_where_parts_are_printed_too():
    row = {"name": "X", "points": "90", "A|points": "36", "B|points": "54", "TD|points": "60", "XHH|points": "30"}
    campaign = bring_in(table([row], columns=TWO + PARTS))

    assert [code for code, *_ in tree(campaign)] == ["A", "B"]
    assert campaign.participants.get().printed.parts == {"TD": {"points": "60"}, "XHH": {"points": "30"}}


def test_a_misprinted_total_does_not_change_what_the_columns_give():
    rows = [{"name": "X", "points": "95", "A|points": "36", "B|points": "54"}]

    assert results(bring_in(table(rows, columns=TWO)))["X"]["index"] == "90.00"


def test_unranked_units_have_an_index_and_no_rank():
    rows = [
        {"name": "X", "points": "80"},
        {"name": "Y", "points": "90", "is_ranked": "không", "unranked_reason": "Mới thành lập"},
    ]
    found = results(bring_in(table(rows)))

    assert (found["Y"]["index"], found["Y"]["rank"], found["X"]["rank"]) == ("90.00", None, 1)


def test_policy_and_grades_are_those_of_the_table():
    campaign = bring_in(table([{"name": "X", "points": "80"}], decimals="1", rounding="cắt bỏ", ranking="liền hạng"))

    assert (campaign.policy["decimals"], campaign.policy["rounding"], campaign.policy["ranking"]) == (
        1,
        "down",
        "dense",
    )
    assert campaign.policy["exclusion"] == "own_maximum"
    assert not campaign.grades_known
    assert [grade["label"] for grade in campaign.grades] == ["Không in ngưỡng xếp loại"]

"""What holds for every campaign: the engine agrees with an oracle written apart from it, and its bytes are stable."""

from __future__ import annotations

import copy
import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.compute import compute
from scoring.engine.evaluate import evaluate
from scoring.engine.interchange import load_campaign
from scoring.engine.sentences import sentences
from tests.engine.campaigns import Json, spell, unit, without_sentences
from tests.engine.doubling import doubled
from tests.engine.oracle import expected
from tests.engine.random_campaigns import draw_campaign

SEEDS = st.integers(min_value=0, max_value=10**9)


@given(SEEDS)
def test_the_engine_agrees_with_the_oracle_on_every_number(seed: int) -> None:
    file = draw_campaign(seed)
    assert without_sentences(json.loads(compute(spell(file)))) == expected(file)


@given(SEEDS)
def test_shuffling_units_and_criteria_changes_only_order_and_digest(seed: int) -> None:
    file = draw_campaign(seed)
    shuffled = copy.deepcopy(file)
    random = Random(seed)
    random.shuffle(shuffled["units"])
    for criteria_set in shuffled["criteria_sets"]:
        shuffle_tree(criteria_set["criteria"], random)
    assert in_one_order(json.loads(compute(spell(shuffled)))) == in_one_order(json.loads(compute(spell(file))))


def shuffle_tree(nodes: list[Json], random: Random) -> None:
    random.shuffle(nodes)
    for node in nodes:
        shuffle_tree(node.get("children", []), random)


def in_one_order(results: Json) -> Json:
    del results["input_sha256"]
    for one in results["units"]:
        one["nodes"].sort(key=lambda node: node["code"])
        one["unanswered"].sort()
    for group in results["groups"]:
        group["components"].sort(key=lambda component: (component["criteria_set"], component["code"]))
    return results


@given(SEEDS)
def test_shuffling_units_alone_leaves_every_byte_but_the_digest(seed: int) -> None:
    file = draw_campaign(seed)
    turned = {**file, "units": file["units"][::-1]}
    first, second = (compute(spell(one)).splitlines() for one in (file, turned))
    assert [line for line in first if b"input_sha256" not in line] == [
        line for line in second if b"input_sha256" not in line
    ]


@given(SEEDS)
def test_the_order_of_keys_and_spaces_of_the_file_change_nothing_at_all(seed: int) -> None:
    file = draw_campaign(seed)
    respelt = json.dumps(file, sort_keys=True, indent=3, ensure_ascii=True).encode()
    assert compute(respelt) == compute(spell(file))


@given(SEEDS)
def test_the_bytes_are_what_json_writes_with_indent_one(seed: int) -> None:
    data = compute(spell(draw_campaign(seed)))
    assert data == (json.dumps(json.loads(data), ensure_ascii=False, indent=1) + "\n").encode()


@given(SEEDS)
def test_twice_the_points_and_the_maxima_leave_every_index_rank_and_grade(seed: int) -> None:
    file = draw_campaign(seed)
    # Points of a leaf that are rounded, and percentage points of a component of bonuses alone, do not scale.
    file["policy"]["leaf_decimals"] = None
    if any(component["weight"] is None for one in file["criteria_sets"] for component in one["criteria"]):
        file["policy"]["weighting"] = "points"
    once, twice = (evaluate(load_campaign(spell(one))) for one in (file, doubled(file)))
    for before, after in zip(once.units, twice.units, strict=True):
        assert after.unit.code == before.unit.code
        assert (after.index, after.rank, after.grade) == (before.index, before.rank, before.grade)
        assert (after.points, after.max_points) == (2 * before.points, 2 * before.max_points)
        for node_before, node_after in zip(before.nodes, after.nodes, strict=True):
            assert (node_after.index, node_after.rank) == (node_before.index, node_before.rank)
            assert (node_after.points, node_after.max_points) == (2 * node_before.points, 2 * node_before.max_points)
    assert once.groups == twice.groups


@given(SEEDS)
def test_a_unit_added_at_the_bottom_moves_nobody_above(seed: int) -> None:
    file = draw_campaign(seed)
    criteria_set = file["criteria_sets"][0]["code"]
    last = unit("Z", name="Đơn vị mới", group="g1", criteria_set=criteria_set)
    before, after = (
        json.loads(compute(spell({**file, "units": units}))) for units in (file["units"], [*file["units"], last])
    )
    assert [one for one in after["units"] if one["code"] != "Z"] == before["units"]
    (new,) = (one for one in after["units"] if one["code"] == "Z")
    assert all(
        one["rank"] <= new["rank"] for one in after["units"] if one["group"] == "g1" and one["rank"] and new["rank"]
    )


@given(SEEDS)
def test_every_node_has_one_sentence_and_it_is_one_line(seed: int) -> None:
    for found in evaluate(load_campaign(spell(draw_campaign(seed)))).units:
        told = list(sentences(found))
        assert len(told) == len(found.nodes)
        assert all(one and one.isprintable() for one in told)

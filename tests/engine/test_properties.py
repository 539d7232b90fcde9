"""What holds for every campaign: the engine agrees with an oracle written apart from it, and its bytes are stable."""

from __future__ import annotations

import copy
import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.compute import compute
from tests.engine.campaigns import Json, spell, without_sentences
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

"""One leaf alone: what a form shows while figures are typed is what a run will count."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.engine.errors import CampaignFaults
from scoring.engine.leaves import score_leaf
from scoring.engine.load_policy import read_policy
from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader
from scoring.engine.single import Leaf, Scored, read_one_rule
from scoring.engine.types import Computed, Node
from tests.engine.campaigns import POLICY, Json, does_not_apply, given, one_leaf, results_of
from tests.engine.rules.declared import ORDINARY
from tests.engine.rules.test_registry import ANSWERS

RATIO = {"kind": "ratio", "floor": "0.8", "when_empty": "not_applicable"}


@pytest.mark.parametrize("kind", ORDINARY)
def test_one_leaf_alone_comes_to_what_the_whole_file_comes_to(kind: str) -> None:
    rule, answer = {"kind": kind, **ORDINARY[kind]}, {"inputs": ANSWERS[kind]}
    alone = Leaf(rule, "2", POLICY | {"leaf_decimals": 2}).score(answer)
    node = results_of(one_leaf(rule, answer, leaf_decimals=2), "A")["nodes"]["1"]
    assert (alone.points, alone.applies, alone.step, alone.faults) == (node["points"], True, node["steps"], ())


@pytest.mark.parametrize(
    ("answer", "scored"),
    [
        (given("0.5"), Scored("0.5", applies=True, step="Chấm 0,5 điểm, có ghi lý do")),
        (does_not_apply(), Scored(None, applies=False, step="Không áp dụng, đã được xác nhận")),
        (
            {"inputs": {"numerator": 0, "denominator": 0}},
            Scored(None, applies=False, step="Không phát sinh (0/0): không áp dụng"),
        ),
        (
            {"inputs": {"numerator": 7, "denominator": 10}},
            Scored("0", applies=True, step="7/10 = 70% < 80% → 0 điểm"),
        ),
    ],
)
def test_every_form_of_an_answer_is_scored(answer: Json, scored: Scored) -> None:
    assert Leaf(RATIO, "2", POLICY).score(answer) == scored


@pytest.mark.parametrize(
    ("answer", "places"),
    [
        ({"inputs": {"numerator": "x", "denominator": -1}}, ["inputs → numerator", "inputs → denominator"]),
        ({"points": "2.5", "reason": ""}, ["points", "reason"]),
        ({}, ["Tệp"]),
        ({"inputs": {"numerator": 1, "denominator": 2}, "note": "x"}, ["note"]),
    ],
)
def test_a_refused_answer_earns_nothing_and_tells_every_fault_at_its_figure(answer: Json, places: list[str]) -> None:
    scored = Leaf(RATIO, "2", POLICY).score(answer)
    assert (scored.points, scored.applies, scored.step) == (None, True, "")
    assert [fault.place for fault in scored.faults] == places


def test_a_leaf_tells_what_to_ask_for_and_its_maximum() -> None:
    leaf = Leaf(RATIO, "2.5", POLICY)
    assert [one.key for one in leaf.inputs] == ["numerator", "denominator"]
    assert leaf.max_points == Fraction(5, 2)


@pytest.mark.parametrize(
    ("rule", "max_points", "policy", "places"),
    [
        ({"kind": "magic"}, "2", POLICY, ["rule → kind"]),
        ({"kind": "ratio", "floor": -1, "of": 1}, "2", POLICY, ["rule → floor", "rule → of"]),
        (RATIO, "2", POLICY | {"decimals": 9, "exclusion": "none"}, ["policy → decimals", "policy → exclusion"]),
        (RATIO, "hai", POLICY, []),
    ],
)
def test_a_leaf_whose_rule_or_policy_is_wrong_is_refused(
    rule: Json, max_points: str, policy: Json, places: list[str]
) -> None:
    with pytest.raises(CampaignFaults) as refusal:
        Leaf(rule, max_points, policy)
    assert [fault.place for fault in refusal.value.faults] == places


def test_a_rule_can_be_read_for_its_sentence_alone() -> None:
    assert read_one_rule(RATIO, "2").describe().startswith("tỷ lệ đạt được nhân 2 điểm")


def test_figures_for_a_node_that_is_no_leaf_are_the_error_of_a_programmer_and_no_score() -> None:
    policy = read_policy(ObjectReader(POLICY, Place(), [])).policy
    assert policy
    parent = Node("1", "Lĩnh vực", Fraction(2), None, "self", "scored", (), None)
    with pytest.raises(TypeError, match="node 1 is no leaf"):
        score_leaf(parent, Computed({}), None, policy)

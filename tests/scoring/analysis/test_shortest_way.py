"""The way to the next class: fewest leaves, then the smallest gain; only what the unit itself can still gain."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import prod
from random import Random
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from scoring.analysis.evaluated import Evaluated
from scoring.analysis.reachable import reachable
from scoring.analysis.shortest_way import ShortestWay, least_exact, shortest_way
from scoring.analysis.trial import Trial
from scoring.engine.rounding import print_points, round_to
from tests.engine.campaigns import Json, campaign, does_not_apply, given, leaf, parent, unit
from tests.engine.random_campaigns import draw_campaign
from tests.scoring.analysis.evaluating import evaluated, of, points

LEVELS = {
    "kind": "options",
    "options": [
        {"key": "du", "label": "Đúng hạn", "share": "1"},
        {"key": "tre", "label": "Trễ hạn", "points": "4"},
        {"key": "khong", "label": "Không", "points": "0"},
    ],
}
ALL_OR_60 = {"kind": "options", "options": [{"key": "a", "label": "A", "share": "1"}]}


def steps(way: ShortestWay) -> list[tuple[str, str]]:
    return [(move.code, str(move.target)) for move in way.moves]


def test_one_leaf_is_shorter_than_two_with_less_gain() -> None:
    """71 of 100, 80 asked: 9 are missing. Leaf 3 gives 20 or nothing; leaves 1 and 2 would give 9 together."""
    tree = [leaf("1", "10"), leaf("2", "10"), leaf("3", "80", ALL_OR_60)]
    way = shortest_way(of(tree, [points("A", "5", "6", "60")]), "A")
    assert (way.outcome, steps(way), way.gain) == ("found", [("3", "80")], 20)
    assert (way.fewest, way.least) == (True, True)
    assert way.next_grade is not None
    assert way.next_grade.code == "tot"


def test_of_as_many_leaves_the_least_gain_is_taken() -> None:
    """8 are missing: leaf 1 could give 9 or nothing, leaf 2 gives 8."""
    tree = [leaf("1", "20", {"kind": "manual", "step": "20"}), leaf("2", "20"), leaf("3", "60", source="survey")]
    way = shortest_way(of(tree, [points("A", "11", "12", "49")]), "A")
    assert (steps(way), way.gain) == ([("2", "20")], 8)
    assert way.after is not None
    assert (way.after.points, way.after.grade) == (80, way.next_grade)


def test_levels_between_are_ways_too() -> None:
    """4 are missing, and the middle level of leaf 1 gives just that."""
    tree = [leaf("1", "10", LEVELS), leaf("2", "90", source="survey")]
    stands = of(tree, [unit("A", {"1": {"inputs": {"choice": "khong"}}, "2": given("76")})])
    assert steps(shortest_way(stands, "A")) == [("1", "4")]


def test_a_rule_is_not_asked_for_more_than_it_gives() -> None:
    """9 are missing; the bands give 8 of 10 at most, so that leaf 1 alone does not do, and leaf 2 alone does."""
    bands = {"kind": "bands", "of": "ratio", "bands": [{"at_least": "0.9", "share": "0.8"}]}
    tree = [leaf("1", "10", bands), leaf("2", "20"), leaf("3", "70", source="survey")]
    way = shortest_way(of(tree, [points("A", "0", "5", "66")]), "A")
    assert steps(way) == [("2", "14")]
    alone = of([leaf("1", "10", bands), leaf("2", "90", source="survey")], [points("A", "0", "71")])
    assert shortest_way(alone, "A").outcome == "out_of_reach"


@pytest.mark.parametrize(
    ("others", "policy", "target", "a_step_less"),
    [
        ("71.245", {}, "8.75", "8.74"),
        ("71.2", {"leaf_decimals": 1}, "8.8", "8.7"),
        ("71", {"leaf_decimals": 0}, "9", "8"),
        ("71.245", {"decimals": 0}, "8.26", "8.25"),
    ],
    ids=["as printed", "one decimal", "whole points", "a rounded index"],
)
def test_a_leaf_of_any_points_rises_no_further_than_it_must(
    others: str, policy: dict[str, Any], target: str, a_step_less: str
) -> None:
    """80 is asked, and an index of 79.995 (of 79.5 without decimals) is published as that."""
    stands = of([leaf("1", "10"), leaf("2", "90", source="survey")], [points("A", "7", others)], **policy)
    way = shortest_way(stands, "A")
    (move,) = way.moves
    assert (move.target, move.figure) == (Fraction(target), None)
    assert way.after is not None
    assert way.after.grade == way.next_grade
    assert Trial(stands, "A").given({"1": Fraction(a_step_less)}).grade == "kha"


@pytest.mark.parametrize(
    ("rule", "inputs", "needed"),
    [
        ({"kind": "ratio"}, {"numerator": 45, "denominator": 50}, ("48", "45", "50")),
        ({"kind": "ratio", "inverse": True}, {"numerator": 5, "denominator": 50}, ("2", "5", "50")),
        ({"kind": "ratio", "full_at": "0.96"}, {"numerator": 40, "denominator": 50}, ("43", "40", "50")),
        ({"kind": "bands", "of": "ratio", "bands": [{"at_least": "0.4", "linear": True}]},
         {"numerator": 18, "denominator": 20}, ("20", "18", "20")),
        ({"kind": "per_item", "points_each": "0.3"}, {"count": 3}, ("5", "3", None)),
        ({"kind": "ratio"}, None, ("6", None, "100")),
        ({"kind": "ratio"}, {"numerator": "4.5", "denominator": "5.5"}, ("88", None, "100")),
        ({"kind": "ratio", "floor": "0.8"}, None, ("80", None, "100")),
        ({"kind": "bands", "of": "ratio", "bands": [{"at_least": "0.995", "share": "1"}]}, None,
         ("199/2", None, "100")),
    ],
)  # fmt: skip
def test_the_figure_to_enter_is_told_with_the_one_that_stands_there(
    rule: Json, inputs: Json | None, needed: tuple[str, str | None, str | None]
) -> None:
    """Just over half a point is missing of the ten: the total stays, and is a hundred where none is known."""
    answers = {"1": {"inputs": inputs}} if inputs else {}
    now = of([leaf("1", "10", rule), leaf("2", "90")], [unit("A", answers)]).unit("A").points
    grades = [
        {"code": "a", "label": "A", "at_least": print_points(now + Fraction("0.52"))},
        {"code": "b", "label": "B"},
    ]
    tree = [leaf("1", "10", rule), leaf("2", "90", source="survey")]
    (move,) = shortest_way(of(tree, [unit("A", answers)], grades=grades, decimals=4), "A").moves
    figure = move.figure
    assert figure is not None
    assert (figure.needed, figure.now, figure.whole) == tuple(None if one is None else Fraction(one) for one in needed)


def test_leaves_that_share_what_is_needed_give_it_in_all_and_no_more() -> None:
    """15 are missing and no leaf has as much: the one that can rise most gives all it can, the other the rest."""
    tree = [leaf("1", "10"), leaf("2", "20"), leaf("3", "70")]
    way = shortest_way(of(tree, [points("A", "2", "9", "54")]), "A")
    assert (steps(way), way.gain, way.least) == ([("3", "69")], 15, True)
    way = shortest_way(of([*tree[:2], leaf("3", "70", source="survey")], [points("A", "2", "9", "54")]), "A")
    assert (steps(way), way.gain, way.least) == ([("1", "6"), ("2", "20")], 15, True)


def test_what_a_penalty_takes_under_bands_is_no_less_than_their_least() -> None:
    """No figure falls beside the bands, so that 2 are taken at least: of 3 points only 1 can be saved."""
    bands = {
        "kind": "bands",
        "of": "value",
        "bands": [{"at_least": "10", "points": "3"}, {"below": "10", "points": "2"}],
    }
    tree = [leaf("1", "100", source="survey"), leaf("2", "3", bands, role="penalty")]
    answers = {"1": given("82"), "2": {"inputs": {"value": "12"}}}
    assert steps(shortest_way(of(tree, [unit("A", answers)]), "A")) == [("2", "2")]
    assert shortest_way(of(tree, [unit("A", {**answers, "1": given("81.9")})]), "A").outcome == "out_of_reach"


def test_a_published_index_is_reached_by_rounding() -> None:
    """With leaf 2 the index is 79.995, published as 80.00: enough, unless the third decimal is cut."""
    tree = [leaf("1", "95"), leaf("2", "5")]
    assert steps(shortest_way(of(tree, [points("A", "74.995", "0")]), "A")) == [("2", "5")]
    assert steps(shortest_way(of(tree, [points("A", "74.995", "0")], rounding="down"), "A")) == [("1", "80")]


def test_numbers_of_others_and_what_does_not_apply_are_no_way() -> None:
    tree = [leaf("1"), leaf("2", source="survey"), leaf("3", source="coordinator"), leaf("4")]
    answers = {"1": given("5"), "2": given("0"), "3": given("10"), "4": does_not_apply()}
    stands = of(tree, [unit("A", answers)])
    way = shortest_way(stands, "A")
    assert (way.outcome, steps(way)) == ("found", [("1", "19/2")])
    assert shortest_way(of(tree, [unit("A", {**answers, "3": given("4")})]), "A").outcome == "out_of_reach"


def test_an_unanswered_leaf_can_still_gain() -> None:
    assert steps(shortest_way(of([leaf("1"), leaf("2")], [points("A", "10", None)]), "A")) == [("2", "3")]


def test_a_bonus_may_be_earned_and_a_penalty_avoided() -> None:
    """Of 9.5 points 1.5 are missing, of which the penalty can give back 3; or the bonus brings what is missing."""
    tree = [leaf("1", "10", source="survey"), leaf("2", "2", role="bonus"), leaf("3", "3", role="penalty")]
    answers = {"1": given("9"), "2": given("2"), "3": given("3")}
    assert steps(shortest_way(of(tree, [unit("A", answers)], grades=SCALE), "A")) == [("3", "3/2")]
    plus = {"1": given("8.5"), "2": given("0")}
    assert steps(shortest_way(of(tree[:2], [unit("A", plus)], grades=SCALE), "A")) == [("2", "1")]


def test_a_bonus_beyond_the_cap_hides_no_way() -> None:
    """With every leaf at its best the index is capped at 100 by far; what a leaf brings is measured without the cap."""
    tree = [leaf("1", "10"), leaf("2", "10"), leaf("3", "10", role="bonus"), leaf("4", "10", role="bonus")]
    stands = of(tree, [points("A", "5", "4", "0", "0")], grades=SCALE, cap_index=True)
    way = shortest_way(stands, "A")
    assert (len(way.moves), way.gain, way.fewest, way.least) == (1, 10, True, True)


MOST_WAYS = 1_000
SCALE = [{"code": "a", "label": "A", "at_least": "95"}, {"code": "b", "label": "B"}]


def test_a_gate_must_be_passed_as_well() -> None:
    """The index is there; component 2 lies below 50 and must rise, however little that brings."""
    tree = [parent("1", "90", leaf("1.1", "90")), parent("2", "10", leaf("2.1", "6"), leaf("2.2", "4"))]
    gates = [{"node": "any", "index_below": "50", "highest_grade": "kha", "reason": "Vì"}]
    answers = {"1.1": given("88"), "2.1": given("2"), "2.2": given("2")}
    way = shortest_way(of(tree, [unit("A", answers)], gates=gates), "A")
    assert (steps(way), way.gain) == ([("2.1", "3")], 1)
    named = shortest_way(of(tree, [unit("A", answers)], gates=[{**gates[0], "node": "2.1"}]), "A")
    assert steps(named) == [("2.1", "3")]
    elsewhere = shortest_way(of(tree, [unit("A", {**answers, "1.1": given("80")})], gates=[]), "A")
    assert elsewhere.outcome == "best"


def test_a_gate_on_the_number_of_others_is_out_of_reach() -> None:
    tree = [leaf("1", "90"), leaf("2", "10", source="survey")]
    gates = [{"node": "2", "index_below": "50", "highest_grade": "kha", "reason": "Vì"}]
    way = shortest_way(of(tree, [points("A", "85", "4")], gates=gates), "A")
    assert (way.outcome, way.moves, way.after) == ("out_of_reach", (), None)
    assert way.next_grade is not None


def test_weights_decide_what_a_leaf_brings() -> None:
    """Component 2 weighs nine times as much: it lifts the index by 9 a point, component 1 by 0.11."""
    tree = [leaf("1", "90", weight="1"), leaf("2", "10", weight="9")]
    stands = of(tree, [points("A", "45", "6")], weighting="weights")
    way = shortest_way(stands, "A")
    assert (steps(way), str(way.gain)) == ([("2", "667/100")], "67/100")


def test_leaves_that_look_alike_are_told_apart_where_a_floor_holds_one_down() -> None:
    """A penalty of 10 swallows the first leaf of component 1, though at the top all four bring as much."""
    tree = [
        parent("1", "20", leaf("1.1"), leaf("1.2"), leaf("1.3", role="penalty", source="coordinator"), weight="1"),
        parent("2", "20", leaf("2.1"), leaf("2.2"), weight="1"),
    ]
    grades = [{"code": "a", "label": "A", "at_least": "20"}, {"code": "b", "label": "B"}]
    stands = of(tree, [unit("A", {"1.3": given("10")})], weighting="weights", grades=grades)
    assert steps(shortest_way(stands, "A")) == [("2.1", "8")]


def test_a_threshold_on_points_is_reached_in_points() -> None:
    """Nghị định 61/2018: 15 of 18 points."""
    grades = [{"code": "xs", "label": "Xuất sắc", "at_least": "15"}, {"code": "tot", "label": "Tốt"}]
    tree = [leaf("1", "9"), leaf("2", "9")]
    way = shortest_way(of(tree, [points("A", "6", "7")], grades=grades, grade_on="points"), "A")
    assert (steps(way), way.gain) == ([("1", "8")], 2)


def test_more_than_the_threshold_is_asked_where_the_scale_says_above() -> None:
    grades = [{"code": "a", "label": "A", "above": "80"}, {"code": "b", "label": "B"}]
    tree = [leaf("1", "10"), leaf("2", "11"), leaf("3", "79")]
    stands = of(tree, [points("A", "0", "0", "70")], grades=grades)
    assert steps(shortest_way(stands, "A")) == [("2", "1001/100")]


@pytest.mark.parametrize(
    ("more", "amounts", "outcome"),
    [
        ({}, ("10", "9"), "best"),
        ({"grade_override": {"grade": "yeu", "reason": "Hội đồng"}}, ("1", "1"), "decided"),
        ({"not_applicable": [{"criterion": "1", "reason": "Vì"}, {"criterion": "2", "reason": "Vì"}]}, (), "no_class"),
    ],
    ids=["the best class", "a council decided", "no class at all"],
)
def test_where_there_is_nowhere_to_go(more: dict[str, Any], amounts: tuple[str, ...], outcome: str) -> None:
    way = shortest_way(of([leaf("1"), leaf("2")], [points("A", *amounts, **more)]), "A")
    assert (way.outcome, way.next_grade, way.moves) == (outcome, None, ())


@pytest.mark.parametrize("rule", [{"kind": "manual"}, {"kind": "manual", "step": "0.5"}])
def test_many_alike_leaves_are_no_labour(rule: Json) -> None:
    """90 leaves of one point, 45 of them half earned: 67.5 of the 72 that are asked, so nine of the 45 must rise."""
    tree = [leaf(str(number), "1", rule) for number in range(1, 91)]
    amounts = ["1" if number <= 45 else "0.5" for number in range(1, 91)]
    way = shortest_way(of(tree, [points("A", *amounts)]), "A", most_steps=3_000)
    assert (way.outcome, len(way.moves), way.gain, way.least) == ("found", 9, Fraction(9, 2), True)


@pytest.mark.parametrize(("most_steps", "sure"), [(0, (False, False)), (200, (True, False))])
def test_a_search_that_is_cut_short_still_gives_a_way_and_says_so(most_steps: int, sure: tuple[bool, bool]) -> None:
    random = Random(4)
    tree = [leaf(str(number), "7") for number in range(1, 41)]
    amounts = [f"{random.randint(1, 6999) / 1000:.3f}" for _ in tree]
    stands = of(tree, [points("A", *amounts)])
    way = shortest_way(stands, "A", most_steps)
    assert (way.outcome, way.fewest, way.least) == ("found", *sure)
    assert way.after is not None
    assert way.after.grade == way.next_grade


@drawn(
    st.integers(min_value=0, max_value=10**6),
    st.integers(min_value=0, max_value=4),
    st.sampled_from(["half_up", "half_even", "down"]),
)
def test_an_index_is_published_as_much_from_its_least_exact_value_on(value: int, decimals: int, rounding: str) -> None:
    policy = of([leaf("1")], [], decimals=decimals, rounding=rounding).campaign.policy
    published = round_to(Fraction(value, 10**4), decimals, "down")
    least = least_exact(published, policy)
    tiny = Fraction(1, 10**9)
    assert round_to(least - tiny, decimals, policy.rounding) < published or least <= 0
    assert round_to(least + tiny, decimals, policy.rounding) == published


@drawn(st.integers(min_value=0, max_value=10**9), st.sampled_from([0, 1, None]))
def test_no_way_is_shorter_than_the_one_found(seed: int, leaf_decimals: int | None) -> None:
    """Points of few decimals leave few enough ways to try them all."""
    file = draw_campaign(seed)
    file["policy"]["leaf_decimals"] = 1 if leaf_decimals == 0 else leaf_decimals
    stands = evaluated(file)
    for code in stands.units:
        way = shortest_way(stands, code)
        if way.outcome in ("found", "out_of_reach", "unknown"):
            wanted, tried = by_brute_force(stands, code)
            found = (len(way.moves), way.gain) if way.outcome == "found" else None
            # What a formula gives beyond the figures tried could need fewer leaves than two, and less gain.
            is_sure = (not way.unknown or len(way.moves) == 1, not way.unknown)
            assert not tried or (found, way.fewest, way.least) == (wanted, *(is_sure if found else (True, True)))


RULES: list[Json] = [
    {"kind": "manual"},
    {"kind": "manual", "step": "0.5"},
    {"kind": "ratio", "floor": "0.25"},
    {"kind": "indicator"},
    {"kind": "per_item", "points_each": "0.3"},
    {
        "kind": "options",
        "options": [{"key": "a", "label": "A", "points": "0.7"}, {"key": "b", "label": "B", "share": "1"}],
    },
    {"kind": "bands", "of": "ratio", "bands": [{"at_least": "0.9", "share": "1"}, {"at_least": "0.4", "linear": True}]},
]


def draw_small(random: Random) -> Json:
    """Two components of two or three leaves each that the unit answers itself, of every rule that leaves a choice."""
    weighted = random.random() < 0.5
    codes = [["1.1", "1.2"], ["2.1", "2.2", "2.3"][: random.randint(1, 3)]]
    tree, answers = [], {}
    for number, own in enumerate(codes, 1):
        leaves = []
        for code in own:
            rule, role = random.choice(RULES), random.choice(["scored"] * 4 + ["bonus", "penalty"])
            leaves.append(leaf(code, random.choice(["1", "1.5", "2"]), rule, role=role if leaves else "scored"))
            if rule["kind"] in ("ratio", "bands") and random.random() < 0.8:
                total = random.choice([3, 7, 8])
                answers[code] = {"inputs": {"numerator": random.randint(0, total), "denominator": total}}
            elif random.random() < 0.8:
                answers[code] = given(random.choice(["0", "0.3", "0.75", "1"]))
        most = sum(Fraction(one["max_points"]) for one in leaves if one["role"] == "scored")
        tree.append(
            parent(str(number), print_points(most), *leaves, weight=str(random.randint(1, 9)) if weighted else None)
        )
    changes = {
        "weighting": "weights" if weighted else "points",
        "leaf_decimals": 1,
        "decimals": random.choice([0, 1, 2]),
        "grade_on": random.choice(["published", "exact", "points"]),
        "rounding": random.choice(["half_up", "half_even", "down"]),
        "exclusion": random.choice(["own_maximum", "rescale_self"]),
        "cap_index": random.random() < 0.5,
    }
    most_value = 5 if changes["grade_on"] == "points" else 95
    grades = [{"code": "a", "label": "A", random.choice(["at_least", "above"]): str(random.randint(2, most_value))}]
    gates = [{"node": "any", "index_below": str(random.randint(5, 90)), "highest_grade": "b", "reason": "Vì"}]
    return campaign(
        tree, [unit("A", answers)], grades=[*grades, {"code": "b", "label": "B"}],
        gates=gates if random.random() < 0.4 else [], **changes,
    )  # fmt: skip


@drawn(st.integers(min_value=0, max_value=10**9))
def test_no_gain_is_less_where_leaves_take_any_points(seed: int) -> None:
    stands = evaluated(draw_small(Random(seed)))
    way = shortest_way(stands, "A")
    if way.outcome in ("found", "out_of_reach"):
        wanted, tried = by_brute_force(stands, "A")
        found = (len(way.moves), way.gain) if way.outcome == "found" else None
        assert not tried or found == wanted
        assert (way.fewest, way.least) == (True, True)


def by_brute_force(stands: Evaluated, code: str) -> tuple[tuple[int, Fraction] | None, bool]:
    """(leaves, gain) of the shortest way, from trying every choice of every leaf; None where none leads there.

    The second is false for a tree that has too many choices to try.
    """
    trial = Trial(stands, code)
    grades = [grade.code for grade in trial.grades]
    good = grades[: grades.index(str(trial.now.grade))]
    reached = (
        (node.code, result.points, reachable(node, result, trial.now.unit.answers.get(node.code), trial.policy))
        for node, result in stands.nodes(trial.now)
    )
    leaves = [(node, now, (now, *targets)) for node, now, targets in reached if targets]
    if prod(len(values) for _, _, values in leaves) > MOST_WAYS:
        return None, False
    found = []
    for targets in product(*(values for _, _, values in leaves)):
        moved = {one: target for (one, now, _), target in zip(leaves, targets, strict=True) if target != now}
        gain = sum((abs(target - now) for (_, now, _), target in zip(leaves, targets, strict=True)), Fraction(0))
        if trial.given(moved).grade in good:
            found.append((len(moved), gain))
    return min(found, default=None), True

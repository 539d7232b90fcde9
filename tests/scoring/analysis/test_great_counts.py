"""Great totals and counts: every figure is looked at, though not one by one."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from scoring.analysis.levels import Figure, Reach
from scoring.analysis.reachable import reachable
from scoring.analysis.shortest_way import shortest_way
from scoring.analysis.trial import Trial
from scoring.engine.leaves import score_leaf
from scoring.engine.types import Computed
from tests.engine.campaigns import Json, given, leaf, unit
from tests.scoring.analysis.evaluating import of

FROM_80_PERCENT = {"kind": "bands", "of": "ratio", "bands": [{"at_least": "0.8", "share": 1}]}
EVEN = {"kind": "ratio"}


def class_at(threshold: str) -> list[Json]:
    return [{"code": "a", "label": "A", "at_least": threshold}, {"code": "b", "label": "B"}]


FULL_AT_A_TENTH = {"kind": "ratio", "full_at": "0.1"}


@pytest.mark.parametrize(
    ("rule", "numerator", "denominator", "threshold", "policy", "needed"),
    [
        (FROM_80_PERCENT, 50_000, 77_042, "80", {}, 61_634),
        (EVEN, 7_932, 30_429, "30", {"grade_on": "exact"}, 9_129),
        (EVEN, 7_932, 30_429, "30", {"grade_on": "published"}, 9_128),
        (FULL_AT_A_TENTH, 1_000, 77_042, "80", {"grade_on": "exact"}, 6_164),
        (EVEN, 1_000_000, 3_000_001, "80", {"grade_on": "exact"}, 2_400_001),
        (EVEN, 1_000_000, 3_000_001, "80", {"leaf_decimals": 2, "grade_on": "exact"}, 2_399_851),
    ],
    ids=["a step of a band", "an even ratio", "a rounded index", "full at a tenth", "millions", "rounded leaves"],
)
def test_of_a_great_total_the_least_figure_that_does_is_told(
    rule: Json, numerator: int, denominator: int, threshold: str, policy: Json, needed: int
) -> None:
    answer = {"inputs": {"numerator": numerator, "denominator": denominator}}
    stands = of([leaf("1", "100", rule)], [unit("A", {"1": answer})], grades=class_at(threshold), **policy)
    way = shortest_way(stands, "A")
    (move,) = way.moves
    assert (move.figure, way.least) == (Figure(Fraction(needed), Fraction(numerator), Fraction(denominator)), True)
    (node, _), *_ = stands.nodes(stands.unit("A"))
    one_less = Computed({"numerator": Fraction(needed - 1), "denominator": Fraction(denominator)})
    assert score_leaf(node, one_less, None, stands.campaign.policy).points < move.target
    assert Trial(stands, "A").answered({"1": one_less}).grade == stands.unit("A").grade


def test_a_great_count_rises_no_further_than_it_must() -> None:
    rule = {"kind": "per_item", "points_each": "0.013"}
    answer = {"inputs": {"count": 100}}
    stands = of([leaf("1", "100", rule)], [unit("A", {"1": answer})], grades=class_at("80"), grade_on="exact")
    (move,) = shortest_way(stands, "A").moves
    assert (move.figure, move.target) == (Figure(Fraction(6154), Fraction(100)), Fraction("80.002"))


def test_two_great_totals_share_what_is_needed_exactly() -> None:
    """Neither leaf can do it alone: what both need in all is told to the last dossier."""
    answers = {
        "1": {"inputs": {"numerator": 2_000, "denominator": 7_704}},
        "2": {"inputs": {"numerator": 2_000, "denominator": 4_001}},
    }
    tree = [leaf("1", "50", EVEN), leaf("2", "50", EVEN)]
    stands = of(tree, [unit("A", answers)], grades=class_at("90"), grade_on="exact")
    way = shortest_way(stands, "A")
    assert (way.outcome, len(way.moves), way.fewest, way.least) == ("found", 2, True, True)
    best = min(total for total in _sums(7_704, 4_001) if total >= 90)
    assert sum(move.target for move in way.moves) == best


def _sums(one: int, other: int) -> list[Fraction]:
    """For each part of one total the least sum with a part of the other that comes to 90 of 100 points."""
    found = []
    for part in range(one + 1):
        left = 90 - Fraction(50 * part, one)
        rest = -(-left * other // 50)
        if rest <= other:
            found.append(Fraction(50 * part, one) + Fraction(50 * int(rest), other))
    return found


@drawn(st.integers(min_value=0, max_value=10**9))
def test_runs_hold_the_points_of_every_count_and_no_others(seed: int) -> None:
    random = Random(seed)
    rule, total = draw_rule(random), random.randint(1, 60)
    answer = {"inputs": {"numerator": random.randint(0, total), "denominator": total}}
    role = random.choice(["scored", "scored", "penalty"])
    stands = of(
        [leaf("1", random.choice(["1", "2", "50"]), rule, role=role), leaf("2")],
        [unit("A", {"1": random.choice([answer, given("1"), given("0")])})],
        leaf_decimals=random.choice([None, 0, 1, 2, 3]),
        rounding=random.choice(["half_up", "half_even", "down"]),
    )
    (node, now), *_ = stands.nodes(stands.unit("A"))
    policy = stands.campaign.policy
    present = Computed({"numerator": Fraction(answer["inputs"]["numerator"]), "denominator": Fraction(total)})
    found = reachable(node, now, present, policy, one_by_one=0)
    assert list(reachable(node, now, present, policy)) == list(found)

    def worth(count: Fraction) -> Fraction:
        figures = {"numerator": count, "denominator": Fraction(total)}
        return score_leaf(node, Computed(figures), None, policy).points

    most = total * 2 if rule.get("allow_over") else total  # twice is more than any of the rules counts
    every = {worth(Fraction(count)) for count in range(most + 1)}
    wanted = sorted(one for one in every if (one < now.points if role == "penalty" else one > now.points))
    assert list(found) == (wanted[::-1] if role == "penalty" else wanted)
    assert found.is_complete
    assert_levels_agree(found)
    for points, figure in found.pairs():
        assert figure is not None
        assert worth(figure.needed) == points


def assert_levels_agree(found: Reach) -> None:
    """Points, gains and whole costs of a level say the same."""
    costs = found.costs(found.parts)
    for level, points in enumerate(found):
        assert found.points(level) == points
        assert costs[level] == found.gain(level) * found.parts
        assert costs[level] % costs.divisor == 0
    assert len(costs) == len(found)


def draw_rule(random: Random) -> Json:
    share = random.choice(["0.1", "0.4", "0.375", "0.9"])
    linear = {"at_least": share, "linear": True}
    over = {"allow_over": random.random() < 0.3}
    bands = {"kind": "bands", "of": "ratio"}
    return random.choice(
        [
            {"kind": "ratio", "floor": share, "full_at": random.choice(["0.9", "0.95", "1"])},
            {"kind": "ratio", "inverse": True, "floor": "0.2", "full_at": "0.93"},
            {"kind": "ratio", "full_at": "1.5", "allow_over": True},
            {**bands, **over, "bands": [{"at_least": "0.95", "share": "0.5"}, linear]},
            {**bands, **over, "bands": [{"below": "0.3", "share": "0.35"}, linear]},
            {**bands, **over, "bands": [{"at_least": "0.7", "share": "0.7"}, {"above": "0.2", "points": "1"}]},
        ]
    )


def test_a_scale_of_very_small_steps_is_counted_too() -> None:
    tree = [leaf("1", "10", {"kind": "manual", "step": "0.003"})]
    stands = of(tree, [unit("A", {"1": given("7.9")})], grades=class_at("80"), grade_on="exact")
    (move,) = shortest_way(stands, "A").moves
    assert move.target == Fraction("8.001")


def test_where_rounding_leaves_too_many_uneven_points_to_try_it_is_not_said_to_be_the_least() -> None:
    answer = {"inputs": {"numerator": 1_000, "denominator": 77_042}}
    stands = of([leaf("1", "100", EVEN)], [unit("A", {"1": answer})], grades=class_at("80"), leaf_decimals=4)
    way = shortest_way(stands, "A")
    assert (way.outcome, way.fewest, way.least) == ("found", True, False)

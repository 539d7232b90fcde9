"""Ranges of ranks while the weights vary: repeatable, bounded by what weights can do, and quick."""

from __future__ import annotations

import time
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from scoring.analysis import robustness
from scoring.analysis.evaluated import Evaluated
from scoring.analysis.robustness import RankRange, rank_ranges
from tests.engine.campaigns import Json, does_not_apply, given, leaf, parent, unit
from tests.engine.random_campaigns import draw_campaign
from tests.scoring.analysis.evaluating import evaluated, of, points

TREE = [leaf("1", "50"), leaf("2", "50")]


def ranges(stands: Evaluated, **more: object) -> dict[str, tuple[int, int, int, int]]:
    found = rank_ranges(stands, "so", **{"draws": 500, **more})
    return {one.unit: (one.rank, one.best, one.median, one.worst) for one in found}


def test_who_is_better_everywhere_keeps_the_place_in_every_draw() -> None:
    found = rank_ranges(of(TREE, [points("A", "40", "40"), points("B", "30", "30")]), "so", draws=500)
    assert found == (RankRange("A", 1, 1, 1, 1, Fraction(1)), RankRange("B", 2, 2, 2, 2, Fraction(1)))


def test_who_is_better_in_one_and_worse_in_the_other_may_change_places() -> None:
    units = [points("A", "45", "30"), points("B", "30", "44.9")]
    found = rank_ranges(of(TREE, units, rank_on="exact"), "so", draws=2_000)
    assert [(one.unit, one.best, one.worst) for one in found] == [("A", 1, 2), ("B", 1, 2)]
    assert found[0].at_rank == found[1].at_rank
    assert Fraction(1, 2) < found[0].at_rank < Fraction(3, 5)
    assert [one.median for one in found] == [1, 2]


def test_weights_of_ten_percent_do_not_bridge_a_wide_gap() -> None:
    assert ranges(of(TREE, [points("A", "50", "40"), points("B", "39", "45")]))["A"] == (1, 1, 1, 1)
    assert ranges(of(TREE, [points("A", "50", "40"), points("B", "39", "50")]), spread=Fraction(9, 10))["A"][3] == 2


def test_the_same_run_gives_the_same_ranges_and_another_digest_others() -> None:
    units = [points("A", "45", "30"), points("B", "30", "44.9")]
    first, again = (rank_ranges(of(TREE, units), "so", draws=999) for _ in range(2))
    other = rank_ranges(of(TREE, units, campaign={"code": "2026", "title": "Năm sau"}), "so", draws=999)
    assert first == again
    assert first != other


def test_the_draws_are_these_and_no_others() -> None:
    """Worked out once; they move if the generator, the seed or the way from bits to factors does."""
    units = [points("A", "45", "30"), points("B", "30", "44.9")]
    assert rank_ranges(of(TREE, units), "so", draws=1_000)[0].at_rank == Fraction(547, 1000)


def test_the_ranges_do_not_depend_on_how_many_draws_are_computed_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    stands = of(TREE, [points("A", "45", "30"), points("B", "30", "44.9")])
    at_once = rank_ranges(stands, "so", draws=1_000)
    monkeypatch.setattr(robustness, "_MOST_CELLS", 30)
    assert rank_ranges(stands, "so", draws=1_000) == at_once


def test_equal_units_share_a_rank_in_every_draw() -> None:
    units = [points("A", "33.3", "12.7"), points("B", "33.3", "12.7"), points("C", "5", "5")]
    assert ranges(of(TREE, units)) == {"A": (1, 1, 1, 1), "B": (1, 1, 1, 1), "C": (3, 3, 3, 3)}
    assert ranges(of(TREE, units, ranking="dense"))["C"] == (2, 2, 2, 2)


def test_values_are_rounded_as_published_ones_are() -> None:
    units = [points("A", "80.6"), points("B", "80.4")]
    cut = of([leaf("1", "100")], units, decimals=0, rounding="down")
    assert ranges(cut) == {"A": (1, 1, 1, 1), "B": (1, 1, 1, 1)}
    rounded = of([leaf("1", "100")], units, decimals=0)
    assert ranges(rounded) == {"A": (1, 1, 1, 1), "B": (2, 2, 2, 2)}
    assert ranges(of([leaf("1", "100")], units, decimals=0, rank_on="exact"))["B"] == (2, 2, 2, 2)


def test_units_without_a_rank_are_left_out() -> None:
    units = [points("A", "1", "1"), points("N", "9", "9", ranked=False), unit("O", {k: does_not_apply() for k in "12"})]
    assert ranges(of(TREE, units)) == {"A": (1, 1, 1, 1)}
    assert rank_ranges(of(TREE, []), "so") == ()
    with pytest.raises(LookupError):
        rank_ranges(of(TREE, units), "xa")


def test_a_bonus_is_added_whatever_the_weights() -> None:
    """B is behind in both components, and a bonus of 20 of 100 points takes it past A in every draw."""
    bonus = parent("3", "0", leaf("3.1", "20", role="bonus"))
    units = [
        unit("A", {"1": given("40"), "2": given("40")}),
        unit("B", {"1": given("35"), "2": given("35"), "3.1": given("20")}),
    ]
    assert ranges(of([*TREE, bonus], units)) == {"B": (1, 1, 1, 1), "A": (2, 2, 2, 2)}
    weighted = [{**TREE[0], "weight": "1"}, {**TREE[1], "weight": "1"}, bonus]
    assert ranges(of(weighted, units, weighting="weights")) == {"B": (1, 1, 1, 1), "A": (2, 2, 2, 2)}


def test_a_capped_index_is_ranked_as_capped() -> None:
    tree = [leaf("1", "50"), leaf("2", "50"), leaf("3", "60", role="bonus")]
    units = [points("A", "40", "40", "50"), points("B", "40", "41", "60")]
    assert ranges(of(tree, units, cap_index=True)) == {"A": (1, 1, 1, 1), "B": (1, 1, 1, 1)}
    assert ranges(of(tree, units)) == {"B": (1, 1, 1, 1), "A": (2, 2, 2, 2)}


def test_a_component_that_does_not_apply_has_no_weight_at_that_unit() -> None:
    units = [unit("A", {"1": given("40"), "2": does_not_apply()}), points("B", "39", "39")]
    assert ranges(of(TREE, units)) == {"A": (1, 1, 1, 1), "B": (2, 2, 2, 2)}


@drawn(st.integers(min_value=0, max_value=10**9))
def test_without_variation_every_unit_has_its_published_rank(seed: int) -> None:
    stands = evaluated(draw_campaign(seed))
    for group in stands.campaign.groups:
        for one in rank_ranges(stands, group.code, draws=3, spread=Fraction(0)):
            assert (one.best, one.median, one.worst, one.at_rank) == (one.rank, one.rank, one.rank, 1)


def test_a_half_goes_to_the_even_neighbour_where_the_policy_rounds_so() -> None:
    units = [points("A", "0.5"), points("B", "0"), points("C", "1.5"), points("D", "2.5")]
    stands = of([leaf("1", "100")], units, decimals=0, rounding="half_even")
    found = {
        one.unit: (one.rank, one.best, one.worst) for one in rank_ranges(stands, "so", draws=3, spread=Fraction(0))
    }
    assert found == {"A": (3, 3, 3), "B": (3, 3, 3), "C": (1, 1, 1), "D": (1, 1, 1)}


def test_two_hundred_units_and_ten_thousand_draws_are_quick() -> None:
    random = Random(1)
    tree = [leaf(str(number), "10") for number in range(1, 9)]
    units: list[Json] = [points(f"U{n}", *(f"{random.randint(50, 100) / 10:.1f}" for _ in tree)) for n in range(200)]
    stands = of(tree, units)
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        rank_ranges(stands, "so")
        spent.append(time.perf_counter() - start)
    assert min(spent) < 5, "meant to be under 1 s; more than 5 s is another algorithm"

"""What a unit would have had: index, rank and class before and after, the others keeping theirs."""

from __future__ import annotations

import copy
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from scoring.analysis.trial import Trial
from scoring.analysis.what_if import what_if
from scoring.engine.interchange import dump_results
from scoring.engine.types import Answer, Computed, DoesNotApply, Judged
from tests.engine.campaigns import leaf, parent
from tests.engine.random_campaigns import draw_answer, draw_campaign, leaves
from tests.scoring.analysis.evaluating import evaluated, of, points

TREE = [leaf("1"), leaf("2")]


def test_a_better_answer_lifts_index_rank_and_class() -> None:
    found = what_if(of(TREE, [points("A", "8", "8"), points("B", "6", "6")]), "B", {"1": Judged(Fraction(10), "")})
    assert (found.before.points, found.before.rank, found.before.grade and found.before.grade.code) == (
        12,
        2,
        "trung_binh",
    )
    assert (found.after.points, found.after.rank, found.after.grade and found.after.grade.code) == (16, 1, "tot")
    assert found.after.index is not None
    assert found.after.index.exact == 80


def test_taking_an_answer_away_counts_as_unanswered() -> None:
    found = what_if(of(TREE, [points("A", "8", "8")]), "A", {"1": None})
    assert (found.after.points, found.after.max_points) == (8, 20)


def test_what_does_not_apply_leaves_the_maximum() -> None:
    found = what_if(of(TREE, [points("A", "0", "8")]), "A", {"1": DoesNotApply("Không có TTHC")})
    assert (found.after.points, found.after.max_points) == (8, 10)
    assert found.after.index is not None
    assert found.after.index.exact == 80


def test_where_nothing_applies_any_more_there_is_no_index_rank_or_class() -> None:
    both: dict[str, Answer | None] = {"1": DoesNotApply("Vì"), "2": DoesNotApply("Vì")}
    after = what_if(of(TREE, [points("A", "8", "8")]), "A", both).after
    assert (after.index, after.rank, after.grade) == (None, None, None)


def test_figures_are_computed_by_the_rule() -> None:
    tree = [leaf("1", "2", {"kind": "ratio", "floor": "0.5"}), leaf("2")]
    answer = Computed({"numerator": Fraction(45), "denominator": Fraction(50)})
    assert what_if(of(tree, [points("A", None, "8")]), "A", {"1": answer}).after.points == Fraction("9.8")


def test_an_unranked_unit_has_a_class_and_no_rank() -> None:
    found = what_if(of(TREE, [points("A", "1", "1"), points("N", "8", "8", ranked=False)]), "N", {})
    assert (found.before.rank, found.before.grade and found.before.grade.code) == (None, "tot")


@pytest.mark.parametrize(("ranking", "rank"), [("competition", 3), ("dense", 2)])
def test_a_tie_above_takes_one_place_or_two(ranking: str, rank: int) -> None:
    units = [points("A", "8", "8"), points("B", "8", "8"), points("C", "1", "1"), points("D", "5", "5")]
    found = what_if(of(TREE, units, ranking=ranking), "C", {"1": Judged(Fraction(10), "")})
    assert found.after.rank == rank


def test_the_campaign_and_its_results_stay_as_they_are() -> None:
    stands = of(TREE, [points("A", "8", "8"), points("B", "6", "6")])
    before = dump_results(stands.results)
    what_if(stands, "B", {"1": Judged(Fraction(10), "")})
    assert dump_results(stands.results) == before


def test_strangers_are_refused() -> None:
    stands = of([parent("1", "10", leaf("1.1"))], [points("A")])
    for unit, leaf_code in [("Z", "1.1"), ("A", "1"), ("A", "9")]:
        with pytest.raises(LookupError):
            what_if(stands, unit, {leaf_code: Judged(Fraction(1), "")})


@pytest.mark.parametrize("amount", [Fraction(-1), Fraction(11)])
def test_points_outside_the_leaf_are_refused(amount: Fraction) -> None:
    with pytest.raises(ValueError, match="points at leaf 1"):
        Trial(of(TREE, [points("A", "1", "1")]), "A").given({"1": amount})


@drawn(st.integers(min_value=0, max_value=10**9))
def test_the_place_after_is_the_one_of_a_whole_run_on_the_changed_file(seed: int) -> None:
    file = draw_campaign(seed)
    random = Random(seed)
    for position, unit in enumerate(file["units"]):
        changed = copy.deepcopy(file)
        tree = next(one for one in file["criteria_sets"] if one["code"] == unit["criteria_set"])["criteria"]
        answers = {node["code"]: draw_answer(random, node) for node in leaves(tree) if random.random() < 0.4}
        changed["units"][position]["answers"] = {**unit["answers"], **answers}
        whole = evaluated(changed)
        wanted = whole.unit(unit["code"])
        after = what_if(evaluated(file), unit["code"], {code: wanted.unit.answers[code] for code in answers}).after
        assert (after.points, after.max_points, after.index, after.rank, after.grade) == (
            wanted.points, wanted.max_points, wanted.index, wanted.rank, whole.grade(wanted),
        )  # fmt: skip

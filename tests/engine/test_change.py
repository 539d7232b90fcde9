"""One unit answers otherwise: the results are those of a full evaluation, and the ones before stay as they were."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.change import outlook, reevaluate, unit_of, with_answers
from scoring.engine.evaluate import evaluate
from scoring.engine.interchange import dump_results, load_campaign
from scoring.engine.types import Answer, Campaign, DoesNotApply, Judged
from tests.engine.campaigns import Json, campaign, does_not_apply, leaf, parent, spell, unit
from tests.engine.campaigns import given as points
from tests.engine.random_campaigns import draw_campaign


def drawn(seed: int) -> tuple[Campaign, str, dict[str, Answer | None]]:
    """A random campaign, one of its units, and up to three other answers to it."""
    file = draw_campaign(seed)
    random = Random(seed)
    while not file["units"]:
        file = draw_campaign(random.randrange(10**9))
    loaded = load_campaign(spell({**file, "units": [{**one, "grade_override": None} for one in file["units"]]}))
    chosen = random.choice(loaded.units)
    leaves = [node for node, _ in loaded.criteria_sets[chosen.criteria_set].layout if node.is_leaf]
    some = random.sample(leaves, random.randint(0, min(3, len(leaves))))
    return loaded, chosen.code, {one.code: drawn_answer(random, one.max_points) for one in some}


def drawn_answer(random: Random, maximum: object) -> Answer | None:
    return random.choice([None, DoesNotApply("Vì"), Judged(maximum * random.randint(0, 4) / 4, "Vì")])  # type: ignore[operator]


@given(st.integers(min_value=0, max_value=10**9))
def test_what_follows_from_one_change_is_what_a_full_evaluation_gives(seed: int) -> None:
    loaded, code, answers = drawn(seed)
    changed = with_answers(loaded, code, answers)
    assert dump_results(reevaluate(changed, evaluate(loaded), code)) == dump_results(evaluate(changed))


@given(st.integers(min_value=0, max_value=10**9))
def test_the_results_before_a_change_stay_as_they_were(seed: int) -> None:
    loaded, code, answers = drawn(seed)
    before = evaluate(loaded)
    reevaluate(with_answers(loaded, code, answers), before, code)
    assert dump_results(before) == dump_results(evaluate(loaded))


@given(st.integers(min_value=0, max_value=10**9))
def test_the_outlook_of_a_unit_has_the_numbers_the_rank_and_the_grade_of_a_full_evaluation(seed: int) -> None:
    loaded, code, answers = drawn(seed)
    changed = with_answers(loaded, code, answers)
    seen = outlook(loaded, evaluate(loaded), unit_of(changed, code))
    full = next(one for one in evaluate(changed).units if one.unit.code == code)
    assert (seen.points, seen.max_points, seen.index, seen.unanswered) == (
        full.points,
        full.max_points,
        full.index,
        full.unanswered,
    )
    assert (seen.rank, seen.grade, seen.grade_reason) == (full.rank, full.grade, full.grade_reason)
    assert [(one.points, one.index) for one in seen.nodes] == [(one.points, one.index) for one in full.nodes]


def three(**changes: object) -> Json:
    answers = {"A": "9", "B": "8", "C": "8"}
    return campaign(
        [parent("1", "10", leaf("1.1"))],
        [unit(code, {"1.1": points(given)}) for code, given in answers.items()],
        **changes,
    )


@pytest.mark.parametrize(("ranking", "rank_of_d"), [("competition", 4), ("dense", 3)])
def test_a_unit_that_falls_goes_behind_those_that_tie_above_it(ranking: str, rank_of_d: int) -> None:
    file = three(ranking=ranking)
    file["units"].append(unit("D", {"1.1": points("10")}))
    loaded = load_campaign(spell(file))
    before = evaluate(loaded)
    changed = with_answers(loaded, "D", {"1.1": None})
    assert {one.unit.code: one.rank for one in before.units} == {
        "D": 1,
        "A": 2,
        "B": 3,
        "C": 3,
    }
    after = reevaluate(changed, before, "D")
    assert {one.unit.code: one.rank for one in after.units} == {"A": 1, "B": 2, "C": 2, "D": rank_of_d}
    assert outlook(loaded, before, unit_of(changed, "D")).rank == rank_of_d


def test_a_unit_to_which_nothing_applies_any_more_has_no_rank() -> None:
    loaded = load_campaign(spell(three()))
    changed = with_answers(loaded, "A", {"1.1": DoesNotApply("Không có TTHC")})
    seen = outlook(loaded, evaluate(loaded), unit_of(changed, "A"))
    assert (seen.index, seen.rank, seen.grade) == (None, None, None)
    assert [one.rank for one in reevaluate(changed, evaluate(loaded), "A").units] == [1, 1, None]


def test_an_answer_that_is_taken_away_is_missing() -> None:
    changed = with_answers(load_campaign(spell(three())), "A", {"1.1": None})
    assert evaluate(changed).units[-1].unanswered == ("1.1",)


def test_a_changed_campaign_is_no_file_and_has_no_digest() -> None:
    assert with_answers(load_campaign(spell(three())), "A", {}).input_sha256 == ""


@pytest.mark.parametrize(("code", "leaf_code"), [("X", "1.1"), ("A", "1"), ("A", "9.9")])
def test_a_unit_or_a_leaf_that_is_not_there_is_refused(code: str, leaf_code: str) -> None:
    file = three()
    file["units"][0]["answers"] = {"1.1": does_not_apply()}
    with pytest.raises(LookupError):
        with_answers(load_campaign(spell(file)), code, {leaf_code: None})

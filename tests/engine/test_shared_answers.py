"""Answers that many units give are read once; what only looks alike is not, and what is refused is told each time."""

from __future__ import annotations

from typing import Any

import pytest

from scoring.engine.interchange import load_campaign
from tests.engine.campaigns import Json, campaign, faults, given, leaf, spell, unit


def two_units(first: Json, second: Json) -> Json:
    return campaign([leaf("1"), leaf("2")], [unit("A", {"1": first}), unit("B", {"1": second})])


def test_units_that_answer_alike_share_one_answer() -> None:
    one, other = load_campaign(spell(two_units(given("5"), given("5")))).units
    assert one.answers["1"] is other.answers["1"]


def test_the_same_words_to_another_leaf_are_another_answer() -> None:
    (one,) = load_campaign(
        spell(campaign([leaf("1"), leaf("2")], [unit("A", {"1": given("5"), "2": given("5")})]))
    ).units
    assert one.answers["1"] is not one.answers["2"]


@pytest.mark.parametrize("lookalike", [True, "1.", " 1", [1]])
def test_a_value_that_only_looks_like_one_read_before_is_refused(lookalike: Any) -> None:
    told = faults(two_units({"inputs": {"points": 1}}, {"inputs": {"points": lookalike}}))
    assert len(told) == 1
    assert "units[1] “B”" in told[0]


def test_a_refused_answer_is_told_at_every_unit_that_gives_it() -> None:
    told = faults(two_units(given("99"), given("99")))
    assert [sentence.split(" ")[0] for sentence in told] == ["units[0]", "units[1]"]


def test_an_answer_with_a_wrong_key_is_told_at_every_unit_that_gives_it() -> None:
    told = faults(two_units({**given("1"), "note": "x"}, {**given("1"), "note": "x"}))
    assert [sentence.split(" ")[0] for sentence in told] == ["units[0]", "units[1]"]


def test_long_answers_are_read_each_time_and_mean_the_same() -> None:
    long = {"points": "5", "reason": "Vì " * 400}
    one, other = load_campaign(spell(two_units(long, long))).units
    assert one.answers["1"] is not other.answers["1"]
    assert [answer.points for answer in (one.answers["1"], other.answers["1"])] == [5, 5]  # type: ignore[union-attr]


def test_a_thousand_different_answers_are_remembered_and_the_next_are_read_all_the_same() -> None:
    figures = [*range(1_000), 1_000, 1_000, 0, 0]
    units = [unit(f"U{place}", {"1": given(str(points))}) for place, points in enumerate(figures)]
    loaded = load_campaign(spell(campaign([leaf("1", "2000")], units)))
    answers = [one.answers["1"] for one in loaded.units]
    assert [answer.points for answer in answers] == figures  # type: ignore[union-attr]

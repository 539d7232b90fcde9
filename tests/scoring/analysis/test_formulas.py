"""What the way says of criteria with a formula of the organiser's own: only what figures really give."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from scoring.analysis.levels import Figure
from scoring.analysis.reachable import reachable
from scoring.analysis.shortest_way import ShortestWay, shortest_way
from scoring.engine.rounding import print_points
from tests.engine.campaigns import Json, given, leaf, unit
from tests.scoring.analysis.evaluating import of

RATE = [{"points": "b / a * M"}]


def formula(pieces: list[Json], names: str = "a") -> Json:
    labels = {"a": "Tổng số", "b": "Số đúng hạn"}
    variables = [{"key": name, "label": labels[name]} for name in names]
    return {"kind": "formula", "variables": variables, "pieces": pieces}


def better(pieces: list[Json], answer: Json | None, names: str = "a", **more: Any) -> tuple[list[str], Fraction | None]:
    """Points that can be reached, and the limit that may be (None: nothing beyond them)."""
    stands = of(
        [leaf("1", "10", formula(pieces, names), **more), leaf("2")], [unit("A", {"1": answer} if answer else {})]
    )
    result = stands.unit("A")
    node, now = next(stands.nodes(result))
    found = reachable(node, now, result.unit.answers.get("1"), stands.campaign.policy)
    return [print_points(points) for points in found], found.limit


@pytest.mark.parametrize(
    ("pieces", "figure", "found"),
    [
        ([{"when": "a >= 7", "points": "M / 2"}], "8", []),
        ([{"when": "a >= 7", "points": "M / 2"}], "5", ["5"]),
        ([{"when": "a >= 7", "points": "M"}], "5", ["10"]),
        ([{"when": "a > 7.5", "points": "M"}, {"when": "a > 3", "points": "0.4 * M"}], "1", ["4", "10"]),
        ([{"when": "a < 2", "points": "M"}, {"points": "-1"}], "90", ["10"]),
        ([{"points": "min(3, M)"}], "1", []),
    ],
    ids=["at its best", "half", "all or nothing", "two pieces", "falling", "always the same"],
)
def test_of_numbers_that_stand_in_the_formula_those_that_figures_give_are_all(
    pieces: list[Json], figure: str, found: list[str]
) -> None:
    assert better(pieces, {"inputs": {"a": figure}}) == (found, None)


def test_a_piece_that_no_figure_was_found_for_is_not_known() -> None:
    assert better([{"when": "a * a == 50", "points": "M"}], {"inputs": {"a": "1"}}) == ([], 10)


def test_one_figure_is_tried_while_the_others_stay_a_total_first_of_all() -> None:
    """Fewer in all would give points too (3/4), but nobody works towards that."""
    found, limit = better(RATE, {"inputs": {"a": "5", "b": "3"}}, "ab")
    assert (found, limit) == (["8", "10"], 10)
    assert better(RATE, None, "ab") == ([], 10)


def test_a_formula_with_a_ceiling_is_known_to_go_no_further() -> None:
    assert better([{"points": "min(a, 0.8) * M"}], {"inputs": {"a": "1"}}) == ([], None)
    assert better([{"points": "min(a, 0.8) * M"}], {"inputs": {"a": "0"}}) == (["8"], 8)


def test_a_penalty_is_saved_by_fewer() -> None:
    pieces = [{"when": "a >= 3", "points": "M"}, {"when": "a >= 1", "points": "2"}]
    assert better(pieces, {"inputs": {"a": "4"}}, role="penalty") == (["2", "0"], None)


def test_a_division_by_nought_is_no_figure_to_tell() -> None:
    found, _ = better([{"points": "M / a"}], {"inputs": {"a": "4"}})
    assert found == [print_points(Fraction(10, 3)), "5", "10"]


def way(pieces: list[Json], figures: Json, *more: Json, names: str = "a") -> ShortestWay:
    """A formula of 10 points and 73 points from others; 80 of 100 are asked."""
    tree = [leaf("1", "10", formula(pieces, names)), leaf("2", "80", source="survey"), leaf("3", "10", source="survey")]
    answers = {"1": {"inputs": figures}, "2": given("73"), "3": given("0")}
    return shortest_way(of([*tree[:2], *(more or tree[2:])], [unit("A", answers)]), "A")


def test_no_way_is_promised_that_the_rule_cannot_give() -> None:
    assert way([{"when": "a >= 7", "points": "M / 2"}], {"a": "8"}).outcome == "out_of_reach"
    found = way([{"when": "a >= 7", "points": "M"}], {"a": "5"})
    assert [(move.target, move.figure) for move in found.moves] == [(10, Figure(Fraction(7), Fraction(5)))]
    assert (found.fewest, found.least, found.unknown) == (True, True, ())


def test_where_a_formula_may_go_further_than_was_tried_that_is_said() -> None:
    found = way(RATE, {"a": "5", "b": "3"}, names="ab")
    assert [move.figure for move in found.moves] == [Figure(Fraction(4), Fraction(3), label="Số đúng hạn")]
    assert (found.fewest, found.least, found.unknown) == (True, False, ("1",))
    unclear = way([{"points": "(a - 100) * b"}], {"a": "0", "b": "0"}, names="ab")
    assert (unclear.outcome, unclear.unknown, unclear.moves) == ("unknown", ("1",), ())


def test_two_leaves_are_not_said_to_be_the_fewest_where_a_formula_is_not_known() -> None:
    """Of 7 points that are missing leaves 3 and 4 give 4 and 6 at most; what the formula gives nobody can say."""
    hand = [leaf("3", "4"), leaf("4", "6")]
    found = way([{"points": "(a - 100) * b"}], {"a": "0", "b": "0"}, *hand, names="ab")
    assert [move.code for move in found.moves] == ["3", "4"]
    assert (found.fewest, found.least) == (False, False)

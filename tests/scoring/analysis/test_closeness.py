"""Near-ties, units near a threshold, and open questions on which a class hangs."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.analysis.closeness import OpenQuestion, near_threshold, near_ties, open_classes
from scoring.analysis.evaluated import Evaluated
from tests.engine.campaigns import does_not_apply, leaf, unit
from tests.scoring.analysis.evaluating import of, points

ONE = [leaf("1", "100")]


def ties(stands: Evaluated, distance: str) -> list[tuple[str, str, Fraction, bool]]:
    return [(one.upper, one.lower, one.difference, one.tied) for one in near_ties(stands, Fraction(distance))]


def test_neighbours_within_the_distance_are_near() -> None:
    stands = of(ONE, [points("A", "90"), points("B", "89.9"), points("C", "89.75"), points("D", "80")])
    assert ties(stands, "0.15") == [("A", "B", Fraction("0.1"), False), ("B", "C", Fraction("0.15"), False)]
    assert ties(stands, "0.1") == [("A", "B", Fraction("0.1"), False)]


def test_a_tie_that_rounding_made_is_told_from_a_true_one() -> None:
    units = [points("A", "80.001"), points("B", "80.004"), points("C", "70"), points("D", "70")]
    assert ties(of(ONE, units), "0.01") == [("A", "B", Fraction("0.003"), True), ("C", "D", Fraction(0), True)]
    exact = of(ONE, units, rank_on="exact")
    assert ties(exact, "0.01") == [("B", "A", Fraction("0.003"), False), ("C", "D", Fraction(0), True)]


def test_units_out_of_the_ranking_and_of_other_groups_are_no_neighbours() -> None:
    groups = [{"code": "so", "title": "Sở"}, {"code": "xa", "title": "Xã"}]
    units = [
        points("A", "80"),
        points("N", "80", ranked=False),
        points("X", "80", group="xa"),
        unit("O", {"1": does_not_apply()}),
    ]
    assert near_ties(of(ONE, units, groups=groups), Fraction(100)) == ()


def near(stands: Evaluated, distance: str) -> list[tuple[str, str, str, bool]]:
    found = near_threshold(stands, Fraction(distance))
    return [(one.unit, one.upper.code, str(one.distance), one.reached) for one in found]


def test_units_near_a_threshold_stand_nearest_first_then_by_name() -> None:
    units = [points("A", "79.5"), points("B", "80.5"), points("C", "65"), points("D", "72"), points("Đ", "64.9")]
    assert near(of(ONE, units), "0.5") == [
        ("C", "kha", "0", True),
        ("Đ", "kha", "-1/10", False),
        ("A", "tot", "-1/2", False),
        ("B", "tot", "1/2", True),
    ]


def test_at_a_threshold_that_asks_for_more_it_is_not_reached() -> None:
    grades = [{"code": "a", "label": "A", "above": "80"}, {"code": "b", "label": "B"}]
    assert near(of(ONE, [points("A", "80")], grades=grades), "0") == [("A", "a", "0", False)]


@pytest.mark.parametrize(
    ("grade_on", "distance"), [("published", "0"), ("exact", "-0.004"), ("points", "-8.0036")], ids=str
)
def test_the_distance_is_of_the_value_that_is_graded(grade_on: str, distance: str) -> None:
    """71.9964 of 90 points are 79.996 %, published as 80.00."""
    stands = of([leaf("1", "90")], [points("A", "71.9964")], grade_on=grade_on)
    found = next(one for one in near_threshold(stands, Fraction(10)) if one.upper.code == "tot")
    assert found.distance == Fraction(distance)


def test_a_gate_shows_in_the_class_and_a_council_leaves_no_threshold() -> None:
    gates = [{"node": "2", "index_below": "50", "highest_grade": "kha", "reason": "Vì"}]
    tree = [leaf("1", "90"), leaf("2", "10")]
    units = [
        points("A", "80", "1"),
        points("B", "80", "1", grade_override={"grade": "tot", "reason": "Hội đồng"}),
    ]
    (found,) = near_threshold(of(tree, units, gates=gates), Fraction(2))
    assert (found.unit, found.reached, found.upper.code, found.grade and found.grade.code) == ("A", True, "tot", "kha")


def test_a_unit_without_an_index_and_a_scale_of_one_class_have_no_threshold() -> None:
    assert near_threshold(of(ONE, [unit("A", {"1": does_not_apply()})]), Fraction(100)) == ()
    assert near_threshold(of(ONE, [points("A", "80")], grades=[{"code": "a", "label": "A"}]), Fraction(100)) == ()


TWO = [leaf("1", "50"), leaf("2", "50")]


def asked(unit: str, leaf: str, amount: str) -> OpenQuestion:
    return OpenQuestion(unit, leaf, Fraction(amount))


def test_a_question_that_changes_the_class_by_itself_is_named() -> None:
    stands = of(TWO, [points("A", "39", "40"), points("B", "20", "20")])
    (found,) = open_classes(stands, [asked("A", "2", "40.5"), asked("A", "1", "40"), asked("B", "1", "21")])
    assert (found.unit, found.now.code, found.together.code) == ("A", "kha", "tot")
    assert [(flip.question.leaf, flip.grade.code) for flip in found.alone] == [("1", "tot")]
    assert [question.leaf for question in found.questions] == ["1", "2"]


def test_questions_that_do_it_together_are_found_though_none_does_alone() -> None:
    (found,) = open_classes(of(TWO, [points("A", "39", "40")]), [asked("A", "1", "39.5"), asked("A", "2", "40.5")])
    assert (found.alone, found.together.code) == ((), "tot")


def test_a_question_may_cost_a_class_and_two_may_cancel_out() -> None:
    (found,) = open_classes(of(TWO, [points("A", "40", "40")]), [asked("A", "1", "39"), asked("A", "2", "41")])
    assert [(flip.question.leaf, flip.grade.code) for flip in found.alone] == [("1", "kha")]
    assert found.together == found.now


def test_units_stand_in_the_order_of_the_results() -> None:
    units = [
        points("A", "39", "40"),
        points("B", "39.5", "40"),
        unit("O", {"1": does_not_apply(), "2": does_not_apply()}),
    ]
    questions = [asked("A", "1", "50"), asked("O", "1", "50"), asked("B", "1", "50")]
    assert [one.unit for one in open_classes(of(TWO, units), questions)] == ["B", "A"]


def test_nothing_open_nothing_hangs() -> None:
    assert open_classes(of(TWO, [points("A", "39", "40")]), []) == ()


def test_what_is_no_question_is_refused() -> None:
    stands = of(TWO, [points("A", "39", "40")])
    with pytest.raises(ValueError, match="two questions"):
        open_classes(stands, [asked("A", "1", "40"), asked("A", "1", "41")])
    with pytest.raises(ValueError, match="points at leaf 1"):
        open_classes(stands, [asked("A", "1", "51")])
    for question in (asked("Z", "1", "40"), asked("A", "9", "40")):
        with pytest.raises(LookupError):
            open_classes(stands, [question])

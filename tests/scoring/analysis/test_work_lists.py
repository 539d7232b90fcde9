"""The three lists of a unit (Phan Thiết 2016): fell in points or rank; below the maximum; below the mean."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.analysis.comparison import Link
from scoring.analysis.work_lists import work_lists
from tests.engine.campaigns import does_not_apply, given, leaf, parent, unit
from tests.scoring.analysis.evaluating import of, points

TREE = [leaf("1"), leaf("2"), leaf("3")]
LINKS = [Link("so", code, "so", code, "same") for code in "123"]


def test_what_fell_in_points_or_rank_stands_worst_first() -> None:
    this = of(TREE, [points("A", "8", "5", "6"), points("B", "1", "6", "6")])
    last = of(TREE, [points("A", "9", "8", "6"), points("B", "1", "8", "5")])
    fallen = work_lists("A", this, last, LINKS).fallen or ()
    assert [(one.pair.codes, one.pair.change, one.in_points, one.in_rank) for one in fallen] == [
        (("2",), -30, True, True),
        (("1",), -10, True, False),
    ]


def test_a_rank_may_fall_where_points_do_not() -> None:
    this = of(TREE, [points("A", "8", "5", "6"), points("B", "9", "1", "1")])
    last = of(TREE, [points("A", "8", "5", "6"), points("B", "7", "1", "1")])
    (fallen,) = work_lists("A", this, last, LINKS).fallen or ()
    assert (fallen.pair.codes, fallen.in_points, fallen.in_rank) == (("1",), False, True)
    assert (fallen.pair.last_rank, fallen.pair.rank) == (1, 2)


def test_components_may_fall_as_well_where_they_are_linked() -> None:
    tree = [parent("1", "20", leaf("1.1"), leaf("1.2"))]
    this, last = (of(tree, [unit("A", {"1.1": given(x), "1.2": given("9")})]) for x in ("5", "7"))
    links = [Link("so", code, "so", code, "same") for code in ("1", "1.1", "1.2")]
    assert [one.pair.codes for one in work_lists("A", this, last, links).fallen or ()] == [("1.1",), ("1",)]


def test_without_a_last_year_nothing_is_said_to_have_fallen() -> None:
    this = of(TREE, [points("A", "8", "5", "6")])
    assert work_lists("A", this).fallen is None
    assert work_lists("A", this, this, LINKS).fallen == ()


def test_an_unranked_unit_falls_in_points_only() -> None:
    this, last = (of([leaf("1")], [points("A", x, ranked=False), points("B", "5")]) for x in ("4", "6"))
    (fallen,) = work_lists("A", this, last, LINKS[:1]).fallen or ()
    assert (fallen.in_points, fallen.in_rank) == (True, False)


def test_a_unit_that_had_another_code_is_compared_with_it() -> None:
    this, last = of([leaf("1")], [points("A", "5")]), of([leaf("1")], [points("Z", "6")])
    assert len(work_lists("A", this, last, LINKS[:1], last_unit="Z").fallen or ()) == 1
    with pytest.raises(LookupError):
        work_lists("A", this, last, LINKS[:1])


def test_below_the_maximum_the_greatest_loss_stands_first() -> None:
    tree = [*TREE, leaf("4", "3", role="penalty"), leaf("5", "9", role="bonus"), leaf("6", source="survey")]
    answers = {"1": given("10"), "2": given("7"), "4": given("3"), "5": given("0"), "6": given("9")}
    found = work_lists("A", of(tree, [unit("A", answers)])).below_maximum
    assert [(one.code, one.lost, one.answered, one.source) for one in found] == [
        ("3", 10, False, "self"),
        ("2", 3, True, "self"),
        ("4", 3, True, "self"),
        ("6", 1, True, "survey"),
    ]


def test_what_does_not_apply_is_on_no_list() -> None:
    units = [unit("A", {"1": given("10"), "2": given("10"), "3": does_not_apply()}), points("B", "1", "1", "9")]
    for exclusion in ("own_maximum", "rescale_self", "full_marks"):
        found = work_lists("A", of(TREE, units, exclusion=exclusion))
        assert (found.below_maximum, found.below_mean) == ((), ())


def test_below_the_mean_is_against_the_ranked_units_of_the_group_and_set() -> None:
    """Leaf 1: mean of 40, 70, 70 is 60; leaf 3: of 50, 50, 60 is 53.33…; N and the other group do not count."""
    groups = [{"code": "so", "title": "Sở"}, {"code": "xa", "title": "Xã"}]
    units = [
        points("A", "4", "9", "5"),
        points("B", "7", "1", "5"),
        points("C", "7", "1", "6"),
        points("N", "0", "0", "0", ranked=False),
        points("X", "10", "10", "10", group="xa"),
    ]
    stands = of(TREE, units, groups=groups)
    found = work_lists("A", stands).below_mean
    assert [(one.code, one.index, one.mean, one.difference) for one in found] == [
        ("1", 40, 60, 20),
        ("3", 50, Fraction(160, 3), Fraction(10, 3)),
    ]
    assert len(work_lists("N", stands).below_mean) == 3
    assert work_lists("X", stands).below_mean == ()


@pytest.mark.parametrize(("mean_of", "codes"), [("published", []), ("exact", ["1"])])
def test_the_mean_is_of_published_or_exact_indices(mean_of: str, codes: list[str]) -> None:
    units = [points("A", "66.6660"), points("B", "66.6661")]
    found = work_lists("A", of([leaf("1", "100")], units, mean_of=mean_of, decimals=1)).below_mean
    assert [one.code for one in found] == codes


def test_full_marks_for_what_does_not_apply_raise_no_mean_and_are_below_none() -> None:
    """B's component 2 does not apply and earns 100 %; the mean of A (80) and C (160, by a bonus) is 120."""
    tree = [leaf("1"), parent("2", "10", leaf("2.1"), leaf("2.2", "8", role="bonus"))]
    exempt = [{"criterion": "2", "reason": "Không có TTHC"}]
    units = [
        unit("A", {"1": given("9"), "2.1": given("8"), "2.2": given("0")}),
        unit("B", {"1": given("9")}, not_applicable=exempt),
        unit("C", {"1": given("9"), "2.1": given("8"), "2.2": given("8")}),
    ]
    stands = of(tree, units, exclusion="full_marks")
    assert [(one.code, one.mean) for one in work_lists("A", stands).below_mean] == [("2", 120)]
    assert work_lists("B", stands).below_mean == ()


def test_where_no_unit_is_ranked_there_is_no_mean_to_be_below() -> None:
    assert work_lists("N", of(TREE, [points("N", "0", "0", "0", ranked=False)])).below_mean == ()

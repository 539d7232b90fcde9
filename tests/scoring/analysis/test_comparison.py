"""Change between years over linked criteria only, with the share of points that was compared."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.analysis.comparison import LikeForLike, Link, LinkKind, compare, like_for_like
from scoring.analysis.evaluated import Evaluated
from tests.engine.campaigns import Json, campaign, does_not_apply, given, leaf, parent, unit
from tests.scoring.analysis.evaluating import evaluated, of, points


def link(code: str, last: str | None = None, kind: LinkKind = "same", criteria_set: str = "so") -> Link:
    return Link(criteria_set, code, criteria_set, last or code, kind)


def figures(one: LikeForLike) -> tuple[Fraction | None, Fraction | None, Fraction | None, Fraction, Fraction]:
    return one.index, one.last_index, one.change, one.share, one.last_share


def test_only_linked_criteria_are_compared() -> None:
    """This year 8 of 10 on what both have (leaf 3 is new, leaf 2 was changed); last year 6 of 10."""
    this = of([leaf("1", "10"), leaf("2", "10"), leaf("3", "20")], [points("A", "8", "1", "20")])
    last = of([leaf("1", "10"), leaf("2", "10"), leaf("9", "5")], [points("A", "6", "10")])
    found = compare(this, last, [link("2", kind="changed"), link("1")], "A")
    assert figures(found) == (80, 60, 20, Fraction(1, 4), Fraction(2, 5))
    assert [pair.codes for pair in found.pairs] == [("1",)]


def test_pairs_stand_in_tree_order_whatever_the_order_of_links() -> None:
    this = of([leaf("2"), leaf("1"), leaf("3")], [points("A", "1", "2", "3")])
    found = compare(this, this, [link("3"), link("1"), link("2")], "A")
    assert [pair.codes for pair in found.pairs] == [("2",), ("1",), ("3",)]


def test_a_comparable_criterion_with_another_maximum_counts_by_its_share() -> None:
    """1.5 of 3 is no fall against 1 of 2."""
    this, last = of([leaf("1", "3")], [points("A", "1.5")]), of([leaf("7", "2")], [unit("A", {"7": given("1")})])
    found = compare(this, last, [link("1", "7", "comparable")], "A")
    assert figures(found) == (50, 50, 0, 1, 1)
    assert found.pairs[0].change == 0


def test_a_criterion_that_was_split_is_compared_with_both_its_parts_or_not_at_all() -> None:
    tree = [leaf("1", "4"), leaf("2", "6")]
    last = of([leaf("1", "10")], [points("A", "5")])
    links = [link("1", "1"), link("2", "1", "comparable")]
    found = compare(of(tree, [points("A", "4", "3")]), last, links, "A")
    assert figures(found) == (70, 50, 20, 1, 1)
    assert [(pair.codes, pair.last_codes, pair.rank) for pair in found.pairs] == [(("1", "2"), ("1",), None)]
    partly = of(tree, [unit("A", {"1": given("4"), "2": does_not_apply()})])
    assert figures(compare(partly, last, links, "A")) == (None, None, None, 0, 0)


def test_criteria_put_together_and_split_at_once_are_one_pair() -> None:
    this = of([leaf("1"), leaf("2"), leaf("3")], [points("A", "1", "2", "3")])
    last = of([leaf("1"), leaf("2"), leaf("3")], [points("A", "4", "5", "6")])
    (pair, other) = compare(this, last, [link("1", "1"), link("2", "2"), link("3", "3"), link("2", "1")], "A").pairs
    assert (pair.codes, pair.last_codes, pair.points, pair.last_points) == (("1", "2"), ("1", "2"), 3, 9)
    assert (other.codes, other.rank, other.last_rank) == (("3",), 1, 1)


def test_what_applied_in_one_year_only_is_not_compared() -> None:
    tree = [leaf("1"), leaf("2")]
    this, last = of(tree, [points("A", "5", "5")]), of(tree, [unit("A", {"1": given("4"), "2": does_not_apply()})])
    assert figures(compare(this, last, [link("1"), link("2")], "A")) == (50, 40, 10, Fraction(1, 2), 1)


def test_full_marks_for_what_does_not_apply_are_no_change() -> None:
    tree = [leaf("1"), leaf("2")]
    this = of(tree, [points("A", "5", "5")], exclusion="full_marks")
    last = of(tree, [unit("A", {"1": given("4"), "2": does_not_apply()})], exclusion="full_marks")
    assert compare(this, last, [link("1"), link("2")], "A").change == 10


def test_bonus_and_penalty_are_not_compared() -> None:
    tree = [leaf("1"), leaf("2", "5", role="bonus"), leaf("3", "5", role="penalty")]
    this, last = of(tree, [points("A", "5", "5", "0")]), of(tree, [points("A", "5", "0", "5")])
    assert figures(compare(this, last, [link("1"), link("2"), link("3")], "A")) == (50, 50, 0, 1, 1)


def test_a_linked_parent_does_not_count_its_leaves_twice() -> None:
    tree = [parent("1", "10", leaf("1.1", "4"), leaf("1.2", "6"))]
    this, last = (of(tree, [unit("A", {"1.1": given(x), "1.2": given("6")})]) for x in ("4", "0"))
    assert figures(compare(this, last, [link("1"), link("1.1")], "A")) == (100, 0, 100, Fraction(2, 5), Fraction(2, 5))


# ── criteria with others below them ───────────────────────────────────────────────────────────────────────────────────

COMPONENTS = [parent("1", "10", leaf("1.1", "4"), leaf("1.2", "6")), leaf("2")]
ANSWERS = {"1.1": given("4"), "1.2": given("3"), "2": given("5")}


def test_a_component_counts_by_its_sum_against_the_column_of_a_past_table() -> None:
    """7 of 10 against 3 of 5; the other half of this year's points is compared with nothing."""
    this = of(COMPONENTS, [unit("A", ANSWERS)])
    past = of([leaf("LV1", "5"), leaf("LV2", "15")], [unit("A", {"LV1": given("3"), "LV2": given("15")})])
    found = compare(this, past, [link("1", "LV1", "comparable")], "A")
    assert figures(found) == (70, 60, 10, Fraction(1, 2), Fraction(1, 4))
    assert [(pair.codes, pair.is_leaf) for pair in found.pairs] == [(("1",), False)]


def test_a_component_that_stays_while_all_its_leaves_are_new_counts_by_its_sum() -> None:
    this = of(COMPONENTS, [unit("A", ANSWERS)])
    last = of([parent("1", "10", leaf("9")), leaf("2")], [unit("A", {"9": given("2"), "2": given("10")})])
    found = compare(this, last, [link("1"), link("2")], "A")
    assert [pair.codes for pair in found.pairs] == [("1",), ("2",)]
    assert figures(found) == (60, 60, 0, 1, 1)


@pytest.mark.parametrize("kind", ["same", "comparable", "changed"])
def test_a_linked_leaf_keeps_its_component_out_in_either_year(kind: LinkKind) -> None:
    """What is said not to be compared does not come in again by the sum above it."""
    year, other = of(COMPONENTS, [unit("A", ANSWERS)]), of([leaf("1"), leaf("7")], [points("A", "5")])
    wanted = 0 if kind == "changed" else 1
    for found in (
        compare(year, year, [link("1"), link("1.1", kind=kind)], "A"),
        compare(year, other, [link("1", "1"), link("1.1", "7", kind)], "A"),
        compare(other, year, [link("1", "1"), link("7", "1.1", kind)], "A"),
    ):
        assert ("1",) not in {pair.codes for pair in found.pairs}
        assert len(found.pairs) == wanted


def test_of_criteria_one_above_the_other_the_deepest_that_is_linked_counts() -> None:
    tree = [parent("1", "10", parent("1.1", "10", leaf("1.1.1", "4"), leaf("1.1.2", "6")))]
    year = of(tree, [unit("A", {"1.1.1": given("4"), "1.1.2": given("3")})])
    found = compare(year, year, [link("1"), link("1.1")], "A")
    assert [pair.codes for pair in found.pairs] == [("1.1",)]
    assert found.share == 1


def test_a_criterion_and_one_below_it_that_go_on_from_the_same_are_compared_with_neither() -> None:
    this, past = of(COMPONENTS, [unit("A", ANSWERS)]), of([leaf("LV1")], [unit("A", {"LV1": given("3")})])
    links = [link("1", "LV1", "comparable"), link("1.1", "LV1", "comparable")]
    assert compare(this, past, links, "A").pairs == ()


def test_a_linked_leaf_that_does_not_apply_to_a_unit_brings_no_component_in_for_it() -> None:
    """Every unit is compared over the same criteria: this one has nothing there that is like for like."""
    this = of(COMPONENTS, [unit("A", ANSWERS), unit("B", {**ANSWERS, "1.1": does_not_apply()})])
    links = [link("1"), link("1.1"), link("2")]
    assert [pair.codes for pair in compare(this, this, links, "A").pairs] == [("1.1",), ("2",)]
    assert [pair.codes for pair in compare(this, this, links, "B").pairs] == [("2",)]


def test_a_linked_bonus_below_a_component_keeps_it_in() -> None:
    tree = [parent("1", "10", leaf("1.1", "10"), leaf("1.2", "2", role="bonus"))]
    year = of(tree, [unit("A", {"1.1": given("4"), "1.2": given("0")})])
    found = compare(year, year, [link("1"), link("1.2")], "A")
    assert [pair.codes for pair in found.pairs] == [("1",)]


@pytest.mark.parametrize("exclusion", ["own_maximum", "rescale_self", "full_marks"])
def test_the_share_of_a_component_is_that_of_its_leaves_that_apply(exclusion: str) -> None:
    """6 of 16 points, however the policy fills up what does not apply."""
    this = of(COMPONENTS, [unit("A", {**ANSWERS, "1.1": does_not_apply()})], exclusion=exclusion)
    past = of([leaf("LV1")], [unit("A", {"LV1": given("3")})])
    assert compare(this, past, [link("1", "LV1", "comparable")], "A").share == Fraction(6, 16)


def test_nothing_linked_is_nothing_compared() -> None:
    this = of([leaf("1")], [points("A", "5")])
    assert figures(compare(this, this, [], "A")) == (None, None, None, 0, 0)
    assert compare(this, this, [link("1", criteria_set="xa")], "A").pairs == ()


def test_where_nothing_applies_the_share_is_nought() -> None:
    this = of([leaf("1")], [unit("A", {"1": does_not_apply()})])
    assert figures(compare(this, this, [link("1")], "A")) == (None, None, None, 0, 0)


def test_units_are_found_by_code_or_by_where_they_came_from() -> None:
    this, last = years([points("A", "5"), points("B", "6")], [points("B", "5"), points("C", "1")])
    assert [(one.unit, one.last_unit) for one in like_for_like(this, last, [link("1")])] == [("B", "B")]
    renamed = like_for_like(this, last, [link("1")], {"A": "C"})
    assert [(one.unit, one.last_unit, one.change) for one in renamed] == [("A", "C", 40)]


def test_units_stand_in_the_order_of_this_year() -> None:
    this, last = years([points("A", "5"), points("B", "6")], [points("A", "5"), points("B", "5")])
    assert [one.unit for one in like_for_like(this, last, [link("1")])] == ["B", "A"]


def test_strangers_are_refused() -> None:
    this, last = years([points("A", "5")], [points("A", "5")])
    for unit_code, links in [("Z", [link("1")]), ("A", [link("9")]), ("A", [link("1", "9")])]:
        with pytest.raises(LookupError):
            compare(this, last, links, unit_code)


def years(this: list[Json], last: list[Json]) -> tuple[Evaluated, Evaluated]:
    return evaluated(campaign([leaf("1")], this)), evaluated(campaign([leaf("1")], last))

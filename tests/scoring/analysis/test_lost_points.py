"""Lost points by leaf, component and group: sums, means, and how many units lost any."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given as drawn
from hypothesis import strategies as st

from scoring.analysis.lost_points import Loss, lost_points
from tests.engine.campaigns import does_not_apply, given, leaf, parent, unit
from tests.engine.random_campaigns import draw_campaign
from tests.scoring.analysis.evaluating import evaluated, of, points


def test_sums_means_and_losing_units_by_hand() -> None:
    tree = [parent("1", "10", leaf("1.1", "4"), leaf("1.2", "6")), leaf("2", "5")]
    units = [
        unit("A", {"1.1": given("4"), "1.2": given("3"), "2": given("5")}),
        unit("B", {"1.1": given("1"), "1.2": does_not_apply(), "2": given("5")}),
        unit("C", {"1.1": given("3.5"), "1.2": given("6")}),
    ]
    (group,) = lost_points(of(tree, units))
    assert (group.total, group.mean, group.units, group.losing) == (Fraction("11.5"), Fraction("11.5") / 3, 3, 3)
    assert group.leaves == (
        Loss("so", "2", "Tiêu chí 2", Fraction(5), Fraction(5, 3), 3, 1),
        Loss("so", "1.1", "Tiêu chí 1.1", Fraction("3.5"), Fraction("3.5") / 3, 3, 2),
        Loss("so", "1.2", "Tiêu chí 1.2", Fraction(3), Fraction(3, 2), 2, 1),
    )
    assert group.components == (
        Loss("so", "1", "Lĩnh vực 1", Fraction("6.5"), Fraction("6.5") / 3, 3, 3),
        Loss("so", "2", "Tiêu chí 2", Fraction(5), Fraction(5, 3), 3, 1),
    )


def test_a_penalty_is_lost_and_a_bonus_never() -> None:
    tree = [leaf("1"), leaf("2", "3", role="penalty"), leaf("3", "5", role="bonus")]
    (group,) = lost_points(of(tree, [points("A", "9", "2", "0")]))
    assert [(one.code, one.total) for one in group.leaves] == [("2", 2), ("1", 1)]
    assert group.total == 3


def test_equal_losses_stand_by_the_vietnamese_order_of_titles() -> None:
    titles = {"1": "Đào tạo", "2": "Dân vận", "3": "Ân xá", "4": "Ân xá"}
    tree = [leaf(code) | {"title": title} for code, title in titles.items()]
    (group,) = lost_points(of(tree, [points("A", "9", "9", "9", "9")]))
    assert [one.code for one in group.leaves] == ["3", "4", "2", "1"]


def test_units_out_of_the_ranking_do_not_count() -> None:
    units = [points("A", "9"), points("N", "0", ranked=False), unit("O", {"1": does_not_apply()})]
    (group,) = lost_points(of([leaf("1")], units))
    assert (group.total, group.units) == (1, 1)


def test_groups_and_sets_stand_apart() -> None:
    sets = [
        {"code": "so", "title": "Sở", "criteria": [leaf("1")]},
        {"code": "xa", "title": "Xã", "criteria": [leaf("1", "20")]},
    ]
    groups = [{"code": "so", "title": "Sở"}, {"code": "xa", "title": "Xã"}, {"code": "khac", "title": "Khác"}]
    units = [
        points("A", "9"),
        points("B", "9", group="xa", criteria_set="xa"),
        points("C", "5", group="xa"),
    ]
    found = lost_points(of([], units, criteria_sets=sets, groups=groups))
    assert [(one.group, [(loss.criteria_set, loss.total) for loss in one.leaves]) for one in found] == [
        ("so", [("so", 1)]),
        ("xa", [("xa", 11), ("so", 5)]),
        ("khac", []),
    ]
    assert (found[2].total, found[2].mean, found[2].units) == (0, 0, 0)


def test_full_marks_are_no_loss_and_no_unit() -> None:
    tree = [leaf("1"), leaf("2")]
    units = [points("A", "9", "9"), unit("B", {"1": given("8"), "2": does_not_apply()})]
    (group,) = lost_points(of(tree, units, exclusion="full_marks"))
    assert [(one.code, one.total, one.units) for one in group.leaves] == [("1", 3, 2), ("2", 1, 1)]


@drawn(st.integers(min_value=0, max_value=10**9))
def test_leaves_and_components_add_up_to_the_group(seed: int) -> None:
    for group in lost_points(evaluated(draw_campaign(seed))):
        assert sum(one.total for one in group.leaves) == group.total
        assert sum(one.total for one in group.components) == group.total

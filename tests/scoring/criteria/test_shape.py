"""What is done to a criteria tree on screen, without a database: codes follow the order, permanent ids stay."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.services.criteria_rows import with_new_ids
from scoring.services.criteria_shape import (
    ABOVE,
    BELOW,
    DOWN,
    IN,
    INSIDE,
    OUT,
    UP,
    Done,
    add,
    duplicate,
    is_numbered,
    move,
    node_at,
    place,
    remove,
    renumber,
)
from scoring.services.criteria_sums import sums_of
from scoring.services.errors import Conflict
from tests.scoring.criteria.annexes import RATIO, annex, changed, leaf


@pytest.fixture
def tree() -> AnnexSet:
    """1 (1.1 options, 1.2 ratio), 2 (2.1 survey), each with a permanent id."""
    return with_new_ids(annex())


def at(tree: AnnexSet, code: str) -> str:
    return next(node.permanent_id for node in tree.nodes if node.code == code)


def outline(tree: AnnexSet) -> list[str]:
    return [f"{node.code} {node.title}" for node in tree.nodes]


def titles(done: Done) -> list[str]:
    return [node.title for node in done.annex.nodes]


def test_a_step_down_changes_codes_of_both_and_no_permanent_id(tree):
    done = move(tree, at(tree, "1"), DOWN)

    assert outline(done.annex) == [
        "1 Tác động",
        "1.1 Tiêu chí 2.1",
        "2 Chỉ đạo, điều hành",
        "2.1 Tiêu chí 1.1",
        "2.2 Tiêu chí 1.2",
    ]
    assert {node.permanent_id: node.title for node in done.annex.nodes} == {
        node.permanent_id: node.title for node in tree.nodes
    }
    assert done.sentence == "“1 Chỉ đạo, điều hành” nay là 2."
    assert done.focus == at(tree, "1")


def test_two_steps_that_undo_each_other_give_the_same_tree(tree):
    there = move(tree, at(tree, "1.2"), UP).annex
    assert move(there, at(there, "1.1"), DOWN).annex == tree


def test_out_stands_behind_its_parent_and_in_goes_to_the_end_of_the_one_before(tree):
    out = move(tree, at(tree, "1.1"), OUT).annex
    assert outline(out)[:3] == ["1 Chỉ đạo, điều hành", "1.1 Tiêu chí 1.2", "2 Tiêu chí 1.1"]

    back = move(out, at(out, "2"), IN).annex
    assert outline(back)[:3] == ["1 Chỉ đạo, điều hành", "1.1 Tiêu chí 1.2", "1.2 Tiêu chí 1.1"]


@pytest.mark.parametrize(
    ("code", "direction", "told"),
    [
        ("1", UP, "đã đứng đầu"),
        ("2", DOWN, "đã đứng cuối"),
        ("1", OUT, "đã ở cấp cao nhất"),
        ("1.1", IN, "Không có tiêu chí nào đứng trước"),
        ("1.2", IN, "“1.1 Tiêu chí 1.1” đang có quy tắc chấm"),
    ],
)
def test_where_it_cannot_go_the_sentence_says_why(tree, code, direction, told):
    with pytest.raises(Conflict, match=told):
        move(tree, at(tree, code), direction)


def test_a_parent_that_lost_its_last_child_is_a_leaf_without_a_rule_and_a_parent_again_later(tree):
    alone = move(tree, at(tree, "2.1"), OUT).annex
    emptied = node_at(alone, at(tree, "2"))
    assert (emptied.rule, emptied.rule_pending) == ({"kind": "manual"}, True)

    again = move(alone, at(tree, "2.1"), IN).annex
    assert node_at(again, at(tree, "2")).rule is None
    assert again == tree


def test_dragging_puts_it_above_below_or_inside_with_all_that_stands_in_it(tree):
    whole = place(tree, at(tree, "1"), at(tree, "2"), INSIDE).annex
    assert outline(whole) == [
        "1 Tác động",
        "1.1 Tiêu chí 2.1",
        "1.2 Chỉ đạo, điều hành",
        "1.2.1 Tiêu chí 1.1",
        "1.2.2 Tiêu chí 1.2",
    ]
    above = place(tree, at(tree, "2.1"), at(tree, "1.1"), ABOVE).annex
    assert outline(above)[1:4] == ["1.1 Tiêu chí 2.1", "1.2 Tiêu chí 1.1", "1.3 Tiêu chí 1.2"]
    below = place(tree, at(tree, "1.1"), at(tree, "2.1"), BELOW).annex
    assert outline(below)[2:] == ["2 Tác động", "2.1 Tiêu chí 2.1", "2.2 Tiêu chí 1.1"]


def test_nothing_goes_into_itself_and_what_is_gone_is_told(tree):
    with pytest.raises(Conflict, match="vào trong chính nó"):
        place(tree, at(tree, "1"), at(tree, "1.2"), BELOW)
    with pytest.raises(Conflict, match="không còn trong bộ"):
        move(tree, "khong-co", UP)


def test_a_new_criterion_takes_the_points_that_the_others_leave(tree):
    fewer = changed(tree, "1.2", max_points="2.5")
    done = add(fewer, BELOW, at(fewer, "1.1"))

    new = node_at(done.annex, done.focus)
    assert (new.code, new.max_points, new.rule_pending) == ("1.2", "1.5", True)
    assert done.sentence == "Đã thêm 1.2."
    component = add(tree, BELOW)
    assert (node_at(component.annex, component.focus).code, node_at(component.annex, component.focus).max_points) == (
        "3",
        "90",
    )


def test_the_first_criterion_inside_a_leaf_takes_its_rule_over(tree):
    done = add(tree, INSIDE, at(tree, "1.2"))

    parent, child = node_at(done.annex, at(tree, "1.2")), node_at(done.annex, done.focus)
    assert (parent.rule, child.rule) == (None, RATIO)
    assert (child.code, child.max_points, child.title) == ("1.2.1", "4", "Tiêu chí 1.2")


def test_a_copy_stands_behind_with_new_permanent_ids(tree):
    done = duplicate(tree, at(tree, "1"))

    assert titles(done)[3:6] == ["Chỉ đạo, điều hành (bản sao)", "Tiêu chí 1.1", "Tiêu chí 1.2"]
    ids = [node.permanent_id for node in done.annex.nodes]
    assert len(set(ids)) == len(ids) == 8


def test_taking_away_says_what_goes_along(tree):
    done = remove(tree, at(tree, "1"))

    assert outline(done.annex) == ["1 Tác động", "1.1 Tiêu chí 2.1"]
    assert done.sentence == ("Đã xóa “1 Chỉ đạo, điều hành” cùng 2 tiêu chí bên trong, 6,00 điểm. Hoàn tác được.")
    assert done.focus == at(tree, "2")


def test_codes_of_their_own_stay_until_somebody_asks_for_the_printed_order():
    own = with_new_ids(annex(AnnexNode("I", "Một", "4"), leaf("I.a", "4", "I"), AnnexNode("II", "Hai", "1")))
    assert not is_numbered(own)

    moved = move(own, at(own, "II"), UP).annex
    assert [node.code for node in moved.nodes] == ["II", "I", "I.a"]
    added = add(own, INSIDE, at(own, "I")).annex
    assert [node.code for node in added.nodes] == ["I", "I.a", "I.1", "II"]
    assert [node.code for node in renumber(moved).annex.nodes] == ["1", "2", "2.1"]


def test_a_weight_stands_on_components_alone(tree):
    weighted = changed(tree, "2", weight="30")

    assert node_at(move(weighted, at(tree, "2"), IN).annex, at(tree, "2")).weight == ""


def test_too_deep_and_too_many_are_refused(tree):
    deep = tree
    for _ in range(8):
        leafless = deep.nodes[-1].permanent_id
        deep = add(deep, INSIDE, leafless).annex
    with pytest.raises(Conflict, match="quá 10 cấp"):
        add(deep, INSIDE, deep.nodes[-1].permanent_id)

    many = with_new_ids(annex(*(leaf(str(number), "1", "") for number in range(1, 601))))
    with pytest.raises(Conflict, match="nhiều nhất 600"):
        add(many, BELOW)


def test_sums_say_what_is_missing_and_where_bonus_and_penalty_left_out(tree):
    given = changed(changed(tree, "1.1", max_points="1.5"), "2.1", role="bonus")
    sums = sums_of(given)

    assert sums[at(tree, "1")].sentence == "Cộng 5,50 / 6,00, thiếu 0,50"
    assert sums[at(tree, "2")].sentence == "Cộng 0,00 / 4,00, thiếu 4,00"
    assert sums[""].sentence == "Cộng 10,00 / 100,00, thiếu 90,00"
    typed = sums_of(given, {at(tree, "1.1"): Decimal("2.125")})
    assert typed[at(tree, "1")].word == "thừa 0,125"

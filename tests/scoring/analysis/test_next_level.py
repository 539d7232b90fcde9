"""The table of levels and the way to the next one: never a promise that the rule does not keep."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.analysis.next_level import levels_of, next_level
from scoring.engine.single import Leaf
from scoring.enums import CriterionRole
from scoring.views.level_showing import hint_of, live_levels, table_of
from tests.factories import POLICY

OPTIONS = {
    "kind": "options",
    "options": [
        {"key": "du", "label": "Đúng hạn", "share": "1"},
        {"key": "tre", "label": "Trễ hạn", "points": "0.5"},
        {"key": "khong", "label": "Không có", "points": "0"},
    ],
}
CHECKLIST = {
    "kind": "checklist",
    "items": [
        {"key": "a", "label": "Có kế hoạch", "points": "0.5"},
        {"key": "b", "label": "Có báo cáo", "points": "1"},
        {"key": "c", "label": "Có tập huấn", "points": "0.5"},
    ],
}
STEPS = {
    "kind": "bands", "of": "ratio", "when_empty": "zero",
    "bands": [
        {"at_least": "0.98", "share": "1"}, {"at_least": "0.95", "points": "1.5"}, {"at_least": "0.9", "points": "1"},
    ],
}  # fmt: skip
MIXED = {
    "kind": "bands", "of": "ratio", "when_empty": "zero",
    "bands": [{"at_least": "0.9", "share": "1"}, {"at_least": "0.7", "linear": True}, {"below": "0.7", "points": "0"}],
}  # fmt: skip
FEWER = {
    "kind": "bands", "of": "ratio", "when_empty": "full",
    "bands": [{"at_most": "0.02", "share": "1"}, {"below": "0.1", "points": "1"}],
}  # fmt: skip
VALUE = {
    "kind": "bands", "of": "value",
    "bands": [{"above": "90", "points": "2"}, {"at_least": "70", "points": "1"}, {"below": "0", "points": "0.5"}],
}  # fmt: skip
RATIO = {"kind": "ratio", "floor": "0.8", "full_at": "0.95", "when_empty": "zero"}
INVERSE = {"kind": "ratio", "floor": "0.5", "inverse": True, "when_empty": "full"}
LATE = {
    "kind": "lateness", "due": "2026-12-15",
    "steps": [{"up_to_days": "0", "share": "1"}, {"up_to_days": "5", "share": "0.5"}],
}  # fmt: skip
BREACHES = {
    "kind": "deduction",
    "items": [{"key": "cham", "label": "Báo cáo chậm", "points_each": "0.25", "limit": "1"}],
}
EACH = {"kind": "per_item", "points_each": "0.25"}
FORMULA = {
    "kind": "formula", "variables": [{"key": "a", "label": "Tổng số"}, {"key": "b", "label": "Đúng hạn"}],
    "pieces": [{"points": "b / a * M"}],
}  # fmt: skip
MANUAL = {"kind": "manual", "step": "0.5"}


def leaf(rule: dict[str, Any], **policy: Any) -> Leaf:
    return Leaf(rule, "2", POLICY | policy)


def hint(rule: dict[str, Any], role: str = CriterionRole.SCORED, **inputs: Any) -> str:
    criterion: Any = SimpleNamespace(role=role)
    return hint_of(leaf(rule), criterion, inputs)


def part(numerator: int, denominator: int) -> dict[str, str]:
    return {"numerator": str(numerator), "denominator": str(denominator)}


def points(rule: Leaf, inputs: dict[str, Any]) -> Fraction:
    return Fraction(rule.score({"inputs": inputs}).points or "0")


def rows(rule: dict[str, Any], inputs: dict[str, Any] | None = None) -> list[tuple[str, str, bool]]:
    table = table_of(leaf(rule), inputs)
    return [(row.label, row.points, row.is_now) for row in table.rows] if table else []


# ── the table ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_levels_to_choose_from() -> None:
    assert rows(OPTIONS, {"choice": "tre"}) == [
        ("Đúng hạn", "2,00", False), ("Trễ hạn", "0,50", True), ("Không có", "0,00", False),
    ]  # fmt: skip
    assert not any(is_now for _, _, is_now in rows(OPTIONS))


def test_items_that_are_there_are_marked() -> None:
    table = table_of(leaf(CHECKLIST), {"checked": ["a", "c"]})
    assert table is not None
    assert table.here == "đã có"
    assert [row.is_now for row in table.rows] == [True, False, True]
    criterion: Any = SimpleNamespace(role=CriterionRole.SCORED)
    assert live_levels(leaf(CHECKLIST), criterion, {"checked": ["a", "c"]})["levels"] == [0, 2]


def test_steps_over_a_share_are_told_with_both_ends() -> None:
    assert rows(STEPS, part(96, 100)) == [
        ("Từ 98% trở lên", "2,00", False),
        ("Từ 95% đến dưới 98%", "1,50", True),
        ("Từ 90% đến dưới 95%", "1,00", False),
        ("Dưới 90%", "0,00", False),
    ]
    assert rows(MIXED)[1] == ("Từ 70% đến dưới 90%", "theo tỷ lệ", False)
    assert [label for label, _, _ in rows(FEWER)] == ["Từ 10% trở lên", "Trên 2% đến dưới 10%", "Từ 2% trở xuống"]


def test_steps_over_a_figure_have_no_ends() -> None:
    assert rows(VALUE, {"value": "70"}) == [
        ("Trên 90", "2,00", False), ("Từ 70 đến 90", "1,00", True), ("Từ 0 đến dưới 70", "0,00", False),
        ("Dưới 0", "0,50", False),
    ]  # fmt: skip


def test_a_share_with_a_floor_and_a_ceiling() -> None:
    assert rows(RATIO, part(45, 50)) == [
        ("Từ 95% trở lên", "2,00", False), ("Từ 80% đến dưới 95%", "theo tỷ lệ", True), ("Dưới 80%", "0,00", False),
    ]  # fmt: skip
    assert [label for label, _, _ in rows(INVERSE)] == ["Trên 50%", "Trên 0% đến 50%", "Bằng 0%"]


def test_days_and_breaches() -> None:
    assert rows(LATE, {"date": "2026-12-18"}) == [
        ("Không chậm", "2,00", False), ("Chậm đến 5 ngày", "1,00", True),
        ("Chậm hơn nữa, hoặc không thực hiện", "0,00", False),
    ]  # fmt: skip
    assert [row[2] for row in rows(LATE, {"days_late": "0"})] == [True, False, False]
    assert [row[2] for row in rows(LATE, {"absent": True})] == [False, False, True]
    assert not any(row[2] for row in rows(LATE))
    assert rows(BREACHES)[1] == ("Báo cáo chậm: mỗi lần trừ 0,25 điểm (nhiều nhất 1 điểm)", "trừ dần", False)


@pytest.mark.parametrize("rule", [EACH, FORMULA, MANUAL, {"kind": "ratio", "when_empty": "zero"}])
def test_a_rule_without_levels_has_no_table(rule: dict[str, Any]) -> None:
    assert table_of(leaf(rule), None) is None


def test_nothing_that_arose_stands_at_no_level() -> None:
    assert not any(is_now for _, _, is_now in rows(STEPS, part(0, 0)))


# ── the next level ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_next_level_in_words() -> None:
    assert hint(OPTIONS, choice="khong") == "Đạt mức “Trễ hạn” thì được 0,50 điểm, hiện 0,00."
    assert hint(OPTIONS, choice="tre") == "Đạt mức “Đúng hạn” thì được tối đa 2,00 điểm, hiện 0,50."
    assert hint(CHECKLIST, checked=["a"]) == "Thêm nội dung “Có tập huấn” thì được 1,00 điểm, hiện 0,50."
    assert hint(STEPS, **part(92, 100)) == "“Số đạt được” thêm 3, thành 95/100, thì được 1,50 điểm, hiện 1,00."
    assert hint(MIXED, **part(40, 50)) == "“Số đạt được” thêm 5, thành 45/50, thì được tối đa 2,00 điểm, hiện 1,60."
    assert hint(RATIO, **part(30, 50)) == "“Số đạt được” thêm 10, thành 40/50, thì được 1,68 điểm, hiện 0,00."
    assert hint(RATIO, **part(40, 50)) == "“Số đạt được” thêm 8, thành 48/50, thì được tối đa 2,00 điểm, hiện 1,68."
    assert hint(FEWER, **part(7, 50)) == "“Số đạt được” bớt 3, thành 4/50, thì được 1,00 điểm, hiện 0,00."
    assert hint(INVERSE, **part(3, 50)) == "“Số đạt được” bớt 3, thành 0/50, thì được tối đa 2,00 điểm, hiện 1,88."
    assert hint(EACH, count="3") == "“Số lượng” thêm 1, thành 4, thì được 1,00 điểm, hiện 0,75."
    assert hint(VALUE, value="65") == "“Giá trị” từ 70 đến 90 thì được 1,00 điểm, hiện 0,00."
    assert hint(VALUE, value="90") == "“Giá trị” trên 90 thì được tối đa 2,00 điểm, hiện 1,00."


@pytest.mark.parametrize(
    ("rule", "inputs"),
    [
        (OPTIONS, {"choice": "du"}), (CHECKLIST, {"checked": ["a", "b", "c"]}), (STEPS, part(98, 100)),
        (STEPS, part(0, 0)), (STEPS, {"numerator": "45.5", "denominator": "50"}), (STEPS, {"numerator": "45"}),
        (STEPS, {}),
        (LATE, {"days_late": "7"}), (BREACHES, {"counts": {"cham": "2"}}), (FORMULA, {"a": "50", "b": "40"}),
        (MANUAL, {"points": "1"}), (EACH, {"count": "8"}), (VALUE, {"value": "95"}), (OPTIONS, {"choice": "la"}),
    ],
)  # fmt: skip
def test_nothing_is_said_at_the_top_or_where_nobody_can_tell(rule: dict[str, Any], inputs: dict[str, Any]) -> None:
    assert hint(rule, **inputs) == ""


def test_nothing_is_promised_at_a_penalty_or_where_no_page_would_print_the_gain() -> None:
    assert hint(EACH, role=CriterionRole.PENALTY, count="3") == ""
    assert hint({"kind": "per_item", "points_each": "0.001"}, count="1") == ""


def test_a_leaf_that_is_rounded_promises_rounded_points() -> None:
    step = next_level(leaf(RATIO, leaf_decimals=1), part(30, 50))
    assert step is not None
    assert step.points == Fraction("1.7")


shares = st.lists(st.integers(0, 20), min_size=1, max_size=4, unique=True)


@given(limits=shares, bound=st.sampled_from(["at_least", "above"]), whole=st.integers(1, 60), data=st.data())
def test_of_steps_the_nearest_better_count_is_told(limits: list[int], bound: str, whole: int, data: Any) -> None:
    """Against every count there is."""
    falling = sorted(limits, reverse=True)
    bands = [
        {bound: f"{limit / 20:.2f}", "points": f"{2 - at * 0.25:.2f}"}
        for at, limit in enumerate(falling)
    ]  # fmt: skip
    rule = leaf({"kind": "bands", "of": "ratio", "when_empty": "zero", "bands": bands})
    count = data.draw(st.integers(0, whole))
    now = points(rule, part(count, whole))
    worth = {other: points(rule, part(other, whole)) for other in range(whole + 1)}
    better = [other for other, earned in worth.items() if earned > now]
    step = next_level(rule, part(count, whole))
    if not better:
        assert step is None
        return
    nearest = min(better, key=lambda other: abs(other - count))
    assert step is not None
    assert step.figure is not None
    assert (step.figure.needed, step.points, step.now) == (nearest, worth[nearest], now)


@given(
    rule=st.sampled_from([STEPS, MIXED, FEWER, RATIO, INVERSE]), whole=st.integers(1, 400), data=st.data()
)  # fmt: skip
def test_what_is_promised_is_what_the_rule_gives(rule: dict[str, Any], whole: int, data: Any) -> None:
    read = leaf(rule)
    count = data.draw(st.integers(0, whole))
    step = next_level(read, part(count, whole))
    if step is None:
        best = max(points(read, part(other, whole)) for other in {0, count, whole})
        assert points(read, part(count, whole)) == best
        return
    assert step.figure is not None
    assert step.points == points(read, part(int(step.figure.needed), whole)) > step.now


@given(st.sampled_from([STEPS, MIXED, FEWER, VALUE, RATIO, INVERSE]), st.fractions(0, 1, max_denominator=200))
def test_one_level_of_a_line_is_marked_and_gives_what_it_says(rule: dict[str, Any], share: Fraction) -> None:
    inputs = {"value": f"{float(share * 100):.3f}"} if rule is VALUE else part(share.numerator, share.denominator)
    levels = levels_of(leaf(rule), inputs)
    (here,) = [level for level in levels if level.is_now]
    if here.points is not None:
        assert here.points == points(leaf(rule), inputs)
    assert all(first.label != second.label for first, second in pairwise(levels))

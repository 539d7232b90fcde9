"""What a rule asks to look at again: a sentence beside the points, which it never changes."""

from __future__ import annotations

import pytest

from scoring.engine.single import Leaf
from tests.engine.campaigns import POLICY, Json, does_not_apply, given
from tests.engine.rules.declared import ORDINARY
from tests.engine.rules.test_registry import ANSWERS

FORMULA = {
    "kind": "formula",
    "variables": [{"key": "a", "label": "Tổng số"}, {"key": "b", "label": "Đúng hạn"}],
    "pieces": [{"when": "a > 0 and b <= a", "points": "b / a * M"}],
}


@pytest.mark.parametrize("kind", ORDINARY)
def test_an_ordinary_answer_of_any_kind_brings_no_warning(kind: str) -> None:
    scored = Leaf({"kind": kind, **ORDINARY[kind]}, "2", POLICY).score({"inputs": ANSWERS[kind]})
    assert scored.warning == ""


def test_figures_that_no_piece_of_a_formula_is_for_earn_nought_with_a_warning() -> None:
    scored = Leaf(FORMULA, "2", POLICY).score({"inputs": {"a": 0, "b": 10}})
    assert (scored.points, scored.faults) == ("0", ())
    assert scored.warning == (
        "Không đoạn nào của công thức dùng được với các số liệu này, nên được 0 điểm. Hãy xem lại số liệu."
    )


@pytest.mark.parametrize(
    "answer",
    [{"inputs": {"a": 10, "b": 8}}, {"inputs": {"a": 10, "b": 0}}, {"inputs": {"a": 1}}, given("1"), does_not_apply()],
)
def test_figures_that_fit_a_refused_answer_and_a_judgement_bring_none(answer: Json) -> None:
    assert Leaf(FORMULA, "2", POLICY).score(answer).warning == ""


@pytest.mark.parametrize(
    ("value", "points", "warning"),
    [
        ("105", "2", "Giá trị 105 lớn hơn 100 nên chỉ được tính điểm tối đa. Hãy xem lại số liệu."),
        ("100.01", "2", "Giá trị 100,01 lớn hơn 100 nên chỉ được tính điểm tối đa. Hãy xem lại số liệu."),
        ("-3.5", "0", "Giá trị −3,5 âm nên được tính là 0. Hãy xem lại số liệu."),
    ],
)
def test_a_value_of_another_index_beyond_its_range_counts_to_the_end_with_a_warning(
    value: str, points: str, warning: str
) -> None:
    scored = Leaf({"kind": "indicator"}, "2", POLICY).score({"inputs": {"value": value}})
    assert (scored.points, scored.faults, scored.warning) == (points, (), warning)


@pytest.mark.parametrize("value", ["0", "100"])
def test_the_ends_of_the_range_of_another_index_bring_no_warning(value: str) -> None:
    assert Leaf({"kind": "indicator"}, "2", POLICY).score({"inputs": {"value": value}}).warning == ""


@pytest.mark.parametrize("kind", ORDINARY)
def test_a_kind_says_of_itself_that_its_figure_is_the_points(kind: str) -> None:
    rule = Leaf({"kind": kind, **ORDINARY[kind]}, "2", POLICY).rule
    assert rule.asks_points == ([item.key for item in rule.inputs()] == ["points"])

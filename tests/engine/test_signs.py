"""What stands before and behind "=" in a sentence is equal as it is shown; whatever is cut stands behind "≈"."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.derivation import derive
from scoring.engine.evaluate import evaluate
from scoring.engine.interchange import load_campaign
from scoring.engine.sentences import sentences
from scoring.engine.types import Campaign
from tests.engine.campaigns import campaign, does_not_apply, leaf, parent, results_of, spell, unit
from tests.engine.campaigns import given as points
from tests.engine.random_campaigns import draw_campaign

GOLDEN = sorted((Path(__file__).resolve().parents[2] / "fixtures" / "golden").glob("*[0-9a-z].json"))
CASES = [case for case in GOLDEN if not case.name.endswith(".results.json")]

_TERM = r"[(−]*\d+(?:,\d+)?%?\)*"
_SUM = rf"{_TERM}(?: ?[+−×/] ?{_TERM})*"
_BEFORE = re.compile(rf"(?<![\w,./+−×(])(?<![+−×/] ){_SUM}$")
_BEHIND = re.compile(rf"^{_SUM}")
_FIGURE = re.compile(r"\d+(?:,\d+)?")
_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def worth(shown: str) -> Fraction:
    """What comes out where the figures of a calculation are taken as they are shown."""
    numbers = [Fraction(figure.replace(",", ".")) for figure in _FIGURE.findall(shown)]
    places = iter(range(len(numbers)))
    text = _FIGURE.sub(lambda _: f"n[{next(places)}]", shown)
    python = text.replace("−", "-").replace("×", "*").replace("%", "/n[-1]")
    return _worth(ast.parse(python, mode="eval").body, [*numbers, Fraction(100)])


def _worth(node: ast.expr, numbers: list[Fraction]) -> Fraction:
    if isinstance(node, ast.BinOp):
        return _OPERATORS[type(node.op)](_worth(node.left, numbers), _worth(node.right, numbers))
    if isinstance(node, ast.UnaryOp):
        return -_worth(node.operand, numbers)
    assert isinstance(node, ast.Subscript)
    return numbers[ast.literal_eval(node.slice)]


def equations(sentence: str) -> Iterator[tuple[str, str]]:
    """Both sides of each "=" between figures; formulas are told in their own letters and left out."""
    plain = re.sub(r"(điểm cộng|điểm trừ|trọng số) (?=[(−\d])", "", sentence)
    sides = [] if "Với " in plain else plain.split(" = ")
    for left, right in pairwise(sides):
        before, behind = _BEFORE.search(left), _BEHIND.match(right)
        if before and behind:
            yield before[0], behind[0]


def told(file: Campaign) -> Iterator[str]:
    """Every sentence of the results file and of the derivations."""
    found = evaluate(file)
    for result in found.units:
        yield from sentences(result)
        derived = derive(file, found, result.unit.code)
        steps = [*derived.steps, *(step for node in derived.nodes for step in node.steps)]
        yield from (step.sentence for step in steps)


def unequal(file: Campaign) -> list[str]:
    return [one for one in told(file) if any(worth(left) != worth(right) for left, right in equations(one))]


def test_the_equations_of_a_sentence_are_found() -> None:
    assert list(equations("45/50 = 90% ≥ 80% → 0,9 × 2 = 1,8 điểm")) == [("45/50", "90%"), ("0,9 × 2", "1,8")]
    assert list(equations("Quy đổi: 3/(5 − 2) × 5 + 1 = 6; 6 + điểm cộng 2 = 8")) == [
        ("3/(5 − 2) × 5 + 1", "6"),
        ("6 + 2", "8"),
    ]
    assert worth("3/(5 − 2) × 5 + (−1)") == 4
    assert list(equations("Phần tự chấm: điểm P = 8")) == []


@given(st.integers(min_value=0, max_value=10**9))
def test_every_equals_sign_holds_for_the_figures_that_are_shown(seed: int) -> None:
    assert unequal(load_campaign(spell(draw_campaign(seed)))) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_it_holds_in_every_golden_campaign(case: Path) -> None:
    assert unequal(load_campaign(case.read_bytes())) == []


@pytest.mark.parametrize(
    ("numerator", "denominator", "maximum", "said"),
    [("50", "60", "6", "0,833333 × 6 ≈ 5 điểm"), ("45", "50", "2", "0,9 × 2 = 1,8 điểm")],
)
def test_a_whole_result_of_a_cut_figure_stands_behind_the_other_sign(
    numerator: str, denominator: str, maximum: str, said: str
) -> None:
    ratio = {"kind": "ratio"}
    answers = {"1": {"inputs": {"numerator": numerator, "denominator": denominator}}}
    steps = results_of(campaign([leaf("1", maximum, ratio)], [unit("A", answers)]), "A")["nodes"]["1"]["steps"]
    assert steps.endswith(said)


def test_sums_say_of_each_letter_whether_it_is_cut() -> None:
    """P = 2/3 of 3 and S = 1; with 3 of 6 excluded, P/(M − E) × M is the whole 4/3."""
    shares = {"kind": "ratio"}
    tree = [
        parent("1", "6", leaf("1.1", "3", shares), leaf("1.2", "3")),
        leaf("2", "1", source="survey"),
    ]
    answers = {
        "1.1": {"inputs": {"numerator": "2", "denominator": "9"}},
        "1.2": does_not_apply(),
        "2": points("1"),
    }
    file = load_campaign(spell(campaign(tree, [unit("A", answers)], exclusion="rescale_self")))
    steps = {step.name: step.sentence for step in derive(file, evaluate(file), "A").steps}
    assert "điểm P ≈ 0,666667, điểm tối đa M = 6, không áp dụng E = 3" in steps["sums"]
    assert "điểm S = 1" in steps["sums"]
    assert "M + S ≈ 0,666667/(6 − 3) × 6 + 1 ≈ 2,333333; điểm tối đa M + T = 7" in steps["exclusion"]
    assert "công bố" in steps["rounding"]
    assert ": ≈ 33,333333 → 33,33" in steps["rounding"]


def test_a_bonus_that_is_cut_and_a_sum_that_is_whole() -> None:
    third = {"kind": "ratio"}
    tree = [leaf("1", "2", third), leaf("2", "1", third, role="bonus")]
    of = {"numerator": "1", "denominator": "3"}
    answers = {"1": {"inputs": of}, "2": {"inputs": of}}
    file = campaign([parent("0", "2", *tree)], [unit("A", answers)])
    read = load_campaign(spell(file))
    derived = derive(read, evaluate(read), "A")
    steps = {step.name: step.sentence for step in derived.steps}
    assert steps["bonus"] == "Thêm điểm cộng: 0,666667 + 0,333333 ≈ 1"
    assert "thêm ≈ 0,333333 vào điểm" in derived.nodes[2].steps[-1].sentence
    assert results_of(file, "A")["nodes"]["0"]["steps"].startswith(
        "Cộng điểm các tiêu chí: 0,666667 + điểm cộng 0,333333 ≈ 1, trên điểm tối đa 2 → 50%"
    )

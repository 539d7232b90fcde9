"""A formula in a sentence: signs of paper, words of the language that people read, decimal commas."""

import pytest

from scoring.engine.formula.wording import say_formula


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a>0 and(b+2*c)/a>=0.3", "a>0 và(b+2×c)/a≥0,3"),
        (" a\n  *\tM ", "a × M"),
        ("a <= 1 or b != -2", "a ≤ 1 hoặc b ≠ −2"),
        ("max(0.5, min(a, M)) == 1", "max(0,5; min(a; M)) = 1"),
        ("band / orders", "band / orders"),
    ],
)
def test_a_formula_is_said_as_on_paper(text: str, said: str) -> None:
    assert say_formula(text) == said

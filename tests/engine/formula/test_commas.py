"""A number with a decimal comma is told even where something else is wrong first."""

import pytest

from scoring.engine.formula.errors import WrongFormula
from scoring.engine.formula.parsing import parse_condition, parse_number_formula

COMMA = "trong công thức số thập phân viết dấu chấm: hãy sửa "


@pytest.mark.parametrize(
    ("text", "position", "told"),
    [
        ("0,8 * a", 2, f"{COMMA}“0,8” (ký tự thứ 1) thành 0.8"),
        ("(a + 0,8) * b", 7, f"{COMMA}“0,8” (ký tự thứ 6) thành 0.8"),
        ("a × 0,8 + 1,25", 3, f"; {COMMA}“0,8” (ký tự thứ 5) thành 0.8, “1,25” (ký tự thứ 11) thành 1.25"),
        ("x * min(a, 1) + 0,8", 1, f"; {COMMA}“0,8” (ký tự thứ 17) thành 0.8"),
        ("x * min((0,8), 1)", 1, f"; {COMMA}“0,8” (ký tự thứ 10) thành 0.8"),
        (") 0,8", 1, f"; {COMMA}“0,8” (ký tự thứ 3) thành 0.8"),
    ],
)
def test_every_decimal_comma_is_told_behind_the_first_fault(text: str, position: int, told: str) -> None:
    with pytest.raises(WrongFormula) as refusal:
        parse_number_formula(text, ["a", "b"])
    assert str(refusal.value).endswith(told)
    assert refusal.value.position == position


def test_a_condition_tells_its_decimal_commas_too() -> None:
    with pytest.raises(WrongFormula, match=r"không có biến “x”.*“0,8” .* thành 0\.8"):
        parse_condition("x / a < 0,8", ["a", "b"])


@pytest.mark.parametrize("text", ["x + min(1,5)", "x + max (a, 1,5)", "x + 1,2,3", "x + a1,5"])
def test_a_comma_that_parts_values_is_no_decimal_comma(text: str) -> None:
    with pytest.raises(WrongFormula) as refusal:
        parse_number_formula(text, ["a", "b"])
    assert "dấu chấm" not in str(refusal.value)

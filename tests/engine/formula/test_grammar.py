"""What a formula says: precedence, brackets, comparisons, and/or, names; and where one goes wrong, at which sign."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.engine.formula.errors import CannotCompute, WrongFormula
from scoring.engine.formula.parsing import parse_condition, parse_number_formula
from scoring.engine.formula.tokens import is_variable
from tests.engine.formula.second_reading import Refused, SecondReading

FIGURES = {
    "a": Fraction(12),
    "b": Fraction(5),
    "c": Fraction(-3),
    "nought": Fraction(0),
    "if": Fraction(7),
    "so_1": Fraction(1, 4),
    "_": Fraction(9),
    "m": Fraction(100),
}
GIVEN = {**FIGURES, "M": Fraction(2)}

NUMBERS = [
    ("0.8", "4/5"),
    ("007.50", "15/2"),
    ("123456789012345.0123456789", "1234567890123450123456789/10000000000"),
    ("a", "12"),
    ("M", "2"),
    ("m", "100"),
    ("if + _ + so_1", "65/4"),
    # precedence
    ("a + b * 2", "22"),
    ("(a + b) * 2", "34"),
    ("a - b - 1", "6"),
    ("a - (b - 1)", "8"),
    ("a / b / 2", "6/5"),
    ("a / (b / 2)", "24/5"),
    ("a / b * b", "12"),
    ("a * b / b * M", "24"),
    ("a + b / 2 - c * 2", "41/2"),
    # unary minus
    ("-a", "-12"),
    ("--a", "12"),
    ("- - -a", "-12"),
    ("-a + b", "-7"),
    ("-a * b", "-60"),
    ("a * -b", "-60"),
    ("a - -b", "17"),
    ("a--b", "17"),
    ("-(a - b)", "-7"),
    ("2 / -c", "2/3"),
    ("-min(a, b)", "-5"),
    ("min(-a, -b)", "-12"),
    # brackets and spaces
    ("((((a))))", "12"),
    (" a\t+\r\nb ", "17"),
    ("a+b", "17"),
    # min and max
    ("min(a, b)", "5"),
    ("max(a, b)", "12"),
    ("max(c, nought)", "0"),
    ("min(a, b, c)", "-3"),
    ("max (a, b, c, M, 13)", "13"),
    ("min(max(a, b), max(c, M))", "2"),
    ("min(a + b, a * b) / 2", "17/2"),
    ("min((a), (b + 1))", "6"),
]


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_a_formula_comes_to_its_exact_number(text: str, value: str) -> None:
    assert parse_number_formula(text, FIGURES).value(GIVEN) == Fraction(value)
    assert SecondReading(text, FIGURES).compute(GIVEN) == Fraction(value)


CONDITIONS = [
    ("a < b", False),
    ("a > b", True),
    ("a <= 12", True),
    ("a < 12", False),
    ("a >= 12", True),
    ("a > 12", False),
    ("a == 12.0", True),
    ("a != 12", False),
    ("a + b > b * 3", True),
    ("-c == 3", True),
    ("a < b or a > b", True),
    ("a < b and a > b", False),
    # and binds tighter than or
    ("a > b or a > b and a < b", True),
    ("(a > b or a > b) and a < b", False),
    ("a < b and a < b or a > b", True),
    ("a < b and (a < b or a > b)", False),
    ("(a > b)", True),
    ("((a) > (b))", True),
    ("(a + b) * 2 > 33", True),
    ("(a > b) and (b > c) and (c < nought)", True),
    ("a < b or b < c or c < nought", True),
    # what need not be looked at is not computed
    ("nought == 0 or a / nought > 1", True),
    ("nought != 0 and a / nought > 1", False),
    ("nought != 0 and a / nought > 1 or b > 0", True),
]


@pytest.mark.parametrize(("text", "truth"), CONDITIONS)
def test_a_condition_holds_or_does_not(text: str, truth: bool) -> None:
    assert parse_condition(text, FIGURES).holds(GIVEN) is truth
    assert SecondReading(text, FIGURES).compute(GIVEN) is truth


@pytest.mark.parametrize(
    "text", ["a / nought", "1 / (a - 12)", "min(a, 1 / nought)", "nought / nought", "a * (1 / nought) * nought"]
)
def test_a_division_by_nought_has_no_result(text: str) -> None:
    with pytest.raises(CannotCompute, match="phép chia cho 0"):
        parse_number_formula(text, FIGURES).value(GIVEN)


@pytest.mark.parametrize("text", ["a / nought > 1 or a > b", "a > b and a / nought > 1"])
def test_a_division_by_nought_that_is_looked_at_decides_nothing(text: str) -> None:
    with pytest.raises(CannotCompute):
        parse_condition(text, FIGURES).holds(GIVEN)


@pytest.mark.parametrize("text", ["*".join(["999999999999999"] * 100), "1" + "/0.0000000001" * 150])
def test_a_number_beyond_every_measure_is_given_up(text: str) -> None:
    with pytest.raises(CannotCompute, match="quá lớn"):
        parse_number_formula(text, FIGURES).value(GIVEN)


def test_a_number_of_a_hundred_and_fifty_digits_is_still_exact() -> None:
    text = "*".join(["999999999999999"] * 10)
    assert parse_number_formula(text, FIGURES).value(GIVEN) == 999_999_999_999_999**10


WRONG = [
    # text, position of the sign that is wrong, what is said
    ("", 1, "công thức dừng giữa chừng"),
    ("   ", 4, "công thức dừng giữa chừng"),
    ("a +", 4, "công thức dừng giữa chừng"),
    ("a + ", 5, "công thức dừng giữa chừng"),
    ("-", 2, "công thức dừng giữa chừng"),
    ("+a", 1, "không đặt “+” ở đây được"),
    ("a + * b", 5, "không đặt “*” ở đây được"),
    ("a ** b", 4, "không đặt “*” ở đây được"),
    ("a // b", 4, "không đặt “/” ở đây được"),
    ("()", 2, "không đặt “)” ở đây được"),
    ("a b", 3, "thừa “b”"),
    ("a 2", 3, "thừa “2”"),
    ("2 M", 3, "thừa “M”"),
    ("a)", 2, "thừa “)”"),
    ("a, b", 2, "thừa “,”"),
    ("(a, b)", 3, "thiếu dấu “)” cho dấu “(” ở ký tự 1"),
    ("(a + b", 7, "thiếu dấu “)” cho dấu “(” ở ký tự 1"),
    ("a * (b + (c)", 13, "thiếu dấu “)” cho dấu “(” ở ký tự 5"),
    ("(a", 3, "thiếu dấu “)” cho dấu “(” ở ký tự 1"),
    ("a(b)", 2, "thừa “(”"),
    ("(a)(b)", 4, "thừa “(”"),
    # min and max
    ("min", 4, "thiếu “(” sau “min”"),
    ("min a, b", 5, "thiếu “(” sau “min”"),
    ("(min)(a, b)", 5, "thiếu “(” sau “min”"),
    ("min()", 5, "không đặt “)” ở đây được"),
    ("1 + min(a)", 5, "“min” cần ít nhất hai giá trị"),
    ("max(a b)", 7, "thiếu dấu “)” cho dấu “(” ở ký tự 4"),
    ("max(a,)", 7, "không đặt “)” ở đây được"),
    ("max(a, b", 9, "thiếu dấu “)” cho dấu “(” ở ký tự 4"),
    # names
    ("a + d", 5, "không có biến “d”"),
    ("A", 1, "không dùng được ký tự “A”"),
    ("aM", 2, "thừa “M”"),
    ("Ma", 1, "“M” là điểm tối đa và phải đứng riêng"),
    ("M2", 1, "“M” là điểm tối đa và phải đứng riêng"),
    ("and", 1, "không đặt “and” ở đây được"),
    ("a + or", 5, "không đặt “or” ở đây được"),
    ("not a", 1, "không có biến “not”"),
    ("điểm", 1, "không dùng được ký tự “đ”"),
    ("__import__('os')", 12, "không dùng được ký tự “'”"),
    ("__import__(os)", 1, "không có biến “__import__”"),
    ("a.b", 2, "không dùng được ký tự “.”"),
    # numbers
    ("1.", 1, "số viết chưa đúng"),
    (".5", 1, "không dùng được ký tự “.”"),
    ("1,5", 2, "trong công thức số thập phân viết dấu chấm: hãy sửa “1,5” (ký tự thứ 1) thành 1.5"),
    ("1e5", 1, "số viết chưa đúng"),
    ("1_000", 1, "số viết chưa đúng"),
    ("0x10", 1, "số viết chưa đúng"),
    ("2a", 1, "số viết chưa đúng"),
    ("1.2.3", 1, "số viết chưa đúng"),
    ("1234567890123456", 1, "số viết chưa đúng"),
    ("a + 0.12345678901", 5, "số viết chưa đúng"),
    ("a + ٣", 5, "không dùng được ký tự “٣”"),
    ("1２", 2, "không dùng được ký tự “２”"),
    # signs
    ("a = b", 3, "một dấu “=” không có nghĩa"),
    ("a === b", 5, "một dấu “=” không có nghĩa"),
    ("!a", 1, "không dùng được ký tự “!”"),
    ("a − b", 3, "không dùng được ký tự “−”"),
    ("a × b", 3, "không dùng được ký tự “×”"),
    ("a ≥ b", 3, "không dùng được ký tự “≥”"),
    ("a; b", 2, "không dùng được ký tự “;”"),
    ("a # b", 3, "không dùng được ký tự “#”"),
    ("a % b", 3, "không dùng được ký tự “%”"),
    ("a\x00", 2, "không dùng được ký tự “\\u0000”"),
    ("a\u00a0+ b", 2, "không dùng được ký tự “\\u00a0”"),
    ("a\x0c", 2, "không dùng được ký tự “\\u000c”"),
    # a condition where a number belongs
    ("a < b", 1, "chỗ này cần một số, không phải một điều kiện"),
    ("(a < b)", 1, "chỗ này cần một số"),
    ("1 + (a < b)", 5, "chỗ này cần một số"),
    ("(a < b) + 1", 1, "chỗ này cần một số"),
    ("a * (a or b)", 6, "chỗ này cần một điều kiện"),
    ("-(a < b)", 2, "chỗ này cần một số"),
    ("min(a, b < c)", 8, "chỗ này cần một số"),
]


@pytest.mark.parametrize(("text", "position", "said"), WRONG, ids=[repr(text) for text, _, _ in WRONG])
def test_a_wrong_formula_is_refused_at_the_sign_where_it_goes_wrong(text: str, position: int, said: str) -> None:
    with pytest.raises(WrongFormula) as refusal:
        parse_number_formula(text, FIGURES)
    assert said in str(refusal.value)
    assert refusal.value.position == position
    assert second_kind(text) != "number"


def second_kind(text: str) -> str:
    """What the second reading takes a text for; "" where it refuses it."""
    try:
        return SecondReading(text, FIGURES).kind
    except Refused:
        return ""


WRONG_CONDITIONS = [
    ("a", 1, "chỗ này cần một điều kiện như a >= 0.8, không phải một số"),
    ("(a + b)", 1, "chỗ này cần một điều kiện"),
    ("a and b > c", 1, "chỗ này cần một điều kiện"),
    ("a > b and b", 11, "chỗ này cần một điều kiện"),
    ("a > b or (b)", 10, "chỗ này cần một điều kiện"),
    ("a < b < c", 7, "không so sánh nối tiếp"),
    ("a == b == c", 8, "không so sánh nối tiếp"),
    ("(a < b) == (b < c)", 1, "chỗ này cần một số"),
    ("a < (b < c)", 5, "chỗ này cần một số"),
    ("a <", 4, "công thức dừng giữa chừng"),
    ("a <> b", 4, "không đặt “>” ở đây được"),
    ("a < b and", 10, "công thức dừng giữa chừng"),
    ("a < b and or b < c", 11, "không đặt “or” ở đây được"),
    ("or a < b", 1, "không đặt “or” ở đây được"),
    ("a < b b < c", 7, "thừa “b”"),
    ("a < b, c", 6, "thừa “,”"),
    ("not a < b", 1, "không có biến “not”"),
    ("a < b AND b < c", 7, "không dùng được ký tự “A”"),
    ("a < b && b < c", 7, "không dùng được ký tự “&”"),
]


@pytest.mark.parametrize(("text", "position", "said"), WRONG_CONDITIONS)
def test_a_wrong_condition_is_refused_at_the_sign_where_it_goes_wrong(text: str, position: int, said: str) -> None:
    with pytest.raises(WrongFormula) as refusal:
        parse_condition(text, FIGURES)
    assert said in str(refusal.value)
    assert refusal.value.position == position
    assert second_kind(text) != "condition"


def test_an_unknown_name_is_told_with_the_names_that_there_are() -> None:
    with pytest.raises(WrongFormula, match="không có biến “tong”; hãy dùng một trong “a”, “b”, “M”"):
        parse_number_formula("tong / b", ["a", "b"])


@pytest.mark.parametrize("text", ["(" * 40 + "a" + ")" * 40, "-" * 40 + "a", "min(" * 40 + "a" + ", b)" * 40])
def test_forty_levels_are_read_and_computed(text: str) -> None:
    assert parse_number_formula(text, FIGURES).value(GIVEN) in (5, 12)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("(" * 41 + "a" + ")" * 41, 41),
        ("-" * 41 + "a", 41),
        ("min(" * 41 + "a" + ", b)" * 41, 161),
        ("(" * 1_999, 41),
    ],
)
def test_more_levels_are_refused_where_the_first_too_many_begins(text: str, position: int) -> None:
    with pytest.raises(WrongFormula, match="lồng nhau quá 40 tầng") as refusal:
        parse_number_formula(text, FIGURES)
    assert refusal.value.position == position


def test_levels_that_are_closed_again_do_not_count() -> None:
    assert parse_number_formula("+".join(["(((-a)))"] * 100), FIGURES).value(GIVEN) == -1200
    assert parse_condition(" or ".join(["((((a < b))))"] * 100), FIGURES).holds(GIVEN) is False


def test_a_formula_has_at_most_two_thousand_signs() -> None:
    whole = "a" + "+a" * 999
    assert parse_number_formula(whole + " ", FIGURES).value(GIVEN) == 12_000
    with pytest.raises(WrongFormula, match="công thức dài 2001 ký tự; hãy rút còn tối đa 2000") as refusal:
        parse_number_formula(whole + "+a", FIGURES)
    assert refusal.value.position == 2_001


@pytest.mark.parametrize("name", ["a", "_", "so_ho_so", "b2", "m", "not", "if", "minimum"])
def test_a_variable_may_be_called_so(name: str) -> None:
    assert is_variable(name)


@pytest.mark.parametrize("name", ["", "M", "A", "2a", "a-b", "a b", "and", "or", "min", "max", "tổng", "a\n", "а"])
def test_a_variable_may_not_be_called_so(name: str) -> None:
    assert not is_variable(name)

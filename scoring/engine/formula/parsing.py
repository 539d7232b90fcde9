"""A formula's text → what it means.

    condition  = every { "or" every }            every = truth { "and" truth }
    truth      = number comparison number | "(" condition ")"
    number     = term { ("+" | "-") term }       term  = factor { ("*" | "/") factor }
    factor     = "-" factor | number literal | name | "M" | ("min" | "max") "(" number "," number … ")" | "(" number ")"

Comparisons do not chain. A bracket holds a number or a condition; which one is known when it closes, so brackets are
read once and whoever asked for the other is told so at their place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Final

from scoring.engine.formula.commas import with_commas
from scoring.engine.formula.errors import WrongFormula
from scoring.engine.formula.expressions import (
    CHOOSERS,
    COMPARISONS,
    Chosen,
    Comparison,
    Condition,
    Constant,
    Every,
    Name,
    Negative,
    Number,
    Product,
    Some,
    Sum,
)
from scoring.engine.formula.tokens import RESERVED, Token, tokenize
from scoring.engine.wording import quote, quote_all

MAXIMUM: Final = "M"
"""The name of the leaf's maximum."""
MAX_DEPTH: Final = 40

Expression = Number | Condition


def parse_number_formula(text: str, variables: Collection[str]) -> Number:
    """Read an expression whose value is a number. Raises WrongFormula with the position of what is wrong."""
    try:
        found, position = _read(text, variables)
        return _as_number(found, position)
    except WrongFormula as wrong:
        raise with_commas(text, wrong) from None


def parse_condition(text: str, variables: Collection[str]) -> Condition:
    """Read a condition. Raises WrongFormula with the position of what is wrong."""
    try:
        found, position = _read(text, variables)
        return _as_condition(found, position)
    except WrongFormula as wrong:
        raise with_commas(text, wrong) from None


def _read(text: str, variables: Collection[str]) -> tuple[Expression, int]:
    """The whole expression and where it begins."""
    parser = _Parser(text, variables)
    position = parser.token.position
    return parser.whole(), position


class _Parser:
    """Walks the tokens once, from left to right."""

    def __init__(self, text: str, variables: Collection[str]) -> None:
        self._tokens = tokenize(text)
        self._variables = variables
        self._at = 0
        self._depth = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    def whole(self) -> Expression:
        found = self._either()
        if self.token.type != "end":
            raise WrongFormula(self.token.position, _left_over(self.token))
        return found

    def _either(self) -> Expression:
        return self._joined("or", Some, self._every)

    def _every(self) -> Expression:
        return self._joined("and", Every, self._truth)

    def _joined(self, word: str, kind: type[Some] | type[Every], inner: Callable[[], Expression]) -> Expression:
        position = self.token.position
        first = inner()
        if self.token.text != word:
            return first
        parts = [_as_condition(first, position)]
        while self._take(word):
            position = self.token.position
            parts.append(_as_condition(inner(), position))
        return kind(tuple(parts))

    def _truth(self) -> Expression:
        position = self.token.position
        left = self._sum()
        sign = self.token.text
        if sign not in COMPARISONS:
            return left
        self._next()
        right_position = self.token.position
        right = self._sum()
        if self.token.text in COMPARISONS:
            raise WrongFormula(
                self.token.position, "không so sánh nối tiếp; hãy tách thành hai phép so sánh nối bằng “and”"
            )
        return Comparison(_as_number(left, position), sign, _as_number(right, right_position))

    def _sum(self) -> Expression:
        return self._chain(("+", "-"), Sum, self._product)

    def _product(self) -> Expression:
        return self._chain(("*", "/"), Product, self._factor)

    def _chain(
        self, signs: tuple[str, str], kind: type[Sum] | type[Product], inner: Callable[[], Expression]
    ) -> Expression:
        position = self.token.position
        first = inner()
        if self.token.text not in signs:
            return first
        rest: list[tuple[str, Number]] = []
        while self.token.text in signs:
            sign = self._next().text
            inner_position = self.token.position
            rest.append((sign, _as_number(inner(), inner_position)))
        return kind(_as_number(first, position), tuple(rest))

    def _factor(self) -> Expression:
        token = self._next()
        if token.type == "number":
            whole, _, decimals = token.text.partition(".")
            return Constant(Fraction(int(whole + decimals), 10 ** len(decimals)))
        if token.type == "name":
            return self._chosen(token) if token.text in CHOOSERS else self._name(token)
        with self._deeper(token):
            if token.text == "-":
                position = self.token.position
                return Negative(_as_number(self._factor(), position))
            if token.text == "(":
                found = self._either()
                self._expect(")", token)
                return found
        raise WrongFormula(token.position, _misplaced(token))

    def _name(self, token: Token) -> Number:
        if token.text in RESERVED:
            raise WrongFormula(token.position, _misplaced(token))
        if token.text != MAXIMUM and token.text not in self._variables:
            known = quote_all([*self._variables, MAXIMUM])
            raise WrongFormula(token.position, f"không có biến {quote(token.text)}; hãy dùng một trong {known}")
        return Name(token.text)

    def _chosen(self, token: Token) -> Number:
        with self._deeper(token):
            bracket = self.token
            if not self._take("("):
                raise WrongFormula(bracket.position, f"thiếu “(” sau {quote(token.text)}; hãy viết {token.text}(a, b)")
            among = [self._argument()]
            while self._take(","):
                among.append(self._argument())
            self._expect(")", bracket)
            if len(among) < 2:
                raise WrongFormula(token.position, f"{quote(token.text)} cần ít nhất hai giá trị, cách nhau dấu phẩy")
            return Chosen(token.text, tuple(among))

    def _argument(self) -> Number:
        position = self.token.position
        return _as_number(self._either(), position)

    @contextmanager
    def _deeper(self, token: Token) -> Iterator[None]:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise WrongFormula(token.position, f"công thức lồng nhau quá {MAX_DEPTH} tầng; hãy viết gọn lại")
        yield
        self._depth -= 1

    def _next(self) -> Token:
        token = self.token
        if token.type != "end":
            self._at += 1
        return token

    def _take(self, text: str) -> bool:
        """Step over the token where it is ``text``."""
        if self.token.text != text:
            return False
        self._at += 1
        return True

    def _expect(self, closing: str, opened: Token) -> None:
        if not self._take(closing):
            raise WrongFormula(
                self.token.position, f"thiếu dấu “{closing}” cho dấu “(” ở ký tự {opened.position}; hãy bổ sung"
            )


def _as_number(found: Expression, position: int) -> Number:
    if isinstance(found, Condition):
        raise WrongFormula(position, "chỗ này cần một số, không phải một điều kiện; điều kiện ghi ở “when”")
    return found


def _as_condition(found: Expression, position: int) -> Condition:
    if isinstance(found, Number):
        raise WrongFormula(position, "chỗ này cần một điều kiện như a >= 0.8, không phải một số")
    return found


def _misplaced(token: Token) -> str:
    if token.type == "end":
        return "công thức dừng giữa chừng; hãy viết tiếp số hoặc tên biến"
    return f"không đặt {quote(token.text)} ở đây được; chỗ này cần một số, một tên biến hoặc dấu “(”"


def _left_over(token: Token) -> str:
    return f"thừa {quote(token.text)}; hãy thêm phép tính ở trước hoặc bỏ đi"

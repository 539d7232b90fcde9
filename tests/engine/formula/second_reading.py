"""Formulas read and computed a second time, apart from the engine: Python's own grammar over the same text.

Every name and number is written anew as a Python name, so that Python decides on brackets, precedence and laziness and
nothing else; what Python knows beyond the little language (chains of comparisons, tuples, powers, ...) is refused by
the kind of its nodes. Numbers are fractions.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping
from fractions import Fraction
from typing import Any, Final

MOST_BITS: Final = 512

_TOKEN: Final = re.compile(
    r"[ \t\n\r]+|(?P<name>[a-z_][a-z0-9_]*|M(?![A-Za-z0-9_]))|(?P<number>[0-9]+(?:\.[0-9]+)?(?![0-9.A-Za-z_]))"
    r"|<=|>=|==|!=|[-+*/(),<>]"
)
_NUMBER: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,10})?")
_ARITHMETIC: Final[dict[type, Callable[[Fraction, Fraction], Fraction]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARISONS: Final[dict[type, Callable[[Fraction, Fraction], bool]]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Refused(Exception):
    """This text is no formula."""


class TooLarge(Exception):
    """A number on the way has passed every measure."""


class SecondReading:
    """``kind`` is "number" or "condition"."""

    def __init__(self, text: str, variables: Collection[str]) -> None:
        self._numbers: dict[str, Fraction] = {}
        self._variables = {*variables, "M"}
        python = self._translated(text)
        try:
            self._tree = ast.parse(python, mode="eval").body
            self.kind = self._kind(self._tree)
        except (SyntaxError, MemoryError, RecursionError):  # the last two: far deeper than a formula may be
            raise Refused(text) from None

    def _translated(self, text: str) -> str:
        written, at = "", 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise Refused(text)
            written += " "
            if match["number"]:
                if not _NUMBER.fullmatch(match["number"]):
                    raise Refused(text)
                name = f"n_{len(self._numbers)}"
                self._numbers[name] = Fraction(match["number"])
                written += name
            elif match["name"] and match["name"] not in ("and", "or", "min", "max"):
                written += f"v_{match['name']}"
            else:
                written += match[0].strip()
            at = match.end()
        # Python also takes a bracket around a function's name, and a comma after the last of several.
        if re.search(r"\(\s*(min|max)\s*\)|,\s*\)", written):
            raise Refused(text)
        return written.strip()

    def _kind(self, node: ast.expr) -> str:
        """What an expression is; raises Refused where it is none of the little language."""
        wanted, parts, kind = "number", [], "number"
        if isinstance(node, ast.Name) and self._known(node.id):
            pass
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            parts = [node.operand]
        elif isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
            first, rest = _chain(node)
            parts = [first, *(one for _, one in rest)]
        elif isinstance(node, ast.Call) and self._chooses(node):
            parts = node.args
        elif isinstance(node, ast.Compare) and len(node.ops) == 1:
            parts, kind = [node.left, *node.comparators], "condition"
        elif isinstance(node, ast.BoolOp):
            parts, kind, wanted = node.values, "condition", "condition"
        else:
            raise Refused(ast.dump(node)[:200])
        if any(self._kind(part) != wanted for part in parts):
            raise Refused(ast.dump(node)[:200])
        return kind

    def _known(self, name: str) -> bool:
        return name in self._numbers or (name.startswith("v_") and name[2:] in self._variables)

    def _chooses(self, node: ast.Call) -> bool:
        named = isinstance(node.func, ast.Name) and node.func.id in ("min", "max")
        return named and len(node.args) > 1 and not node.keywords

    def compute(self, figures: Mapping[str, Fraction]) -> Any:
        """The number or the truth; raises ZeroDivisionError and TooLarge."""
        return self._value(self._tree, {**self._numbers, **{f"v_{name}": value for name, value in figures.items()}})

    def _value(self, node: Any, figures: Mapping[str, Fraction]) -> Any:
        if isinstance(node, ast.Name):
            return figures[node.id]
        if isinstance(node, ast.UnaryOp):
            return -self._value(node.operand, figures)
        if isinstance(node, ast.Call):
            choose = {"min": min, "max": max}[node.func.id]  # type: ignore[attr-defined]
            return choose(*(self._value(one, figures) for one in node.args))
        if isinstance(node, ast.Compare):
            left, right = self._value(node.left, figures), self._value(node.comparators[0], figures)
            return _COMPARISONS[type(node.ops[0])](left, right)
        if isinstance(node, ast.BoolOp):
            stop = isinstance(node.op, ast.Or)
            return stop if any(self._value(one, figures) is stop for one in node.values) else not stop
        first, rest = _chain(node)
        value = self._value(first, figures)
        for sign, part in rest:
            value = _ARITHMETIC[sign](value, self._value(part, figures))
            if max(value.numerator.bit_length(), value.denominator.bit_length()) > MOST_BITS:
                raise TooLarge
        return value


def _chain(node: ast.expr) -> tuple[ast.expr, list[tuple[type, ast.expr]]]:
    """a + b - c as (a, [(+, b), (-, c)]): Python nests such a chain as deep as it is long."""
    rest: list[tuple[type, ast.expr]] = []
    while isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        rest.append((type(node.op), node.right))
        node = node.left
    return node, rest[::-1]

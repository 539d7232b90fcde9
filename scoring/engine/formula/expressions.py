"""What a formula is once it is understood, and what it comes to. Exact; sums and products are flat, so that a long
text makes no deep tree."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne
from typing import Final

from scoring.engine.arithmetic import divide, minus, order, plus, times
from scoring.engine.formula.errors import CannotCompute

MAX_BITS: Final = 512
"""How long a numerator or denominator may become on the way: 154 digits. Ample: it holds six factors of the longest
figures there are (15 digits and 10 decimals), or a sum of two dozen ratios over counts in millions."""

Figures = Mapping[str, Fraction]

COMPARISONS: Final[dict[str, Callable[[int, int], bool]]] = {
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "==": eq,
    "!=": ne,
}
"""How a sign holds of the order of its two sides, against nought."""
CHOOSERS: Final[dict[str, Callable[[list[Fraction]], Fraction]]] = {"min": min, "max": max}


class Number(ABC):
    """An expression whose value is a number."""

    @abstractmethod
    def value(self, figures: Figures) -> Fraction:
        """Compute; raises CannotCompute."""


class Condition(ABC):
    """An expression that holds or does not."""

    @abstractmethod
    def holds(self, figures: Figures) -> bool:
        """Decide; raises CannotCompute. What need not be looked at is not computed."""


@dataclass(frozen=True, slots=True)
class Constant(Number):
    number: Fraction

    def value(self, figures: Figures) -> Fraction:
        return self.number


@dataclass(frozen=True, slots=True)
class Name(Number):
    name: str

    def value(self, figures: Figures) -> Fraction:
        return figures[self.name]


@dataclass(frozen=True, slots=True)
class Negative(Number):
    inner: Number

    def value(self, figures: Figures) -> Fraction:
        return -self.inner.value(figures)


@dataclass(frozen=True, slots=True)
class Sum(Number):
    """A chain of + and −, computed from left to right; ``rest`` holds (sign, term)."""

    first: Number
    rest: tuple[tuple[str, Number], ...]

    def value(self, figures: Figures) -> Fraction:
        total = self.first.value(figures)
        for sign, term in self.rest:
            amount = term.value(figures)
            total = _bounded(plus(total, amount) if sign == "+" else minus(total, amount))
        return total


@dataclass(frozen=True, slots=True)
class Product(Number):
    """A chain of × and ÷, computed from left to right; ``rest`` holds (sign, factor)."""

    first: Number
    rest: tuple[tuple[str, Number], ...]

    def value(self, figures: Figures) -> Fraction:
        product = self.first.value(figures)
        for sign, factor in self.rest:
            amount = factor.value(figures)
            if sign == "/" and not amount:
                raise CannotCompute("phép chia cho 0")
            product = _bounded(times(product, amount) if sign == "*" else divide(product, amount))
        return product


@dataclass(frozen=True, slots=True)
class Chosen(Number):
    """``min`` or ``max`` of two or more."""

    name: str
    among: tuple[Number, ...]

    def value(self, figures: Figures) -> Fraction:
        return CHOOSERS[self.name]([one.value(figures) for one in self.among])


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    left: Number
    sign: str
    right: Number

    def holds(self, figures: Figures) -> bool:
        return COMPARISONS[self.sign](order(self.left.value(figures), self.right.value(figures)), 0)


@dataclass(frozen=True, slots=True)
class Every(Condition):
    """``and``: stops at the first that does not hold."""

    parts: tuple[Condition, ...]

    def holds(self, figures: Figures) -> bool:
        return all(part.holds(figures) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Some(Condition):
    """``or``: stops at the first that holds."""

    parts: tuple[Condition, ...]

    def holds(self, figures: Figures) -> bool:
        return any(part.holds(figures) for part in self.parts)


def _bounded(value: Fraction) -> Fraction:
    numerator, denominator = value.as_integer_ratio()
    if numerator.bit_length() > MAX_BITS or denominator.bit_length() > MAX_BITS:
        raise CannotCompute("kết quả trung gian quá lớn")
    return value

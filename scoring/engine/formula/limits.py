"""Between which numbers a formula stays, whatever the figures: as far as that can be told without trying any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.engine.formula.expressions import (
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


@dataclass(frozen=True, slots=True)
class Limits:
    """The ends, both included; None is no end that could be told."""

    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def only(self) -> Fraction | None:
        """The number itself where there is but one."""
        return self.low if self.low is not None and self.low == self.high else None


def limits(formula: Number, known: Mapping[str, Fraction]) -> Limits:
    """The limits of ``formula`` where the names in ``known`` are as said and any others may be anything."""
    match formula:
        case Constant(number):
            return Limits(number, number)
        case Name(name) if name in known:
            return Limits(known[name], known[name])
        case Negative(inner):
            return _minus(limits(inner, known))
        case Sum(first, rest):
            total = limits(first, known)
            for sign, term in rest:
                amount = limits(term, known)
                amount = amount if sign == "+" else _minus(amount)
                total = Limits(_plus(total.low, amount.low), _plus(total.high, amount.high))
            return total
        case Product(first, rest):
            product = limits(first, known)
            for sign, factor in rest:
                product = _times(product, limits(factor, known), sign)
            return product
        case Chosen(name, among):
            return _chosen(name, [limits(one, known) for one in among])
    return Limits()


def _minus(one: Limits) -> Limits:
    return Limits(None if one.high is None else -one.high, None if one.low is None else -one.low)


def _plus(one: Fraction | None, other: Fraction | None) -> Fraction | None:
    return None if one is None or other is None else one + other


def _times(one: Limits, other: Limits, sign: str) -> Limits:
    """A product, or with "/" a quotient; of two numbers that may both vary without end nothing can be told."""
    if sign == "/":
        divisor = other.only
        if not divisor:
            return Limits()
        other = Limits(1 / divisor, 1 / divisor)
    if other.only is None:
        one, other = other, one
    factor = other.only
    if factor is not None:
        if not factor:
            return Limits(Fraction(0), Fraction(0))
        ends = [None if end is None else end * factor for end in (one.low, one.high)]
        return Limits(*(ends if factor > 0 else reversed(ends)))
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return Limits()
    corners = [left * right for left in (one.low, one.high) for right in (other.low, other.high)]
    return Limits(min(corners), max(corners))


def _chosen(name: str, among: list[Limits]) -> Limits:
    """The least has the least of the upper ends that are known; its lower end only where all of them are."""
    choose = min if name == "min" else max
    lows = [one.low for one in among if one.low is not None]
    highs = [one.high for one in among if one.high is not None]
    low = choose(lows) if lows and (name == "max" or len(lows) == len(among)) else None
    high = choose(highs) if highs and (name == "min" or len(highs) == len(among)) else None
    return Limits(low, high)


def constants(expression: Number | Condition) -> set[Fraction]:
    """The numbers that are written in a formula or a condition."""
    if isinstance(expression, Constant):
        return {expression.number}
    return set().union(*(constants(part) for part in _parts(expression)))


def names(expression: Number | Condition) -> set[str]:
    """The names that a formula or a condition uses."""
    if isinstance(expression, Name):
        return {expression.name}
    return set().union(*(names(part) for part in _parts(expression)))


def divisors(expression: Number | Condition) -> set[str]:
    """The names that something is divided by."""
    found = set().union(*(divisors(part) for part in _parts(expression)))
    if isinstance(expression, Product):
        found.update(*(names(factor) for sign, factor in expression.rest if sign == "/"))
    return found


def _parts(expression: Number | Condition) -> tuple[Number | Condition, ...]:
    """What an expression is made of, one step down."""
    match expression:
        case Negative(inner):
            return (inner,)
        case Sum(first, rest) | Product(first, rest):
            return (first, *(one for _, one in rest))
        case Chosen(_, parts) | Every(parts) | Some(parts):
            return parts
        case Comparison(left, _, right):
            return (left, right)
    return ()

"""Rounding and printing of exact numbers: the only places where a digit may be lost.

Values are ``fractions.Fraction``. A *scaled* number is an integer in units of 10^-decimals (9360 with two decimals is
93.60).
"""

from fractions import Fraction
from typing import Final, Literal

Rounding = Literal["half_up", "half_even", "down"]

_POINT_DECIMALS_WHEN_ENDLESS: Final = 6
_FEW_DECIMALS: Final = 10**_POINT_DECIMALS_WHEN_ENDLESS


def round_scaled(value: Fraction, decimals: int, rounding: Rounding) -> int:
    """Return ``value`` rounded to ``decimals`` digits, as an integer in units of 10^-decimals.

    ``half_up`` takes a half away from zero, ``half_even`` to the even neighbour, ``down`` cuts toward zero
    (methodology, "Policy values").
    """
    return round_ratio(*value.as_integer_ratio(), decimals, rounding)


def round_ratio(numerator: int, denominator: int, decimals: int, rounding: Rounding) -> int:
    """The same for a fraction that need not be in lowest terms; ``denominator`` is positive."""
    unit: int = 10**decimals
    quotient, rest = divmod(abs(numerator) * unit, denominator)
    twice = 2 * rest
    if rounding == "half_up":
        quotient += twice >= denominator
    elif rounding == "half_even":
        quotient += twice > denominator or (twice == denominator and quotient % 2 == 1)
    return -quotient if numerator < 0 else quotient


def round_to(value: Fraction, decimals: int, rounding: Rounding) -> Fraction:
    """Return ``value`` rounded to ``decimals`` digits, still as a fraction."""
    return Fraction(round_scaled(value, decimals, rounding), 10**decimals)


def print_scaled(scaled: int, decimals: int) -> str:
    """Print a scaled integer with exactly ``decimals`` digits after the point: (9360, 2) is "93.60"."""
    digits = str(abs(scaled)).rjust(decimals + 1, "0")
    sign = "-" if scaled < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"


def decimal_places(value: Fraction) -> int | None:
    """Return how many decimals ``value`` needs to be written exactly, or None where its decimals never end."""
    rest = value.denominator
    twos = (rest & -rest).bit_length() - 1
    rest >>= twos
    fives = 0
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    return max(twos, fives) if rest == 1 else None


def print_points(value: Fraction) -> str:
    """Print points or a maximum: exact, no exponent, no trailing zeros ("9.5", "0").

    Decimals that never end are rounded to six, half up.
    """
    numerator, denominator = value.as_integer_ratio()
    if denominator == 1:
        return str(numerator)
    places = _POINT_DECIMALS_WHEN_ENDLESS
    if _FEW_DECIMALS % denominator:
        places = decimal_places(value) or places
    text = print_scaled(round_scaled(value, places, "half_up"), places)
    return text.rstrip("0").rstrip(".")

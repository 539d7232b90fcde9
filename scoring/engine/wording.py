"""How figures and codes are written inside the Vietnamese sentences of the engine: comma decimals, quoted codes."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Final

from scoring.engine.rounding import decimal_places, print_points, print_scaled, round_scaled

_MOST_DECIMALS: Final = 6
_MOST_PERCENT_DECIMALS: Final = 4
_QUOTED_LENGTH: Final = 60
_MOST_QUOTED: Final = 20


def say(value: Fraction) -> str:
    """A figure with a comma, at most six decimals: 1,8."""
    places = decimal_places(value)
    if places is not None and places <= _MOST_DECIMALS:
        return print_points(value).replace(".", ",")
    return _shorten(value, _MOST_DECIMALS)


def say_result(value: Fraction) -> str:
    """A figure behind its sign: "= 1,8", or "≈ 0,666667" where six decimals cannot hold it."""
    places = decimal_places(value)
    exact = places is not None and places <= _MOST_DECIMALS
    return f"{'=' if exact else '≈'} {say(value)}"


def say_percent(ratio: Fraction) -> str:
    """A ratio as a percentage, at most four decimals: 90%."""
    return f"{_shorten(ratio * 100, _MOST_PERCENT_DECIMALS)}%"


def say_percent_result(ratio: Fraction) -> str:
    """A ratio behind its sign: "= 90%", or "≈ 12,1518%" where four decimals cannot hold it."""
    places = decimal_places(ratio * 100)
    exact = places is not None and places <= _MOST_PERCENT_DECIMALS
    return f"{'=' if exact else '≈'} {say_percent(ratio)}"


def say_date(day: date) -> str:
    """A day as people write it: 15/12/2026."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def quote(text: str) -> str:
    """A code or word of the file in quotes, on one line and of bearable length, whatever it contains."""
    shown = text if len(text) <= _QUOTED_LENGTH else text[:_QUOTED_LENGTH] + "…"
    return "“" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown) + "”"


def quote_all(texts: Iterable[str]) -> str:
    """Several codes in quotes, with commas; of a long list the first 20 and how many there are."""
    texts = list(texts)
    shown = ", ".join(quote(text) for text in texts[:_MOST_QUOTED])
    return shown if len(texts) <= _MOST_QUOTED else f"{shown}… (tất cả {len(texts)})"


def _shorten(value: Fraction, decimals: int) -> str:
    text = print_scaled(round_scaled(value, decimals, "half_up"), decimals)
    return text.rstrip("0").rstrip(".").replace(".", ",")

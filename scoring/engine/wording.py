"""How figures and codes are written inside the Vietnamese sentences of the engine: comma decimals, quoted codes."""

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import Final

Sentence = str | Callable[[], str]
"""A sentence, or how to say it: most are never read, and saying one costs more than computing what it says."""

_MOST_DECIMALS: Final = 6
_MOST_PERCENT_DECIMALS: Final = 4
_QUOTED_LENGTH: Final = 60
_MOST_QUOTED: Final = 20


def spoken(sentence: Sentence) -> str:
    """The sentence itself."""
    return sentence if isinstance(sentence, str) else sentence()


def say(value: Fraction) -> str:
    """A figure with a comma, at most six decimals: 1,8."""
    return _shorten(*value.as_integer_ratio(), _MOST_DECIMALS)[1]


def say_result(value: Fraction) -> str:
    """A figure behind its sign: "= 1,8", or "≈ 0,666667" where six decimals cannot hold it."""
    exact, text = _shorten(*value.as_integer_ratio(), _MOST_DECIMALS)
    return f"= {text}" if exact else f"≈ {text}"


def say_percent(ratio: Fraction) -> str:
    """A ratio as a percentage, at most four decimals: 90%."""
    return f"{_percentage(ratio)[1]}%"


def say_percent_result(ratio: Fraction) -> str:
    """A ratio behind its sign: "= 90%", or "≈ 12,1518%" where four decimals cannot hold it."""
    exact, text = _percentage(ratio)
    return f"= {text}%" if exact else f"≈ {text}%"


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


def _percentage(ratio: Fraction) -> tuple[bool, str]:
    numerator, denominator = ratio.as_integer_ratio()
    return _shorten(100 * numerator, denominator, _MOST_PERCENT_DECIMALS)


def _shorten(numerator: int, denominator: int, decimals: int) -> tuple[bool, str]:
    """Whether so many decimals hold a figure exactly, and the figure with them (half up) but without trailing zeros."""
    if denominator == 1:
        return True, str(numerator)
    unit = 10**decimals
    scaled, rest = divmod(abs(numerator) * unit, denominator)
    whole, part = divmod(scaled + (2 * rest >= denominator), unit)
    text = f"{whole},{part:0{decimals}}".rstrip("0") if part else str(whole)
    return not rest, f"-{text}" if numerator < 0 and (whole or part) else text

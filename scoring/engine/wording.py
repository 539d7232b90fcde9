"""How figures and codes are written inside the Vietnamese sentences of the engine: comma decimals, quoted codes."""

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import Final

from scoring.engine.rounding import round_to

Sentence = str | Callable[[], str]
"""A sentence, or how to say it: most are never read, and saying one costs more than computing what it says."""

_EXACT_DECIMALS: Final = 10
"""As many as a number of a campaign file may have; a figure that ends within them is never cut."""

_MOST_DECIMALS: Final = 6
_MOST_PERCENT_DECIMALS: Final = 4
_MORE_DECIMALS: Final = (10, 15, 20, 30)
_UNIT: Final = 10**_EXACT_DECIMALS
_QUOTED_LENGTH: Final = 60
_MOST_QUOTED: Final = 20


def spoken(sentence: Sentence) -> str:
    """The sentence itself."""
    return sentence if isinstance(sentence, str) else sentence()


def say(value: Fraction) -> str:
    """A figure within a calculation, whose own sign tells of cuts: 1,8; six decimals where ten cannot hold it."""
    return _shorten(*value.as_integer_ratio(), _MOST_DECIMALS)[1]


def say_alone(value: Fraction) -> str:
    """A figure that no sign stands before: "1,8", or "≈ 0,666667" where ten decimals cannot hold it."""
    exact, text = _shorten(*value.as_integer_ratio(), _MOST_DECIMALS)
    return text if exact else f"≈ {text}"


def say_result(value: Fraction, *terms: Fraction) -> str:
    """A figure behind its sign: "= 1,8", or "≈ 0,666667" where ten decimals cannot hold it or one of the ``terms``
    that were said before it: whoever calculates with what is shown finds every "=" true."""
    exact, text = _shorten(*value.as_integer_ratio(), _MOST_DECIMALS)
    return f"= {text}" if exact and all(map(is_said_whole, terms)) else f"≈ {text}"


def is_said_whole(value: Fraction) -> bool:
    """Whether a figure is shown with all its digits."""
    return _UNIT % value.denominator == 0


def say_where(value: Fraction, holds: Callable[[Fraction], bool]) -> str:
    """A figure of which the sentence goes on to say something that ``holds`` for it: cut to so many decimals, six or
    more, that it holds for what is shown too (where thirty do); behind "≈" where it is cut."""
    decimals, exact = _enough(value, _MOST_DECIMALS, holds)
    if exact:
        return say(value)
    text = _cut(*value.as_integer_ratio(), decimals or _MOST_DECIMALS)[1]
    return f"≈ {text}"


def say_apart(one: Fraction, other: Fraction) -> tuple[str, str]:
    """Two figures that are not equal, so that what is shown is not equal either unless that takes more than thirty
    decimals; behind "≈" where they are cut."""
    for decimals in (_MOST_DECIMALS, *_MORE_DECIMALS):
        (_, text), (_, other_text) = said = [_shorten(*value.as_integer_ratio(), decimals) for value in (one, other)]
        if text != other_text:
            break
    first, second = (text if exact else f"≈ {text}" for exact, text in said)
    return first, second


def say_percent(ratio: Fraction) -> str:
    """A ratio as a percentage: 90%; four decimals where ten cannot hold it."""
    return f"{_percentage(ratio)[1]}%"


def say_percent_result(ratio: Fraction, holds: Callable[[Fraction], bool] | None = None) -> str:
    """A ratio behind its sign: "= 90%", or "≈ 12,1518%" where ten decimals cannot hold it. What ``holds`` for the
    ratio does so for what is shown, where thirty decimals do."""
    exact, text = _percentage(ratio)
    if not exact and holds is not None:
        percent = 100 * ratio
        decimals, _ = _enough(percent, _MOST_PERCENT_DECIMALS, lambda shown: holds(shown / 100))
        text = _cut(*percent.as_integer_ratio(), decimals or _MOST_PERCENT_DECIMALS)[1]
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


def _enough(value: Fraction, fewest: int, holds: Callable[[Fraction], bool]) -> tuple[int, bool]:
    """How many decimals, ``fewest`` or more, a figure needs so that it ``holds`` for what is shown (0: thirty do not
    do), and whether nothing has to be cut at all."""
    if is_said_whole(value):
        return _EXACT_DECIMALS, True
    for decimals in (fewest, *_MORE_DECIMALS):
        if holds(round_to(value, decimals, "half_up")):
            return decimals, False
    return 0, False


def _shorten(numerator: int, denominator: int, decimals: int) -> tuple[bool, str]:
    """Whether a figure is shown exactly, as it is where ten decimals hold it; and the figure, else with so many."""
    if denominator == 1:
        return True, f"−{-numerator}" if numerator < 0 else str(numerator)
    return _cut(numerator, denominator, decimals if _UNIT % denominator else _EXACT_DECIMALS)


def _cut(numerator: int, denominator: int, decimals: int) -> tuple[bool, str]:
    """Whether so many decimals hold a figure exactly, and the figure with them (half up) but without trailing zeros."""
    unit = 10**decimals
    scaled, rest = divmod(abs(numerator) * unit, denominator)
    whole, part = divmod(scaled + (2 * rest >= denominator), unit)
    text = f"{whole},{part:0{decimals}}".rstrip("0") if part else str(whole)
    return not rest, f"−{text}" if numerator < 0 and (whole or part) else text

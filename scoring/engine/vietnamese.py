"""Vietnamese alphabetical order, the same in Python, in SQLite and in PostgreSQL (collation C), without ICU; and text
without its marks."""

import unicodedata
from functools import lru_cache
from typing import Final

_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_WEIGHT: Final = {letter: chr(0x20 + place) for place, letter in enumerate(_ALPHABET)}
_DIGIT_BASE: Final = 0x10
_SPACE_WEIGHT: Final = "\x02"
_OTHER_WEIGHT: Final = "\x03"
_LEVEL_END: Final = "\x01"
_NO_TONE: Final = "0"
# The order of the tones in the dictionary: ngang, huyền, hỏi, ngã, sắc, nặng.
_TONE_WEIGHT: Final = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


@lru_cache(maxsize=4096)
def _weigh(character: str) -> tuple[str, str, str]:
    """Return the weights (letter, tone, case) of one NFC character."""
    letter_marks, tone = "", _NO_TONE
    for part in reversed(unicodedata.normalize("NFD", character)):
        if part in _TONE_WEIGHT:
            tone = _TONE_WEIGHT[part]
        else:
            letter_marks = part + letter_marks
    base = unicodedata.normalize("NFC", letter_marks)
    lower = base.lower()
    digit = unicodedata.decimal(character, None)
    if lower in _LETTER_WEIGHT:
        primary = _LETTER_WEIGHT[lower]
    elif digit is not None:
        primary = chr(_DIGIT_BASE + digit)
    else:
        primary = _SPACE_WEIGHT if character.isspace() else _OTHER_WEIGHT
    return primary, tone, "0" if base == lower else "1"


def sort_key(text: str) -> str:
    """Return a key whose plain code-point order is the Vietnamese alphabetical order of ``text``.

    Letters decide first (a < ă < â < … < d < đ < …), then tones (ngang, huyền, hỏi, ngã, sắc, nặng), then case (small
    before capital). Digits stand before letters and are compared one by one, so "Xã 10" precedes "Xã 2"; every space is
    one class, and so is every other sign. Composed and decomposed spellings of a text share one key.

    The key contains control characters and is meant for a column of its own, never for the eye.
    """
    weights = [_weigh(character) for character in unicodedata.normalize("NFC", text)]
    return _LEVEL_END.join("".join(weight[level] for weight in weights) for level in range(3))


def fold(text: str) -> str:
    """Return ``text`` in small letters without marks and with single spaces, for searching ("Đắk  Lắk" → "dak lak")."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    bare = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(bare.casefold().split())

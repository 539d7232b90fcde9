"""Decimal commas in a formula's text: found wherever they stand, so that no other fault hides them."""

from __future__ import annotations

import re
from typing import Final

from scoring.engine.formula.errors import WrongFormula
from scoring.engine.wording import quote

_PART: Final = re.compile(
    r"(?P<open>(?:\b(?P<chooser>min|max)[ \t\n\r]*)?\()|(?P<close>\))|(?<![\w.,])[0-9]+,[0-9]+(?![\w.,])", re.ASCII
)


def with_commas(text: str, wrong: WrongFormula) -> WrongFormula:
    """What is wrong with ``text``, and behind it every number written with a comma; between the values of min and max
    a comma parts them and is none."""
    found = _decimal_commas(text)
    if not found:
        return wrong
    told = ", ".join(f"{quote(number)} (ký tự thứ {at}) thành {number.replace(',', '.')}" for at, number in found)
    comma = f"trong công thức số thập phân viết dấu chấm: hãy sửa {told}"
    is_comma = any(at + number.index(",") == wrong.position for at, number in found)
    return WrongFormula(wrong.position, comma if is_comma else f"{wrong}; {comma}")


def _decimal_commas(text: str) -> list[tuple[int, str]]:
    """Each number with a comma and its position, counted from 1."""
    found: list[tuple[int, str]] = []
    parts_values: list[bool] = []
    for match in _PART.finditer(text):
        if match["open"]:
            parts_values.append(match["chooser"] is not None)
        elif match["close"]:
            del parts_values[-1:]
        elif not any(parts_values[-1:]):
            found.append((match.start() + 1, match[0]))
    return found

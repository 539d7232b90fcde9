"""A formula as people write it, for sentences: ×, ≥, và, decimal commas. For the eye only; nothing reads it back."""

from __future__ import annotations

from typing import Final

from scoring.engine.formula.tokens import Token, tokenize

_SAID: Final = {
    "*": "×",
    "-": "−",
    "<=": "≤",
    ">=": "≥",
    "==": "=",
    "!=": "≠",
    "and": "và",
    "or": "hoặc",
    ",": ";",  # the comma is the decimals' own
}


def say_formula(text: str) -> str:
    """A right formula in words and signs of paper, spaced as it was written, on one line."""
    said, at = "", 0
    for token in tokenize(text)[:-1]:
        begins = token.position - 1
        said += (" " if begins > at else "") + _say(token)
        at = begins + len(token.text)
    return said.strip()


def _say(token: Token) -> str:
    return token.text.replace(".", ",") if token.type == "number" else _SAID.get(token.text, token.text)

"""Finding what a person names: by its code in any case, or by its name, with or without marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from scoring.engine.vietnamese import fold
from scoring.engine.wording import quote, quote_all

_MOST_NEAR: Final = 5

Named = tuple[str, str]
"""The code of a unit or criterion, and its name."""


@dataclass(frozen=True, slots=True)
class Found:
    """The one that was meant, by its code; "" where none is or several are. ``instead`` are those it may have been."""

    code: str
    instead: tuple[Named, ...] = ()
    is_ambiguous: bool = False

    def refuse(self, asked: str, what: str, where: str, known: Sequence[Named]) -> str:
        """The sentence for an ``asked`` that was not found: ``what`` is the kind of thing, ``where`` it was sought."""
        near = ", ".join(f"{quote(code)} ({quote(name)[1:-1]})" for code, name in self.instead)
        if self.is_ambiguous:
            return f"{quote(asked)} là mã hoặc tên của nhiều {what}: {near}; hãy ghi đúng từng chữ của mã"
        if near:
            return f"Không có {what} {quote(asked)} {where}; gần giống: {near}. Hãy ghi lại mã"
        return f"Không có {what} {quote(asked)} {where}; hãy chọn một trong {quote_all(code for code, _ in known)}"


def find(asked: str, known: Sequence[Named]) -> Found:
    """The one of ``known`` that ``asked`` names: its very code, or else the only one with that code or name."""
    if any(code == asked for code, _ in known):
        return Found(asked)
    wanted = fold(asked)
    same = tuple(one for one in known if wanted in map(fold, one))
    if len(same) == 1:
        return Found(same[0][0])
    return Found("", same[:_MOST_NEAR], is_ambiguous=True) if same else Found("", _near(wanted, known))


def _near(wanted: str, known: Sequence[Named]) -> tuple[Named, ...]:
    """Those whose name holds every word of ``wanted``, then those that are spelt much like it."""
    words = set(wanted.split())
    holding = [one for one in known if words and words <= set(fold(one[1]).split())]
    spelt: dict[str, Named] = {}
    for one in known:
        for text in one:
            spelt.setdefault(fold(text), one)
    alike = [spelt[text] for text in get_close_matches(wanted, spelt, _MOST_NEAR)]
    return tuple(dict.fromkeys(holding + alike))[:_MOST_NEAR]

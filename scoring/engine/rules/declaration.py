"""How a kind of rule declares its parameters: for readers and writers of annexes, guides and the JSON Schema.

Parameters have a key (the campaign file's) and a Vietnamese word (the annex's). What they must be among each other is
for the kind's own ``parse`` to check.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PieceType = Literal["text", "number", "true"]
ParameterType = Literal["number", "flag", "choice", "date", "keyed", "numbered"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an entry. The one without a ``word`` is the text at the beginning; "true" is its word alone."""

    key: str
    word: str
    type: PieceType = "number"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a kind.

    "keyed" and "numbered" are lists: one line an entry, "word.key = …" (the key is stored as "key") or "word.1 = …".
    ``one_of`` names pieces of which an entry has exactly one; ``choices`` are (word, value). ``note`` says how lines of
    an annex write it, ``help`` what it is, for a form. ``key_word`` is what the key of an entry is called where people
    write it elsewhere (a variable in a formula); "" where it only tells entries apart.
    """

    key: str
    word: str
    type: ParameterType
    note: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    pieces: tuple[Piece, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    help: str = ""
    key_word: str = ""

    @property
    def is_list(self) -> bool:
        return self.type in ("keyed", "numbered")


LABEL = Piece("label", "", "text")
POINTS = Piece("points", "điểm")
SHARE = Piece("share", "hệ số")
MARK = (POINTS, SHARE)
MARK_HELP = "Hệ số là phần của điểm tối đa: 1 là trọn điểm, 0,5 là một nửa."
MARK_KEYS = ("points", "share")
"""A mark in an entry: exactly one of the two (``scale.Mark``)."""

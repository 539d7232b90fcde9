"""What a guarded reader hands on: sheets of cells that still know what they were in the file."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from openpyxl.utils import get_column_letter

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


class UnreadableFile(ValueError):
    """The file as a whole is refused; the message is a Vietnamese sentence that says why and how to mend it."""


class CellKind(StrEnum):
    """What the file says a cell is."""

    TEXT = "text"
    NUMBER = "number"
    PERCENT = "percent"  # a number that Excel shows a hundred times larger, with a percent sign
    DATE = "date"
    BOOLEAN = "boolean"
    ERROR = "error"
    FORMULA = "formula"  # a formula without a stored result


@dataclass(frozen=True)
class Cell:
    """One cell that is not empty. `text` is exact: the digits of a number, the ISO form of a date."""

    kind: CellKind
    text: str


@dataclass(frozen=True)
class Row:
    """One row; `number` counts from 1 as in Excel, `cells` is keyed by column from 0 and has no empty cell."""

    number: int
    cells: dict[int, Cell]
    hidden: bool = False


@dataclass(frozen=True)
class Sheet:
    """One sheet; rows without content are left out. `merged` lists ranges like "A1:C1"."""

    name: str
    rows: tuple[Row, ...]
    merged: tuple[str, ...] = ()
    hidden_columns: frozenset[int] = frozenset()
    hidden: bool = False


def column_letter(column: int) -> str:
    """The letter Excel shows for a column counted from 0 (0 → "A")."""
    return get_column_letter(column + 1)


def clean_text(text: str) -> str:
    """Composed Vietnamese, single ordinary spaces, no invisible signs, no apostrophe that only marked text as text.

    Raises ValueError with a sentence for control characters, which no figure and no name contains.
    """
    composed = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    single = " ".join(composed.split())
    if any(unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn") for sign in single):
        raise ValueError("Ô có ký tự điều khiển không đọc được. Gõ lại nội dung ô.")
    if any(unicodedata.category(sign) == "Cf" for sign in single):
        raise ValueError("Ô có ký tự ẩn đảo chiều chữ. Gõ lại nội dung ô.")
    return single[1:].lstrip() if single[:1] == "'" else single

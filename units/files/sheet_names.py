"""Names of sheets, as Excel takes them."""

from __future__ import annotations

from typing import Final

from units.vietnamese import fold

LONGEST: Final = 31
_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def sheet_name(title: str, taken: set[str], tail: str = "") -> str:
    """`title` and `tail` as the name of a sheet: at most 31 letters, none that Excel forbids, each name once.

    A title that is too long is cut, the tail is kept. `taken` holds the names of the workbook's other sheets without
    marks and capitals (`fold`), by which a reader finds them again; the new one is added.
    """
    base, name = _plain(title) or "Trang", ""
    number = 1
    while not name or fold(name) in taken:
        end = _plain(tail) + (f" ({number})" if number > 1 else "")
        end = f" {end.strip()}"[-LONGEST:] if end else ""
        name, number = _plain(base[: LONGEST - len(end)] + end), number + 1
    taken.add(fold(name))
    return name


def _plain(text: str) -> str:
    """Without forbidden signs, with single spaces; a name neither begins nor ends with an apostrophe."""
    return " ".join(text.translate(_FORBIDDEN).split()).strip("' ")

"""Figures that differ so much from last year's, or so little, that a slip of the keyboard is likelier than the facts.

Exact numbers in, a kind of doubt out; in what words is told elsewhere (`scoring.services.last_year`). A change of less
than that is told before the dossier is handed in (`scoring.analysis.risk.is_great_change`), not while typing.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Final

TIMES: Final = 10
"""A figure this many times last year's, or last year's this many times it: a digit or a unit of measure is wrong."""
WORTH_A_LOOK: Final = 30
"""Figures of which the larger is below this rise and fall by as much in the ordinary run of things (2 → 20 papers)."""
THOUSANDS: Final = 1000
"""Who had this many last year hardly has none this year."""
HARDLY_ALIKE: Final = 100
"""Part and whole of a ratio that are both last year's to the last digit were hardly counted anew, from so many on."""


class Doubt(StrEnum):
    TENFOLD = "tenfold"
    TENTH = "tenth"
    GONE = "gone"
    SAME = "same"


def doubt_of(now: Fraction, before: Fraction) -> Doubt | None:
    """What is doubtful about one figure; nothing is compared with nought, and a sign that turned is told elsewhere."""
    if now == 0:
        return Doubt.GONE if before >= THOUSANDS else None
    if before == 0 or (now < 0) != (before < 0) or max(abs(now), abs(before)) < WORTH_A_LOOK:
        return None
    if abs(now) >= TIMES * abs(before):
        return Doubt.TENFOLD
    return Doubt.TENTH if abs(before) >= TIMES * abs(now) else None


def is_copied(now: tuple[Fraction, Fraction], before: tuple[Fraction, Fraction]) -> bool:
    """Whether (part, whole) of a ratio are last year's to the last digit, where that is hardly chance."""
    return now == before and now[1] >= HARDLY_ALIKE

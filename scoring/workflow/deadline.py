"""The rule of every deadline, in one place: what is still taken at which instant (decision 024).

Up to, not including, the deadline the unit writes. In the minutes of grace after it, the unit hands in what stands; a
file is still stored where the rule says so and its request began before the deadline. After that nothing is taken.
Every instant is aware and comes from the database (`scoring.selectors.clock`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Act(StrEnum):
    """What somebody does against a deadline."""

    WRITE = "write"
    """Figures, words, details of documents; taking back, and sending back to be mended."""
    FILE = "file"
    """The bytes of a document."""
    HAND_IN = "hand_in"
    """To the head, and by the head."""


@dataclass(frozen=True)
class Deadline:
    """`closes_at` belongs to what comes after it. Raises `ValueError` for an instant without a zone."""

    closes_at: datetime
    grace: timedelta = timedelta(0)
    takes_begun_files: bool = False

    def __post_init__(self) -> None:
        _refuse_naive(self.closes_at)

    @property
    def ends_at(self) -> datetime:
        """From when on nothing is taken any more."""
        return self.closes_at + self.grace

    def takes(self, act: Act, now: datetime, began: datetime) -> bool:
        """Whether `act` is in time at `now`, when it is decided; `began` is when the request for it reached us."""
        _refuse_naive(now, began)
        if now < self.closes_at:
            return True
        if now >= self.ends_at or act == Act.WRITE:
            return False
        return act == Act.HAND_IN or (self.takes_begun_files and began < self.closes_at)

    def is_in_grace(self, now: datetime) -> bool:
        return self.closes_at <= now < self.ends_at


def hour_of(of_group: datetime | None, own: datetime | None, *, is_over: bool) -> datetime | None:
    """The hour of one unit: its group's, or longer by its own. Once the group has gone on (`is_over`) only its own one
    counts, where it has one, however long the group's was. None where there is neither."""
    if is_over and own is not None:
        return own
    return max((hour for hour in (of_group, own) if hour is not None), default=None)


def _refuse_naive(*instants: datetime) -> None:
    if any(instant.tzinfo is None for instant in instants):
        raise ValueError("an instant without a zone decides no deadline")


ACT_OF_STEP = {"hand_over": Act.HAND_IN, "submit": Act.HAND_IN, "return": Act.WRITE, "withdraw": Act.WRITE}
"""Which steps of a dossier and of an explanation ask for the hour, and as what."""

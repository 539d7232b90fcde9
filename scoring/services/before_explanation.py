"""Kiểm tra trước khi gửi giải trình: what blocks, what is left unsaid with its points, and what is given up.

One function for the page and the door, as for a dossier (`before_submission`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scoring.enums import Opinion
from scoring.models import Explanation
from scoring.selectors.explanation import Row, reader_of_unit, rows_of
from scoring.selectors.tree import tree_of
from scoring.services.dossier import Dossier
from scoring.services.explaining import explainable, round_of

NOT_WRITTEN = "Đã chọn giải trình mà chưa viết nội dung."


@dataclass(frozen=True)
class Check:
    """The leaves that may be explained now, by what the unit has made of them so far; each in the order of the tree.

    `explained` have words; `lacking` were chosen and have none, and block; `undecided` were judged otherwise than the
    unit did, and are agreed to by silence; `untouched` stand as the unit gave them, below their maximum: nobody has to
    say anything there.
    """

    explained: Sequence[Row]
    lacking: Sequence[Row]
    agreed: Sequence[Row]
    undecided: Sequence[Row]
    untouched: Sequence[Row]

    @property
    def at_stake(self) -> Decimal:
        """Points that the unit still claims: of what it explains."""
        return points_of([*self.explained, *self.lacking])

    @property
    def given_up(self) -> Decimal:
        return points_of(self.agreed)

    @property
    def silent(self) -> Decimal:
        """Points that go with what the unit says nothing about."""
        return points_of(self.undecided)

    @property
    def faults(self) -> list[str]:
        return [f"{row.criterion.code} {row.criterion.title}: {NOT_WRITTEN}" for row in self.lacking]


def points_of(rows: Iterable[Row]) -> Decimal:
    return sum((row.lost for row in rows), Decimal(0))


def look(rows: Iterable[Row], round_number: int) -> Check:
    """What the rows that may be explained in this round come to."""
    every = list(rows)
    lacking = [row for row in every if row.is_lacking_in(round_number)]
    by_opinion = {
        opinion: [row for row in every if row not in lacking and row.opinion_in(round_number) == opinion]
        for opinion in (Opinion.EXPLAIN, Opinion.AGREE, "")
    }
    silent = by_opinion[""]
    untouched = [row for row in silent if round_number == 1 and not row.is_changed]
    undecided = [row for row in silent if row not in untouched]
    return Check(by_opinion[Opinion.EXPLAIN], lacking, by_opinion[Opinion.AGREE], undecided, untouched)


def look_under_lock(dossier: Dossier, explanation: Explanation) -> Check:
    """The same from the rows as they are under the dossier's lock."""
    explanation.participant = dossier.participant
    number = round_of(dossier)
    leaves = explainable(dossier.participant, number)
    tree = tree_of(dossier.participant.criteria_set)
    rows = rows_of(explanation, tree, reader_of_unit(explanation), leaves)
    return look([row for row in rows if row.criterion.pk in leaves], number)

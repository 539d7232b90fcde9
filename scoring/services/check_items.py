"""What "Kiểm tra trước khi nộp" lists: one thing at one leaf, with the points that hang on it and its field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from scoring.engine.errors import CampaignFaults
from scoring.engine.single import Leaf
from scoring.models import Criterion
from scoring.selectors.worksheet import Line
from scoring.services.dossier import Dossier
from scoring.services.figures import Slot, slot_at, slots_of
from scoring.services.leaves import leaf_of

EVIDENCE_FIELD = "id_tai-lieu"
"""The id of the documents on the page of a leaf."""


class Kind(StrEnum):
    """What is wrong or doubtful, those that block first."""

    UNFINISHED = "unfinished"
    STALE = "stale"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    NO_PROOF = "no_proof"
    WARNING = "warning"
    DATE = "date"
    SAME_BYTES = "same_bytes"
    CHANGE = "change"


@dataclass(frozen=True)
class Item:
    """One thing at one leaf: the sentence, the points that hang on it, and the id of the field on the leaf's page."""

    criterion: Criterion
    kind: Kind
    text: str
    at_stake: Decimal
    field: str

    @property
    def code(self) -> str:
        return self.criterion.code

    @property
    def title(self) -> str:
        return self.criterion.title

    @property
    def sentence(self) -> str:
        """As the door says it, where no link leads to the place."""
        return f"{self.code} {self.title}: {self.text}"


def at_stake_of(items: Iterable[Item]) -> Decimal:
    """The points that hang on the items, those of one leaf once."""
    by_leaf: dict[int, Decimal] = {}
    for item in items:
        by_leaf[item.criterion.pk] = max(item.at_stake, by_leaf.get(item.criterion.pk, Decimal(0)))
    return sum(by_leaf.values(), Decimal(0))


def item_of(line: Line, kind: Kind, text: str, field: str, at_stake: Decimal | None = None) -> Item:
    """At stake is what the answer claims, or the maximum where it claims nothing."""
    claimed = line.declared.worth if line.declared else None
    return Item(line.criterion, kind, text, at_stake or claimed or line.criterion.max_points, field)


def rule_of(criterion: Criterion, dossier: Dossier) -> Leaf | None:
    """None where the rule itself is wrong: a fault of the set, told elsewhere."""
    try:
        return leaf_of(criterion, dossier.participant.campaign)
    except CampaignFaults:
        return None


def first_field(criterion: Criterion, dossier: Dossier) -> str:
    leaf = rule_of(criterion, dossier)
    slots = slots_of(leaf) if leaf else ()
    return _id_of(slots[0]) if slots else "id_note"


def field_of(criterion: Criterion, dossier: Dossier, key: str) -> str:
    """The field that a fault of the rule is about, else the leaf's first."""
    leaf = rule_of(criterion, dossier)
    slot = slot_at(leaf, key) if leaf and key else None
    return _id_of(slot) if slot else first_field(criterion, dossier)


def _id_of(slot: Slot) -> str:
    return f"id_so-{slot.name}"

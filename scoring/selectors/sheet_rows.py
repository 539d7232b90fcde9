"""What a worksheet stands on, in as few queries as it can be read: they are most of what its pages cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from scoring.enums import Purpose
from scoring.models import Criterion, Exclusion, Participant, ReturnNote, Unfinished
from scoring.selectors.missing import leaves_taken_out
from scoring.selectors.tree import Tree


@dataclass(frozen=True)
class Nodes:
    """The criteria of one unit with what hangs on them: confirmed exclusions of the unit and of its group, what is
    typed and no answer yet (by leaf's pk), open notes of the head (by leaf's pk, oldest first)."""

    tree: Tree
    exclusions: Sequence[Exclusion]
    unfinished: Mapping[int, Unfinished]
    notes: Mapping[int, Sequence[ReturnNote]]

    def taken_out(self, participant: Participant) -> set[int]:
        """The leaves (pk) that are not assessed at this unit."""
        return leaves_taken_out(self.tree, participant, self.exclusions)


def nodes_of(participant: Participant, *, with_typing: bool) -> Nodes:
    """One query. `with_typing` reads what is the unit's own matter, too: half typed figures and notes of its head."""
    criteria: dict[int, Criterion] = {}
    exclusions: dict[int, Exclusion] = {}
    unfinished: dict[int, Unfinished] = {}
    notes: dict[int, dict[int, ReturnNote]] = defaultdict(dict)
    # A node comes once for each of its notes and exclusions, which are few.
    for row in _joined(participant, with_typing=with_typing):
        node = criteria.setdefault(row.pk, row)
        if (exclusion := _beside(row, "taken_out")) is not None:
            exclusion.criterion = node
            exclusions[exclusion.pk] = exclusion
        if (typing := _beside(row, "typing")) is not None:
            typing.criterion = node
            unfinished[node.pk] = typing
        if (note := _beside(row, "sent_back")) is not None:
            note.criterion = node
            notes[node.pk][note.pk] = note
    return Nodes(
        Tree(tuple(criteria.values())),
        tuple(exclusions.values()),
        unfinished,
        {leaf: _by_age(found.values()) for leaf, found in notes.items()},
    )


def _joined(participant: Participant, *, with_typing: bool) -> QuerySet[Criterion]:
    whose = Q(exclusions__participant=participant) | Q(exclusions__group=participant.group_id)
    confirmed = whose & Q(exclusions__confirmed_at__isnull=False)
    found = Criterion.objects.in_force().filter(criteria_set=participant.criteria_set_id)
    found = found.annotate(taken_out=FilteredRelation("exclusions", condition=confirmed))
    joined = ["taken_out"]
    if with_typing:
        found = found.annotate(**_typing_of(participant))
        joined += ["typing__author", "sent_back__by"]
    return found.select_related(*joined).order_by("path", "taken_out__pk")


def _typing_of(participant: Participant) -> dict[str, FilteredRelation]:
    open_notes = Q(
        return_notes__participant=participant,
        return_notes__purpose=Purpose.DECLARED,
        return_notes__settled_at__isnull=True,
    )
    return {
        "typing": FilteredRelation("unfinished", condition=Q(unfinished__participant=participant)),
        "sent_back": FilteredRelation("return_notes", condition=open_notes),
    }


def _beside(row: Criterion, name: str) -> Any:
    """The row that was joined under this name; None where there was none."""
    return getattr(row, name, None)


def _by_age(notes: Iterable[ReturnNote]) -> tuple[ReturnNote, ...]:
    return tuple(sorted(notes, key=lambda note: note.pk))

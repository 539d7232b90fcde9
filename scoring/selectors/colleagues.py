"""Who works at a unit today, and who of them looks after which leaf of its worksheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from scoring.models import LeafCharge, Participant, Submission
from scoring.permissions import UNIT_ROLES
from scoring.selectors.dossiers import submission_visible_to
from scoring.selectors.worksheet import Line, Worksheet
from units.models import Membership, User


@dataclass(frozen=True)
class Share:
    """What one person looks after. `person` None: nobody does. `is_here`: still works at the unit."""

    person: User | None
    lines: Sequence[Line]
    is_here: bool = True

    @property
    def left(self) -> int:
        """On how many of them something is left to do."""
        return sum(line.is_open for line in self.lines)


def board_visible_to(user: User, slug: str, code: str, unit: str, **rest: Any) -> Submission:
    """The dossier that a page about a unit's own work stands in; Http404 for strangers and where there is none."""
    return submission_visible_to(user, slug, code, unit)


def colleagues_of(participant: Participant) -> list[User]:
    """Staff and heads of the unit today with an open account, by name; one query."""
    held = _held_at(participant)
    return list(User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("name_sort", "pk"))


def charges_of(participant: Participant) -> dict[int, User]:
    """Leaf (pk) → who looks after it, `is_here` telling whether he or she still works at the unit; one query."""
    here = Exists(_held_at(participant).filter(user=OuterRef("person"), user__is_active=True))
    rows = LeafCharge.objects.filter(participant=participant).annotate(is_here=here).select_related("person")
    found = {}
    for row in rows:
        row.person.is_here = row.is_here  # type: ignore[attr-defined]
        found[row.criterion_id] = row.person
    return found


def shares_of(sheet: Worksheet, charges: Mapping[int, User]) -> list[Share]:
    """The leaves that the unit answers by who looks after them: people by name, then those that are nobody's."""
    asked = [line for line in sheet.lines if line.is_asked]
    people = {person.pk: person for person in charges.values()}
    found = []
    for person in sorted(people.values(), key=lambda one: (one.name_sort, one.pk)):
        own = [line for line in asked if charges.get(line.criterion.pk) == person]
        if own:
            found.append(Share(person, own, person.is_here))  # type: ignore[attr-defined]
    free = [line for line in asked if line.criterion.pk not in charges]
    return [*found, Share(None, free)] if free else found


def _held_at(participant: Participant) -> QuerySet[Membership]:
    """Roles of today with which people work for the unit."""
    return Membership.objects.valid_on(timezone.localdate()).filter(
        organiser=participant.organiser_id, unit=participant.unit_id, role__in=UNIT_ROLES
    )

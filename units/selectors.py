"""Choosing units and organisers."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from units.models import Organiser, Unit, User


def organisers_of(user: User) -> list[Organiser]:
    """Organisers the person has a role with today, in the order of the memberships, each once."""
    found: dict[int, Organiser] = {}
    for membership in user.current_memberships:
        found.setdefault(membership.organiser_id, membership.organiser)
    return list(found.values())


def units_of(organiser: Organiser) -> QuerySet[Unit]:
    """The organiser's own unit and everything below it (to three levels), whenever it existed."""
    top = organiser.unit_id
    return Unit.objects.filter(
        Q(pk=top) | Q(parent=top) | Q(parent__parent=top) | Q(parent__parent__parent=top)
    ).select_related("parent")

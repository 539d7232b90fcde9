"""Units as the pages of the tree show them: who stands below whom, who followed whom, in which years they took part.

A unit is a fact of the state, so every unit may be looked up; the years that are told are the organiser's own.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import Http404
from django.utils import timezone

from scoring.enums import Origin, Phase
from scoring.models import Participant
from scoring.selectors.campaigns import organiser_visible_to
from units.enums import GRASSROOTS_KINDS, UnitKind
from units.models import Membership, Organiser, Unit, UnitSuccession, User
from units.vietnamese import fold

_ABOVE = "parent__parent__parent"


@dataclass(frozen=True)
class UnitHere:
    """A unit as it is looked at from one organiser."""

    organiser: Organiser
    unit: Unit

    @property
    def organiser_id(self) -> int:
        return self.organiser.pk

    @property
    def ancestors(self) -> list[Unit]:
        """The units above, the highest first."""
        found: list[Unit] = []
        above = self.unit.parent
        while above is not None:
            found.insert(0, above)
            above = above.parent
        return found

    @property
    def is_own(self) -> bool:
        """Whether the unit stands below the organiser's own."""
        return any(unit.pk == self.organiser.unit_id for unit in self.ancestors)


@dataclass(frozen=True)
class Shelf:
    """Units of one kind under one roof, in Vietnamese order."""

    label: str
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class YearOf:
    """One year of one unit; `is_other` where it was a unit before or after it that took part."""

    participant: Participant
    is_other: bool


@dataclass(frozen=True)
class Impact:
    """What the end of a unit touches: its part in years that are not over, people with a role there, units below."""

    running: tuple[Participant, ...]
    memberships: tuple[Membership, ...]
    children: int


def unit_visible_to(user: User, slug: str, unit_id: int) -> UnitHere:
    """A unit of the catalogue for anybody who has a role at the organiser; Http404 otherwise."""
    organiser = organiser_visible_to(user, slug)
    unit = Unit.objects.select_related(_ABOVE).filter(pk=unit_id).first()
    if unit is None:
        raise Http404
    return UnitHere(organiser, unit)


def provinces() -> tuple[list[Unit], list[Unit]]:
    """The provinces of today and those that have ended; one query."""
    today = timezone.localdate()
    found = list(Unit.objects.filter(kind=UnitKind.PROVINCE, parent__isnull=True).order_by("name_sort", "code"))
    return [unit for unit in found if exists_on(unit, today)], [unit for unit in found if not exists_on(unit, today)]


def exists_on(unit: Unit, day: datetime.date) -> bool:
    """Whether the unit exists on `day`."""
    return unit.valid_from <= day and (unit.valid_to is None or unit.valid_to > day)


def children_of(unit: Unit) -> tuple[list[Shelf], list[Shelf]]:
    """The units directly below that share the unit's time, and those that ended before it did; one query."""
    last = unit.valid_to
    current: dict[str, list[Unit]] = defaultdict(list)
    ended: dict[str, list[Unit]] = defaultdict(list)
    for child in unit.children.order_by("name_sort", "code", "pk"):
        same_end = child.valid_to is None or (last is not None and child.valid_to >= last)
        still = same_end if last is not None else child.valid_to is None or child.valid_to > timezone.localdate()
        (current if still else ended)[child.kind].append(child)
    return _shelves(current), _shelves(ended)


def found_units(text: str) -> QuerySet[Unit]:
    """Units whose code begins with `text` or whose name holds it, with or without diacritics; an equal code first,
    then those that exist, then by name."""
    plain = fold(text)
    today = timezone.localdate()
    order = Case(
        When(code__iexact=text.strip(), then=Value(0)),
        When(Q(valid_to__isnull=True) | Q(valid_to__gt=today), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    found = Unit.objects.filter(Q(code__istartswith=text.strip()) | Q(name_fold__contains=plain))
    return found.select_related(_ABOVE).order_by(order, "name_sort", "code", "pk")


def before_and_after(unit: Unit) -> tuple[list[UnitSuccession], list[UnitSuccession]]:
    """Who the unit came from and who followed it, by day and then in Vietnamese order; two queries."""
    before = unit.predecessions.select_related(f"predecessor__{_ABOVE}")
    after = unit.successions.select_related(f"successor__{_ABOVE}")
    return (
        list(before.order_by("date", "predecessor__name_sort", "pk")),
        list(after.order_by("date", "successor__name_sort", "pk")),
    )


def years_of(here: UnitHere, others: list[int]) -> list[YearOf]:
    """The organiser's years in which the unit, or one of `others`, took part; newest first; one query."""
    found = (
        Participant.objects.filter(campaign__organiser=here.organiser, unit__in=[here.unit.pk, *others])
        .select_related("campaign")
        .order_by("-campaign__year", "campaign__code", "pk")
    )
    return [YearOf(item, item.unit_id != here.unit.pk) for item in found]


def impact_of(unit: Unit, day: datetime.date) -> Impact:
    """What ending the unit on `day` touches; three queries."""
    running = (
        Participant.objects.filter(unit=unit, campaign__origin=Origin.PORTAL)
        .exclude(group__phase=Phase.PUBLISHED)
        .select_related("campaign", "group")
        .order_by("campaign__year", "pk")
    )
    people = (
        Membership.objects.filter(unit=unit)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
        .select_related("user")
        .order_by("user__full_name", "pk")
    )
    return Impact(tuple(running), tuple(people), open_children(unit, day).count())


def open_children(unit: Unit, day: datetime.date) -> QuerySet[Unit]:
    """Units directly below that would outlive it."""
    return unit.children.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def possible_successors(unit: Unit) -> QuerySet[Unit]:
    """Units beside this one that have not ended, by name: communes for a commune, offices for an office."""
    beside = Unit.objects.filter(parent=unit.parent_id, valid_to__isnull=True).exclude(pk=unit.pk)
    of_its_sort = Q(kind__in=GRASSROOTS_KINDS)
    return beside.filter(of_its_sort if unit.kind in GRASSROOTS_KINDS else ~of_its_sort).order_by(
        "name_sort", "code", "pk"
    )


def uses_of(unit: Unit) -> list[Participant]:
    """Parts of successors in years (from that of the end on) that the unit itself is no part of: they rest on the
    succession."""
    if unit.valid_to is None:
        return []
    successors = unit.successions.filter(date=unit.valid_to).values("successor")
    found = Participant.objects.filter(unit__in=successors, campaign__year__gte=unit.valid_to.year)
    return list(
        found.exclude(campaign__participants__unit=unit).select_related("campaign").order_by("campaign__year", "pk")
    )


def _shelves(by_kind: dict[str, list[Unit]]) -> list[Shelf]:
    return [Shelf(kind.label, tuple(by_kind[kind])) for kind in UnitKind if kind in by_kind]

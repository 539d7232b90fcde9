"""Units as the pages of the tree show them: who stands below whom, who followed whom, in which years they took part.

A unit is a fact of the state, so every unit may be looked up; the years that are told are the organiser's own.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.http import Http404
from django.utils import timezone

from scoring.enums import Origin, Phase
from scoring.models import Participant, Run
from scoring.selectors.announced import announced_runs
from scoring.selectors.campaigns import organiser_visible_to
from scoring.selectors.lineage import lineage_of
from scoring.selectors.results import UnitPrint, unit_print
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
    """One year of the unit, or of one before or after it (`step`: by which they are joined; None for its own years,
    under whatever name). `public` is what the public reads of it, None before the release. `is_break`: what stands
    above, the newer, cannot be compared with it. `by`: the other organiser that assessed it, "" for one's own."""

    participant: Participant
    step: UnitSuccession | None
    public: UnitPrint | None
    is_break: bool
    by: str = ""

    @property
    def is_other(self) -> bool:
        return self.step is not None


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


def own_unit_visible_to(user: User, slug: str, unit_id: int) -> UnitHere:
    """The organiser's own unit or one below it, for anybody who has a role there; Http404 otherwise."""
    here = unit_visible_to(user, slug, unit_id)
    if not here.is_own and here.unit.pk != here.organiser.unit_id:
        raise Http404
    return here


def provinces() -> tuple[list[Unit], list[Unit]]:
    """The provinces of today and those that have ended; one query."""
    today = timezone.localdate()
    found = list(Unit.objects.filter(kind=UnitKind.PROVINCE, parent__isnull=True).order_by("name_sort", "code"))
    return [unit for unit in found if exists_on(unit, today)], [unit for unit in found if not exists_on(unit, today)]


def exists_on(unit: Unit, day: datetime.date) -> bool:
    """Whether the unit exists on `day`."""
    return unit.valid_from <= day and (unit.valid_to is None or unit.valid_to > day)


def children_of(unit: Unit, *, deep: bool = False) -> tuple[list[Shelf], list[Shelf]]:
    """The units directly below that share the unit's time, and those that ended before it did; each with `below`, how
    many of today stand below it, and if `deep` with them as `shown_below`; one query, or two."""
    last, today = unit.valid_to, timezone.localdate()
    of_today = Q(children__valid_to__isnull=True) | Q(children__valid_to__gt=today)
    found = unit.children.annotate(below=Count("children", filter=of_today))
    if deep:
        lower = Unit.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        lower = lower.order_by("name_sort", "code", "pk")
        found = found.prefetch_related(Prefetch("children", lower, to_attr="shown_below"))
    current: dict[str, list[Unit]] = defaultdict(list)
    ended: dict[str, list[Unit]] = defaultdict(list)
    for child in found.order_by("name_sort", "code", "pk"):
        same_end = child.valid_to is None or (last is not None and child.valid_to >= last)
        still = same_end if last is not None else child.valid_to is None or child.valid_to > today
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


def years_of(here: UnitHere, after: list[UnitSuccession]) -> list[YearOf]:
    """The organiser's years in which the unit, one of those it came out of or one that followed it took part, and those
    that other organisers published of them, newest first; a constant number of queries for each generation back.
    Figures only of what stands in public; samples of others only beside own samples."""
    lineage = lineage_of([here.unit.pk])
    same = lineage.same(here.unit.pk)
    steps = {follower.successor_id: follower for follower in after}
    for step, _ in lineage.all_before(here.unit.pk):
        steps |= dict.fromkeys(lineage.same(step.predecessor_id), step)
    steps = {unit: joined for unit, joined in steps.items() if unit not in same}
    found = list(
        Participant.objects.filter(unit__in=[*same, *steps])
        .select_related("campaign__organiser", "group", "printed")
        .order_by("-campaign__year", "campaign__code", "unit__name_sort", "pk")
    )
    public = announced_runs(item.campaign_id for item in found)
    own = {item.campaign.is_sample for item in found if item.organiser_id == here.organiser.pk} or {False}
    breaks = lineage.breaks(here.unit.pk)
    years: list[YearOf] = []
    for item in found:
        run = public.get(item.campaign_id)
        is_own = item.organiser_id == here.organiser.pk
        if not is_own and (run is None or item.campaign.is_sample not in own):
            continue
        by = "" if is_own else item.campaign.organiser.title
        joined = steps.get(item.unit_id)
        is_break = bool(years) and (by != years[-1].by or _is_break(years[-1], item, joined, breaks))
        years.append(YearOf(item, joined, _announced(run.run, item) if run else None, is_break, by))
    return years


def _announced(run: Run, item: Participant) -> UnitPrint | None:
    """Index and rank as the public reads them: of an excerpt of a past table the rank that was printed."""
    found = unit_print(run, item.code)
    if not item.group.is_excerpt:
        return found
    printed = getattr(item, "printed", None)
    rank, index = (printed.rank if printed else None), found.index if found else None
    return UnitPrint(index, rank, item.group.listed_of or 0, found.grade if found else "")


def _is_break(newer: YearOf, item: Participant, step: UnitSuccession | None, breaks: list[UnitSuccession]) -> bool:
    """Whether a break stands between two rows: at the first row of others, and where the unit itself was reorganised
    between two years."""
    if (step is None) != (newer.step is None):
        return True
    years = item.campaign.year, newer.participant.campaign.year
    return step is None and any(years[0] < event.date.year <= years[1] for event in breaks)


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
        .order_by("user__name_sort", "pk")
    )
    return Impact(tuple(running), tuple(people), open_children(unit, day).count())


def people_left_at(here: UnitHere) -> list[Membership]:
    """Roles of the organiser that outlive the unit, by name of the person; none while the unit has no last day."""
    if here.unit.valid_to is None:
        return []
    day = max(here.unit.valid_to, timezone.localdate())
    roles = Membership.objects.not_over(day).filter(unit=here.unit, organiser=here.organiser)  # type: ignore[attr-defined]
    return list(roles.select_related("user", "stands_for__user").order_by("user__name_sort", "pk"))


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


def _shelves(by_kind: dict[str, list[Unit]]) -> list[Shelf]:
    return [Shelf(kind.label, tuple(by_kind[kind])) for kind in UnitKind if kind in by_kind]

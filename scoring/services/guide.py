"""How far an organiser has come with setting up its year, read from the data itself: nothing of it is stored."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone

from scoring.enums import Origin, Phase
from scoring.models import Campaign, Window
from scoring.selectors.clock import database_now
from scoring.selectors.setup import candidates, of_another_kind
from scoring.services.calculation import faults_of
from units.enums import GRASSROOTS_KINDS, Role
from units.models import Membership, Organiser
from units.selectors import units_of_today


@dataclass(frozen=True)
class SetFacts:
    """One criteria set: how many leaves it has, how many of them have no rule, how many units answer it."""

    code: str
    title: str
    leaves: int
    pending: int
    units: int


@dataclass(frozen=True)
class GroupFacts:
    """One group: its units, and whether its hours of self-assessment are set ("", "missing" or "over")."""

    code: str
    title: str
    is_open: bool
    units: int
    hours: str


@dataclass(frozen=True)
class SetUp:
    """What stands. `campaign` is the newest that is scored in the portal; `faults` keep it from being computed.

    `outside` counts units of today that take part in no group, `of_another_kind` those that their set was not made for
    while their group is a draft. `without_staff` and `without_head` name units of the campaign (of the organiser,
    while there is none) that nobody writes for, or signs for, today.
    """

    organiser: Organiser
    communes: int
    others: int
    roles: Counter[str]
    campaign: Campaign | None = None
    sets: tuple[SetFacts, ...] = ()
    groups: tuple[GroupFacts, ...] = ()
    faults: tuple[str, ...] = ()
    units: int = 0
    outside: int = 0
    of_another_kind: int = 0
    without_staff: tuple[str, ...] = field(default=())
    without_head: tuple[str, ...] = field(default=())

    @property
    def is_open(self) -> bool:
        """Whether a group of the campaign has left the drafts."""
        return any(group.is_open for group in self.groups)


def look(organiser: Organiser) -> SetUp:
    """The state of the set-up; a constant number of queries at any size."""
    there = list(units_of_today(organiser).exclude(pk=organiser.unit_id).values_list("pk", "name", "kind"))
    communes = sum(1 for _, _, kind in there if kind in GRASSROOTS_KINDS)
    held = Membership.objects.filter(organiser=organiser, user__is_active=True).valid_on(timezone.localdate())
    pairs = set(held.values_list("role", "unit", "user"))
    roles = Counter(role for role, _ in {(role, user) for role, _, user in pairs})
    campaign = newest_campaign(organiser)
    units = [(pk, name) for pk, name, _ in there]
    if campaign is not None:
        taking = campaign.participants.filter(is_assessed=True).order_by("unit__name_sort", "pk")
        units = list(taking.values_list("unit", "name")) or units
    staffed, headed = (
        {unit for role, unit, _ in pairs if role == wanted} for wanted in (Role.UNIT_STAFF, Role.UNIT_HEAD)
    )
    return SetUp(
        organiser=organiser,
        communes=communes,
        others=len(there) - communes,
        roles=roles,
        campaign=campaign,
        sets=_sets(campaign) if campaign else (),
        groups=_groups(campaign) if campaign else (),
        faults=_faults(campaign) if campaign else (),
        units=len(units),
        outside=candidates(campaign).count() if campaign else 0,
        of_another_kind=of_another_kind(campaign).filter(group__phase=Phase.DRAFT).count() if campaign else 0,
        without_staff=tuple(name for pk, name in units if pk not in staffed),
        without_head=tuple(name for pk, name in units if pk not in headed),
    )


def newest_campaign(organiser: Organiser) -> Campaign | None:
    """The campaign that is being set up: the newest year that is scored in the portal."""
    found = Campaign.objects.filter(organiser=organiser, origin=Origin.PORTAL).select_related("organiser")
    return found.order_by("-year", "-pk").first()


def _sets(campaign: Campaign) -> tuple[SetFacts, ...]:
    in_force = Q(criteria__retired_in__isnull=True)
    leaf = in_force & Q(criteria__rule__isnull=False)
    counted = campaign.criteria_sets.annotate(
        leaves=Count("criteria", filter=leaf, distinct=True),
        pending=Count("criteria", filter=in_force & Q(criteria__rule_pending=True), distinct=True),
        units=Count("participants", distinct=True),
    )
    return tuple(
        SetFacts(item.code, item.title, item.leaves, item.pending, item.units)
        for item in counted.order_by("position", "code")
    )


def _groups(campaign: Campaign) -> tuple[GroupFacts, ...]:
    now = database_now()
    hours = dict(
        Window.objects.filter(group__campaign=campaign, phase=Phase.SELF_ASSESSMENT).values_list("group", "closes_at")
    )
    counted = campaign.groups.annotate(
        units=Count("participants", filter=Q(participants__is_assessed=True, participants__has_figures=True))
    )
    return tuple(
        GroupFacts(
            code=group.code,
            title=group.title,
            is_open=group.phase != Phase.DRAFT,
            units=group.units,
            hours="missing" if group.pk not in hours else "over" if hours[group.pk] <= now else "",
        )
        for group in counted.order_by("position")
    )


def _faults(campaign: Campaign) -> tuple[str, ...]:
    """What the engine says against the campaign, once there is something to compute."""
    if not campaign.participants.filter(is_assessed=True).exists():
        return ()
    return tuple(faults_of(campaign))

"""What the opening of groups will bring about, said before it is done: from self-assessment no group goes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from scoring.enums import Phase
from scoring.models import Group, Participant, Window
from scoring.selectors.criteria import leaf_counts
from scoring.selectors.setup import of_another_kind
from scoring.services.errors import Blocked
from scoring.services.group_guards import prepare
from scoring.services.phases import Stayed
from scoring.workflow import Transition
from units.enums import Role
from units.models import Membership, User
from units.permissions import authorize

_WRITERS = (Role.UNIT_STAFF, Role.UNIT_HEAD)


@dataclass(frozen=True)
class Ahead:
    """One group that would open: its units get a dossier each, `people` can write or sign in them today.

    `sets`: (title, leaves, whether it is frozen already). `without_staff`, `without_head`: names of units that nobody
    writes for, or signs for, today; `of_another_kind`: names of those that their set was not made for.
    """

    group: Group
    units: int
    people: int
    sets: tuple[tuple[str, int, bool], ...]
    window: Window
    without_staff: tuple[str, ...]
    without_head: tuple[str, ...]
    of_another_kind: tuple[str, ...]

    @property
    def is_later(self) -> bool:
        """Whether the hours of self-assessment begin after today."""
        return timezone.localdate(self.window.opens_at) > timezone.localdate()


def look_ahead(
    groups: Iterable[Group], transition: Transition, by: User, *, accept_pending: bool
) -> tuple[list[Ahead], list[Stayed]]:
    """What would happen to drafts of one campaign, and which of them could not be opened, with the reasons.

    Nothing is locked or stored: the door looks at all of it again. Raises `Refused` where the person may not open one.
    """
    ready, stayed = [], []
    for group in groups:
        authorize(by, transition.action, group)
        try:
            prepare(transition, group, {"accept_pending": accept_pending})
            ready.append(group)
        except Blocked as refused:
            stayed.append(Stayed(group, refused.sentence, refused.reasons))
    return _ahead(ready), stayed


def _ahead(groups: list[Group]) -> list[Ahead]:
    """A constant number of queries; every group has units and hours, as the guard has seen."""
    if not groups:
        return []
    campaign = groups[0].campaign
    taking: dict[int, list[Participant]] = defaultdict(list)
    rows = Participant.objects.filter(group__in=groups, is_assessed=True, has_figures=True)
    for item in rows.order_by("unit__name_sort", "pk"):
        taking[item.group_id].append(item)
    held = Membership.objects.filter(organiser=campaign.organiser_id, role__in=_WRITERS, user__is_active=True)
    people: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for unit, role, user in held.valid_on(timezone.localdate()).values_list("unit", "role", "user"):
        people[unit].append((role, user))
    leaves = leaf_counts(campaign)
    found = campaign.criteria_sets.order_by("position")
    sets = [(item.pk, (item.title, leaves[item.pk], item.frozen_at is not None)) for item in found]
    windows = {item.group_id: item for item in Window.objects.filter(group__in=groups, phase=Phase.SELF_ASSESSMENT)}
    strangers = set(of_another_kind(campaign).values_list("pk", flat=True))
    return [_of_group(group, taking[group.pk], people, sets, windows[group.pk], strangers) for group in groups]


def _of_group(
    group: Group,
    taking: list[Participant],
    people: dict[int, list[tuple[str, int]]],
    sets: list[tuple[int, tuple[str, int, bool]]],
    window: Window,
    strangers: set[int],
) -> Ahead:
    used = {item.criteria_set_id for item in taking}

    def without(wanted: Role) -> tuple[str, ...]:
        return tuple(item.name for item in taking if wanted not in {role for role, _ in people.get(item.unit_id, ())})

    return Ahead(
        group=group,
        units=len(taking),
        people=len({user for item in taking for _, user in people.get(item.unit_id, ())}),
        sets=tuple(told for pk, told in sets if pk in used),
        window=window,
        without_staff=without(Role.UNIT_STAFF),
        without_head=without(Role.UNIT_HEAD),
        of_another_kind=tuple(item.name for item in taking if item.pk in strangers),
    )

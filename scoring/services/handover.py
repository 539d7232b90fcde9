"""A person goes, another comes: roles end and begin the same moment, and parts pass on where one may assign them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from scoring.models import Campaign
from scoring.permissions import ASSIGN
from scoring.selectors.handover import open_tasks, parts_held
from scoring.services.assignment import assign, sift
from scoring.services.errors import Conflict
from units import trail
from units.models import Membership, Organiser, User
from units.permissions import ADMINISTER, authorize, can
from units.services.delegation import end_delegation
from units.services.people import add_membership, end_membership, leave_the_absent


@dataclass(frozen=True)
class Passed:
    """What became of the parts of one campaign: how many went over, and why the others did not."""

    campaign: Campaign
    given: int
    left: Sequence[str]


@dataclass(frozen=True)
class Handed:
    """`begun` roles of the successor; `passed` by campaign, for those in which the acting person may assign; `waiting`
    are campaigns whose coordinator still has to pass parts on."""

    begun: Sequence[Membership]
    passed: Sequence[Passed]
    waiting: Sequence[Campaign]


def hand_over(organiser: Organiser, leaver: User, successor: User, *, seen: Collection[int], by: User) -> Handed:
    """End every role of `leaver` at `organiser` now and give the same to `successor` from today; all or nothing.

    `seen` are the roles (pk) that the page showed. Raises `Refused`; `NotNow` where the services of roles do; and
    `Conflict` where the roles are others by now or both are one person.
    """
    authorize(by, ADMINISTER, organiser)
    if leaver.pk == successor.pk:
        raise Conflict("Người nhận phải là người khác.")
    for person in (leaver, successor):
        leave_the_absent(person.pk, by)
    with transaction.atomic():
        # Parts before people and trail, as everywhere: what is locked in two orders locks itself up.
        list(parts_held(organiser, leaver).select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
        list(User.objects.select_for_update().filter(pk__in=[leaver.pk, successor.pk]).order_by("pk"))
        roles = Membership.objects.not_over(timezone.localdate()).filter(user=leaver, organiser=organiser)
        held = list(roles.select_related("unit", "user", "organiser__unit", "stands_for__user").order_by("pk"))
        if {item.pk for item in held} != set(seen):
            raise Conflict("Vai trò của người này vừa thay đổi. Xem lại rồi bàn giao.")
        if not held:
            raise Conflict("Người này không còn vai trò nào ở đây để bàn giao.")
        tasks = open_tasks(organiser, leaver)
        begun = [_replaced(item, successor, by) for item in held]
        _tell(organiser, leaver, successor, held, by)
        campaigns = [item.campaign for item in tasks.parts]
        passed = [pass_on(item, leaver, successor, by=by) for item in campaigns if can(by, ASSIGN, item)]
    done = {item.campaign.pk for item in passed}
    return Handed([item for item in begun if item], passed, [item for item in campaigns if item.pk not in done])


def pass_on(campaign: Campaign, leaver: User, successor: User, *, by: User) -> Passed:
    """Give the unsigned parts that `leaver` holds in `campaign` to `successor`, as far as assignment allows.

    Raises `Refused`. A part that cannot be given stays where it is and is told with its reason.
    """
    authorize(by, ASSIGN, campaign)
    with transaction.atomic():
        held = parts_held(campaign.organiser, leaver).filter(participant__campaign=campaign)
        able, unable = sift(campaign, held.values_list("pk", flat=True), successor)
        seen = {part.pk: part.version for part in able}
        given = assign(campaign, able, successor, by=by, seen=seen) if able else 0
    return Passed(campaign, given, [reason for _, reason in unable])


def _replaced(held: Membership, successor: User, by: User) -> Membership | None:
    """End one role and open the same for the successor; None where he or she has it already, and for a role that the
    leaver carried as somebody's deputy: that one is not the leaver's to pass on."""
    if held.stands_for is not None:
        end_delegation(held, by=by)
        return None
    begins, ends = max(held.valid_from, timezone.localdate()), held.valid_to
    end_membership(held, last_day=None, by=by)
    same = Membership.objects.filter(
        user=successor,
        organiser=held.organiser,
        unit=held.unit,
        role=held.role,
        components=held.components,
        stands_for=None,
    )
    if same.not_over(begins).filter(valid_from__lte=begins).exists():
        return None
    return add_membership(
        held.organiser,
        successor,
        role=held.role,
        unit=held.unit,
        components=held.components,
        valid_from=begins,
        valid_to=ends,
        by=by,
    )


def _tell(organiser: Organiser, leaver: User, successor: User, held: Sequence[Membership], by: User) -> None:
    trail.record(
        "scoring.hand_over",
        by=by,
        about=leaver,
        label=f"Bàn giao ở {organiser.title}: {leaver.full_name} cho {successor.full_name}",
        user=leaver.username,
        successor=successor.username,
        roles=[f"{item.role_said}, {item.unit.name}" for item in held],
    )

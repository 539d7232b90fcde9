"""Who is to be reminded in a running year: units with a dossier or explanation in hand, appraisers with parts."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from scoring.enums import ExplanationState, Phase
from scoring.models import Campaign, Explanation, Window
from scoring.permissions import UNIT_ROLES
from scoring.selectors.assignment import IN_ITS_STEP, Load, loads_of
from scoring.selectors.explanation import lost_in_first_round
from scoring.selectors.progress import Standing, UnitProgress, progress_of
from scoring.selectors.redeclaring import Anew, to_declare_anew
from scoring.workflow import hour_of
from units.models import Membership, User

_IN_HAND = (Standing.NEVER, Standing.WORKING, Standing.BACK, Standing.AGAIN, Standing.AT_HEAD)
_LATE_EXPLAINING = (Phase.REAPPRAISAL, Phase.COUNCIL)


@dataclass(frozen=True)
class UnitReminder:
    """One unit: its progress, the people to write to, whether its explanation waits or the self-assessment, and until
    when (None: no hour was set). `anew`: neither of them waits, but leaves that an amendment changed."""

    progress: UnitProgress
    people: Sequence[User]
    explains: bool
    deadline: datetime.datetime | None
    anew: Anew | None = None


def units_to_remind(campaign: Campaign, now: datetime.datetime) -> list[UnitReminder]:
    """Units with something in hand, the printed order; a constant number of queries.

    Once the group has gone on, those that have an hour of their own still ahead: more time or a dossier unlocked, an
    explanation reopened or asked for again. A unit stands there twice where it must declare leaves anew beside it.
    """
    rows = progress_of(campaign, now)
    waiting = Explanation.objects.filter(
        participant__campaign=campaign, participant__is_assessed=True, participant__group__phase=Phase.EXPLANATION
    ).exclude(state=ExplanationState.SUBMITTED)
    until = dict(_with_something_to_explain(waiting).values_list("participant", "reopened_until"))
    closing = Window.objects.filter(group__campaign=campaign, phase=Phase.EXPLANATION)
    hours = dict(closing.values_list("group", "closes_at"))
    people = _people(campaign)
    again = _explaining_again(campaign, now)
    anew = to_declare_anew(campaign, [row.participant for row in rows], now)
    found = []
    for row in rows:
        unit = row.participant
        whom = people[unit.unit_id]
        if unit.group.phase == Phase.SELF_ASSESSMENT and row.standing in _IN_HAND:
            found.append(UnitReminder(row, whom, False, row.deadline))
        elif unit.group.phase == Phase.APPRAISAL and row.standing in _IN_HAND:
            own = row.submission.extended_until if row.submission else None
            if own is not None and now < own:
                found.append(UnitReminder(row, whom, False, own))
        elif unit.pk in again:
            found.append(UnitReminder(row, whom, True, again[unit.pk]))
        elif unit.pk in until:
            hour = hour_of(hours.get(unit.group_id), until[unit.pk], is_over=False)
            found.append(UnitReminder(row, whom, True, hour))
        if unit.pk in anew:
            found.append(UnitReminder(row, whom, False, anew[unit.pk].until, anew[unit.pk]))
    return found


def appraisers_to_remind(campaign: Campaign) -> list[Load]:
    """Appraisers who have not signed all that they hold of what is judged now."""
    return [load for load in loads_of(campaign, IN_ITS_STEP) if load.signed < load.given]


def _with_something_to_explain(explanations: QuerySet[Explanation]) -> QuerySet[Explanation]:
    """Without those of units that lost no point: they have nothing to write, and nothing to send."""
    return explanations.filter(Exists(lost_in_first_round().filter(participant=OuterRef("participant"))))


def _people(campaign: Campaign) -> dict[int, list[User]]:
    """Staff and heads of today by unit, deputies among them."""
    roles = Membership.objects.valid_on(timezone.localdate()).filter(
        organiser=campaign.organiser_id, role__in=UNIT_ROLES, user__is_active=True
    )
    found: dict[int, list[User]] = defaultdict(list)
    for role in roles.select_related("user").order_by("unit", "role", "user__name_sort"):
        if role.user not in found[role.unit_id]:
            found[role.unit_id].append(role.user)
    return found


def _explaining_again(campaign: Campaign, now: datetime.datetime) -> dict[int, datetime.datetime]:
    """By participant until when it writes its explanation though the phase is over; only hours still ahead."""
    asked = Explanation.objects.filter(
        participant__campaign=campaign,
        participant__is_assessed=True,
        participant__group__phase__in=_LATE_EXPLAINING,
        reopened_until__gt=now,
    ).exclude(state=ExplanationState.SUBMITTED)
    return {pk: until for pk, until in asked.values_list("participant", "reopened_until") if until is not None}

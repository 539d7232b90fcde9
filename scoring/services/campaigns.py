"""Changes to a campaign's own data by its coordinator.

What results follow from is not changed once a group's figures are settled (chốt số liệu): the council is asked to open
the group again first. A past table has no such step, and its campaign is mended at any time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F

from scoring.enums import Origin, Phase
from scoring.models import Campaign, Group, Participant
from scoring.permissions import EDIT_CAMPAIGN
from scoring.services.calculation import faults_of
from scoring.services.errors import Conflict, StaleEdit
from units import trail
from units.models import User
from units.permissions import authorize

__all__ = [
    "StaleEdit",
    "change_ranking",
    "change_settings",
    "check_settings",
    "lock_groups",
    "raise_version",
    "refuse_settled",
]

SETTLED_PHASES = (Phase.FINALISED, Phase.PUBLISHED)
SETTLED = "Khối “{title}” đã chốt số liệu, nên không đổi {what}. Mở lại hội đồng trước."
_COMPUTED = ("policy", "grades", "gates", "grades_known")
"""Fields of a campaign that numbers and classes follow from; the others are words around them."""


def raise_version(campaign: Campaign, seen: int) -> None:
    """Compare-and-set of the campaign's version; raises `StaleEdit` when `seen` is no longer the newest."""
    changed = Campaign.objects.filter(pk=campaign.pk, version=seen).update(version=F("version") + 1)
    if not changed:
        raise StaleEdit(Campaign.objects.get(pk=campaign.pk))


def lock_groups(campaign: Campaign, pks: Iterable[int] | None = None) -> list[Group]:
    """Lock groups of the campaign (all by default) in the one order, before the campaign's row, and return them."""
    found = Group.objects.select_for_update(of=("self",)).filter(campaign=campaign)
    return list((found if pks is None else found.filter(pk__in=set(pks))).order_by("pk"))


def refuse_settled(campaign: Campaign, groups: Iterable[Group], what: str) -> None:
    """Raise `Conflict` where one of the (locked) groups has settled figures that `what` would change."""
    if campaign.origin == Origin.PAST:
        return
    for group in groups:
        if group.phase in SETTLED_PHASES:
            raise Conflict(SETTLED.format(title=group.title, what=what))


def change_ranking(participant: Participant, *, is_ranked: bool, reason: str, seen: int, by: User) -> None:
    """Take a unit into or out of the ranking, with a reason; `seen` is the campaign version the form was made from.

    Raises `Refused`, `Conflict` (the group's figures are settled), `StaleEdit`; nothing is stored then.
    """
    campaign = participant.campaign
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        refuse_settled(campaign, lock_groups(campaign, [participant.group_id]), "việc xếp hạng của đơn vị")
        raise_version(campaign, seen)
        before = {"is_ranked": participant.is_ranked, "reason": participant.unranked_reason}
        after = {"is_ranked": is_ranked, "reason": "" if is_ranked else reason}
        Participant.objects.filter(pk=participant.pk).update(is_ranked=is_ranked, unranked_reason=after["reason"])
        trail.record(
            "scoring.change_ranking",
            by=by,
            about=participant,
            scope=campaign.trail_scope,
            label=f"{participant.name}: {'được xếp hạng' if is_ranked else 'không xếp hạng'}",
            before=before,
            after=after,
        )


def change_settings(campaign: Campaign, changes: dict[str, Any], *, seen: int, by: User) -> None:
    """Change fields of the campaign (title, policy, grades, decision, source…) in one version step.

    Raises `Refused`, `Conflict` (a group's figures are settled and would follow another way of computing),
    `StaleEdit`; nothing is stored then.
    """
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        groups = lock_groups(campaign)
        raise_version(campaign, seen)
        current = Campaign.objects.get(pk=campaign.pk)
        before = {name: getattr(current, name) for name in changes}
        if any(changes[name] != before[name] for name in _COMPUTED if name in changes):
            refuse_settled(current, groups, "cách tính, thang xếp loại của kỳ")
        Campaign.objects.filter(pk=campaign.pk).update(**changes)
        trail.record(
            "scoring.change_settings",
            by=by,
            about=campaign,
            scope=campaign.trail_scope,
            label=f"Sửa thông tin {campaign.title}",
            before=before,
            after=changes,
        )


def check_settings(campaign: Campaign, changes: dict[str, Any]) -> list[str]:
    """The faults that `changes` would bring into the campaign file, empty when they fit.

    What the file lacks anyway, while the year is being set up, is told when a group is opened.
    """
    trial = Campaign.objects.get(pk=campaign.pk)
    for name, value in changes.items():
        setattr(trial, name, value)
    if not (after := faults_of(trial)):
        return []
    before = set(faults_of(campaign))
    return [fault for fault in after if fault not in before]

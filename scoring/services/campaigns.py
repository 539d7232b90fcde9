"""Changes to a campaign's own data by its coordinator."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from scoring.models import Campaign, Participant
from scoring.services.calculation import faults_of
from scoring.services.errors import StaleEdit
from units import trail
from units.models import User

__all__ = ["StaleEdit", "change_ranking", "change_settings", "check_settings", "raise_version"]


def raise_version(campaign: Campaign, seen: int) -> None:
    """Compare-and-set of the campaign's version; raises `StaleEdit` when `seen` is no longer the newest."""
    changed = Campaign.objects.filter(pk=campaign.pk, version=seen).update(version=F("version") + 1)
    if not changed:
        raise StaleEdit(Campaign.objects.get(pk=campaign.pk))


def change_ranking(participant: Participant, *, is_ranked: bool, reason: str, seen: int, by: User) -> None:
    """Take a unit into or out of the ranking, with a reason; `seen` is the campaign version the form was made from."""
    campaign = participant.campaign
    with transaction.atomic():
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
    """Change fields of the campaign (title, policy, grades, decision, source…) in one version step."""
    before = {name: getattr(campaign, name) for name in changes}
    with transaction.atomic():
        raise_version(campaign, seen)
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

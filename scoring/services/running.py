"""Runs as people ask for them: provisional at any time, official only when nothing is missing."""

from __future__ import annotations

from django.db import transaction

from scoring.enums import Origin, Phase, RunKind
from scoring.models import Campaign, Run, RunShown
from scoring.permissions import CALCULATE, SHOW_RUN
from scoring.selectors.missing import missing_for_official
from scoring.services.calculation import calculate
from scoring.services.campaigns import lock_groups
from scoring.services.errors import Blocked, Conflict
from units import trail
from units.models import User
from units.permissions import authorize


def what_stands_against(campaign: Campaign) -> list[str]:
    """Why no official run can be made now, in sentences; empty when one can. A past table is never refused."""
    if campaign.origin == Origin.PAST:
        return []
    return too_early(campaign) + [str(item) for item in missing_for_official(campaign)]


def too_early(campaign: Campaign) -> list[str]:
    """Which groups have not settled their figures yet, in sentences; two queries."""
    return [
        f"{group.title}: đang ở bước “{Phase(group.phase).label}”, chưa chốt số liệu."
        for group in campaign.groups.order_by("position")
        if group.phase not in (Phase.FINALISED, Phase.PUBLISHED)
    ]


def run_official(campaign: Campaign, by: User) -> Run:
    """Calculate officially; raises `Blocked` with the list of what is missing, `CannotCalculate` with faults.

    Under the groups' locks: no group goes back to the council between the question what is missing and the file.
    """
    authorize(by, CALCULATE, campaign)
    with transaction.atomic():
        lock_groups(campaign)
        locked = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
        if reasons := what_stands_against(locked):
            raise Blocked("Chưa tính chính thức được.", reasons)
        return calculate(campaign, by, RunKind.OFFICIAL)


def run_provisional(campaign: Campaign, by: User) -> Run:
    """Calculate what stands now, declared figures included; marked TẠM TÍNH for ever and never published."""
    authorize(by, CALCULATE, campaign)
    return calculate(campaign, by, RunKind.PROVISIONAL)


def show_run(run: Run, by: User) -> None:
    """Let the leaders read an official run; until then the coordinator alone does. Again changes nothing.

    Raises `Conflict` for a provisional run, which is for the coordinator's own eyes for ever.
    """
    authorize(by, SHOW_RUN, run)
    if run.kind != RunKind.OFFICIAL:
        raise Conflict("Lần tính tạm tính chỉ để điều phối theo dõi, không trình lãnh đạo.")
    with transaction.atomic():
        _, made = RunShown.objects.get_or_create(run=run, defaults={"shown_by": by})
        if made:
            trail.record(
                "scoring.show_run",
                by=by,
                about=run,
                scope=run.campaign.trail_scope,
                label=f"Trình lãnh đạo xem lần tính {run.number}: {run.campaign.title}",
            )

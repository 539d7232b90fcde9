"""Runs that stand in public: the released one of a campaign, and the organiser's last year that can be compared with.

Publications belong to the app above; a run is asked for its own by their name, so that what was withdrawn, corrected
or never released is never taken for public.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, FilteredRelation, Q, QuerySet

from scoring.enums import Origin, RunKind
from scoring.models import Campaign, Participant, Run
from scoring.selectors.lineage import Lineage, lineage_of


@dataclass(frozen=True)
class Announced:
    """A run with how deep its publication goes: "index", "components", "criteria" or "derivations"; "" for a past
    table that the portal has not published itself."""

    run: Run
    depth: str

    @property
    def year(self) -> int:
        return self.run.campaign.year

    def tells(self, *, is_component: bool) -> bool:
        """Whether numbers of components, or of criteria below them, were published."""
        return self.depth in ("components", "criteria", "derivations")[0 if is_component else 1 :]


def announced_run(campaign: Campaign) -> Announced | None:
    """The run of the campaign that the public reads today; None while nothing is released."""
    return _first(_runs(Q(campaign=campaign), past_too=False))


def announced_runs(campaigns: Iterable[int]) -> dict[int, Announced]:
    """Campaign (pk) → the run that the public reads of it today, for those that are released; one query."""
    found: dict[int, Announced] = {}
    for run in _runs(Q(campaign__in=set(campaigns)), past_too=False):
        found.setdefault(run.campaign_id, Announced(run, getattr(run, "depth", None) or ""))
    return found


def last_year(campaign: Campaign, *, past_too: bool = False) -> Announced | None:
    """The newest earlier year of the organiser in public in which units of `campaign` took part.

    `past_too` takes the newest run of a past table also where the portal has not published it: for those only who may
    read such runs. A constant number of queries.
    """
    units = set(campaign.participants.values_list("unit", flat=True))
    lineage = lineage_of(units)
    known = {one for unit in units for one in lineage.same(unit)}
    return _first(_runs(_earlier(campaign, known), past_too=past_too))


def last_year_of(participant: Participant, lineage: Lineage) -> Announced | None:
    """The newest earlier year of the organiser in public in which the unit took part; one query."""
    return _first(_runs(_earlier(participant.campaign, lineage.same(participant.unit_id)), past_too=False))


def code_last_year(participant: Participant, last: Campaign, lineage: Lineage) -> str | None:
    """As `codes_last_year` for one unit; one query."""
    names = lineage.until(datetime.date(participant.campaign.year, 12, 31))
    then = dict(last.participants.filter(unit__in=names.same(participant.unit_id)).values_list("unit", "code"))
    return _code_then(participant.unit_id, names, then, last)


def codes_last_year(campaign: Campaign, last: Campaign) -> dict[str, str]:
    """This year's code of every unit that took part last year too → its code then. A constant number of queries.

    A unit that was renamed or upgraded since is the same; one that was merged or split between the two years is not.
    """
    now = dict(campaign.participants.values_list("unit", "code"))
    lineage = lineage_of(now, until=datetime.date(campaign.year, 12, 31))
    then = dict(last.participants.values_list("unit", "code"))
    told = {code: _code_then(unit, lineage, then, last) for unit, code in now.items()}
    return {code: before for code, before in told.items() if before is not None}


def _code_then(unit: int, lineage: Lineage, then: Mapping[int, str], last: Campaign) -> str | None:
    """`then`: unit → code of those that took part in `last`."""
    last_day = datetime.date(last.year, 12, 31)
    same = next((one for one in lineage.same(unit) if one in then), None)
    if same is None or any(step.date > last_day for step in lineage.breaks(unit)):
        return None
    return then[same]


def _earlier(campaign: Campaign, units: Iterable[int]) -> Q:
    return Q(
        campaign__organiser=campaign.organiser_id,
        campaign__year__lt=campaign.year,
        campaign__in=Participant.objects.filter(unit__in=units).values("campaign"),
    )


def _runs(which: Q, *, past_too: bool) -> QuerySet[Run]:
    """Runs in public, newest year first; of a past table that is not, the last one."""
    found = Run.objects.filter(which, kind=RunKind.OFFICIAL).annotate(
        current=FilteredRelation("publications", condition=Q(publications__state="released")),
        depth=F("current__depth"),
    )
    public = Q(depth__isnull=False)
    found = found.filter(public | Q(campaign__origin=Origin.PAST) if past_too else public)
    newest = ("-campaign__year", "campaign__code", F("depth").asc(nulls_last=True), "-number")
    return found.select_related("campaign__organiser").order_by(*newest)


def _first(runs: QuerySet[Run]) -> Announced | None:
    run = runs.first()
    return None if run is None else Announced(run, getattr(run, "depth", None) or "")

"""Reading what one dataset is made of, in a number of queries that does not grow with the units or the years."""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from reports.enums import PublicationState
from reports.models import Publication
from reports.services.comparison import Earlier
from scoring.enums import Origin
from scoring.models import Campaign, Group, Participant, PrintedResult, Run
from units.enums import SAME_UNIT_KINDS
from units.models import UnitSuccession

Json = dict[str, Any]


@dataclass(frozen=True)
class Material:
    """A frozen run and the rows around it. `printed`: participant pk → what the past table printed."""

    campaign: Campaign
    run: Run
    groups: list[Group]
    participants: list[Participant]
    printed: dict[int, PrintedResult]
    earlier: list[Earlier]
    file: Json = field(init=False)
    results: Json = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", json.loads(self.run.campaign_file))
        object.__setattr__(self, "results", json.loads(self.run.results_file))

    @property
    def is_past(self) -> bool:
        return self.campaign.origin == Origin.PAST

    def criteria_set(self, code: str) -> Json:
        """One criteria set as the run's campaign file has it."""
        found: Json = next(item for item in self.file["criteria_sets"] if item["code"] == code)
        return found

    def components(self, code: str) -> dict[str, Json]:
        """The top nodes of that criteria set by their codes."""
        return {node["code"]: node for node in self.criteria_set(code)["criteria"]}


def read_material(campaign: Campaign, run: Run) -> Material:
    """Everything `reports.services.dataset.build` needs; six queries at any size."""
    participants = list(campaign.participants.select_related("group", "criteria_set", "unit").order_by("pk"))
    printed = PrintedResult.objects.filter(participant__campaign=campaign)
    return Material(
        campaign=campaign,
        run=run,
        groups=list(campaign.groups.order_by("position")),
        participants=participants,
        printed={item.participant_id: item for item in printed},
        earlier=_earlier(campaign, participants),
    )


def _earlier(campaign: Campaign, participants: list[Participant]) -> list[Earlier]:
    """The organiser's public years before this one, oldest first."""
    publications = list(
        Publication.objects.filter(
            campaign__organiser=campaign.organiser_id,
            campaign__year__lt=campaign.year,
            state=PublicationState.RELEASED,
        )
        .select_related("campaign")
        .order_by("campaign__year", "campaign__code")
    )
    units = {participant.unit_id for participant in participants}
    successions = list(
        UnitSuccession.objects.filter(Q(successor__in=units) | Q(predecessor__in=units)).order_by("date", "pk")
    )
    codes: dict[int, dict[int, str]] = defaultdict(dict)
    former = {item.successor_id: item.predecessor_id for item in successions if item.kind in SAME_UNIT_KINDS}
    known = Participant.objects.filter(
        campaign__in=[publication.campaign_id for publication in publications],
        unit__in=units | set(former.values()),
    )
    for campaign_id, unit_id, code in known.values_list("campaign", "unit", "code"):
        codes[campaign_id][unit_id] = code
    breaks = _breaks(successions, units, datetime.date(campaign.year, 12, 31))
    return [
        Earlier(
            year=publication.campaign.year,
            dataset=json.loads(publication.dataset),
            codes=_with_former_names(codes[publication.campaign_id], former),
            breaks=breaks,
        )
        for publication in publications
    ]


def _breaks(
    successions: list[UnitSuccession], units: set[int], until: datetime.date
) -> dict[int, list[UnitSuccession]]:
    """Unit pk → its mergers and splits up to `until`, oldest first."""
    found: dict[int, list[UnitSuccession]] = defaultdict(list)
    for item in successions:
        if item.kind in SAME_UNIT_KINDS or item.date > until:
            continue
        for unit in {item.predecessor_id, item.successor_id} & units:
            found[unit].append(item)
    return dict(found)


def _with_former_names(codes: dict[int, str], former: dict[int, int]) -> dict[int, str]:
    """A unit that was only renamed or upgraded keeps the code it had before."""
    inherited = {unit: codes[old] for unit, old in former.items() if unit not in codes and old in codes}
    return codes | inherited

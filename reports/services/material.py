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
from scoring.selectors.lineage import Lineage, lineage_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Material:
    """A frozen run and the rows around it. `printed`: participant pk → what the past table printed. `earlier`: the
    organiser's own public years; `elsewhere`: those in which another organiser assessed the units, or what went into
    them."""

    campaign: Campaign
    run: Run
    groups: list[Group]
    participants: list[Participant]
    printed: dict[int, PrintedResult]
    earlier: list[Earlier]
    elsewhere: list[Earlier]
    lineage: Lineage
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
    """Everything `reports.services.dataset.build` needs: as many queries at any size, one more for each generation of
    units that the catalogue knows before those of today."""
    participants = list(campaign.participants.select_related("group", "criteria_set", "unit").order_by("pk"))
    printed = PrintedResult.objects.filter(participant__campaign=campaign)
    earlier, elsewhere, lineage = _earlier(campaign, participants)
    return Material(
        campaign=campaign,
        run=run,
        groups=list(campaign.groups.order_by("position")),
        participants=participants,
        printed={item.participant_id: item for item in printed},
        earlier=earlier,
        elsewhere=elsewhere,
        lineage=lineage,
    )


def _earlier(campaign: Campaign, participants: list[Participant]) -> tuple[list[Earlier], list[Earlier], Lineage]:
    """Public years before this one, oldest first, the organiser's own and those of others that assessed the same
    units or what went into them (a huyện its communes); and what became of which unit up to the year's end."""
    units = {participant.unit_id for participant in participants}
    lineage = lineage_of(units, until=datetime.date(campaign.year, 12, 31))
    known = Participant.objects.filter(unit__in=units | lineage.known)
    own = Q(campaign__organiser=campaign.organiser_id)
    others = ~own & Q(campaign__is_sample=campaign.is_sample, campaign__in=known.values("campaign"))
    publications = list(
        Publication.objects.filter(own | others, campaign__year__lt=campaign.year, state=PublicationState.RELEASED)
        .select_related("campaign__organiser")
        .order_by("campaign__year", "campaign__organiser__slug", "campaign__code")
    )
    codes: dict[int, dict[int, str]] = defaultdict(dict)
    known = known.filter(campaign__in=[publication.campaign_id for publication in publications])
    for campaign_id, unit_id, code in known.values_list("campaign", "unit", "code"):
        codes[campaign_id][unit_id] = code
    earlier: list[Earlier] = []
    elsewhere: list[Earlier] = []
    for publication in publications:
        is_own = publication.campaign.organiser_id == campaign.organiser_id
        year = Earlier(
            year=publication.campaign.year,
            dataset=json.loads(publication.dataset),
            codes=codes[publication.campaign_id],
            lineage=lineage,
            organiser="" if is_own else publication.campaign.organiser.title,
        )
        (earlier if is_own else elsewhere).append(year)
    return earlier, elsewhere, lineage

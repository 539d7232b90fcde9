"""What is not assessed of whom, and what that leaves of a unit's maximum."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.http import Http404

from scoring.enums import CriterionRole
from scoring.models import Campaign, Criterion, Exclusion, Participant
from scoring.selectors.entered import Block, year_visible_to
from units.models import User


@dataclass(frozen=True)
class Totals:
    """The maximum of one unit's scored leaves: of the whole set, without what is confirmed, and without what waits
    for the second person too."""

    participant: Participant
    whole: Decimal
    confirmed: Decimal
    with_waiting: Decimal


def exclusion_visible_to(user: User, slug: str, code: str, exclusion: int) -> Exclusion:
    """One exclusion by its address, for coordinators and leaders; Http404 otherwise."""
    campaign = year_visible_to(user, slug, code)
    found = exclusions_of(campaign).filter(pk=exclusion).first()
    if found is None:
        raise Http404
    found.campaign = campaign
    return found


def exclusions_of(campaign: Campaign) -> QuerySet[Exclusion]:
    """All of a campaign in the order of the criteria, those of groups first; one query."""
    found = Exclusion.objects.filter(campaign=campaign).select_related(
        "criterion__criteria_set", "participant__group", "group", "entered_by", "confirmed_by"
    )
    return found.order_by("criterion__criteria_set", "criterion__path", "group__position", "pk")


def totals_of(blocks: Iterable[Block], exclusions: Iterable[Exclusion]) -> list[Totals]:
    """The maxima of every unit that an exclusion touches, in the order of groups and names; no query."""
    known = list(exclusions)
    found = []
    for block in blocks:
        for participant in block.participants:
            own = [item for item in known if _touches(item, participant)]
            if own:
                confirmed = [item.criterion for item in own if item.confirmed_at is not None]
                every = [item.criterion for item in own]
                found.append(Totals(participant, _left(block, ()), _left(block, confirmed), _left(block, every)))
    return found


def _touches(exclusion: Exclusion, participant: Participant) -> bool:
    if exclusion.criterion.criteria_set_id != participant.criteria_set_id:
        return False
    return participant.pk == exclusion.participant_id or participant.group_id == exclusion.group_id


def _left(block: Block, nodes: Iterable[Criterion]) -> Decimal:
    """The maximum of the scored leaves of the set without those below `nodes`."""
    taken = {leaf.pk for node in nodes for leaf in block.tree.below(node)}
    scored = (leaf for leaf in block.tree.leaves if leaf.role == CriterionRole.SCORED and leaf.pk not in taken)
    return sum((leaf.max_points for leaf in scored), Decimal(0))

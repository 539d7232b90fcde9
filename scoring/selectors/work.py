"""What waits for one person at one organiser: dossiers of the own units, parts held, campaigns that the team runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count

from scoring.enums import Origin, PartState, Phase, Source, Stage, SubmissionState
from scoring.models import AppraisalPart, Campaign, Explanation, Participant, Submission, Value
from scoring.permissions import UNIT_ROLES, came_before, held_by, works_for_unit
from scoring.selectors.missing import excluded_leaves
from scoring.selectors.tree import trees
from units.enums import Role
from units.models import Organiser, User

EXPLAINING = (Phase.EXPLANATION, Phase.REAPPRAISAL, Phase.COUNCIL)
_WITH_OWN_WORK = (*UNIT_ROLES, Role.APPRAISER, Role.COUNCIL)
_OPEN_STATES = (SubmissionState.DRAFT, SubmissionState.AT_HEAD)
_OPEN_PHASES = (Phase.SELF_ASSESSMENT, Phase.APPRAISAL)


@dataclass(frozen=True)
class OwnDossier:
    """A dossier of one of the person's own units. `counts` (answered, asked) only while it is being filled in."""

    participant: Participant
    submission: Submission
    explanation: Explanation | None
    counts: tuple[int, int] | None
    is_head: bool

    @property
    def awaits_signature(self) -> bool:
        """Whether the person is the head and the dossier lies on his or her desk."""
        return self.is_head and self.submission.state == SubmissionState.AT_HEAD


def has_own_work(user: User, organiser: Organiser) -> bool:
    """Whether the person has a role there whose work is listed: at a unit, as appraiser, in the council."""
    return any(item.organiser_id == organiser.pk and item.role in _WITH_OWN_WORK for item in user.current_memberships)


def own_dossiers(user: User, organiser: Organiser) -> list[OwnDossier]:
    """Dossiers of the person's units at `organiser`, newest year first; a constant number of queries for each campaign
    that is being filled in, which is one at a time."""
    mine = [item for item in user.current_memberships if item.organiser_id == organiser.pk]
    units = [item.unit_id for item in mine if item.role in UNIT_ROLES]
    participants = list(
        Participant.objects.filter(
            campaign__organiser=organiser, unit__in=units, is_assessed=True, submission__isnull=False
        )
        .exclude(group__phase=Phase.DRAFT)
        .select_related("campaign__organiser", "group", "criteria_set", "unit", "submission", "explanation")
        .order_by("-campaign__year", "campaign__code", "unit__name_sort", "pk")
    )
    counts = _counts([item for item in participants if _is_being_filled_in(item)])
    return [
        OwnDossier(
            item,
            item.submission,
            getattr(item, "explanation", None),
            counts.get(item.pk),
            works_for_unit(user, item.unit_id, (Role.UNIT_HEAD,)),
        )
        for item in participants
    ]


def dossier_to_begin_with(user: User, organiser: Organiser) -> Participant | None:
    """The newest dossier of who does nothing at `organiser` but work for one unit; None for everybody else, whose work
    is a list. One query."""
    mine = [item for item in user.current_memberships if item.organiser_id == organiser.pk]
    if len({item.unit_id for item in mine}) != 1 or not all(item.role in UNIT_ROLES for item in mine):
        return None
    found = Participant.objects.filter(
        campaign__organiser=organiser, unit=mine[0].unit_id, is_assessed=True, submission__isnull=False
    )
    found = found.exclude(group__phase=Phase.DRAFT).select_related("campaign")
    return found.order_by("-campaign__year", "campaign__code").first()


def left_out(user: User, organiser: Organiser) -> list[Participant]:
    """Years in which one of the person's units is not assessed, newest first; `submission` where it had a dossier."""
    mine = [item for item in user.current_memberships if item.organiser_id == organiser.pk]
    units = [item.unit_id for item in mine if item.role in UNIT_ROLES]
    if not units:
        return []
    found = Participant.objects.filter(campaign__organiser=organiser, campaign__origin=Origin.PORTAL, unit__in=units)
    found = found.filter(is_assessed=False).exclude(group__phase=Phase.DRAFT)
    return list(
        found.select_related("campaign__organiser", "submission").order_by(
            "-campaign__year", "campaign__code", "unit__name_sort", "pk"
        )
    )


def inherited_dossiers(user: User, organiser: Organiser) -> list[Participant]:
    """Dossiers of the units that the person's own came out of, to read, newest year first."""
    before = came_before(user, organiser.pk, UNIT_ROLES)
    if not before:
        return []
    found = Participant.objects.filter(campaign__organiser=organiser, unit__in=before, submission__isnull=False)
    found = found.exclude(group__phase=Phase.DRAFT).select_related("campaign__organiser")
    return list(found.order_by("-campaign__year", "campaign__code", "unit__name_sort", "pk"))


def parts_by_campaign(user: User, organiser: Organiser) -> list[tuple[Campaign, Mapping[str, int]]]:
    """Campaigns in which the person holds parts, each with the number of parts by state; two queries."""
    held = AppraisalPart.objects.filter(
        held_by(user), participant__campaign__organiser=organiser, participant__is_assessed=True
    )
    counts: dict[int, dict[str, int]] = {}
    grouped = held.order_by().values_list("participant__campaign", "state").annotate(number=Count("pk"))
    for campaign, state, number in grouped:
        counts.setdefault(campaign, dict.fromkeys(PartState.values, 0))[state] = number
    campaigns = Campaign.objects.filter(pk__in=counts).select_related("organiser").order_by("-year", "code")
    return [(campaign, counts[campaign.pk]) for campaign in campaigns]


def campaigns_at_council(organiser: Organiser) -> list[Campaign]:
    """Campaigns with a group that stands before the council, newest first."""
    found = Campaign.objects.filter(organiser=organiser, origin=Origin.PORTAL, groups__phase=Phase.COUNCIL)
    return list(found.select_related("organiser").distinct().order_by("-year", "code"))


def _is_being_filled_in(participant: Participant) -> bool:
    return participant.submission.state in _OPEN_STATES and participant.group.phase in _OPEN_PHASES


def _counts(participants: Iterable[Participant]) -> dict[int, tuple[int, int]]:
    """Per participant (answered, asked): leaves of the unit that apply, as its worksheet counts them."""
    rows = list(participants)
    if not rows:
        return {}
    by_set = trees({item.criteria_set_id: item.criteria_set for item in rows}.values())
    answered: dict[int, set[int]] = {item.pk: set() for item in rows}
    declared = Value.objects.fresh().filter(participant__in=rows, stage=Stage.DECLARED, criterion__source=Source.SELF)
    for participant, criterion in declared.values_list("participant", "criterion"):
        answered[participant].add(criterion)
    found = {}
    for campaign in {item.campaign_id: item.campaign for item in rows}.values():
        own = [item for item in rows if item.campaign_id == campaign.pk]
        taken = excluded_leaves(campaign, own, by_set)
        for item in own:
            asked = {leaf.pk for leaf in by_set[item.criteria_set_id].self_leaves} - taken[item.pk]
            found[item.pk] = (len(answered[item.pk] & asked), len(asked))
    return found

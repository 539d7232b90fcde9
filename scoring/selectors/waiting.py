"""What waits for the coordinators of an organiser, year by year; a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from scoring.enums import AmendmentState, Origin, Phase, Resolution, Stage, SubmissionState
from scoring.models import Amendment, Campaign, Exclusion, Group, Participant, Question, Submission, Value
from units.models import Organiser, TrailEntry

_SETTLED = (Phase.FINALISED, Phase.PUBLISHED)


@dataclass(frozen=True)
class Waiting:
    """One year that runs: numbers of what waits, and the units that ended and of which nothing is decided yet."""

    campaign: Campaign
    late: int
    entered: int
    exclusions: int
    amendments: int
    questions: int
    ended: tuple[Participant, ...]

    def __bool__(self) -> bool:
        return any((self.late, self.entered, self.exclusions, self.amendments, self.questions, self.ended))


def waiting_at(organiser: Organiser) -> list[Waiting]:
    """Years of the organiser in which something waits for a coordinator, newest first."""
    running = Campaign.objects.filter(organiser=organiser, origin=Origin.PORTAL)
    running = running.filter(groups__in=Group.objects.exclude(phase__in=_SETTLED)).distinct()
    campaigns = list(running.select_related("organiser").order_by("-year", "code"))
    taking = Participant.objects.filter(campaign__in=campaigns, is_assessed=True).exclude(group__phase__in=_SETTLED)
    late = Submission.objects.filter(
        participant__in=taking, state=SubmissionState.NOT_SUBMITTED, resolution=Resolution.NONE
    )
    entered = Value.objects.fresh().filter(participant__in=taking, stage=Stage.ENTERED, confirmed_at__isnull=True)
    exclusions = Exclusion.objects.filter(campaign__in=campaigns, confirmed_at__isnull=True)
    drafted = Amendment.objects.filter(criteria_set__campaign__in=campaigns, state=AmendmentState.DRAFTED)
    asked = Question.objects.filter(participant__campaign__in=campaigns, answers__isnull=True)
    by_kind = {
        "late": _numbers(late, "participant__campaign"),
        "entered": _numbers(entered, "participant__campaign"),
        "exclusions": _numbers(exclusions, "campaign"),
        "questions": _numbers(asked, "participant__campaign"),
        "amendments": _numbers(drafted, "criteria_set__campaign"),
    }
    ended: dict[int, list[Participant]] = {}
    for participant in undecided_ends(taking):
        ended.setdefault(participant.campaign_id, []).append(participant)
    found = [
        Waiting(
            campaign=item,
            ended=tuple(ended.get(item.pk, ())),
            **{kind: numbers.get(item.pk, 0) for kind, numbers in by_kind.items()},
        )
        for item in campaigns
    ]
    return [item for item in found if item]


def undecided_ends(participants: QuerySet[Participant]) -> list[Participant]:
    """Assessed units that were ended on screen and of which nobody has said since how they take part; only in groups
    whose figures are open. Three queries.

    "As before" changes no row, so the word itself is looked for in the trail.
    """
    ended = list(
        participants.filter(unit__valid_to__isnull=False, is_assessed=True)
        .exclude(group__phase__in=_SETTLED)
        .exclude(unit__end_document="")
        .select_related("campaign__organiser", "group", "unit")
        .order_by("group__position", "unit__name_sort", "pk")
    )
    ends = _last("scoring.end_unit", "units.Unit", (item.unit_id for item in ended))
    words = _last("scoring.change_participant", "scoring.Participant", (item.pk for item in ended))
    return [item for item in ended if words.get(str(item.pk), -1) < ends.get(str(item.unit_id), 0)]


def _last(action: str, kind: str, keys: Iterable[int]) -> dict[str, int]:
    """Key of an object → the newest entry of the trail of `action` about it."""
    about = Q(object_type=kind, object_id__in=[str(key) for key in keys])
    entries = TrailEntry.objects.filter(about, action=action).order_by("pk")
    return dict(entries.values_list("object_id", "pk"))


def _numbers(rows: QuerySet, campaign: str) -> dict[int, int]:  # type: ignore[type-arg]
    return dict(rows.order_by().values_list(campaign).annotate(number=Count("pk")))

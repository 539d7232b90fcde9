"""What lies open on one person's desk at one organiser, counted and named; no figure and no point is told here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from scoring.enums import AmendmentState, ExplanationState, PartState, Stage
from scoring.models import Amendment, AppraisalPart, Campaign, Exclusion, Value
from scoring.selectors.work import EXPLAINING, OwnDossier, own_dossiers
from units.models import Organiser, User


@dataclass(frozen=True)
class HeldParts:
    """The unsigned parts that the person holds in one campaign."""

    campaign: Campaign
    parts: Sequence[AppraisalPart]


@dataclass(frozen=True)
class OpenTasks:
    """`waiting` are things the person began that a second person has to finish: (what, campaign, how many)."""

    parts: Sequence[HeldParts]
    dossiers: Sequence[OwnDossier]
    explanations: Sequence[OwnDossier]
    waiting: Sequence[tuple[str, Campaign, int]]

    def __bool__(self) -> bool:
        return bool(self.parts or self.dossiers or self.explanations or self.waiting)


def open_tasks(organiser: Organiser, user: User) -> OpenTasks:
    """Everything open of `user` at `organiser`; the same number of queries whatever it comes to."""
    own = own_dossiers(user, organiser)
    waiting = [
        *_waiting("điểm nhập chờ xác nhận", _entered(organiser, user), "participant__campaign"),
        *_waiting("tiêu chí không đánh giá chờ xác nhận", _exclusions(organiser, user), "campaign"),
        *_waiting("sửa đổi bộ tiêu chí chờ áp dụng", _amendments(organiser, user), "criteria_set__campaign"),
    ]
    return OpenTasks(
        parts=_by_campaign(parts_held(organiser, user)),
        dossiers=[item for item in own if item.counts is not None],
        explanations=[item for item in own if _is_being_explained(item)],
        waiting=_with_campaigns(waiting),
    )


def parts_held(organiser: Organiser, user: User) -> QuerySet[AppraisalPart]:
    """The parts of `user` at `organiser` that are not signed, in the order of campaign, unit and component."""
    held = AppraisalPart.objects.filter(appraiser=user, participant__campaign__organiser=organiser)
    held = held.exclude(state=PartState.SIGNED).select_related("participant__campaign__organiser", "component")
    return held.order_by(
        "-participant__campaign__year", "participant__campaign", "participant__code", "component__path"
    )


def _by_campaign(parts: Iterable[AppraisalPart]) -> list[HeldParts]:
    found: dict[int, list[AppraisalPart]] = {}
    for part in parts:
        found.setdefault(part.participant.campaign_id, []).append(part)
    return [HeldParts(rows[0].participant.campaign, rows) for rows in found.values()]


def _is_being_explained(item: OwnDossier) -> bool:
    if item.explanation is None or item.participant.group.phase not in EXPLAINING:
        return False
    return item.explanation.state != ExplanationState.SUBMITTED


def _entered(organiser: Organiser, user: User) -> QuerySet[Value]:
    mine = Value.objects.filter(stage=Stage.ENTERED, author=user, confirmed_by__isnull=True)
    return mine.filter(participant__campaign__organiser=organiser)


def _exclusions(organiser: Organiser, user: User) -> QuerySet[Exclusion]:
    return Exclusion.objects.filter(entered_by=user, confirmed_by__isnull=True, campaign__organiser=organiser)


def _amendments(organiser: Organiser, user: User) -> QuerySet[Amendment]:
    mine = Amendment.objects.filter(drafted_by=user, state=AmendmentState.DRAFTED)
    return mine.filter(criteria_set__campaign__organiser=organiser)


def _waiting(what: str, rows: QuerySet, campaign: str) -> list[tuple[str, int, int]]:
    counted = rows.order_by().values_list(campaign).annotate(number=Count("pk"))
    return [(what, pk, number) for pk, number in counted]


def _with_campaigns(rows: Sequence[tuple[str, int, int]]) -> list[tuple[str, Campaign, int]]:
    campaigns = Campaign.objects.in_bulk([pk for _, pk, _ in rows])
    return [(what, campaigns[pk], number) for what, pk, number in rows]

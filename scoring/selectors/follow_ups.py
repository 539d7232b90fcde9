"""Tasks that grew from lost points: those of a unit over the years, one, what they offer to a leaf of a later year."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404

from scoring.enums import FollowUpState
from scoring.models import Campaign, CriteriaSet, Criterion, FollowUp, FollowUpFile, Participant, Submission
from scoring.selectors.continuity import continuations
from scoring.selectors.dossiers import submission_visible_to
from scoring.selectors.questions import campaign_of_questions
from units.models import User

OPEN, OVERDUE, MINE, DONE = "chua-xong", "qua-han", "cua-toi", "xong"


@dataclass(frozen=True)
class FollowUpCounts:
    """How many tasks: not done, of these past their day, and done."""

    open: int
    overdue: int
    done: int


def follow_ups_visible_to(user: User, slug: str, code: str, unit: str, **rest: Any) -> Submission:
    """The dossier from which the unit's tasks are reached; Http404 for strangers and where there is none."""
    return submission_visible_to(user, slug, code, unit)


def follow_up_at(user: User, slug: str, code: str, unit: str, pk: int, **rest: Any) -> FollowUp:
    """One task of a unit whose dossier the person may know of, with its dossier; Http404 for others."""
    submission = submission_visible_to(user, slug, code, unit)
    found = FollowUp.objects.filter(participant=submission.participant, pk=pk)
    task = found.select_related("criterion", "owner", "changed_by").first()
    if task is None:
        raise Http404
    task.participant = submission.participant
    task.participant.submission = submission
    return task


def file_of_task(task: FollowUp, pk: int) -> FollowUpFile:
    """One document of the task; Http404 where it has none such, or it was taken off."""
    found = task.files.filter(pk=pk, removed_at__isnull=True).first()
    if found is None:
        raise Http404
    found.follow_up = task
    return found


def tasks_of_unit(
    participant: Participant, today: datetime.date, which: str = "", me: User | None = None
) -> list[FollowUp]:
    """The unit's tasks of all years at this organiser with their files, open ones first, each by its day; two
    queries."""
    found = _of_unit(participant)
    undone = ~Q(state=FollowUpState.DONE)
    if which == OPEN:
        found = found.filter(undone)
    elif which == OVERDUE:
        found = found.filter(undone, due_on__lt=today)
    elif which == MINE:
        found = found.filter(owner=me)
    elif which == DONE:
        found = found.filter(state=FollowUpState.DONE)
    rows = list(_with_files(found).order_by("due_on", "pk"))
    return sorted(rows, key=lambda task: task.state == FollowUpState.DONE)


def tasks_by_leaf(participant: Participant) -> Counter[str]:
    """Code of a leaf → how many tasks grew from it in this year; one query."""
    rows = FollowUp.objects.filter(participant=participant).order_by()
    return Counter(rows.values_list("criterion__code", flat=True))


def counts_of_tasks(participant: Participant, today: datetime.date) -> FollowUpCounts:
    """One query."""
    return _counted(_of_unit(participant), today)


def files_of(task: FollowUp) -> list[FollowUpFile]:
    """What stands with the task, oldest first; one query."""
    return list(task.files.filter(removed_at__isnull=True).select_related("uploaded_by").order_by("pk"))


def offered_to(participant: Participant, criterion: Criterion) -> list[FollowUpFile]:
    """Documents of the unit's tasks of earlier years whose leaf goes on in `criterion`; one query, and four more for
    each earlier set that has such tasks."""
    rows = FollowUpFile.objects.filter(
        removed_at__isnull=True,
        follow_up__participant__unit=participant.unit_id,
        follow_up__participant__campaign__organiser=participant.organiser_id,
        follow_up__participant__campaign__year__lt=participant.campaign.year,
    )
    found = list(
        rows.select_related("follow_up__participant__campaign", "follow_up__criterion__criteria_set").order_by("pk")
    )
    sets = {row.follow_up.criterion.criteria_set_id: row.follow_up.criterion.criteria_set for row in found}
    before = _predecessors(participant.criteria_set, criterion, list(sets.values()))
    return [row for row in found if row.follow_up.criterion_id in before]


def campaign_of_tasks(user: User, slug: str, code: str) -> Campaign:
    """The year whose tasks the person counts; Http404 for who does not coordinate there."""
    return campaign_of_questions(user, slug, code)


def counts_by_unit(campaign: Campaign, today: datetime.date) -> list[tuple[Participant, FollowUpCounts]]:
    """Every assessed unit of a year with how many tasks it has from that year, most past their day first; one query."""
    undone = ~Q(follow_ups__state=FollowUpState.DONE)
    units = campaign.participants.filter(is_assessed=True).annotate(
        tasks_open=Count("follow_ups", filter=undone),
        tasks_overdue=Count("follow_ups", filter=undone & Q(follow_ups__due_on__lt=today)),
        tasks_done=Count("follow_ups", filter=Q(follow_ups__state=FollowUpState.DONE)),
    )
    rows = units.select_related("group").order_by("-tasks_overdue", "-tasks_open", "unit__name_sort", "pk")
    return [(row, FollowUpCounts(row.tasks_open, row.tasks_overdue, row.tasks_done)) for row in rows]


def _predecessors(own: CriteriaSet, criterion: Criterion, before: Sequence[CriteriaSet]) -> set[int]:
    """The leaves (pk) of the earlier sets that `criterion` goes on from."""
    return {
        old.pk
        for one in before
        for found in continuations(own, one)
        if found.node.pk == criterion.pk
        for old in found.predecessors
    }


def _of_unit(participant: Participant) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(
        participant__unit=participant.unit_id, participant__campaign__organiser=participant.organiser_id
    )


def _with_files(found: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    files = FollowUpFile.objects.filter(removed_at__isnull=True)
    rows = found.select_related("participant__campaign__organiser", "criterion", "owner")
    return rows.prefetch_related(Prefetch("files", files))


def _counted(found: QuerySet[FollowUp], today: datetime.date) -> FollowUpCounts:
    undone = ~Q(state=FollowUpState.DONE)
    counted = found.aggregate(
        undone=Count("pk", filter=undone),
        overdue=Count("pk", filter=undone & Q(due_on__lt=today)),
        done=Count("pk", filter=Q(state=FollowUpState.DONE)),
    )
    return FollowUpCounts(counted["undone"], counted["overdue"], counted["done"])

"""How far each unit has come; a constant number of queries at any number of units and criteria."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils import timezone

from scoring.enums import ExplanationState, PartState, Phase, Resolution, Source, Stage, SubmissionState
from scoring.models import (
    AppraisalPart,
    Campaign,
    Evidence,
    Explanation,
    Participant,
    Submission,
    Value,
    Window,
)
from scoring.permissions import UNIT_ROLES
from scoring.selectors.missing import excluded_leaves
from scoring.selectors.tree import trees
from scoring.workflow import hour_of
from units.models import Membership
from units.vietnamese import fold


class Standing(StrEnum):
    """Where a unit stands, in the order in which the lists name it."""

    NEVER = "chua-dang-nhap"
    WORKING = "dang-lam"
    BACK = "bi-tra-lai"
    AGAIN = "dang-sua-lai"
    AT_HEAD = "cho-thu-truong"
    SUBMITTED = "da-nop"
    NOT_SUBMITTED = "khong-nop"
    NOT_OPEN = "chua-mo"
    LEFT_OUT = "khong-danh-gia"


STANDINGS = {
    Standing.NEVER: "Chưa đăng nhập",
    Standing.WORKING: "Đang làm",
    Standing.BACK: "Bị trả lại",
    Standing.AGAIN: "Đang sửa lại",
    Standing.AT_HEAD: "Chờ thủ trưởng",
    Standing.SUBMITTED: "Đã nộp",
    Standing.NOT_SUBMITTED: "Không nộp",
    Standing.NOT_OPEN: "Chưa mở",
    Standing.LEFT_OUT: "Không đánh giá",
}


@dataclass(frozen=True)
class Signed:
    """Appraisal parts of one round: how many are signed, of how many."""

    signed: int = 0
    total: int = 0


@dataclass(frozen=True)
class UnitProgress:
    """One unit. `answered` of `total` self leaves that apply to it; `claims` open requests "không áp dụng";
    `people` how many staff and heads it has, `last_login` the newest sign-in of any of them."""

    participant: Participant
    submission: Submission | None
    standing: Standing
    answered: int
    total: int
    claims: int
    documents: int
    rounds: tuple[Signed, Signed]
    explanation: str
    people: int
    last_login: datetime.datetime | None
    deadline: datetime.datetime | None
    is_late: bool

    @property
    def label(self) -> str:
        return STANDINGS[self.standing]

    @property
    def percent(self) -> int:
        """Answered, in whole percent cut down, so that only a full dossier says 100."""
        return self.answered * 100 // self.total if self.total else 0

    @property
    def waits_for_decision(self) -> bool:
        """Not handed in, and the coordinator has not said what becomes of it."""
        return self.standing == Standing.NOT_SUBMITTED and (
            self.submission is not None and self.submission.resolution == Resolution.NONE
        )


def progress_of(
    campaign: Campaign, now: datetime.datetime, participants: Iterable[Participant] | None = None
) -> list[UnitProgress]:
    """Every unit of the campaign (or only `participants`, loaded with group, set and unit), in printed order."""
    rows = list(_all(campaign) if participants is None else participants)
    total, answered = _answers(campaign, rows)
    facts = _Facts(
        total,
        answered,
        {item.participant_id: item for item in Submission.objects.filter(participant__in=rows)},
        _open_claims(rows),
        _counted(Evidence.objects.filter(participant__in=rows, removed_at__isnull=True)),
        _parts(rows),
        dict(Explanation.objects.filter(participant__in=rows).values_list("participant", "state")),
        _people(campaign, rows),
        _closing(rows),
    )
    return [_one(item, facts, now) for item in rows]


def narrowed(rows: Iterable[UnitProgress], *, group: str = "", standing: str = "", search: str = "") -> list[Any]:
    """Those of one group (its code), one standing (or "qua-han", "cho-quyet-dinh"), and with `search` in the name."""
    wanted = fold(search)
    chosen = {
        "qua-han": lambda row: row.is_late,
        "cho-quyet-dinh": lambda row: row.waits_for_decision,
    }.get(standing, lambda row: not standing or row.standing == standing)
    return [
        row
        for row in rows
        if (not group or row.participant.group.code == group)
        and chosen(row)
        and wanted in fold(f"{row.participant.name} {row.participant.code}")
    ]


@dataclass(frozen=True)
class _Facts:
    """Everything the rows are made from, by the participant's pk (people by the unit's, closing by the group's)."""

    total: Mapping[int, int]
    answered: Mapping[int, int]
    submissions: Mapping[int, Submission]
    claims: Mapping[int, int]
    documents: Mapping[int, int]
    parts: Mapping[tuple[int, int], Signed]
    explanations: Mapping[int, str]
    people: Mapping[int, tuple[int, datetime.datetime | None]]
    closing: Mapping[int, datetime.datetime]


def _all(campaign: Campaign) -> Iterable[Participant]:
    found = campaign.participants.select_related("group", "criteria_set", "unit")
    return found.order_by("group__position", "unit__name_sort", "pk")


def _one(participant: Participant, facts: _Facts, now: datetime.datetime) -> UnitProgress:
    submission = facts.submissions.get(participant.pk)
    people, last_login = facts.people.get(participant.unit_id, (0, None))
    own, is_over = submission.extended_until if submission else None, participant.group.phase != Phase.SELF_ASSESSMENT
    deadline = hour_of(facts.closing.get(participant.group_id), own, is_over=is_over)
    is_open = submission is not None and submission.state in (SubmissionState.DRAFT, SubmissionState.AT_HEAD)
    state = facts.explanations.get(participant.pk)
    return UnitProgress(
        participant=participant,
        submission=submission,
        standing=_standing(participant, submission, last_login),
        answered=facts.answered.get(participant.pk, 0),
        total=facts.total.get(participant.pk, 0),
        claims=facts.claims.get(participant.pk, 0),
        documents=facts.documents.get(participant.pk, 0),
        rounds=(
            facts.parts.get((participant.pk, 1), Signed()),
            facts.parts.get((participant.pk, 2), Signed()),
        ),
        explanation=ExplanationState(state).label if state else "",
        people=people,
        last_login=last_login,
        deadline=deadline,
        is_late=is_open and deadline is not None and now >= deadline,
    )


def _standing(
    participant: Participant, submission: Submission | None, last_login: datetime.datetime | None
) -> Standing:
    if not participant.is_assessed:
        return Standing.LEFT_OUT
    if submission is None:
        return Standing.NOT_OPEN
    if submission.state != SubmissionState.DRAFT:
        return {
            SubmissionState.AT_HEAD: Standing.AT_HEAD,
            SubmissionState.SUBMITTED: Standing.SUBMITTED,
            SubmissionState.NOT_SUBMITTED: Standing.NOT_SUBMITTED,
        }[SubmissionState(submission.state)]
    if submission.returned_note:
        return Standing.BACK
    if submission.submitted_at is not None:
        return Standing.AGAIN
    return Standing.WORKING if last_login else Standing.NEVER


def _answers(campaign: Campaign, rows: list[Participant]) -> tuple[dict[int, int], dict[int, int]]:
    """Self leaves that apply to each unit, and how many of them it has answered."""
    by_set = trees({item.criteria_set_id: item.criteria_set for item in rows}.values())
    taken = excluded_leaves(campaign, rows, by_set)
    total = {
        item.pk: len({leaf.pk for leaf in by_set[item.criteria_set_id].self_leaves} - taken[item.pk]) for item in rows
    }
    declared = Value.objects.fresh().filter(participant__in=rows, stage=Stage.DECLARED, criterion__source=Source.SELF)
    answered = _counted(declared)
    out = {leaf for leaves in taken.values() for leaf in leaves}
    for participant, criterion in declared.filter(criterion__in=out).values_list("participant", "criterion"):
        answered[participant] -= criterion in taken[participant]
    return total, answered


def _open_claims(rows: list[Participant]) -> dict[int, int]:
    """Requests "không áp dụng" that no appraiser and no council has answered."""
    judged = Value.objects.filter(
        participant=OuterRef("participant"),
        criterion=OuterRef("criterion"),
        stage__in=(Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL),
    )
    claims = Value.objects.fresh().filter(participant__in=rows, stage=Stage.DECLARED, not_applicable=True)
    return _counted(claims.exclude(Exists(judged)))


def _parts(rows: list[Participant]) -> dict[tuple[int, int], Signed]:
    counted = (
        AppraisalPart.objects.filter(participant__in=rows)
        .order_by()
        .values("participant", "round")
        .annotate(total=Count("pk"), signed=Count("pk", filter=Q(state=PartState.SIGNED)))
    )
    return {(row["participant"], row["round"]): Signed(row["signed"], row["total"]) for row in counted}


def _people(campaign: Campaign, rows: list[Participant]) -> dict[int, tuple[int, datetime.datetime | None]]:
    counted = (
        Membership.objects.valid_on(timezone.localdate())
        .filter(
            organiser=campaign.organiser_id,
            role__in=UNIT_ROLES,
            user__is_active=True,
            unit__in=[item.unit_id for item in rows],
        )
        .order_by()
        .values("unit")
        .annotate(people=Count("user", distinct=True), last=Max("user__last_login"))
    )
    return {row["unit"]: (row["people"], row["last"]) for row in counted}


def _closing(rows: list[Participant]) -> dict[int, datetime.datetime]:
    found = Window.objects.filter(group__in={item.group_id for item in rows}, phase=Phase.SELF_ASSESSMENT)
    return dict(found.values_list("group", "closes_at"))


def _counted(rows: Any) -> dict[int, int]:
    """How many rows each participant has."""
    return dict(rows.order_by().values_list("participant").annotate(count=Count("pk")))

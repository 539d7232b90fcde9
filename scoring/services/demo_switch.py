"""The switch of the trial portal: a group is put into any phase, with what that phase needs. Never in production.

It goes around the door on purpose, so that a visitor can see every screen without playing a whole year; each use
stands in the trail as what it is.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from scoring.enums import ExplanationState, Phase, Resolution, Stage, SubmissionState
from scoring.models import Explanation, ExplanationChoice, ExplanationItem, Group, Submission, Value, Window
from scoring.permissions import SWITCH_PHASE
from scoring.selectors.clock import database_now
from scoring.services.calculation import faults_of
from scoring.services.demo_filling import (
    confirm_exclusions,
    judge_first_round,
    judge_second_round,
    settle_the_rest,
)
from scoring.services.dossier import lock_dossiers
from scoring.services.errors import Blocked, Conflict
from scoring.services.explaining import explainable
from scoring.services.group_guards import assessed
from scoring.services.opening import follow_up
from scoring.services.setup import WINDOW_PHASES
from scoring.workflow import Subject, find
from units import trail
from units.models import User
from units.permissions import authorize

TRIAL = "Bản dùng thử: chuyển bước tự do"
EXAMPLE = "Đơn vị bổ sung tài liệu và đề nghị xem xét lại điểm (lời giải trình minh họa do bản dùng thử viết)."
_EXAMPLES = 2  # a unit
_OPEN_FOR = datetime.timedelta(days=7)
NO_PUBLICATION = "Công bố do bản công bố đưa tới: tính chính thức rồi soạn bản công bố."


def switch(group: Group, phase: Phase, by: User) -> None:
    """Put `group` into `phase`, forward or back, and make what is done there possible: hours, dossiers, parts,
    explanations, and whatever the steps before would have left, as marked sample data (`demo_filling`): once a group is
    put into chốt, nothing of it stands against the official run.

    Raises `Refused`, `Conflict` (no trial portal), `Blocked` (the set-up is not complete, or công bố, which only a
    publication brings about); nothing is stored then.
    """
    if not settings.DEMO_MODE:
        raise Conflict("Chỉ bản dùng thử chuyển bước tự do được.")
    authorize(by, SWITCH_PHASE, group)
    if phase == Phase.PUBLISHED:
        raise Blocked("Chưa chuyển bước được.", [NO_PUBLICATION])
    with transaction.atomic():
        current = Group.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=group.pk)
        lock_dossiers(current)
        if phase != Phase.DRAFT and (reasons := _lacking(current)):
            raise Blocked("Chưa chuyển bước được.", reasons)
        before = current.phase
        Group.objects.filter(pk=current.pk).update(phase=phase)
        current.phase = phase
        _open_window(current, phase)
        filled = _make_rows(current, phase, by)
        trail.record(
            SWITCH_PHASE,
            by=by,
            about=current,
            scope=current.campaign.trail_scope,
            label=f"{TRIAL}: {current.title} sang “{phase.label}”",
            before=before,
            after=phase,
            filled=dict(filled),
        )


def _lacking(group: Group) -> list[str]:
    participants = assessed(group)
    if not participants:
        return ["Khối chưa có đơn vị nào được đánh giá."]
    sets = {item.criteria_set_id: item.criteria_set for item in participants}.values()
    empty = [f"Bộ tiêu chí “{item.title}” chưa có tiêu chí nào." for item in sets if not item.criteria.exists()]
    return empty or faults_of(group.campaign)


def _open_window(group: Group, phase: Phase) -> None:
    """The hours of the phase hold this very instant."""
    now = database_now()
    if phase not in WINDOW_PHASES or group.windows.filter(phase=phase, opens_at__lte=now, closes_at__gt=now).exists():
        return
    hours = {"opens_at": now - datetime.timedelta(hours=1), "closes_at": now + _OPEN_FOR}
    Window.objects.update_or_create(group=group, phase=phase, defaults=hours)


def _make_rows(group: Group, phase: Phase, by: User) -> Counter[str]:
    """What the steps up to `phase` would have left; returns how many of what were made up."""
    order, filled = list(Phase), Counter[str]()
    if phase == Phase.FINALISED:
        filled["exclusions"] = confirm_exclusions(group, by)
    for reached, act in _MADE_BY:
        if order.index(phase) >= order.index(reached):
            filled += act(group, phase, by)
    if phase in (Phase.DRAFT, Phase.SELF_ASSESSMENT):
        _late(group).update(
            state=SubmissionState.DRAFT,
            resolution=Resolution.NONE,
            resolution_reason="",
            version=F("version") + 1,
        )
    return filled


def _follow(name: str, group: Group, by: User) -> None:
    """The rows that this step of the table makes."""
    if step := find(Subject.GROUP, name):
        follow_up(step, group, None, by)


def _opened(group: Group, phase: Phase, by: User) -> Counter[str]:
    _follow("open", group, by)
    return Counter()


def _handed_in(group: Group, phase: Phase, by: User) -> Counter[str]:
    """Whoever is late counts as the dossier stands; at the very end one with nothing in it is set to nought."""
    _follow("start_appraisal", group, by)
    undecided = _late(group).filter(resolution=Resolution.NONE)
    if phase == Phase.FINALISED:
        declared = Value.objects.filter(participant=OuterRef("participant"), stage=Stage.DECLARED)
        empty = undecided.exclude(Exists(declared))
        empty.update(resolution=Resolution.NOUGHT, resolution_reason=TRIAL, version=F("version") + 1)
    taken = undecided.update(resolution=Resolution.AS_IT_STANDS, resolution_reason=TRIAL, version=F("version") + 1)
    return Counter(taken_as_it_stands=taken)


def _judged(group: Group, phase: Phase, by: User) -> Counter[str]:
    filled = judge_first_round(group, by)
    _follow("start_explanation", group, by)
    return filled


def _explained(group: Group, phase: Phase, by: User) -> Counter[str]:
    _send_explanations(group, by)
    _follow("start_reappraisal", group, by)
    return Counter()


def _judged_again(group: Group, phase: Phase, by: User) -> Counter[str]:
    return judge_second_round(group, by)


def _settled(group: Group, phase: Phase, by: User) -> Counter[str]:
    return settle_the_rest(group, by)


_MADE_BY: tuple[tuple[Phase, Callable[[Group, Phase, User], Counter[str]]], ...] = (
    (Phase.SELF_ASSESSMENT, _opened),
    (Phase.APPRAISAL, _handed_in),
    (Phase.EXPLANATION, _judged),
    (Phase.REAPPRAISAL, _explained),
    (Phase.COUNCIL, _judged_again),
    (Phase.FINALISED, _settled),
)
"""What stands once a phase is reached, in order."""


def _late(group: Group) -> QuerySet[Submission]:
    return Submission.objects.filter(participant__group=group, state=SubmissionState.NOT_SUBMITTED)


def _send_explanations(group: Group, by: User) -> None:
    """Whatever was written so far is taken for sent; where nobody wrote anything, examples stand for it, or the second
    round would be empty."""
    if not ExplanationItem.objects.filter(explanation__participant__group=group).exists():
        _write_examples(group)
    written = Explanation.objects.filter(participant__group=group, items__isnull=False).exclude(
        state=ExplanationState.SUBMITTED
    )
    Explanation.objects.filter(pk__in=list(written.values_list("pk", flat=True))).update(
        state=ExplanationState.SUBMITTED, submitted_at=database_now(), submitted_by=by, version=F("version") + 1
    )
    words = ExplanationItem.objects.filter(explanation__participant__group=group, round=1, sent_at__isnull=True)
    words.update(sent_at=database_now())
    agreed = ExplanationChoice.objects.filter(explanation__participant__group=group, round=1, sent_at__isnull=True)
    agreed.exclude(opinion="").update(sent_at=database_now())


def _write_examples(group: Group) -> None:
    """A few explanations of points that were lost, marked as what they are and by nobody."""
    for explanation in Explanation.objects.filter(participant__group=group).select_related("participant"):
        appraised = Value.objects.filter(participant=explanation.participant, stage=Stage.APPRAISED)
        versions = dict(appraised.values_list("criterion", "version"))
        for leaf in sorted(explainable(explanation.participant, 1))[:_EXAMPLES]:
            ExplanationItem.objects.create(
                explanation=explanation, criterion_id=leaf, text=EXAMPLE, about_version=versions[leaf]
            )

"""The switch of the trial portal: a group is put into any phase, with what that phase needs. Never in production.

It goes around the door on purpose, so that a visitor can see every screen without playing a whole year; each use
stands in the trail as what it is.
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from scoring.enums import ExplanationState, Phase, Resolution, SubmissionState
from scoring.models import Explanation, ExplanationItem, Group, Submission, Window
from scoring.permissions import SWITCH_PHASE
from scoring.selectors.clock import database_now
from scoring.services.calculation import faults_of
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
_STEPS = (
    (Phase.SELF_ASSESSMENT, "open"),
    (Phase.APPRAISAL, "start_appraisal"),
    (Phase.EXPLANATION, "start_explanation"),
    (Phase.REAPPRAISAL, "start_reappraisal"),
)
"""Which step of the table makes the rows of a phase."""


def switch(group: Group, phase: Phase, by: User) -> None:
    """Put `group` into `phase`, forward or back, and make what is done there possible: hours, dossiers, parts,
    explanations; what nobody handed in counts as it stands.

    Raises `Refused`, `Conflict` (no trial portal), `Blocked` (the set-up is not complete); nothing is stored then.
    """
    if not settings.DEMO_MODE:
        raise Conflict("Chỉ bản dùng thử chuyển bước tự do được.")
    authorize(by, SWITCH_PHASE, group)
    with transaction.atomic():
        current = Group.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=group.pk)
        lock_dossiers(current)
        if phase != Phase.DRAFT and (reasons := _lacking(current)):
            raise Blocked("Chưa chuyển bước được.", reasons)
        before = current.phase
        Group.objects.filter(pk=current.pk).update(phase=phase)
        current.phase = phase
        _open_window(current, phase)
        _make_rows(current, phase, by)
        trail.record(
            SWITCH_PHASE,
            by=by,
            about=current,
            scope=current.campaign.trail_scope,
            label=f"{TRIAL}: {current.title} sang “{phase.label}”",
            before=before,
            after=phase,
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


def _make_rows(group: Group, phase: Phase, by: User) -> None:
    order = list(Phase)
    dossiers = Submission.objects.filter(participant__group=group)
    for reached, name in _STEPS:
        if order.index(phase) < order.index(reached):
            break
        if name == "start_reappraisal":
            _send_explanations(group, by)
        if step := find(Subject.GROUP, name):
            follow_up(step, group, None, by)
    late = dossiers.filter(state=SubmissionState.NOT_SUBMITTED)
    if phase in (Phase.DRAFT, Phase.SELF_ASSESSMENT):
        late.update(
            state=SubmissionState.DRAFT,
            resolution=Resolution.NONE,
            resolution_reason="",
            version=F("version") + 1,
        )
    else:
        late.filter(resolution=Resolution.NONE).update(
            resolution=Resolution.AS_IT_STANDS, resolution_reason=TRIAL, version=F("version") + 1
        )


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


def _write_examples(group: Group) -> None:
    """A few explanations of points that were lost, marked as what they are and by nobody."""
    for explanation in Explanation.objects.filter(participant__group=group).select_related("participant"):
        for leaf in sorted(explainable(explanation.participant, 1))[:_EXAMPLES]:
            ExplanationItem.objects.create(explanation=explanation, criterion_id=leaf, text=EXAMPLE)

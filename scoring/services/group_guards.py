"""On what data a group goes from one phase to the next. Called by the door only, all dossiers of the group locked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scoring.enums import ExplanationState, PartState, Phase, Resolution, Stage, SubmissionState
from scoring.models import (
    AppraisalPart,
    Criterion,
    Explanation,
    Group,
    Participant,
    Submission,
    Value,
    Window,
)
from scoring.selectors.clock import database_now
from scoring.selectors.missing import UNDECIDED, excluded_leaves, is_lowered, missing_for_official
from scoring.selectors.tree import Tree
from scoring.services.calculation import faults_of
from scoring.services.errors import Blocked, Conflict
from scoring.workflow import Transition


def prepare(transition: Transition, group: Group, data: dict[str, Any]) -> dict[str, Any]:
    """Check what the step needs; raises `Conflict` or `Blocked` with every reason. A group sets no further columns."""
    _GUARDS[transition.name](group, data)
    return {}


def excluded_of(participant: Participant, tree: Tree) -> set[int]:
    """The leaves that a confirmed exclusion takes out for this unit."""
    return excluded_leaves(participant.campaign, [participant], {participant.criteria_set_id: tree})[participant.pk]


def lowered_leaves(participant: Participant) -> set[int]:
    """Leaves whose points fell from round 1 to round 2."""
    found: dict[int, dict[str, Value]] = {}
    stages = (Stage.APPRAISED, Stage.REAPPRAISED)
    for value in Value.objects.fresh().filter(participant=participant, stage__in=stages):
        found.setdefault(value.criterion_id, {})[value.stage] = value
    return {leaf for leaf, by_stage in found.items() if is_lowered(*(by_stage.get(stage) for stage in stages))}


def assessed(group: Group) -> list[Participant]:
    """The units of the group that are assessed, with what belongs to their opening."""
    chosen = group.participants.filter(is_assessed=True, has_figures=True)
    return list(chosen.select_related("criteria_set", "unit").order_by("pk"))


def _open(group: Group, data: dict[str, Any]) -> None:
    reasons = []
    participants = assessed(group)
    if not participants:
        reasons.append("Khối chưa có đơn vị nào được đánh giá.")
    window = Window.objects.filter(group=group, phase=Phase.SELF_ASSESSMENT).first()
    if window is None:
        reasons.append("Khối chưa có thời hạn tự chấm.")
    elif window.closes_at <= database_now():
        reasons.append("Thời hạn tự chấm của khối đã qua. Đặt lại thời hạn.")
    sets = {item.criteria_set_id: item.criteria_set for item in participants}
    for criteria_set in sets.values():
        if not criteria_set.criteria.in_force().exists():
            reasons.append(f"Bộ tiêu chí “{criteria_set.title}” chưa có tiêu chí nào.")
    reasons += faults_of(group.campaign)
    if reasons:
        raise Blocked("Chưa mở tự chấm được.", reasons)
    pending = Criterion.objects.in_force().filter(criteria_set__in=sets, rule_pending=True)
    if not data.get("accept_pending") and (codes := list(pending.order_by("path").values_list("code", flat=True))):
        raise Blocked(
            "Có tiêu chí chưa có quy tắc: điểm sẽ do người chấm tự cho. Đánh dấu xác nhận nếu đúng ý, rồi mở lại.",
            [f"{code}: chưa có quy tắc." for code in codes],
        )


def _start_appraisal(group: Group, data: dict[str, Any]) -> None:
    now = database_now()
    window = Window.objects.filter(group=group, phase=Phase.SELF_ASSESSMENT).first()
    waiting = Submission.objects.filter(
        participant__group=group,
        participant__is_assessed=True,
        state__in=(SubmissionState.DRAFT, SubmissionState.AT_HEAD),
    ).select_related("participant")
    reasons = []
    for submission in waiting:
        limits = [limit for limit in (window and window.closes_at, submission.extended_until) if limit]
        if not limits or now < max(limits):
            reasons.append(f"{submission.participant.name}: chưa nộp và còn trong hạn.")
    if reasons:
        raise Blocked("Chưa chuyển sang thẩm định được.", reasons)


def _start_explanation(group: Group, data: dict[str, Any]) -> None:
    reasons = _unsigned(group, 1)
    undecided = Submission.objects.filter(
        participant__group=group,
        participant__is_assessed=True,
        state=SubmissionState.NOT_SUBMITTED,
        resolution=Resolution.NONE,
    )
    reasons += [f"{name}: {UNDECIDED}" for name in undecided.values_list("participant__name", flat=True)]
    open_dossiers = Submission.objects.filter(
        participant__group=group,
        participant__is_assessed=True,
        state__in=(SubmissionState.DRAFT, SubmissionState.AT_HEAD),
    )
    names = open_dossiers.values_list("participant__name", flat=True)
    reasons += [f"{name}: hồ sơ được mở khóa, chưa nộp lại." for name in names]
    window = Window.objects.filter(group=group, phase=Phase.EXPLANATION).first()
    if window is None or window.closes_at <= database_now():
        reasons.append("Khối chưa có thời hạn giải trình, hoặc thời hạn đã qua. Đặt thời hạn trước.")
    if reasons:
        raise Blocked("Chưa mở giải trình được.", reasons)


def _start_reappraisal(group: Group, data: dict[str, Any]) -> None:
    now = database_now()
    window = Window.objects.filter(group=group, phase=Phase.EXPLANATION).first()
    asked = Explanation.objects.filter(participant__group=group, participant__is_assessed=True)
    waiting = asked.exclude(state=ExplanationState.SUBMITTED)
    if window is not None and now >= window.closes_at:
        waiting = waiting.filter(reopened_until__gt=now)
    names = waiting.order_by("participant").values_list("participant__name", flat=True)
    if reasons := [f"{name}: chưa gửi giải trình và còn trong hạn." for name in names]:
        raise Blocked("Chưa chuyển sang thẩm định 2 được.", reasons)


def _start_council(group: Group, data: dict[str, Any]) -> None:
    if reasons := _unsigned(group, 2):
        raise Blocked("Chưa trình hội đồng được.", reasons)


def _finalise(group: Group, data: dict[str, Any]) -> None:
    reasons = [str(item) for item in missing_for_official(group.campaign, [group])]
    if reasons := reasons + faults_of(group.campaign):
        raise Blocked("Chưa chốt được: còn việc chưa xong.", reasons)


def _return_to_self_assessment(group: Group, data: dict[str, Any]) -> None:
    if AppraisalPart.objects.filter(participant__group=group, state=PartState.SIGNED).exists():
        raise Conflict("Đã có phần thẩm định được ký, nên không quay lại tự chấm. Mở khóa riêng từng đơn vị nếu cần.")


def _return_to_appraisal(group: Group, data: dict[str, Any]) -> None:
    sent = Explanation.objects.filter(participant__group=group, state=ExplanationState.SUBMITTED)
    if sent.exists():
        raise Conflict("Đã có đơn vị gửi giải trình, nên không quay lại thẩm định 1.")


def _return_to_explanation(group: Group, data: dict[str, Any]) -> None:
    if AppraisalPart.objects.filter(participant__group=group, round=2, state=PartState.SIGNED).exists():
        raise Conflict("Đã có phần thẩm định vòng 2 được ký, nên không quay lại giải trình.")


def _return_to_reappraisal(group: Group, data: dict[str, Any]) -> None:
    if Value.objects.filter(participant__group=group, stage=Stage.COUNCIL).exists():
        raise Conflict("Hội đồng đã quyết định, nên không quay lại thẩm định 2.")


def _nothing(group: Group, data: dict[str, Any]) -> None:
    """The row of the table says it all."""


def _unsigned(group: Group, round_number: int) -> list[str]:
    """Parts of the round that are required and not signed; those of a dossier set to nought, and of a unit that was
    left out since, are not required."""
    parts = AppraisalPart.objects.filter(participant__group=group, participant__is_assessed=True, round=round_number)
    parts = parts.exclude(state=PartState.SIGNED).exclude(participant__submission__resolution=Resolution.NOUGHT)
    rows = parts.select_related("participant", "component").order_by("participant", "component__path")
    return [f"{part.participant.name}: phần lĩnh vực {part.component.code} chưa ký." for part in rows]


_GUARDS: dict[str, Callable[[Group, dict[str, Any]], None]] = {
    "open": _open,
    "start_appraisal": _start_appraisal,
    "start_explanation": _start_explanation,
    "start_reappraisal": _start_reappraisal,
    "start_council": _start_council,
    "finalise": _finalise,
    "publish": _nothing,
    "return_to_self_assessment": _return_to_self_assessment,
    "return_to_appraisal": _return_to_appraisal,
    "return_to_explanation": _return_to_explanation,
    "return_to_reappraisal": _return_to_reappraisal,
    "return_to_council": _nothing,
}

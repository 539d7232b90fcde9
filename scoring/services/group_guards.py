"""On what data a group goes from one phase to the next. Called by the door only, all dossiers of the group locked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import QuerySet

from scoring.enums import ExplanationState, PartState, Phase, Resolution, Stage, SubmissionState
from scoring.models import (
    AppraisalPart,
    CriteriaSet,
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
from scoring.services.dossier import deadline_in, limit_of
from scoring.services.errors import Blocked, Conflict
from scoring.workflow import Transition

_WRITING = (SubmissionState.DRAFT, SubmissionState.AT_HEAD)


Refusals = dict[int, Blocked | Conflict]
"""Group (pk) → why it cannot go; a group that can is not in it."""


def prepare(transition: Transition, group: Group, data: dict[str, Any]) -> dict[str, Any]:
    """Check what the step needs; raises `Conflict` or `Blocked` with every reason. A group sets no further columns."""
    refused = refusals(transition, [group], data)
    if group.pk in refused:
        raise refused[group.pk]
    return {}


def refusals(transition: Transition, groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    """Which groups of one campaign cannot take the step, each with what the door would raise; as many queries at any
    number of groups."""
    return _GUARDS[transition.name](groups, data) if groups else {}


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


def _open(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    now, windows = database_now(), _windows(groups, Phase.SELF_ASSESSMENT)
    taking: dict[int, list[CriteriaSet]] = {group.pk: [] for group in groups}
    rows = Participant.objects.filter(group__in=groups, is_assessed=True, has_figures=True)
    for item in rows.select_related("criteria_set").order_by("pk"):
        taking[item.group_id].append(item.criteria_set)
    leaves = Criterion.objects.in_force().filter(criteria_set__campaign=groups[0].campaign_id)
    filled = set(leaves.values_list("criteria_set", flat=True))
    faults = faults_of(groups[0].campaign)
    pending: dict[int, list[str]] = defaultdict(list)
    for criteria_set, code in leaves.filter(rule_pending=True).order_by("path").values_list("criteria_set", "code"):
        pending[criteria_set].append(code)
    found: Refusals = {}
    for group in groups:
        sets = {item.pk: item.title for item in taking[group.pk]}
        reasons = [] if sets else ["Khối chưa có đơn vị nào được đánh giá."]
        window = windows.get(group.pk)
        if window is None:
            reasons.append("Khối chưa có thời hạn tự chấm.")
        elif window.closes_at <= now:
            reasons.append("Thời hạn tự chấm của khối đã qua. Đặt lại thời hạn.")
        reasons += [f"Bộ tiêu chí “{title}” chưa có tiêu chí nào." for pk, title in sets.items() if pk not in filled]
        if reasons := reasons + faults:
            found[group.pk] = Blocked("Chưa mở tự chấm được.", reasons)
        elif not data.get("accept_pending") and (codes := [code for pk in sets for code in pending[pk]]):
            found[group.pk] = Blocked(
                "Có tiêu chí chưa có quy tắc: điểm sẽ do người chấm tự cho. Đánh dấu xác nhận nếu đúng ý, rồi mở lại.",
                [f"{code}: chưa có quy tắc." for code in codes],
            )
    return found


def _start_appraisal(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    now, windows = database_now(), _windows(groups, Phase.SELF_ASSESSMENT)
    waiting = _dossiers(groups).filter(state__in=_WRITING).select_related("participant")
    reasons: dict[int, list[str]] = defaultdict(list)
    for submission in waiting:
        unit = submission.participant
        window = windows.get(unit.group_id)
        limit = limit_of(Phase.SELF_ASSESSMENT, window, submission.extended_until)
        if limit is None or now < limit.ends_at:
            reasons[unit.group_id].append(f"{unit.name}: chưa nộp và còn trong hạn.")
    return _blocked("Chưa chuyển sang thẩm định được.", reasons)


def _start_explanation(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    now, windows = database_now(), _windows(groups, Phase.EXPLANATION)
    reasons = _unsigned(groups, 1)
    undecided = _dossiers(groups).filter(state=SubmissionState.NOT_SUBMITTED, resolution=Resolution.NONE)
    for pk, name in undecided.values_list("participant__group", "participant__name"):
        reasons[pk].append(f"{name}: {UNDECIDED}")
    open_dossiers = _dossiers(groups).filter(state__in=_WRITING)
    for pk, name in open_dossiers.values_list("participant__group", "participant__name"):
        reasons[pk].append(f"{name}: hồ sơ được mở khóa, chưa nộp lại.")
    for group in groups:
        window = windows.get(group.pk)
        if window is None or window.closes_at <= now:
            reasons[group.pk].append("Khối chưa có thời hạn giải trình, hoặc thời hạn đã qua. Đặt thời hạn trước.")
    return _blocked("Chưa mở giải trình được.", reasons)


def _start_reappraisal(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    now, windows = database_now(), _windows(groups, Phase.EXPLANATION)
    asked = Explanation.objects.filter(participant__group__in=groups, participant__is_assessed=True)
    waiting = asked.exclude(state=ExplanationState.SUBMITTED).order_by("participant")
    reasons: dict[int, list[str]] = defaultdict(list)
    for pk, name, own in waiting.values_list("participant__group", "participant__name", "reopened_until"):
        window = windows.get(pk)
        is_over = window is not None and now >= deadline_in(window, window.closes_at).ends_at
        if not is_over or (own is not None and now < deadline_in(window, own).ends_at):
            reasons[pk].append(f"{name}: chưa gửi giải trình và còn trong hạn.")
    return _blocked("Chưa chuyển sang thẩm định 2 được.", reasons)


def _start_council(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    return _blocked("Chưa trình hội đồng được.", _unsigned(groups, 2))


def _finalise(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    campaign, faults = groups[0].campaign, faults_of(groups[0].campaign)
    reasons: dict[int, list[str]] = defaultdict(list)
    for item in missing_for_official(campaign, groups):
        # What is of the whole campaign stands in the way of each of its groups.
        for pk in [item.participant.group_id] if item.participant else [group.pk for group in groups]:
            reasons[pk].append(str(item))
    for group in groups:
        reasons[group.pk] += faults
    return _blocked("Chưa chốt được: còn việc chưa xong.", reasons)


def _return_to_self_assessment(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    return _where(
        AppraisalPart.objects.filter(state=PartState.SIGNED), groups,
        "Đã có phần thẩm định được ký, nên không quay lại tự chấm. Mở khóa riêng từng đơn vị nếu cần.",
    )  # fmt: skip


def _return_to_appraisal(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    sent = Explanation.objects.filter(state=ExplanationState.SUBMITTED)
    return _where(sent, groups, "Đã có đơn vị gửi giải trình, nên không quay lại thẩm định 1.")


def _return_to_explanation(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    signed = AppraisalPart.objects.filter(round=2, state=PartState.SIGNED)
    return _where(signed, groups, "Đã có phần thẩm định vòng 2 được ký, nên không quay lại giải trình.")


def _return_to_reappraisal(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    decided = Value.objects.filter(stage=Stage.COUNCIL)
    return _where(decided, groups, "Hội đồng đã quyết định, nên không quay lại thẩm định 2.")


def _nothing(groups: Sequence[Group], data: dict[str, Any]) -> Refusals:
    """The row of the table says it all."""
    return {}


def _windows(groups: Sequence[Group], phase: Phase) -> dict[int, Window]:
    return {item.group_id: item for item in Window.objects.filter(group__in=groups, phase=phase)}


def _dossiers(groups: Sequence[Group]) -> QuerySet[Submission]:
    return Submission.objects.filter(participant__group__in=groups, participant__is_assessed=True)


def _unsigned(groups: Sequence[Group], round_number: int) -> dict[int, list[str]]:
    """Parts of the round that are required and not signed, by group (pk); those of a dossier set to nought, and of a
    unit that was left out since, are not required."""
    parts = AppraisalPart.objects.filter(participant__group__in=groups, participant__is_assessed=True)
    parts = parts.filter(round=round_number).exclude(state=PartState.SIGNED)
    parts = parts.exclude(participant__submission__resolution=Resolution.NOUGHT)
    found: dict[int, list[str]] = defaultdict(list)
    for part in parts.select_related("participant", "component").order_by("participant", "component__path"):
        found[part.participant.group_id].append(
            f"{part.participant.name}: phần lĩnh vực {part.component.code} chưa ký."
        )
    return found


def _blocked(sentence: str, reasons: dict[int, list[str]]) -> Refusals:
    return {group: Blocked(sentence, told) for group, told in reasons.items() if told}


def _where(rows: QuerySet[Any], groups: Sequence[Group], sentence: str) -> Refusals:
    """The same refusal for every group of whose units there is such a row."""
    found = rows.filter(participant__group__in=groups).order_by().values_list("participant__group", flat=True)
    return {group: Conflict(sentence) for group in found.distinct()}


_GUARDS: dict[str, Callable[[Sequence[Group], dict[str, Any]], Refusals]] = {
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

"""The only bridge to the engine: database → campaign file → engine → results, kept as a run for ever."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from django.db import transaction

from scoring.engine import ENGINE_VERSION
from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import canonical_bytes, input_sha256, load_campaign
from scoring.enums import RunKind, Stage
from scoring.models import Campaign, CriteriaSet, Criterion, Participant, Run, Value
from units import trail
from units.models import User

# In force is the last stage that has spoken (architecture, "Value rows"); declared values never count officially.
OFFICIAL_STAGES = (Stage.PUBLISHED, Stage.ENTERED, Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL)

NOBODY_TAKES_PART = "Kỳ đánh giá chưa có đơn vị nào có số liệu. Nhập số liệu trước khi tính."


class CannotCalculate(Exception):
    """The campaign's data cannot be computed; `faults` are Vietnamese sentences that name the places."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def build_campaign_file(campaign: Campaign) -> dict[str, Any]:
    """The campaign file of methodology, section 1, from the rows of today; five queries at any size."""
    groups = list(campaign.groups.order_by("position"))
    sets = list(campaign.criteria_sets.order_by("position", "code"))
    participants = list(
        campaign.participants.filter(has_figures=True).select_related("group", "criteria_set").order_by("pk")
    )
    return {
        "format": "parindex-campaign/1",
        "campaign": {"code": campaign.code, "title": campaign.title},
        "policy": campaign.policy,
        "grades": campaign.grades,
        "gates": campaign.gates,
        "criteria_sets": _criteria_sets(sets),
        "groups": [_group(group) for group in groups],
        "units": _units(participants),
    }


def current_input_sha256(campaign: Campaign) -> str:
    """Digest of what a run calculated now would be given; equal to a run's digest while nothing has changed.

    Empty where the rows cannot even be written as a campaign file, which equals no run's digest.
    """
    try:
        return input_sha256(canonical_bytes(build_campaign_file(campaign)))
    except CampaignFaults:
        return ""


def calculate(campaign: Campaign, by: User | None, kind: RunKind = RunKind.OFFICIAL) -> Run:
    """Compute the campaign as it stands and append a run; raises `CannotCalculate` with every fault.

    The campaign's row is locked meanwhile, so that two runs never take one number.
    """
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if not locked.participants.filter(has_figures=True).exists():
            raise CannotCalculate([NOBODY_TAKES_PART])
        campaign_file = json.dumps(build_campaign_file(locked), ensure_ascii=False, indent=1) + "\n"
        results = _compute(campaign_file.encode())
        number = (locked.runs.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        run = Run.objects.create(
            campaign=locked,
            number=number,
            kind=kind,
            engine_version=ENGINE_VERSION,
            input_sha256=input_sha256(campaign_file.encode()),
            results_sha256=hashlib.sha256(results).hexdigest(),
            campaign_file=campaign_file,
            results_file=results.decode(),
            campaign_version=locked.version,
            calculated_by=by,
        )
        trail.record(
            "scoring.calculate",
            by=by,
            about=run,
            scope=locked.trail_scope,
            label=f"Tính lần {number}: {locked.title}",
            input_sha256=run.input_sha256,
            results_sha256=run.results_sha256,
        )
    return run


def faults_of(campaign: Campaign) -> list[str]:
    """What keeps the campaign from being computed as it stands, in sentences; empty when nothing does."""
    try:
        load_campaign(canonical_bytes(build_campaign_file(campaign)))
    except CampaignFaults as refused:
        return [str(fault) for fault in refused.faults]
    return []


def verify(run: Run) -> list[str]:
    """Recompute a run from its own kept input; sentences about every difference, empty when it stands."""
    given, kept = run.campaign_file.encode(), run.results_file.encode()
    faults = []
    if hashlib.sha256(kept).hexdigest() != run.results_sha256:
        faults.append("Tệp kết quả đã lưu không khớp mã băm của lần tính.")
    try:
        if input_sha256(given) != run.input_sha256:
            faults.append("Tệp đầu vào đã lưu không khớp mã băm của lần tính.")
        again = compute(given)
    except CampaignFaults as refused:
        return [*faults, "Tệp đầu vào đã lưu không còn tính được:", *(str(fault) for fault in refused.faults)]
    if _numbers(again) != _numbers(kept):
        faults.append("Tính lại ra kết quả khác với kết quả đã lưu.")
    return faults


def _numbers(results: bytes) -> Any:
    """The results without the engine's version: a newer engine must give the same (methodology, section 3).

    None for a text that is no results file.
    """
    try:
        content = json.loads(results)
    except ValueError:
        return None
    return {key: content[key] for key in content if key != "engine"} if isinstance(content, dict) else None


def _compute(campaign_file: bytes) -> bytes:
    try:
        return compute(campaign_file)
    except CampaignFaults as refused:
        raise CannotCalculate([str(fault) for fault in refused.faults]) from refused


def _number(value: Decimal) -> str:
    """Plain notation without trailing zeros: Decimal("9.5000000000") → "9.5"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _group(group: Any) -> dict[str, Any]:
    own = {key: getattr(group, key) for key in ("grades", "gates") if getattr(group, key) is not None}
    return {"code": group.code, "title": group.title, **own}


def _criteria_sets(sets: list[CriteriaSet]) -> list[dict[str, Any]]:
    trees: dict[int, list[dict[str, Any]]] = {criteria_set.pk: [] for criteria_set in sets}
    nodes: dict[int, dict[str, Any]] = {}
    for criterion in Criterion.objects.filter(criteria_set__in=sets).order_by("criteria_set", "path"):
        node = _node(criterion)
        nodes[criterion.pk] = node
        if criterion.parent_id is None:
            node["weight"] = None if criterion.weight is None else _number(criterion.weight)
            trees[criterion.criteria_set_id].append(node)
        else:
            nodes[criterion.parent_id].setdefault("children", []).append(node)
    return [{"code": item.code, "title": item.title, "criteria": trees[item.pk]} for item in sets]


def _node(criterion: Criterion) -> dict[str, Any]:
    node: dict[str, Any] = {
        "code": criterion.code,
        "title": criterion.title,
        "max_points": _number(criterion.max_points),
    }
    if criterion.rule is not None:
        node |= {"source": criterion.source, "role": criterion.role, "rule": criterion.rule}
    return node


def _units(participants: list[Participant]) -> list[dict[str, Any]]:
    answers = _answers([participant.pk for participant in participants])
    return [
        {
            "code": participant.code,
            "name": participant.name,
            "group": participant.group.code,
            "criteria_set": participant.criteria_set.code,
            "ranked": participant.is_ranked,
            "not_applicable": participant.not_applicable,
            "answers": answers.get(participant.pk, {}),
            "grade_override": participant.grade_override,
        }
        for participant in participants
    ]


def _answers(participants: list[int]) -> dict[int, dict[str, Any]]:
    """Per participant: leaf code → the value in force, in the order of the tree."""
    rank = {stage.value: position for position, stage in enumerate(OFFICIAL_STAGES)}
    values = (
        Value.objects.filter(participant__in=participants, stage__in=OFFICIAL_STAGES)
        .select_related("criterion")
        .order_by("participant", "criterion__path")
    )
    in_force: dict[tuple[int, str], Value] = {}
    for value in values.iterator(chunk_size=5000):
        key = (value.participant_id, value.criterion.code)
        if key not in in_force or rank[value.stage] > rank[in_force[key].stage]:
            in_force[key] = value
    answers: dict[int, dict[str, Any]] = {}
    for (participant, code), value in in_force.items():
        answers.setdefault(participant, {})[code] = _answer(value)
    return answers


def _answer(value: Value) -> dict[str, Any]:
    if value.not_applicable:
        return {"not_applicable": True, "reason": value.reason}
    if value.points is not None:
        return {"points": _number(value.points), "reason": value.reason}
    return {"inputs": value.inputs}

"""The only bridge to the engine: database → campaign file → engine → results, kept as a run for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction

from scoring.engine import ENGINE_VERSION
from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import canonical_bytes, input_sha256, load_campaign
from scoring.engine.load_policy import ANY_COMPONENT
from scoring.enums import Resolution, RunKind, Stage
from scoring.models import Campaign, CriteriaSet, Criterion, Participant, Run, Submission, Value
from scoring.services.leaves import plain_number
from units import trail
from units.models import User

# In force is the last stage that has spoken (architecture, "Value rows"); declared values never count officially.
OFFICIAL_STAGES = (Stage.PUBLISHED, Stage.ENTERED, Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL)
PROVISIONAL_STAGES = (Stage.DECLARED, *OFFICIAL_STAGES)
SELF_STAGES = (Stage.DECLARED, Stage.APPRAISED, Stage.REAPPRAISED)

NOBODY_TAKES_PART = "Kỳ đánh giá chưa có đơn vị nào có số liệu. Nhập số liệu trước khi tính."


class CannotCalculate(Exception):
    """The campaign's data cannot be computed; `faults` are Vietnamese sentences that name the places."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


def build_campaign_file(
    campaign: Campaign,
    kind: str = RunKind.OFFICIAL,
    *,
    only: Participant | None = None,
    accept_claims: bool = False,
    stages: Collection[str] | None = None,
) -> dict[str, Any]:
    """The campaign file of methodology, section 1, from the rows of today; seven queries at any size.

    An official file holds what is in force; a provisional one also declared figures and points that nobody has
    confirmed yet. `only` makes the file of one unit alone; `accept_claims` (provisional) takes its open claims "không
    áp dụng" for confirmed. `stages` leaves out what later stages have said, the council's class with them: what a
    reader who must not know of them may be shown.
    """
    groups = list(campaign.groups.order_by("position"))
    chosen = campaign.participants.filter(has_figures=True, is_assessed=True)
    if only is not None:
        chosen = chosen.filter(pk=only.pk)
        groups = [group for group in groups if group.pk == only.group_id]
    participants = list(chosen.select_related("group", "criteria_set").order_by("pk"))
    sets = list(campaign.criteria_sets.order_by("position", "code"))
    if only is not None:
        sets = [item for item in sets if item.pk == only.criteria_set_id]
    content = {
        "format": "parindex-campaign/1",
        "campaign": {"code": campaign.code, "title": campaign.title},
        "policy": campaign.policy,
        "grades": campaign.grades,
        "gates": campaign.gates,
        "criteria_sets": _criteria_sets(sets),
        "groups": [_group(group) for group in groups],
        "units": _units(campaign, participants, kind, accept_claims, stages),
    }
    if only is not None:
        _leave_out_foreign_gates(content)
    return content


def _leave_out_foreign_gates(content: dict[str, Any]) -> None:
    """Leave out gates on nodes of sets that are not in the file. They pass over a unit of another set anyway; in a file
    without their set they would be faults."""
    waiting = [node for item in content["criteria_sets"] for node in item["criteria"]]
    codes = {ANY_COMPONENT}
    while waiting:
        node = waiting.pop()
        codes.add(node["code"])
        waiting += node.get("children", [])
    for owner in (content, *content["groups"]):
        if "gates" in owner:
            owner["gates"] = [gate for gate in owner["gates"] if gate["node"] in codes]


def current_input_sha256(campaign: Campaign, kind: str = RunKind.OFFICIAL) -> str:
    """Digest of what a run of `kind` calculated now would be given; a run's digest while nothing has changed.

    Empty where the rows cannot even be written as a campaign file, which equals no run's digest.
    """
    try:
        return input_sha256(canonical_bytes(build_campaign_file(campaign, kind)))
    except CampaignFaults:
        return ""


def calculate(campaign: Campaign, by: User | None, kind: RunKind = RunKind.OFFICIAL) -> Run:
    """Compute the campaign as it stands and append a run; raises `CannotCalculate` with every fault.

    Whether an official run may be made at all is asked by `scoring.services.running`, which people go through.

    The campaign's row is locked meanwhile, so that two runs never take one number.
    """
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if not locked.participants.filter(has_figures=True).exists():
            raise CannotCalculate([NOBODY_TAKES_PART])
        campaign_file = json.dumps(build_campaign_file(locked, kind), ensure_ascii=False, indent=1) + "\n"
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
            label=f"Tính lần {number} ({RunKind(kind).label.lower()}): {locked.title}",
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


def _group(group: Any) -> dict[str, Any]:
    own = {key: getattr(group, key) for key in ("grades", "gates") if getattr(group, key) is not None}
    return {"code": group.code, "title": group.title, **own}


def _criteria_sets(sets: list[CriteriaSet]) -> list[dict[str, Any]]:
    trees: dict[int, list[dict[str, Any]]] = {criteria_set.pk: [] for criteria_set in sets}
    nodes: dict[int, dict[str, Any]] = {}
    for criterion in Criterion.objects.in_force().filter(criteria_set__in=sets).order_by("criteria_set", "path"):
        node = _node(criterion)
        nodes[criterion.pk] = node
        if criterion.parent_id is None:
            node["weight"] = None if criterion.weight is None else plain_number(criterion.weight)
            trees[criterion.criteria_set_id].append(node)
        else:
            nodes[criterion.parent_id].setdefault("children", []).append(node)
    return [{"code": item.code, "title": item.title, "criteria": trees[item.pk]} for item in sets]


def _node(criterion: Criterion) -> dict[str, Any]:
    node: dict[str, Any] = {
        "code": criterion.code,
        "title": criterion.title,
        "max_points": plain_number(criterion.max_points),
    }
    if criterion.rule is not None:
        node |= {"source": criterion.source, "role": criterion.role, "rule": criterion.rule}
    return node


def _units(
    campaign: Campaign,
    participants: list[Participant],
    kind: str,
    accept_claims: bool,
    stages: Collection[str] | None,
) -> list[dict[str, Any]]:
    answers = _answers(participants, kind, accept_claims, stages)
    knows_council = stages is None or Stage.COUNCIL in stages
    excluded = _exclusions(campaign)
    return [
        {
            "code": participant.code,
            "name": participant.name,
            "group": participant.group.code,
            "criteria_set": participant.criteria_set.code,
            "ranked": participant.is_ranked,
            "not_applicable": [
                *participant.not_applicable,
                *excluded.get(("group", participant.group_id, participant.criteria_set_id), []),
                *excluded.get(("unit", participant.pk, participant.criteria_set_id), []),
            ],
            "answers": answers.get(participant.pk, {}),
            "grade_override": participant.grade_override if knows_council else None,
        }
        for participant in participants
    ]


def _exclusions(campaign: Campaign) -> dict[tuple[str, int | None, int], list[dict[str, str]]]:
    """Confirmed exclusions by whose they are (unit or group) and the criteria set they name a node of."""
    found: dict[tuple[str, int | None, int], list[dict[str, str]]] = {}
    confirmed = campaign.exclusions.filter(confirmed_at__isnull=False, criterion__retired_in__isnull=True)
    for item in confirmed.select_related("criterion").order_by("criterion__path", "pk"):
        whose = ("unit", item.participant_id) if item.participant_id else ("group", item.group_id)
        told = {"criterion": item.criterion.code, "reason": item.reason, "legal_basis": item.legal_basis}
        found.setdefault((*whose, item.criterion.criteria_set_id), []).append(told)
    return found


def _answers(
    participants: list[Participant], kind: str, accept_claims: bool, only_stages: Collection[str] | None
) -> dict[int, dict[str, Any]]:
    """Per participant: leaf code → the answer in force, in the order of the tree.

    In force is the last stage that has spoken. Entered points count once confirmed (in a provisional file at once); a
    declared claim "không áp dụng" does not count until an appraiser has confirmed it; of a dossier set to nought only
    entered points count; a value older than its rule does not count. `only_stages` narrows what is looked at.
    """
    spoken = OFFICIAL_STAGES if kind == RunKind.OFFICIAL else PROVISIONAL_STAGES
    stages = [stage for stage in spoken if only_stages is None or stage in only_stages]
    rank = {stage.value: position for position, stage in enumerate(stages)}
    found: dict[tuple[int, str], _Row] = {}
    # Plain rows: a province has tens of thousands of values, and a model object for each would cost most of the time.
    for row in _rows(participants, kind, stages).iterator(chunk_size=5000):
        given = _Row(*row)
        if given.stage == Stage.DECLARED and given.not_applicable and not accept_claims:
            continue
        key = (given.participant, given.code)
        if key not in found or rank[given.stage] > rank[found[key].stage]:
            found[key] = given
    answers: dict[int, dict[str, Any]] = {}
    for (participant, code), given in found.items():
        answers.setdefault(participant, {})[code] = _answer(given)
    return answers


class _Row(NamedTuple):
    """One value as far as a campaign file needs it."""

    participant: int
    code: str
    stage: str
    inputs: dict[str, Any] | None
    points: Decimal | None
    not_applicable: bool
    reason: str
    legal_basis: str


def _rows(participants: list[Participant], kind: str, stages: list[Stage]) -> Any:
    values = Value.objects.fresh().filter(participant__in=[item.pk for item in participants], stage__in=stages)
    if kind == RunKind.OFFICIAL:
        values = values.exclude(stage=Stage.ENTERED, confirmed_at__isnull=True)
    if nought := _set_to_nought(participants):
        values = values.exclude(participant__in=nought, stage__in=SELF_STAGES)
    return values.order_by("participant", "criterion__path").values_list(
        "participant", "criterion__code", "stage", "inputs", "points", "not_applicable", "reason", "legal_basis"
    )


def _set_to_nought(participants: list[Participant]) -> set[int]:
    found = Submission.objects.filter(participant__in=participants, resolution=Resolution.NOUGHT)
    return set(found.values_list("participant", flat=True))


def _answer(value: _Row) -> dict[str, Any]:
    if value.not_applicable:
        reason = f"{value.reason} ({value.legal_basis})" if value.legal_basis else value.reason
        return {"not_applicable": True, "reason": reason}
    if value.points is not None:
        return {"points": plain_number(value.points), "reason": value.reason}
    return {"inputs": value.inputs}

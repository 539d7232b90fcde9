"""The only bridge to the engine: database → campaign file → engine → results, kept as a run for ever."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction

from scoring.engine import ENGINE_VERSION
from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import canonical_bytes, input_sha256, load_campaign
from scoring.enums import Resolution, RunKind, Stage
from scoring.models import Campaign, Criterion, Exclusion, Participant, Run, Submission, Value
from scoring.services.campaign_file import (
    SELF_STAGES,
    Facts,
    Said,
    campaign_file,
    leave_out_foreign_gates,
    spoken_stages,
)
from units import trail
from units.models import User

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
    sets = list(campaign.criteria_sets.order_by("position", "code"))
    if only is not None:
        chosen = chosen.filter(pk=only.pk)
        groups = [group for group in groups if group.pk == only.group_id]
        sets = [item for item in sets if item.pk == only.criteria_set_id]
    participants = list(chosen.select_related("group", "criteria_set").order_by("pk"))
    spoken = spoken_stages(kind, stages)
    facts = Facts(
        groups,
        sets,
        Criterion.objects.in_force().filter(criteria_set__in=sets).order_by("criteria_set", "path"),
        participants,
        # Plain rows: a province has tens of thousands of values; a model object for each would cost most of the time.
        map(Said._make, _rows(participants, kind, spoken).iterator(chunk_size=5000)),
        _exclusions(campaign),
    )
    content = campaign_file(campaign, facts, spoken, accept_claims=accept_claims, stages=stages)
    if only is not None:
        leave_out_foreign_gates(content)
    return content


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
        content = json.dumps(build_campaign_file(locked, kind), ensure_ascii=False, indent=1) + "\n"
        results = _compute(content.encode())
        number = (locked.runs.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        run = Run.objects.create(
            campaign=locked,
            number=number,
            kind=kind,
            engine_version=ENGINE_VERSION,
            input_sha256=input_sha256(content.encode()),
            results_sha256=hashlib.sha256(results).hexdigest(),
            campaign_file=content,
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


def _compute(content: bytes) -> bytes:
    try:
        return compute(content)
    except CampaignFaults as refused:
        raise CannotCalculate([str(fault) for fault in refused.faults]) from refused


def _exclusions(campaign: Campaign) -> Iterable[Exclusion]:
    confirmed = campaign.exclusions.filter(confirmed_at__isnull=False, criterion__retired_in__isnull=True)
    return confirmed.select_related("criterion").order_by("criterion__path", "pk")


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

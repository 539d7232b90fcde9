"""What an amendment would touch: values by stage, signed parts, and every unit's provisional index before and after."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count

from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import canonical_bytes
from scoring.enums import PartState, RunKind
from scoring.files.annex_layout import AnnexSet
from scoring.models import AppraisalPart, CriteriaSet, Value
from scoring.services.calculation import build_campaign_file
from scoring.services.criteria_changes import Change, ChangeKind, component_ids
from scoring.services.criteria_export import annex_of
from scoring.services.criteria_gates import codes_of, gate_moves, renamed
from scoring.services.criteria_proof import criteria_tree
from scoring.services.errors import Blocked

NOT_COMPUTABLE = "Chưa soạn được: với bộ tiêu chí sửa đổi, kỳ đánh giá không tính được."


def impact(criteria_set: CriteriaSet, annex: AnnexSet, changes: Iterable[Change]) -> dict[str, Any]:
    """What applying `annex` (with permanent ids) would touch, as JSON:

    {"values": {stage: count}, "units": units with values that would no longer count, "parts": finished or signed
    parts that would reopen, "indices": [{"code", "name", "group", "before", "after", "grade_before", "grade_after",
    "rank_before", "rank_after"}], "gates": sentences about conditions that cap a class and whose code changes}, indices
    as printed under the campaign's policy. Raises `Blocked` with the engine's faults where the campaign could not be
    computed any more.
    """
    changes = tuple(changes)
    gone = [change.permanent_id for change in changes if change.outdates or change.kind == ChangeKind.REMOVED]
    touched = Value.objects.fresh().filter(criterion__criteria_set=criteria_set, criterion__permanent_id__in=gone)
    moves = gate_moves(criteria_set.campaign, criteria_set.campaign.groups.all(), annex_of(criteria_set), annex)
    stages = touched.values("stage").annotate(count=Count("pk")).order_by("stage")
    return {
        "values": {row["stage"]: row["count"] for row in stages},
        "units": touched.values("participant").distinct().count(),
        "parts": parts_to_reopen(criteria_set, annex, changes).count(),
        "indices": _indices(criteria_set, annex, changes, codes_of(moves)),
        "gates": [move.sentence for move in moves],
    }


def parts_to_reopen(criteria_set: CriteriaSet, annex: AnnexSet, changes: Iterable[Change]) -> Any:
    """Finished and signed parts in which a leaf must be judged anew: its rule, maximum or source changed, it is new, or
    it comes from another component."""
    codes = [change.code for change in changes if change.outdates or change.crosses]
    components = component_ids(annex)
    ids = {components[code] for code in codes}
    finished = AppraisalPart.objects.filter(
        component__criteria_set=criteria_set, state__in=(PartState.DONE, PartState.SIGNED)
    )
    return finished.filter(component__permanent_id__in=ids)


def _indices(
    criteria_set: CriteriaSet, annex: AnnexSet, changes: tuple[Change, ...], codes: Mapping[str, str]
) -> list[dict[str, Any]]:
    file = build_campaign_file(criteria_set.campaign, RunKind.PROVISIONAL)
    names = {unit["code"]: unit["name"] for unit in file["units"] if unit["criteria_set"] == criteria_set.code}
    before = _computed(file)
    after = _computed(_with_gates(_amended(file, annex_of(criteria_set), annex, changes), codes))
    return [
        {
            "code": code,
            "name": names[code],
            "group": was["group"],
            "before": was["index"],
            "after": after[code]["index"],
            "grade_before": was["grade"],
            "grade_after": after[code]["grade"],
            "rank_before": was["rank"],
            "rank_after": after[code]["rank"],
        }
        for code, was in before.items()
        if code in names
    ]


def _computed(file: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Unit code → its line of the results."""
    try:
        results = json.loads(compute(canonical_bytes(file)))
    except CampaignFaults as refused:
        raise Blocked(NOT_COMPUTABLE, map(str, refused.faults)) from refused
    return {unit["code"]: unit for unit in results["units"]}


def _amended(file: dict[str, Any], old: AnnexSet, new: AnnexSet, changes: tuple[Change, ...]) -> dict[str, Any]:
    """The campaign file as it would be: the new tree, answers under their new codes, outdated ones gone."""
    outdated = {change.permanent_id for change in changes if change.outdates}
    codes = {node.permanent_id: node.code for node in new.nodes}
    renamed = {node.code: codes[node.permanent_id] for node in old.nodes if node.permanent_id in codes}
    answers = {node.code: codes[node.permanent_id] for node in old.nodes
               if node.permanent_id in codes and node.permanent_id not in outdated}  # fmt: skip

    def unit_of(unit: dict[str, Any]) -> dict[str, Any]:
        if unit["criteria_set"] != new.code:
            return unit
        kept = {answers[code]: given for code, given in unit["answers"].items() if code in answers}
        excluded = [
            item | {"criterion": renamed[item["criterion"]]}
            for item in unit["not_applicable"]
            if item["criterion"] in renamed
        ]
        return unit | {"answers": kept, "not_applicable": excluded}

    sets = [item | {"criteria": criteria_tree(new)} if item["code"] == new.code else item
            for item in file["criteria_sets"]]  # fmt: skip
    return file | {"criteria_sets": sets, "units": [unit_of(unit) for unit in file["units"]]}


def _with_gates(file: dict[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
    """The campaign file with the conditions under the codes that they would have."""
    groups = [item | ({"gates": renamed(item["gates"], codes)} if "gates" in item else {}) for item in file["groups"]]
    return file | {"gates": renamed(file["gates"], codes), "groups": groups}

"""The campaign file of methodology, section 1, from rows that were read: of a year, or of one open worksheet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from scoring.engine.load_policy import ANY_COMPONENT
from scoring.enums import RunKind, Stage
from scoring.models import Campaign, CriteriaSet, Criterion, Exclusion, Group, Participant
from scoring.services.leaves import plain_number

# In force is the last stage that has spoken (architecture, "Value rows"); declared values never count officially.
OFFICIAL_STAGES = (Stage.PUBLISHED, Stage.ENTERED, Stage.APPRAISED, Stage.REAPPRAISED, Stage.COUNCIL)
PROVISIONAL_STAGES = (Stage.DECLARED, *OFFICIAL_STAGES)
SELF_STAGES = (Stage.DECLARED, Stage.APPRAISED, Stage.REAPPRAISED)


class Said(NamedTuple):
    """One value as far as a campaign file needs it: of a participant (pk) at the leaf with this code."""

    participant: int
    code: str
    stage: str
    inputs: dict[str, Any] | None
    points: Decimal | None
    not_applicable: bool
    reason: str
    legal_basis: str


@dataclass(frozen=True)
class Facts:
    """The rows of a campaign file. `nodes` are those in force of `sets`, by set and path; `values` those that count, by
    participant and path, participants as in `participants`; `exclusions` the confirmed ones, by path and pk."""

    groups: Sequence[Group]
    sets: Sequence[CriteriaSet]
    nodes: Iterable[Criterion]
    participants: Sequence[Participant]
    values: Iterable[Said]
    exclusions: Iterable[Exclusion]


def spoken_stages(kind: str, stages: Collection[str] | None) -> list[Stage]:
    """The stages that count in a file of `kind`, the last word last; `stages` narrows them to what may be known."""
    spoken = OFFICIAL_STAGES if kind == RunKind.OFFICIAL else PROVISIONAL_STAGES
    return [stage for stage in spoken if stages is None or stage in stages]


def campaign_file(
    campaign: Campaign,
    facts: Facts,
    spoken: Sequence[Stage],
    *,
    accept_claims: bool = False,
    stages: Collection[str] | None = None,
) -> dict[str, Any]:
    """The file. A declared claim "không áp dụng" does not count until an appraiser has confirmed it, unless
    `accept_claims`; without the council among `stages` its class is left out, too."""
    return {
        "format": "parindex-campaign/1",
        "campaign": {"code": campaign.code, "title": campaign.title},
        "policy": campaign.policy,
        "grades": campaign.grades,
        "gates": campaign.gates,
        "criteria_sets": _criteria_sets(facts),
        "groups": [_group(group) for group in facts.groups],
        "units": _units(facts, _answers(facts.values, spoken, accept_claims), stages),
    }


def leave_out_foreign_gates(content: dict[str, Any]) -> None:
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


def _group(group: Group) -> dict[str, Any]:
    own = {key: getattr(group, key) for key in ("grades", "gates") if getattr(group, key) is not None}
    return {"code": group.code, "title": group.title, **own}


def _criteria_sets(facts: Facts) -> list[dict[str, Any]]:
    trees: dict[int, list[dict[str, Any]]] = {criteria_set.pk: [] for criteria_set in facts.sets}
    nodes: dict[int, dict[str, Any]] = {}
    for criterion in facts.nodes:
        node = _node(criterion)
        nodes[criterion.pk] = node
        if criterion.parent_id is None:
            node["weight"] = None if criterion.weight is None else plain_number(criterion.weight)
            trees[criterion.criteria_set_id].append(node)
        else:
            nodes[criterion.parent_id].setdefault("children", []).append(node)
    return [{"code": item.code, "title": item.title, "criteria": trees[item.pk]} for item in facts.sets]


def _node(criterion: Criterion) -> dict[str, Any]:
    node: dict[str, Any] = {
        "code": criterion.code,
        "title": criterion.title,
        "max_points": plain_number(criterion.max_points),
    }
    if criterion.rule is not None:
        node |= {"source": criterion.source, "role": criterion.role, "rule": criterion.rule}
    return node


def _units(facts: Facts, answers: dict[int, dict[str, Any]], stages: Collection[str] | None) -> list[dict[str, Any]]:
    knows_council = stages is None or Stage.COUNCIL in stages
    excluded = _excluded(facts.exclusions)
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
        for participant in facts.participants
    ]


def _excluded(exclusions: Iterable[Exclusion]) -> dict[tuple[str, int | None, int], list[dict[str, str]]]:
    """By whose they are (unit or group) and the criteria set they name a node of."""
    found: dict[tuple[str, int | None, int], list[dict[str, str]]] = {}
    for item in exclusions:
        whose = ("unit", item.participant_id) if item.participant_id else ("group", item.group_id)
        told = {"criterion": item.criterion.code, "reason": item.reason, "legal_basis": item.legal_basis}
        found.setdefault((*whose, item.criterion.criteria_set_id), []).append(told)
    return found


def _answers(values: Iterable[Said], spoken: Sequence[Stage], accept_claims: bool) -> dict[int, dict[str, Any]]:
    """Per participant: leaf code → the answer in force (of the last stage of `spoken`), in the order of the tree."""
    rank = {stage.value: position for position, stage in enumerate(spoken)}
    found: dict[tuple[int, str], Said] = {}
    for given in values:
        if given.stage == Stage.DECLARED and given.not_applicable and not accept_claims:
            continue
        key = (given.participant, given.code)
        if key not in found or rank[given.stage] > rank[found[key].stage]:
            found[key] = given
    answers: dict[int, dict[str, Any]] = {}
    for (participant, code), given in found.items():
        answers.setdefault(participant, {})[code] = _answer(given)
    return answers


def _answer(value: Said) -> dict[str, Any]:
    if value.not_applicable:
        reason = f"{value.reason} ({value.legal_basis})" if value.legal_basis else value.reason
        return {"not_applicable": True, "reason": reason}
    if value.points is not None:
        return {"points": plain_number(value.points), "reason": value.reason}
    return {"inputs": value.inputs}

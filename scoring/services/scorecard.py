"""What a unit would get as things stand: its own numbers computed by the engine, before any run."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import canonical_bytes
from scoring.enums import RunKind
from scoring.models import Participant
from scoring.services.calculation import build_campaign_file


@dataclass(frozen=True)
class Scorecard:
    """One unit alone; numbers as printed in a results file (strings, dot decimals), `index` None where there is none.

    `nodes` are those of the results file by code: points, max_points, index, applicable, steps; `grade_reason` is its
    sentence why the unit has this class.
    """

    points: str
    max_points: str
    index: str | None
    grade: str | None
    unanswered: tuple[str, ...]
    nodes: Mapping[str, Mapping[str, Any]]
    grade_reason: str = ""


def scorecard(
    participant: Participant,
    kind: str = RunKind.PROVISIONAL,
    *,
    accept_claims: bool = False,
    stages: Collection[str] | None = None,
) -> Scorecard | None:
    """The unit's numbers as they stand; None where the rows cannot be computed (a fault of the set, told elsewhere).

    With `accept_claims` as if every open claim "không áp dụng" were confirmed: both totals are shown side by side.
    `stages` are those whose values the reader may know of; without it, all.
    """
    content = build_campaign_file(
        participant.campaign, kind, only=participant, accept_claims=accept_claims, stages=stages
    )
    return card_of(content)


def card_of(campaign_file: Mapping[str, Any]) -> Scorecard | None:
    """The first unit of a campaign file as the engine scores it, also of one that stands nowhere ("what if")."""
    try:
        unit = json.loads(compute(canonical_bytes(campaign_file)))["units"][0]
    except (CampaignFaults, IndexError):
        return None
    return Scorecard(
        unit["points"],
        unit["max_points"],
        unit["index"],
        unit["grade"],
        tuple(unit["unanswered"]),
        {node["code"]: node for node in unit["nodes"]},
        unit["grade_reason"],
    )

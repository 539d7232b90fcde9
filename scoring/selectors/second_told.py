"""What a unit that was asked about the second round may read of it while its appraisers are still at work."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scoring.enums import PartState, Stage
from scoring.models import AppraisalPart, Explanation, Participant, Value, ValueChange
from scoring.workflow import Subject, action_of
from units.models import TrailEntry
from units.trail import about

ASKED = action_of(Subject.EXPLANATION, "ask_again")
NEVER = datetime.datetime.min.replace(tzinfo=datetime.UTC)


def told_in_second_round(participant: Participant) -> dict[int, Value]:
    """Leaf (pk) → the second verdict that the unit itself may read: of a signed part as it stands, of any other as it
    stood when the unit was last asked. What appraisers change since, unsigned, stays theirs. Five queries.

    A verdict that has been changed since is given as it was, and is not stored again.
    """
    signed = set(
        AppraisalPart.objects.filter(participant=participant, round=2, state=PartState.SIGNED).values_list(
            "component__path", flat=True
        )
    )
    second = {"participant": participant, "stage": Stage.REAPPRAISED}
    stands = {value.criterion_id: value for value in Value.objects.filter(**second).select_related("criterion")}
    told = {pk: value for pk, value in stands.items() if value.is_fresh and value.criterion.component_path in signed}
    kept = ValueChange.objects.filter(**second, at__lte=_asked(participant)).select_related("criterion").order_by("pk")
    for pk, change in {change.criterion_id: change for change in kept}.items():
        now, leaf = stands.get(pk), change.criterion
        is_stale = change.revision < leaf.changed_in or leaf.retired_in is not None or (now and now.is_overtaken)
        if change.content is not None and not is_stale and leaf.component_path not in signed:
            told[pk] = now if now and now.version == change.version else _as_it_was(change, change.content)
    return told


def _asked(participant: Participant) -> datetime.datetime:
    """When the coordinator last asked the unit; the beginning of time for never."""
    rows = TrailEntry.objects.filter(about(Explanation.objects.filter(participant=participant)), action=ASKED)
    asked: datetime.datetime | None = rows.order_by("-at").values_list("at", flat=True).first()
    return asked or NEVER


def _as_it_was(change: ValueChange, content: Mapping[str, Any]) -> Value:
    points, worth = content["points"], content["worth"]
    return Value(
        participant_id=change.participant_id,
        criterion=change.criterion,
        stage=change.stage,
        version=change.version,
        revision=change.revision,
        inputs=content["inputs"],
        points=None if points is None else Decimal(points),
        not_applicable=content["not_applicable"],
        reason=content["reason"],
        legal_basis=content["legal_basis"],
        note=content["note"],
        worth=None if worth is None else Decimal(worth),
        author_id=change.author_id,
        recorded_at=change.at,
        changed_at=change.at,
    )

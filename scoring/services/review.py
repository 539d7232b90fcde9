"""What the head of a unit reads before signing: the sum by component, the riskiest leaves, what changed since."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.analysis.risk import LeafRisk, Reason, riskiest
from scoring.engine.errors import CampaignFaults
from scoring.enums import Stage
from scoring.models import Campaign, Participant, ReturnNote, Value, ValueChange
from scoring.selectors.return_notes import declared_notes_of, last_seen
from scoring.selectors.worksheet import CLAIMED, Component, Line, Worksheet
from scoring.services.before_submission import Check
from scoring.services.check_items import Item, Kind, at_stake_of
from scoring.services.dossier import Dossier
from scoring.services.figures import given_at, slots_of
from scoring.services.last_stand import LastNode
from scoring.services.leaves import leaf_of, plain_number

_REASONS = {
    Kind.NO_PROOF: Reason.NO_PROOF,
    Kind.WARNING: Reason.WARNING,
    Kind.DATE: Reason.FOREIGN_DATE,
    Kind.CHANGE: Reason.CHANGE,
}
_SLIP = Decimal("0.02")
"""How much of itself a figure is thought to be wrong by; one that counts, by one at least."""


@dataclass(frozen=True)
class ReviewedComponent:
    """One component: numbers as the engine prints them ("" where nothing can be computed), last year's beside it where
    it was published and may be compared; how many leaves are claimed not to apply, and on how many something is left
    to do; the points that hang on what the check found there."""

    component: Component
    points: str
    max_points: str
    index: str | None
    last: LastNode | None
    claims: int
    missing: int
    at_stake: Decimal


@dataclass(frozen=True)
class RiskyLeaf:
    """One of the riskiest leaves: the points that it claims, and every reason to doubt them in words."""

    line: Line
    points: Decimal
    reasons: tuple[Reason, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class ChangedLeaf:
    """A leaf that was answered anew, or proved anew, since the head last had the dossier. `before` and `now` are the
    contents of the change as history keeps them, None for no answer; `documents` is how many came to stand for it."""

    line: Line
    before: dict[str, Any] | None
    now: dict[str, Any] | None
    is_answered_anew: bool
    documents: int


@dataclass(frozen=True)
class Review:
    """`since` is when the head last had the dossier in hand, None for never: then nothing is called changed. `notes`
    are those that the head wrote and nobody has ticked off, of the whole and of leaves."""

    check: Check
    components: tuple[ReviewedComponent, ...]
    riskiest: tuple[RiskyLeaf, ...]
    since: datetime.datetime | None
    changes: tuple[ChangedLeaf, ...]
    notes: tuple[ReturnNote, ...]


def review(dossier: Dossier, sheet: Worksheet, check: Check) -> Review:
    """From the worksheet and the check of it; one query at any size, two where the head has had it before."""
    notes = declared_notes_of(dossier.participant)
    since = last_seen(dossier.submission, notes)
    return Review(
        check,
        tuple(_component(component, check) for component in sheet.components),
        _riskiest(sheet, check, dossier.participant.campaign),
        since,
        _changes(dossier.participant, sheet, since) if since else (),
        _open(notes, sheet),
    )


def _component(component: Component, check: Check) -> ReviewedComponent:
    code, path = component.criterion.code, component.criterion.path
    node = check.card.nodes.get(code, {}) if check.card else {}
    found = [*check.blocking, *check.doubts]
    return ReviewedComponent(
        component,
        node.get("points", ""),
        node.get("max_points", plain_number(component.criterion.max_points)),
        node.get("index"),
        check.last.nodes.get(code) if check.last else None,
        sum(line.content_state == CLAIMED for line in component.lines),
        len({item.code for item in found if item.criterion.component_path == path}),
        at_stake_of(item for item in found if item.criterion.component_path == path),
    )


def _riskiest(sheet: Worksheet, check: Check, campaign: Campaign) -> tuple[RiskyLeaf, ...]:
    items: dict[str, list[Item]] = {}
    for item in check.warnings:
        items.setdefault(item.code, []).append(item)
    lines = {line.criterion.code: line for line in sheet.lines if line.is_answered}
    found = riskiest([_leaf_risk(line, items.get(code, []), campaign) for code, line in lines.items()])
    return tuple(
        RiskyLeaf(
            lines[risk.code],
            _claimed(lines[risk.code]),
            risk.reasons,
            tuple(_texts(risk.reasons, items.get(risk.code, []))),
        )
        for risk in found
    )


def _claimed(line: Line) -> Decimal:
    """The points that hang on the answer: what it earns, or the maximum that is claimed not to apply."""
    value = line.declared
    if value is None or value.not_applicable:
        return line.criterion.max_points
    return value.worth or Decimal(0)


def _leaf_risk(line: Line, items: Sequence[Item], campaign: Campaign) -> LeafRisk:
    value, maximum = line.declared, Fraction(line.criterion.max_points)
    reasons = {_REASONS[item.kind] for item in items if item.kind in _REASONS}
    if value is None or value.not_applicable:
        return LeafRisk(line.criterion.code, maximum, maximum, frozenset({*reasons, Reason.CLAIM}))
    points = Fraction(_claimed(line))
    return LeafRisk(line.criterion.code, points, maximum, frozenset(reasons), _slip(line, value, campaign))


def _slip(line: Line, value: Value, campaign: Campaign) -> Fraction:
    """The points that one figure a little off would cost, tried by the rule itself."""
    try:
        leaf = leaf_of(line.criterion, campaign)
    except CampaignFaults:
        return Fraction(0)
    worst = claimed = Fraction(value.worth or 0)
    given = given_at(leaf, value.inputs or {})
    for slot in slots_of(leaf):
        if slot.choice or slot.type not in ("number", "whole") or slot.name not in given:
            continue
        figure = Decimal(str(given[slot.name]))
        step = abs(figure * _SLIP)
        if slot.type == "whole":
            step = max(Decimal(1), step.to_integral_value())
        for other in (figure - step, figure + step):
            inputs = {**(value.inputs or {}), slot.item.key: plain_number(other)}
            scored = leaf.score({"inputs": inputs})
            if not scored.faults and scored.points is not None:
                worst = min(worst, Fraction(scored.points))
    return claimed - worst


_SAID = {
    Reason.CLAIM: "Đề nghị không áp dụng: không được chấp nhận thì được 0 điểm.",
    Reason.EDGE: "Sát ngưỡng: số liệu lệch một ít là xuống mức điểm dưới.",
}


def _texts(reasons: Iterable[Reason], items: Sequence[Item]) -> Iterable[str]:
    for reason in reasons:
        if reason in _SAID:
            yield _SAID[reason]
        yield from (item.text for item in items if _REASONS.get(item.kind) == reason)


def _changes(participant: Participant, sheet: Worksheet, since: datetime.datetime) -> tuple[ChangedLeaf, ...]:
    kept = ValueChange.objects.filter(participant=participant, stage=Stage.DECLARED).order_by("pk")
    before: dict[int, dict[str, Any] | None] = {}
    now: dict[int, dict[str, Any] | None] = {}
    for leaf, at, content in kept.values_list("criterion", "at", "content"):
        (before if at <= since else now)[leaf] = content
    documents = Counter(use.criterion_id for use in sheet.papers.declared if use.added_at > since)
    return tuple(
        ChangedLeaf(line, before.get(pk), now.get(pk), pk in now, documents[pk])
        for line in sheet.lines
        if (pk := line.criterion.pk) in now or pk in documents
    )


def _open(notes: Iterable[ReturnNote], sheet: Worksheet) -> tuple[ReturnNote, ...]:
    whole = (note for note in notes if note.criterion_id is None and note.settled_at is None)
    return (*whole, *(note for line in sheet.returned for note in line.open_notes))

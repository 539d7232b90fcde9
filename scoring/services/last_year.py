"""Last year's figures beside this year's: which of them can be used again, and which are doubtful beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scoring.analysis.against_last_year import Doubt, doubt_of, is_copied
from scoring.engine.errors import CampaignFaults
from scoring.engine.single import Leaf
from scoring.enums import Stage
from scoring.models import Campaign, Criterion, Participant, Value
from scoring.selectors.inheritance import is_points
from scoring.selectors.last_year import earlier_dossiers, figures_to_compare, in_force, leaf_before
from scoring.selectors.lineage import Lineage
from scoring.services.figures import Slot, given_at, slots_of
from scoring.services.leaves import leaf_of
from units.vietnamese import format_number

_LIKELY = {
    Doubt.TENFOLD: "gấp {times} lần. Xem có gõ thừa chữ số hoặc nhầm đơn vị tính không",
    Doubt.TENTH: "chỉ bằng 1/{times}. Xem có gõ thiếu chữ số hoặc nhầm đơn vị tính không",
    Doubt.GONE: "từ hàng nghìn về 0. Xem có bỏ sót không",
}
_IF_RIGHT = "Nếu đúng thì ghi lý do vào phần giải thích."


@dataclass(frozen=True)
class Figure:
    """One figure of last year: `text` as a person would read it, `raw` as it goes into this year's field, None where it
    makes no sense there (a day of last year, a choice that is offered no more, points by judgement)."""

    slot: Slot
    text: str
    raw: str | list[str] | None


@dataclass(frozen=True)
class Then:
    """Figures of the year before that stand beside a leaf of this year: its rule then, and what was given."""

    year: int
    leaf: Leaf
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Doubtful:
    """A figure to look at again: name of its slot, both figures, and what may be wrong."""

    slot: str
    told: str

    @property
    def text(self) -> str:
        """With what to do where it is right all the same."""
        return f"{self.told} {_IF_RIGHT}"


def figures_of(criterion: Criterion, campaign: Campaign, value: Value, *, comparable: bool) -> list[Figure]:
    """The figures of a value of last year one by one, with what can be used again at `criterion` of this year's
    `campaign`; nothing can where the two are not `comparable`. `value` with its criterion and campaign."""
    then = _leaf(value.criterion, value.participant.campaign)
    if then is None or value.inputs is None:
        return []
    usable = comparable and not is_points(criterion, value.criterion)
    now = _leaf(criterion, campaign) if usable else None
    today = {slot.name: slot for slot in slots_of(now)} if now and _alike(criterion, value.criterion) else {}
    given = given_at(then, value.inputs)
    return [
        Figure(slot, _words(slot, given[slot.name]), _raw(slot, today.get(slot.name), given[slot.name]))
        for slot in slots_of(then)
        if slot.name in given
    ]


def claim_of(values: Mapping[str, Value]) -> Value | None:
    """Last year's claim "không áp dụng" that can be made again: with its reason, and not rejected as far as the reader
    may know. `values` of one leaf by stage; what came of it decides, so the newest word counts."""
    claim = values.get(Stage.DECLARED)
    if claim is None or not claim.not_applicable or not claim.reason:
        return None
    return claim if all(value.not_applicable for value in values.values()) else None


def figures_before(participant: Participant, lineage: Lineage | None = None) -> dict[int, Then]:
    """Leaf (pk) of the unit's set → last year's figures on the portal that stand beside it. `lineage` of the unit where
    it has been read."""
    found = figures_to_compare(participant.criteria_set, earlier_dossiers(participant, lineage))
    told = {pk: _then(one.year, one.participant.campaign, old, value) for pk, (one, old, value) in found.items()}
    return {pk: then for pk, then in told.items() if then is not None}


def figures_before_at(participant: Participant, criterion: Criterion) -> Then | None:
    """The same for one leaf, asked while somebody types."""
    for one in leaf_before(criterion, earlier_dossiers(participant)):
        if one.is_comparable:
            old, values = one.said[0]
            value = in_force(values)
            if value is None:
                return None
            return _then(one.earlier.year, one.earlier.participant.campaign, old, value)
    return None


def doubts_at(criterion: Criterion, campaign: Campaign, inputs: Mapping[str, Any], then: Then) -> list[Doubtful]:
    """What is doubtful about this year's figures of a leaf beside last year's, in the order of its fields."""
    leaf = _leaf(criterion, campaign)
    if leaf is None:
        return []
    now, before = _numbers(leaf, inputs), _numbers(then.leaf, then.inputs)
    found = []
    for slot in slots_of(leaf):
        if slot.name not in now or slot.name not in before:
            continue
        whole = slot.item.part_of
        if whole in now and whole in before:
            both = (now[slot.name], now[whole]), (before[slot.name], before[whole])
            if is_copied(_exact(both[0]), _exact(both[1])):
                found.append(Doubtful(slot.name, _say_copied(slot, both[0], then.year)))
                continue
        if doubt := doubt_of(Fraction(now[slot.name]), Fraction(before[slot.name])):
            found.append(Doubtful(slot.name, _say(slot, doubt, now[slot.name], before[slot.name], then.year)))
    return found


def warning_beside(participant: Participant, criterion: Criterion, inputs: Mapping[str, Any] | None) -> str:
    """The doubts about figures as they stand, in one text; "" for none."""
    leaf = _leaf(criterion, participant.campaign)
    counts = leaf is not None and bool(_numbers(leaf, inputs or {}))
    then = figures_before_at(participant, criterion) if counts else None
    if then is None:
        return ""
    told = [one.told for one in doubts_at(criterion, participant.campaign, inputs or {}, then)]
    return " ".join([*told, _IF_RIGHT]) if told else ""


def _then(year: int, campaign: Campaign, old: Criterion, value: Value) -> Then | None:
    leaf = _leaf(old, campaign)
    return Then(year, leaf, value.inputs or {}) if leaf else None


def _leaf(criterion: Criterion, campaign: Campaign) -> Leaf | None:
    """None where the rule itself is wrong: a fault of the set, told elsewhere."""
    try:
        return leaf_of(criterion, campaign)
    except CampaignFaults:
        return None


def _alike(criterion: Criterion, before: Criterion) -> bool:
    return (criterion.rule or {}).get("kind") == (before.rule or {}).get("kind")


def _raw(then: Slot, now: Slot | None, value: Any) -> str | list[str] | None:
    """What goes into this year's field of the same name and type; a day of last year goes nowhere."""
    if now is None or now.type != then.type or now.type == "date":
        return None
    if now.type == "flag":
        return "on"
    offered = {choice.key for choice in now.item.choices}
    if now.type == "choices":
        return [key for key in value if key in offered] or None
    if now.type == "choice":
        return str(value) if value in offered else None
    return now.typed(value)


def _words(slot: Slot, value: Any) -> str:
    labels = {choice.key: choice.label for choice in slot.item.choices}
    if slot.type == "choice":
        return labels.get(value, str(value))
    if slot.type == "choices":
        return "; ".join(labels.get(key, str(key)) for key in value) or "Không nội dung nào"
    return format_number(str(value)) if slot.type in ("number", "whole") else slot.typed(value)


def _numbers(leaf: Leaf, inputs: Mapping[str, Any]) -> dict[str, Decimal]:
    given = given_at(leaf, inputs)
    slots = [slot for slot in slots_of(leaf) if slot.type in ("number", "whole") and slot.name in given]
    return {slot.name: Decimal(str(given[slot.name])) for slot in slots}


def _exact(figures: Sequence[Decimal]) -> tuple[Fraction, Fraction]:
    part, whole = figures
    return Fraction(part), Fraction(whole)


def _say(slot: Slot, doubt: Doubt, now: Decimal, before: Decimal, year: int) -> str:
    larger, smaller = max(abs(now), abs(before)), min(abs(now), abs(before))
    times = format_number(str(int(larger / smaller))) if smaller else ""
    likely = _LIKELY[doubt].format(times=times)
    return f"{slot.label}: năm {year} là {format_number(before)}, năm nay {format_number(now)}, {likely}."


def _say_copied(slot: Slot, now: tuple[Decimal, Decimal], year: int) -> str:
    part, whole = map(format_number, now)
    return f"{slot.label}: {part}/{whole}, giống hệt năm {year} đến từng chữ số. Xem có phải số cũ chép lại không."

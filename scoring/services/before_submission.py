"""Kiểm tra trước khi nộp: everything that stands against handing a dossier in, or should be looked at before.

One function for the page, its meter and the door: what the guards refuse is what the page said (`decisions/023`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from scoring.analysis.risk import is_great_change
from scoring.engine.errors import CampaignFaults
from scoring.engine.single import Leaf
from scoring.enums import Stage
from scoring.models import Criterion, Unfinished
from scoring.selectors.document_doubts import Doubt, doubtful_uses
from scoring.selectors.worksheet import EVIDENCE, STALE, UNANSWERED, Line, Sight, Worksheet, read_worksheet
from scoring.services.dossier import Dossier
from scoring.services.figures import Slot, given_at, slot_at, slots_of
from scoring.services.last_stand import LastNode, LastStand
from scoring.services.last_year import Then, doubts_at
from scoring.services.leaves import found_in, leaf_of
from scoring.services.scorecard import Scorecard
from scoring.services.values import content_of
from units.vietnamese import format_number, show_points

EVIDENCE_FIELD = "id_tai-lieu"
"""The id of the documents on the page of a leaf."""


class Kind(StrEnum):
    """What is wrong or doubtful, those that block first."""

    UNFINISHED = "unfinished"
    STALE = "stale"
    REFUSED = "refused"
    UNANSWERED = "unanswered"
    NO_PROOF = "no_proof"
    WARNING = "warning"
    DATE = "date"
    SAME_BYTES = "same_bytes"
    CHANGE = "change"


BLOCKING = frozenset({Kind.UNFINISHED, Kind.STALE, Kind.REFUSED})
_DOUBTS = {Doubt.DATE: Kind.DATE, Doubt.SAME_BYTES: Kind.SAME_BYTES}


@dataclass(frozen=True)
class Item:
    """One thing at one leaf: the sentence, the points that hang on it, and the id of the field on the leaf's page."""

    criterion: Criterion
    kind: Kind
    text: str
    at_stake: Decimal
    field: str

    @property
    def code(self) -> str:
        return self.criterion.code

    @property
    def title(self) -> str:
        return self.criterion.title

    @property
    def sentence(self) -> str:
        """As the door says it, where no link leads to the place."""
        return f"{self.code} {self.title}: {self.text}"


@dataclass(frozen=True)
class Check:
    """What was found, each list with the most points first. `card` are the reader's numbers as the engine prints them
    and `last` the published ones of last year, None where nobody asked for them or there are none."""

    blocking: tuple[Item, ...]
    warnings: tuple[Item, ...]
    card: Scorecard | None = None
    last: LastStand | None = None

    @property
    def doubts(self) -> list[Item]:
        """Warnings without those that only a comparison with last year gives: what every page can count."""
        return [item for item in self.warnings if item.kind != Kind.CHANGE]

    @property
    def changes(self) -> list[Item]:
        return [item for item in self.warnings if item.kind == Kind.CHANGE]

    @property
    def unanswered(self) -> list[Item]:
        return [item for item in self.warnings if item.kind == Kind.UNANSWERED]

    @property
    def loss(self) -> Decimal:
        """The points that are given up if it is handed in with what is not answered."""
        return at_stake_of(self.unanswered)

    @property
    def at_stake(self) -> Decimal:
        """Points that hang on any of it, those of one leaf once."""
        return at_stake_of([*self.blocking, *self.doubts])

    @property
    def points(self) -> str | None:
        return self.card.points if self.card else None

    @property
    def max_points(self) -> str | None:
        return self.card.max_points if self.card else None

    @property
    def index(self) -> str | None:
        return self.card.index if self.card else None

    @property
    def grade(self) -> str | None:
        return self.card.grade if self.card else None


def look(
    dossier: Dossier,
    sheet: Worksheet,
    *,
    card: Scorecard | None = None,
    last: LastStand | None = None,
    before: Mapping[int, Then] | None = None,
) -> Check:
    """Everything about the declared values of `sheet`; at most one query, for the documents, at any size, one
    more for who is not of the unit.
    `before` are last year's figures on the portal by leaf (`scoring.services.last_year`), None where nobody asked.

    A unit that is not assessed has nothing to hand in: nothing is found.
    """
    participant = dossier.participant
    if not participant.is_assessed:
        return Check((), (), card, last)
    typing = {line.criterion.pk for line in sheet.lines if line.unfinished}
    if not sheet.sight.is_unit:
        typing = set(Unfinished.objects.filter(participant=participant).values_list("criterion", flat=True))
    found = [
        item for line in sheet.lines if line.is_asked for item in _of_leaf(line, dossier, line.criterion.pk in typing)
    ]
    lines = {line.criterion.pk: line for line in sheet.lines if line.is_asked and line.declared}
    found += [
        _item(lines[use.criterion], _DOUBTS[use.doubt], use.text, EVIDENCE_FIELD)
        for use in doubtful_uses(sheet.papers)
        if use.criterion in lines
    ]
    doubted = [
        item for line in lines.values() for item in _doubted(line, dossier, (before or {}).get(line.criterion.pk))
    ]
    known = {item.criterion.pk for item in doubted}
    others = [line for line in lines.values() if line.criterion.pk not in known]
    found += doubted + (_against_last_year(others, dossier, last) if last else [])
    found.sort(key=lambda item: -item.at_stake)
    return Check(
        tuple(item for item in found if item.kind in BLOCKING),
        tuple(item for item in found if item.kind not in BLOCKING),
        card,
        last,
    )


def look_under_lock(dossier: Dossier) -> Check:
    """What the door finds: the same as the unit's own page, from rows that nobody can change any more."""
    sight = Sight(frozenset({Stage.DECLARED}), is_unit=True)
    return look(dossier, read_worksheet(dossier.participant, sight))


def accepted_words(check: Check) -> str:
    """The words beside the tick of whoever hands in what is not whole."""
    return f"Vẫn nộp, chấp nhận mất {show_points(check.loss)} điểm"


def not_accepted(check: Check) -> str:
    """Why the door is shut without that tick."""
    return (
        f"Còn {len(check.unanswered)} tiêu chí chưa nhập, mất {show_points(check.loss)} điểm. "
        f"Nhập tiếp, hoặc đánh dấu “{accepted_words(check)}” rồi nộp."
    )


def at_stake_of(items: Iterable[Item]) -> Decimal:
    """The points that hang on the items, those of one leaf once."""
    by_leaf: dict[int, Decimal] = {}
    for item in items:
        by_leaf[item.criterion.pk] = max(item.at_stake, by_leaf.get(item.criterion.pk, Decimal(0)))
    return sum(by_leaf.values(), Decimal(0))


def _of_leaf(line: Line, dossier: Dossier, is_being_typed: bool) -> list[Item]:
    """What the leaf itself says: what blocks, or all that should be looked at."""
    campaign = dossier.participant.campaign
    first = _first_field(line.criterion, dossier)
    if is_being_typed:
        text = "Đang nhập dở, chưa thành câu trả lời. Nhập cho đủ, hoặc xóa phần đang gõ."
        return [_item(line, Kind.UNFINISHED, text, first, line.criterion.max_points)]
    if line.content_state == STALE:
        claimed = line.declared is not None and line.declared.not_applicable
        text = "Quy tắc hoặc điểm tối đa đã đổi sau khi nhập, nên câu trả lời cũ không còn tính. Nhập lại."
        return [_item(line, Kind.STALE, text, "id_not_applicable" if claimed else first, line.at_stake)]
    if line.content_state == UNANSWERED:
        return [_item(line, Kind.UNANSWERED, "Chưa nhập. Để trống thì không có điểm.", first, line.at_stake)]
    if line.declared is None:
        return []
    faults, warning = found_in(line.criterion, campaign, content_of(line.declared).answer())
    if faults:
        return [
            _item(line, Kind.REFUSED, text, _field_of(line.criterion, dossier, key), line.criterion.max_points)
            for key, text in faults
        ]
    found = []
    if line.content_state == EVIDENCE:
        text = "Chưa có tài liệu kiểm chứng nào."
        found.append(_item(line, Kind.NO_PROOF, text, EVIDENCE_FIELD, line.at_stake))
    if warning:
        found.append(_item(line, Kind.WARNING, warning, first))
    return found


def _doubted(line: Line, dossier: Dossier, then: Then | None) -> list[Item]:
    """The first figure that is hardly right beside last year's on the portal."""
    if then is None or line.declared is None or line.declared.inputs is None or not line.is_answered:
        return []
    doubts = doubts_at(line.criterion, dossier.participant.campaign, line.declared.inputs, then)
    return [_item(line, Kind.CHANGE, one.text, f"id_so-{one.slot}") for one in doubts[:1]]


def _against_last_year(lines: Iterable[Line], dossier: Dossier, last: LastStand) -> list[Item]:
    found = []
    for line in lines:
        before, value = last.nodes.get(line.criterion.code), line.declared
        if before is None or value is None or not line.is_answered or value.not_applicable:
            continue
        field, text = _change_of_figures(line, dossier, before, last.year) or _change_of_points(
            line, dossier, before, last.year
        )
        if text:
            found.append(_item(line, Kind.CHANGE, text, field))
    return found


def _change_of_figures(line: Line, dossier: Dossier, before: LastNode, year: int) -> tuple[str, str] | None:
    """The first figure that differs greatly from last year's, as (field, sentence); None where none can be compared,
    an empty sentence where those that can are alike."""
    leaf = _leaf(line.criterion, dossier)
    if leaf is None or line.declared is None:
        return None
    now, then = (_numbers(leaf, inputs) for inputs in (line.declared.inputs or {}, before.inputs))
    both = [slot for slot in slots_of(leaf) if slot.name in now and slot.name in then]
    for slot in both:
        new, old = now[slot.name], then[slot.name]
        if is_great_change(Fraction(new), Fraction(old)):
            rises = "tăng" if new > old else "giảm"
            share = format_number((abs(new - old) / abs(old) * 100).quantize(Decimal(1)))
            text = (
                f"{slot.label}: {rises} {share} % so với năm {year} "
                f"({format_number(old)} → {format_number(new)}). Nếu đúng thì ghi lý do vào phần giải thích."
            )
            return f"id_so-{slot.name}", text
    return ("", "") if both else None


def _change_of_points(line: Line, dossier: Dossier, before: LastNode, year: int) -> tuple[str, str]:
    worth, maximum = line.declared.worth if line.declared else None, line.criterion.max_points
    then, most = Fraction(before.points), Fraction(before.max_points)
    if worth is None or not maximum or not most:
        return "", ""
    if abs(Fraction(worth) / Fraction(maximum) - then / most) <= Fraction(3, 10):
        return "", ""
    text = (
        f"Năm {year} được {show_points(before.points)} / {show_points(before.max_points)} điểm, "
        f"năm nay tự chấm {show_points(worth)} / {show_points(maximum)}."
    )
    return _first_field(line.criterion, dossier), text


def _numbers(leaf: Leaf, inputs: Mapping[str, object]) -> dict[str, Decimal]:
    """The figures that are numbers, by slot."""
    found = {}
    given = given_at(leaf, inputs)
    for slot in slots_of(leaf):
        if slot.type in ("number", "whole") and slot.name in given:
            found[slot.name] = Decimal(str(given[slot.name]))
    return found


def _item(line: Line, kind: Kind, text: str, field: str, at_stake: Decimal | None = None) -> Item:
    """At stake is what the answer claims, or the maximum where it claims nothing."""
    claimed = line.declared.worth if line.declared else None
    return Item(line.criterion, kind, text, at_stake or claimed or line.criterion.max_points, field)


def _leaf(criterion: Criterion, dossier: Dossier) -> Leaf | None:
    """None where the rule itself is wrong: a fault of the set, told elsewhere."""
    try:
        return leaf_of(criterion, dossier.participant.campaign)
    except CampaignFaults:
        return None


def _first_field(criterion: Criterion, dossier: Dossier) -> str:
    leaf = _leaf(criterion, dossier)
    slots = slots_of(leaf) if leaf else ()
    return _id_of(slots[0]) if slots else "id_note"


def _field_of(criterion: Criterion, dossier: Dossier, key: str) -> str:
    """The field that a fault of the rule is about, else the leaf's first."""
    leaf = _leaf(criterion, dossier)
    slot = slot_at(leaf, key) if leaf and key else None
    return _id_of(slot) if slot else _first_field(criterion, dossier)


def _id_of(slot: Slot) -> str:
    return f"id_so-{slot.name}"

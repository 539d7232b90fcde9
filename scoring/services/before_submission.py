"""Kiểm tra trước khi nộp: everything that stands against handing a dossier in, or should be looked at before.

One function for the page, its meter and the door: what the guards refuse is what the page said (`decisions/023`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from scoring.enums import Stage
from scoring.models import Unfinished
from scoring.selectors.document_doubts import Doubt, doubtful_uses
from scoring.selectors.worksheet import EVIDENCE, STALE, UNANSWERED, Line, Sight, Worksheet, read_worksheet
from scoring.services.check_items import EVIDENCE_FIELD, Item, Kind, at_stake_of, field_of, first_field, item_of
from scoring.services.check_last_year import against_last_year, doubted
from scoring.services.dossier import Dossier
from scoring.services.last_stand import LastStand
from scoring.services.last_year import Then
from scoring.services.leaves import found_in
from scoring.services.scorecard import Scorecard
from scoring.services.values import content_of
from units.vietnamese import show_points

BLOCKING = frozenset({Kind.UNFINISHED, Kind.STALE, Kind.REFUSED})
_DOUBTS = {Doubt.DATE: Kind.DATE, Doubt.SAME_BYTES: Kind.SAME_BYTES}


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
        item_of(lines[use.criterion], _DOUBTS[use.doubt], use.text, EVIDENCE_FIELD)
        for use in doubtful_uses(sheet.papers)
        if use.criterion in lines
    ]
    found_doubts = [
        item for line in lines.values() for item in doubted(line, dossier, (before or {}).get(line.criterion.pk))
    ]
    known = {item.criterion.pk for item in found_doubts}
    others = [line for line in lines.values() if line.criterion.pk not in known]
    found += found_doubts + (against_last_year(others, dossier, last) if last else [])
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


def _of_leaf(line: Line, dossier: Dossier, is_being_typed: bool) -> list[Item]:
    """What the leaf itself says: what blocks, or all that should be looked at."""
    campaign = dossier.participant.campaign
    first = first_field(line.criterion, dossier)
    if is_being_typed:
        text = "Đang nhập dở, chưa thành câu trả lời. Nhập cho đủ, hoặc xóa phần đang gõ."
        return [item_of(line, Kind.UNFINISHED, text, first, line.criterion.max_points)]
    if line.content_state == STALE:
        claimed = line.declared is not None and line.declared.not_applicable
        text = "Quy tắc hoặc điểm tối đa đã đổi sau khi nhập, nên câu trả lời cũ không còn tính. Nhập lại."
        return [item_of(line, Kind.STALE, text, "id_not_applicable" if claimed else first, line.at_stake)]
    if line.content_state == UNANSWERED:
        return [item_of(line, Kind.UNANSWERED, "Chưa nhập. Để trống thì không có điểm.", first, line.at_stake)]
    if line.declared is None:
        return []
    faults, warning = found_in(line.criterion, campaign, content_of(line.declared).answer())
    if faults:
        return [
            item_of(line, Kind.REFUSED, text, field_of(line.criterion, dossier, key), line.criterion.max_points)
            for key, text in faults
        ]
    found = []
    if line.content_state == EVIDENCE:
        text = "Chưa có tài liệu kiểm chứng nào."
        found.append(item_of(line, Kind.NO_PROOF, text, EVIDENCE_FIELD, line.at_stake))
    if warning:
        found.append(item_of(line, Kind.WARNING, warning, first))
    return found

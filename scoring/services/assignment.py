"""Who appraises what: parts are given to people, with conflicts refused, and gaps shared out evenly."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet

from scoring.enums import PartState
from scoring.models import AppraisalPart, Campaign, ConflictOfInterest
from scoring.permissions import ASSIGN
from scoring.selectors.assignment import Judge, Matrix, judges_of
from scoring.services.errors import Blocked, Conflict, Incomplete
from units import trail
from units.models import Organiser, Unit, User
from units.permissions import authorize

LONGEST_REASON = 300


def assign(
    campaign: Campaign,
    parts: Iterable[AppraisalPart],
    appraiser: User | None,
    *,
    by: User,
    seen: Mapping[int, int] | None = None,
) -> int:
    """Give `parts` of `campaign` to `appraiser` (None: to nobody) and return how many changed; all or nothing.

    `seen` (pk → version) refuses with `Conflict` a part that was given or judged on since it was looked at.

    Refused (`Blocked`, with every reason) where the person is no appraiser of the organiser or of that component,
    works for the unit, or has a declared conflict, and where a part is signed. Work done stays with the part.
    """
    chosen = dict.fromkeys([part.pk for part in parts], appraiser.pk if appraiser else None)
    return _give(campaign, chosen, by, seen=seen)


def sift(
    campaign: Campaign, pks: Iterable[int], appraiser: User | None
) -> tuple[list[AppraisalPart], list[tuple[AppraisalPart, str]]]:
    """The parts among `pks` that can be given to this person, and the others each with its sentence."""
    judges = _judges(campaign.organiser)
    can, cannot = [], []
    for part in _parts(campaign, pks):
        reasons = _refusals(part, appraiser.pk if appraiser else None, judges)
        if reasons:
            cannot.append((part, reasons[0]))
        else:
            can.append(part)
    return can, cannot


# ── sharing out ───────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Plan:
    """How the gaps of a group and round would be filled: part pk → person pk. `before` and `after` count the parts
    that each person holds there; `unfilled` are the gaps nobody may take, as "mã đơn vị, lĩnh vực"."""

    chosen: Mapping[int, int]
    before: Mapping[int, int]
    after: Mapping[int, int]
    judges: Sequence[Judge]
    unfilled: Sequence[str]

    @property
    def digest(self) -> str:
        """What the preview showed; a plan of another digest is not carried out."""
        text = json.dumps(sorted(self.chosen.items()), separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def plan_shares(matrix: Matrix, organiser: Organiser) -> Plan:
    """Share the gaps of `matrix` evenly among those who may take them; the same rows always give the same plan.

    The gap with the fewest takers goes first, to whoever holds least by then; the order of names breaks ties.
    """
    judges = judges_of(organiser)
    units = {row.participant.code: row.participant.unit_id for row in matrix.rows}
    takers = {
        gap.pk: [judge for judge in judges if not judge.refusal(units[gap.unit], gap.component)] for gap in matrix.gaps
    }
    before = Counter(cell.appraiser for cell in matrix.cells if cell.appraiser is not None)
    after, chosen = Counter(before), {}
    for gap in sorted(matrix.gaps, key=lambda gap: len(takers[gap.pk])):
        if takers[gap.pk]:
            taker = min(takers[gap.pk], key=lambda judge: after[judge.user.pk])
            chosen[gap.pk] = taker.user.pk
            after[taker.user.pk] += 1
    unfilled = [f"{gap.unit}, lĩnh vực {gap.component}" for gap in matrix.gaps if gap.pk not in chosen]
    return Plan(chosen, before, after, judges, unfilled)


def share_out(campaign: Campaign, plan: Plan, *, seen: str, by: User) -> int:
    """Carry out `plan` if it is the one that was shown (`seen` is its digest) and return how many parts were given.

    Raises `Conflict` where the gaps or the people changed meanwhile, `Blocked` like `assign`.
    """
    authorize(by, ASSIGN, campaign)
    if plan.digest != seen:
        raise Conflict("Việc phân công vừa thay đổi nên bản chia không còn đúng. Xem lại bản chia mới rồi xác nhận.")
    return _give(campaign, plan.chosen, by, only_gaps=True)


# ── conflicts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def declare_conflict(organiser: Organiser, user: User, unit: Unit, reason: str, *, by: User) -> ConflictOfInterest:
    """Note that `user` must not judge `unit`; parts already given and not signed are taken away, their work stays.

    Raises `Refused` and `Incomplete`. Declared once, a second time changes nothing.
    """
    authorize(by, ASSIGN, organiser)
    reason = reason.strip()
    if not reason:
        raise Incomplete("reason", "Nêu lý do xung đột lợi ích, ví dụ: vợ/chồng đang công tác tại đơn vị.")
    if len(reason) > LONGEST_REASON:
        raise Incomplete("reason", f"Rút gọn lý do còn tối đa {LONGEST_REASON} ký tự.")
    with transaction.atomic():
        conflict, made = ConflictOfInterest.objects.get_or_create(
            organiser=organiser, user=user, unit=unit, defaults={"reason": reason, "declared_by": by}
        )
        if made:
            given = AppraisalPart.objects.filter(
                participant__unit=unit, participant__campaign__organiser=organiser, appraiser=user
            )
            _lock(given)
            taken = given.exclude(state=PartState.SIGNED).update(appraiser=None, version=F("version") + 1)
            trail.record(
                "scoring.declare_conflict",
                by=by,
                about=conflict,
                label=f"Khai báo xung đột lợi ích: {user.full_name}, {unit.name}",
                reason=reason,
                parts_taken_away=taken,
            )
    return conflict


# ── one writer of who judges ──────────────────────────────────────────────────────────────────────────────────────


def _give(
    campaign: Campaign,
    chosen: Mapping[int, int | None],
    by: User,
    *,
    only_gaps: bool = False,
    seen: Mapping[int, int] | None = None,
) -> int:
    """Part pk → person pk (None: nobody), all or nothing, told in one entry of the trail a person."""
    authorize(by, ASSIGN, campaign)
    with transaction.atomic():
        _lock(AppraisalPart.objects.filter(pk__in=list(chosen)))
        rows = list(_parts(campaign, chosen))
        if only_gaps and any(part.appraiser_id is not None for part in rows):
            raise Conflict("Có phần vừa được giao cho người khác. Xem lại bản chia mới rồi xác nhận.")
        if seen is not None and any(part.version != seen.get(part.pk) for part in rows):
            raise Conflict("Phần này vừa thay đổi. Xem người đang giữ và trạng thái hiện nay rồi giao.")
        judges = _judges(campaign.organiser)
        if reasons := [text for part in rows for text in _refusals(part, chosen[part.pk], judges)]:
            raise Blocked("Chưa giao được.", reasons)
        changing = [part for part in rows if part.appraiser_id != chosen[part.pk]]
        for person in sorted({chosen[part.pk] for part in changing}, key=lambda pk: pk or 0):
            _give_to(campaign, [part for part in changing if chosen[part.pk] == person], person, judges, by)
    return len(changing)


def _lock(parts: QuerySet[AppraisalPart]) -> None:
    """Lock the parts in the one order, whatever order they are told in."""
    list(parts.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))


def _give_to(
    campaign: Campaign, parts: Sequence[AppraisalPart], person: int | None, judges: Mapping[int, Judge], by: User
) -> None:
    AppraisalPart.objects.filter(pk__in=[part.pk for part in parts]).update(appraiser=person, version=F("version") + 1)
    whom = f"cho {judges[person].user.full_name}" if person is not None else "lại, chưa có người"
    trail.record(
        ASSIGN,
        by=by,
        about=parts[0] if len(parts) == 1 else campaign,
        scope=campaign.trail_scope,
        label=f"Giao {len(parts)} phần thẩm định {whom}",
        after=person,
        parts=[[part.participant.code, part.component.code, part.round, part.appraiser_id] for part in parts],
    )


def _parts(campaign: Campaign, pks: Iterable[int]) -> QuerySet[AppraisalPart]:
    found = AppraisalPart.objects.filter(pk__in=list(pks), participant__campaign=campaign)
    return found.select_related("participant", "component").order_by("participant", "component__path", "round")


def _judges(organiser: Organiser) -> dict[int, Judge]:
    return {judge.user.pk: judge for judge in judges_of(organiser)}


def _refusals(part: AppraisalPart, person: int | None, judges: Mapping[int, Judge]) -> list[str]:
    where = f"{part.participant.name}, lĩnh vực {part.component.code}"
    if part.state == PartState.SIGNED:
        return [f"{where}: đã ký xác nhận, mở lại trước khi giao người khác."]
    if person is None:
        return []
    if person not in judges:
        return [f"{where}: người này không phải người thẩm định đang được phân công."]
    reason = judges[person].refusal(part.participant.unit_id, part.component.code)
    return [f"{where}: {reason}"] if reason else []

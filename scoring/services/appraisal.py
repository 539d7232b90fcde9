"""The appraiser's values: keeps what was declared, corrects the figures, sets points with a reason, settles a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from scoring.enums import Stage
from scoring.models import AppraisalPart, Criterion, Value
from scoring.permissions import APPRAISE
from scoring.selectors.appraisal import STAGE_OF_ROUND
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict, Incomplete, WrongFigures
from scoring.services.group_guards import lowered_leaves
from scoring.services.guards import leaves_to_judge
from scoring.services.leaves import plain_number
from scoring.services.pen import appraisal_pen, require
from scoring.services.self_assessment import refuse_foreign_leaf
from scoring.services.values import Content, content_of, write
from units import trail
from units.models import User
from units.permissions import authorize

LONGEST_REASON = 2_000
MOVED_ON = "Đơn vị vừa sửa số tự chấm của tiêu chí này. Xem số mới rồi chấm."
_NOTHING_TO_KEEP = "Đơn vị không kê khai tiêu chí này, nên không có điểm tự chấm để giữ. Cho điểm và nêu lý do."
_CLAIM_TO_SETTLE = "Đơn vị đề nghị không áp dụng. Xác nhận với căn cứ, hoặc bác bỏ và cho điểm."
_JUDGED = "Đã có ý kiến thẩm định."


@dataclass(frozen=True)
class Judged:
    """What became of one leaf of many; `refusal` is "" where it has its value now."""

    criterion: Criterion
    refusal: str


@dataclass(frozen=True)
class _Held:
    """A part as it is under its dossier's lock, with the leaves that it judges."""

    part: AppraisalPart
    dossier: Dossier
    leaves: Mapping[int, Criterion]

    @property
    def stage(self) -> Stage:
        return STAGE_OF_ROUND[self.part.round]

    @property
    def kept_stage(self) -> Stage:
        """Whose value “Giữ điểm” takes over."""
        return Stage.DECLARED if self.part.round == 1 else Stage.APPRAISED

    @property
    def answered_stages(self) -> tuple[Stage, ...]:
        """What was said before this round."""
        return (Stage.DECLARED,) if self.part.round == 1 else (Stage.DECLARED, Stage.APPRAISED)

    def value(self, criterion: Criterion, stage: Stage) -> Value | None:
        """The value of that stage under the rule of today."""
        found = Value.objects.fresh().filter(participant=self.dossier.participant, criterion=criterion, stage=stage)
        return found.select_related("criterion").first()


def appraise(
    part: AppraisalPart,
    criterion: Criterion,
    content: Content,
    *,
    seen: int,
    by: User,
    seen_declared: int | None = None,
) -> Value:
    """Set the value of one leaf of `part` in its round; `seen` is the version the form was made from, 0 for none, and
    `seen_declared` that of the unit's own value beside it (None: not asked).

    Figures that differ from the declared ones, and points, need a reason; "không áp dụng" answers a claim of the unit
    and needs a reason and a legal basis. Points below the first round need a reason, and a new explanation before the
    run (`selectors.missing`). Raises `Refused`, `Conflict`, `Incomplete`, `StaleEdit`, `WrongFigures`; nothing is
    stored then.
    """
    with transaction.atomic():
        held = _hold(part, by)
        _refuse_other_leaf(held, criterion)
        _refuse_moved_on(held, criterion, seen_declared)
        return _judge(held, criterion, content, seen, by)


def keep_declared(
    part: AppraisalPart, criterion: Criterion, *, seen: int, by: User, seen_declared: int | None = None
) -> Value:
    """“Giữ điểm tự chấm”: in round 1 the declared figures, in round 2 the value of round 1 stands.

    Raises like `appraise`; `Conflict` also where the unit declared nothing or claims "không áp dụng": these need a
    decision of their own.
    """
    with transaction.atomic():
        held = _hold(part, by)
        _refuse_other_leaf(held, criterion)
        _refuse_moved_on(held, criterion, seen_declared)
        return _judge(held, criterion, _kept(held, criterion), seen, by)


def keep_all(part: AppraisalPart, seen: Mapping[str, int], *, by: User) -> list[Judged]:
    """Keep the value of every leaf in `seen` (code → version of the value that the person saw to be kept).

    A leaf that somebody has judged meanwhile, or whose declared value changed, is told and not touched. Raises
    `Refused` and `Conflict` where the part as a whole cannot be written.
    """
    with transaction.atomic():
        held = _hold(part, by)
        return [_keep_one(held, leaf, seen[leaf.code], by) for leaf in held.leaves.values() if leaf.code in seen]


def nought_undeclared(part: AppraisalPart, codes: frozenset[str], reason: str, *, by: User) -> list[Judged]:
    """Nought, with `reason`, for every leaf of `codes` that the unit left open; others are told and not touched.

    Raises `Refused`, `Conflict`, and `Incomplete` without a reason or in round 2, where every leaf was declared upon.
    """
    reason = reason.strip()
    if not reason:
        raise Incomplete("reason", "Nêu lý do cho 0 điểm, ví dụ: đơn vị không kê khai, không có tài liệu.")
    if len(reason) > LONGEST_REASON:
        raise Incomplete("reason", f"Rút gọn lý do còn tối đa {LONGEST_REASON} ký tự.")
    with transaction.atomic():
        held = _hold(part, by)
        if held.part.round != 1:
            raise Conflict("Vòng 2 chấm từng tiêu chí đơn vị đã giải trình, không cho 0 điểm hàng loạt.")
        return [_nought_one(held, leaf, reason, by) for leaf in held.leaves.values() if leaf.code in codes]


def _hold(part: AppraisalPart, by: User) -> _Held:
    """The part as it is now under the dossier's lock; whoever lost it a moment ago is refused."""
    dossier = lock_dossier(part.participant)
    current = AppraisalPart.objects.select_for_update(of=("self",)).select_related("component").get(pk=part.pk)
    current.participant = dossier.participant
    authorize(by, APPRAISE, current)
    require(appraisal_pen(dossier, current))
    return _Held(current, dossier, {leaf.pk: leaf for leaf in leaves_to_judge(current, dossier)})


def _refuse_other_leaf(held: _Held, criterion: Criterion) -> None:
    refuse_foreign_leaf(criterion)
    require(appraisal_pen(held.dossier, held.part, criterion))
    if criterion.pk not in held.leaves:
        raise Conflict(
            "Tiêu chí này không thuộc phần được giao."
            if held.part.round == 1
            else "Vòng 2 chỉ mở các tiêu chí đơn vị đã giải trình trong phần được giao."
        )


def _refuse_moved_on(held: _Held, criterion: Criterion, seen: int | None) -> None:
    """Nobody judges figures that were changed under his or her eyes (a dossier unlocked meanwhile)."""
    if seen is None:
        return
    now = Value.objects.filter(
        participant=held.dossier.participant, criterion=criterion, stage=Stage.DECLARED
    ).values_list("version", flat=True)
    if (now.first() or 0) != seen:
        raise Conflict(MOVED_ON)


def _judge(held: _Held, criterion: Criterion, content: Content, seen: int, by: User) -> Value:
    _refuse_incomplete(held, criterion, content)
    value = write(held.dossier, criterion, held.stage, content, seen=seen, by=by)
    lowered = held.part.round == 2 and criterion.pk in lowered_leaves(held.dossier.participant)
    if lowered and not content.reason.strip():
        raise Incomplete("reason", "Điểm thấp hơn vòng 1: nêu lý do hạ điểm.")
    _tell(held.part, criterion, value, by, lowered=lowered)
    return value


def _kept(held: _Held, criterion: Criterion) -> Content:
    found = held.value(criterion, held.kept_stage)
    if found is None:
        raise Conflict(_NOTHING_TO_KEEP)
    if held.part.round == 1 and found.not_applicable:
        raise Conflict(_CLAIM_TO_SETTLE)
    content = content_of(found)
    return Content(content.inputs, content.points, content.not_applicable, content.reason, content.legal_basis)


def _keep_one(held: _Held, leaf: Criterion, seen: int, by: User) -> Judged:
    if held.value(leaf, held.stage) is not None:
        return Judged(leaf, _JUDGED)
    source = held.value(leaf, held.kept_stage)
    if source is None or source.version != seen:
        return Judged(leaf, MOVED_ON)
    if held.part.round == 1 and source.not_applicable:
        return Judged(leaf, _CLAIM_TO_SETTLE)
    return _one_of_many(held, leaf, _kept(held, leaf), by)


def _nought_one(held: _Held, leaf: Criterion, reason: str, by: User) -> Judged:
    if held.value(leaf, held.stage) is not None:
        return Judged(leaf, _JUDGED)
    if held.value(leaf, Stage.DECLARED) is not None:
        return Judged(leaf, "Đơn vị đã kê khai tiêu chí này, phải xem số liệu rồi chấm.")
    return _one_of_many(held, leaf, Content(points=Decimal(0), reason=reason), by)


def _one_of_many(held: _Held, leaf: Criterion, content: Content, by: User) -> Judged:
    """Write one leaf; what the rule refuses is told beside it and does not stop the others."""
    row = Value.objects.filter(participant=held.dossier.participant, criterion=leaf, stage=held.stage)
    try:
        with transaction.atomic():
            _judge(held, leaf, content, row.values_list("version", flat=True).first() or 0, by)
    except (Incomplete, WrongFigures) as refused:
        return Judged(leaf, str(refused))
    return Judged(leaf, "")


def _refuse_incomplete(held: _Held, criterion: Criterion, content: Content) -> None:
    reason = content.reason.strip()
    if len(reason) > LONGEST_REASON:
        raise Incomplete("reason", f"Rút gọn lý do còn tối đa {LONGEST_REASON} ký tự.")
    if content.not_applicable:
        _refuse_without_claim(held, criterion)
        if not reason:
            raise Incomplete("reason", "Nêu lý do xác nhận không áp dụng.")
        if not content.legal_basis.strip():
            raise Incomplete("legal_basis", "Ghi căn cứ xác nhận không áp dụng: số, ngày văn bản.")
    elif content.points is not None:
        if not reason:
            raise Incomplete("reason", "Cho điểm khác số liệu thì phải nêu lý do.")
    elif not reason and not _figures_stand(held, criterion, content):
        raise Incomplete("reason", "Số liệu khác với số đơn vị kê khai: nêu lý do sửa.")


def _refuse_without_claim(held: _Held, criterion: Criterion) -> None:
    """An appraiser alone takes nothing out of a unit's maximum: the unit claims it, or two persons exclude it."""
    earlier = [held.value(criterion, stage) for stage in held.answered_stages]
    if not any(value is not None and value.not_applicable for value in earlier):
        raise Conflict(
            "Đơn vị không đề nghị không áp dụng tiêu chí này. Việc không đánh giá do điều phối ghi, "
            "người thứ hai xác nhận."
        )


def _figures_stand(held: _Held, criterion: Criterion, content: Content) -> bool:
    """Whether the same figures stand already, declared by the unit or given in the first round."""
    earlier = [held.value(criterion, stage) for stage in held.answered_stages]
    return any(value is not None and value.inputs == content.inputs for value in earlier)


def _tell(part: AppraisalPart, criterion: Criterion, value: Value, by: User, *, lowered: bool) -> None:
    trail.record(
        APPRAISE,
        by=by,
        about=value,
        scope=part.participant.campaign.trail_scope,
        label=f"Thẩm định vòng {part.round}: {part.participant.name}, {criterion.code}",
        version=value.version,
        worth=None if value.worth is None else plain_number(value.worth),
        not_applicable=value.not_applicable,
        reason=value.reason,
        lowered=lowered,
    )

"""The appraiser's values: keeps what was declared, corrects the figures, sets points with a reason, settles a claim."""

from __future__ import annotations

from django.db import transaction

from scoring.enums import Stage
from scoring.models import AppraisalPart, Criterion, Value
from scoring.permissions import APPRAISE
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict, Incomplete
from scoring.services.group_guards import lowered_leaves
from scoring.services.guards import leaves_to_judge
from scoring.services.pen import appraisal_pen, require
from scoring.services.self_assessment import refuse_foreign_leaf
from scoring.services.values import Content, content_of, write
from units import trail
from units.models import User
from units.permissions import authorize


def appraise(part: AppraisalPart, criterion: Criterion, content: Content, *, seen: int, by: User) -> Value:
    """Set the value of one leaf of `part` in its round; `seen` is the version the form was made from, 0 for none.

    Figures that differ from the declared ones, and points, need a reason; "không áp dụng" a reason and a legal basis.
    Points below the first round need a reason, and a new explanation before the run (`selectors.missing`).
    Raises `Refused`, `Conflict`, `Incomplete`, `StaleEdit`, `WrongFigures`; nothing is stored then.
    """
    with transaction.atomic():
        current, dossier = _locked(part, criterion, by)
        _refuse_incomplete(dossier, current, criterion, content)
        value = write(dossier, criterion, stage_of(current), content, seen=seen, by=by)
        lowered = current.round == 2 and criterion.pk in lowered_leaves(dossier.participant)
        if lowered and not content.reason.strip():
            raise Incomplete("reason", "Điểm thấp hơn vòng 1: nêu lý do hạ điểm.")
        _tell(current, criterion, value, by, lowered=lowered)
        return value


def keep_declared(part: AppraisalPart, criterion: Criterion, *, seen: int, by: User) -> Value:
    """“Giữ điểm tự chấm”: in round 1 the declared figures, in round 2 the value of round 1 stands.

    Raises `Conflict` where the unit declared nothing or claims "không áp dụng": these need a decision of their own.
    """
    source = Stage.DECLARED if part.round == 1 else Stage.APPRAISED
    found = Value.objects.fresh().filter(participant=part.participant, criterion=criterion, stage=source).first()
    if found is None:
        raise Conflict("Đơn vị không kê khai tiêu chí này, nên không có điểm tự chấm để giữ. Cho điểm và nêu lý do.")
    if part.round == 1 and found.not_applicable:
        raise Conflict("Đơn vị đề nghị không áp dụng. Xác nhận với căn cứ, hoặc bác bỏ và cho điểm.")
    content = content_of(found)
    kept = Content(content.inputs, content.points, content.not_applicable, content.reason, content.legal_basis)
    return appraise(part, criterion, kept, seen=seen, by=by)


def stage_of(part: AppraisalPart) -> Stage:
    return Stage.APPRAISED if part.round == 1 else Stage.REAPPRAISED


def _locked(part: AppraisalPart, criterion: Criterion, by: User) -> tuple[AppraisalPart, Dossier]:
    """The part as it is now under the dossier's lock; whoever lost it a moment ago is refused."""
    dossier = lock_dossier(part.participant)
    current = AppraisalPart.objects.select_for_update(of=("self",)).select_related("component").get(pk=part.pk)
    current.participant = dossier.participant
    authorize(by, APPRAISE, current)
    refuse_foreign_leaf(criterion)
    require(appraisal_pen(dossier, current))
    if criterion.pk not in {leaf.pk for leaf in leaves_to_judge(current, dossier)}:
        raise Conflict(
            "Tiêu chí này không thuộc phần được giao."
            if current.round == 1
            else "Vòng 2 chỉ mở các tiêu chí đơn vị đã giải trình trong phần được giao."
        )
    return current, dossier


def _refuse_incomplete(dossier: Dossier, part: AppraisalPart, criterion: Criterion, content: Content) -> None:
    reason = content.reason.strip()
    if content.not_applicable:
        if not reason:
            raise Incomplete("reason", "Nêu lý do xác nhận không áp dụng.")
        if not content.legal_basis.strip():
            raise Incomplete("legal_basis", "Ghi căn cứ xác nhận không áp dụng: số, ngày văn bản.")
    elif content.points is not None:
        if not reason:
            raise Incomplete("reason", "Cho điểm khác số liệu thì phải nêu lý do.")
    elif not reason and not _figures_stand(dossier, part, criterion, content):
        raise Incomplete("reason", "Số liệu khác với số đơn vị kê khai: nêu lý do sửa.")


def _figures_stand(dossier: Dossier, part: AppraisalPart, criterion: Criterion, content: Content) -> bool:
    """Whether the same figures stand already, declared by the unit or given in the first round."""
    stages = (Stage.DECLARED,) if part.round == 1 else (Stage.DECLARED, Stage.APPRAISED)
    earlier = Value.objects.fresh().filter(participant=dossier.participant, criterion=criterion, stage__in=stages)
    return any(value.inputs == content.inputs for value in earlier)


def _tell(part: AppraisalPart, criterion: Criterion, value: Value, by: User, *, lowered: bool) -> None:
    trail.record(
        APPRAISE,
        by=by,
        about=value,
        scope=part.participant.campaign.trail_scope,
        label=f"Thẩm định vòng {part.round}: {part.participant.name}, {criterion.code}",
        version=value.version,
        worth=value.worth,
        not_applicable=value.not_applicable,
        reason=value.reason,
        lowered=lowered,
    )

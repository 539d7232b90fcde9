"""The council's word: a value and a reason for each point, and a class by decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import canonical_bytes, load_campaign
from scoring.enums import RunKind, Stage
from scoring.models import Criterion, Participant, Value
from scoring.permissions import DECIDE, OVERRIDE_GRADE
from scoring.selectors.council import scale_of
from scoring.selectors.tree import tree_of
from scoring.services.calculation import build_campaign_file
from scoring.services.dossier import Dossier, lock_dossier
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.group_guards import excluded_of
from scoring.services.pen import require, team_pen
from scoring.services.scorecard import Scorecard, card_of
from scoring.services.self_assessment import refuse_foreign_leaf
from scoring.services.values import Content, clear, content_of, write
from scoring.workflow import Hand, Matter
from units import trail
from units.models import User
from units.permissions import authorize

NO_REASON = "Mỗi quyết định của hội đồng phải có lý do."
NO_BASIS = "Ghi căn cứ không áp dụng: số, ngày văn bản."


def decide(participant: Participant, criterion: Criterion, content: Content, *, seen: int, by: User) -> Value:
    """Settle one leaf of one unit, always with a reason; "không áp dụng" with a legal basis too.

    Raises `Refused`, `Conflict`, `Incomplete`, `StaleEdit`, `WrongFigures`; nothing is stored then.
    """
    authorize(by, DECIDE, participant)
    _refuse_incomplete(content)
    with transaction.atomic():
        dossier = _locked(participant)
        _refuse_leaf(dossier, criterion)
        return _settle(dossier, criterion, content, seen=seen, by=by)


def adopt(
    participant: Participant,
    criterion: Criterion,
    source: Value,
    reason: str,
    *,
    legal_basis: str = "",
    seen: int,
    by: User,
) -> Value:
    """Make `source`, a value that another stage gave this leaf, the council's own, as the person saw it.

    "Giữ giá trị đang có hiệu lực" and "chọn giá trị tự chấm". Raises like `decide`, and `Conflict` where `source` was
    changed or lost its force since it was read.
    """
    authorize(by, DECIDE, participant)
    with transaction.atomic():
        dossier = _locked(participant)
        _refuse_leaf(dossier, criterion)
        row = Value.objects.fresh().filter(pk=source.pk, participant=participant, criterion=criterion)
        current = row.select_related("criterion").first()
        if current is None or current.version != source.version:
            raise Conflict("Giá trị được chọn vừa thay đổi. Mở lại trang để xem giá trị mới rồi quyết định.")
        content = adopted(current, reason, legal_basis)
        _refuse_incomplete(content)
        return _settle(dossier, criterion, content, seen=seen, by=by)


def adopted(source: Value, reason: str, legal_basis: str = "") -> Content:
    """What the council's value would say if it took over `source`."""
    basis = legal_basis.strip() or source.legal_basis
    return replace(content_of(source), reason=reason, legal_basis=basis if source.not_applicable else "", note="")


def withdraw(participant: Participant, criterion: Criterion, reason: str, *, seen: int, by: User) -> None:
    """Take a decision back, with a reason: what the appraisal said is in force again. Raises like `decide`."""
    authorize(by, DECIDE, participant)
    if not reason.strip():
        raise Incomplete("reason", "Nêu lý do rút quyết định.")
    with transaction.atomic():
        dossier = _locked(participant)
        if not _last_version(dossier, criterion):
            raise StaleEdit(None)
        clear(dossier, criterion, Stage.COUNCIL, seen=seen, by=by)
        trail.record(
            DECIDE,
            by=by,
            about=participant,
            scope=participant.campaign.trail_scope,
            label=f"Hội đồng rút quyết định {criterion.code}: {participant.name}",
            reason=reason.strip(),
        )


def keep_declared(participant: Participant, reason: str, *, by: User) -> int:
    """For a unit that only the council judges: every declared leaf that it has not settled yet keeps its declared
    value, all for one reason. Returns how many; each leaf has its own value and its own row of the trail.

    Claims "không áp dụng" and leaves without a declared value need a decision of their own and are left. Raises
    `Refused`, `Conflict`, `Incomplete`; nothing is stored then.
    """
    authorize(by, DECIDE, participant)
    if not reason.strip():
        raise Incomplete("reason", NO_REASON)
    if not participant.council_only:
        raise Conflict("Đơn vị này đã có cơ quan thẩm định. Hội đồng quyết định từng mục.")
    with transaction.atomic():
        dossier = _locked(participant)
        values = Value.objects.fresh().filter(participant=participant).select_related("criterion")
        settled = {value.criterion_id for value in values if value.stage == Stage.COUNCIL}
        taken = settled | excluded_of(dossier.participant, tree_of(dossier.participant.criteria_set))
        kept = [
            value
            for value in values.filter(stage=Stage.DECLARED, not_applicable=False).order_by("criterion__path")
            if value.criterion_id not in taken
        ]
        if not kept:
            raise Conflict("Không còn mục nào có giá trị tự chấm mà hội đồng chưa quyết định.")
        for value in kept:
            seen = _last_version(dossier, value.criterion)
            _settle(dossier, value.criterion, adopted(value, reason.strip()), seen=seen, by=by)
    return len(kept)


def is_excluded(participant: Participant, criterion: Criterion) -> bool:
    """Whether a confirmed exclusion takes the leaf out at this unit: then nothing is left to decide."""
    return criterion.pk in excluded_of(participant, tree_of(participant.criteria_set))


def consequences(
    participant: Participant, criterion: Criterion, contents: Mapping[str, Content]
) -> tuple[Scorecard | None, dict[str, Scorecard | None]]:
    """The unit's official numbers as they stand, and as they would be under each of `contents`; nothing is stored."""
    file = build_campaign_file(participant.campaign, RunKind.OFFICIAL, only=participant)
    after = {}
    for name, content in contents.items():
        unit = file["units"][0]
        answers = unit["answers"] | {criterion.code: content.answer()}
        after[name] = card_of(file | {"units": [unit | {"answers": answers}]})
    return card_of(file), after


def class_by_scale(participant: Participant) -> Scorecard | None:
    """The unit's official numbers with the class that scale and gates give, whatever the council decided of it."""
    file = build_campaign_file(participant.campaign, RunKind.OFFICIAL, only=participant)
    return card_of(file | {"units": [file["units"][0] | {"grade_override": None}]})


def override_grade(
    participant: Participant, grade: str | None, reason: str, *, seen: dict[str, str] | None, by: User
) -> None:
    """Decide the class against the scale, with a reason (None takes the decision back); `seen` is what stood before.

    Raises `Incomplete` for a missing reason or a grade that the scale does not have, `StaleEdit`, `Conflict`.
    """
    authorize(by, OVERRIDE_GRADE, participant)
    reason = reason.strip()
    if not reason:
        raise Incomplete("reason", "Nêu lý do của quyết định về xếp loại.")
    with transaction.atomic():
        dossier = lock_dossier(participant)
        require(team_pen(Hand.COUNCIL, Matter.OVERRIDE, dossier.phase))
        current = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
        if current.grade_override != seen:
            raise StaleEdit(current.grade_override)
        if grade and grade not in {item["code"] for item in scale_of(dossier.group, participant.campaign)}:
            raise Incomplete("grade", "Chọn một loại trong thang xếp loại của khối.")
        after = {"grade": grade, "reason": reason} if grade else None
        Participant.objects.filter(pk=participant.pk).update(grade_override=after)
        if fault := _fault_of(dossier.participant):
            raise Conflict(f"Không xếp loại như vậy được: {fault}")
        trail.record(
            OVERRIDE_GRADE,
            by=by,
            about=participant,
            scope=participant.campaign.trail_scope,
            label=f"{'Xếp loại theo quyết định' if grade else 'Bỏ xếp loại theo quyết định'}: {participant.name}",
            before=current.grade_override,
            after=after,
            reason=reason,
        )


def _locked(participant: Participant) -> Dossier:
    dossier = lock_dossier(participant)
    require(team_pen(Hand.COUNCIL, Matter.COUNCIL, dossier.phase))
    return dossier


def _refuse_leaf(dossier: Dossier, criterion: Criterion) -> None:
    refuse_foreign_leaf(criterion)
    if is_excluded(dossier.participant, criterion):
        raise Conflict("Tiêu chí này không đánh giá ở đơn vị, nên hội đồng không phải quyết định.")


def _refuse_incomplete(content: Content) -> None:
    if not content.reason.strip():
        raise Incomplete("reason", NO_REASON)
    if content.not_applicable and not content.legal_basis.strip():
        raise Incomplete("legal_basis", NO_BASIS)


def _settle(dossier: Dossier, criterion: Criterion, content: Content, *, seen: int, by: User) -> Value:
    value = write(dossier, criterion, Stage.COUNCIL, content, seen=seen, by=by)
    participant = dossier.participant
    trail.record(
        DECIDE,
        by=by,
        about=value,
        scope=participant.campaign.trail_scope,
        label=f"Hội đồng quyết định {criterion.code}: {participant.name}",
        version=value.version,
        worth=value.worth,
        not_applicable=value.not_applicable,
        reason=value.reason,
    )
    return value


def _last_version(dossier: Dossier, criterion: Criterion) -> int:
    """The version that stands, of a decision under an older rule too; 0 for none."""
    row = Value.objects.filter(participant=dossier.participant, criterion=criterion, stage=Stage.COUNCIL)
    return row.values_list("version", flat=True).first() or 0


def _fault_of(participant: Participant) -> str:
    """The first thing that keeps the unit from being computed as it stands now; "" where nothing does."""
    try:
        load_campaign(canonical_bytes(build_campaign_file(participant.campaign, only=participant)))
    except CampaignFaults as refused:
        return str(refused.faults[0])
    return ""

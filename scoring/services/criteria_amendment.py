"""How a frozen criteria set changes: one person drafts an amendment from a whole new annex, another applies it.

Nothing is overwritten: a leaf whose rule, maximum or source changed keeps its old values, which no longer count; a
leaf that is taken out is retired; finished appraisal parts that hold a changed leaf are opened again.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F

from scoring.enums import AmendmentState, PartState, Phase, Source
from scoring.files.annex_layout import AnnexSet
from scoring.mail import tell_units
from scoring.models import Amendment, AppraisalPart, Campaign, CriteriaDraft, CriteriaSet, Group, Participant
from scoring.permissions import AMEND, APPLY_AMENDMENT
from scoring.selectors.clock import database_now
from scoring.services.campaigns import lock_groups
from scoring.services.criteria_changes import Change, compare, ids_by_code, with_ids
from scoring.services.criteria_export import annex_of
from scoring.services.criteria_gates import codes_of, follow, gate_moves
from scoring.services.criteria_impact import impact, parts_to_reopen
from scoring.services.criteria_proof import prove
from scoring.services.criteria_rows import store_nodes, with_new_ids
from scoring.services.dossier import lock_dossiers
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.services.opening import add_parts
from scoring.services.past_types import TableFaults
from scoring.services.transitions import perform
from units import trail
from units.enums import NoticeKind
from units.models import User
from units.permissions import authorize
from units.vietnamese import format_date, format_datetime

NOT_FROZEN = "Bộ tiêu chí chưa khóa. Muốn thay đổi thì nhập lại phụ lục, không cần sửa đổi."
ONE_AT_A_TIME = "Bộ tiêu chí đang có một sửa đổi chờ người thứ hai. Áp dụng hoặc bỏ sửa đổi ấy trước."
SETTLED = "{group}: đã chốt số liệu, nên không sửa bộ tiêu chí. Mở lại hội đồng trước nếu cần."
NO_CHANGE = "Phụ lục không khác bộ tiêu chí đang dùng. Chọn tệp phụ lục đã sửa."
OTHER_SET = "Phụ lục mang mã bộ “{code}”, còn bộ đang sửa là “{own}”. Chọn đúng tệp, hoặc sửa mã ở trang Thông tin."
MOVED_ON = "Bộ tiêu chí hoặc sửa đổi này vừa thay đổi. Mở lại trang, xem lại tác động rồi làm tiếp."


@dataclass(frozen=True)
class Basis:
    """On which decision a set is amended, why, and until when units answer the changed leaves anew."""

    decision_number: str
    decision_date: datetime.date
    reason: str
    redeclare_until: datetime.datetime | None = None


def changes_of(amendment: Amendment) -> tuple[Change, ...]:
    """What the amendment changes, as it was drafted."""
    return tuple(Change.from_json(stored) for stored in amendment.changes)


def draft_amendment(
    criteria_set: CriteriaSet, annex: AnnexSet, basis: Basis, *, sha256: str, by: User, overtakes: bool = False
) -> Amendment:
    """Keep the whole new `annex` with its differences and its impact; the set itself stays as it is.

    `overtakes`: the annex was begun before the set last changed and undoes that; the second person is told. Raises
    `Refused`, `Conflict` (not frozen, another draft, settled groups), `Incomplete` (which input and why),
    `TableFaults` or `Blocked` (the campaign could not be computed).
    """
    authorize(by, AMEND, criteria_set)
    with transaction.atomic():
        current = CriteriaSet.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=criteria_set.pk)
        _refuse_unready(current)
        if annex.code != current.code:
            raise Incomplete("file", OTHER_SET.format(code=annex.code, own=current.code))
        if faults := prove(annex, current.campaign.policy):
            raise TableFaults(faults)
        before = annex_of(current)
        new = with_new_ids(with_ids(annex, ids_by_code(before)))
        changes = compare(before, new)
        if not changes:
            raise Incomplete("file", NO_CHANGE)
        _refuse_no_time(new, changes, basis)
        amendment = _create(current, new, changes, basis, sha256, by, overtakes)
        trail.record(
            AMEND,
            by=by,
            about=amendment,
            scope=current.campaign.trail_scope,
            label=f"Soạn sửa đổi “{current.title}” thành bản {amendment.revision}",
            decision=basis.decision_number,
            sha256=sha256,
            changes=amendment.changes,
            overtakes=overtakes or None,
        )
    return amendment


def apply_amendment(amendment: Amendment, *, sha256: str, by: User) -> CriteriaSet:
    """Make the set revision n+1, by a second person who saw the draft with this digest; returns the set.

    Raises `Refused` (the drafter among others), `Conflict`; nothing is stored then.
    """
    authorize(by, APPLY_AMENDMENT, amendment)
    with transaction.atomic():
        current = (
            Amendment.objects.select_for_update(of=("self",))
            .select_related("criteria_set__campaign")
            .get(pk=amendment.pk)
        )
        criteria_set = _locked_set(current, sha256)
        annex, changes = AnnexSet.from_json(current.annex), changes_of(current)
        groups = list(criteria_set.campaign.groups.order_by("pk"))
        moves = gate_moves(criteria_set.campaign, groups, annex_of(criteria_set), annex)
        _store(criteria_set, annex, changes, current.revision)
        follow(moves, criteria_set.campaign, groups)
        _drop_the_same_draft(criteria_set, annex)
        reopened = _reopen_parts(criteria_set, annex, changes, current)
        Amendment.objects.filter(pk=current.pk).update(
            state=AmendmentState.APPLIED, applied_by=by, applied_at=database_now()
        )
        trail.record(
            APPLY_AMENDMENT,
            by=by,
            about=current,
            scope=criteria_set.campaign.trail_scope,
            label=f"Áp dụng sửa đổi “{criteria_set.title}”, bản {current.revision}",
            decision=current.decision_number,
            sha256=current.sha256,
            changes=current.changes,
            gates=codes_of(moves),
            reopened_parts=reopened,
        )
        _tell_units(criteria_set, annex, changes, current)
    return CriteriaSet.objects.select_related("campaign__organiser").get(pk=criteria_set.pk)


def discard_amendment(amendment: Amendment, *, by: User) -> None:
    """Give a draft up; one that was applied or given up already stays as it is (`Conflict`)."""
    authorize(by, AMEND, amendment)
    with transaction.atomic():
        waiting = Amendment.objects.filter(pk=amendment.pk, state=AmendmentState.DRAFTED)
        if not waiting.update(state=AmendmentState.DISCARDED):
            raise Conflict(MOVED_ON)
        trail.record(
            AMEND,
            by=by,
            about=amendment,
            scope=amendment.campaign.trail_scope,
            label=f"Bỏ sửa đổi “{amendment.criteria_set.title}”, bản {amendment.revision}",
        )


def _create(
    criteria_set: CriteriaSet,
    annex: AnnexSet,
    changes: tuple[Change, ...],
    basis: Basis,
    sha256: str,
    by: User,
    overtakes: bool,
) -> Amendment:
    told = impact(criteria_set, annex, changes) | {"overtakes": overtakes}
    try:
        with transaction.atomic():
            return Amendment.objects.create(
                criteria_set=criteria_set,
                revision=criteria_set.revision + 1,
                decision_number=basis.decision_number,
                decision_date=basis.decision_date,
                reason=basis.reason,
                redeclare_until=basis.redeclare_until,
                sha256=sha256,
                annex=annex.to_json(),
                changes=[change.to_json() for change in changes],
                impact=told,
                drafted_by=by,
            )
    except IntegrityError:
        raise Conflict(ONE_AT_A_TIME) from None


def _refuse_unready(criteria_set: CriteriaSet) -> None:
    if criteria_set.frozen_at is None:
        raise Conflict(NOT_FROZEN)
    if criteria_set.amendments.filter(state=AmendmentState.DRAFTED).exists():
        raise Conflict(ONE_AT_A_TIME)
    _refuse_settled(criteria_set)


def _refuse_settled(criteria_set: CriteriaSet) -> None:
    settled = Group.objects.filter(
        participants__criteria_set=criteria_set, phase__in=(Phase.FINALISED, Phase.PUBLISHED)
    ).distinct()
    if titles := list(settled.order_by("position").values_list("title", flat=True)):
        raise Conflict(SETTLED.format(group=", ".join(titles)))


def _refuse_no_time(annex: AnnexSet, changes: tuple[Change, ...], basis: Basis) -> None:
    """Units need time for leaves that they must answer anew, and that time lies ahead."""
    if basis.redeclare_until is None and _declared_anew(annex, changes):
        raise Incomplete("redeclare_until", "Có tiêu chí đơn vị phải kê khai lại. Ghi giờ, ngày hết hạn kê khai lại.")
    if basis.redeclare_until is not None and basis.redeclare_until <= database_now():
        raise Incomplete("redeclare_until", "Hạn kê khai lại đã qua. Ghi giờ, ngày sau lúc này.")


def _declared_anew(annex: AnnexSet, changes: tuple[Change, ...]) -> list[str]:
    """Codes of the leaves that units must declare anew, in the order of print."""
    codes = {change.code for change in changes if change.needs_new_answers}
    return [node.code for node in annex.nodes if node.code in codes and node.source == Source.SELF]


def _locked_set(amendment: Amendment, sha256: str) -> CriteriaSet:
    """The set with everything that hangs on it under lock: groups, dossiers, parts, campaign, and then itself."""
    if amendment.state != AmendmentState.DRAFTED or amendment.sha256 != sha256:
        raise Conflict(MOVED_ON)
    used = _groups_of(amendment.criteria_set)
    locked = lock_groups(amendment.criteria_set.campaign)  # conditions of any of them may follow a code
    lock_dossiers(*(group for group in locked if group.pk in used))
    parts = AppraisalPart.objects.select_for_update(of=("self",)).filter(
        participant__criteria_set=amendment.criteria_set
    )
    list(parts.order_by("pk").values_list("pk", flat=True))
    Campaign.objects.select_for_update().get(pk=amendment.criteria_set.campaign_id)
    chosen = CriteriaSet.objects.select_for_update(of=("self",)).select_related("campaign__organiser")
    criteria_set = chosen.get(pk=amendment.criteria_set_id)
    if _groups_of(criteria_set) != used:  # a group came to the set while the locks were waited for
        raise Conflict(MOVED_ON)
    if amendment.revision != criteria_set.revision + 1:
        raise Conflict(MOVED_ON)
    _refuse_settled(criteria_set)
    if faults := prove(AnnexSet.from_json(amendment.annex), criteria_set.campaign.policy):
        raise Blocked("Chưa áp dụng được: cách tính của kỳ đã đổi sau khi soạn.", map(str, faults))
    return criteria_set


def _groups_of(criteria_set: CriteriaSet) -> set[int]:
    """The groups with a unit that the set measures."""
    return set(Participant.objects.filter(criteria_set=criteria_set).values_list("group", flat=True))


def _store(criteria_set: CriteriaSet, annex: AnnexSet, changes: tuple[Change, ...], revision: int) -> None:
    kept = [node.permanent_id for node in annex.nodes]
    criteria_set.criteria.in_force().exclude(permanent_id__in=kept).update(retired_in=revision)
    store_nodes(criteria_set, annex, revision)
    outdated = [change.permanent_id for change in changes if change.outdates]
    criteria_set.criteria.filter(permanent_id__in=outdated).update(changed_in=revision)
    CriteriaSet.objects.filter(pk=criteria_set.pk).update(
        revision=revision,
        title=annex.title,
        unit_kinds=list(annex.unit_kinds),
        note=annex.note,
        is_sample=annex.is_sample,
    )
    Campaign.objects.filter(pk=criteria_set.campaign_id).update(version=F("version") + 1)


def _drop_the_same_draft(criteria_set: CriteriaSet, annex: AnnexSet) -> None:
    """What was written on screen and is now in force is a draft no more; what was written on since then stays, and is
    a change of the set as it is now."""
    for draft in CriteriaDraft.objects.filter(campaign=criteria_set.campaign_id, code=criteria_set.code):
        if AnnexSet.from_json(draft.annex).digest == annex.digest:
            draft.delete()
        elif any(AnnexSet.from_json(step.annex).digest == annex.digest for step in draft.steps.all()):
            CriteriaDraft.objects.filter(pk=draft.pk).update(based_on=annex_of(criteria_set).digest)


def _reopen_parts(criteria_set: CriteriaSet, annex: AnnexSet, changes: tuple[Change, ...], amendment: Amendment) -> int:
    """Open what must be judged anew, add parts of new components, take away those nobody has signed of retired ones."""
    open_units = criteria_set.participants.filter(submission__isnull=False).select_related("criteria_set")
    add_parts(list(open_units), amended_in=amendment.revision)
    AppraisalPart.objects.filter(component__criteria_set=criteria_set, component__retired_in__isnull=False).exclude(
        state=PartState.SIGNED
    ).delete()
    reason = f"Sửa đổi bộ tiêu chí theo {amendment.decision_number} ngày {format_date(amendment.decision_date)}"
    parts = list(parts_to_reopen(criteria_set, annex, changes).select_related("participant", "component"))
    for part in parts:
        perform(part, "amend", None, reason=reason)
    return len(parts)


def _tell_units(criteria_set: CriteriaSet, annex: AnnexSet, changes: tuple[Change, ...], amendment: Amendment) -> None:
    codes = _declared_anew(annex, changes)
    if not codes or amendment.redeclare_until is None:
        return
    text = (
        f"Bộ tiêu chí “{annex.title}” sửa đổi theo {amendment.decision_number}. Tiêu chí phải kê khai lại: "
        f"{', '.join(codes)}. Hạn: {format_datetime(amendment.redeclare_until)}."
    )
    units = criteria_set.participants.filter(submission__isnull=False)
    tell_units(
        criteria_set.campaign, units, "Bộ tiêu chí sửa đổi, cần kê khai lại", lambda item: text,
        kind=NoticeKind.WORK, occasion=f"sua-doi-{amendment.pk}", until=amendment.redeclare_until,
    )  # fmt: skip

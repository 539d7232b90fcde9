"""What is not assessed of a unit or a whole group, by which reason and legal basis; it counts once a second person has
confirmed it (methodology, section 4, "Not applicable")."""

from __future__ import annotations

from django.db import transaction

from scoring.models import Criterion, Exclusion, Group, Participant, Submission
from scoring.permissions import CONFIRM_EXCLUSION, EXCLUDE, conflict_of
from scoring.selectors.clock import database_now
from scoring.services.dossier import lock_dossier, lock_dossiers
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.pen import require, team_pen
from scoring.workflow import Hand, Matter
from units import trail
from units.models import User
from units.permissions import authorize, is_one_hand

LONGEST_TEXT = 300


def version_of(exclusion: Exclusion) -> str:
    """What an act on an exclusion compares: it is entered, confirmed or removed, and never edited."""
    confirmed = exclusion.confirmed_at.isoformat() if exclusion.confirmed_at else "-"
    return f"{exclusion.entered_at.isoformat()}/{confirmed}"


def exclude(whose: Participant | Group, criterion: Criterion, *, reason: str, legal_basis: str, by: User) -> Exclusion:
    """Note that `criterion` (a node with all below it) does not apply to one unit or to a group.

    Raises `Refused`, `Conflict` (phase, foreign node, noted already) or `Incomplete`; nothing is stored then.
    """
    authorize(by, EXCLUDE, whose)
    reason, legal_basis = _stated("reason", reason), _stated("legal_basis", legal_basis)
    with transaction.atomic():
        group = _lock(whose)
        require(team_pen(Hand.COORDINATOR, Matter.EXCLUSION, group.phase))
        node = _node_of(whose, criterion)
        owner = {"group": whose} if isinstance(whose, Group) else {"participant": whose}
        if Exclusion.objects.filter(criterion=node, **owner).exists():
            raise Conflict(f"Đã ghi không đánh giá {node.code} cho {whose}. Muốn sửa lý do thì gỡ rồi ghi lại.")
        exclusion = Exclusion.objects.create(
            campaign=group.campaign, criterion=node, reason=reason, legal_basis=legal_basis, entered_by=by, **owner
        )
        _tell(EXCLUDE, "Ghi không đánh giá", exclusion, by)
    return exclusion


def confirm_exclusion(exclusion: Exclusion, *, seen: str, by: User) -> Exclusion:
    """Confirm as the second person; `seen` is `version_of` what the person saw.

    Raises `Refused`, `Conflict` (phase, own entry) or `StaleEdit`.
    """
    authorize(by, CONFIRM_EXCLUSION, exclusion)
    with transaction.atomic():
        current = _locked(exclusion, seen)
        if current.confirmed_at is not None:
            raise StaleEdit(current)
        if is_one_hand(by, current.entered_by_id, current.entered_at):
            raise Conflict("Người ghi không tự xác nhận được, cần người thứ hai.")
        if against := _conflict(current, by):
            raise Conflict(against)
        if current.criterion.retired_in is not None:
            raise Conflict("Tiêu chí này đã bị bỏ khi sửa bộ tiêu chí. Gỡ mục này.")
        current.confirmed_by, current.confirmed_at = by, database_now()
        current.save(update_fields=["confirmed_by", "confirmed_at"])
        _tell(CONFIRM_EXCLUSION, "Xác nhận không đánh giá", current, by)
    return current


def _conflict(exclusion: Exclusion, by: User) -> str:
    """Why this person must not confirm it: it touches a unit that he or she must not judge."""
    touched = [exclusion.participant] if exclusion.participant else exclusion.group.participants.all()  # type: ignore[union-attr]
    return next((against for unit in touched if (against := conflict_of(by, unit))), "")


def remove_exclusion(exclusion: Exclusion, *, reason: str, seen: str, by: User) -> None:
    """Assess the node again, with a reason that the trail keeps; raises like `confirm_exclusion`, and `Incomplete`."""
    authorize(by, EXCLUDE, exclusion)
    stated = reason.strip()
    if not stated:
        raise Incomplete("reason", "Nêu lý do gỡ, để người sau hiểu.")
    with transaction.atomic():
        current = _locked(exclusion, seen)
        _tell(EXCLUDE, "Gỡ không đánh giá", current, by, removed_because=stated)
        current.delete()


def _stated(field: str, text: str) -> str:
    asked = {
        "reason": "Nêu lý do không đánh giá, ví dụ: đơn vị không có thủ tục hành chính.",
        "legal_basis": "Ghi căn cứ: số, ngày văn bản cho phép không đánh giá.",
    }
    stated = text.strip()
    if not stated:
        raise Incomplete(field, asked[field])
    if len(stated) > LONGEST_TEXT:
        raise Incomplete(field, f"Dài quá {LONGEST_TEXT} ký tự. Rút gọn lại.")
    return stated


def _lock(whose: Participant | Group) -> Group:
    """Lock the group's row and then the dossiers that the exclusion touches, in the order that the door takes.

    Before the year is opened there are no dossiers, and the group's row alone keeps the opening out.
    """
    pk = whose.pk if isinstance(whose, Group) else whose.group_id
    group = Group.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=pk)
    if isinstance(whose, Group):
        lock_dossiers(group)
    elif Submission.objects.filter(participant=whose).exists():
        lock_dossier(whose)
    return group


def _node_of(whose: Participant | Group, criterion: Criterion) -> Criterion:
    """The node as it is now, of a set that measures the unit, or a unit of the group."""
    node = Criterion.objects.in_force().filter(pk=criterion.pk).first()
    sets = (
        set(whose.participants.values_list("criteria_set", flat=True))
        if isinstance(whose, Group)
        else {whose.criteria_set_id}
    )
    if node is None or node.criteria_set_id not in sets:
        raise Conflict("Tiêu chí này không thuộc bộ tiêu chí của đơn vị.")
    return node


def _locked(exclusion: Exclusion, seen: str) -> Exclusion:
    """The exclusion under the lock of its dossiers, in a phase that takes it, as the person saw it."""
    group = _lock(exclusion.participant or exclusion.group)  # type: ignore[arg-type]
    require(team_pen(Hand.COORDINATOR, Matter.EXCLUSION, group.phase))
    found = Exclusion.objects.select_for_update(of=("self",)).filter(pk=exclusion.pk)
    current = found.select_related("criterion", "participant", "group", "campaign", "confirmed_by").first()
    if current is None or version_of(current) != seen:
        raise StaleEdit(current)
    return current


def _tell(action: str, what: str, exclusion: Exclusion, by: User, **more: str) -> None:
    trail.record(
        action,
        by=by,
        about=exclusion,
        scope=exclusion.campaign.trail_scope,
        label=f"{what} {exclusion.criterion.code}: {exclusion.participant or exclusion.group}",
        reason=exclusion.reason,
        legal_basis=exclusion.legal_basis,
        **more,
    )

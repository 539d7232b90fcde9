"""A role lent to a colleague while its holder is away: from day to day, for a reason, ended at once (decision 016)."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from units import trail
from units.enums import UNIT_SIDE, Role
from units.models import Membership, User
from units.permissions import DELEGATE, authorize
from units.selectors import own_side
from units.services.people import NotNow, leave_the_absent
from units.vietnamese import format_date

LONGEST_REASON = 300


def delegate(
    held: Membership, deputy: User, *, first: datetime.date, last: datetime.date, reason: str, by: User
) -> Membership:
    """Let `deputy` carry the role `held` from `first` to the end of `last`. Returns the deputy's role.

    Raises `Refused`; `NotNow` with the sentence where it must not be (each is a rule of decision 016).
    """
    authorize(by, DELEGATE, held)
    with transaction.atomic():
        people = User.objects.select_for_update().filter(pk__in=[held.user_id, deputy.pk]).order_by("pk")
        locked = {user.pk: user for user in people}
        current = Membership.objects.select_related("user", "organiser", "unit", "stands_for").get(pk=held.pk)
        _refuse_person(current, locked[deputy.pk], by)
        _refuse_days(current, first, last)
        _refuse_colleague(current, deputy, first)
        if not reason.strip():
            raise NotNow("Ghi lý do ủy quyền.")
        made = Membership.objects.create(
            user=deputy,
            organiser=current.organiser,
            unit=current.unit,
            role=current.role,
            components=current.components,
            valid_from=first,
            valid_to=last,
            stands_for=current,
            reason=reason.strip()[:LONGEST_REASON],
        )
        what = f"{current.get_role_display()}, {current.unit.name}"
        trail.record(
            "units.delegate",
            by=by,
            about=made,
            label=f"Ủy quyền: {deputy.full_name} thay {current.user.full_name} ({what})",
            user=deputy.username,
            role=current.role,
            valid_from=first,
            valid_to=last,
            reason=made.reason,
        )
    return made


def end_delegation(lent: Membership, *, by: User) -> Membership:
    """Take the role back at this moment: the next request of the deputy is refused. Raises `Refused`, `NotNow`."""
    authorize(by, DELEGATE, lent)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=lent.user_id)
        current = Membership.objects.select_related("user", "stands_for__user", "unit").get(pk=lent.pk)
        if current.stands_for is None:
            raise NotNow("Vai trò này không phải do ủy quyền.")
        if current.is_over:
            raise NotNow("Ủy quyền này đã kết thúc.")
        if current.user_id != by.pk:  # who carries a role may always lay it down
            leave_the_absent(current.user_id, by)
            leave_the_absent(current.principal_id, by)
        before = current.valid_to
        current.valid_to, current.ended_at = max(timezone.localdate(), current.valid_from), timezone.now()
        current.save(update_fields=["valid_to", "ended_at"])
        trail.record(
            "units.end_delegation",
            by=by,
            about=current,
            label=f"Thôi ủy quyền: {current.user.full_name} thay {current.stands_for.user.full_name}",
            before={"valid_to": before},
            after={"valid_to": current.valid_to, "ended_at": current.ended_at},
        )
    return current


def _refuse_person(held: Membership, deputy: User, by: User) -> None:
    if held.stands_for is not None:
        raise NotNow("Vai trò này đang thay người khác, không ủy quyền tiếp được.")
    if held.is_over:
        raise NotNow("Vai trò này đã kết thúc.")
    if deputy.pk == held.user_id:
        raise NotNow("Không ủy quyền cho chính mình.")
    if deputy.pk == by.pk:
        raise NotNow("Không tự nhận vai trò của người khác. Đề nghị chính người ấy hoặc một người quản trị khác làm.")
    leave_the_absent(held.user_id, by)
    leave_the_absent(deputy.pk, by)
    if not deputy.is_active:
        raise NotNow(f"Tài khoản {deputy.username} đang bị khóa.")


def _refuse_days(held: Membership, first: datetime.date, last: datetime.date) -> None:
    if first < max(timezone.localdate(), held.valid_from):
        raise NotNow(
            f"Ngày đầu không được trước hôm nay hoặc trước ngày vai trò bắt đầu ({format_date(held.valid_from)})."
        )
    if last < first:
        raise NotNow("Ngày cuối không được trước ngày đầu.")
    if held.valid_to is not None and last > held.valid_to:
        raise NotNow(f"Vai trò này chỉ đến hết {format_date(held.valid_to)}. Chọn ngày cuối không sau ngày ấy.")
    given = Membership.objects.filter(stands_for=held, ended_at__isnull=True, valid_from__lte=last, valid_to__gte=first)
    if taken := given.select_related("user").first():
        raise NotNow(
            f"Trong thời gian này vai trò đã ủy quyền cho {taken.user.full_name}. "
            "Thôi ủy quyền ấy, hoặc chọn ngày khác."
        )


def _refuse_colleague(held: Membership, deputy: User, first: datetime.date) -> None:
    """A colleague has an own role of the same side on the first day (`own_side`)."""
    if own_side(held, first).filter(user=deputy).exists():
        return
    if held.role in UNIT_SIDE:
        raise NotNow(f"Vai trò này chỉ ủy quyền cho cán bộ, thủ trưởng của cùng đơn vị ({held.unit.name}).")
    if held.role == Role.ADMINISTRATOR:
        raise NotNow("Người nhận ủy quyền phải là người đang có vai trò của mình ở nơi tổ chức này.")
    raise NotNow(
        "Vai trò này chỉ ủy quyền cho người đang là điều phối, thẩm định, hội đồng hoặc lãnh đạo của nơi tổ chức này."
    )

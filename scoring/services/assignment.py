"""Who appraises what: parts are given to people, with conflicts refused."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from scoring.enums import PartState
from scoring.models import AppraisalPart, Campaign, ConflictOfInterest
from scoring.permissions import ASSIGN, conflict_of
from scoring.services.errors import Blocked, Conflict
from units import trail
from units.enums import Role
from units.models import Membership, Organiser, Unit, User
from units.permissions import authorize


def assign(campaign: Campaign, parts: Iterable[AppraisalPart], appraiser: User | None, *, by: User) -> int:
    """Give `parts` of `campaign` to `appraiser` (None: to nobody) and return how many changed; all or nothing.

    Refused (`Blocked`, with every reason) where the person is no appraiser of the organiser or of that component,
    works for the unit, or has a declared conflict, and where a part is signed. Work done stays with the part.
    """
    authorize(by, ASSIGN, campaign)
    with transaction.atomic():
        chosen = AppraisalPart.objects.select_for_update(of=("self",)).filter(
            pk__in=[part.pk for part in parts], participant__campaign=campaign
        )
        rows = list(chosen.select_related("participant__unit", "participant__campaign", "component").order_by("pk"))
        if reasons := [text for part in rows for text in refusals(part, appraiser, campaign.organiser_id)]:
            raise Blocked("Chưa giao được.", reasons)
        changing = [part for part in rows if part.appraiser_id != (appraiser.pk if appraiser else None)]
        AppraisalPart.objects.filter(pk__in=[part.pk for part in changing]).update(
            appraiser=appraiser, version=F("version") + 1
        )
        for part in changing:
            trail.record(
                ASSIGN,
                by=by,
                about=part,
                scope=campaign.trail_scope,
                label=f"Giao {part.participant.name}, lĩnh vực {part.component.code}, vòng {part.round}",
                before=part.appraiser_id,
                after=appraiser.pk if appraiser else None,
            )
    return len(changing)


def refusals(part: AppraisalPart, appraiser: User | None, organiser_id: int) -> list[str]:
    """Why this part cannot be given to this person, in sentences; empty when it can."""
    where = f"{part.participant.name}, lĩnh vực {part.component.code}"
    if part.state == PartState.SIGNED:
        return [f"{where}: đã ký xác nhận, mở lại trước khi giao người khác."]
    if appraiser is None:
        return []
    roles = [
        item
        for item in Membership.objects.valid_on(timezone.localdate()).filter(user=appraiser, organiser=organiser_id)
        if item.role == Role.APPRAISER
    ]
    if not roles or not appraiser.is_active:
        return [f"{where}: {appraiser.full_name} không phải người thẩm định đang được phân công."]
    if not any(not item.components or part.component.code in item.components for item in roles):
        return [f"{where}: {appraiser.full_name} không được phân công lĩnh vực này."]
    if conflict := conflict_of(appraiser, part.participant):
        return [f"{where}: {appraiser.full_name}. {conflict}"]
    return []


def declare_conflict(organiser: Organiser, user: User, unit: Unit, reason: str, *, by: User) -> ConflictOfInterest:
    """Note that `user` must not judge `unit`; parts already given are taken away, their work stays."""
    authorize(by, ASSIGN, organiser)
    if not reason.strip():
        raise Conflict("Nêu lý do xung đột lợi ích, ví dụ: vợ/chồng đang công tác tại đơn vị.")
    with transaction.atomic():
        conflict, made = ConflictOfInterest.objects.get_or_create(
            organiser=organiser, user=user, unit=unit, defaults={"reason": reason.strip(), "declared_by": by}
        )
        if made:
            given = AppraisalPart.objects.filter(
                participant__unit=unit, participant__campaign__organiser=organiser, appraiser=user
            ).exclude(state=PartState.SIGNED)
            taken = given.update(appraiser=None, version=F("version") + 1)
            trail.record(
                "scoring.declare_conflict",
                by=by,
                about=conflict,
                label=f"Khai báo xung đột lợi ích: {user.full_name}, {unit.name}",
                reason=reason,
                parts_taken_away=taken,
            )
    return conflict

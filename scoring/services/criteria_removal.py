"""A criteria set that nobody uses goes again; what it was stays in the trail."""

from __future__ import annotations

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from scoring.enums import Origin
from scoring.models import Campaign, CriteriaSet
from scoring.permissions import MANAGE_CRITERIA
from scoring.services.calculation import faults_of
from scoring.services.campaigns import lock_groups, raise_version
from scoring.services.criteria_export import annex_of
from scoring.services.criteria_import import HELD, PAST
from scoring.services.errors import Conflict
from units import trail
from units.models import User
from units.permissions import authorize


def why_kept(criteria_set: CriteriaSet) -> str:
    """The sentence why the set stays, "" where it can be removed; two queries."""
    campaign = criteria_set.campaign
    if campaign.origin == Origin.PAST:
        return PAST
    if criteria_set.frozen_at is not None:
        return f"Bộ tiêu chí “{criteria_set.title}” đã khóa vì kỳ đã mở tự chấm, nên không xóa được."
    users = criteria_set.participants.count()
    if users:
        return f"{users} đơn vị đang dùng bộ này. Chọn bộ khác cho các đơn vị ấy, hoặc đưa ra khỏi khối, rồi hãy xóa."
    if campaign.criteria_drafts.filter(code=criteria_set.code).exists():
        return "Bộ này đang được soạn trên màn hình. Bỏ bản đang soạn trước, hoặc soạn tiếp thay vì xóa."
    return ""


def remove_set(criteria_set: CriteriaSet, *, seen: int, by: User) -> None:
    """Take the set and its tree out of the campaign; `seen` is the campaign's version on the page.

    Raises `Refused`, `StaleEdit`, `Conflict` (`why_kept`, or the year could no longer be computed, as where a condition
    of a class names one of its criteria); nothing is removed then.
    """
    authorize(by, MANAGE_CRITERIA, criteria_set.campaign)
    with transaction.atomic():
        lock_groups(criteria_set.campaign)
        campaign = Campaign.objects.select_for_update(of=("self",)).get(pk=criteria_set.campaign_id)
        raise_version(campaign, seen)
        current = CriteriaSet.objects.select_related("campaign__organiser").filter(pk=criteria_set.pk).first()
        if current is None:
            raise Conflict("Bộ tiêu chí này đã được xóa. Mở lại danh sách bộ tiêu chí.")
        if refusal := why_kept(current):
            raise Conflict(refusal)
        annex, before = annex_of(current), set(faults_of(campaign))
        trail.record(
            "scoring.remove_criteria_set", by=by, about=current, scope=campaign.trail_scope,
            label=f"Xóa bộ tiêu chí “{current.title}”: {campaign.title}", code=current.code, annex=annex.to_json(),
        )  # fmt: skip
        try:
            current.delete()
        except (ProtectedError, RestrictedError):
            raise Conflict(HELD) from None
        if faults := [fault for fault in faults_of(campaign) if fault not in before]:
            raise Conflict(f"Không xóa được: {' '.join(faults[:3])}")

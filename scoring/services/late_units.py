"""A unit comes into a year whose group was opened without it: founded since, or forgotten; with reason and document."""

from __future__ import annotations

import datetime

from django.db import transaction

from scoring.enums import Phase
from scoring.mail import tell_unit
from scoring.models import CriteriaSet, Group, Participant, Submission
from scoring.permissions import EDIT_CAMPAIGN
from scoring.selectors.clock import database_now
from scoring.services.calculation import faults_of
from scoring.services.campaigns import lock_groups, raise_version
from scoring.services.errors import Conflict, Incomplete
from scoring.services.opening import add_parts
from scoring.services.setup import is_lead, refuse_taken
from scoring.services.succession import hold_ends_before
from units import trail
from units.models import Unit, User
from units.permissions import authorize
from units.vietnamese import format_datetime

WHILE = (Phase.SELF_ASSESSMENT, Phase.APPRAISAL)
"""In these a dossier can still be filled in and appraised like the others."""


def add_late_unit(
    group: Group, unit: Unit, criteria_set: CriteriaSet, *, until: datetime.datetime, why: str, is_ranked: bool,
    seen: int, by: User,
) -> Participant:  # fmt: skip
    """Let `unit` take part from now on, with its own time limit `until`; `why` names reason and document.

    It gets a dossier and parts as at the opening; not ranked, it bears `why`. Raises `Conflict` (phase, set that is
    not in use, unit or code taken), `Incomplete` (a limit that has passed), `StaleEdit`; nothing is stored then.
    """
    campaign = group.campaign
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        locked = lock_groups(campaign, [group.pk])
        hold_ends_before(unit)
        if not locked or locked[0].phase not in WHILE:
            raise Conflict("Chỉ đưa thêm đơn vị khi khối đang ở bước tự chấm hoặc thẩm định 1. Ghi vào kỳ năm sau.")
        if until <= database_now():
            raise Incomplete("until", "Hạn này đã qua. Đặt hạn ở phía trước.")
        if not campaign.criteria_sets.filter(pk=criteria_set.pk, frozen_at__isnull=False).exists():
            raise Conflict("Chọn một bộ tiêu chí đang dùng của kỳ này.")
        raise_version(campaign, seen)
        refuse_taken(campaign, [unit])
        before = set(faults_of(campaign))
        participant = Participant.objects.create(
            campaign=campaign, unit=unit, code=unit.code, name=unit.name, group=locked[0], criteria_set=criteria_set,
            council_only=is_lead(campaign.organiser, unit), is_ranked=is_ranked,
            unranked_reason="" if is_ranked else why,
        )  # fmt: skip
        if faults := [fault for fault in faults_of(campaign) if fault not in before]:
            raise Conflict(f"Không đưa vào được: {' '.join(faults[:3])}")
        Submission.objects.create(participant=participant, extended_until=until, extension_reason=why)
        add_parts([participant])
        trail.record(
            "scoring.add_late_unit", by=by, about=participant, scope=campaign.trail_scope,
            label=f"Đưa {unit.name} vào khối {group.title} sau khi mở", reason=why, until=until, ranked=is_ranked,
            set=criteria_set.code,
        )  # fmt: skip
        tell_unit(
            participant, "Đơn vị được đưa vào kỳ đánh giá",
            f"{unit.name} tham gia {campaign.title}, được tự chấm và nộp đến {format_datetime(until)}.",
            note=f"Lý do: {why}", until=until,
        )  # fmt: skip
    return participant

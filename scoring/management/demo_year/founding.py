"""The coordinator sets the demo's year up: campaign, criteria, groups with hours, units, what does not apply."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from scoring.engine.load_policy import USUAL_POLICY
from scoring.enums import Phase
from scoring.management.demo_year.cast import Cast
from scoring.management.demo_year.material import FIXTURES, OutOfScope
from scoring.models import Campaign, CriteriaSet, Criterion, Group, Participant
from scoring.services.criteria_import import import_set
from scoring.services.criteria_reading import read_annex
from scoring.services.exclusions import confirm_exclusion, exclude, version_of
from scoring.services.setup import (
    DEFAULT_GRADES,
    AfterTheHour,
    Span,
    add_group,
    add_units,
    change_group,
    change_participant,
    create_campaign,
)
from units.models import Organiser, Unit

CODE = "cchc-2026"  # "2026" is left to the table of that year that a visitor may bring in
TITLE = "Chỉ số CCHC năm 2026"
GATES = [
    {
        "node": "any",
        "index_below": "50",
        "highest_grade": "kha",
        "reason": "Có lĩnh vực đạt dưới 50 % điểm tối đa (điều kiện minh họa)",
    }
]
GROUPS = (("so", "Sở, ban, ngành"), ("xa", "Xã, phường, đặc khu"))
LEFT_OUT = "21196"
"""A commune that is not assessed in the demo's year."""
TO_CONFIRM = ("SNGV", "4.3.2")
"""Noted as out of scope, and waiting for the second person."""

_UNRANKED = ("21548", {"is_ranked": False, "unranked_reason": "Đặc khu duy nhất của tỉnh, không cùng loại để so sánh"})
_LEFT_OUT = (LEFT_OUT, {"is_assessed": False, "left_out_reason": "Đang sắp xếp lại trụ sở, bộ máy (lý do minh họa)"})


@dataclass(frozen=True)
class Field:
    """The year as it stands in the database, by code."""

    campaign: Campaign
    groups: dict[str, Group]
    participants: dict[str, Participant]


def field_of(campaign: Campaign) -> Field:
    groups = campaign.groups.select_related("campaign__organiser")
    participants = campaign.participants.select_related("campaign__organiser", "criteria_set", "group", "unit")
    return Field(campaign, {item.code: item for item in groups}, {item.code: item for item in participants})


@transaction.atomic
def found_year(
    organiser: Organiser,
    cast: Cast,
    units: dict[str, Unit],
    members: dict[str, list[str]],
    out_of_scope: Iterable[OutOfScope],
) -> Campaign:
    """Set the year up, still a draft. `members`: codes of units by the code of their group and criteria set."""
    by = cast.coordinator
    campaign = create_campaign(
        organiser,
        code=CODE,
        title=TITLE,
        year=2026,
        policy=USUAL_POLICY,
        grades=DEFAULT_GRADES,
        gates=GATES,
        by=by,
        is_sample=True,
    )
    for code, title in GROUPS:
        criteria_set = _bring_in(campaign, code, cast)
        group = add_group(campaign, code=code, title=title, seen=_version(campaign), by=by)
        chosen = [units[unit] for unit in members[code]]
        add_units(group, chosen, criteria_set, seen=_version(campaign), by=by)
    for unit, changes in (_UNRANKED, _LEFT_OUT):
        change_participant(campaign.participants.get(code=unit), changes, seen=_version(campaign), by=by)
    for group in campaign.groups.select_related("campaign__organiser"):
        set_hours(group, first_hours(group.code), cast)
    for entry in out_of_scope:
        _take_out(campaign, entry, cast)
    return campaign


def set_hours(
    group: Group, windows: dict[Phase, Span], cast: Cast, after_the_hour: dict[Phase, AfterTheHour] | None = None
) -> None:
    change_group(
        group,
        title=group.title,
        grades=group.grades,
        windows=dict(windows),
        after_the_hour=after_the_hour,
        seen=_version(group.campaign),
        by=cast.coordinator,
    )


def first_hours(group: str) -> dict[Phase, Span]:
    """Hours that make the year stand in the middle today: the sở are about to close, the communes have two weeks."""
    closing = {"so": 1, "xa": 14}[group]
    return {Phase.SELF_ASSESSMENT: (_day(-30, hour=8), _day(closing))} | _after(_day(closing), closing)


def hours_once_closed(opened: datetime.datetime) -> dict[Phase, Span]:
    """The self-assessment of the sở is closed this minute; what follows begins at once."""
    now = timezone.now()
    return {Phase.SELF_ASSESSMENT: (opened, now)} | _after(now, 0)


NO_GRACE = {Phase.SELF_ASSESSMENT: AfterTheHour()}
"""Of a group that goes on the very minute in which it is closed."""


def _after(start: datetime.datetime, day: int) -> dict[Phase, Span]:
    """First appraisal 20 days, explanation 7, second appraisal 10."""
    ends = [_day(day + 20), _day(day + 27), _day(day + 37)]
    spans = zip([start, *ends], ends, strict=False)
    return dict(zip((Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL), spans, strict=True))


def _day(offset: int, *, hour: int = 17) -> datetime.datetime:
    """17 giờ 00 (or another hour) so many days from today, by the portal's clock."""
    day = timezone.localtime() + datetime.timedelta(days=offset)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def _bring_in(campaign: Campaign, code: str, cast: Cast) -> CriteriaSet:
    path = FIXTURES / "criteria" / f"{code}.xlsx"
    annex = read_annex(path.read_bytes(), path.name, campaign.policy)
    return import_set(campaign, annex, by=cast.coordinator, seen=_version(campaign))


def _take_out(campaign: Campaign, entry: OutOfScope, cast: Cast) -> None:
    participant = campaign.participants.select_related("campaign__organiser").get(code=entry.unit)
    node = Criterion.objects.get(criteria_set=participant.criteria_set_id, code=entry.criterion)
    noted = exclude(participant, node, reason=entry.reason, legal_basis=entry.legal_basis, by=cast.coordinator)
    if (entry.unit, entry.criterion) != TO_CONFIRM:
        confirm_exclusion(noted, seen=version_of(noted), by=cast.second)


def _version(campaign: Campaign) -> int:
    """The coordinator works alone here: the newest version is the one that was seen."""
    return Campaign.objects.values_list("version", flat=True).get(pk=campaign.pk)

"""Setting up a year: the campaign, its groups with their windows, who takes part, and what caps a class.

Every act carries the campaign's version that its page was made from (`StaleEdit`, 409). Groups, participants and
criteria sets are changed only while their group is in the draft phase; classes, gates and who is ranked until the
group's figures are settled (chốt số liệu); windows and titles also later.
Locks are taken in the one order of `scoring/services/dossier.py`: groups, then the campaign's row, then the trail.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet

from scoring.enums import Origin, Phase
from scoring.models import Campaign, CriteriaSet, Group, Participant, Receipt, Window
from scoring.permissions import CREATE_CAMPAIGN, EDIT_CAMPAIGN
from scoring.services.calculation import faults_of
from scoring.services.campaigns import lock_groups, raise_version, refuse_settled
from scoring.services.errors import Conflict, Incomplete
from scoring.services.succession import hold_ends_before
from units import trail
from units.models import Organiser, Unit, User
from units.permissions import authorize
from units.vietnamese import fold

WINDOW_PHASES = (Phase.SELF_ASSESSMENT, Phase.APPRAISAL, Phase.EXPLANATION, Phase.REAPPRAISAL)
"""Phases that take writing from many people, so that each has its hours."""

DEFAULT_GRADES: list[dict[str, str]] = [
    {"code": "xuat_sac", "label": "Xuất sắc", "at_least": "90"},
    {"code": "tot", "label": "Tốt", "at_least": "80"},
    {"code": "kha", "label": "Khá", "at_least": "70"},
    {"code": "trung_binh", "label": "Trung bình", "at_least": "50"},
    {"code": "yeu", "label": "Yếu"},
]
TAKEN_CODE = "Đã có kỳ đánh giá mang mã này. Chọn mã khác, ví dụ thêm chữ ở cuối."
MOST_FAULTS = 3  # in one sentence
GONE = "Khối “{title}” vừa bị bỏ. Mở lại trang để xem các khối hiện có."
OPENED = "Khối “{title}” đã mở tự chấm, nên không đổi {what} nữa."

HAND_IN_PHASES = (Phase.SELF_ASSESSMENT, Phase.EXPLANATION)
"""In which the unit hands something in, so that what is taken after the hour has to be settled."""


@dataclass(frozen=True)
class AfterTheHour:
    """What a window still takes once it has closed (`scoring.workflow.deadline`)."""

    grace_minutes: int = 0
    takes_begun_files: bool = False


USUAL_GRACE = AfterTheHour(15, takes_begun_files=True)
"""Of a window that is set for the first time, where nobody says otherwise."""

Span = tuple[datetime.datetime, datetime.datetime]


def create_campaign(
    organiser: Organiser,
    *,
    code: str,
    title: str,
    year: int,
    policy: dict[str, Any],
    grades: list[dict[str, str]],
    by: User,
    gates: Iterable[dict[str, str]] = (),
    is_sample: bool = False,
    **told: Any,
) -> Campaign:
    """Make an empty campaign that is scored in the portal; whatever a trial portal makes is marked as sample data.

    `told` goes into the trail. Raises `Refused`, `Incomplete` (the code is taken); nothing is stored then.
    """
    authorize(by, CREATE_CAMPAIGN, organiser)
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(
                organiser=organiser,
                code=code,
                title=title,
                year=year,
                policy=policy,
                grades=grades,
                gates=list(gates),
                is_sample=is_sample or settings.DEMO_MODE,
                origin=Origin.PORTAL,
            )
            trail.record(
                CREATE_CAMPAIGN,
                by=by,
                about=campaign,
                scope=campaign.trail_scope,
                label=f"Lập kỳ đánh giá {title}",
                policy=policy,
                grades=grades,
                **told,
            )
    except IntegrityError:
        raise Incomplete("code", TAKEN_CODE) from None
    return campaign


def is_lead(organiser: Organiser, unit: Unit) -> bool:
    """Whether the unit coordinates the year: nobody but the council settles its dossier."""
    return fold(unit.name) == fold(organiser.lead_department)


# ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_group(campaign: Campaign, *, code: str, title: str, seen: int, by: User) -> Group:
    """Add a group at the end. Raises `Incomplete` where the code is taken, `StaleEdit`."""
    authorize(by, EDIT_CAMPAIGN, campaign)
    try:
        with transaction.atomic():
            raise_version(campaign, seen)
            last = campaign.groups.aggregate(last=Max("position"))["last"] or 0
            group = Group.objects.create(campaign=campaign, code=code, title=title, position=last + 1)
            _tell(campaign, by, group, "add_group", f"Thêm khối {title}", code=code)
    except IntegrityError:
        raise Incomplete("code", "Kỳ này đã có khối mang mã đó. Chọn mã khác.") from None
    return group


def change_group(
    group: Group,
    *,
    title: str,
    grades: list[dict[str, str]] | None,
    windows: Mapping[Phase, Span | None],
    after_the_hour: Mapping[Phase, AfterTheHour] | None = None,
    seen: int,
    by: User,
) -> None:
    """Title, own scale of classes (None: the campaign's) and hours of the group; None takes a window away.

    `after_the_hour` by phase; one that is not in it keeps what its window had (a new one: `USUAL_GRACE`).

    Raises `StaleEdit`, and `Conflict` where the group is open and its self-assessment would lose its hours, or where
    another scale meets settled figures or misses a class that a gate or a decision names.
    """
    campaign = group.campaign
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        [current] = _locked(campaign, group)
        raise_version(campaign, seen)
        if current.phase == Phase.SELF_ASSESSMENT and windows.get(Phase.SELF_ASSESSMENT) is None:
            raise Conflict("Khối đang tự chấm, nên không bỏ thời hạn tự chấm được. Đặt lại giờ mở, giờ đóng.")
        before = {"title": current.title, "grades": current.grades, "windows": _spans(current), **_graces(current)}
        if grades != current.grades:
            refuse_settled(campaign, [current], "thang xếp loại")
            _update_checked(campaign, Group.objects.filter(pk=group.pk), grades=grades)
        Group.objects.filter(pk=group.pk).update(title=title)
        for phase, span in windows.items():
            _set_window(current, phase, span, (after_the_hour or {}).get(phase))
        after = {"title": title, "grades": grades, "windows": _spans(current), **_graces(current)}
        _tell(campaign, by, group, "change_group", f"Sửa khối {title}", before=before, after=after)


def move_group(group: Group, *, up: bool, seen: int, by: User) -> None:
    """Change places with the neighbour; at the end of the list nothing happens."""
    campaign = group.campaign
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        order = sorted(lock_groups(campaign), key=lambda item: item.position)
        raise_version(campaign, seen)
        here = [item.pk for item in order].index(group.pk)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(order):
            return
        mine, other = order[here], order[there]
        # Positions are unique at every moment: the first steps aside.
        for pk, position in ((mine.pk, order[-1].position + 1), (other.pk, mine.position), (mine.pk, other.position)):
            Group.objects.filter(pk=pk).update(position=position)
        _tell(campaign, by, group, "move_group", f"Đổi thứ tự khối {group.title}", up=up)


def remove_group(group: Group, *, seen: int, by: User) -> None:
    """Take away a group in which nobody takes part. Raises `Conflict` otherwise, `StaleEdit`."""
    campaign = group.campaign
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        _lock_draft(group, "khối")
        raise_version(campaign, seen)
        if count := group.participants.count():
            raise Conflict(f"Khối còn {count} đơn vị. Chuyển hoặc bỏ các đơn vị trước khi bỏ khối.")
        _tell(campaign, by, group, "remove_group", f"Bỏ khối {group.title}", code=group.code)
        Group.objects.filter(pk=group.pk).delete()


def change_gates(
    campaign: Campaign, gates: list[dict[str, str]] | None, *, seen: int, by: User, group: Group | None = None
) -> None:
    """What caps a class, for the campaign or as one group's own (None there: the campaign's).

    Raises `StaleEdit`, and `Conflict` where the figures of a group that it holds for are settled, or where a gate
    names a class or a criterion that is not there.
    """
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        groups = lock_groups(campaign) if group is None else _locked(campaign, group)
        raise_version(campaign, seen)
        refuse_settled(campaign, groups, "điều kiện khống chế xếp loại")
        if group is None:
            gates = gates or []
            before = Campaign.objects.get(pk=campaign.pk).gates
            _update_checked(campaign, Campaign.objects.filter(pk=campaign.pk), gates=gates)
        else:
            before = groups[0].gates
            _update_checked(campaign, Group.objects.filter(pk=group.pk), gates=gates)
        whose = group.title if group else campaign.title
        label = f"Sửa điều kiện khống chế xếp loại: {whose}"
        _tell(campaign, by, group or campaign, "change_gates", label, before=before, after=gates)


# ── participants ──────────────────────────────────────────────────────────────────────────────────────────────────────


def add_units(group: Group, units: Iterable[Unit], criteria_set: CriteriaSet, *, seen: int, by: User) -> int:
    """Let units take part in `group`, measured by `criteria_set`; assessed and ranked at first. Returns how many.

    The organiser's own department is marked for the council alone. Raises `Incomplete` (nobody chosen), `Conflict`
    (the group is open; a unit takes part already, or its code is taken), `StaleEdit`; nothing is stored then.
    """
    campaign = group.campaign
    authorize(by, EDIT_CAMPAIGN, campaign)
    chosen = list(units)
    if not chosen:
        raise Incomplete("units", "Chọn ít nhất một đơn vị.")
    with transaction.atomic():
        _lock_draft(group, "đơn vị tham gia")
        raise_version(campaign, seen)
        _refuse_foreign_set(campaign, criteria_set)
        refuse_taken(campaign, chosen)
        Participant.objects.bulk_create(
            Participant(
                campaign=campaign,
                unit=unit,
                code=unit.code,
                name=unit.name,
                group=group,
                criteria_set=criteria_set,
                council_only=is_lead(campaign.organiser, unit),
            )
            for unit in chosen
        )
        label = f"Thêm {len(chosen)} đơn vị vào khối {group.title}"
        _tell(campaign, by, group, "add_units", label, units=[unit.code for unit in chosen], set=criteria_set.code)
    return len(chosen)


def change_participant(participant: Participant, changes: Mapping[str, Any], *, seen: int, by: User) -> None:
    """Change how a unit takes part: `is_ranked`, `unranked_reason`, and while its group is a draft `is_assessed`,
    `left_out_reason`, `council_only`, `group`, `criteria_set`. Whether it is assessed can be said later too where the
    unit has ended: its dossier stays as it is, and counts for nothing while it is left out.

    Raises `Conflict` where something of the structure would change in an open group, or anything in one whose figures
    are settled; `StaleEdit`.
    """
    campaign = participant.campaign
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        target = changes.get("group", participant.group)
        groups = lock_groups(campaign, [participant.group_id, target.pk])
        raise_version(campaign, seen)
        hold_ends_before(participant.unit)
        current = Participant.objects.select_related("group", "criteria_set", "unit").get(pk=participant.pk)
        before = {name: getattr(current, name) for name in changes}
        changed = {name for name, value in changes.items() if value != before[name]}
        if changed:
            refuse_settled(campaign, groups, "việc tham gia của đơn vị")
        fixed = {"council_only", "group", "criteria_set"}
        if current.unit.valid_to is None:
            fixed.add("is_assessed")
        if structural := changed & fixed:
            _refuse_opened(groups, "việc đánh giá, khối, bộ tiêu chí của đơn vị")
            if "criteria_set" in structural:
                _refuse_foreign_set(campaign, changes["criteria_set"])
        Participant.objects.filter(pk=participant.pk).update(**changes)
        _tell(
            campaign,
            by,
            participant,
            "change_participant",
            f"Sửa việc tham gia của {participant.name}",
            before={name: _plain(value) for name, value in before.items()},
            after={name: _plain(value) for name, value in changes.items()},
        )


def set_for_group(group: Group, criteria_set: CriteriaSet, *, seen: int, by: User) -> int:
    """Measure every unit of the group by `criteria_set`; returns how many changed. Raises `Conflict`, `StaleEdit`."""
    campaign = group.campaign
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        _lock_draft(group, "bộ tiêu chí")
        raise_version(campaign, seen)
        _refuse_foreign_set(campaign, criteria_set)
        changed = group.participants.exclude(criteria_set=criteria_set).update(criteria_set=criteria_set)
        label = f"Khối {group.title} chấm theo “{criteria_set.title}”"
        _tell(campaign, by, group, "set_for_group", label, set=criteria_set.code, units=changed)
    return changed


def remove_participant(participant: Participant, *, seen: int, by: User) -> None:
    """Take a unit out of the year before its group is opened. Raises `Conflict` (open, or it has figures already)."""
    campaign = participant.campaign
    authorize(by, EDIT_CAMPAIGN, campaign)
    with transaction.atomic():
        _lock_draft(participant.group, "đơn vị tham gia")
        raise_version(campaign, seen)
        if _has_left_something(participant):
            raise Conflict(f"{participant.name} đã có số liệu trong kỳ, nên không bỏ được. Ghi “không đánh giá”.")
        label = f"Bỏ {participant.name} khỏi kỳ"
        _tell(campaign, by, participant, "remove_participant", label, code=participant.code)
        Participant.objects.filter(pk=participant.pk).delete()


# ── what several of them need ─────────────────────────────────────────────────────────────────────────────────────────


def _locked(campaign: Campaign, group: Group) -> list[Group]:
    """The group as it is now, under lock. Raises `Conflict` where it was taken away meanwhile."""
    if not (found := lock_groups(campaign, [group.pk])):
        raise Conflict(GONE.format(title=group.title))
    return found


def _lock_draft(group: Group, what: str) -> None:
    """Lock the group and refuse where it was opened."""
    _refuse_opened(_locked(group.campaign, group), what)


def _refuse_opened(groups: Iterable[Group], what: str) -> None:
    for group in groups:
        if group.phase != Phase.DRAFT:
            raise Conflict(OPENED.format(title=group.title, what=what))


def _update_checked(campaign: Campaign, rows: QuerySet[Any], **fields: Any) -> None:
    """Update `rows`, and raise `Conflict` (which undoes it) where that brings a fault into the campaign file: a gate
    or a decision of the council that names a class the scale no longer has."""
    before = set(faults_of(campaign))
    rows.update(**fields)
    fresh = Campaign.objects.select_related("organiser").get(pk=campaign.pk)
    if faults := [fault for fault in faults_of(fresh) if fault not in before]:
        raise Conflict(f"Không đổi như vậy được: {' '.join(faults[:MOST_FAULTS])}")


def _has_left_something(participant: Participant) -> bool:
    """Figures, documents or a receipt: what is kept for ever keeps its unit in the campaign."""
    return (
        participant.values.exists()
        or participant.value_changes.exists()
        or participant.evidence.exists()
        or Receipt.objects.filter(submission__participant=participant).exists()
    )


def _refuse_foreign_set(campaign: Campaign, criteria_set: CriteriaSet) -> None:
    if criteria_set.campaign_id != campaign.pk:
        raise Conflict("Bộ tiêu chí này thuộc kỳ khác. Chọn một bộ của kỳ này.")


def refuse_taken(campaign: Campaign, units: list[Unit]) -> None:
    """Raise `Conflict` where a unit takes part already or its code is another's in this campaign."""
    taking = dict(campaign.participants.values_list("unit_id", "name"))
    codes = dict(campaign.participants.values_list("code", "name"))
    for unit in units:
        if unit.pk in taking:
            raise Conflict(f"{unit.name} đã tham gia kỳ này. Mở lại trang để xem danh sách mới.")
        if unit.code in codes:
            raise Conflict(f"Mã {unit.code} của {unit.name} trùng với mã của {codes[unit.code]} trong kỳ.")
        codes[unit.code] = unit.name


def _set_window(group: Group, phase: Phase, span: Span | None, after: AfterTheHour | None) -> None:
    if span is None:
        Window.objects.filter(group=group, phase=phase).delete()
        return
    hours = {"opens_at": span[0], "closes_at": span[1]}
    usual = after or (USUAL_GRACE if phase in HAND_IN_PHASES else AfterTheHour())
    changed = hours | asdict(after) if after else hours
    Window.objects.update_or_create(group=group, phase=phase, defaults=changed, create_defaults=hours | asdict(usual))


def _spans(group: Group) -> dict[str, list[datetime.datetime]]:
    return {item.phase: [item.opens_at, item.closes_at] for item in Window.objects.filter(group=group)}


def _graces(group: Group) -> dict[str, dict[str, Any]]:
    """What each window takes after its hour, for the trail."""
    windows = list(Window.objects.filter(group=group, phase__in=HAND_IN_PHASES))
    return {
        "grace": {item.phase: item.grace_minutes for item in windows},
        "begun_files": {item.phase: item.takes_begun_files for item in windows},
    }


def _plain(value: Any) -> Any:
    return value.code if isinstance(value, Group | CriteriaSet) else value


def _tell(campaign: Campaign, by: User, about: Any, name: str, label: str, **data: Any) -> None:
    trail.record(f"scoring.{name}", by=by, about=about, scope=campaign.trail_scope, label=label, **data)

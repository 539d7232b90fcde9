"""What is open for whom in a running year, as the morning's letter tells it: counts and ways there, never points, and
no unit to anybody but its own people. A constant number of queries a year.

What is open beside the steps of a year: `open_tasks.py`, `open_council.py`, `open_faults.py`.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from scoring.enums import ExplanationState, Origin, PartState, Phase
from scoring.models import AppraisalPart, Campaign, Group, Question, Window
from scoring.permissions import UNIT_ROLES
from scoring.selectors.progress import Standing, UnitProgress
from scoring.selectors.redeclaring import name_codes
from scoring.selectors.reminding import UnitReminder, units_to_remind
from scoring.selectors.waiting import Waiting, waiting_at
from units.enums import NoticeKind, Role
from units.models import Membership, User
from units.selectors import people_of_units
from units.vietnamese import format_date

LAST_CALLS = (1, 3, 7)
"""Days before a deadline on whose morning it is told, the nearest first."""
_ROUND_OF = {Phase.APPRAISAL: 1, Phase.REAPPRAISAL: 2}
_SETTLED = (Phase.DRAFT, Phase.FINALISED, Phase.PUBLISHED)


@dataclass(frozen=True)
class OpenWork:
    """One thing that is open for one person. `keys` say what it is made of: a letter goes out when one of them is new.

    `about` opens the subject of a letter; `kind`: what the person switches it off by; `is_own_last_day`: the person is
    the head of the unit, and it is due by tomorrow.
    """

    user: User
    about: str
    text: str
    path: str
    deadline: datetime.datetime | None
    keys: frozenset[str]
    is_own_last_day: bool = False
    kind: NoticeKind = NoticeKind.MORNING


def running_campaigns() -> list[Campaign]:
    """Years of this portal in which a group is on its way, by organiser."""
    found = Campaign.objects.filter(origin=Origin.PORTAL, groups__in=Group.objects.exclude(phase__in=_SETTLED))
    return list(found.select_related("organiser__unit").distinct().order_by("organiser", "year", "code"))


def open_work(campaign: Campaign, now: datetime.datetime) -> list[OpenWork]:
    """Everything that is open in `campaign`, for units, appraisers and coordinators."""
    return [*_of_units(campaign, now), *_of_appraisers(campaign, now), *_of_coordinators(campaign, now)]


def _of_units(campaign: Campaign, now: datetime.datetime) -> Iterator[OpenWork]:
    rows = [row for row in units_to_remind(campaign, now) if row.deadline is None or now < row.deadline]
    people = people_of_units(campaign.organiser_id, {row.progress.participant.unit_id for row in rows}, UNIT_ROLES)
    for row in rows:
        unit = row.progress.participant
        awaits_head = not row.anew and (
            row.progress.explanation == ExplanationState.AT_HEAD.label
            if row.explains
            else row.progress.standing == Standing.AT_HEAD
        )
        what = f"{'gt' if row.explains else 'tc'}-{unit.pk}"
        if row.anew:
            what = f"kkl-{unit.pk}-{row.anew.revision}"
        if awaits_head:
            version = row.progress.submission.version if row.progress.submission else 0
            what = f"{what}-duyet-{version}"
        page = "explanation" if row.explains else "dossier_review" if awaits_head else "worksheet"
        for user, roles in people[unit.unit_id]:
            is_head = Role.UNIT_HEAD in roles
            if awaits_head and not is_head:
                continue
            yield OpenWork(
                user=user,
                about=unit.name,
                text=told(campaign, f"{unit.name}: {_state(row, awaits_head)}", row.deadline, now),
                path=reverse(f"scoring:{page}", args=[campaign.organiser.slug, campaign.code, unit.code]),
                deadline=row.deadline,
                keys=keys_of(what, row.deadline, now),
                is_own_last_day=is_head and 0 <= days_left(row.deadline, now) <= LAST_CALLS[0],
            )


def _state(row: UnitReminder, awaits_head: bool) -> str:
    progress = row.progress
    if row.anew:
        return f"phải kê khai lại theo sửa đổi bộ tiêu chí: {name_codes(row.anew.codes)}"
    if row.explains:
        return "giải trình chờ thủ trưởng duyệt và gửi" if awaits_head else "giải trình kết quả thẩm định chưa gửi"
    if awaits_head:
        return "hồ sơ tự chấm chờ thủ trưởng duyệt và nộp"
    label = progress.label[:1].lower() + progress.label[1:]
    return f"phiếu tự chấm đã trả lời {progress.answered}/{progress.total} tiêu chí ({label})"


def _of_appraisers(campaign: Campaign, now: datetime.datetime) -> Iterator[OpenWork]:
    """Parts of the round that is on, not signed; a deputy reads those of the absent."""
    held: dict[tuple[int, int], list[int]] = defaultdict(list)
    phases: dict[int, Phase] = {}
    parts = AppraisalPart.objects.filter(
        participant__campaign=campaign, participant__is_assessed=True, appraiser__isnull=False,
        participant__group__phase__in=_ROUND_OF,
    ).exclude(state=PartState.SIGNED)  # fmt: skip
    for pk, number, group, phase, appraiser in parts.values_list(
        "pk", "round", "participant__group", "participant__group__phase", "appraiser"
    ):
        if _ROUND_OF[Phase(phase)] == number:
            held[appraiser, group].append(pk)
            phases[group] = Phase(phase)
    if not held:
        return
    windows = Window.objects.filter(group__in=phases)
    closing = {(group, phase): at for group, phase, at in windows.values_list("group", "phase", "closes_at")}
    workers = who_works_as(campaign.organiser_id, Role.APPRAISER)
    path = reverse("scoring:appraisal", args=[campaign.organiser.slug, campaign.code])
    for (appraiser, group), pks in sorted(held.items()):
        deadline = closing.get((group, phases[group]))
        what = f"{len(pks)} phần thẩm định được giao chưa ký"
        for user in workers[appraiser]:
            keys = frozenset(f"phan-{pk}" for pk in pks) | keys_of(f"pt-{campaign.pk}-{group}", deadline, now)
            yield OpenWork(
                user, campaign.title, told(campaign, what, deadline, now), path, deadline, keys, kind=NoticeKind.PARTS
            )


def _of_coordinators(campaign: Campaign, now: datetime.datetime) -> Iterator[OpenWork]:
    people = [user for users in who_works_as(campaign.organiser_id, Role.COORDINATOR).values() for user in users]
    if not people:
        return
    progress = reverse("scoring:progress", args=[campaign.organiser.slug, campaign.code])
    lines: list[tuple[str, str, datetime.datetime | None, frozenset[str], NoticeKind]] = []
    for waiting in waiting_at(campaign.organiser):
        if waiting.campaign.pk == campaign.pk:
            lines += [(text, path, None, keys, kind) for text, path, keys, kind in _waiting(waiting)]
    open_units: dict[datetime.datetime, list[UnitProgress]] = defaultdict(list)
    for row in units_to_remind(campaign, now):
        if not (row.explains or row.anew) and row.deadline is not None and now < row.deadline:
            open_units[row.deadline].append(row.progress)
    for until, rows in sorted(open_units.items()):
        if days_left(until, now) > LAST_CALLS[-1]:
            continue
        never = sum(row.standing == Standing.NEVER for row in rows)
        text = f"{len(rows)} đơn vị chưa nộp hồ sơ tự chấm"
        text += f", {never} đơn vị chưa đăng nhập lần nào" if never else ""
        lines.append((text, progress, until, keys_of(f"cn-{campaign.pk}", until, now), NoticeKind.MORNING))
    for user in people:
        for text, path, deadline, keys, kind in lines:
            yield OpenWork(user, campaign.title, told(campaign, text, deadline, now), path, deadline, keys, kind=kind)


def _waiting(waiting: Waiting) -> Iterator[tuple[str, str, frozenset[str], NoticeKind]]:
    """What waits for a decision or a second person; new where the number rises, not where it falls."""
    campaign = waiting.campaign
    counted = (
        ("tre", waiting.late, "hồ sơ không nộp trong hạn, chờ quyết định", "progress"),
        ("nhap", waiting.entered, "điểm nhập chờ người thứ hai xác nhận", "entered"),
        ("loai", waiting.exclusions, "việc không đánh giá tiêu chí chờ người thứ hai xác nhận", "exclusions"),
        ("hoi", waiting.questions, "câu hỏi của đơn vị chờ trả lời", "questions_campaign"),
        ("sua", waiting.amendments, "sửa đổi bộ tiêu chí chờ xác nhận", "criteria_sets"),
    )
    for key, number, what, page in counted:
        if number:
            path = reverse(f"scoring:{page}", args=[campaign.organiser.slug, campaign.code])
            keys: Iterable[int] = (0,)
            if key in ("tre", "hoi"):
                keys = range(1, number + 1) if key == "tre" else _open_questions(campaign)
            kind = NoticeKind.QUESTION if key == "hoi" else NoticeKind.MORNING
            yield f"{number} {what}", path, frozenset(f"{key}-{campaign.pk}-{one}" for one in keys), kind


def _open_questions(campaign: Campaign) -> list[int]:
    """Each by itself: one that came while another was answered is new."""
    found = Question.objects.filter(participant__campaign=campaign, answers__isnull=True)
    return list(found.order_by("pk").values_list("pk", flat=True))


def who_works_as(organiser: int, role: Role) -> dict[int, list[User]]:
    """By the person whose role it is: who carries it today, the holder and deputies."""
    found = Membership.objects.valid_on(timezone.localdate()).filter(
        organiser=organiser, role=role, user__is_active=True
    )
    people: dict[int, list[User]] = defaultdict(list)
    for item in found.select_related("user", "stands_for").order_by("pk"):
        if item.user not in people[item.principal_id]:
            people[item.principal_id].append(item.user)
    return people


def days_left(deadline: datetime.datetime | None, now: datetime.datetime) -> int:
    """Nights between today and the day of the deadline, by the calendar of the place; 9999 without a deadline."""
    if deadline is None:
        return 9999
    return (timezone.localdate(deadline) - timezone.localdate(now)).days


def keys_of(what: str, deadline: datetime.datetime | None, now: datetime.datetime) -> frozenset[str]:
    """`what` itself, and the last call that its deadline has come to, so that each call is told once; past it one call
    on the first morning and one every week."""
    days = days_left(deadline, now)
    if deadline is not None and days < 0:
        return frozenset({what, f"{what}@qua{(-days - 1) // 7}:{timezone.localdate(deadline):%Y%m%d}"})
    call = next((number for number in LAST_CALLS if days <= number), None)
    if deadline is None or call is None:
        return frozenset({what})
    return frozenset({what, f"{what}@{call}:{timezone.localdate(deadline):%Y%m%d}"})


def told(campaign: Campaign, what: str, deadline: datetime.datetime | None, now: datetime.datetime) -> str:
    if deadline is None:
        return f"{campaign.title}. {what}."
    local, days = timezone.localtime(deadline), days_left(deadline, now)
    return f"{campaign.title}. {what}. Hạn {local.hour} giờ {local:%M}, {format_date(local)} ({say_days(days)})."


def say_days(days: int) -> str:
    """How far a day is from today: "còn 3 ngày", "quá hạn 2 ngày"."""
    if days < 0:
        return f"quá hạn {-days} ngày"
    return "hôm nay" if days == 0 else "ngày mai" if days == 1 else f"còn {days} ngày"


def by_person(work: Iterable[OpenWork]) -> dict[int, list[OpenWork]]:
    """Each person's, what is due first at the top; two roles in the same thing count once."""
    found: dict[int, dict[tuple[str, str], OpenWork]] = defaultdict(dict)
    for one in work:
        found[one.user.pk].setdefault((one.text, one.path), one)
    far = datetime.datetime.max.replace(tzinfo=datetime.UTC)
    return {
        user: sorted(lines.values(), key=lambda line: (line.deadline or far, line.text))
        for user, lines in found.items()
    }

"""What coordinator and appraisers did so far with the dossiers of the sở: given out, half of them judged, some signed;
points entered, most of them confirmed."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from scoring.enums import PartState, Stage, SubmissionState
from scoring.management.demo_year.cast import Cast
from scoring.management.demo_year.founding import Field
from scoring.management.demo_year.material import UnitStory
from scoring.models import AppraisalPart, Participant, Value
from scoring.selectors.appraisal import leaves_by_part
from scoring.selectors.tree import Tree
from scoring.services.appraisal import appraise, keep_all, nought_undeclared
from scoring.services.assignment import assign, declare_conflict, sift
from scoring.services.entered import confirm, enter
from scoring.services.transitions import perform
from units.models import Unit

UNDECIDED = "BQLKKT"  # came too late; the coordinator has yet to decide, so nobody judges it either
LATE = "SDTTG"  # came too late and was given more time
STILL_TO_COME = ("8.1.", "8.2.")  # the surveys are still out
CROSS = "thamdinh.thanhtra"
NOTHING_DECLARED = "Đơn vị không kê khai, không có tài liệu."


def give_more_time(field: Field, cast: Cast) -> None:
    """The late sở may go on for three days; its dossier is with its head again."""
    submission = field.participants[LATE].submission
    submission.participant = field.participants[LATE]
    if submission.state != SubmissionState.NOT_SUBMITTED:
        return
    until = timezone.localtime().replace(hour=17, minute=0, second=0, microsecond=0) + datetime.timedelta(days=3)
    reason = "Thủ trưởng đi công tác vào ngày hết hạn (lý do minh họa)"
    perform(submission, "reopen", cast.coordinator, reason=reason, until=until)
    submission.refresh_from_db()
    perform(submission, "hand_over", cast.staff(LATE))


@transaction.atomic
def give_out(field: Field, cast: Cast, units: dict[str, Unit], conflicts: list[dict[str, str]]) -> None:
    """Every part to the department that leads its component; whole dossiers of leading departments, and parts in which
    that person is refused, to the cross-appraiser. What the coordinator has yet to decide stays a gap."""
    if AppraisalPart.objects.filter(participant__campaign=field.campaign, appraiser__isnull=False).exists():
        return
    organiser, by = field.campaign.organiser, cast.coordinator
    for row in conflicts:
        declare_conflict(organiser, cast[row["username"]], units[row["unit"]], row["reason"], by=by)
    leading = {person.unit for person in cast.appraisers if person.username != CROSS}
    parts = AppraisalPart.objects.filter(participant__campaign=field.campaign).exclude(participant__code=UNDECIDED)
    wanted: dict[str, list[int]] = {}
    for part in parts.select_related("participant", "component").order_by("participant", "component__path"):
        wanted.setdefault(_judge_of(part, leading, cast), []).append(part.pk)
    for username, mine in wanted.items():
        can, cannot = sift(field.campaign, mine, cast[username])
        assign(field.campaign, can, cast[username], by=by)
        assign(field.campaign, [part for part, _ in cannot], cast[CROSS], by=by)


def _judge_of(part: AppraisalPart, leading: set[str], cast: Cast) -> str:
    if part.participant.code in leading:
        return CROSS
    able = [item for item in cast.appraisers if item.username != CROSS and part.component.code in item.components]
    return able[part.participant_id % len(able)].username


def judge(field: Field, story: UnitStory, nth: int, tree: Tree) -> None:
    """Of the parts of the `nth` sở a quarter is signed, a quarter judged, a quarter begun, a quarter untouched."""
    participant = field.participants[story.code]
    parts = AppraisalPart.objects.filter(participant=participant, round=1).select_related(
        "component", "appraiser", "participant__campaign__organiser", "participant__criteria_set", "participant__unit"
    )
    for at, part in enumerate(parts.order_by("component__path")):
        how_far = ("signed", "judged", "begun", "untouched")[(nth + at) % 4]
        if part.appraiser is None or part.state != PartState.OPEN or how_far == "untouched":
            continue
        _judge_part(field, part, story, tree, how_far)


@transaction.atomic
def _judge_part(field: Field, part: AppraisalPart, story: UnitStory, tree: Tree, how_far: str) -> None:
    by = part.appraiser
    leaves = leaves_by_part(field.campaign, [part])[part.pk]
    mine = Value.objects.filter(participant=part.participant, criterion__in=leaves)
    if by is None or mine.filter(stage=Stage.APPRAISED).exists():
        return
    codes = [leaf.code for leaf in leaves]
    if how_far == "begun":
        codes = codes[: len(codes) // 2]
    for code in codes:
        if content := story.appraised.get(code):
            appraise(part, tree.by_code[code], content, seen=0, by=by)
    versions = dict(mine.filter(stage=Stage.DECLARED).values_list("criterion__code", "version"))
    agreed = {code: versions[code] for code in codes if code in versions and code not in story.appraised}
    keep_all(part, agreed, by=by)
    if how_far == "begun":
        return
    nought_undeclared(part, frozenset(codes) - versions.keys(), NOTHING_DECLARED, by=by)
    for name in ("finish", "sign") if how_far == "signed" else ("finish",):
        perform(AppraisalPart.objects.select_related("participant__campaign__organiser").get(pk=part.pk), name, by)


@transaction.atomic
def enter_points(participant: Participant, story: UnitStory, tree: Tree, cast: Cast) -> None:
    """Outcomes, bonus and penalty of one unit; what surveys will say is still to come."""
    if Value.objects.filter(participant=participant, stage=Stage.ENTERED).exists():
        return
    for code, content in story.entered.items():
        if not code.startswith(STILL_TO_COME):
            enter(participant, tree.by_code[code], content, seen=0, by=cast.coordinator)


@transaction.atomic
def confirm_points(field: Field, codes: list[str], cast: Cast) -> None:
    """The second person has looked through what was entered for the units in `codes`."""
    waiting = Value.objects.filter(
        participant__campaign=field.campaign, participant__code__in=codes, stage=Stage.ENTERED, confirmed_at=None
    )
    rows = waiting.select_related("criterion", "participant__campaign__organiser", "participant__unit")
    confirm([(value, value.version) for value in rows], by=cast.second)

"""Việc của tôi: what waits for this person now, by role, each with the way there."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scoring.enums import ExplanationState, Phase
from scoring.models import Explanation
from scoring.permissions import (
    CREATE_CAMPAIGN,
    VIEW_CAMPAIGNS,
    VIEW_COUNCIL,
    VIEW_HELD,
    VIEW_PARTS,
    VIEW_RIGHTS,
    VIEW_WORK,
)
from scoring.selectors.campaigns import organiser_visible_to
from scoring.selectors.clock import database_now
from scoring.selectors.waiting import Waiting, waiting_at
from scoring.selectors.work import (
    EXPLAINING,
    OwnDossier,
    campaigns_at_council,
    inherited_dossiers,
    left_out,
    own_dossiers,
    parts_by_campaign,
)
from scoring.services.dossier import Dossier, windows_of
from scoring.views.dossier_frame import submission_in_hand
from scoring.views.editing import campaign_url
from scoring.views.strip import say_hour, say_left
from scoring.workflow import Deadline
from units.models import Organiser
from units.permissions import ADMINISTER, can
from units.vietnamese import format_date
from units.views.gates import SignedInRequest, route

MOST_NAMED = 12  # units that ended, by name; the rest by their number


@route(VIEW_WORK, organiser_visible_to)
@require_safe
def work(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    user = request.user
    dossiers = own_dossiers(user, organiser)
    inherited = inherited_dossiers(user, organiser)
    parts = parts_by_campaign(user, organiser) if can(user, VIEW_PARTS, organiser) else []
    council = campaigns_at_council(organiser) if can(user, VIEW_COUNCIL, organiser) else []
    out = left_out(user, organiser)
    may_edit_campaigns = bool(can(user, CREATE_CAMPAIGN, organiser))
    waiting = waiting_at(organiser) if may_edit_campaigns else []
    context = {
        "organiser": organiser,
        "dossiers": _dossier_rows(dossiers),
        "left_out": out,
        "waiting": [{"campaign": item.campaign, "lines": _lines(item)} for item in waiting],
        "inherited": inherited,
        "parts": [{"campaign": campaign, "counts": counts} for campaign, counts in parts],
        "is_appraiser": bool(can(user, VIEW_PARTS, organiser)),
        "council": council,
        "is_council": bool(can(user, VIEW_COUNCIL, organiser)),
        "may_edit_campaigns": may_edit_campaigns,
        "may_see_campaigns": bool(can(user, VIEW_CAMPAIGNS, organiser)),
        "may_administer": bool(can(user, ADMINISTER, organiser)),
        "may_see_held": bool(can(user, VIEW_HELD, organiser)),
        "may_see_rights": bool(can(user, VIEW_RIGHTS, organiser)),
        "is_sample": _is_sample(
            [
                *(item.participant.campaign for item in dossiers),
                *(item.campaign for item in (*inherited, *out)),
                *(item.campaign for item in waiting),
                *(item for item, _ in parts),
                *council,
            ]
        ),
    }
    return render(request, "scoring/work/work.html", context)


def _is_sample(campaigns: list[Any]) -> bool:
    return any(campaign.is_sample for campaign in campaigns)


def _lines(waiting: Waiting) -> list[dict[str, str]]:
    """What waits in one year: {text, url}, each where it is done."""
    campaign = waiting.campaign
    late = campaign_url(campaign, "progress") + "?tinh-trang=cho-quyet-dinh"
    counted = [
        (waiting.late, "hồ sơ không nộp trong hạn, chờ quyết định", late),
        (waiting.entered, "điểm nhập chờ người thứ hai xác nhận", campaign_url(campaign, "entered")),
        (
            waiting.exclusions,
            "việc không đánh giá tiêu chí chờ người thứ hai xác nhận",
            campaign_url(campaign, "exclusions"),
        ),
        (
            waiting.questions,
            "câu hỏi của đơn vị chờ trả lời",
            campaign_url(campaign, "questions_campaign") + "?trang-thai=open",
        ),
        (waiting.amendments, "sửa đổi bộ tiêu chí chờ xác nhận", campaign_url(campaign, "criteria_sets")),
    ]
    lines = [{"text": f"{number} {what}", "url": url} for number, what, url in counted if number]
    ended = [
        {
            "text": f"{item.name} kết thúc ngày {format_date(item.unit.valid_to)} ({item.unit.end_document}): "
            "quyết định đánh giá, không xếp hạng hay không đánh giá",
            "url": campaign_url(campaign, "participant", item.code),
        }
        for item in waiting.ended[:MOST_NAMED]
        if item.unit.valid_to
    ]
    if (more := len(waiting.ended) - MOST_NAMED) > 0:
        ended.append({"text": f"và {more} đơn vị khác đã kết thúc", "url": campaign_url(campaign, "missing")})
    return [*lines, *ended]


def _dossier_rows(dossiers: list[OwnDossier]) -> list[dict[str, Any]]:
    if not dossiers:
        return []
    now = database_now()
    windows = windows_of([item.participant.group for item in dossiers])
    return [
        _row(
            item,
            Dossier(
                item.participant,
                item.submission,
                item.participant.group,
                windows.get(item.participant.group_id, {}),
                now,
                now,
            ),
        )
        for item in dossiers
    ]


def _row(item: OwnDossier, dossier: Dossier) -> dict[str, Any]:
    participant, campaign = item.participant, item.participant.campaign
    address = [campaign.organiser.slug, campaign.code, participant.code]
    explains = item.explanation is not None and dossier.phase in EXPLAINING
    return {
        "item": item,
        "participant": participant,
        "campaign": campaign,
        "phase": Phase(dossier.phase).label,
        "state": item.submission.get_state_display(),
        "deadline": _deadline(dossier, item.explanation),
        "url": reverse("scoring:worksheet", args=address),
        "board_url": reverse("scoring:board", args=address),
        "explanation_url": reverse("scoring:explanation", args=address) if explains else "",
        "explanation_state": item.explanation.get_state_display() if explains and item.explanation else "",
    }


def _deadline(dossier: Dossier, explanation: Explanation | None) -> str:
    """ "Còn 5 ngày. Hạn 17 giờ 00, 10/01/2027": of what the unit itself hands in at this phase, or by more time given;
    "" where it has no hour of its own."""
    limit = _limit(dossier, explanation)
    if limit is None:
        return ""
    if limit.is_in_grace(dossier.now):
        return f"Đã hết hạn sửa lúc {say_hour(limit.closes_at)}. Còn nộp được đến {say_hour(limit.ends_at)}"
    if dossier.now >= limit.closes_at:
        return f"Đã đóng lúc {say_hour(limit.closes_at)}"
    return f"Còn {say_left(limit.closes_at - dossier.now)}. Hạn {say_hour(limit.closes_at)}"


def _limit(dossier: Dossier, explanation: Explanation | None) -> Deadline | None:
    """What the unit's own work ends at in this phase. Once its group has gone on only more time given to it counts, and
    only while it has the work in hand."""
    if dossier.phase == Phase.SELF_ASSESSMENT:
        return dossier.limit
    if dossier.phase == Phase.APPRAISAL:
        is_asked = dossier.submission.extended_until is not None and submission_in_hand(dossier.submission)
        return dossier.limit if is_asked else None
    if dossier.phase not in EXPLAINING:
        return None
    own = explanation.reopened_until if explanation else None
    if dossier.phase != Phase.EXPLANATION and (
        own is None or explanation is None or explanation.state == ExplanationState.SUBMITTED
    ):
        return None
    return dossier.explanation_limit(own)

"""Reminders as text to copy: for a portal without mail, and for people without an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scoring.models import Campaign
from scoring.permissions import EDIT_CAMPAIGN
from scoring.selectors.assignment import Load
from scoring.selectors.clock import database_now
from scoring.selectors.reminding import UnitReminder, appraisers_to_remind, units_to_remind
from scoring.views.editing import campaign_url
from scoring.views.setup import portal_campaign
from scoring.views.strip import say_hour
from units.mail import portal_address
from units.views.gates import SignedInRequest, route


@route(EDIT_CAMPAIGN, portal_campaign)
@require_safe
def reminders(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """A text for every unit and appraiser with something in hand; nothing is sent and nothing changes."""
    context = {
        "campaign": campaign,
        "rows": [
            *(_of_unit(campaign, item) for item in units_to_remind(campaign, database_now())),
            *(_of_appraiser(campaign, item) for item in appraisers_to_remind(campaign)),
        ],
        "is_sample": campaign.is_sample,
        "crumbs": [{"label": "Tiến độ", "url": campaign_url(campaign, "progress")}],
    }
    return render(request, "scoring/progress/reminders.html", context)


def _of_unit(campaign: Campaign, item: UnitReminder) -> dict[str, Any]:
    unit = item.progress.participant
    name = "explanation" if item.explains else "worksheet"
    address = reverse(f"scoring:{name}", args=[campaign.organiser.slug, campaign.code, unit.code])
    if item.explains:
        what = "Giải trình kết quả thẩm định chưa gửi."
    else:
        what = (
            f"Phiếu tự chấm đã trả lời {item.progress.answered}/{item.progress.total} tiêu chí, tình trạng: "
            f"{item.progress.label.lower()}."
        )
    return {
        "key": f"dv-{unit.pk}",
        "title": unit.name,
        "addresses": _addresses(item.people),
        "text": _text(campaign, [user.full_name for user in item.people] or [unit.name], what, item.deadline, address),
    }


def _of_appraiser(campaign: Campaign, load: Load) -> dict[str, Any]:
    address = reverse("scoring:appraisal", args=[campaign.organiser.slug, campaign.code])
    left = load.given - load.signed
    what = f"Còn {left} phần thẩm định chưa ký trong {load.given} phần được giao."
    return {
        "key": f"td-{load.user.pk}",
        "title": f"Thẩm định: {load.user.full_name}",
        "addresses": _addresses([load.user]),
        "text": _text(campaign, [load.user.full_name], what, None, address),
    }


def _addresses(people: Any) -> str:
    return ", ".join(user.email for user in people if user.email)


def _text(campaign: Campaign, names: list[str], what: str, deadline: Any, address: str) -> str:
    hour = f" Hạn: {say_hour(deadline)}." if deadline else ""
    return (
        f"Kính gửi {', '.join(names)},\n{campaign.title}. {what}{hour}\n"
        f"Mở để làm tiếp: {portal_address(address)}\n{campaign.organiser.title}"
    )

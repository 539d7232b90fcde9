"""Reminders: sent through the portal after a look at who gets them, or as text to copy for who has no address."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from scoring.models import Campaign
from scoring.permissions import EDIT_CAMPAIGN
from scoring.services.errors import Conflict
from scoring.services.reminding import Reminder, chosen_of, remind, reminders_of
from scoring.views.editing import campaign_url
from scoring.views.setup import portal_campaign
from scoring.views.strip import say_hour
from units.mail import portal_address
from units.views.gates import SignedInRequest, route

UNPROCESSABLE, CONFLICT = 422, 409


@route(EDIT_CAMPAIGN, portal_campaign)
@require_safe
def reminders(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """A text for every unit and appraiser with something in hand, and when they were reminded; nothing is sent here."""
    return _page(request, campaign)


@route(EDIT_CAMPAIGN, portal_campaign)
@require_POST
def send(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """First who would get it (`chon`, one key each), then, with `gui`, the sending."""
    keys = set(request.POST.getlist("chon"))
    if not keys:
        return _page(request, campaign, UNPROCESSABLE, "Chọn ít nhất một đơn vị hoặc người thẩm định để nhắc.")
    if "gui" not in request.POST:
        return _preview(request, campaign, chosen_of(campaign, keys))
    try:
        places, people = remind(campaign, keys, by=request.user)
    except Conflict as fault:
        return _page(request, campaign, CONFLICT, fault.sentence)
    messages.info(
        request, f"Đã nhắc {places} nơi, {people} người. Thư gửi trong ít phút; ai cũng thấy ở trang Thông báo."
    )
    return redirect(campaign_url(campaign, "reminders"))


def _page(request: SignedInRequest, campaign: Campaign, status: int = 200, refused: str = "") -> HttpResponse:
    context = {
        "campaign": campaign,
        "rows": [_row(campaign, item) for item in reminders_of(campaign)],
        "refused": refused,
        "is_sample": campaign.is_sample,
        "crumbs": [{"label": "Tiến độ", "url": campaign_url(campaign, "progress")}],
    }
    return render(request, "scoring/progress/reminders.html", context, status=status)


def _preview(request: SignedInRequest, campaign: Campaign, chosen: list[Reminder]) -> HttpResponse:
    rows = [_row(campaign, item) for item in chosen]
    context = {
        "campaign": campaign,
        "rows": rows,
        "told": [row for row in rows if row["gets"]],
        "left_alone": [row for row in rows if not row["gets"]],
        "people": sum(len(row["people"]) for row in rows if row["gets"]),
        "is_sample": campaign.is_sample,
        "crumbs": [
            {"label": "Tiến độ", "url": campaign_url(campaign, "progress")},
            {"label": "Lời nhắc", "url": campaign_url(campaign, "reminders")},
        ],
    }
    return render(request, "scoring/progress/reminders_send.html", context)


def _row(campaign: Campaign, item: Reminder) -> dict[str, Any]:
    return {
        "key": item.key,
        "title": item.title,
        "people": item.people,
        "addresses": ", ".join(user.email for user in item.people if user.email),
        "earlier": item.earlier,
        "told_today": item.told_today,
        "gets": bool(item.people) and not item.told_today,
        "what": item.what,
        "text": _text(campaign, item),
    }


def _text(campaign: Campaign, item: Reminder) -> str:
    names = [user.full_name for user in item.people] or [item.title]
    hour = f" Hạn: {say_hour(item.deadline)}." if item.deadline else ""
    return (
        f"Kính gửi {', '.join(names)},\n{campaign.title}. {item.what}{hour}\n"
        f"Mở để làm tiếp: {portal_address(item.path)}\n{campaign.organiser.title}"
    )

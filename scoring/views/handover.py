"""Handover: the administrator ends and opens roles with the open tasks in view, the coordinator passes parts on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from scoring.forms.handover import HandoverForm, PassOnForm
from scoring.models import Campaign
from scoring.permissions import ASSIGN
from scoring.selectors.assignment import judges_of, loads_of
from scoring.selectors.campaigns import campaign_visible_to
from scoring.selectors.handover import open_tasks
from scoring.services.errors import Conflict
from scoring.services.handover import Handed, hand_over, pass_on
from scoring.views.editing import CONFLICT, UNPROCESSABLE
from units.models import User
from units.permissions import ADMINISTER
from units.selectors import Person, person_at, way_in
from units.services.people import NotNow
from units.views.gates import SignedInRequest, route


@route(ADMINISTER, person_at)
@require_http_methods(["GET", "HEAD", "POST"])
def handover(request: SignedInRequest, known: Person) -> HttpResponseBase:
    """All roles of one person go to another today; open tasks are listed first."""
    form = HandoverForm(known, request.POST if request.method == "POST" else None)
    status, refused = UNPROCESSABLE if form.is_bound else 200, ""
    if form.is_bound and form.is_valid() and form.user is not None:
        try:
            seen = form.cleaned_data["seen"]
            handed = hand_over(known.organiser, known.user, form.user, seen=seen, by=request.user)
        except (NotNow, Conflict) as fault:
            status, refused = CONFLICT, fault.sentence
        else:
            _say(request, known, form.user, handed)
            return redirect("units:person", known.organiser.slug, known.user.pk)
    context = {
        "known": known,
        "roles": [item for item in known.memberships if not item.is_over],
        "tasks": open_tasks(known.organiser, known.user),
        "form": form,
        "refused": refused,
        "crumbs": _crumbs(known),
    }
    return render(request, "scoring/work/handover.html", context, status=status)


@route(ASSIGN, campaign_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def pass_parts(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """All unsigned parts of one person in the campaign go to another; what cannot is told."""
    loads, judges = loads_of(campaign), judges_of(campaign.organiser)
    form = PassOnForm(loads, judges, request.POST if request.method == "POST" else None)
    left: list[str] = []
    status = UNPROCESSABLE if form.is_bound else 200
    if form.is_bound and form.is_valid():
        leaver, successor = form.holders[form.cleaned_data["leaver"]], form.takers[form.cleaned_data["successor"]]
        passed = pass_on(campaign, leaver, successor, by=request.user)
        if not passed.left:
            messages.info(request, f"Đã giao {passed.given} phần của {leaver.full_name} cho {successor.full_name}.")
            return redirect("scoring:assignment", campaign.organiser.slug, campaign.code)
        left, status = (
            [f"Đã giao {passed.given} phần; còn {len(passed.left)} phần chưa giao được.", *passed.left],
            CONFLICT,
        )
        form = PassOnForm(loads_of(campaign), judges)
    context = {
        "campaign": campaign,
        "is_sample": campaign.is_sample,
        "form": form,
        "left": [{"text": text} for text in left],
        "crumbs": [{"label": "Phân công thẩm định", "url": _assignment_url(campaign)}],
    }
    return render(request, "scoring/appraisal/pass_on.html", context, status=status)


def _say(request: SignedInRequest, known: Person, successor: User, handed: Handed) -> None:
    messages.info(request, f"Đã bàn giao từ {known.user.full_name} cho {successor.full_name}.")
    if successor.last_login is None:
        there = reverse("units:person", args=[known.organiser.slug, successor.pk])
        words = '{} chưa vào cổng lần nào ({}). <a href="{}">Mời vào cổng</a> thì mới làm tiếp được.'
        told = way_in(successor).text
        messages.warning(request, format_html(words, successor.full_name, told[:1].lower() + told[1:], there))
    for item in handed.passed:
        messages.info(request, f"{item.campaign.title}: đã giao {item.given} phần thẩm định.")
        for reason in item.left:
            messages.warning(request, reason)
    for campaign in handed.waiting:
        messages.warning(
            request, f"{campaign.title}: điều phối giao tiếp các phần thẩm định ở trang Phân công thẩm định."
        )


def _assignment_url(campaign: Campaign) -> str:
    return reverse("scoring:assignment", args=[campaign.organiser.slug, campaign.code])


def _crumbs(known: Person) -> list[dict[str, Any]]:
    slug = known.organiser.slug
    return [
        {"label": "Người dùng", "url": reverse("units:people", args=[slug])},
        {"label": known.user.full_name, "url": reverse("units:person", args=[slug, known.user.pk])},
    ]

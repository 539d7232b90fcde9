"""Campaigns and runs in the workspace."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import Origin
from scoring.forms.campaign import RankingForm, SettingsForm
from scoring.models import Campaign, Participant, Run
from scoring.permissions import CALCULATE, EDIT_CAMPAIGN, VIEW_CAMPAIGN, VIEW_CAMPAIGNS, VIEW_RUN
from scoring.selectors.campaigns import (
    campaign_list,
    campaign_visible_to,
    newest_run,
    organiser_visible_to,
    run_visible_to,
)
from scoring.selectors.results import group_tables
from scoring.services.calculation import CannotCalculate, calculate, current_input_sha256
from scoring.services.campaigns import StaleEdit, change_ranking, change_settings, check_settings
from units.models import Organiser, TrailEntry, User
from units.permissions import can
from units.vietnamese import format_date
from units.views.gates import SignedInRequest, route


@route(VIEW_CAMPAIGNS, organiser_visible_to)
@require_safe
def campaigns(request: SignedInRequest, organiser: Organiser) -> HttpResponse:
    found = list(campaign_list(request.user, organiser))
    is_sample = any(campaign.is_sample for campaign in found)
    context = {"organiser": organiser, "campaigns": found, "is_sample": is_sample}
    return render(request, "scoring/campaigns.html", context | _rights(request, organiser))


@route(VIEW_CAMPAIGN, campaign_visible_to)
@require_safe
def campaign(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    return render(request, "scoring/campaign.html", _campaign_page(request, campaign))


@route(CALCULATE, campaign_visible_to)
@require_POST
def calculate_now(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    try:
        run = calculate(campaign, request.user)
    except CannotCalculate as refused:
        context = _campaign_page(request, campaign) | {"faults": [{"text": text} for text in refused.faults]}
        return render(request, "scoring/campaign.html", context, status=422)
    messages.info(request, f"Đã tính lần {run.number}. Số liệu đầu vào và kết quả được giữ nguyên từ đây.")
    return redirect("scoring:run", campaign.organiser.slug, campaign.code, run.number)


@route(VIEW_RUN, run_visible_to)
@require_safe
def run(request: SignedInRequest, run: Run) -> HttpResponse:
    is_past = run.campaign.origin == Origin.PAST
    context = {"campaign": run.campaign, "run": run, "tables": group_tables(run), "is_past": is_past}
    context["is_current"] = current_input_sha256(run.campaign) == run.input_sha256
    return render(request, "scoring/run.html", context | _sample(run.campaign))


@route(VIEW_RUN, run_visible_to)
@require_safe
def campaign_file(request: SignedInRequest, run: Run) -> HttpResponse:
    """The exact file the engine was given."""
    return _attachment(run, "campaign", run.campaign_file)


@route(VIEW_RUN, run_visible_to)
@require_safe
def results_file(request: SignedInRequest, run: Run) -> HttpResponse:
    """The exact file the engine returned."""
    return _attachment(run, "results", run.results_file)


def _attachment(run: Run, what: str, text: str) -> HttpResponse:
    name = f"{run.campaign.organiser.slug}-{run.campaign.code}-lan-{run.number}-{what}.json"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@route(EDIT_CAMPAIGN, campaign_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    form = SettingsForm(request.POST or None, initial=SettingsForm.initial_of(campaign))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            changes = form.changes(campaign)
            faults = check_settings(campaign, changes)
            for fault in faults:
                form.add_error(None, fault)
            if not faults:
                try:
                    change_settings(campaign, changes, seen=form.cleaned_data["version"], by=request.user)
                except StaleEdit as stale:
                    return _stale(request, campaign, form, stale, SettingsForm.initial_of(stale.current))
                messages.info(request, "Đã lưu. Tính lại để kết quả theo thông tin mới.")
                return redirect("scoring:campaign", campaign.organiser.slug, campaign.code)
    context = {"campaign": campaign, "form": form} | _sample(campaign)
    return render(request, "scoring/settings.html", context, status=status)


def _participant(user: User, slug: str, code: str, unit: str) -> Participant:
    campaign = campaign_visible_to(user, slug, code)
    participant = campaign.participants.filter(code=unit).first()
    if participant is None:
        raise Http404
    participant.campaign = campaign
    return participant


@route(EDIT_CAMPAIGN, _participant)
@require_http_methods(["GET", "HEAD", "POST"])
def ranking(request: SignedInRequest, participant: Participant) -> HttpResponseBase:
    campaign = participant.campaign
    form = RankingForm(request.POST or None, initial=RankingForm.initial_of(participant))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            change_ranking(
                participant, is_ranked=data["is_ranked"], reason=data["reason"], seen=data["version"], by=request.user
            )
        except StaleEdit as stale:
            fresh = Participant.objects.select_related("campaign").get(pk=participant.pk)
            return _stale(request, campaign, form, stale, RankingForm.initial_of(fresh))
        messages.info(request, f"Đã lưu cho {participant.name}. Tính lại để cập nhật hạng.")
        return redirect("scoring:campaign", campaign.organiser.slug, campaign.code)
    context = {"campaign": campaign, "participant": participant, "form": form} | _sample(campaign)
    return render(request, "scoring/ranking.html", context, status=422 if form.is_bound else 200)


@route(VIEW_CAMPAIGN, campaign_visible_to)
@require_safe
def history(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    entries = TrailEntry.objects.filter(scope=campaign.trail_scope).order_by("-seq")[:500]
    return render(request, "scoring/history.html", {"campaign": campaign, "entries": entries} | _sample(campaign))


def _campaign_page(request: SignedInRequest, campaign: Campaign) -> dict[str, Any]:
    newest = newest_run(campaign)
    participants = campaign.participants.select_related("group", "unit").order_by("group__position", "unit__name_sort")
    return (
        {
            "campaign": campaign,
            "is_past": campaign.origin == Origin.PAST,
            "participants": participants,
            "newest": newest,
            "is_current": newest is not None and newest.input_sha256 == current_input_sha256(campaign),
            "runs": campaign.runs.select_related("calculated_by").defer("campaign_file", "results_file"),
            "form": None,
        }
        | _rights(request, campaign)
        | _sample(campaign)
    )


def _rights(request: SignedInRequest, obj: Any) -> dict[str, bool]:
    return {
        "may_import": bool(can(request.user, "scoring.import_results", obj)),
        "may_calculate": bool(can(request.user, CALCULATE, obj)),
        "may_edit": bool(can(request.user, EDIT_CAMPAIGN, obj)),
    }


def _sample(campaign: Campaign) -> dict[str, bool]:
    return {"is_sample": campaign.is_sample}


def _stale(
    request: SignedInRequest, campaign: Campaign, form: Form, stale: StaleEdit, current: dict[str, Any]
) -> HttpResponse:
    """409 with what was typed and what stands now, side by side; nothing is lost and nothing overwritten."""
    rows = [
        {"label": form[name].label, "typed": typed, "stands": stands, "differs": typed != stands}
        for name in form.fields
        if name != "version"
        for typed, stands in [(_as_read(form, name, form[name].data), _as_read(form, name, current[name]))]
    ]
    context = {"campaign": campaign, "sentence": str(stale), "rows": rows}
    return render(request, "scoring/stale.html", context | _sample(campaign), status=409)


def _as_read(form: Form, name: str, value: Any) -> str:
    """A value as people read it: the label of a choice, a day as dd/mm/yyyy, line breaks alike."""
    if isinstance(value, datetime.date):
        return format_date(value)
    choices = {str(key): str(label) for key, label in getattr(form.fields[name], "choices", ())}
    text = "" if value is None else str(value)
    return choices.get(text, text).replace("\r\n", "\n").strip()

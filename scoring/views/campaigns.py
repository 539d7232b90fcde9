"""Campaigns and runs in the workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import Origin, Phase, RunKind
from scoring.forms.campaign import PortalSettingsForm, RankingForm, SettingsForm
from scoring.models import Campaign, Participant, Run, RunShown
from scoring.permissions import (
    CALCULATE,
    CREATE_CAMPAIGN,
    EDIT_CAMPAIGN,
    IMPORT_RESULTS,
    SHOW_RUN,
    VIEW_CAMPAIGN,
    VIEW_CAMPAIGNS,
    VIEW_RUN,
)
from scoring.selectors.campaigns import (
    campaign_list,
    campaign_visible_to,
    newest_run,
    organiser_visible_to,
    run_visible_to,
    runs_readable_by,
    touched_since,
)
from scoring.selectors.clock import database_now
from scoring.selectors.missing import Missing, missing_for_official
from scoring.selectors.results import group_tables
from scoring.services.calculation import CannotCalculate, current_input_sha256
from scoring.services.campaigns import change_ranking, change_settings, check_settings
from scoring.services.dossier import windows_of
from scoring.services.errors import Blocked, Conflict, WrongFigures
from scoring.services.running import run_official, run_provisional, show_run, too_early
from scoring.views.editing import CONFLICT, UNPROCESSABLE, campaign_url, edit
from scoring.views.strip import phase_strip
from units.models import Organiser, User
from units.permissions import can
from units.views.gates import SignedInRequest, route

MOST_SHOWN = 60


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
    """The official run; refused with the list of what is missing."""
    return _calculated(request, campaign, run_official)


@route(CALCULATE, campaign_visible_to)
@require_POST
def calculate_provisionally(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """A run of what stands now, marked TẠM TÍNH for ever; a past table has nothing provisional."""
    if campaign.origin == Origin.PAST:
        raise Http404
    return _calculated(request, campaign, run_provisional)


def _calculated(
    request: SignedInRequest, campaign: Campaign, calculate: Callable[[Campaign, User], Run]
) -> HttpResponseBase:
    try:
        run = calculate(campaign, request.user)
    except CannotCalculate as refused:
        return _refused(request, campaign, refused.faults, UNPROCESSABLE)
    except Blocked as refused:
        return _refused(request, campaign, refused.reasons, CONFLICT)
    kind = "" if run.kind == RunKind.OFFICIAL else " (TẠM TÍNH)"
    messages.info(request, f"Đã tính lần {run.number}{kind}. Số liệu đầu vào và kết quả được giữ nguyên từ đây.")
    return redirect("scoring:run", campaign.organiser.slug, campaign.code, run.number)


def _refused(request: SignedInRequest, campaign: Campaign, faults: Iterable[str], status: int) -> HttpResponse:
    shown = list(faults)
    more = [f"Và {len(shown) - MOST_SHOWN} việc khác."] if len(shown) > MOST_SHOWN else []
    context = _campaign_page(request, campaign)
    context["faults"] = [{"text": text} for text in [*shown[:MOST_SHOWN], *more]]
    return render(request, "scoring/campaign.html", context, status=status)


@route(SHOW_RUN, run_visible_to)
@require_POST
def show(request: SignedInRequest, run: Run) -> HttpResponseBase:
    """Let the leaders read an official run."""
    try:
        show_run(run, request.user)
    except Conflict as refused:
        messages.error(request, refused.sentence)
    else:
        messages.info(request, f"Lãnh đạo xem được lần tính {run.number} từ bây giờ.")
    return redirect("scoring:run", run.campaign.organiser.slug, run.campaign.code, run.number)


@route(VIEW_RUN, run_visible_to)
@require_safe
def run(request: SignedInRequest, run: Run) -> HttpResponse:
    campaign = run.campaign
    is_official = run.kind == RunKind.OFFICIAL
    context = {
        "campaign": campaign,
        "run": run,
        "tables": group_tables(run),
        "is_past": campaign.origin == Origin.PAST,
        "is_official": is_official,
        "is_current": _is_current(run),
        "was_shown": RunShown.objects.filter(run=run).exists(),
        "may_show": is_official and bool(can(request.user, SHOW_RUN, run)),
    }
    return render(request, "scoring/run.html", context | _sample(campaign))


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
    mark = "" if run.kind == RunKind.OFFICIAL else "-TAM-TINH"
    name = f"{run.campaign.organiser.slug}-{run.campaign.code}-lan-{run.number}{mark}-{what}.json"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@route(EDIT_CAMPAIGN, campaign_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    kind = SettingsForm if campaign.origin == Origin.PAST else PortalSettingsForm
    form = kind(request.POST or None, initial=kind.initial_of(campaign))

    def save() -> str:
        changes = form.changes(campaign)
        if faults := check_settings(campaign, changes):
            raise WrongFigures(("", fault) for fault in faults)
        change_settings(campaign, changes, seen=form.cleaned_data["version"], by=request.user)
        return "Đã lưu. Tính lại để kết quả theo thông tin mới."

    return edit(
        request,
        campaign,
        form,
        save,
        template="scoring/settings.html",
        context={"is_past": campaign.origin == Origin.PAST},
        then=campaign_url(campaign),
        current=lambda: kind.initial_of(Campaign.objects.get(pk=campaign.pk)),
    )


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

    def save() -> str:
        data = form.cleaned_data
        change_ranking(
            participant, is_ranked=data["is_ranked"], reason=data["reason"], seen=data["version"], by=request.user
        )
        return f"Đã lưu cho {participant.name}. Tính lại để cập nhật hạng."

    def current() -> dict[str, Any]:
        return RankingForm.initial_of(Participant.objects.select_related("campaign").get(pk=participant.pk))

    return edit(
        request,
        campaign,
        form,
        save,
        template="scoring/ranking.html",
        context={"participant": participant},
        then=campaign_url(campaign),
        current=current,
    )


@route(VIEW_CAMPAIGN, campaign_visible_to)
@require_safe
def missing(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """What still stands between the year and its official run."""
    context: dict[str, Any] = {"campaign": campaign, "general": [], "units": []}
    if campaign.origin != Origin.PAST:
        found = missing_for_official(campaign)
        context["general"] = too_early(campaign) + [item.sentence for item in found if item.participant is None]
        context["units"] = _by_unit(found)
    return render(request, "scoring/missing.html", context | _rights(request, campaign) | _sample(campaign))


def _by_unit(found: Iterable[Missing]) -> list[dict[str, Any]]:
    """What each unit still lacks: {participant, sentences, ended}, in the order in which the units are printed.

    `ended`: the coordinator has still to say how the unit takes part."""
    units: dict[int, dict[str, Any]] = {}
    for item in found:
        if item.participant is not None:
            row = units.setdefault(
                item.participant.pk, {"participant": item.participant, "sentences": [], "ended": False}
            )
            row["sentences"].append(item.sentence)
            row["ended"] |= item.kind == "ended"
    return list(units.values())


def _campaign_page(request: SignedInRequest, campaign: Campaign) -> dict[str, Any]:
    newest = newest_run(campaign)
    is_past = campaign.origin == Origin.PAST
    strips = [] if is_past else _strips(campaign)
    participants = campaign.participants.select_related("group", "unit").order_by("group__position", "unit__name_sort")
    return (
        {
            "campaign": campaign,
            "is_past": is_past,
            "participants": participants,
            "newest": newest,
            "is_current": newest is not None and _is_current(newest),
            "runs": runs_readable_by(request.user, campaign),
            "strips": strips,
            "is_final": all(item["group"].phase in (Phase.FINALISED, Phase.PUBLISHED) for item in strips),
            "form": None,
        }
        | _rights(request, campaign)
        | _sample(campaign)
    )


def _is_current(run: Run) -> bool:
    """Whether a run made now would be given the same: exactly for a past table, by the trail for a whole year."""
    if run.campaign.origin == Origin.PAST:
        return current_input_sha256(run.campaign) == run.input_sha256
    return not touched_since(run)


def _strips(campaign: Campaign) -> list[dict[str, Any]]:
    """Where each group stands, for a campaign that is scored in the portal."""
    groups = list(campaign.groups.order_by("position"))
    windows, now = windows_of(groups), database_now()
    return [{"group": group, "strip": phase_strip(group, windows.get(group.pk, {}), now)} for group in groups]


def _rights(request: SignedInRequest, obj: Any) -> dict[str, bool]:
    return {
        "may_import": bool(can(request.user, IMPORT_RESULTS, obj)),
        "may_calculate": bool(can(request.user, CALCULATE, obj)),
        "may_create": bool(can(request.user, CREATE_CAMPAIGN, obj)),
        "may_edit": bool(can(request.user, EDIT_CAMPAIGN, obj)),
    }


def _sample(campaign: Campaign) -> dict[str, bool]:
    return {"is_sample": campaign.is_sample}

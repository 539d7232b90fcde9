"""How far the units have come, and what the coordinator may do for one of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from scoring.enums import PartState
from scoring.forms.setup import DossierStepForm
from scoring.models import AppraisalPart, Campaign, Group, Participant, Submission
from scoring.permissions import EDIT_CAMPAIGN, VIEW_CAMPAIGN
from scoring.selectors.appraisal import lines_of
from scoring.selectors.clock import database_now
from scoring.selectors.handed_back import handed_back_to
from scoring.selectors.progress import STANDINGS, Standing, UnitProgress, narrowed, progress_of
from scoring.services.dossier import windows_of
from scoring.services.errors import Conflict, Incomplete
from scoring.services.transitions import available, perform
from scoring.views.appraisal_frame import state_of_part
from scoring.views.dossier_frame import own_deadline
from scoring.views.editing import CONFLICT, UNPROCESSABLE, campaign_url, name_of
from scoring.views.late_paper_places import BY_PAPER, late_paper_url
from scoring.views.returned import given_back
from scoring.views.setup import participant_of, portal_campaign
from scoring.views.strip import phase_strip
from scoring.workflow import Subject, find
from units.models import User
from units.permissions import Refused, can
from units.views.gates import SignedInRequest, route

PER_PAGE = 200  # a province of today fits on one page
# A standing's fill in the bar above the list; the words stand beside it.
_FILLS = {
    Standing.NEVER: "sb-0",
    Standing.WORKING: "sb-1",
    Standing.AT_HEAD: "sb-2",
    Standing.SUBMITTED: "sb-3",
    Standing.BACK: "sb-4",
    Standing.AGAIN: "sb-5",
    Standing.NOT_SUBMITTED: "sb-6",
    Standing.NOT_OPEN: "sb-7",
    Standing.LEFT_OUT: "sb-8",
}
_EXTRA = {"qua-han": "Quá hạn", "cho-quyet-dinh": "Chờ quyết định"}


@route(VIEW_CAMPAIGN, portal_campaign)
@require_safe
def progress(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """Every unit with its state, by pages; `?khoi=`, `?tinh-trang=`, `?tim=` narrow the list, `?xep=ten` sorts it by
    name."""
    groups = list(campaign.groups.order_by("position"))
    chosen = {name: request.GET.get(name, "")[:60] for name in ("khoi", "tinh-trang", "tim", "xep")}
    now = database_now()
    in_group = narrowed(progress_of(campaign, now), group=chosen["khoi"])
    rows = narrowed(in_group, standing=chosen["tinh-trang"], search=chosen["tim"])
    if chosen["xep"] != "ten":
        rows.sort(key=_slowest_first)
    context = {
        "campaign": campaign,
        "groups": groups,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("trang")),
        "query": f"{urlencode(query)}&" if (query := {name: text for name, text in chosen.items() if text}) else "",
        "bar": _bar(in_group),
        "extras": [
            {"key": key, "label": label, "count": len(found)}
            for key, label in _EXTRA.items()
            if (found := narrowed(in_group, standing=key))
        ],
        "total": len(in_group),
        "chosen": chosen,
        "standings": {**{key.value: label for key, label in STANDINGS.items()}, **_EXTRA},
        "now": now,
        "state": chosen["tinh-trang"],
        "may_edit": bool(can(request.user, EDIT_CAMPAIGN, campaign)),
        "is_sample": campaign.is_sample,
    }
    return render(request, "scoring/progress/progress.html", context | _strip(groups, chosen["khoi"], now))


@route(VIEW_CAMPAIGN, participant_of)
@require_safe
def unit_progress(request: SignedInRequest, participant: Participant) -> HttpResponse:
    return _unit_page(request, participant)


def submission_of(user: User, slug: str, code: str, unit: str, name: str) -> Submission:
    """The dossier of a unit, for a step called `name`; Http404 where the year has not been opened for the unit or a
    person never takes such a step."""
    participant = participant_of(user, slug, code, unit)
    submission = Submission.objects.filter(participant=participant).first()
    transition = find(Subject.SUBMISSION, name)
    if submission is None or transition is None or transition.by_portal or name in BY_PAPER:
        raise Http404
    submission.participant = participant
    return submission


@route(VIEW_CAMPAIGN, submission_of)
@require_POST
def unit_step(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """Extend, unlock, reopen, take as it stands, set to nought: each with a reason; who may is asked at the door."""
    participant = submission.participant
    name = name_of(request)
    transition = find(Subject.SUBMISSION, name)
    if transition is None:
        raise Http404
    if not (decision := can(request.user, transition.action, submission)):
        raise Refused(transition.action, decision.reason)
    form = DossierStepForm(transition, request.POST)
    if not form.is_valid():
        return _unit_page(request, participant, (name, form), UNPROCESSABLE)
    data = form.cleaned_data
    try:
        perform(submission, name, request.user, version=data["version"], reason=data["reason"], until=data.get("until"))
    except Incomplete as fault:
        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
        return _unit_page(request, participant, (name, form), UNPROCESSABLE)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        return _unit_page(request, participant, (name, form), CONFLICT)
    messages.info(request, f"{participant.name}: đã ghi “{transition.button}”.")
    return redirect(campaign_url(participant.campaign, "progress_unit", participant.code))


def _unit_page(
    request: SignedInRequest,
    participant: Participant,
    bound: tuple[str, DossierStepForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    campaign = participant.campaign
    now = database_now()
    (row,) = progress_of(campaign, now, [participant])
    parts = AppraisalPart.objects.filter(participant=participant).select_related("component", "appraiser")
    listed = list(parts.order_by("round", "component__path"))
    for part in listed:
        part.participant = participant
    place = {"khoi": participant.group.code, "vong": max((part.round for part in listed), default=1)}
    context = {
        "campaign": campaign,
        "row": row,
        "steps": _steps(request.user, row, bound),
        "parts": [
            (line.part, state_of_part(line.part, line.judged, is_received=line.is_received)[1])
            for line in lines_of(campaign, listed)
        ],
        "has_signed": any(part.state == PartState.SIGNED for part in listed),
        "assignment_url": f"{campaign_url(campaign, 'assignment')}?{urlencode(place)}",
        "bound_form": bound[1] if bound else None,
        "may_edit": bool(can(request.user, EDIT_CAMPAIGN, campaign)),
        "handed_back": [given_back(row.participant, item, is_unit=False) for item in handed_back_to(row.participant)],
        "late_paper_url": late_paper_url(request.user, row.submission) if row.submission else "",
        "is_sample": campaign.is_sample,
    }
    windows = windows_of([participant.group]).get(participant.group_id, {})
    limit = own_deadline(participant.group.phase, row.submission, row.deadline) if row.submission else None
    strip = phase_strip(participant.group, windows, now, limit)
    return render(request, "scoring/progress/unit.html", context | strip, status=status)


def _steps(user: User, row: UnitProgress, bound: tuple[str, DossierStepForm] | None) -> list[dict[str, Any]]:
    """What this person may do to the dossier now, each with its form."""
    if row.submission is None:
        return []
    row.submission.participant = row.participant
    initial = {"version": row.submission.version}
    steps = []
    for offer in available(row.submission, user):
        if offer.refusal or offer.name in BY_PAPER:
            continue
        form = bound[1] if bound and bound[0] == offer.name else DossierStepForm(offer.transition, initial=initial)
        steps.append({"offer": offer, "form": form, "is_bound": form.is_bound})
    return steps


def _slowest_first(row: UnitProgress) -> tuple[bool, int]:
    return row.standing in (Standing.SUBMITTED, Standing.LEFT_OUT), row.percent


def _bar(rows: list[UnitProgress]) -> list[dict[str, Any]]:
    """One piece a standing that occurs: how many, and where it lies in the bar, in hundredths of a percent."""
    pieces, before = [], 0
    for standing, label in STANDINGS.items():
        count = sum(row.standing == standing for row in rows)
        if count:
            start, end = (place * 10000 // len(rows) for place in (before, before + count))
            pieces.append(
                {
                    "key": standing.value,
                    "label": label,
                    "count": count,
                    "fill": _FILLS[standing],
                    "x": _percent(start),
                    "width": _percent(end - start),
                }
            )
        before += count
    return pieces


def _percent(hundredths: int) -> str:
    """1234 → "12.34%", as SVG writes it."""
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def _strip(groups: list[Group], code: str, now: datetime) -> dict[str, Any]:
    """The phase strip of the chosen group, or of the only one."""
    chosen = [group for group in groups if group.code == code] or (groups if len(groups) == 1 else [])
    if not chosen:
        return {}
    return phase_strip(chosen[0], windows_of(chosen).get(chosen[0].pk, {}), now)

"""The coordinator says who appraises what: the matrix, one cell of it, sharing out evenly, declared conflicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import PartState
from scoring.forms.assignment import CellForm, ConflictForm, GiveForm, read_place
from scoring.models import AppraisalPart, Campaign, Group
from scoring.permissions import ASSIGN
from scoring.selectors.assignment import (
    Cell,
    Judge,
    Matrix,
    Row,
    cell_visible_to,
    conflicts_of,
    groups_to_assign,
    judges_of,
    loads_of,
    matrix_of,
    parts_in,
)
from scoring.selectors.campaigns import campaign_visible_to
from scoring.selectors.clock import database_now
from scoring.selectors.conflicts import signed_under_conflict_in
from scoring.services.assignment import assign, declare_conflict, plan_shares, share_out, sift
from scoring.services.dossier import windows_of
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.views.stale import again
from scoring.views.strip import phase_strip
from units.models import Unit, User
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
_STATES = {PartState.OPEN: "đang chấm", PartState.DONE: "chờ ký", PartState.SIGNED: "đã ký"}


@route(ASSIGN, campaign_visible_to)
@require_safe
def matrix(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """Units × components of one group and round, with who judges each and how far that is; the load of each person."""
    place = _place(campaign, request.GET)
    return _page(request, place, GiveForm(place.matrix, place.judges) if place.matrix else None)


@route(ASSIGN, campaign_visible_to)
@require_POST
def give(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Give the chosen units × components to a person, or take them away; every refusal is listed."""
    place = _place(campaign, request.POST)
    if place.matrix is None:
        return _page(request, place, None, status=CONFLICT)
    form = GiveForm(place.matrix, place.judges, request.POST, take_away="take_away" in request.POST)
    if not form.is_valid():
        return _page(request, place, form, status=UNPROCESSABLE)
    only_gaps = form.cleaned_data["only_gaps"] and form.judge is not None
    pks = parts_in(place.matrix, form.chosen_units, form.cleaned_data["component"], only_gaps=only_gaps)
    person = form.judge.user if form.judge else None
    can, cannot = sift(campaign, pks, person)
    if cannot and "skip" not in request.POST:
        return _page(request, place, form, refused=[text for _, text in cannot], rest=len(can), status=CONFLICT)
    try:
        changed = assign(campaign, can, person, by=request.user)
    except Blocked as refused:
        return _page(request, place, form, refused=list(refused.reasons), status=CONFLICT)
    messages.info(request, _given(changed, person, len(pks)))
    return redirect(place.url)


@route(ASSIGN, campaign_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Fill the gaps of a group and round evenly: shown first, then carried out exactly as shown."""
    place = _place(campaign, request.POST if request.method == "POST" else request.GET)
    if place.matrix is None:
        return redirect(place.url)
    if request.method != "POST":
        return _plan_page(request, place)
    try:
        plan = plan_shares(place.matrix, campaign.organiser)
        given = share_out(campaign, plan, seen=request.POST.get("plan", ""), by=request.user)
    except Blocked as refused:
        return _plan_page(request, _place(campaign, request.POST), refused.reasons)
    except Conflict as refused:
        return _plan_page(request, _place(campaign, request.POST), [refused.sentence])
    messages.info(request, f"Đã chia đều {given} phần.")
    return redirect(place.url)


@route(ASSIGN, cell_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def cell(request: SignedInRequest, part: AppraisalPart) -> HttpResponseBase:
    """One part: who has it, who could have it, and why the others could not."""
    campaign = part.participant.campaign
    judges = judges_of(campaign.organiser)
    if request.method != "POST":
        return _cell_page(request, part, judges)
    form = CellForm(judges, request.POST)
    if not form.is_valid():
        return _cell_page(request, part, judges, form, status=UNPROCESSABLE)
    person = form.judge.user if form.judge else None
    try:
        assign(campaign, [part], person, by=request.user, seen={part.pk: form.cleaned_data["version"]})
    except Blocked as refused:
        return _cell_page(request, part, judges, form, errors=list(refused.reasons), status=CONFLICT)
    except Conflict as refused:
        fresh = cell_visible_to(request.user, *_address_of(part))
        return _cell_page(request, fresh, judges, errors=[refused.sentence], status=CONFLICT)
    messages.info(request, _given(1, person, 1))
    return redirect(_matrix_url(campaign, part.participant.group.code, part.round))


@route(ASSIGN, campaign_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def conflicts(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Declared conflicts: the list, and one more; parts already given are taken away, their work stays."""
    judges = judges_of(campaign.organiser)
    units = Unit.objects.filter(participations__campaign=campaign).order_by("name_sort", "pk")
    form = ConflictForm(judges, units, request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            declare_conflict(campaign.organiser, form.judge.user, data["unit"], data["reason"], by=request.user)
        except Incomplete as fault:
            form.add_error(fault.field, fault.sentence)
        else:
            messages.info(request, f"Đã ghi: {form.judge.user.full_name} không chấm {data['unit'].name}.")
            return redirect("scoring:assignment_conflicts", campaign.organiser.slug, campaign.code)
    context = {"campaign": campaign, "form": form, "conflicts": conflicts_of(campaign.organiser)}
    context["signed"] = signed_under_conflict_in(campaign)
    context |= {"is_sample": campaign.is_sample, "crumbs": _crumbs(campaign)}
    return render(request, "scoring/appraisal/conflicts.html", context, status=UNPROCESSABLE if form.is_bound else 200)


# ── what the pages show ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Place:
    """Which matrix is looked at; `matrix` is None in a campaign without groups."""

    campaign: Campaign
    groups: list[Group]
    number: int
    matrix: Matrix | None
    judges: list[Judge]

    @property
    def url(self) -> str:
        return _matrix_url(self.campaign, self.matrix.group.code if self.matrix else "", self.number)

    def frame(self) -> dict[str, Any]:
        context: dict[str, Any] = {
            "campaign": self.campaign,
            "is_sample": self.campaign.is_sample,
            "place": self,
            "crumbs": _crumbs(self.campaign),
            "tabs": [
                {"label": group.title, "url": _matrix_url(self.campaign, group.code), "is_chosen": self._is_here(group)}
                for group in self.groups
            ],
        }
        if self.matrix is None:
            return context
        group = self.matrix.group
        context["round_urls"] = {number: _matrix_url(self.campaign, group.code, number) for number in (1, 2)}
        return context | phase_strip(group, windows_of([group]).get(group.pk, {}), database_now())

    def _is_here(self, group: Group) -> bool:
        return self.matrix is not None and self.matrix.group.pk == group.pk


def _place(campaign: Campaign, data: Any) -> Place:
    groups = groups_to_assign(campaign)
    group, number = read_place(groups, data)
    found = matrix_of(group, number) if group is not None else None
    return Place(campaign, groups, number, found, judges_of(campaign.organiser))


def _matrix_url(campaign: Campaign, group: str, number: int | None = None) -> str:
    url = reverse("scoring:assignment", args=[campaign.organiser.slug, campaign.code])
    query = {"khoi": group} | ({"vong": number} if number is not None else {})
    return f"{url}?{urlencode(query)}"


def _crumbs(campaign: Campaign) -> list[dict[str, str]]:
    address = [campaign.organiser.slug, campaign.code]
    return [
        {"label": campaign.title, "url": reverse("scoring:campaign", args=address)},
        {"label": "Phân công thẩm định", "url": reverse("scoring:assignment", args=address)},
    ]


@dataclass(frozen=True)
class CellShown:
    """One cell in words: who, how far, and the address where it is changed."""

    url: str
    who: str
    state: str
    is_gap: bool


def _rows(place: Place, matrix: Matrix) -> list[dict[str, Any]]:
    """The matrix in words; addresses are put together here, since asking the router for each would take most of the
    page's time."""
    base = reverse("scoring:assignment", args=[place.campaign.organiser.slug, place.campaign.code])
    names = {judge.user.pk: judge.user.full_name for judge in place.judges}
    absent = {cell.appraiser for cell in matrix.cells if cell.appraiser is not None} - names.keys()
    names |= dict(User.objects.filter(pk__in=absent).values_list("pk", "full_name")) if absent else {}
    return [
        {
            "participant": row.participant,
            "cells": [_shown(cell, base, names, is_received=_is_received(row)) for cell in row.cells],
        }
        for row in matrix.rows
    ]


def _is_received(row: Row) -> bool:
    """Whether there is a dossier to judge; no unit has one before its group is opened."""
    submission = getattr(row.participant, "submission", None)
    return submission is not None and submission.is_received


def _shown(cell: Cell | None, base: str, names: dict[int, str], *, is_received: bool) -> CellShown | None:
    if cell is None:
        return None
    url = f"{base}{quote(cell.unit, safe='')}/{quote(cell.component, safe='')}/{cell.number}/"
    if cell.appraiser is None:
        return CellShown(url, "Chưa giao", "", True)
    waits = cell.state == PartState.OPEN and not is_received
    state = "đơn vị chưa nộp" if waits else _STATES[PartState(cell.state)]
    return CellShown(url, names.get(cell.appraiser, ""), state, False)


def _page(
    request: SignedInRequest,
    place: Place,
    form: GiveForm | None,
    *,
    refused: list[str] | None = None,
    rest: int = 0,
    status: int = 200,
) -> HttpResponse:
    matrix = place.matrix
    context = place.frame() | {
        "crumbs": _crumbs(place.campaign)[:1],
        "form": form,
        "matrix": matrix,
        "rows": _rows(place, matrix) if matrix else [],
        "gaps": len(matrix.gaps) if matrix else 0,
        "loads": loads_of(place.campaign),
        "refused": [{"text": text} for text in refused or []],
        "rest": rest,
        "skip_fields": again(request.POST, "skip", 1) if refused else [],
    }
    return render(request, "scoring/appraisal/assignment.html", context, status=status)


def _plan_page(request: SignedInRequest, place: Place, errors: Iterable[str] = ()) -> HttpResponseBase:
    if place.matrix is None:
        return redirect(place.url)
    plan = plan_shares(place.matrix, place.campaign.organiser)
    people = [
        {"judge": judge, "before": plan.before.get(judge.user.pk, 0), "after": plan.after.get(judge.user.pk, 0)}
        for judge in plan.judges
    ]
    faults = [{"text": text} for text in errors]
    context = place.frame() | {"plan": plan, "people": people, "gaps": len(place.matrix.gaps), "faults": faults}
    return render(request, "scoring/appraisal/share.html", context, status=CONFLICT if faults else 200)


def _cell_page(
    request: SignedInRequest,
    part: AppraisalPart,
    judges: list[Judge],
    form: CellForm | None = None,
    *,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    participant = part.participant
    refusals = [(judge, judge.refusal(participant.unit_id, part.component.code)) for judge in judges]
    able = [judge for judge, refusal in refusals if not refusal]
    initial = {"person": part.appraiser_id or "", "version": part.version}
    context = {
        "campaign": participant.campaign,
        "is_sample": participant.campaign.is_sample,
        "part": part,
        "participant": participant,
        "form": form or CellForm(able, initial=initial),
        "unable": [refusal for _, refusal in refusals if refusal],
        "faults": [{"text": text} for text in errors or []],
        "is_signed": part.state == PartState.SIGNED,
        "part_url": reverse("scoring:part", args=_address_of(part)),
        "back_url": _matrix_url(participant.campaign, participant.group.code, part.round),
        "crumbs": _crumbs(participant.campaign),
    }
    return render(request, "scoring/appraisal/cell.html", context, status=status)


def _address_of(part: AppraisalPart) -> tuple[str, str, str, str, int]:
    campaign = part.participant.campaign
    return campaign.organiser.slug, campaign.code, part.participant.code, part.component.code, part.round


def _given(changed: int, person: User | None, chosen: int) -> str:
    if not chosen:
        return "Không có ô nào như đã chọn, nên không có gì thay đổi."
    if person is None:
        return f"Đã bỏ giao {changed} phần."
    return f"Đã giao {changed} phần cho {person.full_name}."

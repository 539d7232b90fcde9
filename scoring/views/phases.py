"""The steps of a year: where each group stands, what may be done next, and why it cannot be done yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from scoring.enums import Phase
from scoring.forms.setup import StepForm, SwitchForm
from scoring.models import Campaign, Criterion, Group
from scoring.permissions import EDIT_CAMPAIGN, SWITCH_PHASE, VIEW_CAMPAIGN
from scoring.selectors.clock import database_now
from scoring.selectors.setup import candidates
from scoring.services.before_steps import look_ahead
from scoring.services.demo_switch import switch
from scoring.services.dossier import windows_of
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.services.phases import Stayed, move_all
from scoring.services.transitions import Offer, available, perform
from scoring.views.editing import CONFLICT, UNPROCESSABLE, campaign_url, name_of, refusal
from scoring.views.setup import group_of, portal_campaign
from scoring.views.strip import phase_strip
from scoring.workflow import Subject, Transition, find, way_back
from units.models import User
from units.permissions import can
from units.views.gates import SignedInRequest, route

OPEN = "open"


@dataclass(frozen=True)
class Panel:
    """One group on the page: its strip, its way forward and its ways back, and why the last try failed."""

    group: Group
    strip: dict[str, Any]
    forward: tuple[Offer, ...]
    back: tuple[Offer, ...]
    refused: Stayed | None
    pending: tuple[str, ...]
    typed: dict[str, str]


@route(VIEW_CAMPAIGN, portal_campaign)
@require_safe
def phases(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    return _page(request, campaign)


def group_for_step(user: User, slug: str, code: str, group: str, name: str) -> Group:
    """One group, for a step called `name` that a person takes; Http404 otherwise."""
    _transition(name)
    return group_of(user, slug, code, group)


def campaign_for_step(user: User, slug: str, code: str, name: str) -> Campaign:
    """The campaign, for the same step of all its groups."""
    _transition(name)
    return portal_campaign(user, slug, code)


@route(EDIT_CAMPAIGN, group_for_step)
@require_POST
def group_step(request: SignedInRequest, group: Group) -> HttpResponseBase:
    """One step of one group; who may take it is asked again at the door. A refusal comes back on the page.

    A step forward says first what it will do; it is done by the button of that page (`sure`)."""
    transition = _transition(name_of(request))
    form = StepForm(request.POST)
    form.is_valid()
    data = {"reason": request.POST.get("reason", ""), "accept_pending": form.cleaned_data.get("accept_pending", False)}
    if group.phase in transition.sources and _has_to_ask(transition, group.campaign, form):
        return _ask(request, group.campaign, transition, [group], data["accept_pending"])
    try:
        moved = perform(group, transition.name, request.user, **data)
    except Blocked as refused:
        return _page(request, group.campaign, [Stayed(group, refused.sentence, refused.reasons)], CONFLICT)
    except Conflict as refused:
        return _page(request, group.campaign, [Stayed(group, refused.sentence)], CONFLICT)
    except Incomplete as fault:
        typed = {"name": transition.name, "reason": data["reason"]}
        return _page(request, group.campaign, [Stayed(group, fault.sentence)], UNPROCESSABLE, {group.pk: typed})
    messages.info(request, f"{group.title}: nay ở bước “{Phase(moved.phase).label}”.")
    return redirect(campaign_url(group.campaign, "phases"))


@route(EDIT_CAMPAIGN, campaign_for_step)
@require_POST
def all_step(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """The same step of every group that stands before it; those that cannot go stay, with the reasons."""
    transition = _transition(name_of(request))
    form = StepForm(request.POST)
    form.is_valid()
    groups = [group for group in _groups(campaign) if group.phase in transition.sources]
    if not groups:
        sentence = f"Không khối nào đang chờ bước “{transition.button}”. Mở lại trang để xem."
        return refusal(request, campaign, [sentence], campaign_url(campaign, "phases"), CONFLICT)
    accepted = bool(form.cleaned_data.get("accept_pending"))
    if _has_to_ask(transition, campaign, form):
        return _ask(request, campaign, transition, groups, accepted)
    moved, stayed = move_all(groups, transition.name, request.user, accept_pending=accepted)
    if moved:
        titles = ", ".join(group.title for group in moved)
        messages.info(request, f"{transition.button}: {titles}.")
    if stayed:
        return _page(request, campaign, stayed, CONFLICT)
    return redirect(campaign_url(campaign, "phases"))


def _has_to_ask(transition: Transition, campaign: Campaign, form: StepForm) -> bool:
    """Steps back ask for their reason. Who agreed to what has changed since is asked again."""
    return not transition.needs_reason and form.cleaned_data.get("sure") != str(campaign.version)


def _ask(
    request: SignedInRequest, campaign: Campaign, transition: Transition, groups: list[Group], accepted: bool
) -> HttpResponse:
    """What the step will do, with the button that does it; where no group can take it, why."""
    ahead, stayed = look_ahead(groups, transition, request.user, accept_pending=accepted)
    if not ahead:
        return _page(request, campaign, stayed, CONFLICT)
    context = {
        "campaign": campaign,
        "transition": transition,
        "way_back": way_back(transition),
        "source": Phase(transition.sources[0]),
        "ahead": ahead,
        "stayed": stayed,
        "outside": candidates(campaign).count() if transition.name == OPEN else 0,
        "accepted": accepted,
        "is_sample": campaign.is_sample,
    }
    return render(request, "scoring/progress/before_step.html", context)


def trial_campaign(user: User, slug: str, code: str) -> Campaign:
    """A campaign of a trial portal; in production the switch has no address."""
    if not settings.DEMO_MODE:
        raise Http404
    return portal_campaign(user, slug, code)


@route(SWITCH_PHASE, trial_campaign)
@require_POST
def demo_switch(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Any phase for a group, in the trial portal alone."""
    back = campaign_url(campaign, "phases")
    form = SwitchForm(campaign, request.POST)
    if not form.is_valid():
        sentences = [str(text) for errors in form.errors.values() for text in errors]
        return refusal(request, campaign, sentences, back, UNPROCESSABLE)
    group: Group = form.cleaned_data["group"]
    phase: Phase = form.cleaned_data["phase"]
    try:
        switch(group, phase, request.user)
    except Blocked as refused:
        return refusal(request, campaign, [refused.sentence, *refused.reasons], back, CONFLICT)
    messages.info(request, f"{group.title}: nay ở bước “{phase.label}” (bản dùng thử).")
    return redirect(back)


def _transition(name: str) -> Transition:
    """The step of groups called `name`; Http404 for one that does not exist or that only the portal takes."""
    transition = find(Subject.GROUP, name)
    if transition is None or transition.by_portal:
        raise Http404
    return transition


def _groups(campaign: Campaign) -> list[Group]:
    groups = list(campaign.groups.order_by("position"))
    for group in groups:
        group.campaign = campaign
    return groups


def _page(
    request: SignedInRequest,
    campaign: Campaign,
    stayed: Iterable[Stayed] = (),
    status: int = 200,
    typed: dict[int, dict[str, str]] | None = None,
) -> HttpResponse:
    groups = _groups(campaign)
    windows, now, pending = windows_of(groups), database_now(), _pending(campaign)
    refused = {item.group.pk: item for item in stayed}
    panels = []
    for group in groups:
        offers = [offer for offer in available(group, request.user) if not offer.refusal]
        panels.append(
            Panel(
                group,
                phase_strip(group, windows.get(group.pk, {}), now),
                tuple(offer for offer in offers if not offer.transition.needs_reason),
                tuple(offer for offer in offers if offer.transition.needs_reason),
                refused.get(group.pk),
                pending.get(group.pk, ()) if group.phase == Phase.DRAFT else (),
                (typed or {}).get(group.pk, {}),
            )
        )
    may_switch = settings.DEMO_MODE and bool(groups) and bool(can(request.user, SWITCH_PHASE, campaign))
    context = {
        "campaign": campaign,
        "panels": panels,
        "together": _together(panels),
        "pending_anywhere": any(panel.pending for panel in panels),
        "switch_form": SwitchForm(campaign) if may_switch else None,
        "may_edit": bool(can(request.user, EDIT_CAMPAIGN, campaign)),
        "is_sample": campaign.is_sample,
    }
    return render(request, "scoring/progress/phases.html", context, status=status)


def _together(panels: list[Panel]) -> list[tuple[Transition, int]]:
    """Steps that two or more groups may take, each with how many."""
    counted: dict[str, tuple[Transition, int]] = {}
    for panel in panels:
        for offer in panel.forward:
            _, count = counted.get(offer.name, (offer.transition, 0))
            counted[offer.name] = (offer.transition, count + 1)
    return [entry for entry in counted.values() if entry[1] > 1]


def _pending(campaign: Campaign) -> dict[int, tuple[str, ...]]:
    """Codes of leaves without a rule, by the group whose units are measured by their set; one query."""
    found: dict[int, dict[str, None]] = {}
    rows = (
        Criterion.objects.in_force()
        .filter(criteria_set__campaign=campaign, rule_pending=True, criteria_set__participants__is_assessed=True)
        .order_by("path", "code")
        .values_list("criteria_set__participants__group", "code", "path")
        .distinct()
    )
    for group, code, _ in rows:
        found.setdefault(group, {})[code] = None
    return {group: tuple(codes) for group, codes in found.items()}

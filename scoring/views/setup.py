"""Setting up a year: a new or cloned campaign, its groups and hours, who takes part, what caps a class."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from scoring.engine.load_policy import USUAL_POLICY
from scoring.enums import Origin
from scoring.forms.campaign import NamesForm, NewCampaignForm, PolicyForm, grades_text
from scoring.forms.setup import (
    GateForm,
    GroupForm,
    NewGroupForm,
    ParticipantForm,
    SetForm,
    UnitsForm,
    VersionForm,
    other_kind_told,
)
from scoring.models import Campaign, CriteriaSet, Group, Participant
from scoring.permissions import CREATE_CAMPAIGN, EDIT_CAMPAIGN
from scoring.selectors.campaigns import campaign_visible_to, campaigns_visible_to, organiser_visible_to
from scoring.selectors.setup import candidates, gate_nodes, groups_with_counts, kinds_of, of_another_kind
from scoring.services import setup as year
from scoring.services.cloning import clone, plan
from scoring.services.errors import Conflict, Incomplete
from scoring.views.editing import UNPROCESSABLE, campaign_url, edit, one_button
from units.models import Organiser, User
from units.views.gates import SignedInRequest, route


def portal_campaign(user: User, slug: str, code: str) -> Campaign:
    """A visible campaign that is scored in the portal; a past table has no year to set up."""
    campaign = campaign_visible_to(user, slug, code)
    if campaign.origin != Origin.PORTAL:
        raise Http404
    return campaign


def group_of(user: User, slug: str, code: str, group: str) -> Group:
    """One group of such a campaign, with its campaign."""
    campaign = portal_campaign(user, slug, code)
    found = campaign.groups.filter(code=group).first()
    if found is None:
        raise Http404
    found.campaign = campaign
    return found


def participant_of(user: User, slug: str, code: str, unit: str) -> Participant:
    """One unit of such a campaign, with its campaign and group."""
    campaign = portal_campaign(user, slug, code)
    found = campaign.participants.select_related("group", "criteria_set", "unit").filter(code=unit).first()
    if found is None:
        raise Http404
    found.campaign = campaign
    return found


MOST_SHOWN = 300  # boxes at a time; who has more below it than a province of today narrows the list
ALL_GATES = "tat-ca"  # said by the button; a form that lost its field takes nothing away


# ── a campaign ────────────────────────────────────────────────────────────────────────────────────────────────────────


@route(CREATE_CAMPAIGN, organiser_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def new_campaign(request: SignedInRequest, organiser: Organiser) -> HttpResponseBase:
    """From nothing, with the usual way of computing; or the way to clone one that there is."""
    this_year = timezone.localdate().year
    names_of_year = {"code": this_year, "year": this_year, "title": f"Chỉ số cải cách hành chính năm {this_year}"}
    initial = PolicyForm.initial_policy(USUAL_POLICY) | {"grades": grades_text(year.DEFAULT_GRADES)} | names_of_year
    form = NewCampaignForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        names = {name: form.cleaned_data[name] for name in ("code", "title", "year", "grades")}
        try:
            campaign = year.create_campaign(organiser, policy=form.policy(), by=request.user, **names)
            messages.info(request, "Đã lập kỳ. Nhập bộ tiêu chí, rồi lập khối và chọn đơn vị.")
            return redirect(campaign_url(campaign, "setup"))
        except Incomplete as fault:
            form.add_error(fault.field, fault.sentence)
    context = {"organiser": organiser, "form": form, "sources": campaigns_visible_to(request.user, organiser)}
    return render(request, "scoring/setup/new.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@route(CREATE_CAMPAIGN, campaign_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def clone_campaign(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Next year's campaign in one step; the page says first who is taken over and who has ended."""
    following = campaign.year + 1
    initial = {"code": str(following), "year": following, "title": f"Chỉ số cải cách hành chính năm {following}"}
    form = NamesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = clone(campaign, by=request.user, **form.cleaned_data)
            messages.info(request, f"Đã sao từ {campaign.title}. Xem lại khối, thời hạn và đơn vị trước khi mở.")
            return redirect(campaign_url(made, "setup"))
        except Incomplete as fault:
            form.add_error(fault.field, fault.sentence)
    context = {"campaign": campaign, "form": form, "plan": plan(campaign), "is_sample": campaign.is_sample}
    return render(request, "scoring/setup/clone.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@route(EDIT_CAMPAIGN, portal_campaign)
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """The groups with their hours and units; POST adds a group."""
    form = NewGroupForm(request.POST or None, initial={"version": campaign.version})

    def save() -> str:
        data = form.cleaned_data
        group = year.add_group(campaign, code=data["code"], title=data["title"], seen=data["version"], by=request.user)
        return f"Đã thêm khối {group.title}."

    return edit(
        request,
        campaign,
        form,
        save,
        template="scoring/setup/setup.html",
        context={"groups": groups_with_counts(campaign), "sets": campaign.criteria_sets.order_by("position", "code")},
        then=campaign_url(campaign, "setup"),
        current=lambda: {},
    )


# ── groups ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@route(EDIT_CAMPAIGN, group_of)
@require_http_methods(["GET", "HEAD", "POST"])
def group(request: SignedInRequest, group: Group) -> HttpResponseBase:
    """Title, own scale of classes, hours of the phases."""
    campaign = group.campaign

    def current() -> dict[str, Any]:
        fresh = Group.objects.select_related("campaign").get(pk=group.pk)
        return GroupForm.initial_of(fresh, fresh.campaign.version, fresh.windows.all())

    form = GroupForm(request.POST or None, initial=current())

    def save() -> str:
        data = form.cleaned_data
        year.change_group(
            group,
            title=data["title"],
            grades=data["grades"],
            windows=form.windows,
            after_the_hour=form.after_the_hour,
            seen=data["version"],
            by=request.user,
        )
        return f"Đã lưu khối {data['title']}."

    return edit(
        request,
        campaign,
        form,
        save,
        template="scoring/setup/group.html",
        context={"group": group},
        then=campaign_url(campaign, "setup"),
        current=current,
    )


@route(EDIT_CAMPAIGN, group_of)
@require_POST
def group_up(request: SignedInRequest, group: Group) -> HttpResponseBase:
    """One place towards the beginning of the list."""

    def act(seen: int) -> str:
        year.move_group(group, up=True, seen=seen, by=request.user)
        return f"Đã đưa khối {group.title} lên trên."

    campaign = group.campaign
    return one_button(request, campaign, VersionForm(request.POST), act, campaign_url(campaign, "setup"))


@route(EDIT_CAMPAIGN, group_of)
@require_POST
def group_remove(request: SignedInRequest, group: Group) -> HttpResponseBase:
    """Take away an empty group."""

    def act(seen: int) -> str:
        year.remove_group(group, seen=seen, by=request.user)
        return f"Đã bỏ khối {group.title}."

    campaign = group.campaign
    return one_button(request, campaign, VersionForm(request.POST), act, campaign_url(campaign, "setup"))


@route(EDIT_CAMPAIGN, group_of)
@require_http_methods(["GET", "HEAD", "POST"])
def group_units(request: SignedInRequest, group: Group) -> HttpResponseBase:
    """Who takes part in the group; POST takes in the units that were chosen. `?loai=` narrows to a kind of unit,
    `?tim=` to a code or name."""
    campaign = group.campaign
    kinds = kinds_of(campaign)
    kind = request.GET.get("loai", "")
    chosen = kind if kind in {key for key, _, _ in kinds} else ""
    text = request.GET.get("tim", "").strip()[:100]
    found = candidates(campaign, chosen, text)
    form = UnitsForm(campaign, found, request.POST or None, initial={"version": campaign.version})

    def save() -> str:
        data = form.cleaned_data
        count = year.add_units(group, form.chosen, data["criteria_set"], seen=data["version"], by=request.user)
        return f"Đã thêm {count} đơn vị vào khối {group.title}."

    context = {
        "group": group,
        "kinds": kinds,
        "kind": chosen,
        "text": text,
        "count": found.count(),
        "shown": found[:MOST_SHOWN],
        "ticked": set(form["units"].value() or ()),
        "members": group.participants.select_related("criteria_set", "unit").order_by("unit__name_sort", "pk"),
        "strangers": set(of_another_kind(campaign).filter(group=group).values_list("pk", flat=True)),
        "set_form": SetForm(campaign, initial={"version": campaign.version}, prefix="bo"),
    }
    return edit(
        request,
        campaign,
        form,
        save,
        template="scoring/setup/units.html",
        context=context,
        then=campaign_url(campaign, "group_units", group.code),
        current=lambda: {},
    )


@route(EDIT_CAMPAIGN, group_of)
@require_POST
def group_set(request: SignedInRequest, group: Group) -> HttpResponseBase:
    """One criteria set for every unit of the group."""
    campaign = group.campaign
    form = SetForm(campaign, request.POST, prefix="bo")

    def act(seen: int) -> str:
        chosen: CriteriaSet = form.cleaned_data["criteria_set"]
        year.set_for_group(group, chosen, seen=seen, by=request.user)
        others = of_another_kind(campaign).filter(group=group).count()
        told = f" {others} đơn vị thuộc loại khác với loại mà bộ này dành cho; xem lại." if others else ""
        return f"Cả khối {group.title} chấm theo “{chosen.title}”.{told}"

    return one_button(request, campaign, form, act, campaign_url(campaign, "group_units", group.code))


# ── one unit ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@route(EDIT_CAMPAIGN, participant_of)
@require_http_methods(["GET", "HEAD", "POST"])
def participant(request: SignedInRequest, participant: Participant) -> HttpResponseBase:
    """How one unit takes part."""
    campaign = participant.campaign

    def current() -> dict[str, Any]:
        fresh = Participant.objects.select_related("campaign").get(pk=participant.pk)
        return ParticipantForm.initial_of(fresh, fresh.campaign.version)

    form = ParticipantForm(participant, request.POST or None, initial=current())

    def save() -> str:
        year.change_participant(participant, form.changes, seen=form.cleaned_data["version"], by=request.user)
        kept = Participant.objects.select_related("criteria_set", "unit").get(pk=participant.pk)
        told = other_kind_told(kept.criteria_set, kept.unit) if kept.is_assessed else ""
        return f"Đã lưu cho {participant.name}." + (f" Lưu ý: {told}" if told else "")

    return edit(
        request,
        campaign,
        form,
        save,
        template="scoring/setup/participant.html",
        context={
            "participant": participant,
            "group": participant.group,
            "other_kind": other_kind_told(participant.criteria_set, participant.unit)
            if participant.is_assessed
            else "",
        },
        then=campaign_url(campaign, "group_units", participant.group.code),
        current=current,
    )


@route(EDIT_CAMPAIGN, participant_of)
@require_POST
def participant_remove(request: SignedInRequest, participant: Participant) -> HttpResponseBase:
    """Take a unit out of a year that has not begun for it."""

    def act(seen: int) -> str:
        year.remove_participant(participant, seen=seen, by=request.user)
        return f"Đã bỏ {participant.name} khỏi kỳ."

    campaign = participant.campaign
    then = campaign_url(campaign, "group_units", participant.group.code)
    return one_button(request, campaign, VersionForm(request.POST), act, then)


# ── gates ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@route(EDIT_CAMPAIGN, portal_campaign)
@require_http_methods(["GET", "HEAD", "POST"])
def gates(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """What caps a class everywhere in the campaign; POST adds a condition."""
    return _gates(request, campaign, None)


@route(EDIT_CAMPAIGN, group_of)
@require_http_methods(["GET", "HEAD", "POST"])
def group_gates(request: SignedInRequest, group: Group) -> HttpResponseBase:
    """The same for one group, whose own conditions replace the campaign's."""
    return _gates(request, group.campaign, group)


@route(EDIT_CAMPAIGN, portal_campaign)
@require_POST
def gate_remove(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Take one condition of the campaign away: its `place` in the list of the page."""
    return _remove_gate(request, campaign, None)


@route(EDIT_CAMPAIGN, group_of)
@require_POST
def group_gate_remove(request: SignedInRequest, group: Group) -> HttpResponseBase:
    """Take one of the group's own conditions away, or all of them: then the campaign's hold again."""
    return _remove_gate(request, group.campaign, group)


def _gates(request: SignedInRequest, campaign: Campaign, group: Group | None) -> HttpResponseBase:
    scale = (group.grades if group else None) or campaign.grades
    nodes = gate_nodes(campaign)
    form = GateForm(nodes, scale, request.POST or None, initial={"version": campaign.version})
    standing = campaign.gates if group is None else group.gates

    def save() -> str:
        wanted = [*(standing or []), form.gate]
        year.change_gates(campaign, wanted, seen=form.cleaned_data["version"], by=request.user, group=group)
        return "Đã thêm điều kiện. Xếp loại theo điều kiện mới từ lần tính sau."

    titles = {node.code: node.title for node in nodes}
    labels = {grade["code"]: grade["label"] for grade in scale}
    shown = [
        gate | {"where": titles.get(gate["node"], ""), "label": labels.get(gate["highest_grade"], "")}
        for gate in (campaign.gates if standing is None else standing)
    ]
    return edit(
        request,
        campaign,
        form,
        save,
        template="scoring/setup/gates.html",
        context={"group": group, "gates": shown, "is_own": group is None or group.gates is not None},
        then=_gates_url(campaign, group),
        current=lambda: {},
    )


def _remove_gate(request: SignedInRequest, campaign: Campaign, group: Group | None) -> HttpResponseBase:
    standing = list((campaign.gates if group is None else group.gates) or [])
    place = request.POST.get("place", "")

    def act(seen: int) -> str:
        wanted = None
        if group is None or place != ALL_GATES:
            if not (place.isascii() and place.isdecimal() and len(place) < 6 and int(place) < len(standing)):
                raise Conflict("Điều kiện này không còn. Xem danh sách mới nhất.")
            wanted = standing[: int(place)] + standing[int(place) + 1 :]
        year.change_gates(campaign, wanted, seen=seen, by=request.user, group=group)
        return "Khối theo điều kiện của kỳ." if wanted is None else "Đã bỏ điều kiện."

    return one_button(request, campaign, VersionForm(request.POST), act, _gates_url(campaign, group))


def _gates_url(campaign: Campaign, group: Group | None) -> str:
    return campaign_url(campaign, "group_gates", group.code) if group else campaign_url(campaign, "gates")

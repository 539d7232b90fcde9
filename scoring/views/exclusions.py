"""What is not assessed of whom: the list with what it leaves of the maxima, adding, the second person, taking back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.forms.exclusions import ExclusionForm, RemovalForm, SeenForm, WhoseForm
from scoring.models import Campaign, Exclusion
from scoring.permissions import CONFIRM_EXCLUSION, EXCLUDE
from scoring.selectors.entered import blocks_of, year_visible_to
from scoring.selectors.exclusions import exclusion_visible_to, exclusions_of, totals_of
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.exclusions import confirm_exclusion, exclude, remove_exclusion, version_of
from scoring.services.pen import team_pen
from scoring.workflow import Hand, Matter
from units.permissions import can, is_one_hand
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
HOW_IT_COUNTS = {
    "own_maximum": "Chỉ số của đơn vị = điểm ÷ điểm tối đa được đánh giá × 100.",
    "rescale_self": "Điểm phần tự chấm quy đổi theo phần được đánh giá rồi nhân với điểm tối đa của cả phần tự chấm.",
    "full_marks": "Tiêu chí không đánh giá được hưởng điểm tối đa, nên điểm tối đa dùng để tính không giảm.",
}
STALE = "Có người vừa xác nhận hoặc gỡ mục này. Dưới đây là danh sách mới nhất."


@route(CONFIRM_EXCLUSION, year_visible_to)
@require_safe
def exclusions(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    return _list_page(request, campaign)


@route(EXCLUDE, year_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """First for whom (in the address), then which criterion, why and by which document."""
    whose_form = WhoseForm(blocks_of(campaign), request.GET if "cho" in request.GET else None)
    context = {"campaign": campaign, "is_sample": campaign.is_sample, "whose_form": whose_form}
    if not whose_form.is_valid():
        status = UNPROCESSABLE if whose_form.is_bound or request.method == "POST" else 200
        return render(request, "scoring/exclusions/add.html", context, status=status)
    whose = whose_form.whose
    form = ExclusionForm(whose_form.blocks_of(whose), request.POST if request.method == "POST" else None)
    context |= {"whose": whose, "form": form}
    if not form.is_valid():
        status = UNPROCESSABLE if form.is_bound else 200
        return render(request, "scoring/exclusions/add.html", context, status=status)
    data = form.cleaned_data
    try:
        made = exclude(whose, form.node, reason=data["reason"], legal_basis=data["legal_basis"], by=request.user)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        return render(request, "scoring/exclusions/add.html", context, status=CONFLICT)
    messages.info(request, f"Đã ghi không đánh giá {made.criterion.code}: {whose}. Chờ người thứ hai xác nhận.")
    return redirect("scoring:exclusions", campaign.organiser.slug, campaign.code)


@route(CONFIRM_EXCLUSION, exclusion_visible_to)
@require_POST
def confirm(request: SignedInRequest, exclusion: Exclusion) -> HttpResponseBase:
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else ""
    try:
        confirm_exclusion(exclusion, seen=seen, by=request.user)
    except StaleEdit:
        return _list_page(request, exclusion.campaign, STALE, CONFLICT)
    except Conflict as refused:
        return _list_page(request, exclusion.campaign, refused.sentence, CONFLICT)
    messages.info(request, f"Đã xác nhận không đánh giá {exclusion.criterion.code}: {_whose(exclusion)}.")
    return redirect("scoring:exclusions", exclusion.campaign.organiser.slug, exclusion.campaign.code)


@route(EXCLUDE, exclusion_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedInRequest, exclusion: Exclusion) -> HttpResponseBase:
    """Asks for the reason first; POST takes the exclusion back."""
    campaign = exclusion.campaign
    data = request.POST if request.method == "POST" else None
    form = RemovalForm(data, initial={"seen": version_of(exclusion)})
    if form.is_valid():
        given = form.cleaned_data
        try:
            remove_exclusion(exclusion, reason=given["reason"], seen=given["seen"], by=request.user)
        except StaleEdit:
            return _list_page(request, campaign, STALE, CONFLICT)
        except Conflict as refused:
            return _list_page(request, campaign, refused.sentence, CONFLICT)
        except Incomplete as incomplete:
            form.add_error(incomplete.field, incomplete.sentence)
        else:
            messages.info(request, f"Đã gỡ: {exclusion.criterion.code} lại được đánh giá ở {_whose(exclusion)}.")
            return redirect("scoring:exclusions", campaign.organiser.slug, campaign.code)
    context = {"campaign": campaign, "is_sample": campaign.is_sample, "exclusion": exclusion, "form": form}
    return render(request, "scoring/exclusions/remove.html", context, status=200 if data is None else UNPROCESSABLE)


def _list_page(request: SignedInRequest, campaign: Campaign, error: str = "", status: int = 200) -> HttpResponse:
    found = list(exclusions_of(campaign))
    for item in found:
        item.campaign = campaign
    may_add = bool(can(request.user, EXCLUDE, campaign))
    blocks = blocks_of(campaign)
    context = {
        "campaign": campaign,
        "is_sample": campaign.is_sample,
        "lines": [_line(request, item) for item in found],
        "totals": totals_of(blocks, found),
        "how_it_counts": HOW_IT_COUNTS.get(campaign.policy.get("exclusion", ""), ""),
        "may_add": may_add and any(_is_open(block.group.phase) for block in blocks),
        "errors": [{"text": error}] if error else [],
    }
    return render(request, "scoring/exclusions/list.html", context, status=status)


def _line(request: SignedInRequest, item: Exclusion) -> dict[str, object]:
    """One exclusion with what this person can do about it now."""
    group = item.group or (item.participant.group if item.participant else None)
    is_open = group is not None and _is_open(group.phase)
    is_own = is_one_hand(request.user, item.entered_by_id, item.entered_at)
    return {
        "item": item,
        "seen": version_of(item),
        "may_confirm": is_open and item.confirmed_at is None and not is_own,
        "may_remove": is_open and bool(can(request.user, EXCLUDE, item)),
        "waits_for_another": is_open and item.confirmed_at is None and is_own,
    }


def _is_open(phase: str) -> bool:
    return bool(team_pen(Hand.COORDINATOR, Matter.EXCLUSION, phase))


def _whose(exclusion: Exclusion) -> str:
    return str(exclusion.participant or exclusion.group)

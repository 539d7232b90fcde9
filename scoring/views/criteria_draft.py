"""A criteria set is written on screen: where it begins, what it is called, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from scoring.forms.campaign import VersionField
from scoring.forms.criteria import AgainstField, BasisForm
from scoring.forms.criteria_tree import HeadForm, NewSetForm
from scoring.forms.setup import VersionForm
from scoring.models import Campaign, CriteriaDraft, CriteriaSet
from scoring.permissions import EDIT_CRITERIA
from scoring.selectors.campaigns import campaign_visible_to
from scoring.selectors.criteria import draft_visible_to, drafts_of, set_visible_to
from scoring.services.criteria_amendment import Basis
from scoring.services.criteria_board import board_of
from scoring.services.criteria_drafts import (
    annex_in,
    change_draft,
    discard,
    overtaken_by,
    propose,
    seen_of,
    start_from_set,
    start_new,
    take_over,
)
from scoring.services.criteria_shape import Done
from scoring.services.errors import Blocked, Conflict, Incomplete, StaleEdit
from scoring.services.past_types import TableFaults
from scoring.views.criteria_tree import address, frame, tree_url
from scoring.views.editing import campaign_url, edit, one_button, refusal
from units.views.gates import SignedInRequest, route

UNPROCESSABLE, CONFLICT = 422, 409


@route(EDIT_CRITERIA, campaign_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def write_new(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """What is being written, and the form of a new set."""
    form = NewSetForm(campaign, request.POST or None)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                origin = form.cleaned_data["origin"]
                return redirect(tree_url(start_new(campaign, form.head(campaign), origin=origin, by=request.user)))
            except Incomplete as fault:
                form.add_error(fault.field, fault.sentence)
            except Conflict as refused:
                form.add_error("code", refused.sentence)
                status = CONFLICT
    context = {"campaign": campaign, "form": form, "drafts": drafts_of(campaign), "is_sample": campaign.is_sample}
    return render(request, "scoring/criteria/write.html", context, status=status)


@route(EDIT_CRITERIA, set_visible_to)
@require_POST
def write_set(request: SignedInRequest, chosen: CriteriaSet) -> HttpResponseBase:
    """Begin to write at a set, or go on where somebody is writing already."""
    going_on = chosen.campaign.criteria_drafts.filter(code=chosen.code).select_related("campaign__organiser").first()
    try:
        return redirect(tree_url(going_on or start_from_set(chosen, by=request.user)))
    except Conflict as refused:
        back = campaign_url(chosen.campaign, "criteria_set", chosen.code)
        return refusal(request, chosen.campaign, [refused.sentence], back, CONFLICT)


@route(EDIT_CRITERIA, draft_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def head(request: SignedInRequest, draft: CriteriaDraft) -> HttpResponseBase:
    """Name, kinds of unit, note."""
    form = _HeadOfDraft(request.POST or None, initial=_head_values(draft))

    def save() -> str:
        sentence = "Đã sửa tên, loại đơn vị của bộ."
        change_draft(
            draft,
            lambda annex: Done(form.applied_to(annex), "", sentence),
            seen=form.cleaned_data["version"],
            by=request.user,
        )
        return sentence

    return edit(
        request,
        draft.campaign,
        form,
        save,
        template="scoring/criteria/draft_head.html",
        context=frame(draft),
        then=tree_url(draft),
        current=lambda: _head_values(_again(draft)),
    )


@route(EDIT_CRITERIA, draft_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, draft: CriteriaDraft) -> HttpResponseBase:
    """What the draft would change, and what is still missing; POST takes it over."""
    if request.method != "POST":
        return _review_page(request, draft)
    form = TakeOverForm(request.POST)
    if not form.is_valid():
        return _review_page(request, draft, "Trang này không còn mới. Xem lại rồi bấm lần nữa.", CONFLICT)
    seen = form.cleaned_data
    try:
        stored = take_over(
            draft, seen=seen["version"], campaign_seen=seen["campaign"], by=request.user, against=seen["against"]
        )
    except TableFaults:
        return _review_page(request, draft, "Chưa đưa vào dùng được: còn chỗ phải sửa.", CONFLICT)
    except StaleEdit as refused:
        return _review_page(request, _again(draft), str(refused), CONFLICT)
    except Conflict as refused:
        return _review_page(request, draft, refused.sentence, CONFLICT)
    messages.info(request, f"Đã đưa vào dùng bộ tiêu chí “{stored.title}”.")
    return redirect(campaign_url(draft.campaign, "criteria_set", stored.code))


@route(EDIT_CRITERIA, draft_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def amendment(request: SignedInRequest, draft: CriteriaDraft) -> HttpResponseBase:
    """The decision that a frozen set is amended by; POST computes the impact and keeps it for a second person."""
    form = BasisForm(request.POST or None, initial={"version": draft.version})
    if request.method != "POST":
        return _amend_page(request, draft, form)
    if not form.is_valid():
        return _amend_page(request, draft, form, UNPROCESSABLE)
    data = form.cleaned_data
    basis = Basis(data["decision_number"], data["decision_date"], data["reason"], data["redeclare_until"])
    status = CONFLICT
    try:
        drafted = propose(draft, basis, seen=data["version"], by=request.user, against=data["against"])
        return redirect(campaign_url(draft.campaign, "criteria_amendment", draft.code, str(drafted.pk)))
    except TableFaults:
        form.add_error(None, "Chưa soạn được sửa đổi: bộ tiêu chí còn chỗ phải sửa. Mở “Xem lại” để xem từng chỗ.")
    except Incomplete as fault:
        status = UNPROCESSABLE
        form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
    except Blocked as refused:
        for sentence in (refused.sentence, *refused.reasons):
            form.add_error(None, sentence)
    except (Conflict, StaleEdit) as refused:
        form.add_error(None, str(refused))
    return _amend_page(request, draft, form, status)


@route(EDIT_CRITERIA, draft_visible_to)
@require_POST
def give_up(request: SignedInRequest, draft: CriteriaDraft) -> HttpResponseBase:
    def act(seen: int) -> str:
        discard(draft, seen=seen, by=request.user)
        return f"Đã bỏ bản đang soạn của bộ {draft.code}. Bộ đang dùng không thay đổi."

    then = campaign_url(draft.campaign, "criteria_sets")
    return one_button(request, draft.campaign, VersionForm(request.POST), act, then)


class TakeOverForm(VersionForm):
    """The draft and the campaign as the person saw them."""

    campaign = VersionField()
    against = AgainstField()


class _HeadOfDraft(HeadForm, VersionForm):
    """What a draft is called, with the version it was opened at."""


def _head_values(draft: CriteriaDraft) -> dict[str, Any]:
    annex = annex_in(draft)
    return {
        "title": annex.title,
        "unit_kinds": list(annex.unit_kinds),
        "note": annex.note,
        "version": draft.version,
    }


def _again(draft: CriteriaDraft) -> CriteriaDraft:
    """The draft as it is now; as it was where it is gone."""
    found = CriteriaDraft.objects.select_related("changed_by").filter(pk=draft.pk).first() or draft
    found.campaign = draft.campaign
    return found


def _review_page(
    request: SignedInRequest, draft: CriteriaDraft, refusal_text: str = "", status: int = 200
) -> HttpResponse:
    context = frame(draft)
    campaign = Campaign.objects.get(pk=draft.campaign_id)
    context |= {
        "board": board_of(context["annex"], draft.campaign.policy),
        "seen": seen_of(draft),
        "form": TakeOverForm(initial={"version": draft.version, "campaign": campaign.version}),
        "overtaken_by": overtaken_by(draft, context["existing"]),
        "errors": [{"text": refusal_text}] if refusal_text else [],
        "address": address(draft),
    }
    return render(request, "scoring/criteria/draft_review.html", context, status=status)


def _amend_page(request: SignedInRequest, draft: CriteriaDraft, form: BasisForm, status: int = 200) -> HttpResponse:
    context = frame(draft) | {"form": form}
    context["overtaken_by"] = overtaken_by(draft, context["existing"])
    if context["overtaken_by"]:
        context["seen"] = seen_of(draft)
    return render(request, "scoring/criteria/draft_amend.html", context, status=status)

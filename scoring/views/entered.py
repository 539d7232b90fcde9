"""Entered points: how far they have come, one leaf at all units, one unit's form, and the second person's word."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.forms.entered import REOPEN, AboutForm, EnteredFigures, LeafTable, VersionForm, as_posted, chosen_values
from scoring.models import Campaign, Value
from scoring.permissions import CONFIRM_ENTERED, ENTER
from scoring.selectors.clock import database_now
from scoring.selectors.entered import (
    LeafOfBlock,
    LeafOfUnit,
    changes_of,
    leaf_of_group,
    leaf_of_unit,
    progress_of,
    rows_of,
    year_visible_to,
)
from scoring.services.dossier import windows_of
from scoring.services.entered import Edit, confirm, enter, enter_rows, take_back
from scoring.services.errors import Blocked, Conflict, StaleEdit
from scoring.services.figures import say_alternatives
from scoring.services.leaves import leaf_of
from scoring.services.pen import team_pen
from scoring.services.values import Content, content_of
from scoring.views.entered_table import headings_of, lines_of
from scoring.views.showing import NOTHING, say_change, say_content, say_inputs, show_value
from scoring.views.stale import Clash, stale_page
from scoring.views.strip import phase_strip
from scoring.workflow import Hand, Matter
from units.permissions import can
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
FIGURES = "so"
MOST_CHANGES = 50


@route(CONFIRM_ENTERED, year_visible_to)
@require_safe
def overview(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    context = {
        "campaign": campaign,
        "is_sample": campaign.is_sample,
        "blocks": [item for item in progress_of(campaign) if item.leaves],
        "may_enter": bool(can(request.user, ENTER, campaign)),
    }
    return render(request, "scoring/entered/overview.html", context)


# ── one leaf at all units ─────────────────────────────────────────────────────────────────────────────────────────


@route(CONFIRM_ENTERED, year_visible_to)
@require_safe
def leaf(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    about = leaf_of_group(campaign, **_codes(request))
    return _leaf_page(request, about, LeafTable(about, rows_of(about)))


@route(ENTER, year_visible_to)
@require_POST
def save_leaf(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Every row that was changed; where one is wrong none is stored, where one came too late the others are."""
    about = leaf_of_group(campaign, **_codes(request))
    table = LeafTable(about, rows_of(about), request.POST)
    if not table.is_valid():
        sentence = "" if table.is_readable else REOPEN
        return _leaf_page(request, about, table, sentence, status=UNPROCESSABLE)
    try:
        stored, late = enter_rows(table.edits(), by=request.user)
    except Conflict as refused:
        return _leaf_page(request, about, table, refused.sentence, status=CONFLICT)
    if late:
        kept = f"Đã lưu {stored} đơn vị khác." if stored else ""
        clashes = [_clash_of_row(about, edit, stale) for edit, stale in late]
        return stale_page(request, clashes, _leaf_url(about), {"kept": kept, **_frame(about)})
    messages.info(request, _said_stored(stored))
    return redirect(_leaf_url(about))


@route(CONFIRM_ENTERED, year_visible_to)
@require_POST
def confirm_leaf(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """The rows that were ticked, by the second person; all or nothing."""
    about = leaf_of_group(campaign, **_codes(request))
    rows = rows_of(about)
    chosen = chosen_values(request.POST, rows)
    if not chosen:
        sentence = "Chưa chọn hàng nào để xác nhận." if chosen == [] else REOPEN
        return _leaf_page(request, about, LeafTable(about, rows), sentence, status=UNPROCESSABLE)
    try:
        number = confirm(chosen, by=request.user)
    except Blocked as blocked:
        return _leaf_page(request, about, LeafTable(about, rows), blocked.sentence, blocked.reasons, CONFLICT)
    except Conflict as refused:
        return _leaf_page(request, about, LeafTable(about, rows), refused.sentence, status=CONFLICT)
    messages.info(request, f"Đã xác nhận {number} điểm của tiêu chí {about.leaf.code}.")
    return redirect(_leaf_url(about))


# ── one leaf at one unit ──────────────────────────────────────────────────────────────────────────────────────────


@route(ENTER, year_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def unit(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """The figures of one unit with their source, and every change of them."""
    found = leaf_of_unit(campaign, **_codes(request))
    data = request.POST if request.method == "POST" else None
    figures = EnteredFigures(found.leaf, campaign, data, value=found.value, prefix=FIGURES)
    stands = {"version": _version(found.value), "note": found.value.note if found.value else ""}
    about = AboutForm(data, initial=stands)
    if data is None:
        return _unit_page(request, found, figures, about)
    if not (figures.is_valid() & about.is_valid()) or figures.is_blank:
        if not figures.errors and figures.is_blank:
            figures.add_error(None, "Chưa ghi số liệu nào. Muốn bỏ số đã nhập thì bấm Xóa số liệu.")
        return _unit_page(request, found, figures, about, UNPROCESSABLE)
    content = Content(inputs=figures.inputs, note=about.cleaned_data["note"])
    try:
        enter(found.participant, found.leaf, content, seen=about.cleaned_data["version"], by=request.user)
    except StaleEdit as stale:
        return stale_page(request, [_clash(found, content, stale.current)], request.path, _frame(found))
    except Conflict as refused:
        figures.add_error(None, refused.sentence)
        return _unit_page(request, found, figures, about, CONFLICT)
    messages.info(request, f"Đã lưu {found.leaf.code} cho {found.participant.name}. Chờ người thứ hai xác nhận.")
    return redirect(request.path)


@route(ENTER, year_visible_to)
@require_POST
def clear_unit(request: SignedInRequest, campaign: Campaign) -> HttpResponseBase:
    """Take the figures away; what they were stays in the list of changes."""
    found = leaf_of_unit(campaign, **_codes(request))
    form = VersionForm(request.POST)
    seen = form.cleaned_data["version"] if form.is_valid() else -1
    try:
        take_back(found.participant, found.leaf, seen=seen, by=request.user)
    except StaleEdit as stale:
        return stale_page(request, [_clash(found, None, stale.current)], _unit_url(found), _frame(found))
    except Conflict as refused:
        messages.error(request, refused.sentence)
        return redirect(_unit_url(found))
    messages.info(request, f"Đã xóa số liệu {found.leaf.code} của {found.participant.name}.")
    return redirect(_unit_url(found))


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _leaf_page(
    request: SignedInRequest,
    about: LeafOfBlock,
    table: LeafTable,
    sentence: str = "",
    reasons: tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    pen = team_pen(Hand.COORDINATOR, Matter.ENTERED, about.block.group.phase)
    lines = lines_of(table, request.user, is_open=bool(pen))
    errors = [{"text": text} for text in reasons]
    errors += [
        {"text": f"{item.row.participant.name}: {text}", "url": f"#don-vi-{item.row.participant.pk}"}
        for item in table.faulty
        for texts in item.form.errors.values()
        for text in texts
    ]
    context = _frame(about) | {
        "about": about,
        "headings": headings_of(table),
        "lines": lines,
        "alternatives": say_alternatives(table.leaf),
        "waiting": sum(line.may_be_confirmed for line in lines),
        "is_all_chosen": request.GET.get("chon") == "tat-ca",
        "may_write": bool(can(request.user, ENTER, about.campaign) and pen),
        "closed": pen.reason,
        "sentence": sentence or ("Chưa lưu hàng nào" if table.faulty else ""),
        "errors": errors,
    }
    return render(request, "scoring/entered/leaf.html", context, status=status)


def _unit_page(
    request: SignedInRequest, found: LeafOfUnit, figures: EnteredFigures, about: AboutForm, status: int = 200
) -> HttpResponse:
    pen = team_pen(Hand.COORDINATOR, Matter.ENTERED, found.participant.group.phase)
    rule = leaf_of(found.leaf, found.campaign)
    context = _frame(found) | {
        "found": found,
        "shown": show_value(found.value, found.campaign),
        "figures": figures,
        "about": about,
        "may_write": bool(pen),
        "closed": pen.reason,
        "changes": [(change, say_change(change.content, rule)) for change in changes_of(found)[:MOST_CHANGES]],
        "leaf_url": _leaf_url(found),
    }
    return render(request, "scoring/entered/unit.html", context, status=status)


def _frame(about: LeafOfBlock | LeafOfUnit) -> dict[str, Any]:
    """Template variables of every page of one group: the campaign, the phase strip, the sample ribbon."""
    group = about.block.group if isinstance(about, LeafOfBlock) else about.participant.group
    strip = phase_strip(group, windows_of([group]).get(group.pk, {}), database_now())
    return {"campaign": about.campaign, "group": group, "is_sample": about.campaign.is_sample, **strip}


def _codes(request: SignedInRequest) -> dict[str, str]:
    """What stands in the address beside organiser and campaign."""
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    return {name: code for name, code in kwargs.items() if name not in ("slug", "code")}


def _leaf_url(about: LeafOfBlock | LeafOfUnit) -> str:
    if isinstance(about, LeafOfBlock):
        group, criteria_set = about.block.group, about.block.criteria_set
    else:
        group, criteria_set = about.participant.group, about.participant.criteria_set
    campaign = about.campaign
    address = [campaign.organiser.slug, campaign.code, group.code, criteria_set.code, about.leaf.code]
    return reverse("scoring:entered_leaf", args=address)


def _unit_url(found: LeafOfUnit, name: str = "entered_unit") -> str:
    campaign = found.campaign
    address = [campaign.organiser.slug, campaign.code, found.participant.code, found.leaf.code]
    return reverse(f"scoring:{name}", args=address)


def _version(value: Value | None) -> int:
    return value.version if value is not None else 0


def _said_stored(stored: int) -> str:
    return f"Đã lưu {stored} đơn vị. Chờ người thứ hai xác nhận." if stored else "Không có số nào đổi, không lưu gì."


def _clash_of_row(about: LeafOfBlock, edit: Edit, stale: StaleEdit) -> Clash:
    found = LeafOfUnit(about.campaign, edit.participant, about.leaf, stale.current, is_excluded=False)
    return _clash(found, edit.content, stale.current)


def _clash(found: LeafOfUnit, content: Content | None, current: Value | None) -> Clash:
    """What was typed (None: to be taken away) beside what stands; posting it again goes to the unit's own page."""
    rule = leaf_of(found.leaf, found.campaign)
    fields = [("version", str(_version(current)))]
    if content is not None:
        fields += [*as_posted(rule, content.inputs or {}, FIGURES), ("note", content.note)]
    return Clash(
        heading=f"{found.participant.name}, {found.leaf.code}",
        typed=say_inputs(rule, content.inputs or {}) if content else "Xóa số liệu",
        stands=say_content(rule, content_of(current)) if current else NOTHING,
        url=_unit_url(found, "entered_unit" if content else "entered_clear"),
        fields=fields,
        who=current.author.full_name if current and current.author else "",
        at=current.changed_at if current else None,
    )

"""Kiểm tra trước khi nộp: every fault and doubt of a dossier with its points and the way to the field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scoring.models import Submission
from scoring.permissions import VIEW_DOSSIER
from scoring.selectors.lineage import lineage_of
from scoring.selectors.worksheet import dossier_visible_to
from scoring.services.before_submission import Check, look
from scoring.services.check_items import Item, at_stake_of
from scoring.services.last_stand import LastStand, last_stand
from scoring.services.last_year import figures_before
from scoring.services.sheet_card import card_of_sheet
from scoring.views.autosave_showing import why_unfinished
from scoring.views.dossier_frame import Opened, open_dossier
from scoring.views.dossier_showing import Totals, index_in_words, item_rows, totals_of
from scoring.views.dossier_steps import steps_of
from units.permissions import Refused
from units.vietnamese import show_points
from units.views.gates import SignedInRequest, route

NOT_HANDED_IN = "Đơn vị chưa nộp phiếu, nên phần kiểm tra chỉ đơn vị và điều phối xem được."


@route(VIEW_DOSSIER, dossier_visible_to)
@require_safe
def check(request: SignedInRequest, submission: Submission) -> HttpResponse:
    opened = open_dossier(request.user, submission, as_loaded=True)
    if not opened.sees_declared:
        raise Refused(VIEW_DOSSIER, NOT_HANDED_IN)
    found, totals = check_with_last_year(opened)
    context = opened.frame() | {
        "check": found,
        "totals": totals,
        **meter_of(opened, found),
        "blocking": blocking_rows(opened, found.blocking),
        "doubts": item_rows(opened, found.doubts),
        "changes": item_rows(opened, found.changes),
        "whole": _whole(opened, found),
        "steps": steps_of(opened, None, None),
    }
    return render(request, "scoring/dossier/check.html", context)


def check_with_last_year(opened: Opened) -> tuple[Check, Totals | None]:
    """The check as the two pages of the whole dossier show it, with the sums of the same card."""
    participant = opened.dossier.participant
    card = card_of_sheet(opened.dossier, opened.sheet)
    lineage = lineage_of([participant.unit_id])
    last, before = last_stand(participant, opened.sight, lineage), figures_before(participant, lineage)
    found = look(opened.dossier, opened.sheet, card=card, last=last, before=before)
    return found, totals_of(opened, card) if card else None


def blocking_rows(opened: Opened, items: Iterable[Item]) -> list[dict[str, Any]]:
    """As `item_rows`; where something is being typed, with what keeps it from being an answer (`why`), for whoever may
    read the typing."""
    lines = {line.criterion.code: line for line in opened.sheet.lines if line.unfinished}
    campaign = opened.dossier.participant.campaign
    return [
        row | {"why": why_unfinished(lines[row["code"]], campaign) if row["code"] in lines else []}
        for row in item_rows(opened, items)
    ]


def meter_of(opened: Opened, found: Check) -> dict[str, Any]:
    """Variables of _meter.html: last {year, index, grade} or None, and the points that hang on faults and doubts."""
    return {
        "last": last_in_words(found.last),
        "blocking_points": show_points(at_stake_of(found.blocking)),
        "doubtful_points": show_points(at_stake_of(found.doubts)),
        "loss": show_points(found.loss) if found.unanswered else "",
    }


def last_in_words(last: LastStand | None) -> dict[str, str] | None:
    return {"year": str(last.year), "index": index_in_words(last.index), "grade": last.grade} if last else None


def _whole(opened: Opened, found: Check) -> list[dict[str, Any]]:
    """Every component that the unit answers: how far it is, and whether anything was found there."""
    open_ones = {item.criterion.component_path for item in (*found.blocking, *found.doubts)}
    return [
        {"component": component, "is_whole": component.criterion.path not in open_ones}
        for component in opened.sheet.components
        if component.asked
    ]

"""Bảng việc: how far a unit is, how long it still has, what stands in its way, who does what; and the outlook, which
is computed and so stands at an address of its own."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from scoring.charts import Ruler, Scale
from scoring.enums import ExplanationState, Phase, SubmissionState
from scoring.models import Submission
from scoring.permissions import DECLARE, EXPLAIN, VIEW_BOARD
from scoring.selectors.beside import beside
from scoring.selectors.colleagues import board_visible_to, shares_of
from scoring.selectors.explanation import FirstRound, first_round_of
from scoring.selectors.follow_ups import counts_of_tasks
from scoring.selectors.questions import counts_of_unit
from scoring.selectors.units import UnitHere, YearOf, before_and_after, years_of
from scoring.selectors.work import EXPLAINING
from scoring.selectors.worksheet import Line
from scoring.services.own_analysis import own_figures, own_lists, own_way
from scoring.services.pen import explanation_in_time, explanation_pen
from scoring.views.analysis_showing import say_index, say_points
from scoring.views.dossier_check import blocking_rows
from scoring.views.dossier_frame import Opened, open_dossier
from scoring.views.dossier_showing import answer_url
from scoring.workflow import Act, Subject, action_of
from units.permissions import can
from units.vietnamese import format_number, show_points
from units.views.gates import SignedInRequest, route

SEND = action_of(Subject.EXPLANATION, "submit")
MOST_SHOWN = 5
"""Lines of a list on the board; the whole list stands where the board leads."""
_PLACES = {
    "board_url": "board",
    "outlook_url": "board_outlook",
    "shares_url": "shares",
    "report_url": "self_report",
    "review_url": "dossier_review",
    "evidence_url": "evidence_list",
    "analysis_url": "analysis_unit",
    "tasks_url": "follow_ups",
    "returned_url": "returned",
}


@route(VIEW_BOARD, board_visible_to)
@require_safe
def board(request: SignedInRequest, submission: Submission) -> HttpResponse:
    opened = open_dossier(request.user, submission, as_loaded=True)
    check = opened.check
    mine = [line for line in opened.sheet.lines if opened.charges.get(line.criterion.pk) == request.user]
    context = opened.frame() | {
        "check": check,
        "blocking": blocking_rows(opened, check.blocking[:MOST_SHOWN]) if check else [],
        "doubt_points": show_points(check.at_stake) if check else "",
        "returned": len(opened.sheet.returned),
        "sent_back": beside(opened.submission).returned if can(request.user, DECLARE, submission) else None,
        "components": [_component(opened, component) for component in opened.sheet.components if component.asked],
        "shares": _shares(opened),
        "mine": len(mine),
        "mine_left": sum(line.is_open for line in mine),
        "explaining": _explaining(opened),
        "next": _next(opened, mine),
        "is_at_head": opened.submission.state == SubmissionState.AT_HEAD,
        "questions": counts_of_unit(opened.dossier.participant),
        "tasks": counts_of_tasks(opened.dossier.participant, timezone.localdate(opened.dossier.now)),
        **_places(opened),
    }
    return render(request, "scoring/board/board.html", context)


@route(VIEW_BOARD, board_visible_to)
@require_safe
def outlook(request: SignedInRequest, submission: Submission) -> HttpResponse:
    """Where the unit stands and could come to, the three lists in short, its years; a part of the board for its
    script, a page for everybody else."""
    opened = open_dossier(request.user, submission, as_loaded=True)
    participant = opened.dossier.participant
    own = own_figures(participant, opened.sight)
    here = UnitHere(participant.campaign.organiser, participant.unit)
    context: dict[str, Any] = {
        "own": own is not None,
        "analysis_url": reverse("scoring:analysis_unit", args=opened.address),
        "years": trend_of(years_of(here, before_and_after(participant.unit)[1])),
    }
    if own is not None:
        way, lists = own_way(own), own_lists(own)
        context |= {
            "outcome": way.outcome,
            "points": say_points(way.before.points),
            "max_points": say_points(way.before.max_points),
            "index": say_index(way.before.index),
            "grade": way.before.grade.label if way.before.grade else "",
            "next_grade": way.next_grade.label if way.next_grade else "",
            "gain": say_points(way.gain),
            "moves": [move.code for move in way.moves],
            "lists": lists,
            "lost": [
                {"text": f"{row.code} {row.title}", "url": _url_of(opened, row.code), "points": say_points(row.lost)}
                for row in lists.below_maximum[:MOST_SHOWN]
            ],
        }
    if "fetch" in request.headers.get("X-Requested-With", ""):
        return render(request, "scoring/board/_outlook.html", context)
    return render(request, "scoring/board/outlook.html", opened.frame() | context | _places(opened))


@dataclass(frozen=True)
class TrendYear:
    """One year of the unit that stands in public, for a bar with its figure beside it. `is_break`: not to be compared
    with the year told before it; `of` names another unit that went into this one, "" for the unit itself."""

    year: int
    index: str
    bar: Ruler
    rank: str
    grade: str
    is_break: bool
    of: str


def trend_of(years: list[YearOf]) -> list[TrendYear]:
    """The years with a published index, newest first; a break stays where years between have none."""
    found: list[TrendYear] = []
    is_break = False
    for year in years:
        is_break = is_break or year.is_break
        if year.public is None or year.public.index is None:
            continue
        index, among = Decimal(year.public.index), year.public.among
        rank = f"hạng {year.public.rank}{f'/{among}' if among else ''}" if year.public.rank else ""
        bar = Ruler(Scale(Decimal(0), Decimal(100)).at(index))
        of = year.participant.name if year.is_other else ""
        found.append(
            TrendYear(
                year.participant.campaign.year, format_number(index), bar, rank, year.public.grade,
                bool(found) and is_break, of,
            )
        )  # fmt: skip
        is_break = False
    return found


def _component(opened: Opened, component: Any) -> dict[str, Any]:
    return {
        "component": component,
        "left": sum(line.is_open for line in component.lines if line.is_asked),
        "url": reverse("scoring:worksheet_component", args=[*opened.address, component.criterion.code]),
    }


def _shares(opened: Opened) -> list[dict[str, Any]]:
    return [{"share": share, "is_me": share.person == opened.user} for share in shares_of(opened.sheet, opened.charges)]


def _next(opened: Opened, mine: list[Line]) -> dict[str, str] | None:
    """The leaf to go on with: what was sent back first, whoever looks after it, then one's own before anybody's; None
    when nothing is left or the pen lies down."""
    if not opened.pen():
        return None
    of_all = [line for line in opened.sheet.lines if line.is_asked and line.is_open]
    of_mine = [line for line in mine if line.is_open]
    line = next((line for line in [*of_mine, *of_all] if line.open_notes), next(iter(of_mine or of_all), None))
    return {"code": line.criterion.code, "url": answer_url(opened, line)} if line else None


def _explaining(opened: Opened) -> dict[str, Any] | None:
    """The way to the explanation while there is one; `is_main` where this person can do something there now."""
    if opened.dossier.phase not in EXPLAINING:
        return None
    found = first_round_of(opened.dossier.participant)
    if found is None:
        return None
    label = _explain_now(opened, found)
    return {"label": label or "Giải trình", "is_main": bool(label)} | {
        "url": reverse("scoring:explanation", args=opened.address)
    }


def _explain_now(opened: Opened, found: FirstRound) -> str:
    """What this person can do about the explanation at this hour, "" for nothing."""
    explanation, dossier = found.explanation, opened.dossier
    if explanation.state == ExplanationState.AT_HEAD:
        may_send = can(opened.user, SEND, explanation) and explanation_in_time(dossier, explanation, Act.HAND_IN)
        return "Giải trình chờ gửi" if may_send else ""
    if not can(opened.user, EXPLAIN, explanation) or not explanation_pen(dossier, explanation):
        return ""
    if dossier.phase != Phase.EXPLANATION:
        return "Giải trình lại"
    if found.undecided:
        return f"Giải trình: {found.undecided} tiêu chí chưa có ý kiến"
    return "Giải trình: chưa trình thủ trưởng" if found.has_spoken else ""


def _url_of(opened: Opened, code: str) -> str:
    return reverse("scoring:answer", args=[*opened.address, code])


def _places(opened: Opened) -> dict[str, str]:
    return {key: reverse(f"scoring:{name}", args=opened.address) for key, name in _PLACES.items()}

"""The analysis of one unit: the shortest way to the next class, other figures tried, the three lists to work on.

Everything is of the unit itself, from the stages that the reader may know of; it never tells a rank or another unit's
number that is not public.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scoring.analysis.trial import Place
from scoring.analysis.work_lists import BelowMaximum, BelowMean, Fallen
from scoring.engine.types import Node, NodeResult
from scoring.enums import Source, Stage
from scoring.forms.answer import FiguresForm
from scoring.models import Submission
from scoring.permissions import FOLLOW_UP, VIEW_DOSSIER
from scoring.selectors.worksheet import dossier_visible_to
from scoring.services.errors import WrongFigures
from scoring.services.leaves import leaf_of, score
from scoring.services.own_analysis import OwnFigures, OwnLists, own_figures, own_lists, own_way, tried
from scoring.views.analysis_showing import delta_of, say_difference, say_figure, say_index, say_percent, say_points
from scoring.views.dossier_frame import Opened, open_dossier
from units.permissions import can
from units.vietnamese import show_points
from units.views.gates import SignedInRequest, route

MOST_TRIED = 8
UNPROCESSABLE = 422


@dataclass(frozen=True)
class TriedLeaf:
    """One leaf that figures are tried at: its form, and the points it has now ("" where it does not apply)."""

    node: Node
    form: FiguresForm
    points: str
    max_points: str

    @property
    def code(self) -> str:
        return self.node.code

    @property
    def is_wrong(self) -> bool:
        return self.form.is_bound and bool(self.form.errors)

    @property
    def fault_title(self) -> str:
        """Which of the tried leaves the faults are about; each fault names its field."""
        return f"Chưa thử được {self.code}"


@dataclass(frozen=True)
class Stand:
    """Where the unit stands, without a rank: points of maximum, index and class as printed."""

    points: str
    max_points: str
    index: str
    grade: str


@dataclass(frozen=True)
class Row:
    """One line of a list: a criterion with its page, and the figures beside it."""

    label: str
    url: str
    cells: Sequence[str]
    delta: dict[str, str] | None = None
    note: str = ""
    code: str = ""
    figure: str = ""


@route(VIEW_DOSSIER, dossier_visible_to)
@require_safe
def unit(request: SignedInRequest, submission: Submission) -> HttpResponse:
    """Figures are tried by a GET form: nothing is stored, and the address keeps what was tried."""
    opened = open_dossier(request.user, submission, as_loaded=True)
    own = own_figures(opened.dossier.participant, opened.sight)
    context: dict[str, Any] = opened.frame() | {"own": own, "basis": _basis(opened)}
    if can(request.user, FOLLOW_UP, submission):
        context["tasks_url"] = reverse("scoring:follow_ups", args=opened.address)
    status = 200
    if own is not None:
        is_tried = bool(request.GET.get("thu"))
        leaves = _leaves_tried(own, opened, request.GET)
        context |= {
            "way": None if is_tried else _way(own, opened),
            "tried": leaves,
            "more": _more(own, leaves),
            "result": _try(own, opened, leaves) if is_tried else None,
            **_lists(own_lists(own), opened),
        }
        status = UNPROCESSABLE if any(one.is_wrong for one in leaves) else 200
    return render(request, "scoring/analysis/unit.html", context, status=status)


def _basis(opened: Opened) -> str:
    """From what the numbers of the page are made."""
    seen = opened.sight.everywhere
    stages = [stage.label.lower() for stage in Stage if stage in seen and stage != Stage.PUBLISHED]
    if not stages:
        return "Đơn vị chưa nộp hồ sơ, nên chưa có số nào để phân tích."
    return f"Tính từ các bước được xem: {', '.join(stages)}. Tiêu chí chưa có số thì tính 0 điểm. Chỉ để tham khảo."


def _stand(place: Place) -> Stand:
    return Stand(
        say_points(place.points),
        say_points(place.max_points),
        say_index(place.index),
        place.grade.label if place.grade else "",
    )


# ── the shortest way ──────────────────────────────────────────────────────────────────────────────────────────────────


def _way(own: OwnFigures, opened: Opened) -> dict[str, Any]:
    found = own_way(own)
    roles = {node.code: node.role for node, _ in own.leaves}
    return {
        "outcome": found.outcome,
        "now": _stand(found.before),
        "next": found.next_grade.label if found.next_grade else "",
        "after": _stand(found.after) if found.after else None,
        "gain": say_points(found.gain),
        "is_fewest": found.fewest,
        "is_least": found.least,
        "unknown": ", ".join(found.unknown),
        "moves": [
            Row(
                f"{move.code} {move.title}",
                _leaf_url(opened, move.code),
                (say_points(move.now), say_points(move.target), say_points(move.gain)),
                note="điểm trừ" if roles[move.code] == "penalty" else "",
                code=move.code,
                figure=say_figure(move.figure) if move.figure else "",
            )
            for move in found.moves
        ],
    }


# ── figures tried ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _leaves_tried(own: OwnFigures, opened: Opened, query: QueryDict) -> list[TriedLeaf]:
    """The leaves that were ticked, each with what was typed, and the one that is added, with what counts now."""
    known = {node.code: (node, result) for node, result in own.leaves if _may_be_tried(own, node, result)}
    ticked = list(dict.fromkeys(code for code in query.getlist("tc") if code in known))
    added = [code for code in query.getlist("them") if code in known and code not in ticked][:1]
    return [
        _tried_leaf(own, opened, *known[code], query if code in ticked else None)
        for code in [*ticked, *added][:MOST_TRIED]
    ]


def _may_be_tried(own: OwnFigures, node: Node, result: NodeResult) -> bool:
    """Whether figures change anything there: not at a leaf that the unit is exempt from by list."""
    return result.applicable or node.code in own.answers


def _tried_leaf(own: OwnFigures, opened: Opened, node: Node, result: NodeResult, typed: QueryDict | None) -> TriedLeaf:
    criterion = opened.sheet.tree.by_code[node.code]
    leaf = leaf_of(criterion, own.participant.campaign)
    counted = own.answers.get(node.code, {}).get("inputs")
    form = FiguresForm(leaf, typed, initial_inputs=counted, prefix=f"tc-{node.code}")
    points = say_points(result.points) if result.applicable else ""
    return TriedLeaf(node, form, points, say_points(node.max_points))


def _more(own: OwnFigures, leaves: Sequence[TriedLeaf]) -> list[tuple[str, str]]:
    """The leaves that can be added: (code, label); none once enough are tried at a time."""
    if len(leaves) >= MOST_TRIED:
        return []
    shown = {one.code for one in leaves}
    return [
        (node.code, f"{node.code} {node.title}" + ("" if node.source == Source.SELF else " (cơ quan điều phối nhập)"))
        for node, result in own.leaves
        if node.code not in shown and _may_be_tried(own, node, result)
    ]


def _try(own: OwnFigures, opened: Opened, leaves: Sequence[TriedLeaf]) -> dict[str, Any] | None:
    """Before and after, and what each leaf would earn; None where nothing is ticked or a figure is refused."""
    earned = [(one, _earned(own, opened, one)) for one in leaves if one.form.is_bound]
    if not earned or any(one.is_wrong for one in leaves):
        return None
    found = tried(own, {one.code: {"inputs": one.form.inputs} for one, _ in earned})
    change = None
    if found.before.index is not None and found.after.index is not None:
        change = found.after.index.published - found.before.index.published
    return {
        "before": _stand(found.before),
        "after": _stand(found.after),
        "delta": delta_of(change),
        "leaves": [(one, points) for one, points in earned],
    }


def _earned(own: OwnFigures, opened: Opened, one: TriedLeaf) -> str:
    """What the typed figures earn, "" where the leaf would not apply; faults are put beside the fields."""
    form = one.form
    if not form.is_valid():
        return ""
    if form.is_blank and not form.blank_is_an_answer:
        form.refuse_blank()
        return ""
    criterion = opened.sheet.tree.by_code[one.code]
    try:
        scored = score(criterion, own.participant.campaign, {"inputs": form.inputs})
    except WrongFigures as wrong:
        form.add_faults(wrong)
        return ""
    return show_points(scored.points) if scored.points is not None else ""


# ── the three lists ───────────────────────────────────────────────────────────────────────────────────────────────────


def _lists(found: OwnLists, opened: Opened) -> dict[str, Any]:
    return {
        "last_year": found.last.year if found.last else None,
        "fallen": None if found.fallen is None else [_fallen_row(one, opened) for one in found.fallen],
        "compared": found.compared,
        "unsettled": found.unsettled,
        "withheld": found.withheld,
        "below_maximum": [_lost_row(one, opened) for one in found.below_maximum],
        "waiting": found.waiting,
        "waiting_points": say_points(found.waiting_points),
        "mean_year": found.mean_of.year if found.mean_of else None,
        "below_mean": [_mean_row(one) for one in found.below_mean],
    }


def _fallen_row(one: Fallen, opened: Opened) -> Row:
    pair = one.pair
    places = f"hạng {pair.last_rank} xuống hạng {pair.rank}" if one.in_rank else ""
    was = f"{say_points(pair.last_points)} / {say_points(pair.last_max_points)}"
    now = f"{say_points(pair.points)} / {say_points(pair.max_points)}"
    url = reverse("scoring:why_node", args=[*opened.address, pair.codes[0]])
    return Row(f"{', '.join(pair.codes)} {pair.title}", url, (was, now), delta_of(pair.change), places)


def _lost_row(one: BelowMaximum, opened: Opened) -> Row:
    is_self = one.source == Source.SELF
    note = "" if is_self else Source(one.source).label
    cells = (say_points(one.points) if one.answered else "chưa nhập", say_points(one.max_points), say_points(one.lost))
    return Row(f"{one.code} {one.title}", _leaf_url(opened, one.code), cells, note=note, code=one.code)


def _mean_row(one: BelowMean) -> Row:
    cells = (say_percent(one.index), say_percent(one.mean), say_difference(one.difference))
    return Row(f"{one.code} {one.title}", "", cells)


def _leaf_url(opened: Opened, code: str) -> str:
    return reverse("scoring:answer", args=[*opened.address, code])

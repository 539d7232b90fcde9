"""The tree of a criteria set that is being written: acts on rows, names and maxima in place, sums while they are typed.

Every act is a form that works without script; with the page's script the same form is sent in the background and the
tree alone comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from scoring.forms.criteria_tree import UNDO, TreeForm
from scoring.models import CriteriaDraft
from scoring.permissions import EDIT_CRITERIA
from scoring.selectors.criteria import draft_visible_to
from scoring.services.criteria_board import MUST_MEND, Board, BoardRow, board_of
from scoring.services.criteria_drafts import Changed, annex_in, change_draft, set_of, undo
from scoring.services.criteria_shape import is_numbered
from scoring.services.errors import Conflict, StaleEdit
from units.vietnamese import format_points
from units.views.gates import SignedInRequest, route

UNPROCESSABLE, CONFLICT = 422, 409
GIVEN_UP = "Bản đang soạn này vừa được đưa vào dùng hoặc bỏ đi. Mở lại bộ tiêu chí để xem bản mới nhất."
OVERTAKEN = "{who} vừa sửa bộ này, nên việc vừa bấm chưa làm. Cây dưới đây là bản mới nhất; xem lại rồi làm tiếp."


@dataclass(frozen=True)
class Shown:
    """One row: what its fields hold, what is wrong in them, and what stands where that is something else."""

    row: BoardRow
    title: str
    points: str
    title_error: str
    points_error: str
    stands: str

    @property
    def name(self) -> str:
        return f"{self.row.node.code} {self.title}".strip()

    @property
    def state(self) -> tuple[str, str]:
        return MUST_MEND if self.title_error or self.points_error else self.row.state


@dataclass(frozen=True)
class Said:
    """What came of an act: the sentence, the row to look at, and what was typed and is not stored."""

    sentence: str = ""
    focus: str = ""
    form: TreeForm | None = None
    status: int = 200
    is_stale: bool = False


@route(EDIT_CRITERIA, draft_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def tree(request: SignedInRequest, draft: CriteriaDraft) -> HttpResponseBase:
    if request.method != "POST":
        return _page(request, draft, Said(focus=request.GET.get("muc", "")))
    form = TreeForm(annex_in(draft), request.POST)
    if not form.is_valid():
        sentence = " ".join(str(text) for texts in form.errors.values() for text in texts)
        return _page(request, draft, Said(sentence, request.POST.get("node", ""), form, UNPROCESSABLE))
    try:
        changed = _act(request, draft, form)
    except StaleEdit as stale:
        if stale.current is None:
            return _gone(request, draft)
        sentence = OVERTAKEN.format(who=stale.current.changed_by.full_name)
        return _page(request, stale.current, Said(sentence, form.cleaned_data["node"], form, CONFLICT, is_stale=True))
    except Conflict as refused:
        return _page(request, draft, Said(refused.sentence, form.cleaned_data["node"], form, CONFLICT))
    if wants_part(request):
        return _page(request, changed.draft, Said(changed.done.sentence, changed.done.focus))
    messages.info(request, changed.done.sentence)
    return redirect(f"{tree_url(draft)}?muc={changed.done.focus}#muc-{changed.done.focus}")


@route(EDIT_CRITERIA, draft_visible_to)
@require_POST
def sums(request: SignedInRequest, draft: CriteriaDraft) -> HttpResponse:
    """Every sum and state with names and maxima that are being typed, and what is wrong in a field; stores nothing."""
    form = TreeForm(annex_in(draft), request.POST)
    board = board_of(form.with_texts(form.annex), draft.campaign.policy)
    found = {row.key: row.sum for row in board.rows if row.sum} | {"": board.total}
    told = {key: {"text": one.sentence, "fits": not one.gap} for key, one in found.items()}
    rows = {row.row.key: _told(row) for row in _shown(board, Said(form=form))}
    return JsonResponse({"sums": told, "rows": rows})


def tree_url(draft: CriteriaDraft) -> str:
    return reverse("scoring:criteria_draft", args=address(draft))


def address(draft: CriteriaDraft) -> list[str]:
    return [draft.campaign.organiser.slug, draft.campaign.code, draft.code]


def frame(draft: CriteriaDraft) -> dict[str, Any]:
    """What every page of a draft shows: its campaign, its name, and whether it would replace or amend a set."""
    existing = set_of(draft)
    return {
        "campaign": draft.campaign,
        "draft": draft,
        "annex": annex_in(draft),
        "existing": existing,
        "is_frozen": existing is not None and existing.frozen_at is not None,
        "is_sample": draft.campaign.is_sample,
    }


def _act(request: SignedInRequest, draft: CriteriaDraft, form: TreeForm) -> Changed:
    seen = form.cleaned_data["version"]
    if form.cleaned_data["act"] == UNDO:
        return undo(draft, seen=seen, by=request.user)
    return change_draft(draft, form.act_on, seen=seen, by=request.user)


def _gone(request: SignedInRequest, draft: CriteriaDraft) -> HttpResponse:
    back = reverse("scoring:criteria_sets", args=address(draft)[:2])
    context = {"campaign": draft.campaign, "sentences": [GIVEN_UP], "back": back, "is_sample": draft.campaign.is_sample}
    return render(request, "scoring/refused.html", context, status=CONFLICT)


def wants_part(request: SignedInRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _page(request: SignedInRequest, draft: CriteriaDraft, said: Said) -> HttpResponse:
    context = frame(draft)
    # What was refused stands in its fields, so the states beside them are those of what was typed.
    typed = said.form is not None and not said.is_stale
    annex = said.form.with_texts(context["annex"]) if said.form and typed else context["annex"]
    board = board_of(annex, draft.campaign.policy)
    rows = _shown(board, said)
    keys = {row.row.key for row in rows}
    context |= {
        "board": board,
        "rows": rows,
        "said": said.sentence,
        "is_refused": said.status != 200,
        "focus": said.focus if said.focus in keys else (rows[0].row.key if rows else ""),
        "asked_focus": said.focus,
        "step": draft.steps.defer("annex").order_by("-number").first(),
        "is_numbered": is_numbered(context["annex"]),
    }
    template = "scoring/criteria/_draft_tree.html" if wants_part(request) else "scoring/criteria/draft.html"
    return render(request, template, context, status=said.status)


def _shown(board: Board, said: Said) -> list[Shown]:
    typed = said.form.data if said.form else {}
    errors = said.form.row_errors if said.form else {}
    found = []
    for row in board.rows:
        stored = {"t": row.node.title, "m": format_points(row.node.max_points)}
        shown = {key: typed.get(f"{key}-{row.key}", text) for key, text in stored.items()}
        title_error, points_error = (errors.get(name, "") for name in (f"t-{row.key}", f"m-{row.key}"))
        others = [text for key, text in stored.items() if said.is_stale and shown[key].strip() != text]
        found.append(Shown(row, shown["t"], shown["m"], title_error, points_error, "; ".join(others)))
    return found


def _told(one: Shown) -> dict[str, Any]:
    """What the page shows of a row beside its fields."""
    name, label = one.state
    return {
        "state": name,
        "label": label,
        "title": [one.title_error] if one.title_error else [],
        "points": [one.points_error] if one.points_error else [],
        "faults": list(one.row.faults),
        "doubt": [one.row.doubt] if one.row.doubt else [],
    }

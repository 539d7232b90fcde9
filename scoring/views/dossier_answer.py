"""One criterion of a unit's worksheet: the figures and what they earn, the claim, the proof, the history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from scoring.enums import Purpose, Source
from scoring.forms.dossier import AnswerForm, ClearForm
from scoring.models import Submission
from scoring.permissions import DECLARE, VIEW_DOSSIER, VIEW_QUESTIONS
from scoring.selectors.evidence import evidence_for
from scoring.selectors.sheet_history import history_of
from scoring.selectors.worksheet import Line, dossier_visible_to
from scoring.services.errors import Conflict, Incomplete, StaleEdit, WrongFigures
from scoring.services.last_year import warning_beside
from scoring.services.leaves import score, warning_at
from scoring.services.self_assessment import take_back
from scoring.views.autosave_showing import unfinished_note
from scoring.views.dossier_leaf import Asked, asked_at, clash_of, save, saved_sentence, standing_version
from scoring.views.dossier_showing import answer_url, history_rows, points_of_max, stages_of, totals_of
from scoring.views.evidence_cards import flow_of
from scoring.views.last_year_showing import reuse_form
from scoring.views.level_showing import levels_shown, live_levels
from scoring.views.showing import CLAIM_WAITS
from scoring.views.stale import again, stale_page
from units.permissions import authorize, can
from units.vietnamese import show_points
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422


@route(VIEW_DOSSIER, dossier_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """The page of one leaf; POST declares (the service asks whether this person may, and whether it is the hour)."""
    asked = asked_at(request, submission)
    if request.method != "POST":
        return _page(request, asked)
    authorize(request.user, DECLARE, submission)
    form = AnswerForm(asked.leaf, request.POST)
    if not form.is_valid():
        return _page(request, asked, form, status=UNPROCESSABLE)
    try:
        value = save(asked, form.content, form.cleaned_data["version"])
    except (WrongFigures, Incomplete) as refused:
        form.explain(refused)
        return _page(request, asked, form, status=UNPROCESSABLE)
    except StaleEdit as stale:
        clash = clash_of(asked, form.content, stale, again(request.POST, "version", standing_version(stale)))
        return stale_page(request, [clash], asked.url, asked.opened.frame())
    except Conflict as refused:
        return _page(request, asked, form, refused.sentence, status=CONFLICT)
    messages.info(request, saved_sentence(asked, value))
    for warning in (
        warning_at(asked.line.criterion, asked.opened.dossier.participant.campaign, value),
        warning_beside(asked.opened.dossier.participant, asked.line.criterion, value.inputs),
    ):
        if warning:
            messages.warning(request, f"{asked.line.criterion.code}: {warning}")
    return redirect(_next_url(request, asked))


@route(DECLARE, dossier_visible_to)
@require_POST
def trial(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """What the figures would earn by the same rule; nothing is stored. JSON where a script asks, else the page."""
    asked = asked_at(request, submission)
    form = AnswerForm(asked.leaf, request.POST)
    result = _try(asked, form)
    status = UNPROCESSABLE if result["faults"] else 200
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(result, status=status)
    return _page(request, asked, form, result=result, status=status)


@route(DECLARE, dossier_visible_to)
@require_POST
def clear(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """Take the answer away: the leaf counts as not answered again; what was there stays in the history."""
    asked = asked_at(request, submission)
    form = ClearForm(request.POST)
    if not form.is_valid():
        return _page(request, asked, error="; ".join(map(str, form.errors["version"])), status=UNPROCESSABLE)
    try:
        take_back(submission.participant, asked.line.criterion, seen=form.cleaned_data["version"], by=request.user)
    except StaleEdit as stale:
        url = answer_url(asked.opened, asked.line, "answer_clear")
        fields = again(request.POST, "version", standing_version(stale))
        return stale_page(request, [clash_of(asked, None, stale, fields, url)], asked.url, asked.opened.frame())
    except Conflict as refused:
        return _page(request, asked, error=refused.sentence, status=CONFLICT)
    what = "câu trả lời" if asked.line.declared else "phần đang nhập dở"
    messages.info(request, f"Đã xóa {what} của tiêu chí {asked.line.criterion.code}.")
    return redirect(asked.page_url)


def _try(asked: Asked, form: AnswerForm) -> dict[str, Any]:
    """points "1,80 / 2,00", the rule's sentence and warning, where that stands among the levels and the way to the next
    one, and faults each with key and name of its field."""
    faults: list[dict[str, str]] = []
    points, step, warning = "", "", ""
    inputs = None
    if form.is_valid():
        try:
            scored = score(asked.line.criterion, asked.opened.dossier.participant.campaign, form.content.answer())
        except WrongFigures as wrong:
            form.explain(wrong)
        else:
            claimed, inputs = form.content.not_applicable, form.content.inputs
            points, step = points_of_max(scored.points, asked.line), CLAIM_WAITS if claimed else scored.step
            beside = warning_beside(asked.opened.dossier.participant, asked.line.criterion, form.content.inputs)
            warning = " ".join(filter(None, (scored.warning, beside)))
    if form.is_wrong:
        faults = _faults(form if form.errors else form.figures)
    told = {"points": points, "step": step, "warning": warning, "faults": faults}
    return told | live_levels(asked.leaf, asked.line.criterion, inputs)


def _faults(form: Form) -> list[dict[str, str]]:
    """Each fault with the key and the name of its field; no name where the fault is about no single field that people
    see, or names it itself."""
    found = [{"key": "", "label": "", "text": str(text)} for text in form.non_field_errors()]
    for bound in form:
        for text in map(str, bound.errors):
            label = str(bound.label)
            named = "" if bound.is_hidden or label in text else label
            found.append({"key": bound.name, "label": named, "text": text})
    return found


def _next_url(request: SignedInRequest, asked: Asked) -> str:
    """Where "Lưu, sang 1.2" goes on; the same page for "Lưu"."""
    neighbour = asked.walk.neighbours()["next"] if "go_on" in request.POST else None
    return str(neighbour["url"]) if neighbour else asked.page_url


def _page(
    request: SignedInRequest,
    asked: Asked,
    form: AnswerForm | None = None,
    error: str = "",
    result: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    opened, line = asked.opened, asked.line
    criterion, participant = line.criterion, opened.dossier.participant
    pen = opened.pen(criterion)
    is_asked = line.is_asked
    may_write = bool(pen) and is_asked
    reused = reuse_form(opened, line) if may_write and not form and request.GET.get("dung-lai") else None
    shown = form or (reused[0] if reused else AnswerForm(asked.leaf, value=line.declared, unfinished=line.unfinished))
    context = opened.frame() | {
        "line": line,
        "criterion": criterion,
        "max_points": show_points(criterion.max_points),
        "parents": _parents(asked),
        "person": opened.charges.get(criterion.pk),
        "is_self": criterion.source == Source.SELF,
        "may_write": may_write,
        "reused_year": reused[1] if reused else None,
        "last_year_url": answer_url(opened, line, "last_year"),
        "form": shown if is_asked and (pen or form) else None,
        "result": result,
        "warning": result["warning"] if result else warning_at(criterion, participant.campaign, line.declared),
        **levels_shown(asked.leaf, line, may_write=may_write),
        "stages": stages_of(opened, line),
        "history": history_rows(opened, line, history_of(participant, criterion, opened.sight)),
        "flow": _flow(asked, may_write=may_write),
        "offers_url": answer_url(opened, line, "follow_up_offers") if may_write else "",
        "questions_url": answer_url(opened, line, "questions")
        if can(opened.user, VIEW_QUESTIONS, opened.submission)
        else "",
        "errors": [{"text": error}] if error else [],
        "page_url": asked.page_url,
        "trial_url": asked.walk.kept(answer_url(opened, line, "answer_trial")),
        "clear_form": _clear_form(line),
        "unfinished": unfinished_note(line, participant.campaign, opened.dossier.now),
        "save_url": answer_url(opened, line, "answer_save") if may_write else "",
        "pulse_url": reverse("scoring:dossier_pulse", args=opened.address),
        "clear_url": asked.walk.kept(answer_url(opened, line, "answer_clear")),
        "totals": totals_of(opened) if may_write else None,
        **asked.walk.frame(),
    }
    return render(request, "scoring/dossier/answer.html", context, status=status)


def _clear_form(line: Line) -> ClearForm | None:
    """For taking the answer away, or typing that is none yet."""
    if line.declared is None and line.unfinished is None:
        return None
    return ClearForm(initial={"version": line.declared.version if line.declared else 0})


def _parents(asked: Asked) -> list[str]:
    """ "Lĩnh vực 3. Thủ tục hành chính", "3.2 Giải quyết hồ sơ"."""
    path = asked.line.criterion.path
    above = [node for node in asked.opened.sheet.tree.nodes if path.startswith(node.path + ".")]
    return [
        f"Lĩnh vực {node.code}. {node.title}" if not node.parent_id else f"{node.code} {node.title}" for node in above
    ]


def _flow(asked: Asked, *, may_write: bool) -> dict[str, Any] | None:
    """The documents of the leaf; None where it takes none or this reader sees none."""
    if not asked.line.is_asked or not asked.opened.sees_evidence_of(asked.line.criterion):
        return None
    participant = asked.opened.dossier.participant
    shown = evidence_for(
        participant,
        asked.line.criterion,
        Purpose.DECLARED,
        reader=asked.opened.user,
        papers=asked.opened.sheet.papers,
    )
    return flow_of(shown, may_write=may_write, back=asked.url)

"""The head's page: the result in a minute, what is riskiest in it, and the two decisions."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scoring.enums import SubmissionState
from scoring.forms.dossier import StepForm
from scoring.forms.review import ReturnForm
from scoring.models import ReturnNote, Submission
from scoring.permissions import DECLARE
from scoring.selectors.worksheet import dossier_visible_to
from scoring.services.leaves import leaf_of
from scoring.services.review import ChangedLeaf, Review, ReviewedComponent, RiskyLeaf
from scoring.services.review import review as review_of
from scoring.views.dossier_check import check_with_last_year, meter_of
from scoring.views.dossier_frame import ONLY_TO_READ, Opened, open_dossier
from scoring.views.dossier_showing import answer_url, index_in_words
from scoring.views.dossier_steps import not_done, steps_of, waiting_of
from scoring.views.showing import say_change
from scoring.workflow import Transition
from units.vietnamese import show_points
from units.views.gates import SignedInRequest, route


@route(DECLARE, dossier_visible_to)
@require_safe
def review(request: SignedInRequest, submission: Submission) -> HttpResponse:
    """For the unit alone, head and staff: the same numbers for both."""
    return review_page(request, submission)


def review_page(
    request: SignedInRequest,
    submission: Submission,
    form: StepForm | None = None,
    chosen: Transition | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    opened = open_dossier(request.user, submission, as_loaded=request.method != "POST")
    found, totals = check_with_last_year(opened)
    read = review_of(opened.dossier, opened.sheet, found)
    steps = {step["name"]: step for step in steps_of(opened, form, chosen)}
    back = steps.get("return")
    frame = opened.frame()
    context = frame | {
        # Whoever decides here is not told that the figures are only to be read.
        "notes": [note for note in frame["notes"] if not (back and note["lead"] == ONLY_TO_READ)],
        "check": found,
        "totals": totals,
        **meter_of(opened, found),
        "components": [_component_row(opened, row) for row in read.components],
        "riskiest": _risky_rows(opened, read, back["form"] if back else None),
        "review": read,
        "changes": [_changed_row(opened, row) for row in read.changes],
        "notes_open": [_note_row(opened, note) for note in read.notes],
        "submit": steps.get("submit"),
        "back": back,
        "hand_over": steps.get("hand_over"),
        "waiting": waiting_of(opened),
        "is_draft": opened.submission.state == SubmissionState.DRAFT,
        "errors": [{"text": text} for text in errors or []],
        "step_form": form,
        "not_done": not_done(chosen),
    }
    return render(request, "scoring/dossier/review.html", context, status=status)


def _component_row(opened: Opened, row: ReviewedComponent) -> dict[str, Any]:
    criterion = row.component.criterion
    return {
        "criterion": criterion,
        "url": reverse("scoring:worksheet_component", args=[*opened.address, criterion.code]),
        "points": show_points(row.points) if row.points else "–",
        "max_points": show_points(row.max_points),
        "index": index_in_words(row.index) if row.index is not None else "–",
        "last": index_in_words(row.last.index) if row.last and row.last.index is not None else "–",
        "claims": row.claims,
        "missing": row.missing,
        "at_stake": show_points(row.at_stake),
    }


def _risky_rows(opened: Opened, read: Review, form: StepForm | None) -> list[dict[str, Any]]:
    """The riskiest leaves, each with the field of its note where this person may send the dossier back; after them
    those in which something was typed before, so that no refusal loses it."""
    rows = [_risky_row(opened, leaf) for leaf in read.riskiest]
    if not isinstance(form, ReturnForm):
        return rows
    shown = {leaf.line.criterion.pk for leaf in read.riskiest}
    for row, leaf in zip(rows, read.riskiest, strict=True):
        row["note"] = form.note_of(leaf.line.criterion)
    written = {bound.name for bound in form.written}
    rest = [
        line for line in opened.sheet.lines if f"note_{line.criterion.pk}" in written and line.criterion.pk not in shown
    ]
    return rows + [
        {"line": line, "url": answer_url(opened, line), "texts": (), "note": form.note_of(line.criterion)}
        for line in rest
    ]


def _risky_row(opened: Opened, leaf: RiskyLeaf) -> dict[str, Any]:
    return {
        "line": leaf.line,
        "url": answer_url(opened, leaf.line),
        "points": show_points(leaf.points),
        "texts": leaf.texts,
        "note": None,
    }


def _changed_row(opened: Opened, row: ChangedLeaf) -> dict[str, Any]:
    leaf = leaf_of(row.line.criterion, opened.dossier.participant.campaign)
    return {
        "line": row.line,
        "url": answer_url(opened, row.line),
        "before": _said(row.before, leaf),
        "now": _said(row.now, leaf) if row.is_answered_anew else "",
        "documents": row.documents,
    }


def _said(content: dict[str, Any] | None, leaf: Any) -> str:
    """ "Số đạt được: 45/50, 3,60 điểm"; that there was none."""
    if content is None:
        return "chưa nhập"
    worth = content.get("worth")
    return say_change(content, leaf) + (f", {show_points(worth)} điểm" if worth is not None else "")


def _note_row(opened: Opened, note: ReturnNote) -> dict[str, Any]:
    line = opened.sheet.line_of(note.criterion.code) if note.criterion else None
    return {"note": note, "line": line, "url": answer_url(opened, line) if line else ""}

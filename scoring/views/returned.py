"""Bị trả lại, Đã khắc phục: what the head sent back to the staff, and what became of it; for the unit alone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scoring.enums import Purpose
from scoring.models import Submission
from scoring.permissions import DECLARE
from scoring.selectors.return_notes import Returned, returned_of
from scoring.selectors.worksheet import dossier_visible_to
from scoring.views.dossier_frame import Opened, open_dossier
from units.views.gates import SignedInRequest, route


@route(DECLARE, dossier_visible_to)
@require_safe
def returned(request: SignedInRequest, submission: Submission) -> HttpResponse:
    opened = open_dossier(request.user, submission, as_loaded=True)
    rows = [_row(opened, item) for item in returned_of(opened.dossier.participant)]
    context = opened.frame() | {
        "still": [row for row in rows if not row["item"].is_mended],
        "mended": [row for row in rows if row["item"].is_mended],
    }
    return render(request, "scoring/dossier/returned.html", context)


def _row(opened: Opened, item: Returned) -> dict[str, Any]:
    """`url` leads to the field, or to the page of the whole."""
    note, is_explained = item.note, item.note.purpose == Purpose.EXPLANATION
    whole, leaf = ("explanation", "explanation_item") if is_explained else ("worksheet", "answer")
    address = [*opened.address, note.criterion.code] if note.criterion else opened.address
    return {
        "item": item,
        "what": "Giải trình" if is_explained else "Phiếu tự chấm",
        "title": f"{note.criterion.code} {note.criterion.title}" if note.criterion else "",
        "url": reverse(f"scoring:{leaf if note.criterion else whole}", args=address),
    }

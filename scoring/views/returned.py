"""Bị trả lại, Đã khắc phục: what head and coordinator sent back, and what became of it; for the unit alone. What the
head says to the staff stays in the unit; the coordinator reads what the coordinators sent back (`given_back`)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from scoring.enums import Purpose
from scoring.models import Participant, Submission
from scoring.permissions import DECLARE
from scoring.selectors.handed_back import HandedBack, handed_back_to
from scoring.selectors.return_notes import Returned, returned_of
from scoring.selectors.worksheet import dossier_visible_to
from scoring.views.dossier_frame import open_dossier
from units.views.gates import SignedInRequest, route

WHOLE = {Purpose.DECLARED: ("Phiếu tự chấm", "worksheet"), Purpose.EXPLANATION: ("Giải trình", "explanation")}
LEAF = {Purpose.DECLARED: "answer", Purpose.EXPLANATION: "explanation_item"}


@route(DECLARE, dossier_visible_to)
@require_safe
def returned(request: SignedInRequest, submission: Submission) -> HttpResponse:
    opened = open_dossier(request.user, submission, as_loaded=True)
    participant = opened.dossier.participant
    rows = [_row(participant, item) for item in returned_of(participant)]
    rows += [given_back(participant, item, is_unit=True) for item in handed_back_to(participant)]
    rows.sort(key=lambda row: row["at"], reverse=True)
    context = opened.frame() | {
        "still": [row for row in rows if not row["mended_at"]],
        "mended": [row for row in rows if row["mended_at"]],
    }
    return render(request, "scoring/dossier/returned.html", context)


def given_back(participant: Participant, item: HandedBack, *, is_unit: bool) -> dict[str, Any]:
    """What the coordinator gave back, as a row of `scoring/dossier/_returned_rows.html`. The unit reads the agency, not
    the person."""
    what, page = WHOLE[item.purpose]
    return {
        "url": reverse(f"scoring:{page}", args=_address(participant)),
        "what": f"{what}: {item.act}",
        "text": item.reason,
        "by": "Cơ quan điều phối" if is_unit else item.by,
        "done": "trả lại",
        "at": item.at,
        "mended_by": item.mended_by,
        "mended": "nộp lại" if item.purpose == Purpose.DECLARED else "gửi lại",
        "mended_at": item.mended_at,
    }


def _row(participant: Participant, item: Returned) -> dict[str, Any]:
    """What the head sent back; `url` leads to the field, or to the page of the whole."""
    note = item.note
    what, page = WHOLE[Purpose(note.purpose)]
    url = reverse(f"scoring:{page}", args=_address(participant))
    if note.criterion:
        url = reverse(f"scoring:{LEAF[Purpose(note.purpose)]}", args=[*_address(participant), note.criterion.code])
    mended = "nhập lại" if item.by_new_answer else ("đánh dấu đã sửa" if note.criterion else "trình lại")
    return {
        "url": url,
        "what": f"{what}: {note.criterion.code} {note.criterion.title}" if note.criterion else f"{what}: cả hồ sơ",
        "text": note.text,
        "by": note.by.full_name,
        "done": "trả lại",
        "at": note.at,
        "mended_by": item.mended_by.full_name if item.mended_by else "Cổng",
        "mended": mended,
        "mended_at": item.mended_at,
    }


def _address(participant: Participant) -> tuple[str, str, str]:
    return participant.campaign.organiser.slug, participant.campaign.code, participant.code

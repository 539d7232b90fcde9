"""What an open page of an explanation tells the portal by itself: typing as it comes; and what it asks: have colleagues
been here. JSON in the shapes of a worksheet's (`scoring.views.dossier_save`)."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from scoring.enums import Opinion
from scoring.forms.dossier import KeyForm
from scoring.forms.explanation import ItemForm
from scoring.models import Explanation
from scoring.permissions import EXPLAIN
from scoring.selectors.dossiers import explanation_below
from scoring.selectors.pulse import Beat, beats_of_explanation, revision_of_explanation
from scoring.services.before_explanation import NOT_WRITTEN, look
from scoring.services.errors import Conflict, Incomplete
from scoring.services.explaining import Kept, Overtaken, save
from scoring.views.dossier_save import busy_in_words
from scoring.views.explanation_frame import opened_by
from scoring.views.explanation_showing import (
    open_rows,
    opinion_of,
    row_at,
    rows_for,
    say_stands,
    state_of,
    tally_of,
)
from units.vietnamese import format_clock
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
EMPTIED = "Ô đang để trống. Nội dung đã lưu vẫn còn; muốn bỏ hẳn thì bấm “Lưu”, hoặc chọn đồng ý."


@busy_in_words
@route(EXPLAIN, explanation_below)
@require_POST
def item_save(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """The same for the script: JSON, in the shape of a worksheet's (`scoring.views.dossier_save`)."""
    opened = opened_by(request.user, explanation)
    row = row_at(request, opened, rows_for(opened))
    form, key = ItemForm(request.POST), KeyForm(request.POST)
    if not key.is_valid() or not form.is_valid():
        return _refused([_fault(name, str(texts[0])) for one in (key, form) for name, texts in one.errors.items()])
    data = form.cleaned_data
    try:
        kept = save(
            explanation.participant, row.criterion, form.answer,
            seen=data["version"], stand=data["unfinished"] or 0, key=key.cleaned_data["key"], by=request.user,
        )  # fmt: skip
    except Overtaken as overtaken:
        return JsonResponse(_told_clash(overtaken), status=CONFLICT)
    except Conflict as closed:
        return JsonResponse({"state": "closed", "text": closed.sentence}, status=CONFLICT)
    except Incomplete as incomplete:
        return _refused([_fault(incomplete.field, incomplete.sentence)])
    return JsonResponse(_told_kept(request, explanation, kept, is_emptied=not data["text"].strip()))


@busy_in_words
@route(EXPLAIN, explanation_below)
@require_safe
def pulse(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """204 where all stands as in `?ban=`; else every leaf that may be explained now, with its versions."""
    opened = opened_by(request.user, explanation)
    beats = beats_of_explanation(opened.explanation, opened.round_number)
    revision = revision_of_explanation(opened.explanation, beats)
    if request.GET.get("ban") == revision:
        return HttpResponse(status=204)
    leaves = {row.criterion.code for row in open_rows(opened, rows_for(opened))}
    told = {
        "rev": revision,
        "explanation": {"state": opened.explanation.state, "version": opened.explanation.version},
        "leaves": {
            code: [
                beat.version,
                beat.unfinished,
                beat.documents,
                beat.who,
                format_clock(beat.at, opened.dossier.now) if beat.at else "",
            ]
            for code in sorted(leaves)
            for beat in (beats.get(code, Beat()),)
        },
    }
    return JsonResponse(told)


def _told_kept(request: SignedInRequest, explanation: Explanation, kept: Kept, *, is_emptied: bool) -> dict[str, Any]:
    opened = opened_by(request.user, explanation)
    rows = rows_for(opened)
    row = next(row for row in rows if row.criterion.pk == kept.criterion)
    state = state_of(row, opened.round_number)
    fault = ""
    if kept.opinion == Opinion.EXPLAIN and is_emptied:
        fault = EMPTIED if kept.has_words else NOT_WRITTEN
    at = datetime.datetime.fromisoformat(kept.at)
    return {
        "state": "kept" if fault else "saved",
        "version": kept.version,
        "unfinished": kept.stand,
        "at": format_clock(at, at),
        "node": {"icon": state.icon, "label": state.label},
        "faults": [_fault("text", fault)] if fault else [],
        "tally": tally_of(look(open_rows(opened, rows), opened.round_number)),
    }


def _told_clash(overtaken: Overtaken) -> dict[str, Any]:
    item, choice = overtaken.item, overtaken.choice
    last = choice or item
    form = ItemForm(item=item, choice=choice, opinion=opinion_of(overtaken))
    return {
        "state": "clash",
        "version": item.version if item else 0,
        "unfinished": choice.version if choice else 0,
        "who": last.author.full_name if last and last.author else "",
        "at": format_clock(last.changed_at, timezone.now()) if last else "",
        "said": say_stands(overtaken),
        "fields": {name: str(form[name].value() or "") for name in ("opinion", "text")},
    }


def _fault(key: str, text: str) -> dict[str, Any]:
    return {"key": key, "label": "", "text": text, "readings": []}


def _refused(faults: list[dict[str, Any]]) -> JsonResponse:
    return JsonResponse({"state": "refused", "faults": faults}, status=UNPROCESSABLE)

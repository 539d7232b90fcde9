"""One leaf of an explanation: what was declared and judged, what the unit makes of it, by form or as it is typed."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from scoring.enums import Opinion, Purpose
from scoring.forms.dossier import KeyForm
from scoring.forms.explanation import ItemForm
from scoring.models import Campaign, Criterion, Explanation, ReturnNote, Value
from scoring.permissions import EXPLAIN, VIEW_DOSSIER, VIEW_EVIDENCE
from scoring.selectors.dossiers import explanation_below
from scoring.selectors.evidence import ForCriterion, evidence_for
from scoring.selectors.explanation import Row, leaf_of_unit, rows_of
from scoring.selectors.return_notes import open_notes_of_explanation
from scoring.services.before_explanation import NOT_WRITTEN, look
from scoring.services.errors import Conflict, Incomplete
from scoring.services.explaining import Kept, Overtaken, save
from scoring.services.pen import explanation_pen
from scoring.views.dossier_save import busy_in_words
from scoring.views.explanation_frame import Opened, opened_by
from scoring.views.explanation_showing import line_of, state_of, tally_of
from scoring.views.showing import show_value
from scoring.views.stale import Clash, again, stale_page
from units.permissions import authorize, can
from units.vietnamese import format_clock
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
NOTHING = "(chưa có ý kiến)"
EMPTIED = "Ô đang để trống. Nội dung đã lưu vẫn còn; muốn bỏ hẳn thì bấm “Lưu”, hoặc chọn đồng ý."


@route(VIEW_DOSSIER, explanation_below)
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """POST writes what the unit says (the service asks who may, and whether it is the hour)."""
    opened = opened_by(request.user, explanation)
    rows = _rows(opened)
    row = _row(request, opened, rows)
    if request.method != "POST":
        return _page(request, opened, rows, row)
    authorize(request.user, EXPLAIN, explanation)
    form = ItemForm(request.POST, words_only=opened.round_number == 2)
    if not form.is_valid():
        return _page(request, opened, rows, row, form, UNPROCESSABLE)
    data = form.cleaned_data
    try:
        kept = save(
            explanation.participant, row.criterion, form.answer,
            seen=data["version"], stand=data["unfinished"], key="", by=request.user,
        )  # fmt: skip
    except Overtaken as overtaken:
        return _stale(request, opened, row, form, overtaken)
    except Incomplete as incomplete:
        form.add_error(incomplete.field, incomplete.sentence)
        return _page(request, opened, rows, row, form, UNPROCESSABLE)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        return _page(request, opened, rows, row, form, CONFLICT)
    messages.info(request, _say_kept(kept, row.criterion, data["text"]))
    following = _beside(opened, rows, row)[1] if "go_on" in request.POST else None
    return redirect("scoring:explanation_item", *opened.address, (following or row).criterion.code)


@busy_in_words
@route(EXPLAIN, explanation_below)
@require_POST
def item_save(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """The same for the script: JSON, in the shape of a worksheet's (`scoring.views.dossier_save`)."""
    opened = opened_by(request.user, explanation)
    row = _row(request, opened, _rows(opened))
    form, key = ItemForm(request.POST, words_only=opened.round_number == 2), KeyForm(request.POST)
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


def _told_kept(request: SignedInRequest, explanation: Explanation, kept: Kept, *, is_emptied: bool) -> dict[str, Any]:
    opened = opened_by(request.user, explanation)
    rows = _rows(opened)
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
        "tally": tally_of(look(_open_rows(opened, rows), opened.round_number)),
    }


def _told_clash(overtaken: Overtaken) -> dict[str, Any]:
    item, choice = overtaken.item, overtaken.choice
    last = choice or item
    form = ItemForm(item=item, choice=choice, opinion=_opinion(overtaken))
    return {
        "state": "clash",
        "version": item.version if item else 0,
        "unfinished": choice.version if choice else 0,
        "who": last.author.full_name if last and last.author else "",
        "at": format_clock(last.changed_at, timezone.now()) if last else "",
        "said": _say_stands(overtaken),
        "fields": {name: str(form[name].value() or "") for name in ("opinion", "text")},
    }


def _opinion(overtaken: Overtaken) -> str:
    return overtaken.choice.opinion if overtaken.choice else (Opinion.EXPLAIN if overtaken.item else "")


def _say_stands(overtaken: Overtaken) -> str:
    opinion = _opinion(overtaken)
    text = overtaken.item.text if overtaken.item else ""
    if opinion == Opinion.AGREE:
        return Opinion.AGREE.label
    return text or (f"({NOT_WRITTEN})" if opinion else NOTHING)


def _say_kept(kept: Kept, criterion: Criterion, text: str) -> str:
    if kept.opinion == Opinion.AGREE:
        aside = " Nội dung đã viết để riêng, không gửi." if text.strip() else ""
        return f"Đã ghi: đồng ý với điểm thẩm định của {criterion.code}.{aside}"
    if kept.has_words:
        return f"Đã lưu giải trình tiêu chí {criterion.code}."
    if kept.opinion == Opinion.EXPLAIN:
        return f"Đã chọn giải trình {criterion.code}. Viết nội dung trước khi trình thủ trưởng."
    return f"Không giải trình tiêu chí {criterion.code}."


def _stale(request: SignedInRequest, opened: Opened, row: Row, form: ItemForm, overtaken: Overtaken) -> HttpResponse:
    url = reverse("scoring:explanation_item", args=[*opened.address, row.criterion.code])
    item, choice = overtaken.item, overtaken.choice
    last = choice or item
    fields = [
        (name, value)
        for name, value in again(request.POST, "version", item.version if item else 0)
        if name != "unfinished"
    ]
    answer = form.answer
    clash = Clash(
        heading=f"{row.criterion.code} {row.criterion.title}",
        typed=Opinion.AGREE.label if answer.taken_as == Opinion.AGREE else answer.text or NOTHING,
        stands=_say_stands(overtaken),
        url=url,
        fields=[*fields, ("unfinished", str(choice.version if choice else 0))],
        who=last.author.full_name if last and last.author else "",
        at=last.changed_at if last else None,
    )
    return stale_page(request, [clash], url, opened.frame())


def _page(
    request: SignedInRequest,
    opened: Opened,
    rows: list[Row],
    row: Row,
    form: ItemForm | None = None,
    status: int = 200,
) -> HttpResponse:
    participant, number = opened.dossier.participant, opened.round_number
    may_write = opened.may_write(row.criterion)
    if form is None:
        form = ItemForm(
            item=row.said_in(number), choice=row.choices.get(number), opinion=row.opinion_in(number),
            words_only=number == 2,
        )  # fmt: skip
    previous, following = _beside(opened, rows, row)
    context = opened.frame() | {
        "row": row,
        "line": line_of(opened, row),
        "criterion": row.criterion,
        "component": next(node for node in opened.tree.components if node.path == row.criterion.component_path),
        "form": form,
        "may_write": may_write,
        "pen": explanation_pen(opened.dossier, opened.explanation),
        "lanes": _lanes(participant.campaign, row),
        "documents": _documents(opened, row.criterion, Purpose.EXPLANATION),
        "documents_before": _documents(opened, row.criterion, Purpose.DECLARED),
        "round_number": number,
        "notes": _notes(opened, row),
        "save_url": _save_url(opened, row) if may_write else "",
        "tally": tally_of(look(_open_rows(opened, rows), number)),
        "previous": previous,
        "next": following,
    }
    return render(request, "scoring/explanation/item.html", context, status=status)


def _notes(opened: Opened, row: Row) -> list[ReturnNote]:
    """What the head asked to mend here, for the unit alone."""
    if not opened.reader.sight.is_unit:
        return []
    participant, choice = opened.dossier.participant, row.choices.get(opened.round_number)
    return open_notes_of_explanation(participant, row.criterion, choice)


def _save_url(opened: Opened, row: Row) -> str:
    return reverse("scoring:explanation_save", args=[*opened.address, row.criterion.code])


def _rows(opened: Opened) -> list[Row]:
    return rows_of(opened.explanation, opened.tree, opened.reader, opened.open_leaves)


def _open_rows(opened: Opened, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.criterion.pk in opened.open_leaves]


def _row(request: SignedInRequest, opened: Opened, rows: list[Row]) -> Row:
    """The leaf of the address, as far as this person may read it; Http404 for one that has nothing to explain."""
    code = request.resolver_match.kwargs["criterion"] if request.resolver_match else ""
    leaf = leaf_of_unit(opened.dossier.participant, code)
    found = next((row for row in rows if row.criterion.pk == leaf.pk), None)
    if found is None:
        raise Http404
    return found


def _beside(opened: Opened, rows: list[Row], row: Row) -> tuple[Row | None, Row | None]:
    """The leaves before and after this one among those that may be explained now, or else among all."""
    near = _open_rows(opened, rows)
    near = near if row in near else rows
    at = near.index(row)
    return (near[at - 1] if at else None), (near[at + 1] if at + 1 < len(near) else None)


def _documents(opened: Opened, criterion: Criterion, purpose: str) -> ForCriterion | None:
    """The evidence of one step for this leaf, for whoever may open it; None for others."""
    participant = opened.dossier.participant
    if not can(opened.user, VIEW_EVIDENCE, participant) and criterion.component_path not in opened.reader.sight.judged:
        return None
    return evidence_for(participant, criterion, purpose, reader=opened.user)


def _lanes(campaign: Campaign, row: Row) -> list[dict[str, Any]]:
    """The columns of one leaf: declared, first round, second round where there is one to see."""
    lanes = [lane("Tự chấm", row.declared, row.criterion, campaign)]
    for title, value in (("Thẩm định vòng 1", row.appraised), ("Thẩm định vòng 2", row.reappraised)):
        if value is not None:
            lanes.append(lane(title, value, row.criterion, campaign))
    return lanes


def lane(title: str, value: Value | None, criterion: Criterion, campaign: Campaign) -> dict[str, Any]:
    """One stage of a leaf for scoring/explanation/_lane.html."""
    if value is not None:
        value.criterion = criterion
    return {
        "title": title,
        "shown": show_value(value, campaign),
        "figures": value is not None and value.inputs is not None,
    }


def _fault(key: str, text: str) -> dict[str, Any]:
    return {"key": key, "label": "", "text": text, "readings": []}


def _refused(faults: list[dict[str, Any]]) -> JsonResponse:
    return JsonResponse({"state": "refused", "faults": faults}, status=UNPROCESSABLE)

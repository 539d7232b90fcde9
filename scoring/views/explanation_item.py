"""One leaf of an explanation: what was declared and judged, what the unit makes of it, the documents of both steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from scoring.enums import Opinion, Purpose
from scoring.forms.explanation import ItemForm
from scoring.models import Campaign, Criterion, Explanation, ReturnNote, Value
from scoring.permissions import EXPLAIN, VIEW_DOSSIER, VIEW_EVIDENCE
from scoring.selectors.dossiers import explanation_below
from scoring.selectors.evidence import evidence_for
from scoring.selectors.explanation import Row
from scoring.selectors.return_notes import open_notes_of_explanation
from scoring.selectors.unit_papers import Papers
from scoring.services.before_explanation import look
from scoring.services.errors import Conflict, Incomplete
from scoring.services.evidence_pen import asked_of
from scoring.services.explaining import Kept, Overtaken, save
from scoring.services.pen import explanation_pen
from scoring.views.evidence_cards import flow_of
from scoring.views.explanation_frame import Opened, opened_by
from scoring.views.explanation_showing import NOTHING, line_of, open_rows, row_at, rows_for, say_stands, tally_of
from scoring.views.showing import show_value
from scoring.views.stale import Clash, again, stale_page
from units.permissions import authorize, can
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422


@route(VIEW_DOSSIER, explanation_below)
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """POST writes what the unit says (the service asks who may, and whether it is the hour)."""
    opened = opened_by(request.user, explanation)
    rows = rows_for(opened)
    row = row_at(request, opened, rows)
    if request.method != "POST":
        return _page(request, opened, rows, row)
    authorize(request.user, EXPLAIN, explanation)
    form = ItemForm(request.POST)
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
        stands=say_stands(overtaken),
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
        form = ItemForm(item=row.said_in(number), choice=row.choices.get(number), opinion=row.opinion_in(number))
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
        **_documents(opened, row.criterion, may_write=may_write, url=request.path),
        "round_number": number,
        "notes": _notes(opened, row),
        "save_url": _url(opened, "explanation_save", row.criterion.code) if may_write else "",
        "pulse_url": _url(opened, "explanation_pulse") if may_write else "",
        "tally": tally_of(look(open_rows(opened, rows), number)),
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


def _url(opened: Opened, name: str, *rest: str) -> str:
    return reverse(f"scoring:{name}", args=[*opened.address, *rest])


def _beside(opened: Opened, rows: list[Row], row: Row) -> tuple[Row | None, Row | None]:
    """The leaves before and after this one among those that may be explained now, or else among all."""
    near = open_rows(opened, rows)
    near = near if row in near else rows
    at = near.index(row)
    return (near[at - 1] if at else None), (near[at + 1] if at + 1 < len(near) else None)


def _documents(opened: Opened, criterion: Criterion, *, may_write: bool, url: str) -> dict[str, Any]:
    """What was brought for the explanation, to be added to where it is written, and what stood there before: `flow` and
    `before`, None for who may not open documents."""
    participant = opened.dossier.participant
    if not can(opened.user, VIEW_EVIDENCE, participant) and criterion.component_path not in opened.reader.sight.judged:
        return {"flow": None, "before": None}
    papers = Papers(participant)
    own, before = (
        evidence_for(participant, criterion, purpose, reader=opened.user, papers=papers)
        for purpose in (Purpose.EXPLANATION, Purpose.DECLARED)
    )
    return {
        "flow": flow_of(own, may_write=may_write, back=url, asked=asked_of(opened.dossier) if may_write else None),
        "before": flow_of(before, may_write=False, back=url),
    }


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

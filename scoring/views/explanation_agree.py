"""Đồng ý tất cả mục còn lại: what is given up is shown first, agreed to in one press, and taken back as easily."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from scoring.forms.explanation import AgreeForm, UndoForm
from scoring.models import Explanation
from scoring.permissions import EXPLAIN
from scoring.selectors.dossiers import explanation_below, explanation_visible_to
from scoring.selectors.explanation import rows_of
from scoring.services.agreeing import CHANGED, agree_to_all, undo
from scoring.services.before_explanation import look, points_of
from scoring.services.errors import Conflict
from scoring.services.pen import explanation_pen
from scoring.views.explanation_frame import Opened, opened_by
from scoring.views.explanation_showing import line_of
from units.vietnamese import show_points
from units.views.gates import SignedInRequest, route

CONFLICT = 409


@route(EXPLAIN, explanation_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    opened = opened_by(request.user, explanation)
    if request.method != "POST":
        return _page(request, opened)
    form = AgreeForm(request.POST)
    if not form.is_valid():
        return _page(request, opened, CHANGED, CONFLICT)
    try:
        agreed = agree_to_all(
            explanation.participant, form.seen, batch=form.cleaned_data["batch"], by=request.user
        )  # fmt: skip
    except Conflict as refused:
        return _page(request, opened_by(request.user, explanation), refused.sentence, CONFLICT)
    messages.info(request, f"Đã đồng ý {agreed.count} mục. Hoàn tác được đến khi trình thủ trưởng.")
    return redirect("scoring:explanation", *opened.address)


@route(EXPLAIN, explanation_below)
@require_POST
def agree_undo(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    form = UndoForm(request.POST)
    try:
        count = undo(explanation.participant, form.cleaned_data["batch"], by=request.user) if form.is_valid() else 0
    except Conflict as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.info(request, f"Đã bỏ đồng ý {count} mục; các mục này lại chưa có ý kiến.")
    return redirect("scoring:explanation", *opened_by(request.user, explanation).address)


def _page(request: SignedInRequest, opened: Opened, error: str = "", status: int = 200) -> HttpResponse:
    rows = rows_of(opened.explanation, opened.tree, opened.reader, opened.open_leaves)
    may_agree = opened.may_write() and opened.round_number == 1
    left = look([row for row in rows if row.criterion.pk in opened.open_leaves], 1).undecided if may_agree else []
    losing = [row for row in left if row.lost]
    context = opened.frame() | {
        "losing": [line_of(opened, row) for row in losing],
        "others": [line_of(opened, row) for row in left if not row.lost],
        "fields": [f"{row.criterion.pk}:{row.appraised.version}" for row in left if row.appraised],
        "given_up": show_points(points_of(losing)),
        "count": len(left),
        "batch": str(uuid.uuid4()),
        "pen": explanation_pen(opened.dossier, opened.explanation),
        "errors": [{"text": error}] if error else [],
    }
    return render(request, "scoring/explanation/agree.html", context, status=status)

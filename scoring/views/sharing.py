"""Chia việc: who of the unit looks after which leaves, component by component."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from scoring.forms.sharing import ShareForm
from scoring.models import LeafCharge, Submission
from scoring.permissions import SHARE_LEAVES
from scoring.selectors.colleagues import board_visible_to, colleagues_of, shares_of
from scoring.selectors.worksheet import Component
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.sharing import share_out, sharing_pen
from scoring.views.dossier_frame import Opened, open_dossier
from scoring.views.dossier_showing import answer_url
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422


@route(SHARE_LEAVES, board_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def shares(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """The page of shares; POST gives the leaves of one component that were ticked, or all of it."""
    if request.method != "POST":
        return _page(request, submission)
    form = ShareForm(colleagues_of(submission.participant), request.POST)
    if not form.is_valid():
        return _page(request, submission, form, UNPROCESSABLE)
    try:
        codes = share_out(submission.participant, form.chosen, form.person, by=request.user)
    except Incomplete as refused:
        form.add_error("nguoi" if refused.field == "nguoi" else None, refused.sentence)
        return _page(request, submission, form, UNPROCESSABLE)
    except StaleEdit as stale:
        form.add_error(None, _overtaken(stale.current))
        return _page(request, submission, form, CONFLICT)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        return _page(request, submission, form, CONFLICT)
    messages.info(request, _done(codes, dict(form.fields["nguoi"].choices), form))  # type: ignore[attr-defined]
    return redirect(request.path)


def _page(
    request: SignedInRequest, submission: Submission, form: ShareForm | None = None, status: int = 200
) -> HttpResponse:
    opened = open_dossier(request.user, submission, as_loaded=request.method != "POST")
    participant = opened.dossier.participant
    colleagues = colleagues_of(participant)
    components = [component for component in opened.sheet.components if component.asked]
    context = opened.frame() | {
        "form": form,
        "pen": sharing_pen(opened.dossier),
        "shares": shares_of(opened.sheet, opened.charges),
        "panels": [_panel(opened, component, ShareForm(colleagues, auto_id="")) for component in components],
        "ticked": set(form.ticked) if form else set(),
        "person": form.data.get("nguoi", "") if form else "",
        "board_url": reverse("scoring:board", args=opened.address),
    }
    return render(request, "scoring/dossier/shares.html", context, status=status)


def _panel(opened: Opened, component: Component, form: ShareForm) -> dict[str, Any]:
    """One component with its leaves, each with its person; the choices of the form are the colleagues."""
    lines = [line for line in component.lines if line.is_asked]
    return {
        "component": component,
        "people": form.fields["nguoi"].choices,  # type: ignore[attr-defined]
        "rows": [
            {
                "pk": str(line.criterion.pk),
                "line": line,
                "url": answer_url(opened, line),
                "person": opened.charges.get(line.criterion.pk),
            }
            for line in lines
        ],
    }


def _overtaken(rows: list[LeafCharge]) -> str:
    """Who was quicker, leaf by leaf; nothing of the form was stored."""
    if not rows:
        return "Chưa lưu: đồng nghiệp vừa thôi giao tiêu chí này. Xem lại danh sách rồi chia tiếp."
    told = "; ".join(f"{row.criterion.code} nay {row.person.full_name} phụ trách" for row in rows)
    return f"Chưa lưu: {rows[0].given_by.full_name} vừa chia lại. {told}. Xem lại rồi chia tiếp."


def _done(codes: list[str], names: dict[str, str], form: ShareForm) -> str:
    if not codes:
        return "Không có gì thay đổi."
    told = ", ".join(codes)
    person = form.person
    return f"Không giao riêng ai: {told}." if person is None else f"Đã giao {names[str(person)]}: {told}."

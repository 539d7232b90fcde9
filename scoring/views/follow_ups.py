"""Việc theo dõi: tasks that grew from lost points, their documents, and what they bring to next year's worksheet."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from scoring.files.evidence_store import Damaged, Unavailable
from scoring.forms.follow_up import BringForm, TaskForm
from scoring.models import Campaign, Criterion, Submission
from scoring.permissions import COUNT_FOLLOW_UPS, FOLLOW_UP
from scoring.selectors.clock import database_now
from scoring.selectors.colleagues import colleagues_of
from scoring.selectors.follow_ups import (
    DONE,
    MINE,
    OPEN,
    OVERDUE,
    campaign_of_tasks,
    counts_by_unit,
    counts_of_tasks,
    follow_ups_visible_to,
    offered_to,
    tasks_by_leaf,
    tasks_of_unit,
)
from scoring.services.errors import Conflict, Incomplete
from scoring.services.following_up import bring_to_leaf, lost_at, make_task, task_pen
from scoring.views.analysis_showing import say_points
from scoring.views.dossier_frame import open_dossier
from scoring.views.follow_up_task import is_late
from scoring.views.refused_upload import REFUSALS, explain
from units.vietnamese import format_date
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
TABS = (("", "Tất cả"), (OPEN, "Chưa xong"), (OVERDUE, "Quá hạn"), (MINE, "Của tôi"), (DONE, "Xong"))


@route(FOLLOW_UP, follow_ups_visible_to)
@require_safe
def follow_ups(request: SignedInRequest, submission: Submission) -> HttpResponse:
    """The unit's tasks of all years, and the lost points of this one that a task can be made from."""
    opened = open_dossier(request.user, submission, as_loaded=True)
    participant = opened.dossier.participant
    today = timezone.localdate(opened.dossier.now)
    which = request.GET.get("loc", "")
    which = which if which in dict(TABS) else ""
    pen = task_pen(opened.dossier)
    lost = lost_at(participant, opened.sight).values() if pen else ()
    made = tasks_by_leaf(participant)
    context = opened.frame() | {
        "tasks": [(task, is_late(task, today)) for task in tasks_of_unit(participant, today, which, request.user)],
        "counts": counts_of_tasks(participant, today),
        "tabs": [
            {"label": label, "url": f"?loc={key}" if key else "?", "count": None, "current": key == which}
            for key, label in TABS
        ],
        "pen": pen,
        "lost": [
            {
                "text": f"{row.code} {row.title}",
                "points": say_points(row.lost),
                "tasks": made[row.code],
                "url": reverse("scoring:follow_up_add", args=[*opened.address, row.code]),
            }
            for row in lost
        ],
        "board_url": reverse("scoring:board", args=opened.address),
        "analysis_url": reverse("scoring:analysis_unit", args=opened.address),
    }
    return render(request, "scoring/follow_ups/list.html", context)


@route(FOLLOW_UP, follow_ups_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """A new task at one leaf that lost points; Http404 at a leaf that lost none."""
    criterion = _criterion(request, submission)
    opened = open_dossier(request.user, submission)
    participant, pen = opened.dossier.participant, task_pen(opened.dossier)
    lost = lost_at(participant, opened.sight).get(criterion.code) if pen else None
    if pen and lost is None:
        raise Http404
    is_post = request.method == "POST"
    form, status = TaskForm(colleagues_of(participant), request.POST if is_post else None), 200
    if is_post:
        status = UNPROCESSABLE if pen else CONFLICT
        if lost is not None and form.is_valid():
            try:
                task = make_task(participant, criterion, form.task, say_points(lost.lost), by=request.user)
            except (Incomplete, Conflict) as refused:
                status = explain(form, "", refused)
            else:
                messages.info(request, f"Đã lập việc theo dõi {criterion.code}, hạn {format_date(task.due_on)}.")
                return redirect("scoring:follow_ups", *opened.address)
    context = opened.frame() | {
        "criterion": criterion,
        "form": form if pen else None,
        "refusal": pen.reason,
        "lost": say_points(lost.lost) if lost else "",
        "list_url": reverse("scoring:follow_ups", args=opened.address),
    }
    return render(request, "scoring/follow_ups/add.html", context, status=status)


@route(FOLLOW_UP, follow_ups_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def offers(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """What earlier tasks offer to one leaf; POST lets one document stand for it. A part of the leaf's page for its
    script, else a page."""
    criterion = _criterion(request, submission)
    participant = submission.participant
    address = [participant.campaign.organiser.slug, participant.campaign.code, participant.code, criterion.code]
    form, status = BringForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            given = form.cleaned_data
            try:
                bring_to_leaf(participant, criterion, given["file"], key=given["key"], by=request.user)
            except (*REFUSALS, Damaged, Unavailable) as refused:
                status = explain(form, "", refused)
            else:
                messages.info(request, f"Đã dùng tài liệu cho {criterion.code}. Điền số, ngày văn bản ở tài liệu đó.")
                return redirect("scoring:answer", *address)
    context: dict[str, Any] = {
        "campaign": participant.campaign,
        "participant": participant,
        "criterion": criterion,
        "offered": [(row, uuid.uuid4()) for row in offered_to(participant, criterion)],
        "form": form,
        "url": request.path,
    }
    if "fetch" in request.headers.get("X-Requested-With", "") and request.method != "POST":
        return render(request, "scoring/follow_ups/_offers.html", context)
    frame = open_dossier(request.user, submission).frame()
    context = frame | context | {"leaf_url": reverse("scoring:answer", args=address)}
    return render(request, "scoring/follow_ups/offers.html", context, status=status)


@route(COUNT_FOLLOW_UPS, campaign_of_tasks)
@require_safe
def campaign(request: SignedInRequest, found: Campaign) -> HttpResponse:
    """How many tasks each unit made of the year's lost points; what they say is the units' own."""
    context = {
        "campaign": found,
        "is_sample": found.is_sample,
        "rows": counts_by_unit(found, timezone.localdate(database_now())),
    }
    return render(request, "scoring/follow_ups/campaign.html", context)


def _criterion(request: SignedInRequest, submission: Submission) -> Criterion:
    """The leaf of the address in the unit's set; Http404 for none."""
    code = request.resolver_match.kwargs["criterion"] if request.resolver_match else ""
    leaves = Criterion.objects.in_force().filter(criteria_set=submission.participant.criteria_set_id, code=code)
    found = leaves.select_related("criteria_set").filter(rule__isnull=False).first()
    if found is None:
        raise Http404
    return found

"""One task that grew from a lost point: its words, its person and day, its documents."""

from __future__ import annotations

import datetime
import io
import logging

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import FollowUpState
from scoring.files.evidence_store import Damaged, Unavailable, open_whole
from scoring.forms.follow_up import TaskFileForm, TaskForm
from scoring.models import FollowUp
from scoring.permissions import FOLLOW_UP
from scoring.selectors.colleagues import colleagues_of
from scoring.selectors.follow_ups import file_of_task, files_of, follow_up_at
from scoring.selectors.scans import held_back
from scoring.services.errors import Conflict, Incomplete, StaleEdit
from scoring.services.following_up import add_file, change_task, take_file_off
from scoring.views.dossier_frame import open_dossier
from scoring.views.evidence import seal
from scoring.views.refused_upload import REFUSALS, explain
from scoring.views.stale import Clash, again, stale_page
from units.vietnamese import format_date
from units.views.gates import SignedInRequest, route

log = logging.getLogger(__name__)
FORBIDDEN, CONFLICT, TOO_LARGE, UNPROCESSABLE, UNAVAILABLE = 403, 409, 413, 422, 503


@route(FOLLOW_UP, follow_up_at)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: SignedInRequest, task: FollowUp) -> HttpResponseBase:
    """One task; POST changes it."""
    if request.method != "POST":
        return _page(request, task)
    form = TaskForm(colleagues_of(task.participant), request.POST, row=task)
    if not form.is_valid():
        return _page(request, task, form, status=UNPROCESSABLE)
    try:
        changed = change_task(task, form.task, seen=form.cleaned_data["version"], by=request.user)
    except (Incomplete, Conflict) as refused:
        status = explain(form, "", refused)
        return _page(request, task, form, status=status)
    except StaleEdit as stale:
        return _overtaken(request, task, form, stale.current)
    messages.info(request, f"Đã lưu việc theo dõi {task.criterion.code}: {FollowUpState(changed.state).label.lower()}.")
    return redirect("scoring:follow_ups", *_address(task))


@route(FOLLOW_UP, follow_up_at)
@require_POST
def bring_file(request: SignedInRequest, task: FollowUp) -> HttpResponseBase:
    """A document for the task comes in."""
    form = TaskFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, task, files=form, status=UNPROCESSABLE)
    try:
        made = add_file(task, form.cleaned_data["file"], form.cleaned_data["abstract"], by=request.user)
    except REFUSALS as refused:
        return _page(request, task, files=form, status=explain(form, "file", refused))
    messages.info(request, f"Đã lưu “{made.abstract}”.")
    return redirect("scoring:follow_up", *_address(task), task.pk)


@route(FOLLOW_UP, follow_up_at)
@require_safe
def file(request: SignedInRequest, task: FollowUp) -> HttpResponseBase:
    """The bytes of a document, hashed before the first goes out; only ever saved."""
    found = file_of_task(task, _number(request))
    if sentence := held_back(found.sha256, task.participant, request.user):
        return _page(request, task, errors=[sentence], status=FORBIDDEN)
    try:
        body = open_whole(found.key, found.sha256, found.size)
    except (Damaged, Unavailable) as fault:
        log.error("file of a task %s: %s", found.pk, type(fault).__name__)
        return _page(request, task, errors=[str(fault)], status=UNAVAILABLE)
    if request.method == "HEAD":
        body.close()
        body = io.BytesIO()
    response = FileResponse(body, as_attachment=True, filename=found.name, content_type="application/octet-stream")
    response["Content-Length"] = str(found.size)
    return seal(response)


@route(FOLLOW_UP, follow_up_at)
@require_POST
def drop_file(request: SignedInRequest, task: FollowUp) -> HttpResponseBase:
    """A document is taken off the task; pressed twice it is gone once."""
    found = task.files.filter(pk=_number(request)).first()
    if found is None:
        raise Http404
    found.follow_up = task
    take_file_off(found, by=request.user)
    messages.info(request, f"Đã gỡ “{found.abstract}” khỏi việc theo dõi.")
    return redirect("scoring:follow_up", *_address(task), task.pk)


def is_late(task: FollowUp, today: datetime.date) -> bool:
    return task.state != FollowUpState.DONE and task.due_on < today


def _page(
    request: SignedInRequest,
    task: FollowUp,
    form: TaskForm | None = None,
    *,
    files: TaskFileForm | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    opened = open_dossier(request.user, task.participant.submission)
    context = opened.frame() | {
        "task": task,
        "is_late": is_late(task, timezone.localdate(opened.dossier.now)),
        "form": form or TaskForm(colleagues_of(task.participant), row=task),
        "files": files_of(task),
        "file_form": files or TaskFileForm(),
        "errors": [{"text": text} for text in errors or []],
        "list_url": reverse("scoring:follow_ups", args=opened.address),
    }
    return render(request, "scoring/follow_ups/task.html", context, status=status)


def _overtaken(request: SignedInRequest, task: FollowUp, form: TaskForm, current: FollowUp) -> HttpResponse:
    given = form.cleaned_data
    names = dict(form.fields["owner"].choices)  # type: ignore[attr-defined]
    clash = Clash(
        heading=f"Việc theo dõi {task.criterion.code}",
        typed=_said(given["text"], names[given["owner"]], format_date(given["due_on"]), given["state"]),
        stands=_said(current.text, current.owner.full_name, format_date(current.due_on), current.state),
        url=request.path,
        fields=again(request.POST, "version", current.version),
        who=current.changed_by.full_name,
        at=current.changed_at,
    )
    opened = open_dossier(request.user, task.participant.submission)
    return stale_page(request, [clash], request.path, opened.frame())


def _said(text: str, owner: str, due_on: str, state: str) -> str:
    return f"{text}\nNgười làm: {owner}\nHạn: {due_on}\nTình trạng: {FollowUpState(state).label}"


def _number(request: SignedInRequest) -> int:
    return int(request.resolver_match.kwargs["file"]) if request.resolver_match else 0


def _address(task: FollowUp) -> tuple[str, str, str]:
    participant = task.participant
    return participant.campaign.organiser.slug, participant.campaign.code, participant.code

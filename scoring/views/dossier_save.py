"""What an open worksheet tells the portal by itself: typing as it comes; and what it asks: have colleagues been here.

JSON both ways, answered alike for every page that types figures. Refusals before these views (nobody signed in, an old
token, no right) have the same shape: `parindex.answers`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import wraps
from typing import Any

from django.db import DatabaseError
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from scoring.enums import SubmissionState
from scoring.forms.dossier import AnswerForm, KeyForm
from scoring.models import Campaign, Criterion, Submission
from scoring.permissions import DECLARE
from scoring.selectors.pulse import Beat, beats_of, revision_of
from scoring.selectors.unfinished import leaf_at
from scoring.selectors.worksheet import dossier_visible_to
from scoring.services.autosave import Overtaken, Typed, save
from scoring.services.errors import Conflict, Incomplete
from scoring.services.last_year import warning_beside
from scoring.services.leaves import leaf_of
from scoring.views.autosave_showing import EMPTIED, faults_against, told_clash, told_kept
from scoring.views.dossier_frame import Opened, open_dossier
from scoring.views.dossier_showing import totals_of
from units.vietnamese import format_clock, show_points
from units.views.gates import SignedInRequest, route

log = logging.getLogger(__name__)
CONFLICT, UNPROCESSABLE, UNAVAILABLE = 409, 422, 503
SOON = 5  # seconds after which a page asks again
VERSIONS = ("version", "unfinished")


def busy_in_words(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A database that is locked, full or gone is told as such: nothing was stored, the page asks again."""

    @wraps(view)
    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except DatabaseError:  # every write is one transaction, which has been rolled back by now
            log.exception("an open worksheet was not served")
            answer = JsonResponse({"state": "busy", "retry_after": SOON}, status=UNAVAILABLE)
            answer["Retry-After"] = str(SOON)
            return answer

    return told


@busy_in_words
@route(DECLARE, dossier_visible_to)
@require_POST
def answer_save(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """Keep what stands in the form of one leaf, whatever it is; the fields are those of the leaf's own page."""
    participant = submission.participant
    criterion = leaf_at(participant, _in_address(request, "criterion"))
    leaf = leaf_of(criterion, participant.campaign)
    form, key = AnswerForm(leaf, request.POST), KeyForm(request.POST)
    typed = _typed(form, criterion, participant.campaign)
    if not key.is_valid() or any(name in form.errors for name in VERSIONS):
        return _refused([*_of_request(key), *_of_request(form)])
    try:
        kept = save(
            participant, criterion, typed,
            seen=form.cleaned_data["version"],
            unfinished=form.cleaned_data["unfinished"] or 0,
            key=key.cleaned_data["key"],
            by=request.user,
        )  # fmt: skip
    except Overtaken as overtaken:
        return JsonResponse(told_clash(leaf, overtaken, timezone.now()), status=CONFLICT)
    except Conflict as closed:
        return JsonResponse({"state": "closed", "text": closed.sentence}, status=CONFLICT)
    except Incomplete as incomplete:
        return _refused([{"key": incomplete.field, "label": "", "text": incomplete.sentence, "readings": []}])
    answer = told_kept(kept, leaf, criterion, typed.content.inputs if typed.content else None)
    if not kept.unfinished and typed.content is not None:
        beside = warning_beside(participant, criterion, typed.content.inputs)
        answer["warning"] = " ".join(filter(None, (kept.warning, beside)))
    return JsonResponse(answer)


@busy_in_words
@route(DECLARE, dossier_visible_to)
@require_safe
def dossier_pulse(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """204 where all stands as in `?ban=`; else every leaf with its versions, the totals and what is left to do."""
    beats = beats_of(submission.participant)
    revision = revision_of(submission, beats)
    if request.GET.get("ban") == revision:
        return HttpResponse(status=204)
    opened = open_dossier(request.user, submission, as_loaded=True)
    totals = totals_of(opened)
    told = {
        "rev": revision,
        "submission": {"state": SubmissionState(submission.state).value, "version": submission.version},
        "leaves": _leaves(opened, beats),
        "totals": totals and {name: getattr(totals, name) for name in ("points", "max_points", "index", "grade")},
        "check": _check(opened),
        "questions": 0,
    }
    return JsonResponse(told)


def _typed(form: AnswerForm, criterion: Criterion, campaign: Campaign) -> Typed:
    """What stands in the form: an answer that the rule takes, or typing with the reasons why it is none yet."""
    faults = faults_against(form, criterion, campaign)
    if not faults and form.is_given:
        return Typed(form.content, form.raw)
    if form.raw:
        return Typed(None, form.raw, faults)
    return Typed(None, {}, [{"key": "", "label": "", "text": EMPTIED, "readings": []}])


def _of_request(form: Form) -> list[Mapping[str, Any]]:
    """What makes a request unreadable: its key or its versions, which nobody sees."""
    names = [name for name in form.errors if name in (*VERSIONS, "key")]
    return [{"key": name, "label": "", "text": str(form.errors[name][0]), "readings": []} for name in names]


def _refused(faults: list[Mapping[str, Any]]) -> JsonResponse:
    return JsonResponse({"state": "refused", "faults": faults}, status=UNPROCESSABLE)


def _leaves(opened: Opened, beats: dict[str, Beat]) -> dict[str, list[Any]]:
    """Every leaf that the unit answers: [version, unfinished, documents, who, "14:03"]."""
    found = {}
    for line in opened.sheet.lines:
        if line.is_asked:
            beat = beats.get(line.criterion.code, Beat())
            at = format_clock(beat.at, opened.dossier.now) if beat.at else ""
            found[line.criterion.code] = [beat.version, beat.unfinished, beat.documents, beat.who, at]
    return found


def _check(opened: Opened) -> dict[str, Any]:
    """How much is left to do: what cannot be handed in as it stands, what only costs points, and how many points."""
    found = opened.check
    blocking, doubts = (found.blocking, found.doubts) if found else ((), [])
    stake = found.at_stake if found else Decimal(0)
    return {"blocking": len(blocking), "warnings": len(doubts), "at_stake": show_points(stake)}


def _in_address(request: HttpRequest, name: str) -> str:
    return request.resolver_match.kwargs[name] if request.resolver_match else ""

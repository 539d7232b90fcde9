"""Edits of a campaign's own data: one form, one version, and what happens when somebody was quicker."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.forms import Form, ModelChoiceField
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from scoring.models import Campaign
from scoring.services.errors import Blocked, Conflict, Incomplete, StaleEdit, WrongFigures
from units.vietnamese import format_date, format_datetime
from units.views.gates import SignedInRequest

UNPROCESSABLE, CONFLICT = 422, 409
MOST_COMPARED = 40
"""Fields of a form that are shown side by side one and all; of a longer one only those that differ."""


def campaign_url(campaign: Campaign, name: str = "campaign", *more: str) -> str:
    """The address of a page of the campaign."""
    return reverse(f"scoring:{name}", args=[campaign.organiser.slug, campaign.code, *more])


def name_of(request: SignedInRequest) -> str:
    """The name of the step in the address."""
    return str(request.resolver_match.kwargs["name"]) if request.resolver_match else ""


def edit(
    request: SignedInRequest,
    campaign: Campaign,
    form: Form,
    save: Callable[[], str],
    *,
    template: str,
    context: dict[str, Any],
    then: str,
    current: Callable[[], dict[str, Any]],
) -> HttpResponseBase:
    """Show `form` (GET) or save it (POST).

    `save` stores what the valid form holds and returns the sentence to show on the page `then`. A refusal shows the
    form again with what was typed: 422 for what the form must mend, 409 for what does not fit the state of things.
    An edit from an older version gets both texts side by side; `current` gives what the form would hold now.
    """
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                messages.info(request, save())
                return redirect(then)
            except StaleEdit as stale:
                return stale_edit(request, campaign, form, stale, current())
            except Incomplete as fault:
                form.add_error(fault.field if fault.field in form.fields else None, fault.sentence)
            except WrongFigures as wrong:
                for key, sentence in wrong.faults:
                    form.add_error(key if key in form.fields else None, sentence)
            except Blocked as refused:
                status = CONFLICT
                for sentence in (refused.sentence, *refused.reasons):
                    form.add_error(None, sentence)
            except Conflict as refused:
                status = CONFLICT
                form.add_error(None, refused.sentence)
    shown = {"campaign": campaign, "form": form, "is_sample": campaign.is_sample}
    return render(request, template, shown | context, status=status)


def one_button(
    request: SignedInRequest, campaign: Campaign, form: Form, act: Callable[[int], str], then: str
) -> HttpResponseBase:
    """An act of one button: `act` takes the version of the page and returns the sentence to show on the page `then`.

    A refusal is a page of its own with the sentence and the way back.
    """
    if not form.is_valid():
        sentences = [str(text) for errors in form.errors.values() for text in errors]
        return refusal(request, campaign, sentences, then, UNPROCESSABLE)
    try:
        messages.info(request, act(form.cleaned_data["version"]))
    except (StaleEdit, Conflict) as refused:
        return refusal(request, campaign, [str(refused)], then, CONFLICT)
    return redirect(then)


def refusal(
    request: SignedInRequest, campaign: Campaign, sentences: Iterable[str], back: str, status: int
) -> HttpResponse:
    """Why nothing was done, and the way back."""
    context = {"campaign": campaign, "sentences": list(sentences), "back": back, "is_sample": campaign.is_sample}
    return render(request, "scoring/refused.html", context, status=status)


def stale_edit(
    request: SignedInRequest, campaign: Campaign, form: Form, stale: StaleEdit, current: dict[str, Any]
) -> HttpResponse:
    """409 with what was typed and what stands now, side by side; nothing is lost and nothing overwritten."""
    rows = [
        {"label": form[name].label, "typed": typed, "stands": stands, "differs": typed != stands}
        for name in form.fields
        if name != "version"
        for typed, stands in [(_as_read(form, name, form[name].data), _as_read(form, name, current.get(name)))]
    ]
    if len(rows) > MOST_COMPARED:
        rows = [row for row in rows if row["differs"]]
    context = {"campaign": campaign, "sentence": str(stale), "rows": rows, "is_sample": campaign.is_sample}
    return render(request, "scoring/stale.html", context, status=CONFLICT)


def _as_read(form: Form, name: str, value: Any) -> str:
    """A value as people read it: the label of a choice, a day as dd/mm/yyyy, line breaks alike."""
    field = form.fields[name]
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, datetime.datetime):
        return format_datetime(timezone.localtime(value))
    if isinstance(value, datetime.date):
        return format_date(value)
    if isinstance(value, list):
        # A day and an hour stand in two inputs; they are read like a stored moment.
        return " ngày ".join(reversed([str(part) for part in value if part]))
    if isinstance(field, ModelChoiceField):
        chosen = field.queryset.filter(pk=value).first() if str(value or "").isdecimal() else None  # type: ignore[union-attr]
        return str(chosen or "")
    choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    text = "" if value is None else str(value)
    return choices.get(text, text).replace("\r\n", "\n").strip()

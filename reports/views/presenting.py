"""What the workspace pages of a publication show."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from reports.enums import PublicationState as S
from reports.forms import FORMS, ApproveForm, DecisionForm, SeenForm
from reports.models import Publication
from reports.selectors.differences import differences
from reports.selectors.public import version_root
from reports.selectors.publications import last_public
from reports.services.transitions import Offer, available
from units import trail
from units.services.second_factor import has_factor
from units.vietnamese import format_date, format_datetime
from units.views.gates import SignedInRequest
from units.views.trail import rows_of

_ORDER = (S.DRAFTED, S.SENT, S.SIGNED, S.APPROVED, S.RELEASING, S.RELEASED)

_NEXT = {S.DRAFTED: "send", S.SENT: "record_decision", S.SIGNED: "approve", S.APPROVED: "release"}
"""The step that leads on, from each state; everything else is folded away."""

_FAULT_TITLES = {
    "record_decision": "Chưa ghi quyết định",
    "approve": "Chưa duyệt",
    "withdraw": "Chưa thu hồi",
}
"""What has not happened, over the faults of each form."""


def publication_page(
    request: SignedInRequest, publication: Publication, *, bound: tuple[str, SeenForm] | None = None, status: int = 200
) -> HttpResponse:
    """The page of one publication; `bound` is a form that was sent in and has faults."""
    dataset = json.loads(publication.dataset)
    before = last_public(publication)
    offers = [_with_form(item, request, publication, bound) for item in available(publication, request.user)]
    context = {
        "publication": publication,
        "campaign": publication.campaign,
        "organiser": publication.campaign.organiser,
        "is_sample": publication.campaign.is_sample,
        "steps": steps(publication),
        "next_step": next((item for item in offers if item["is_next"]), None),
        "other_steps": [item for item in offers if not item["is_next"] and not item["refusal"]],
        "groups": dataset["groups"],
        "units": sum(group["count"] for group in dataset["groups"]),
        "before": before,
        "differences": differences(json.loads(before.dataset), dataset) if before else None,
        "is_open": publication.state in _ORDER[:5],
        "is_releasing": publication.state == S.RELEASING,
        "public_url": _public_url(publication),
        "preview_url": reverse("reports:preview_home", args=[publication.campaign.organiser.slug, publication.pk]),
        "history": _history(publication),
        "head": trail.head_of(publication.campaign.trail_scope),
    }
    response = render(request, "reports/publication.html", context, status=status)
    if publication.state == S.RELEASING and status == 200:
        response["Refresh"] = "4"  # the progress is seen without a script
    return response


def _history(publication: Publication) -> list[dict[str, Any]]:
    """What was done with this version, newest first: a dozen entries in its whole life."""
    entries = trail.entries_of(publication.campaign.trail_scope)
    return rows_of(entries.filter(trail.about(Publication.objects.filter(pk=publication.pk))))


def steps(publication: Publication) -> list[dict[str, Any]]:
    """The six steps of the strip, each with the fact that shows it was done."""
    approver = publication.approved_by
    facts = [
        ("Chốt số liệu", f"Lần tính {publication.run.number}, {publication.drafted_by.full_name}"),
        ("Trình ký", format_datetime(publication.sent_at) if publication.sent_at else "Ký ngoài cổng"),
        ("Số, ngày quyết định", _decision(publication)),
        ("Người thứ hai duyệt", approver.full_name if approver else "Lãnh đạo, không phải người soạn"),
        ("Tạo trang và tệp", _progress(publication)),
        ("Công bố", format_datetime(publication.released_at) if publication.released_at else "Chưa công bố"),
    ]
    reached = _reached(publication)
    shown = []
    for place, (label, fact) in enumerate(facts):
        state = "done" if place < reached else "second" if place == 3 else "now" if place == reached else "later"
        shown.append({"label": label, "fact": fact, "state": state, "current": place == reached and reached < 6})
    return shown


def _reached(publication: Publication) -> int:
    """How many of the six steps are done."""
    if publication.released_at is not None:
        return 6
    if publication.state == S.DISCARDED:
        return 1
    return {S.DRAFTED: 1, S.SENT: 2, S.SIGNED: 3, S.APPROVED: 4, S.RELEASING: 4}[S(publication.state)]


def _decision(publication: Publication) -> str:
    if not publication.decision_number:  # a past table may come without one, but only once that has been said
        return "Ghi sau khi ký" if _reached(publication) < 3 else "Bảng cũ, không rõ số"
    date = f" ngày {format_date(publication.decision_date)}" if publication.decision_date else ""
    return f"{publication.decision_number}{date}"


def _progress(publication: Publication) -> str:
    if publication.state != S.RELEASING:
        return ""
    return f"{publication.progress_done} trong {publication.progress_total or '…'} trang"


def _public_url(publication: Publication) -> str | None:
    return f"/{version_root(publication)}" if publication.state in (S.RELEASED, S.SUPERSEDED) else None


def _with_form(
    offer: Offer, request: SignedInRequest, publication: Publication, bound: tuple[str, SeenForm] | None
) -> dict[str, Any]:
    """An offer with its empty, prefilled or faulty form; none where the person is refused."""
    form: SeenForm | None = None
    if not offer.refusal:
        sent = bound and bound[0] == offer.name
        form = bound[1] if bound and sent else _empty_form(offer.name, request, publication)
    url = reverse("reports:act", args=[publication.campaign.organiser.slug, publication.pk, offer.name])
    return {
        "name": offer.name,
        "button": offer.button,
        "refusal": offer.refusal,
        "form": form,
        "url": url,
        "is_next": _NEXT.get(S(publication.state)) == offer.name,
        "is_open": bool(form is not None and form.errors),
        "fault_title": _FAULT_TITLES.get(offer.name, ""),
    }


def _empty_form(name: str, request: SignedInRequest, publication: Publication) -> SeenForm:
    if name == "record_decision":
        return DecisionForm.prefilled(publication)
    seen = {"revision": publication.revision, "digest": publication.digest}
    return _form_class(name, request)(publication=publication, initial=seen)


def form_for(name: str, request: SignedInRequest, publication: Publication) -> SeenForm:
    """The form of a transition with what was sent."""
    return _form_class(name, request)(request.POST, request.FILES, publication=publication)


def _form_class(name: str, request: SignedInRequest) -> Callable[..., SeenForm]:
    if name == "approve":  # whoever has a second factor is asked for it, and the password, on a page of its own
        return partial(ApproveForm, is_confirmed_elsewhere=has_factor(request.user))
    return FORMS.get(name, SeenForm)

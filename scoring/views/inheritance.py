"""Taking over answers and documents from the dossiers of the units that this one came out of."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from scoring.files.evidence_store import Damaged, StoreFailed, Unavailable
from scoring.forms.inheritance import TakeDocumentForm, TakeOverForm
from scoring.models import Submission
from scoring.permissions import TAKE_OVER
from scoring.selectors.inheritance import Offer, document_to_take, documents_to_take, offers_of, sources_of
from scoring.selectors.worksheet import dossier_visible_to
from scoring.services.errors import Conflict, Incomplete, StaleEdit, WrongFigures
from scoring.services.evidence import FilesRefused
from scoring.services.evidence_pen import pens_of
from scoring.services.evidence_taking import take_over_evidence
from scoring.services.inheritance import take_over_answers
from scoring.services.leaves import leaf_of
from scoring.services.values import content_of
from scoring.views.dossier_frame import open_dossier
from scoring.views.editing import CONFLICT, UNPROCESSABLE
from scoring.views.showing import say_content
from units.enums import Role
from units.selectors import ACTIVE, people_of
from units.views.gates import SignedInRequest, route


@route(TAKE_OVER, dossier_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def take_over(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """What the predecessors said, leaf by leaf; POST takes over what was chosen."""
    form = _form(submission, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, submission, form)
    if not form.is_valid():
        return _page(request, submission, form, status=UNPROCESSABLE)
    try:
        taken = take_over_answers(submission.participant, form.chosen, form.seen, by=request.user)
    except (Incomplete, WrongFigures) as refused:
        form.add_error(None, refused.sentence if isinstance(refused, Incomplete) else _WRONG)
        return _page(request, submission, form, status=UNPROCESSABLE)
    except (Conflict, StaleEdit) as refused:
        form.add_error(None, str(refused))
        return _page(request, submission, form, status=CONFLICT)
    messages.info(request, f"Đã tiếp nhận số liệu của {len(taken)} tiêu chí. Xem lại từng mục trước khi nộp.")
    return redirect("scoring:worksheet", *_address(submission))


@route(TAKE_OVER, dossier_visible_to)
@require_POST
def take_document(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """One document of a predecessor comes into the unit's own, for a leaf if one was chosen."""
    participant = submission.participant
    file = int(request.resolver_match.kwargs["file"]) if request.resolver_match else 0
    source = document_to_take(participant, file)
    form = TakeDocumentForm(request.POST, participant=participant, prefix=f"tl-{file}")
    status, sentence = UNPROCESSABLE, "Chọn lại tiêu chí trong danh sách."
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = take_over_evidence(
                participant, source, by=request.user, criterion=data["criterion"], pages=data["pages"]
            )
            messages.info(request, f"Đã tiếp nhận tài liệu “{made.abstract}”.")
            return redirect("scoring:take_over", *_address(submission))
        except Conflict as refused:
            status, sentence = CONFLICT, refused.sentence
        except Incomplete as refused:
            sentence = refused.sentence
        except FilesRefused as refused:  # the scanner looked at it for the first time
            sentence = refused.faults[0].sentence
        except (StoreFailed, Damaged, Unavailable) as fault:
            status, sentence = UNAVAILABLE, str(fault)
    answers = _form(submission, None)
    return _page(request, submission, answers, [{"text": sentence, "url": f"#tl-{file}"}], status)


UNAVAILABLE = 503
_WRONG = "Có số liệu không hợp với quy tắc của bộ tiêu chí năm nay. Bỏ chọn mục ấy rồi nhập tay."


def _form(submission: Submission, data: Any) -> TakeOverForm:
    participant = submission.participant
    rows = offers_of(participant, sources_of(participant))

    def say(offer: Offer) -> str:
        leaf = leaf_of(offer.value.criterion, offer.source.campaign)
        return say_content(leaf, content_of(offer.value))

    return TakeOverForm(rows, say, data)


def _page(
    request: SignedInRequest,
    submission: Submission,
    form: TakeOverForm,
    errors: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    participant = submission.participant
    sources = sources_of(participant)
    taking = pens_of(participant).any
    documents = [
        (file, TakeDocumentForm(participant=participant, prefix=f"tl-{file.pk}") if taking else None)
        for file in documents_to_take(participant, sources)
    ]
    campaign = participant.campaign
    opened = open_dossier(request.user, submission)
    context = opened.frame() | {
        "to_ask": [] if opened.pen() else people_of(campaign.organiser, role=Role.COORDINATOR, standing=ACTIVE),
        "form": form,
        "sources": [
            (item, reverse("scoring:worksheet", args=[campaign.organiser.slug, campaign.code, item.code]))
            for item in sources
        ],
        "documents": documents,
        "errors": errors or [],
    }
    return render(request, "scoring/dossier/take_over.html", context, status=status)


def _address(submission: Submission) -> list[str]:
    participant = submission.participant
    return [participant.campaign.organiser.slug, participant.campaign.code, participant.code]

"""One file taken in from the page of a leaf, for its script; the plain form of that page goes to `evidence.add`."""

from __future__ import annotations

import logging
from typing import Any

from django.db import DatabaseError
from django.http import HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_POST

from scoring.files.evidence_names import clean_name
from scoring.files.evidence_store import StoreFailed
from scoring.forms.evidence import BackForm, UploadForm
from scoring.models import Evidence, Participant
from scoring.permissions import ADD_EVIDENCE
from scoring.selectors.dossiers import participant_visible_to
from scoring.selectors.evidence import document_of
from scoring.selectors.scans import scan_state
from scoring.services.errors import Conflict, Incomplete
from scoring.services.evidence import FilesRefused
from scoring.services.evidence_flow import upload
from scoring.views.evidence import CONFLICT, TOO_LARGE, UNAVAILABLE, UNPROCESSABLE, arguments_of
from scoring.views.evidence_cards import card_of
from units.views.gates import SignedInRequest, route

log = logging.getLogger(__name__)
CREATED = 201
RETRY_SECONDS = 5
BUSY = "Cổng đang bận nên chưa lưu được tệp “{name}”. Tệp còn trên máy này, cổng sẽ thử lại."


@route(ADD_EVIDENCE, participant_visible_to)
@require_POST
def upload_one(request: SignedInRequest, participant: Participant) -> HttpResponseBase:
    """201 with the card of the document; 409, 413, 422, 503 with a sentence that names the file (docs/evidence.md)."""
    form = UploadForm(request.POST, request.FILES, participant=participant)
    given = request.FILES.get("file")
    name = clean_name(given.name or "") if given else ""
    if not form.is_valid():
        return _refused(name, [str(text) for errors in form.errors.values() for text in errors], UNPROCESSABLE)
    data = form.cleaned_data
    try:
        evidence = upload(
            participant,
            data["file"],
            key=data["key"],
            by=request.user,
            criterion=data["criterion"],
            purpose=data["purpose"],
        )
    except FilesRefused as fault:
        sentences = [one.sentence for one in fault.faults]
        return _refused(name, sentences, TOO_LARGE if fault.is_too_large else UNPROCESSABLE)
    except Incomplete as fault:
        return _refused(name, [fault.sentence], UNPROCESSABLE)
    except Conflict as fault:
        return _answer(_naming(name, fault.sentence), CONFLICT, "closed")
    except StoreFailed as fault:
        return _busy(_naming(name, str(fault)))
    except DatabaseError:
        log.exception("evidence upload")
        return _busy(BUSY.format(name=name))
    return JsonResponse(_stored(request, participant, evidence, data), status=CREATED)


def _stored(
    request: SignedInRequest, participant: Participant, evidence: Evidence, data: dict[str, Any]
) -> dict[str, Any]:
    evidence.participant = participant
    document = document_of(evidence, request.user)
    wanted = data["criterion"]
    use = next((use for use in document.uses if wanted and use.criterion_id == wanted.pk), None)
    card = ""
    if use is not None:
        back = BackForm(request.POST)
        shown = card_of(use, document, may_write=True, back=back.cleaned_data["back"] if back.is_valid() else "")
        context = {"card": shown, "campaign": participant.campaign, "is_new": True}
        card = render_to_string("scoring/evidence/_flow_card.html", context, request=request)
    proposal = reverse("scoring:evidence_proposal", args=[*arguments_of(participant), evidence.pk])
    scan = scan_state(document.newest.sha256)
    return {"state": "stored", "pk": evidence.pk, "card": card, "proposal": proposal, "scan": scan}


def _naming(name: str, sentence: str) -> str:
    return sentence if not name or f"“{name}”" in sentence else f"Chưa lưu tệp “{name}”. {sentence}"


def _refused(name: str, sentences: list[str], status: int) -> JsonResponse:
    return _answer(" ".join(_naming(name, sentence) for sentence in dict.fromkeys(sentences)), status, "refused")


def _answer(text: str, status: int, state: str) -> JsonResponse:
    """As the refusals of the whole portal are shaped for scripts (`parindex.answers`)."""
    faults = [{"key": "file", "label": "", "text": text}]
    return JsonResponse({"state": state, "text": text, "faults": faults}, status=status)


def _busy(text: str) -> JsonResponse:
    answer = JsonResponse({"state": "busy", "retry_after": RETRY_SECONDS, "text": text}, status=UNAVAILABLE)
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer

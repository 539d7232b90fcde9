"""A stored file looked at without saving it: its pages as pictures, and what its head says of itself, as a proposal.

Both are the document's content, so both stand behind the right and the selector of the download.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scoring.enums import EvidenceKind
from scoring.files.evidence_letterhead import read_letterhead
from scoring.files.evidence_names import stem_of
from scoring.files.evidence_pages import MOST_PAGES, Busy, Looked, NotShown, Stored, look, picture
from scoring.files.evidence_store import Damaged, Unavailable, open_whole
from scoring.forms.evidence import DetailsForm
from scoring.models import Evidence, EvidenceFile
from scoring.permissions import VIEW_EVIDENCE
from scoring.selectors.evidence import evidence_visible_to, file_of
from scoring.selectors.scans import held_back
from scoring.views.evidence import FORBIDDEN, UNAVAILABLE, UNPROCESSABLE, document_page, frame_of, seal
from units.vietnamese import format_date
from units.views.gates import SignedInRequest, route

log = logging.getLogger(__name__)
MARK = "Đề xuất từ tệp, xem lại rồi lưu."
NOTHING_FOUND = "Không đọc được số, ngày, cơ quan từ tệp này (bản chụp không có lớp chữ). Nhập theo văn bản."


@dataclass(frozen=True)
class _Sheet:
    """What is shown of a file: the page, or the sentence that says why there is none."""

    looked: Looked | None
    page: int
    sentence: str = ""
    status: int = 200


@route(VIEW_EVIDENCE, evidence_visible_to)
@require_safe
def view(request: SignedInRequest, evidence: Evidence) -> HttpResponse:
    """One page of one version, `?trang=` 1 to 200, with the way to the others and to the download."""
    file = _file(request, evidence)
    wanted = request.GET.get("trang", "")
    sheet = _sheet(
        request, evidence, file, int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 5 else 1
    )
    shown = sheet.looked.shown if sheet.looked else 0
    context = frame_of(request, evidence.participant) | {
        "evidence": evidence,
        "file": file,
        "sentence": sheet.sentence,
        "page": sheet.page,
        "pages": shown,
        "is_cut": bool(sheet.looked and sheet.looked.pages > MOST_PAGES),
        "most": MOST_PAGES,
        "previous": sheet.page - 1 if sheet.page > 1 else None,
        "next": sheet.page + 1 if sheet.page < shown else None,
    }
    return render(request, "scoring/evidence/view.html", context, status=sheet.status)


@route(VIEW_EVIDENCE, evidence_visible_to)
@require_safe
def page(request: SignedInRequest, evidence: Evidence) -> HttpResponseBase:
    """The picture of one page; 404 where the file has no such page, 422 where it cannot be shown, 503 while busy."""
    file = _file(request, evidence)
    number = int(request.resolver_match.kwargs["page"]) if request.resolver_match else 0
    sheet = _sheet(request, evidence, file, number)
    if sheet.looked is None:
        return seal(
            HttpResponse(
                sheet.sentence,
                "text/plain; charset=utf-8",
                status=UNPROCESSABLE if sheet.status == 200 else sheet.status,
            )
        )
    if sheet.page != number:
        raise Http404
    return seal(HttpResponse(picture(_stored(file), number), "image/png"))


@route(VIEW_EVIDENCE, evidence_visible_to)
@require_safe
def proposal(request: SignedInRequest, evidence: Evidence) -> HttpResponseBase:
    """What the newest version says of itself, for the fields that nobody filled in; nothing is stored.

    A script gets {"fields": {name: text}, "text"}; without it the page of the document comes with its form filled in.
    """
    file = evidence.files.order_by("-number").first()
    if file is None:
        raise Http404
    closed = held_back(file.sha256, evidence.participant, request.user)
    fields, sentence, status = ({}, closed, FORBIDDEN) if closed else _proposed(evidence, file)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"fields": fields, "text": sentence}, status=status)
    form = DetailsForm(initial=DetailsForm.initial_of(evidence) | fields)
    for name in fields:
        form.fields[name].help_text = MARK
    return document_page(request, evidence, form, said=sentence, status=status)


def _proposed(evidence: Evidence, file: EvidenceFile) -> tuple[dict[str, str], str, int]:
    if file.kind != EvidenceKind.PDF:
        return {}, NOTHING_FOUND, 200
    try:
        found = read_letterhead(look(_stored(file)).text)
    except NotShown as fault:
        return {}, str(fault), 200
    except (Busy, Damaged, Unavailable) as fault:
        return {}, str(fault), UNAVAILABLE
    is_named_after_file = evidence.abstract == stem_of(file.name)
    read = {
        "number": "" if evidence.number else found.number,
        "issued_on": format_date(found.issued_on) if found.issued_on and not evidence.issued_on else "",
        "issuer": "" if evidence.issuer else found.issuer,
        "abstract": found.abstract if is_named_after_file else "",
    }
    fields = {name: text for name, text in read.items() if text}
    return fields, MARK if fields else NOTHING_FOUND if not any(vars(found).values()) else "", 200


def _sheet(request: SignedInRequest, evidence: Evidence, file: EvidenceFile, wanted: int) -> _Sheet:
    """The page nearest to `wanted`, made and kept, so that its picture comes at once."""
    if sentence := held_back(file.sha256, evidence.participant, request.user):
        return _Sheet(None, 1, sentence, FORBIDDEN)
    stored = _stored(file)
    try:
        looked = look(stored)
        number = max(1, min(wanted, looked.shown))
        picture(stored, number)
    except NotShown as fault:
        return _Sheet(None, 1, str(fault))
    except (Damaged, Unavailable) as fault:
        log.error("evidence file %s: %s", file.pk, type(fault).__name__)
        return _Sheet(None, 1, str(fault), UNAVAILABLE)
    except Busy as fault:
        return _Sheet(None, 1, str(fault), UNAVAILABLE)
    return _Sheet(looked, number)


def _stored(file: EvidenceFile) -> Stored:
    return Stored(file.sha256, file.kind, lambda: open_whole(file.key, file.sha256, file.size))


def _file(request: SignedInRequest, evidence: Evidence) -> EvidenceFile:
    return file_of(evidence, int(request.resolver_match.kwargs["number"]) if request.resolver_match else 0)

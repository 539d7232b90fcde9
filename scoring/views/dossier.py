"""A unit's worksheet as a whole: what is done, what is missing, what it would earn; its steps, and its receipts."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from scoring.enums import Purpose, SubmissionState
from scoring.forms.dossier import StepForm
from scoring.models import Receipt, ReturnNote, Submission
from scoring.permissions import (
    DECLARE,
    ENTER_ON_BEHALF,
    TAKE_OVER,
    VIEW_BOARD,
    VIEW_DOSSIER,
    VIEW_EVIDENCE,
    VIEW_RECEIPT,
    VIEW_REPORT,
)
from scoring.selectors.beside import Beside, beside
from scoring.selectors.inheritance import sources_of
from scoring.selectors.report import signing_of
from scoring.selectors.return_notes import note_visible_to
from scoring.selectors.sheet_history import receipts_of
from scoring.selectors.work import EXPLAINING
from scoring.selectors.worksheet import dossier_visible_to
from scoring.services.deadline_wording import say_terms
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.services.receipt_content import say_end
from scoring.services.receipt_reading import read_receipt
from scoring.services.receipts import digest_of
from scoring.services.return_notes import settle
from scoring.services.transitions import perform
from scoring.views.dossier_frame import Opened, open_dossier, submission_in_hand
from scoring.views.dossier_review import review_page
from scoring.views.dossier_showing import (
    announcement_of,
    columns_of,
    component_panels,
    missing_of,
    returned_rows,
    totals_of,
    warnings_of,
)
from scoring.views.dossier_steps import form_of, not_done, steps_of, waiting_of
from scoring.views.late_paper_places import BY_PAPER
from scoring.workflow import Subject, Transition, find
from units import trail
from units.permissions import authorize, can
from units.views.confirming import ask_again, must_confirm
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
MINE = "cua-toi"
"""`loc` of the worksheet: only the leaves that the reader looks after."""
REVIEW = "duyet"
"""`from` of a form that stands on the head's review, which is shown again when the step is refused."""
DONE = {
    "hand_over": "Đã trình thủ trưởng. Khi chờ thủ trưởng, phiếu chỉ để xem.",
    "return": "Đã trả lại cán bộ để sửa.",
    "withdraw": "Đã rút phiếu về để sửa. Sửa xong phải nộp lại trước hạn.",
    "extend": "Đã gia hạn cho đơn vị.",
    "reopen": "Đơn vị được nhập tiếp đến hạn mới.",
    "unlock": "Đã mở khóa. Đơn vị được sửa đến hạn mới.",
    "take_as_it_stands": "Đã ghi: lấy hồ sơ theo nội dung đã nhập.",
    "set_to_nought": "Đã ghi: tính 0 điểm phần tự chấm.",
}


@route(VIEW_DOSSIER, dossier_visible_to)
@require_safe
def worksheet(request: SignedInRequest, submission: Submission) -> HttpResponse:
    return _worksheet_page(request, submission)


@route(VIEW_DOSSIER, dossier_visible_to)
@require_POST
def step(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """One change of state through the door; who may is asked before what was typed is looked at."""
    transition = _transition(request)
    authorize(request.user, transition.action, submission)
    if transition.name == "submit" and must_confirm(request):
        return ask_again(request, reverse("scoring:dossier_review", args=_address(submission)))
    form = form_of(open_dossier(request.user, submission), transition, request.POST)
    if not form.is_valid():
        return _again(request, submission, form, transition, status=UNPROCESSABLE)
    seen = form.cleaned_data["version"]
    try:
        changed = perform(submission, transition.name, request.user, version=seen, **form.asked)
    except Incomplete as incomplete:
        form.add_error(incomplete.field if incomplete.field in form.fields else None, incomplete.sentence)
        return _again(request, submission, form, transition, status=UNPROCESSABLE)
    except (Conflict, Blocked) as refused:
        receipt = _receipt_of_the_same_act(submission, transition, seen, request)
        sentences = [refused.sentence, *(refused.reasons if isinstance(refused, Blocked) else ())]
        if receipt is None:
            return _again(request, submission, form, transition, sentences, CONFLICT)
        return _to(submission, receipt)
    if transition.name == "submit":
        return _to(submission, receipts_of(changed)[0])
    messages.info(request, DONE[transition.name])
    return redirect("scoring:worksheet", *_address(submission))


@route(DECLARE, note_visible_to)
@require_POST
def settle_note(request: SignedInRequest, note: ReturnNote) -> HttpResponseBase:
    """ "Đã sửa": the staff tick off what the head asked for, where nothing was to be declared anew."""
    participant, criterion = note.participant, note.criterion
    if criterion is None:
        raise Http404
    try:
        settle(note, by=request.user)
    except Conflict as refused:
        return _worksheet_page(request, participant.submission, errors=[refused.sentence], status=CONFLICT)
    page = "scoring:explanation_item" if note.purpose == Purpose.EXPLANATION else "scoring:answer"
    messages.info(request, f"Đã ghi: sửa xong {criterion.code} theo yêu cầu của thủ trưởng.")
    return redirect(page, *_address(participant.submission), criterion.code)


@route(VIEW_RECEIPT, dossier_visible_to)
@require_safe
def receipt(request: SignedInRequest, submission: Submission) -> HttpResponse:
    """What was handed in, when and by whom, with the digest over it; for print."""
    found = _receipt(request, submission)
    opened = open_dossier(request.user, submission)
    content = read_receipt(found, opened.dossier.participant)
    context = opened.frame() | {
        "receipt": found,
        "hand_in": say_terms(found.terms),
        "answers": content["answers"],
        "evidence": content["evidence"],
        "signing": signing_of(found),
        "is_intact": digest_of(found.content) == found.digest,
        "is_newest": receipts_of(submission)[0] == found,
        "end": say_end(found),
        "head": trail.line_about(submission, submission.participant.campaign.trail_scope, found.submitted_at),
    }
    return render(request, "scoring/dossier/receipt.html", context)


@route(VIEW_RECEIPT, dossier_visible_to)
@require_safe
def receipt_content(request: SignedInRequest, submission: Submission) -> HttpResponse:
    """The exact text under the digest, so that anybody can take it again."""
    found = _receipt(request, submission)
    response = HttpResponse(found.content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.json"'
    return response


def _worksheet_page(
    request: SignedInRequest,
    submission: Submission,
    form: StepForm | None = None,
    chosen: Transition | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    opened = open_dossier(request.user, submission, as_loaded=request.method != "POST")
    totals = totals_of(opened)
    is_in_hand = submission_in_hand(opened.submission)
    mine = request.GET.get("loc") == MINE and opened.user in opened.charges.values()
    there = beside(opened.submission)
    missing = missing_of(opened) if is_in_hand else []
    sees_receipts = there.has_receipts and can(request.user, VIEW_RECEIPT, submission)
    context = opened.frame() | {
        "totals": totals,
        "announcement": announcement_of(opened),
        "panels": component_panels(opened, totals, mine=mine),
        "columns": columns_of(opened),
        "missing": missing,
        "listed": missing_of(opened, mine=True) if is_in_hand and mine else missing,
        "warnings": warnings_of(opened) if is_in_hand else [],
        "places": _places(opened, there),
        "mine": mine,
        "own_count": sum(person == opened.user for person in opened.charges.values()),
        "steps": steps_of(opened, form, chosen),
        "waiting": waiting_of(opened),
        "receipts": [(item, say_end(item)) for item in receipts_of(submission)] if sees_receipts else [],
        "returned": returned_rows(opened),
        "pulse_url": reverse("scoring:dossier_pulse", args=opened.address) if opened.pen() else "",
        "review_url": reverse("scoring:dossier_review", args=opened.address),
        "errors": [{"text": text} for text in errors or []],
        "step_form": form,
        "not_done": not_done(chosen),
    }
    return render(request, "scoring/dossier/worksheet.html", context, status=status)


def _places(opened: Opened, there: Beside) -> list[dict[str, str]]:
    """Other pages of the dossier that this person may open."""
    participant, places = opened.dossier.participant, []
    if can(opened.user, VIEW_BOARD, participant):
        places.append(("Bảng việc", "scoring:board"))
        places.append(("Chia việc", "scoring:shares"))
    if can(opened.user, VIEW_EVIDENCE, participant):
        places.append(("Tài liệu kiểm chứng của đơn vị", "scoring:evidence_list"))
    if can(opened.user, VIEW_REPORT, participant):
        places.append(("Báo cáo tự chấm", "scoring:self_report"))
    if opened.dossier.phase in EXPLAINING and there.has_explanation:
        places.append(("Giải trình", "scoring:explanation"))
    if opened.sight.is_unit and can(opened.user, DECLARE, participant) and there.returned:
        still, mended = there.returned
        places.append((f"Bị trả lại: {still}, đã khắc phục: {mended}", "scoring:returned"))
    if there.has_predecessors and can(opened.user, TAKE_OVER, participant) and sources_of(participant):
        places.append(("Tiếp nhận từ đơn vị trước", "scoring:take_over"))
    if can(opened.user, ENTER_ON_BEHALF, participant):
        places.append(("Gia hạn, mở khóa, văn bản đến muộn", "scoring:progress_unit"))
    if participant.is_assessed:
        places.append(("Phân tích: lên loại, thử số liệu, việc cần làm", "scoring:analysis_unit"))
    return [{"label": label, "url": reverse(name, args=opened.address)} for label, name in places]


def _again(
    request: SignedInRequest,
    submission: Submission,
    form: StepForm,
    chosen: Transition,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page on which the step was asked for, with what was typed and why nothing came of it."""
    if request.POST.get("from") == REVIEW:
        return review_page(request, submission, form, chosen, errors, status)
    return _worksheet_page(request, submission, form, chosen, errors, status)


def _transition(request: SignedInRequest) -> Transition:
    name = request.resolver_match.kwargs["name"] if request.resolver_match else ""
    found = find(Subject.SUBMISSION, name)
    if found is None or found.name in BY_PAPER or (found.name != "submit" and found.name not in DONE):
        raise Http404
    return found


def _receipt_of_the_same_act(
    submission: Submission, transition: Transition, seen: int, request: SignedInRequest
) -> Receipt | None:
    """The receipt, where this very submit has already been done: pressed twice, or answered too late to be seen."""
    current = Submission.objects.get(pk=submission.pk)
    if transition.name != "submit" or current.state != SubmissionState.SUBMITTED:
        return None
    if current.submitted_by_id != request.user.pk or current.version != seen + 1:
        return None
    return receipts_of(current)[0]


def _receipt(request: SignedInRequest, submission: Submission) -> Receipt:
    sequence = request.resolver_match.kwargs["sequence"] if request.resolver_match else 0
    found = next((item for item in receipts_of(submission) if item.sequence == sequence), None)
    if found is None:
        raise Http404
    return found


def _to(submission: Submission, found: Receipt) -> HttpResponseBase:
    return redirect("scoring:receipt", *_address(submission), found.sequence)


def _address(submission: Submission) -> tuple[str, str, str]:
    participant = submission.participant
    return participant.campaign.organiser.slug, participant.campaign.code, participant.code

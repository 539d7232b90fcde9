"""Explanations: what a unit says about points it lost, and the coordinator's list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import ExplanationState
from scoring.forms.dossier import StepForm
from scoring.forms.review import ReturnForm, SendForm
from scoring.models import Campaign, Criterion, Explanation
from scoring.permissions import EXPLAIN, SIGN_PAPER, VIEW_COUNCIL, VIEW_DOSSIER, VIEW_RECEIPT
from scoring.selectors.dossiers import campaign_of_work, explanation_below, explanation_visible_to
from scoring.selectors.explanation import Listed, Row, listed, rows_of
from scoring.selectors.letters import letters_of
from scoring.services.before_explanation import Check, look
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.services.group_guards import lowered_leaves
from scoring.services.letters import signer_title_of
from scoring.services.pen import explanation_in_time, explanation_pen
from scoring.services.signing import letter_signing_pen
from scoring.services.transitions import available, perform
from scoring.views.explanation_frame import Opened, opened_by
from scoring.views.explanation_showing import line_of, tally_of
from scoring.workflow import ACT_OF_STEP, Subject, Transition, action_of, find
from units.models import User
from units.permissions import authorize, can
from units.views.confirming import ask_again as confirm_again
from units.views.confirming import must_confirm
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
_KEPT = "Giữ như tự chấm, chưa đạt điểm tối đa"
OF_COORDINATOR = ("ask_again", "reopen")
ASK_AGAIN = action_of(Subject.EXPLANATION, "ask_again")
DONE = {
    "hand_over": "Đã trình thủ trưởng. Khi chờ thủ trưởng, giải trình chỉ để xem.",
    "return": "Đã trả giải trình lại cho cán bộ.",
    "submit": "Đã gửi giải trình. Cơ quan thẩm định xem lại các mục này ở vòng 2.",
    "reopen": "Đã cho đơn vị viết tiếp; đơn vị nhận được thư báo.",
}
SENT_AGAIN = "Đã gửi ý kiến về điểm vòng 2. Cơ quan điều phối và hội đồng xem được ngay."


@route(VIEW_COUNCIL, campaign_of_work)
@require_safe
def explanations(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """Every unit with the state of its explanation; those whose points fell may be asked again."""
    rows = listed(campaign)
    wanted = request.GET.get("trang-thai", "")
    shown = [row for row in rows if not wanted or row.state == wanted]
    context = {
        "campaign": campaign,
        "is_sample": campaign.is_sample,
        "rows": [(row, _may(request.user, row, "ask_again"), _may(request.user, row, "reopen")) for row in shown],
        "total": len(rows),
        "wanted": wanted,
        "filters": [(state.value, state.label, sum(row.state == state for row in rows)) for state in ExplanationState],
    }
    return render(request, "scoring/explanation/list.html", context)


@route(VIEW_DOSSIER, explanation_visible_to)
@require_safe
def explanation(request: SignedInRequest, explanation: Explanation) -> HttpResponse:
    return _explanation_page(request, explanation)


@route(VIEW_DOSSIER, explanation_below)
@require_POST
def step(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """Hand over, return, submit, give more time, through the door; who may is asked before what was typed is read."""
    transition = _transition(request)
    authorize(request.user, transition.action, explanation)
    if transition.name == "submit" and must_confirm(request):
        return confirm_again(request, reverse("scoring:explanation", args=_address(explanation)))
    opened = opened_by(request.user, explanation)
    form = _form_of(opened, transition, request.POST)
    if not form.is_valid():
        return _explanation_page(request, explanation, form, transition, status=UNPROCESSABLE)
    seen = form.cleaned_data["version"]
    try:
        perform(explanation, transition.name, request.user, version=seen, **form.asked)
    except Incomplete as incomplete:
        form.add_error(incomplete.field if incomplete.field in form.fields else None, incomplete.sentence)
        return _explanation_page(request, explanation, form, transition, status=UNPROCESSABLE)
    except (Conflict, Blocked) as refused:
        if not _is_done(explanation, transition, seen, request.user):
            sentences = [refused.sentence, *(refused.reasons if isinstance(refused, Blocked) else ())]
            return _explanation_page(request, explanation, errors=sentences, status=CONFLICT)
    is_again = transition.name == "submit" and opened.round_number == 2
    messages.info(request, SENT_AGAIN if is_again else DONE[transition.name])
    return redirect("scoring:explanation", *_address(explanation))


@route(ASK_AGAIN, explanation_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def ask_again(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """The coordinator asks for a new explanation of points that fell in the second round, until an hour."""
    transition = find(Subject.EXPLANATION, "ask_again")
    if transition is None:
        raise Http404
    if request.method != "POST":
        return _ask_page(request, explanation, StepForm(transition, version=explanation.version))
    form = StepForm(transition, request.POST)
    if not form.is_valid():
        return _ask_page(request, explanation, form, UNPROCESSABLE)
    try:
        perform(explanation, "ask_again", request.user, version=form.cleaned_data["version"], **form.asked)
    except Incomplete as incomplete:
        form.add_error(incomplete.field if incomplete.field in form.fields else None, incomplete.sentence)
        return _ask_page(request, explanation, form, UNPROCESSABLE)
    except (Conflict, Blocked) as refused:
        form.add_error(None, refused.sentence)
        return _ask_page(request, explanation, form, CONFLICT)
    messages.info(request, f"Đã mời {explanation.participant.name} giải trình lại; đơn vị nhận được thư báo.")
    return redirect("scoring:explanations", *_address(explanation)[:2])


def _explanation_page(
    request: SignedInRequest,
    explanation: Explanation,
    form: StepForm | None = None,
    chosen: Transition | None = None,
    errors: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    opened = opened_by(request.user, Explanation.objects.select_related("participant").get(pk=explanation.pk))
    rows = rows_of(opened.explanation, opened.tree, opened.reader, opened.open_leaves)
    now = [row for row in rows if row.criterion.pk in opened.open_leaves]
    check = look(now, opened.round_number)
    letters = letters_of(opened.explanation) if can(request.user, VIEW_RECEIPT, explanation) else []
    context = opened.frame() | {
        "sections": _sections(opened, now, [row for row in rows if row not in now]),
        "has_leaves": bool(now),
        "check": check,
        "tally": tally_of(check),
        "lacking": [line_of(opened, row) for row in check.lacking],
        "batch": _last_batch(check) if opened.round_number == 1 and opened.may_write() else None,
        "letters": letters,
        "may_sign": bool(letters)
        and can(request.user, SIGN_PAPER, explanation)
        and bool(letter_signing_pen(opened.dossier, opened.explanation)),
        "has_draft": opened.reader.sight.is_unit and bool(now) and opened.explanation.state != "submitted",
        "round_number": opened.round_number,
        "steps": _steps(opened, rows, form, chosen),
        "more_time": _more_time(opened, form, chosen),
        "pen": explanation_pen(opened.dossier, opened.explanation),
        "waiting": _waiting(opened),
        "pulse_url": reverse("scoring:explanation_pulse", args=opened.address)
        if can(request.user, EXPLAIN, explanation)
        else "",
        "errors": [{"text": text} for text in errors or []],
    }
    return render(request, "scoring/explanation/explanation.html", context, status=status)


def _sections(opened: Opened, now: list[Row], others: list[Row]) -> list[dict[str, Any]]:
    """The leaves to be explained first: those that the appraisal changed, those below their maximum as declared, and
    what was explained before."""
    if opened.round_number == 2:
        parts = [("Điểm vòng 2 thấp hơn vòng 1", now), ("Ý kiến ở vòng 1", others)]
    else:
        parts = [
            ("Thẩm định khác tự chấm", [row for row in now if row.is_changed]),
            (_KEPT, [row for row in now if not row.is_changed]),
            ("Ý kiến đã gửi", others),
        ]
    return [
        {
            "title": title,
            "rows": [line_of(opened, row) for row in rows],
            "has_second": any(row.reappraised for row in rows),
            "is_folded": title == _KEPT and not any(row.opinion_in(1) for row in rows),
        }
        for title, rows in parts
        if rows
    ]


def _last_batch(check: Check) -> dict[str, Any] | None:
    """The newest press of "Đồng ý tất cả" of which something stands unsent: its name, how many leaves, when and who."""
    pressed = [choice for row in check.agreed if (choice := row.choices.get(1)) and choice.batch and not choice.sent_at]
    if not pressed:
        return None
    newest = max(pressed, key=lambda choice: choice.changed_at)
    count = sum(choice.batch == newest.batch for choice in pressed)
    return {"name": newest.batch, "count": count, "at": newest.changed_at, "who": newest.author.full_name}


def _steps(opened: Opened, rows: list[Row], form: StepForm | None, chosen: Transition | None) -> list[dict[str, Any]]:
    """The buttons of this person, each with its form; what the door would refuse is not offered."""
    explanation, number = opened.explanation, opened.round_number
    spoken = [row for row in rows if row.opinion_in(number) or row.said_in(number)]
    if not spoken:
        return []
    leaves = [row.criterion for row in spoken if row.criterion.pk in opened.open_leaves]
    found = [
        _step(offer.transition, opened, form if offer.transition == chosen else None, leaves)
        for offer in available(explanation, opened.user)
        if not offer.refusal
        and offer.name not in OF_COORDINATOR
        and explanation_in_time(opened.dossier, explanation, ACT_OF_STEP[offer.name])
    ]
    return sorted(found, key=lambda step: not step["is_main"])


def _more_time(opened: Opened, form: StepForm | None, chosen: Transition | None) -> dict[str, Any] | None:
    """The form by which the coordinator lets this one unit write on; None for others and in other phases."""
    for offer in available(opened.explanation, opened.user):
        if offer.name == "reopen" and not offer.refusal:
            return _step(offer.transition, opened, form if offer.transition == chosen else None)
    return None


def _step(
    transition: Transition, opened: Opened, bound: StepForm | None, leaves: Sequence[Criterion] = ()
) -> dict[str, Any]:
    form = bound or _form_of(opened, transition, None, leaves)
    return {
        "name": transition.name,
        "button": transition.button,
        "is_main": transition.name in ("hand_over", "submit"),
        "is_chosen": bound is not None,
        "form": form,
        "notes": [form.note_of(leaf) for leaf in form.leaves] if isinstance(form, ReturnForm) else [],
    }


def _form_of(
    opened: Opened,
    transition: Transition,
    data: Mapping[str, Any] | None = None,
    leaves: Sequence[Criterion] | None = None,
) -> StepForm:
    """What the step asks of the person; the head may say something to every leaf (`leaves`: those on the page, all that
    are open where the form comes back)."""
    version = opened.explanation.version
    if transition.name == "submit":
        return SendForm(transition, data, version=version, title=signer_title_of(opened.explanation))
    if transition.name != "return":
        return StepForm(transition, data, version=version)
    if leaves is None:
        leaves = [leaf for leaf in opened.tree.self_leaves if leaf.pk in opened.open_leaves]
    return ReturnForm(transition, data, version=version, leaves=leaves)


def _is_done(explanation: Explanation, transition: Transition, seen: int, user: User) -> bool:
    """This very sending has already been done: pressed twice, or answered too late to be seen."""
    current = Explanation.objects.get(pk=explanation.pk)
    is_sent = transition.name == "submit" and current.state == ExplanationState.SUBMITTED
    return is_sent and current.submitted_by_id == user.pk and current.version == seen + 1


def _waiting(opened: Opened) -> str:
    """What somebody of the unit who cannot sign is told while the head is asked."""
    if not opened.reader.sight.is_unit or opened.explanation.state != ExplanationState.AT_HEAD:
        return ""
    refused = {offer.name: offer.refusal for offer in available(opened.explanation, opened.user)}.get("submit")
    return "Chỉ thủ trưởng đơn vị gửi được giải trình. Giải trình đã sẵn sàng để thủ trưởng ký." if refused else ""


def _ask_page(request: SignedInRequest, explanation: Explanation, form: StepForm, status: int = 200) -> HttpResponse:
    opened = opened_by(request.user, explanation)
    fallen = lowered_leaves(opened.dossier.participant)
    rows = rows_of(opened.explanation, opened.tree, opened.reader, fallen)
    context = opened.frame() | {
        "form": form,
        "rows": [line_of(opened, row) for row in rows if row.criterion.pk in fallen],
    }
    return render(request, "scoring/explanation/ask_again.html", context, status=status)


def _may(user: User, row: Listed, name: str) -> bool:
    """Whether the list offers the step: the phase allows it, this person may, and to ask again points must have fallen
    that are not explained as they stand."""
    transition = find(Subject.EXPLANATION, name)
    if row.explanation is None or transition is None or row.participant.group.phase not in transition.phases:
        return False
    if name == "ask_again" and row.again >= row.lowered:
        return False
    return bool(can(user, transition.action, row.participant))


def _transition(request: SignedInRequest) -> Transition:
    name = request.resolver_match.kwargs["name"] if request.resolver_match else ""
    found = find(Subject.EXPLANATION, name)
    if found is None or found.by_portal or found.name not in DONE:
        raise Http404
    return found


def _address(explanation: Explanation) -> tuple[str, str, str]:
    participant = explanation.participant
    return participant.campaign.organiser.slug, participant.campaign.code, participant.code

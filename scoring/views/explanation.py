"""Explanations: what a unit says about points it lost, and the coordinator's list of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from scoring.enums import ExplanationState, Purpose
from scoring.forms.dossier import StepForm
from scoring.forms.explanation import ItemForm
from scoring.models import Campaign, Criterion, Explanation, ExplanationItem, Value
from scoring.permissions import EXPLAIN, VIEW_COUNCIL, VIEW_DOSSIER, VIEW_EVIDENCE
from scoring.selectors.dossiers import campaign_of_work, explanation_visible_to
from scoring.selectors.evidence import ForCriterion, evidence_for
from scoring.selectors.explanation import Listed, Row, leaf_of_unit, listed, rows_of
from scoring.services.errors import Blocked, Conflict, Incomplete, StaleEdit
from scoring.services.explaining import explain, explainable
from scoring.services.pen import explanation_in_time, explanation_pen
from scoring.services.transitions import available, perform
from scoring.views.explanation_frame import Opened, opened_by
from scoring.views.showing import say_worth, show_value
from scoring.views.stale import Clash, again, stale_page
from scoring.workflow import ACT_OF_STEP, Subject, Transition, action_of, find
from units.models import User
from units.permissions import authorize, can
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
OF_COORDINATOR = ("ask_again", "reopen")
ASK_AGAIN = action_of(Subject.EXPLANATION, "ask_again")
DONE = {
    "hand_over": "Đã trình thủ trưởng. Khi chờ thủ trưởng, giải trình chỉ để xem.",
    "return": "Đã trả giải trình lại cho cán bộ.",
    "submit": "Đã gửi giải trình. Cơ quan thẩm định xem lại các mục này ở vòng 2.",
    "reopen": "Đã cho đơn vị viết tiếp; đơn vị nhận được thư báo.",
}


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


def _below(user: User, slug: str, code: str, unit: str, **rest: str) -> Explanation:
    """The explanation of an address that goes on below it (a step, a leaf)."""
    return explanation_visible_to(user, slug, code, unit)


@route(VIEW_DOSSIER, _below)
@require_POST
def step(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """Hand over, return, submit, give more time, through the door; who may is asked before what was typed is read."""
    transition = _transition(request)
    authorize(request.user, transition.action, explanation)
    form = StepForm(transition, request.POST)
    if not form.is_valid():
        return _explanation_page(request, explanation, form, transition, status=UNPROCESSABLE)
    try:
        perform(explanation, transition.name, request.user, version=form.cleaned_data["version"], **form.asked)
    except Incomplete as incomplete:
        form.add_error(incomplete.field if incomplete.field in form.fields else None, incomplete.sentence)
        return _explanation_page(request, explanation, form, transition, status=UNPROCESSABLE)
    except (Conflict, Blocked) as refused:
        return _explanation_page(request, explanation, errors=[refused.sentence], status=CONFLICT)
    messages.info(request, DONE[transition.name])
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


@route(VIEW_DOSSIER, _below)
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: SignedInRequest, explanation: Explanation) -> HttpResponseBase:
    """One leaf: what was declared and judged, and what the unit says; POST writes it (the service asks who may)."""
    opened = opened_by(request.user, explanation)
    row = _row(opened, request.resolver_match.kwargs["criterion"] if request.resolver_match else "")
    if request.method != "POST":
        return _item_page(request, opened, row, ItemForm(item=row.said_in(opened.round_number)))
    authorize(request.user, EXPLAIN, explanation)
    form = ItemForm(request.POST)
    if not form.is_valid():
        return _item_page(request, opened, row, form, UNPROCESSABLE)
    data = form.cleaned_data
    try:
        written = explain(
            explanation.participant, row.criterion, data["text"], seen=data["version"], by=request.user
        )  # fmt: skip
    except StaleEdit as stale:
        return _stale(request, opened, row, data["text"], stale.current)
    except Incomplete as incomplete:
        form.add_error(incomplete.field, incomplete.sentence)
        return _item_page(request, opened, row, form, UNPROCESSABLE)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        return _item_page(request, opened, row, form, CONFLICT)
    said = "Đã lưu giải trình" if written else "Không giải trình"
    messages.info(request, f"{said} tiêu chí {row.criterion.code}.")
    return redirect("scoring:explanation_item", *opened.address, row.criterion.code)


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
    context = opened.frame() | {
        "sections": _sections(opened, now, [row for row in rows if row not in now]),
        "written": sum(row.is_answered_in(opened.round_number) for row in now),
        "leaves": len(now),
        "steps": _steps(opened, form, chosen),
        "more_time": _more_time(opened, form, chosen),
        "pen": explanation_pen(opened.dossier, opened.explanation),
        "waiting": _waiting(opened),
        "errors": [{"text": text} for text in errors or []],
    }
    return render(request, "scoring/explanation/explanation.html", context, status=status)


def _sections(opened: Opened, now: list[Row], others: list[Row]) -> list[dict[str, Any]]:
    """The leaves to be explained first: those that the appraisal changed, those below their maximum as declared, and
    what was explained before."""
    if opened.round_number == 2:
        parts = [("Điểm vòng 2 thấp hơn vòng 1", now), ("Đã giải trình ở vòng 1", others)]
    else:
        parts = [
            ("Thẩm định khác tự chấm", [row for row in now if row.is_changed]),
            ("Giữ như tự chấm, chưa đạt điểm tối đa", [row for row in now if not row.is_changed]),
            ("Đã giải trình", others),
        ]
    return [
        {
            "title": title,
            "rows": [_line(opened, row) for row in rows],
            "has_second": any(row.reappraised for row in rows),
        }
        for title, rows in parts
        if rows
    ]


def _line(opened: Opened, row: Row) -> dict[str, Any]:
    """One leaf as a row of a table."""
    given = row.reappraised or row.appraised
    return {
        "row": row,
        "declared": say_worth(row.declared),
        "appraised": say_worth(row.appraised),
        "reappraised": say_worth(row.reappraised) if row.reappraised else "",
        "reason": given.reason if given else "",
        "is_written": row.is_answered_in(opened.round_number),
        "is_outdated": row.again is not None and not row.is_answered_in(2),
    }


def _steps(opened: Opened, form: StepForm | None, chosen: Transition | None) -> list[dict[str, Any]]:
    """The buttons of this person, each with its form; what the door would refuse is not offered."""
    explanation = opened.explanation
    if not explanation.items.filter(round=opened.round_number).exists():
        return []
    return [
        _step(offer.transition, explanation, form, chosen)
        for offer in available(explanation, opened.user)
        if not offer.refusal
        and offer.name not in OF_COORDINATOR
        and explanation_in_time(opened.dossier, explanation, ACT_OF_STEP[offer.name])
    ]


def _more_time(opened: Opened, form: StepForm | None, chosen: Transition | None) -> dict[str, Any] | None:
    """The form by which the coordinator lets this one unit write on; None for others and in other phases."""
    for offer in available(opened.explanation, opened.user):
        if offer.name == "reopen" and not offer.refusal:
            return _step(offer.transition, opened.explanation, form, chosen)
    return None


def _step(
    transition: Transition, explanation: Explanation, form: StepForm | None, chosen: Transition | None
) -> dict[str, Any]:
    return {
        "name": transition.name,
        "button": transition.button,
        "is_main": transition.name in ("hand_over", "submit"),
        "is_chosen": transition == chosen,
        "form": form if transition == chosen else StepForm(transition, version=explanation.version),
    }


def _waiting(opened: Opened) -> str:
    """What somebody of the unit who cannot sign is told while the head is asked."""
    if not opened.reader.sight.is_unit or opened.explanation.state != ExplanationState.AT_HEAD:
        return ""
    refused = {offer.name: offer.refusal for offer in available(opened.explanation, opened.user)}.get("submit")
    return "Chỉ thủ trưởng đơn vị gửi được giải trình. Giải trình đã sẵn sàng để thủ trưởng ký." if refused else ""


def _row(opened: Opened, code: str) -> Row:
    """The leaf of the address, as far as this person may read it; Http404 for one that has nothing to explain."""
    leaf = leaf_of_unit(opened.dossier.participant, code)
    rows = rows_of(opened.explanation, opened.tree, opened.reader, opened.open_leaves)
    found = next((row for row in rows if row.criterion.pk == leaf.pk), None)
    if found is None:
        raise Http404
    return found


def _item_page(request: SignedInRequest, opened: Opened, row: Row, form: ItemForm, status: int = 200) -> HttpResponse:
    participant = opened.dossier.participant
    context = opened.frame() | {
        "row": row,
        "criterion": row.criterion,
        "component": next(node for node in opened.tree.components if node.path == row.criterion.component_path),
        "form": form,
        "may_write": opened.may_write(row.criterion),
        "pen": explanation_pen(opened.dossier, opened.explanation),
        "lanes": _lanes(participant.campaign, row),
        "documents": _documents(opened, row.criterion),
        "round_number": opened.round_number,
    }
    return render(request, "scoring/explanation/item.html", context, status=status)


def _documents(opened: Opened, criterion: Criterion) -> ForCriterion | None:
    """The evidence of this leaf's explanation, for whoever may open it; None for others."""
    participant = opened.dossier.participant
    if not can(opened.user, VIEW_EVIDENCE, participant) and criterion.component_path not in opened.reader.sight.judged:
        return None
    return evidence_for(participant, criterion, Purpose.EXPLANATION, reader=opened.user)


def _lanes(campaign: Campaign, row: Row) -> list[dict[str, Any]]:
    """The columns of one leaf: declared, first round, second round where there is one to see."""
    lanes = [lane("Tự chấm", row.declared, row.criterion, campaign)]
    for title, value in (("Thẩm định vòng 1", row.appraised), ("Thẩm định vòng 2", row.reappraised)):
        if value is not None:
            lanes.append(lane(title, value, row.criterion, campaign))
    return lanes


def lane(title: str, value: Value | None, criterion: Criterion, campaign: Campaign) -> dict[str, Any]:
    """One stage of a leaf for scoring/explanation/_lane.html."""
    if value is not None:
        value.criterion = criterion
    return {
        "title": title,
        "shown": show_value(value, campaign),
        "figures": value is not None and value.inputs is not None,
    }


def _stale(
    request: SignedInRequest, opened: Opened, row: Row, typed: str, current: ExplanationItem | None
) -> HttpResponse:
    url = reverse("scoring:explanation_item", args=[*opened.address, row.criterion.code])
    clash = Clash(
        heading=f"{row.criterion.code} {row.criterion.title}",
        typed=typed or "(không giải trình)",
        stands=current.text if current else "(không giải trình)",
        url=url,
        fields=again(request.POST, "version", current.version if current else 0),
        who=current.author.full_name if current and current.author else "",
        at=current.changed_at if current else None,
    )
    return stale_page(request, [clash], url, opened.frame())


def _ask_page(request: SignedInRequest, explanation: Explanation, form: StepForm, status: int = 200) -> HttpResponse:
    opened = opened_by(request.user, explanation)
    fallen = explainable(opened.dossier.participant, 2)
    rows = rows_of(opened.explanation, opened.tree, opened.reader, fallen)
    context = opened.frame() | {
        "form": form,
        "rows": [_line(opened, row) for row in rows if row.criterion.pk in fallen],
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

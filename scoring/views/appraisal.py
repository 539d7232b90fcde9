"""An appraiser's parts: the queue, one part with its leaves, acts on many leaves, and the way of a part to its
signature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from scoring.enums import PartState
from scoring.forms.appraisal import STEP_FORMS, KeepForm, NoughtForm, StepForm
from scoring.models import AppraisalPart, Campaign
from scoring.permissions import APPRAISE, VIEW_PART, VIEW_PARTS
from scoring.selectors.appraisal import PartLine, agreed_leaves, count_by_state, part_lines, part_of_step_visible_to
from scoring.selectors.clock import database_now
from scoring.selectors.dossiers import campaign_of_work, part_visible_to
from scoring.services.appraisal import Judged, keep_all, nought_undeclared
from scoring.services.dossier import windows_of
from scoring.services.errors import Blocked, Conflict, Incomplete
from scoring.services.transitions import available, perform
from scoring.views.appraisal_frame import OpenedPart, open_part, rows_of, state_of_part, told_of
from scoring.views.strip import phase_strip
from scoring.workflow import Subject, find
from units.permissions import authorize
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
_FILTERS = {
    "": "Tất cả",
    PartState.OPEN: "Đang thẩm định",
    PartState.DONE: "Chờ ký",
    PartState.SIGNED: "Đã ký",
    "claims": "Có đề nghị không áp dụng",
}
_DONE = {
    "finish": "Đã báo chấm xong. Xem lại rồi ký xác nhận.",
    "take_up": "Đã mở để sửa tiếp.",
    "sign": "Đã ký xác nhận phần này.",
    "reopen": "Đã mở lại phần này cho người thẩm định.",
}
_REFUSED = {
    "finish": "Chưa báo chấm xong được",
    "take_up": "Chưa sửa tiếp được",
    "sign": "Chưa ký được",
    "reopen": "Chưa mở lại được",
}


@route(VIEW_PARTS, campaign_of_work)
@require_safe
def queue(request: SignedInRequest, campaign: Campaign) -> HttpResponse:
    """The parts given to this person, round by round, with what is left in each."""
    lines = part_lines(request.user, campaign)
    chosen = request.GET.get("trang-thai", "")
    chosen = chosen if chosen in _FILTERS else ""
    context = {
        "campaign": campaign,
        "lines": lines,
        "rounds": _by_round(campaign, _chosen(lines, chosen)),
        "filters": _filters(lines, chosen),
        "judged": sum(line.judged for line in lines),
        "total": sum(line.total for line in lines),
        "is_sample": campaign.is_sample,
    }
    return render(request, "scoring/appraisal/queue.html", context | _strip(lines))


@route(VIEW_PART, part_visible_to)
@require_safe
def part(request: SignedInRequest, part: AppraisalPart) -> HttpResponse:
    """One part: its leaves with what was declared and what has been judged, and the next step of the part."""
    return _page(request, open_part(request.user, part))


@route(APPRAISE, part_visible_to)
@require_POST
def keep(request: SignedInRequest, part: AppraisalPart) -> HttpResponseBase:
    """“Giữ điểm tự chấm” for one leaf or for all that nobody has judged; each leaf's outcome is told."""
    form = KeepForm(request.POST)
    if not form.is_valid():
        return _page(request, open_part(request.user, part), errors=map(str, form.errors["giu"]), status=UNPROCESSABLE)
    try:
        outcome = keep_all(part, form.seen, by=request.user)
    except Conflict as refused:
        return _page(request, open_part(request.user, part), errors=[refused.sentence], status=CONFLICT)
    return _told(request, part, outcome, "Đã giữ điểm")


@route(APPRAISE, part_visible_to)
@require_POST
def nought(request: SignedInRequest, part: AppraisalPart) -> HttpResponseBase:
    """“Không kê khai: 0 điểm” for what the unit left open, with one reason."""
    form = NoughtForm(request.POST)
    if not form.is_valid():
        return _page(request, open_part(request.user, part), nought_form=form, status=UNPROCESSABLE)
    try:
        outcome = nought_undeclared(part, form.codes, form.cleaned_data["reason"], by=request.user)
    except Incomplete as fault:
        form.add_error(fault.field, fault.sentence)
        return _page(request, open_part(request.user, part), nought_form=form, status=UNPROCESSABLE)
    except Conflict as refused:
        return _page(request, open_part(request.user, part), errors=[refused.sentence], status=CONFLICT)
    return _told(request, part, outcome, "Đã cho 0 điểm")


@route(VIEW_PART, part_of_step_visible_to)
@require_POST
def step(request: SignedInRequest, part: AppraisalPart) -> HttpResponseBase:
    """One change of state of the part; who may is asked here for the answer and again at the door."""
    name = request.resolver_match.kwargs["name"] if request.resolver_match else ""
    transition = find(Subject.PART, name)
    if transition is None or name not in STEP_FORMS:
        raise Http404
    authorize(request.user, transition.action, part)
    form = STEP_FORMS[name](request.POST)
    if not form.is_valid():
        return _page(request, open_part(request.user, part), step_form=(name, form), status=UNPROCESSABLE)
    try:
        perform(part, name, request.user, **form.cleaned_data)
    except Blocked as refused:
        return _refused(request, part, name, refused.reasons, CONFLICT)
    except Conflict as refused:
        return _refused(request, part, name, [refused.sentence], CONFLICT)
    messages.info(request, _DONE[name])
    return redirect(open_part(request.user, part).url)


def _refused(
    request: SignedInRequest, part: AppraisalPart, name: str, reasons: Iterable[str], status: int
) -> HttpResponse:
    fresh = part_visible_to(request.user, *_address_of(part))
    return _page(request, open_part(request.user, fresh), title=_REFUSED[name], errors=reasons, status=status)


def _address_of(part: AppraisalPart) -> tuple[str, str, str, str, int]:
    campaign = part.participant.campaign
    return campaign.organiser.slug, campaign.code, part.participant.code, part.component.code, part.round


def _told(request: SignedInRequest, part: AppraisalPart, outcome: list[Judged], done: str) -> HttpResponseBase:
    """Back to the part, with what became of each leaf."""
    written = [item.criterion.code for item in outcome if not item.refusal]
    if written:
        messages.info(request, f"{done} {len(written)} tiêu chí: {', '.join(written)}.")
    if refused := {item.criterion.code: item.refusal for item in outcome if item.refusal}:
        messages.warning(request, f"Không động đến {len(refused)} tiêu chí. {told_of(refused)}")
    if not outcome:
        messages.warning(request, "Không có tiêu chí nào của phần này được chọn.")
    return redirect(open_part(request.user, part).url)


def _page(
    request: SignedInRequest,
    opened: OpenedPart,
    *,
    title: str = "Chưa lưu được",
    errors: Iterable[str] = (),
    nought_form: NoughtForm | None = None,
    step_form: tuple[str, StepForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    facts = opened.facts
    context = opened.frame() | {
        "rows": rows_of(opened),
        "may_write": bool(opened.pen),
        "closed": "" if opened.pen or not opened.is_mine else opened.pen.reason,
        "steps": _steps(opened, step_form),
        "next_leaf": next((item.leaf for item in facts.leaves if not item.is_judged), None),
        "left_to_judge": len(facts.leaves) - facts.judged,
        "agreed": agreed_leaves(opened.part) if opened.part.round == 2 else [],
        "nought_form": nought_form or NoughtForm(),
        "fault_title": title,
        "faults": [{"text": text, "url": ""} for text in errors],
    }
    return render(request, "scoring/appraisal/part.html", context, status=status)


def _steps(opened: OpenedPart, bound: tuple[str, StepForm] | None) -> list[dict[str, Any]]:
    """The steps that this person may take now, each with its form; “Chấm xong” only when every leaf is judged."""
    is_complete = opened.facts.judged == len(opened.facts.leaves)
    found: list[dict[str, Any]] = []
    if not opened.is_in_its_round:
        return found
    for offer in available(opened.part, opened.user):
        if offer.refusal or (offer.name == "finish" and not (is_complete and opened.pen)):
            continue
        form: Form = STEP_FORMS[offer.name](initial={"version": opened.part.version})
        if bound is not None and bound[0] == offer.name:
            form = bound[1]
        found.append({"name": offer.name, "button": offer.button, "form": form, "refused": _REFUSED[offer.name]})
    return found


# ── the queue ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _chosen(lines: Iterable[PartLine], chosen: str) -> list[PartLine]:
    return [line for line in lines if not chosen or line.part.state == chosen or (chosen == "claims" and line.claims)]


@dataclass(frozen=True)
class QueueRow:
    """One part in the queue, in words; `state` is (silhouette, word)."""

    line: PartLine
    url: str
    state: tuple[str, str]


def _by_round(campaign: Campaign, lines: Iterable[PartLine]) -> list[dict[str, Any]]:
    """The later round first: it is the one that goes on. Addresses are put together here, since asking the router for
    each of hundreds would take most of the page's time."""
    base = reverse("scoring:appraisal", args=[campaign.organiser.slug, campaign.code])
    rows: dict[int, list[QueueRow]] = {2: [], 1: []}
    for line in lines:
        part = line.part
        unit, component = quote(part.participant.code, safe=""), quote(part.component.code, safe="")
        rows[part.round].append(
            QueueRow(
                line,
                f"{base}{unit}/{component}/{part.round}/",
                state_of_part(line.part, line.judged, is_received=line.is_received),
            )
        )
    return [{"number": number, "rows": found} for number, found in rows.items() if found]


def _filters(lines: list[PartLine], chosen: str) -> list[dict[str, Any]]:
    counts = count_by_state(lines) | {"": len(lines)}
    return [
        {"key": key, "label": label, "count": counts[key], "is_chosen": key == chosen}
        for key, label in _FILTERS.items()
    ]


def _strip(lines: Iterable[PartLine]) -> dict[str, Any]:
    """The phase strip where all parts belong to one group; several groups may stand in different phases."""
    groups = {line.part.participant.group_id: line.part.participant.group for line in lines}
    if len(groups) != 1:
        return {}
    (group,) = groups.values()
    return phase_strip(group, windows_of([group]).get(group.pk, {}), database_now())

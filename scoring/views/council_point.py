"""One point before the council, and one unit's class: what is known, what a decision would change, the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from scoring.enums import Purpose, Source, Stage
from scoring.forms.council import DECLARED, KEEP, DecisionForm, GradeForm, ReasonForm, said
from scoring.models import Participant, Value
from scoring.permissions import DECIDE, OVERRIDE_GRADE, VIEW_COUNCIL, VIEW_EVIDENCE
from scoring.selectors.clock import database_now
from scoring.selectors.council import (
    STAGES,
    Point,
    explanations_at,
    grade_label,
    participant_for_council,
    point_of,
    scale_of,
    standing,
)
from scoring.selectors.evidence import ForCriterion, evidence_by_leaf
from scoring.selectors.explanation import leaf_of_unit
from scoring.services.council import (
    adopt,
    adopted,
    class_by_scale,
    consequences,
    decide,
    is_excluded,
    override_grade,
    withdraw,
)
from scoring.services.dossier import windows_of
from scoring.services.errors import Conflict, Incomplete, StaleEdit, WrongFigures
from scoring.services.leaves import leaf_of
from scoring.services.pen import team_pen
from scoring.services.scorecard import Scorecard
from scoring.services.values import Content, content_of
from scoring.views.explanation_item import lane
from scoring.views.showing import say_content
from scoring.views.stale import Clash, again, stale_page
from scoring.views.strip import phase_strip
from scoring.workflow import Hand, Matter
from units.models import User
from units.permissions import Decision, can
from units.vietnamese import format_percent, show_points
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422
TRY = "xem trước"


@dataclass(frozen=True)
class Opened:
    """A point that a person has opened: what is known of it, and whether this person may decide."""

    point: Point[Value]
    pen: Decision

    @property
    def address(self) -> tuple[str, str, str, str]:
        participant = self.point.participant
        campaign = participant.campaign
        return campaign.organiser.slug, campaign.code, participant.code, self.point.criterion.code

    @property
    def council(self) -> Value | None:
        return self.point.values.get(Stage.COUNCIL)

    @property
    def declared(self) -> Value | None:
        return self.point.values.get(Stage.DECLARED)

    @property
    def kept(self) -> Value | None:
        return standing(self.point)

    def form(self, data: Any = None) -> DecisionForm:
        leaf = leaf_of(self.point.criterion, self.point.participant.campaign)
        return DecisionForm(leaf, data, council=self.council, kept=self.kept, declared=self.declared)

    def content(self, form: DecisionForm) -> Content:
        """What the decision of a valid form would say."""
        source = self.source(form)
        data = form.cleaned_data
        return adopted(source, data["reason"], data["legal_basis"]) if source else form.content

    def source(self, form: DecisionForm) -> Value | None:
        """The value that the decision takes over, None where it brings its own."""
        return {KEEP: self.kept, DECLARED: self.declared}.get(form.chosen)


def _unit_of_point(user: User, slug: str, code: str, unit: str, criterion: str) -> Participant:
    return participant_for_council(user, slug, code, unit)


@route(VIEW_COUNCIL, _unit_of_point)
@require_http_methods(["GET", "HEAD", "POST"])
def point(request: SignedInRequest, participant: Participant) -> HttpResponseBase:
    """One point; POST decides it, or shows what the decision would change (the service asks who may)."""
    opened = _open(request, participant)
    if request.method != "POST":
        return _point_page(request, opened, opened.form())
    form = opened.form(request.POST)
    if not form.is_valid():
        return _point_page(request, opened, form, UNPROCESSABLE)
    if "xem-truoc" in request.POST:
        return _point_page(request, opened, form, tried=opened.content(form))
    try:
        _decide(opened, form, request.user)
    except StaleEdit as stale:
        return _stale(request, opened, form, stale.current)
    except (Incomplete, WrongFigures) as refused:
        form.explain(refused)
        return _point_page(request, opened, form, UNPROCESSABLE)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        return _point_page(request, _open(request, participant), form, CONFLICT)
    messages.info(request, f"Đã ghi quyết định về {opened.point.criterion.code} của {participant.name}.")
    return redirect(_list_of(participant))


@route(DECIDE, _unit_of_point)
@require_POST
def take_back(request: SignedInRequest, participant: Participant) -> HttpResponseBase:
    """A decision is withdrawn, with a reason; the appraisal is in force again."""
    opened, form = _open(request, participant), ReasonForm(request.POST)
    if not form.is_valid() or form.cleaned_data["version"] is None:
        return _point_page(request, opened, opened.form(), UNPROCESSABLE, withdrawal=form)
    reason, seen = form.cleaned_data["reason"], form.cleaned_data["version"]
    try:
        withdraw(participant, opened.point.criterion, reason, seen=seen, by=request.user)
    except (StaleEdit, Conflict) as refused:
        form.add_error(None, str(refused))
        return _point_page(request, opened, opened.form(), CONFLICT, withdrawal=form)
    messages.info(request, f"Đã rút quyết định về {opened.point.criterion.code} của {participant.name}.")
    return redirect("scoring:council_point", *opened.address)


@route(VIEW_COUNCIL, participant_for_council)
@require_http_methods(["GET", "HEAD", "POST"])
def grade(request: SignedInRequest, participant: Participant) -> HttpResponseBase:
    """A unit's class by decision; POST sets it or takes it back (the service asks who may)."""
    scale = scale_of(participant.group, participant.campaign)
    stands = participant.grade_override
    if request.method != "POST":
        return _grade_page(request, participant, GradeForm(scale, stands=stands))
    form = GradeForm(scale, request.POST, stands=stands)
    if not form.is_valid():
        return _grade_page(request, participant, form, UNPROCESSABLE)
    data = form.cleaned_data
    try:
        override_grade(participant, form.grade_code, data["reason"], seen=data["seen"], by=request.user)
    except StaleEdit as stale:
        return _stale_grade(request, participant, form, stale.current)
    except Incomplete as incomplete:
        form.add_error(incomplete.field, incomplete.sentence)
        return _grade_page(request, participant, form, UNPROCESSABLE)
    except Conflict as refused:
        form.add_error(None, refused.sentence)
        return _grade_page(request, participant, form, CONFLICT)
    messages.info(request, f"Đã ghi quyết định về xếp loại của {participant.name}.")
    return redirect(_list_of(participant))


def _open(request: SignedInRequest, participant: Participant) -> Opened:
    leaf = leaf_of_unit(participant, request.resolver_match.kwargs["criterion"] if request.resolver_match else "")
    if leaf.source != Source.SELF:
        raise Http404
    found = point_of(participant, leaf)
    for value in found.values.values():
        value.criterion = leaf
    return Opened(found, _pen(request, participant, DECIDE, Matter.COUNCIL))


def _pen(request: SignedInRequest, participant: Participant, action: str, matter: Matter) -> Decision:
    """May this person decide now? The person first, then the step of the group."""
    return can(request.user, action, participant) and team_pen(Hand.COUNCIL, matter, participant.group.phase)


def _decide(opened: Opened, form: DecisionForm, by: User) -> None:
    participant, criterion, data = opened.point.participant, opened.point.criterion, form.cleaned_data
    source = opened.source(form)
    if source is None:
        decide(participant, criterion, form.content, seen=data["version"], by=by)
        return
    if source.version != data["kept_version" if form.chosen == KEEP else "declared_version"]:
        raise Conflict("Giá trị được chọn vừa thay đổi. Xem giá trị mới rồi quyết định.")
    adopt(
        participant, criterion, source, data["reason"], legal_basis=data["legal_basis"], seen=data["version"], by=by
    )  # fmt: skip


def _point_page(
    request: SignedInRequest,
    opened: Opened,
    form: DecisionForm,
    status: int = 200,
    *,
    tried: Content | None = None,
    withdrawal: ReasonForm | None = None,
) -> HttpResponse:
    point, council = opened.point, opened.council
    seen = council.version if council else 0
    context = _frame(point.participant) | {
        "point": point,
        "criterion": point.criterion,
        "lanes": _lanes(opened),
        "form": form,
        "pen": opened.pen,
        "is_excluded": is_excluded(point.participant, point.criterion),
        "consequences": _consequences(opened, tried),
        "withdrawal": withdrawal or (ReasonForm(initial={"version": seen}, auto_id="rut-%s") if council else None),
        "evidence": _evidence(opened, request.user),
    }
    return render(request, "scoring/council/point.html", context, status=status)


def _evidence(opened: Opened, reader: User) -> list[tuple[str, ForCriterion]]:
    """The unit's documents for this leaf, for whoever may open them."""
    participant, criterion = opened.point.participant, opened.point.criterion
    if not can(reader, VIEW_EVIDENCE, participant):
        return []
    found = evidence_by_leaf(participant, reader)
    titles = ((Purpose.DECLARED, "Tài liệu tự chấm"), (Purpose.EXPLANATION, "Tài liệu của giải trình"))
    return [
        (title, ForCriterion(participant, criterion, purpose, found.get((criterion.pk, purpose), []), []))
        for purpose, title in titles
    ]


def _lanes(opened: Opened) -> list[dict[str, Any]]:
    """Side by side: declared, first round, explanation, second round, and the council's own word."""
    point, campaign = opened.point, opened.point.participant.campaign
    titles = ("Tự chấm", "Thẩm định vòng 1", "Thẩm định vòng 2", "Hội đồng")
    lanes = {
        stage: lane(title, point.values.get(stage), point.criterion, campaign)
        for stage, title in zip(STAGES, titles, strict=True)
        if stage in (Stage.DECLARED, Stage.APPRAISED) or stage in point.values
    }
    found = list(lanes.values())
    if said := explanations_at(point):
        found.insert(2, {"title": "Giải trình", "texts": said})
    if Stage.COUNCIL in lanes:
        lanes[Stage.COUNCIL]["is_now"] = True
    return found


def _consequences(opened: Opened, tried: Content | None) -> list[dict[str, Any]]:
    """The unit's official numbers now, and under each choice: the figures in force, nothing stored."""
    participant, criterion = opened.point.participant, opened.point.criterion
    offered = (("giữ giá trị của cơ quan thẩm định", opened.kept), ("chọn giá trị tự chấm", opened.declared))
    choices = {f"Nếu {name}": adopted(value, TRY, TRY) for name, value in offered if value is not None}
    if tried is not None:
        choices["Nếu quyết định như đang nhập"] = tried
    now, after = consequences(participant, criterion, choices)
    cards = [("Đang có hiệu lực", now), *after.items()]
    return [_card(participant, title, card) for title, card in cards if card is not None]


def _card(participant: Participant, title: str, card: Scorecard) -> dict[str, Any]:
    return {
        "title": title,
        "points": f"{show_points(card.points)} / {show_points(card.max_points)}",
        "index": "không có" if card.index is None else format_percent(card.index),
        "grade": grade_label(participant.group, participant.campaign, card.grade),
        "grade_reason": card.grade_reason,
        "unanswered": len(card.unanswered),
    }


def _stale(request: SignedInRequest, opened: Opened, form: DecisionForm, current: Value | None) -> HttpResponse:
    criterion = opened.point.criterion
    leaf = leaf_of(criterion, opened.point.participant.campaign)
    typed = opened.content(form)
    stands = f"{say_content(leaf, content_of(current))}\nLý do: {current.reason}" if current else "(chưa quyết định)"
    url = reverse("scoring:council_point", args=opened.address)
    clash = Clash(
        heading=f"{opened.point.participant.name}: {criterion.code} {criterion.title}",
        typed=f"{say_content(leaf, typed)}\nLý do: {typed.reason}",
        stands=stands,
        url=url,
        fields=again(request.POST, "version", current.version if current else 0),
        who=current.author.full_name if current and current.author else "",
        at=current.changed_at if current else None,
    )
    return stale_page(request, [clash], url, _frame(opened.point.participant))


def _grade_page(request: SignedInRequest, participant: Participant, form: GradeForm, status: int = 200) -> HttpResponse:
    card = class_by_scale(participant)
    stands = participant.grade_override
    context = _frame(participant) | {
        "form": form,
        "pen": _pen(request, participant, OVERRIDE_GRADE, Matter.OVERRIDE),
        "by_scale": _card(participant, "Theo thang điểm", card) if card else None,
        "stands": {
            "label": grade_label(participant.group, participant.campaign, stands["grade"]), "reason": stands["reason"]
        } if stands else None,
    }  # fmt: skip
    return render(request, "scoring/council/grade.html", context, status=status)


def _stale_grade(
    request: SignedInRequest, participant: Participant, form: GradeForm, current: dict[str, str] | None
) -> HttpResponse:
    url = reverse("scoring:council_grade", args=_address(participant))

    def told(code: str, reason: str) -> str:
        label = grade_label(participant.group, participant.campaign, code)
        return f"{label or 'Theo thang điểm'}\nLý do: {reason}"

    clash = Clash(
        heading=f"Xếp loại của {participant.name}",
        typed=told(form.grade_code or "", form.cleaned_data["reason"]),
        stands=told(current["grade"], current["reason"]) if current else "(không có quyết định)",
        url=url,
        fields=[*again(request.POST, "seen", 0)[:-1], ("seen", said(current))],
    )
    return stale_page(request, [clash], url, _frame(participant))


def _frame(participant: Participant) -> dict[str, Any]:
    """What every page about one unit has around it."""
    group, campaign = participant.group, participant.campaign
    windows = windows_of([group]).get(group.pk, {})
    return {
        "campaign": campaign,
        "participant": participant,
        "is_sample": campaign.is_sample,
        **phase_strip(group, windows, database_now()),
    }


def _list_of(participant: Participant) -> str:
    return reverse("scoring:council", args=_address(participant)[:2]) + f"?don-vi={participant.code}"


def _address(participant: Participant) -> tuple[str, str, str]:
    return participant.campaign.organiser.slug, participant.campaign.code, participant.code

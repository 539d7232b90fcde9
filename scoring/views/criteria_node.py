"""One criterion of a set that is being written: its form, its rule with rows to add and take away, and a live trial."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from scoring.files.annex_layout import AnnexNode, AnnexSet
from scoring.forms.answer import FiguresForm
from scoring.forms.criteria_node import NodeForm, StaleNodeForm, is_about_rows, node_values, proven, rule_posted
from scoring.forms.criteria_rule import RuleForm
from scoring.forms.criteria_written import written_of
from scoring.models import CriteriaDraft, Criterion
from scoring.permissions import EDIT_CRITERIA
from scoring.selectors.criteria import draft_visible_to
from scoring.services.criteria_drafts import annex_in, change_draft
from scoring.services.criteria_shape import Done, name_of, node_at, stamp_of, with_node
from scoring.services.criteria_sums import Sum, sums_of
from scoring.services.criteria_wording import rule_doubt, rule_sentence
from scoring.services.errors import Conflict, StaleEdit, WrongFigures
from scoring.services.leaves import leaf_of, score
from scoring.views.criteria_tree import CONFLICT, UNPROCESSABLE, address, frame, tree_url, wants_part
from scoring.views.editing import refusal, stale_edit
from units.vietnamese import format_points
from units.views.gates import SignedInRequest, route

TRIED = "thu"  # before the names of the sample figures


@dataclass(frozen=True)
class Opened:
    """The criterion of the address in its set."""

    draft: CriteriaDraft
    annex: AnnexSet
    node: AnnexNode

    @property
    def has_children(self) -> bool:
        return self.node.rule is None

    @property
    def url(self) -> str:
        return node_url(self.draft, self.node)


@dataclass(frozen=True)
class Trial:
    """What sample figures would earn by the rule as it is typed. `sentence` is the rule in words, "" while something
    is wrong with it; `faults` are (id of a field, sentence); `doubt` is worth a second look and no fault."""

    sentence: str = ""
    figures: FiguresForm | None = None
    points: str = ""
    step: str = ""
    warning: str = ""
    doubt: str = ""
    faults: tuple[tuple[str, str], ...] = ()


@route(EDIT_CRITERIA, draft_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def node(request: SignedInRequest, draft: CriteriaDraft) -> HttpResponseBase:
    opened = _opened(request, draft)
    if request.method != "POST":
        rule = RuleForm(written_of(opened.node.rule, is_pending=opened.node.rule_pending))
        return _page(request, opened, NodeForm(opened.node, has_children=opened.has_children), rule)
    form = NodeForm(opened.node, has_children=opened.has_children, data=request.POST)
    if is_about_rows(request.POST):
        shown = NodeForm(opened.node, has_children=opened.has_children, shown=request.POST)
        return _page(request, opened, shown, RuleForm(rule_posted(request.POST)))
    is_sound = form.is_valid()
    rule = proven(rule_posted(request.POST), form.cleaned_data.get("max_points") or opened.node.max_points)
    if not is_sound or rule.is_wrong:
        return _page(request, opened, form, rule, UNPROCESSABLE)
    return _save(request, opened, form, rule)


@route(EDIT_CRITERIA, draft_visible_to)
@require_POST
def trial(request: SignedInRequest, draft: CriteriaDraft) -> HttpResponse:
    """Points and their sentence for sample figures, by the rule and the maximum as they are typed; stores nothing."""
    opened = _opened(request, draft)
    form = NodeForm(opened.node, has_children=opened.has_children, data=request.POST)
    form.is_valid()
    max_points = form.cleaned_data.get("max_points") or opened.node.max_points
    rule = proven(rule_posted(request.POST), max_points)
    told = _try(request, opened, rule, max_points)
    if not wants_part(request):
        return _page(request, opened, form, rule, told=told)
    context = {"trial": told, "sums": _sums(opened, max_points), "is_leaf": not opened.has_children}
    return render(request, "scoring/criteria/_draft_trial.html", context)


def node_url(draft: CriteriaDraft, one: AnnexNode, name: str = "criteria_draft_node") -> str:
    return reverse(f"scoring:{name}", args=[*address(draft), one.permanent_id])


def _opened(request: SignedInRequest, draft: CriteriaDraft) -> Opened:
    """The criterion of the address; Http404 where the draft has none of that permanent id."""
    wanted: UUID = request.resolver_match.kwargs["node"]  # type: ignore[union-attr]
    annex = annex_in(draft)
    found = next((one for one in annex.nodes if one.permanent_id == str(wanted)), None)
    if found is None:
        raise Http404
    return Opened(draft, annex, found)


def _save(request: SignedInRequest, opened: Opened, form: NodeForm, rule: RuleForm) -> HttpResponseBase:
    changed = form.changed_node(rule.rule() if rule.kind else None)
    seen = form.cleaned_data["stamp"]

    def act(annex: AnnexSet) -> Done:
        stands = node_at(annex, opened.node.permanent_id)
        if stamp_of(stands) != seen:
            raise StaleEdit(stands)
        return Done(
            with_node(annex, changed), stands.permanent_id, f"Đã lưu “{name_of(replace(changed, code=stands.code))}”."
        )

    try:
        done = change_draft(opened.draft, act, seen=None, by=request.user).done
    except StaleEdit as stale:
        return _stale(request, opened, form, rule, stale)
    except Conflict as refused:
        return refusal(request, opened.draft.campaign, [refused.sentence], tree_url(opened.draft), CONFLICT)
    messages.info(request, done.sentence)
    following = _neighbour(opened, 1) if "go_on" in request.POST else None
    return redirect(node_url(opened.draft, following or opened.node))


def _stale(request: SignedInRequest, opened: Opened, form: NodeForm, rule: RuleForm, stale: StaleEdit) -> HttpResponse:
    """409 with both: what was typed, and what stands now."""
    stands: AnnexNode | None = stale.current
    if stands is None:
        return refusal(request, opened.draft.campaign, [str(stale)], tree_url(opened.draft), CONFLICT)
    typed = form.changed_node(rule.rule() if rule.kind else None)
    both = StaleNodeForm(form, _rule_told(typed))
    current = node_values(stands) | {"rule": _rule_told(stands)}
    return stale_edit(request, opened.draft.campaign, both, stale, current)


def _rule_told(one: AnnexNode) -> str:
    return "" if one.rule is None else rule_sentence(one.rule, one.max_points, one.rule_pending)


def _try(request: SignedInRequest, opened: Opened, rule: RuleForm, max_points: str) -> Trial:
    if rule.is_wrong:
        return Trial(faults=tuple(rule.faults))
    if rule.read is None:
        return Trial()
    typed = rule.rule()
    leaf = Criterion(rule=typed, max_points=Decimal(max_points))
    campaign = opened.draft.campaign
    told = Trial(
        rule_sentence(typed, max_points),
        FiguresForm(leaf_of(leaf, campaign), prefix=TRIED),
        doubt=rule_doubt(typed, max_points),
    )
    if not any(name.startswith(f"{TRIED}-") for name in request.POST):
        return told
    figures = FiguresForm(leaf_of(leaf, campaign), request.POST, prefix=TRIED)
    told = replace(told, figures=figures)
    if not figures.is_valid() or (figures.is_blank and not figures.blank_is_an_answer):
        return told
    try:
        scored = score(leaf, campaign, {"inputs": figures.inputs})
    except WrongFigures as wrong:
        figures.add_faults(wrong)
        return told
    points = f"{format_points(scored.points)} / {format_points(max_points)}" if scored.points else "Không áp dụng"
    return replace(told, points=points, step=scored.step, warning=scored.warning)


def _sums(opened: Opened, max_points: str) -> list[tuple[str, Sum]]:
    """The sums that the maximum of the criterion is part of, each with the name of what it is about."""
    one = opened.node
    found = sums_of(opened.annex, {one.permanent_id: Decimal(max_points)})
    parent = next((other for other in opened.annex.nodes if one.parent and other.code == one.parent), None)
    own = [(f"Bên trong {one.code}", found[one.permanent_id])] if one.permanent_id in found else []
    above = [(f"Bên trong {name_of(parent)}", found[parent.permanent_id])] if parent else []
    return [*own, *above, ("Cả bộ", found[""])]


def _neighbour(opened: Opened, step: int) -> AnnexNode | None:
    nodes = opened.annex.nodes
    at = next(at for at, one in enumerate(nodes) if one.permanent_id == opened.node.permanent_id) + step
    return nodes[at] if 0 <= at < len(nodes) else None


def _page(
    request: SignedInRequest,
    opened: Opened,
    form: NodeForm,
    rule: RuleForm,
    status: int = 200,
    told: Trial | None = None,
) -> HttpResponse:
    max_points = opened.node.max_points
    if form.is_bound:
        max_points = form.cleaned_data.get("max_points") or max_points
    shown = told or _try(request, opened, proven(rule.written, max_points) if rule.kind else rule, max_points)
    errors = (
        [{"text": text, "url": f"#{key}" if key else ""} for key, text in _faults(form, rule)] if status != 200 else []
    )
    context = frame(opened.draft) | {
        "node": opened.node,
        "form": form,
        "rule": rule,
        "is_leaf": form.is_leaf,
        "is_quiet": is_about_rows(request.POST),
        "trial": shown,
        "sums": _sums(opened, max_points),
        "errors": errors,
        "error_title": f"Chưa lưu được: còn {len(errors)} chỗ phải sửa",
        "previous": _link(opened, -1),
        "next": _link(opened, 1),
        "tree_url": f"{tree_url(opened.draft)}?muc={opened.node.permanent_id}#muc-{opened.node.permanent_id}",
        "trial_url": node_url(opened.draft, opened.node, "criteria_draft_trial"),
    }
    template = "scoring/criteria/_draft_rule.html" if wants_part(request) else "scoring/criteria/draft_node.html"
    return render(request, template, context, status=status)


def _faults(form: NodeForm, rule: RuleForm) -> list[tuple[str, str]]:
    own = [(bound.id_for_label, f"{bound.label}: {text}") for bound in form for text in bound.errors]
    return [*own, *(("", str(text)) for text in form.non_field_errors()), *rule.faults]


def _link(opened: Opened, step: int) -> dict[str, str] | None:
    other = _neighbour(opened, step)
    return {"code": other.code, "url": node_url(opened.draft, other)} if other else None

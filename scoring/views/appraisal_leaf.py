"""One leaf of a part: what was declared, what the unit explained, the proof, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from scoring.engine.single import Leaf
from scoring.enums import Purpose, Stage
from scoring.forms.appraisal import VerdictForm
from scoring.models import AppraisalPart, Value, ValueChange
from scoring.permissions import APPRAISE, VIEW_PART
from scoring.selectors.appraisal import LeafFacts, changes_of, part_of_leaf_visible_to
from scoring.selectors.evidence import evidence_by_leaf
from scoring.selectors.missing import is_lowered
from scoring.services.appraisal import appraise, keep_declared
from scoring.services.errors import Conflict, Incomplete, StaleEdit, WrongFigures
from scoring.services.leaves import leaf_of, score
from scoring.services.values import Content, content_of
from scoring.views.appraisal_frame import OpenedPart, open_part, row_of, rows_of, say_points_difference
from scoring.views.showing import say_change, say_content
from scoring.views.stale import Clash, again, stale_page
from units.permissions import authorize
from units.vietnamese import show_points
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422


@dataclass(frozen=True)
class Asked:
    """One leaf of an opened part, with its rule."""

    opened: OpenedPart
    facts: LeafFacts
    leaf: Leaf

    @property
    def url(self) -> str:
        return self.opened.leaf_url(self.facts.leaf)


@route(VIEW_PART, part_of_leaf_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def leaf(request: SignedInRequest, part: AppraisalPart) -> HttpResponseBase:
    """The page of one leaf; POST judges it (the service asks once more who may, and whether it is the hour)."""
    if request.method == "POST":
        authorize(request.user, APPRAISE, part)
    asked = _asked(request, part)
    if request.method != "POST":
        return _page(request, asked)
    form = VerdictForm(asked.facts, asked.leaf, request.POST)
    if not form.is_valid():
        return _page(request, asked, form, status=UNPROCESSABLE)
    if "try" in request.POST:
        return _tried(request, asked, form)
    try:
        value = _save(asked, form)
    except (Incomplete, WrongFigures) as refused:
        form.explain(refused)
        return _page(request, asked, form, status=UNPROCESSABLE)
    except StaleEdit as stale:
        return _stale(request, asked, form, stale)
    except Conflict as refused:
        return _moved_on(request, part, refused.sentence)
    _tell_saved(request, asked, value)
    return redirect(_next_url(asked))


def _asked(request: SignedInRequest, part: AppraisalPart) -> Asked:
    """The leaf of the address; Http404 where the part does not judge it."""
    opened = open_part(request.user, part)
    code = request.resolver_match.kwargs["criterion"] if request.resolver_match else ""
    facts = opened.facts.by_code.get(code)
    if facts is None:
        raise Http404
    return Asked(opened, facts, leaf_of(facts.leaf, opened.dossier.participant.campaign))


def _save(asked: Asked, form: VerdictForm) -> Value:
    """Judge; the same verdict pressed twice by the same person is saved once and is no conflict."""
    data, part, by = form.cleaned_data, asked.opened.part, asked.opened.user
    seen = {"seen": data["version"], "seen_declared": data["declared_version"] if asked.opened.is_shown else None}
    content = form.content
    try:
        if content is None:
            return keep_declared(part, asked.facts.leaf, by=by, **seen)
        return appraise(part, asked.facts.leaf, content, by=by, **seen)
    except StaleEdit as stale:
        current, wanted = stale.current, content or form.kept()
        if current is not None and current.author_id == by.pk and content_of(current) == wanted:
            return current
        raise


def _tried(request: SignedInRequest, asked: Asked, form: VerdictForm) -> HttpResponse:
    """What the verdict would give by the same rule; nothing is stored."""
    content = form.content or form.kept()
    try:
        if content is None:
            raise WrongFigures([("", "Không có điểm để giữ. Chọn cách chấm khác.")])
        scored = score(asked.facts.leaf, asked.opened.dossier.participant.campaign, content.answer())
    except WrongFigures as wrong:
        form.explain(wrong)
        return _page(request, asked, form, status=UNPROCESSABLE)
    points = None if scored.points is None else Decimal(scored.points)
    before = asked.facts.declared if asked.facts.number == 1 else asked.facts.earlier
    tried = {
        "points": "không áp dụng" if points is None else show_points(points),
        "step": scored.step,
        "warning": scored.warning,
        "change": say_points_difference(before.worth if before is not None else None, points),
    }
    return _page(request, asked, form, tried=tried)


def _stale(request: SignedInRequest, asked: Asked, form: VerdictForm, stale: StaleEdit) -> HttpResponse:
    """409: both verdicts, who gave the one that stands, and the same form again from its version."""
    current: Value | None = stale.current
    clash = Clash(
        heading=f"{asked.facts.leaf.code} {asked.facts.leaf.title}",
        typed=_in_words(asked.leaf, form.content or form.kept()),
        stands=_in_words(asked.leaf, content_of(current) if current is not None else None),
        url=asked.url,
        fields=again(request.POST, "version", current.version if current is not None else 0),
        who=current.author.full_name if current is not None and current.author else "",
        at=current.changed_at if current is not None else None,
    )
    return stale_page(request, [clash], asked.url, asked.opened.frame())


def _in_words(leaf: Leaf, content: Content | None) -> str:
    if content is None:
        return "Chưa có ý kiến thẩm định"
    lines = [say_content(leaf, content)]
    lines += [f"Căn cứ: {content.legal_basis}"] if content.legal_basis else []
    lines += [f"Lý do: {content.reason}"] if content.reason else []
    return "\n".join(lines)


def _moved_on(request: SignedInRequest, part: AppraisalPart, sentence: str) -> HttpResponse:
    """409 with the page as it is now; what was typed stays, and goes with the unit's value that is shown now."""
    asked = _asked(request, part)
    data = request.POST.copy()
    data["declared_version"] = str(asked.facts.declared.version if asked.facts.declared else 0)
    form = VerdictForm(asked.facts, asked.leaf, data)
    form.is_valid()
    return _page(request, asked, form, error=sentence, status=CONFLICT)


def _tell_saved(request: SignedInRequest, asked: Asked, value: Value) -> None:
    code, maximum = asked.facts.leaf.code, show_points(asked.facts.leaf.max_points)
    said = "không áp dụng" if value.worth is None else f"{show_points(value.worth)} / {maximum}"
    messages.info(request, f"Đã lưu {code}: {said}.")
    if is_lowered(asked.facts.earlier, value):
        messages.warning(request, f"{code} thấp hơn vòng 1. Điều phối phải mời đơn vị giải trình lại trước khi chốt.")


def _next_url(asked: Asked) -> str:
    following = asked.opened.facts.after(asked.facts.leaf)
    return asked.opened.leaf_url(following.leaf) if following else asked.opened.url


def _page(
    request: SignedInRequest,
    asked: Asked,
    form: VerdictForm | None = None,
    *,
    error: str = "",
    tried: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    opened, facts = asked.opened, asked.facts
    following = opened.facts.after(facts.leaf)
    may_write = bool(opened.pen)
    context = opened.frame() | {
        "leaf": facts.leaf,
        "row": row_of(opened, facts),
        "rows": rows_of(opened),
        "form": (form or VerdictForm(facts, asked.leaf)) if may_write else None,
        "closed": "" if may_write else opened.pen.reason,
        "error": [{"text": error, "url": ""}] if error else [],
        "tried": tried,
        "documents": _documents(asked),
        "history": [_told_change(change, asked.leaf) for change in changes_of(opened.part.participant, facts.leaf)]
        if opened.is_shown
        else [],
        "is_lowered": is_lowered(facts.earlier, facts.given),
        "next_code": following.leaf.code if following else "",
    }
    return render(request, "scoring/appraisal/leaf.html", context, status=status)


def _documents(asked: Asked) -> list[dict[str, Any]]:
    """The proof by step: what was shown with the self-assessment, in round 2 before it what the explanation brought."""
    if not asked.opened.is_shown:
        return []
    steps = [(Purpose.DECLARED, "Tài liệu khi tự chấm")]
    if asked.facts.number == 2:
        steps.insert(0, (Purpose.EXPLANATION, "Tài liệu bổ sung khi giải trình"))
    found = evidence_by_leaf(asked.opened.part.participant, asked.opened.user)
    return [{"heading": label, "items": found.get((asked.facts.leaf.pk, purpose), [])} for purpose, label in steps]


def _told_change(change: ValueChange, leaf: Leaf) -> dict[str, Any]:
    content = change.content or {}
    worth = content.get("worth")
    return {
        "stage": Stage(change.stage).label,
        "said": say_change(change.content, leaf),
        "points": show_points(worth) if worth is not None else "",
        "reason": content.get("reason", ""),
        "legal_basis": content.get("legal_basis", ""),
        "who": change.author.full_name if change.author else "Hệ thống",
        "at": change.at,
    }

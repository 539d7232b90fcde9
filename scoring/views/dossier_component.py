"""A whole component on one page: all its figures, one button; saved, wrong and overtaken ones are told apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from scoring.engine.single import Leaf
from scoring.forms.dossier import AnswerForm
from scoring.models import Submission
from scoring.permissions import DECLARE, VIEW_DOSSIER
from scoring.selectors.sheet_history import values_seen
from scoring.selectors.worksheet import Component, Line, dossier_visible_to
from scoring.services.errors import Conflict, Incomplete, StaleEdit, WrongFigures
from scoring.services.leaves import leaf_of
from scoring.services.self_assessment import take_back
from scoring.views.autosave_showing import unfinished_note
from scoring.views.dossier_frame import Opened, open_dossier
from scoring.views.dossier_leaf import Asked, clash_of, save, standing_version
from scoring.views.dossier_showing import answer_url, stages_of, totals_of
from scoring.views.stale import Clash, stale_page
from units.permissions import authorize
from units.vietnamese import show_points
from units.views.gates import SignedInRequest, route

CONFLICT, UNPROCESSABLE = 409, 422


@dataclass
class Saving:
    """What became of the answers of one page, by criterion's code; `open` are the forms that were not saved, by pk."""

    saved: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    open: dict[int, AnswerForm] = field(default_factory=dict)


@route(VIEW_DOSSIER, dossier_visible_to)
@require_http_methods(["GET", "HEAD", "POST"])
def component(request: SignedInRequest, submission: Submission) -> HttpResponseBase:
    """All leaves of one component; POST saves those that were changed, each from the version that was seen."""
    opened = open_dossier(request.user, submission, as_loaded=request.method != "POST")
    chosen = _chosen(request, opened)
    if request.method != "POST":
        return _page(request, opened, chosen, _forms(opened, chosen))
    authorize(request.user, DECLARE, submission)
    done = _save(opened, chosen, request.POST)
    if done.wrong or done.refused:
        return _partly_saved(request, submission, done)
    if done.clashes:
        return stale_page(request, done.clashes, request.path, opened.frame() | {"kept": _kept(done)})
    messages.info(request, _kept(done) or "Không có gì thay đổi.")
    return redirect(request.path)


def _partly_saved(request: SignedInRequest, submission: Submission, done: Saving) -> HttpResponse:
    """The page again: what was saved as it stands now, the rest as it was typed."""
    opened = open_dossier(request.user, submission)
    chosen = _chosen(request, opened)
    return _page(request, opened, chosen, _forms(opened, chosen) | done.open, done)


def _chosen(request: SignedInRequest, opened: Opened) -> Component:
    code = request.resolver_match.kwargs["component"] if request.resolver_match else ""
    found = next((item for item in opened.sheet.components if item.criterion.code == code), None)
    if found is None:
        raise Http404
    return found


def _forms(opened: Opened, chosen: Component) -> dict[int, AnswerForm]:
    """A form for each leaf that the unit answers, as it stands now."""
    return {
        line.criterion.pk: AnswerForm(
            _leaf(opened, line), value=line.declared, unfinished=line.unfinished, prefix=_prefix(line)
        )
        for line in chosen.lines
        if line.is_asked
    }


def _save(opened: Opened, chosen: Component, data: QueryDict) -> Saving:
    """Each answer for itself: what can be saved is saved, the rest is told and stays as typed."""
    done = Saving()
    seen = values_seen(opened.dossier.participant, [line.criterion for line in chosen.lines])
    for line in chosen.lines:
        if not line.is_asked or f"{_prefix(line)}-version" not in data:
            continue
        base = seen.get((line.criterion.pk, str(data[f"{_prefix(line)}-version"])))
        form = AnswerForm(_leaf(opened, line), data, value=base, prefix=_prefix(line))
        row = line.unfinished
        was_shown = row is not None and form["unfinished"].data == str(row.version)
        if (form.is_untouched and not was_shown) or (was_shown and row is not None and form.raw == row.typed):
            continue
        if form.is_valid() or _is_emptied(line, form):
            _save_one(Asked(opened, line, form.leaf), form, data, done)
        else:
            done.wrong.append(line.criterion.code)
        if line.criterion.code not in done.saved:
            done.open[line.criterion.pk] = form
    return done


def _save_one(asked: Asked, form: AnswerForm, data: QueryDict, done: Saving) -> None:
    code = asked.line.criterion.code
    try:
        if form.is_valid():
            save(asked, form.content, form.cleaned_data["version"])
        else:
            take_back(asked.opened.dossier.participant, asked.line.criterion, seen=0, by=asked.opened.user)
    except (WrongFigures, Incomplete) as refused:
        form.explain(refused)
        done.wrong.append(code)
    except StaleEdit as stale:
        done.clashes.append(clash_of(asked, form.content, stale, _single(form, data, standing_version(stale))))
    except Conflict as conflict:
        done.refused.setdefault(conflict.sentence, []).append(code)
    else:
        done.saved.append(code)


def _is_emptied(line: Line, form: AnswerForm) -> bool:
    """Whether typing that was no answer yet was wiped out again, where there is no answer: nothing is left to keep."""
    return line.declared is None and form.is_untouched


def _single(form: AnswerForm, data: QueryDict, version: int) -> list[tuple[str, str]]:
    """What was typed for one leaf, under the names of the leaf's own page, from the version that stands now."""
    start = f"{form.prefix}-"
    typed = [
        (name.removeprefix(start), str(value))
        for name, values in data.lists()
        if name.startswith(start) and name != f"{start}version"
        for value in values
    ]
    return [*typed, ("version", str(version))]


def _prefix(line: Line) -> str:
    return f"c{line.criterion.pk}"


def _leaf(opened: Opened, line: Line) -> Leaf:
    return leaf_of(line.criterion, opened.dossier.participant.campaign)


def _kept(done: Saving) -> str:
    return f"Đã lưu {', '.join(done.saved)}." if done.saved else ""


def _page(
    request: SignedInRequest,
    opened: Opened,
    chosen: Component,
    forms: dict[int, AnswerForm],
    done: Saving | None = None,
) -> HttpResponse:
    rows = [_row(opened, line, forms.get(line.criterion.pk)) for line in chosen.lines]
    criteria = [line.criterion for line in chosen.lines]
    for row, before, after in zip(rows, [None, *criteria], [*criteria[1:], None], strict=False):
        row |= {"previous": before, "next": after}
    may_write = any(row["form"] for row in rows)
    context = opened.frame() | {
        "component": chosen,
        "rows": rows,
        "may_write": may_write,
        "totals": totals_of(opened) if may_write else None,
        "errors": _errors(done, chosen),
        "kept": _kept(done) if done else "",
        "clashes": done.clashes if done else [],
        "pulse_url": reverse("scoring:dossier_pulse", args=opened.address),
        **_neighbours(opened, chosen),
    }
    status = 200 if done is None else UNPROCESSABLE if done.wrong else CONFLICT
    return render(request, "scoring/dossier/component.html", context, status=status)


def _row(opened: Opened, line: Line, form: AnswerForm | None) -> dict[str, Any]:
    may_write = form is not None and (bool(opened.pen(line.criterion)) or form.is_bound)
    return {
        "line": line,
        "criterion": line.criterion,
        "max_points": show_points(line.criterion.max_points),
        "person": opened.charges.get(line.criterion.pk),
        "url": answer_url(opened, line),
        "form": form if may_write else None,
        "stages": stages_of(opened, line),
        "unfinished": unfinished_note(line, opened.dossier.participant.campaign, opened.dossier.now),
        "save_url": answer_url(opened, line, "answer_save"),
        "prefix": f"{_prefix(line)}-",
    }


def _errors(done: Saving | None, chosen: Component) -> list[dict[str, str]]:
    if done is None:
        return []
    places = {line.criterion.code: f"#tc-{line.criterion.pk}" for line in chosen.lines}
    found = [{"text": f"{code}: có chỗ phải sửa.", "url": places[code]} for code in done.wrong]
    return found + [
        {"text": f"{', '.join(codes)}: {sentence}", "url": places[codes[0]]} for sentence, codes in done.refused.items()
    ]


def _neighbours(opened: Opened, chosen: Component) -> dict[str, dict[str, str] | None]:
    components = list(opened.sheet.components)
    place = components.index(chosen)

    def link(position: int) -> dict[str, str] | None:
        if not 0 <= position < len(components):
            return None
        code = components[position].criterion.code
        return {"code": code, "url": reverse("scoring:worksheet_component", args=[*opened.address, code])}

    return {"previous": link(place - 1), "next": link(place + 1)}

""" "Vì sao số này?": a unit's slip of points and one node of it, as they stand now or as a run has printed them.

The same address answers a script (header `X-Requested-With: fetch`) with the part that a box shows beside the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from scoring.engine.derivation import NodeDerivation
from scoring.engine.errors import CampaignFaults
from scoring.enums import Purpose, RunKind, Stage
from scoring.models import Campaign, Criterion, Run, Submission
from scoring.permissions import VIEW_DOSSIER, VIEW_EVIDENCE, VIEW_RUN
from scoring.selectors.campaigns import run_visible_to, touched_since
from scoring.selectors.decisions import Decisions, decisions_of
from scoring.selectors.evidence import evidence_by_leaf
from scoring.selectors.worksheet import Sight, Worksheet, dossier_visible_to, read_worksheet, sight_of
from scoring.services.campaign_file import OFFICIAL_STAGES
from scoring.services.derivation_wording import legend_of, sentence
from scoring.services.derivations import Account, account_of, account_of_run
from scoring.views.dossier_frame import open_dossier
from scoring.views.why_showing import (
    absences_at,
    absences_of,
    facts_of,
    kind_of,
    line_of,
    not_in_the_sum,
    told_decisions,
    told_steps,
)
from units import trail
from units.models import User
from units.permissions import can
from units.vietnamese import exact_points, format_datetime, format_percent, show_points
from units.views.gates import SignedInRequest, route

IN_FORCE = "hieu-luc"
"""`?theo=hieu-luc`: only what would count officially today, as the council's pages show it. For the team alone: whoever
sees fewer stages would take the numbers made of those for the ones in force."""


@dataclass(frozen=True)
class Asked:
    """A unit about whose numbers somebody asks. `account` is None where they cannot be computed; `sheet` is None where
    a run has a unit that takes part no more; `run` is None for the numbers as they stand, of `kind`."""

    user: User
    campaign: Campaign
    unit: str
    account: Account | None
    sheet: Worksheet | None
    frame: Mapping[str, Any]
    run: Run | None = None
    kind: str = RunKind.PROVISIONAL

    @property
    def is_official(self) -> bool:
        return self.run is not None and self.run.kind == RunKind.OFFICIAL

    def url(self, code: str = "") -> str:
        """The address of the unit's own page, or of one node."""
        place: list[Any] = [self.campaign.organiser.slug, self.campaign.code]
        place += [self.run.number, self.unit] if self.run else [self.unit]
        name = f"scoring:why_{'run_' if self.run else ''}{'node' if code else 'unit'}"
        query = f"?theo={IN_FORCE}" if self.run is None and self.kind == RunKind.OFFICIAL else ""
        return reverse(name, args=[*place, code] if code else place) + query


@route(VIEW_DOSSIER, dossier_visible_to)
@require_safe
def as_it_stands(request: SignedInRequest, submission: Submission) -> HttpResponse:
    """The unit (phiếu điểm, for print) or one node of it, from the stages that the reader may know of."""
    return _page(request, _asked_now(request, submission))


def _run_of_unit(user: User, slug: str, code: str, number: int, **rest: str) -> Run:
    return run_visible_to(user, slug, code, number)


@route(VIEW_RUN, _run_of_unit)
@require_safe
def as_printed(request: SignedInRequest, run: Run) -> HttpResponse:
    """The unit or one node of it from the run's own files; what the stages said of it comes from the rows of today."""
    return _page(request, _asked_of_run(request, run))


def _asked_now(request: SignedInRequest, submission: Submission) -> Asked:
    opened = open_dossier(request.user, submission, as_loaded=True)
    participant = opened.dossier.participant
    asks_in_force = request.GET.get("theo") == IN_FORCE and _sees_what_counts(opened.sight)
    kind = RunKind.OFFICIAL if asks_in_force else RunKind.PROVISIONAL
    account = account_of(participant, stages=opened.sight.everywhere, kind=kind)
    made = f"Số liệu lúc {format_datetime(opened.dossier.now)}"
    frame = opened.frame() | {"mark": _mark(opened.sight, kind), "made": made}
    return Asked(request.user, participant.campaign, participant.code, account, opened.sheet, frame, kind=kind)


def _sees_what_counts(sight: Sight) -> bool:
    """Whether the reader is of the team, which sees every stage that can count officially, of every leaf."""
    return not sight.is_unit and sight.everywhere.issuperset(OFFICIAL_STAGES)


def _asked_of_run(request: SignedInRequest, run: Run) -> Asked:
    code = _argument(request, "unit")
    account, refusal = None, ""
    try:
        account = account_of_run(run, code)
    except CampaignFaults:
        refusal = TAKEN_NO_MORE
    if account is None and not refusal:
        raise Http404
    found = run.campaign.participants.select_related("group", "criteria_set", "campaign__organiser")
    participant = found.filter(code=code).first()
    sheet = read_worksheet(participant, sight_of(request.user, participant)) if participant else None
    frame = {
        "campaign": run.campaign,
        "participant": participant,
        "is_sample": run.campaign.is_sample,
        "mark": "" if run.kind == RunKind.OFFICIAL else EVERYTHING,
        "made": f"Lần tính {run.number}, {run.get_kind_display().lower()}, lúc {format_datetime(run.calculated_at)}",
        "is_current": not touched_since(run),
        "refusal": refusal,
    }
    return Asked(request.user, run.campaign, code, account, sheet, frame, run)


TAKEN_NO_MORE = (
    "Bộ tính hôm nay không còn nhận tệp của lần tính này, nên không giải thích lại được. Kết quả đã lưu vẫn giữ nguyên."
)
EVERYTHING = "Gồm cả số liệu tự chấm và điểm chưa xác nhận. Chỉ để theo dõi, không dùng để công bố."


def _mark(sight: Sight, kind: str) -> str:
    """From what the provisional numbers were made."""
    if kind == RunKind.OFFICIAL:
        return "Chỉ gồm giá trị đang có hiệu lực; tiêu chí chưa có thì tính 0 điểm."
    if sight.everywhere == frozenset(Stage):
        return EVERYTHING
    stages = [stage.label.lower() for stage in Stage if stage in sight.everywhere and stage != Stage.PUBLISHED]
    if not stages:
        return "Đơn vị chưa nộp hồ sơ, nên chưa có số nào để tính."
    return f"Chỉ tính từ các bước được xem: {', '.join(stages)}. Chỉ để theo dõi."


def _argument(request: SignedInRequest, name: str) -> str:
    return str(request.resolver_match.kwargs.get(name, "")) if request.resolver_match else ""


# ── pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _page(request: SignedInRequest, asked: Asked) -> HttpResponse:
    """The unit, or the node that the address names; a box where a script asks. Http404 for an unknown node."""
    context, account, code = _frame(asked), asked.account, _argument(request, "node")
    if account is not None:
        context |= _node(asked, account, _found(account, code)) if code else _unit(asked, account)
    is_box = request.headers.get("X-Requested-With") == "fetch"
    name = ("node" if code else "unit") + ("_box" if is_box else "")
    response = render(request, f"scoring/why/{name}.html", context)
    patch_vary_headers(response, ["X-Requested-With"])
    return response


def _found(account: Account, code: str) -> NodeDerivation:
    found = account.node(code)
    if found is None:
        raise Http404
    return found


def _unit(asked: Asked, account: Account) -> dict[str, Any]:
    derivation = account.derivation
    return {
        "facts": facts_of(account),
        "steps": told_steps(derivation.steps, override_reason=account.override_reason),
        "legend": legend_of(derivation.steps),
        "absences": absences_of(account),
        "lines": [line_of(item, asked.url(item.code)) for item in derivation.nodes],
        "policy": [sentence(text) for text in derivation.policy],
        "unanswered": derivation.unanswered,
        "ranking_url": _ranking_url(asked, account),
    }


def _ranking_url(asked: Asked, account: Account) -> str:
    """The table of the run where the unit's rank stands beside the others'; "" where it has none."""
    if asked.run is None or account.peers is None or account.derivation.rank is None:
        return ""
    place = [asked.campaign.organiser.slug, asked.campaign.code, asked.run.number]
    return f"{reverse('scoring:run', args=place)}#k-{account.peers.code}"


def _frame(asked: Asked) -> dict[str, Any]:
    account = asked.account
    return {
        **asked.frame,
        "unit_name": account.derivation.name if account else _name_today(asked),
        "unit_url": asked.url(),
        "crumbs": _crumbs(asked),
        "run": asked.run,
        "is_official": asked.is_official,
        "account": account,
        "head": trail.line_about(asked.run, asked.campaign.trail_scope) if asked.run else None,
    }


def _name_today(asked: Asked) -> str:
    return asked.sheet.participant.name if asked.sheet else asked.unit


def _crumbs(asked: Asked) -> list[dict[str, str]]:
    place = [asked.campaign.organiser.slug, asked.campaign.code]
    if asked.run is not None:
        label = f"Lần tính {asked.run.number}"
        return [{"label": label, "url": reverse("scoring:run", args=[*place, asked.run.number])}]
    return [
        {
            "label": f"Phiếu tự chấm, {_name_today(asked)}",
            "url": reverse("scoring:worksheet", args=[*place, asked.unit]),
        }
    ]


def _node(asked: Asked, account: Account, found: NodeDerivation) -> dict[str, Any]:
    sheet = asked.sheet
    criterion = sheet.tree.by_code.get(found.code) if sheet else None
    decisions = decisions_of(sheet, criterion) if sheet and criterion else Decisions((), {}, {}, ())
    sight = sheet.sight if sheet else Sight(frozenset())
    seen = decisions.values if asked.run else [value for value in decisions.values if value.stage in sight.everywhere]
    counted = account.counted(found.code, seen)
    waiting = None if asked.run else not_in_the_sum(decisions.values, sight)
    return {
        "node": found,
        "criterion": criterion,
        "kind": kind_of(found),
        "points": show_points(found.points),
        "max_points": show_points(found.max_points),
        "exact": exact_points(found.points),
        "index": format_percent(found.index) if found.index is not None else "",
        "rule": sentence(found.rule),
        "wording": _wording(criterion, found.rule),
        "steps": told_steps(found.steps),
        "legend": legend_of(found.steps),
        "stages": told_decisions(decisions, asked.campaign, sight, counted=counted, waiting=waiting),
        "absences": absences_at(found, account, decisions.exclusions, sight),
        "evidence": _evidence(asked, criterion, decisions) if criterion and found.is_leaf else [],
        "children": [line_of(item, asked.url(item.code)) for item in account.children(found.code)],
        "above": _above(asked, account, found),
        "node_url": asked.url(found.code),
    }


def _wording(criterion: Criterion | None, rule: str) -> str:
    """How the criteria set words the scoring, "" where the rule says just that."""
    text = criterion.scoring_text if criterion else ""
    return "" if _in_one_line(rule).endswith(_in_one_line(text)) else text


def _in_one_line(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()


def _above(asked: Asked, account: Account, found: NodeDerivation) -> list[dict[str, str]]:
    """The nodes above this one, from the component down."""
    above: list[dict[str, str]] = []
    parent = account.node(found.parent) if found.parent else None
    while parent is not None:
        above.insert(0, {"label": f"{parent.code} {parent.title}", "url": asked.url(parent.code)})
        parent = account.node(parent.parent) if parent.parent else None
    return above


def _evidence(asked: Asked, criterion: Criterion, decisions: Decisions) -> list[dict[str, Any]]:
    """The documents cited for the leaf, where the reader may open them; those of an explanation go with its words."""
    sheet = asked.sheet
    if sheet is None or not _sees_evidence(asked.user, sheet, criterion):
        return []
    found = evidence_by_leaf(sheet.participant, asked.user)
    purposes = [Purpose.DECLARED, *([Purpose.EXPLANATION] if decisions.said else [])]
    return [
        {"evidence": document.evidence, "pages": use.pages, "purpose": purpose.label}
        for purpose in purposes
        for use, document in found.get((criterion.pk, purpose), [])
    ]


def _sees_evidence(user: User, sheet: Worksheet, criterion: Criterion) -> bool:
    """Whoever may read all documents of the unit, and its appraiser of this component once they are handed in."""
    is_judge = criterion.component_path in sheet.sight.judged and Stage.DECLARED in sheet.sight.everywhere
    return is_judge or bool(can(user, VIEW_EVIDENCE, sheet.participant))

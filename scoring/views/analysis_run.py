"""The analysis of a run, from its frozen file: what is near, how firm ranks are, points lost, change on last year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from scoring.analysis.closeness import near_threshold, near_ties
from scoring.analysis.evaluated import Evaluated
from scoring.analysis.lost_points import lost_points
from scoring.enums import RunKind
from scoring.models import Run
from scoring.permissions import VIEW_RUN
from scoring.selectors.campaigns import run_visible_to
from scoring.services.analysing import evaluated_run, open_matters, rank_ranges_of, year_on_year
from scoring.views.analysis_showing import (
    change_table,
    loss_table,
    open_rows,
    range_rows,
    threshold_rows,
    tie_rows,
)
from units.vietnamese import format_number
from units.views.gates import SignedInRequest, route

TIE_DISTANCES = ("0.05", "0.1", "0.25", "0.5")
THRESHOLD_DISTANCES = ("0.5", "1", "2", "3")


@route(VIEW_RUN, run_visible_to)
@require_safe
def near(request: SignedInRequest, run: Run) -> HttpResponse:
    """Units side by side in the ranking, units near a threshold, and what is open that would change a class."""
    ties = _chosen(request.GET, "hang", TIE_DISTANCES, "0.1")
    thresholds = _chosen(request.GET, "nguong", THRESHOLD_DISTANCES, "1")

    def found(evaluated: Evaluated) -> dict[str, Any]:
        matters = open_matters(run, evaluated)
        return {
            "ties": tie_rows(evaluated, near_ties(evaluated, Fraction(ties))),
            "thresholds": threshold_rows(evaluated, near_threshold(evaluated, Fraction(thresholds))),
            "matters": matters,
            "open": open_rows(evaluated, matters),
            "tie_choices": _choices(TIE_DISTANCES, ties),
            "threshold_choices": _choices(THRESHOLD_DISTANCES, thresholds),
            "is_points": evaluated.campaign.policy.grade_on == "points",
            "has_pairs": any(len(evaluated.ranked(group.code)) > 1 for group in evaluated.campaign.groups),
        }

    return _page(request, run, "near", found)


@route(VIEW_RUN, run_visible_to)
@require_safe
def ranges(request: SignedInRequest, run: Run) -> HttpResponse:
    """The ranks of every unit while the weights of the components vary."""

    def found(evaluated: Evaluated) -> dict[str, Any]:
        tables = []
        for group in evaluated.campaign.groups:
            rows = range_rows(evaluated, rank_ranges_of(run, group.code))
            firm = sum(row.is_firm for row in rows)
            tables.append({"group": group, "rows": rows, "firm": firm})
        return {"tables": tables, "is_weighted": evaluated.campaign.policy.weighting == "weights"}

    return _page(request, run, "ranges", found)


@route(VIEW_RUN, run_visible_to)
@require_safe
def lost(request: SignedInRequest, run: Run) -> HttpResponse:
    """Where points were lost: by group, component and leaf, greatest first."""

    def found(evaluated: Evaluated) -> dict[str, Any]:
        groups = evaluated.groups
        return {"tables": [loss_table(groups[one.group], one) for one in lost_points(evaluated)]}

    return _page(request, run, "lost", found)


@route(VIEW_RUN, run_visible_to)
@require_safe
def change(request: SignedInRequest, run: Run) -> HttpResponse:
    """Every unit against itself a year ago, over what can be compared."""

    def found(evaluated: Evaluated) -> dict[str, Any]:
        compared = year_on_year(run, evaluated)
        groups = evaluated.campaign.groups
        return {
            "compared": compared,
            "tables": [change_table(evaluated, group, compared) for group in groups] if compared else [],
        }

    return _page(request, run, "change", found)


def _page(
    request: SignedInRequest, run: Run, name: str, found: Callable[[Evaluated], Mapping[str, Any]]
) -> HttpResponse:
    evaluated = evaluated_run(run)
    context = {
        "campaign": run.campaign,
        "run": run,
        "here": name,
        "is_official": run.kind == RunKind.OFFICIAL,
        "is_sample": run.campaign.is_sample,
        "is_readable": evaluated is not None,
        **(found(evaluated) if evaluated is not None else {}),
    }
    return render(request, f"scoring/analysis/{name}.html", context)


def _chosen(query: Mapping[str, Any], name: str, choices: tuple[str, ...], usual: str) -> str:
    """The distance that was asked for; the usual one for what is none of the choices."""
    return query[name] if query.get(name) in choices else usual


def _choices(values: tuple[str, ...], chosen: str) -> list[dict[str, Any]]:
    return [{"value": value, "label": format_number(value), "is_chosen": value == chosen} for value in values]

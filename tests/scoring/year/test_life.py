"""The life of a year, from the opening to the official run, by the right persons."""

from __future__ import annotations

import json

import pytest

from scoring.engine.compute import compute
from scoring.enums import Phase, RunKind
from scoring.services.running import run_official, run_provisional, what_stands_against
from tests.year import build_year

pytestmark = pytest.mark.django_db


def test_a_year_goes_from_opening_to_the_official_run() -> None:
    year = build_year(Phase.FINALISED)
    assert what_stands_against(year.campaign) == []
    run = run_official(year.campaign, year["c"])
    units = {unit["code"]: unit for unit in json.loads(run.results_file)["units"]}
    # A: 2 + 0,8 × 4 + 1,5 + 3,5 of 12;  B: 0,5 + 0 + 3,5 of 10 (2.1 does not apply)
    assert (units["SOA"]["points"], units["SOA"]["max_points"], units["SOA"]["index"]) == ("10.2", "12", "85.00")
    assert (units["SOB"]["points"], units["SOB"]["max_points"], units["SOB"]["index"]) == ("4", "10", "40.00")
    assert run.results_file.encode() == compute(run.campaign_file.encode())


def test_declared_values_count_in_a_provisional_run_only() -> None:
    year = build_year(Phase.APPRAISAL)
    run = run_provisional(year.campaign, year["c"])
    assert run.kind == RunKind.PROVISIONAL
    units = {unit["code"]: unit for unit in json.loads(run.results_file)["units"]}
    assert units["SOA"]["points"] == "7.6"
    # the claim of 2.1 is not confirmed yet: the leaf stays in the maximum with 0 points
    assert (units["SOB"]["points"], units["SOB"]["max_points"]) == ("0.5", "12")
    assert units["SOB"]["unanswered"] == ["1.2", "2.1", "3.1"]

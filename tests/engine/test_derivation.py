"""How every number came about: the derivation of a unit agrees with its results, and says each step."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from scoring.engine.derivation import NodeDerivation, Step, UnitDerivation, derive
from scoring.engine.evaluate import evaluate
from scoring.engine.interchange import dump_results, load_campaign
from tests.engine.campaigns import Json, campaign, leaf, unit
from tests.engine.campaigns import spell as write
from tests.engine.random_campaigns import draw_campaign

GOLDEN = Path(__file__).resolve().parents[2] / "fixtures" / "golden"
CASES = sorted(path.stem for path in GOLDEN.glob("*.json") if not path.stem.endswith(".results"))


def derived(file: Json | bytes, code: str = "A") -> UnitDerivation:
    read = load_campaign(file if isinstance(file, bytes) else write(file))
    return derive(read, evaluate(read), code)


def node_of(file: Json, code: str = "1", unit_code: str = "A") -> NodeDerivation:
    return next(node for node in derived(file, unit_code).nodes if node.code == code)


def steps_of(found: NodeDerivation | UnitDerivation) -> dict[str, Step]:
    return {step.name: step for step in found.steps}


def sentences(found: NodeDerivation | UnitDerivation) -> list[str]:
    return [step.sentence for step in found.steps]


def assert_agrees_with_its_results(data: bytes) -> None:
    """Every number of every derivation is the results file's, and the last word of the steps is that number."""
    read = load_campaign(data)
    results = evaluate(read)
    for printed in json.loads(dump_results(results))["units"]:
        found = derive(read, results, printed["code"])
        for key in ("points", "max_points", "index", "rank", "grade", "grade_reason"):
            assert getattr(found, key) == printed[key]
        assert list(found.unanswered) == printed["unanswered"]
        assert_steps_lead_to(found, printed)
        for node, row in zip(found.nodes, printed["nodes"], strict=True):
            for key in ("code", "points", "max_points", "index", "rank", "applicable"):
                assert getattr(node, key) == row[key]
            assert_steps_lead_to(node, row)


def assert_steps_lead_to(found: NodeDerivation | UnitDerivation, printed: Json) -> None:
    points = [step.values["points"] for step in found.steps if "points" in step.values and step.name != "index"]
    if points:
        assert_same(points[-1], printed["points"])
    by_name = steps_of(found)
    if printed["index"] is None:
        assert "exact" not in by_name.get("index", Step("index", {}, "")).values
    else:
        assert by_name["rounding"].values["published"] == printed["index"]
    if printed["rank"] is not None:
        rank = by_name["rank"].values
        assert int(rank["rank"]) == printed["rank"]
        if rank["ranking"] == "competition":
            assert int(rank["above"]) == printed["rank"] - 1
        assert int(rank["among"]) > int(rank["above"]) + int(rank["tied"])


def assert_same(exact: str, printed: str) -> None:
    assert abs(Fraction(exact) - Fraction(printed)) <= Fraction(1, 2 * 10**6)


@for_all(st.integers(min_value=0, max_value=10**9))
def test_every_number_of_a_derivation_is_the_results_files(seed: int) -> None:
    assert_agrees_with_its_results(write(draw_campaign(seed)))


@pytest.mark.parametrize("case", CASES)
def test_the_golden_campaigns_are_derived_to_their_results(case: str) -> None:
    assert_agrees_with_its_results((GOLDEN / f"{case}.json").read_bytes())


def test_a_unit_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="B"):
        derived(campaign([leaf("1")], [unit("A")]), "B")

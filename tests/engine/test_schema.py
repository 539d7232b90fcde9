"""The JSON Schemas in ``docs/schemas``: made from the code, true of every file, and never stricter than the engine."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults
from scoring.engine.interchange import load_campaign
from scoring.engine.results_file import read_results
from scoring.engine.rules.registry import KINDS
from scoring.engine.schema import SCHEMAS, render_schema
from tests.engine.campaigns import Json, campaign, does_not_apply, given, leaf, parent, results, spell, unit
from tests.engine.random_campaigns import draw_campaign

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "fixtures" / "golden"
CAMPAIGN = jsonschema_rs.Draft202012Validator(SCHEMAS["campaign"]())
RESULTS = jsonschema_rs.Draft202012Validator(SCHEMAS["results"]())


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_in_the_docs_are_those_of_the_code(name: str) -> None:
    """Stale? ``python -m scoring.engine --schema campaign > docs/schemas/campaign.json``, and results likewise."""
    assert (ROOT / "docs" / "schemas" / f"{name}.json").read_bytes() == render_schema(name)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_right_schema_of_its_draft(name: str) -> None:
    schema = SCHEMAS[name]()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert jsonschema_rs.meta.is_valid(schema)


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_every_golden_file_is_valid(path: Path) -> None:
    schema = RESULTS if path.stem.endswith(".results") else CAMPAIGN
    schema.validate(json.loads(path.read_bytes()))


@for_all(st.integers(min_value=0, max_value=10**9))
def test_every_campaign_and_its_results_are_valid(seed: int) -> None:
    file = draw_campaign(seed)
    CAMPAIGN.validate(file)
    RESULTS.validate(json.loads(compute(spell(file))))


# ── schema and engine agree on what a schema can see ──────────────────────────────────────────────────────────────────

LEVELS = [{"key": "a", "label": "A", "share": "0.5"}, {"key": "b", "label": "B", "points": 1}]
RULES: dict[str, tuple[Json, Json]] = {
    "options": ({"options": LEVELS}, {"choice": "a"}),
    "checklist": ({"items": LEVELS}, {"checked": ["a"]}),
    "ratio": (
        {"floor": 0, "full_at": "0.9", "inverse": False, "when_empty": "full", "allow_over": True},
        {"numerator": 1, "denominator": "2"},
    ),
    "bands": ({"of": "ratio", "bands": [{"at_least": "0.5", "linear": True}]}, {"numerator": 1, "denominator": 2}),
    "per_item": ({"points_each": "0.25"}, {"count": 3}),
    "deduction": (
        {"items": [{"key": "a", "label": "A", "points_each": 1, "limit": "2"}]},
        {"counts": {"a": 1}},
    ),
    "lateness": (
        {"due": "2026-12-15", "steps": [{"up_to_days": 0, "share": 1}, {"up_to_days": 5, "points": 1}]},
        {"absent": True},
    ),
    "formula": (
        {"variables": [{"key": "a", "label": "A"}], "pieces": [{"when": "a > 1", "points": "M"}, {"points": "0"}]},
        {"a": "-2.5"},
    ),
    "manual": ({"step": "0.5"}, {"points": "1.5"}),
    "survey": (
        {"scale_min": 1, "scale_max": 5, "min_responses": 3, "when_few": "zero"},
        {"mean": "4.5", "responses": 10},
    ),
    "indicator": ({"of": 100}, {"value": "-1"}),
}
FILE = campaign(
    [
        parent("1", "22", *(leaf(f"1.{kind}", "2", {"kind": kind, **rule}) for kind, (rule, _) in RULES.items())),
        leaf("2", "5", role="bonus"),
    ],
    [
        unit("A", {f"1.{kind}": {"inputs": inputs} for kind, (_, inputs) in RULES.items()}),
        unit(
            "B",
            {"1.manual": given("1"), "1.survey": does_not_apply()},
            ranked=False,
            not_applicable=[{"criterion": "1.ratio", "reason": "Vì", "legal_basis": "QĐ"}],
            grade_override={"grade": "kha", "reason": "Vì"},
        ),
    ],
    gates=[{"node": "any", "index_below": "50", "highest_grade": "kha", "reason": "Vì"}],
)


GONE = object()
"""Stands for a key that is taken out."""


def changed(path: str, value: Any, file: Json = FILE) -> Json:
    """The file with another value at ``path``; "rule/survey/of" is the key of that kind's rule."""
    copied = copy.deepcopy(file)
    steps = path.split("/")
    holder: Any = copied
    if steps[0] == "rule":
        holder = copied["criteria_sets"][0]["criteria"][0]["children"][list(RULES).index(steps[1])]["rule"]
        steps = steps[2:]
    for step in steps[:-1]:
        holder = holder[int(step) if isinstance(holder, list) else step]
    if value is GONE:
        del holder[steps[-1]]
    else:
        holder[steps[-1]] = value
    return copied


def name_of(path: str, value: Any) -> str:
    return f"{path} = {'(gone)' if value is GONE else json.dumps(value, ensure_ascii=False)}"


def cases(table: list[tuple[str, Any]]) -> list[Any]:
    return [pytest.param(path, value, id=name_of(path, value)) for path, value in table]


def is_taken(file: Json) -> bool:
    try:
        load_campaign(spell(file))
    except CampaignFaults:
        return False
    return True


def test_every_kind_of_rule_is_in_the_file_that_is_mutated() -> None:
    assert list(RULES) == list(KINDS)
    assert is_taken(FILE)
    CAMPAIGN.validate(FILE)


TAKEN: list[tuple[str, Any]] = [
    ("x_source", "ai cũng được"),
    ("gates", GONE),
    ("units/0/x_note", 1),
    ("units/0/answers/x_note", "ghi chú"),
    ("policy/decimals", "02.0"),
    ("policy/leaf_decimals", "10"),
    ("policy/leaf_decimals", None),
    ("grades/0/label", GONE),
    ("groups/0/grades", [{"code": "kha"}]),
    ("groups/0/gates", []),
    ("criteria_sets/0/title", GONE),
    ("criteria_sets/0/criteria/1/weight", None),
    ("criteria_sets/0/criteria/1/max_points", "-0.0"),
    ("criteria_sets/0/criteria/0/children/0/weight", None),
    ("criteria_sets/0/criteria/0/source", "self"),
    ("units/0/grade_override", None),
    ("rule/bands/bands", [{"above": "0.5", "share": "1"}, {"at_most": 0, "points": "0"}]),
    ("rule/lateness/due", GONE),
]


@pytest.mark.parametrize(("path", "value"), cases(TAKEN))
def test_what_the_engine_takes_the_schema_takes(path: str, value: Any) -> None:
    file = changed(path, value)
    assert (is_taken(file), CAMPAIGN.is_valid(file)) == (True, True)


REFUSED: list[tuple[str, Any]] = [
    ("policy", GONE),
    ("format", "parindex-campaign/2"),
    ("note", "x"),
    ("campaign/title", " "),
    ("campaign/code", "x" * 201),
    ("policy/rounding", "up"),
    ("policy/decimals", 7),
    ("policy/decimals", "2.5"),
    ("policy/decimals", None),
    ("policy/leaf_decimals", "11"),
    ("policy/cap_index", "true"),
    ("policy/mean_of", GONE),
    ("grades", []),
    ("grades/0/above", "90"),
    ("grades/0/at_least", "80,5"),
    ("gates/0/index_below", "-1"),
    ("gates/0/highest_grade", GONE),
    ("groups/0/gates", {}),
    ("criteria_sets/0/criteria", []),
    ("criteria_sets/0/criteria/0/rule", {"kind": "manual"}),
    ("criteria_sets/0/criteria/0/children", []),
    ("criteria_sets/0/criteria/0/role", "scored"),
    ("criteria_sets/0/criteria/0/children", GONE),
    ("criteria_sets/0/criteria/1/code", "any"),
    ("criteria_sets/0/criteria/1/role", "extra"),
    ("criteria_sets/0/criteria/1/source", "unit"),
    ("criteria_sets/0/criteria/1/max_points", 2.5),
    ("criteria_sets/0/criteria/1/max_points", "1e3"),
    ("criteria_sets/0/criteria/1/max_points", "1234567890123456"),
    ("criteria_sets/0/criteria/0/children/0/weight", "1"),
    ("rule/options/kind", "choice"),
    ("rule/options/options", []),
    ("rule/options/options/0/label", GONE),
    ("rule/options/options/0/share", GONE),
    ("rule/checklist/items/0/points", "1"),
    ("rule/checklist/step", "1"),
    ("rule/ratio/when_empty", "half"),
    ("rule/ratio/inverse", "no"),
    ("rule/bands/of", GONE),
    ("rule/bands/bands/0/above", "0.5"),
    ("rule/bands/bands/0/linear", False),
    ("rule/per_item/points_each", GONE),
    ("rule/deduction/items/0/key", GONE),
    ("rule/lateness/due", "15/12/2026"),
    ("rule/lateness/steps/0/up_to_days", GONE),
    ("rule/formula/pieces/0/points", 1),
    ("rule/formula/variables/0/label", ""),
    ("rule/manual/step", "a"),
    ("rule/survey/when_few", "full"),
    ("rule/indicator/of", None),
    ("units/0/answers", GONE),
    ("units/0/ranked", None),
    ("units/0/answers/2", 1),
    ("units/0/answers/2", {"points": "1"}),
    ("units/0/answers/2", {"points": "-1", "reason": "Vì"}),
    ("units/0/answers/2", {"not_applicable": False, "reason": "Vì"}),
    ("units/0/answers/2", {"inputs": {"points": 1}, "reason": "Vì"}),
    ("units/0/answers/2", {"inputs": {"points": None}}),
    ("units/1/not_applicable/0/reason", GONE),
    ("units/1/grade_override/by", "ai"),
]


@pytest.mark.parametrize(("path", "value"), cases(REFUSED))
def test_what_the_schema_can_see_both_refuse(path: str, value: Any) -> None:
    file = changed(path, value)
    assert (is_taken(file), CAMPAIGN.is_valid(file)) == (False, False)


STRANGE: list[Any] = [
    None,
    True,
    False,
    0,
    -1,
    7,
    10**15,
    1.5,
    "",
    " ",
    "x",
    "-0",
    "1.50",
    "any",
    [],
    ["a"],
    {},
    {"x_": 1},
]


@for_all(st.integers(min_value=0, max_value=10**9))
def test_what_the_engine_takes_no_schema_refuses(seed: int) -> None:
    """One value somewhere is replaced by something strange, or taken out."""
    random = Random(seed)
    file = copy.deepcopy(FILE) if random.random() < 0.5 else draw_campaign(seed)
    container, key = random.choice(list(places_in(file)))
    if isinstance(container, dict) and random.random() < 0.3:
        del container[key]
    else:
        container[key] = copy.deepcopy(random.choice(STRANGE))
    if is_taken(file):
        CAMPAIGN.validate(file)


def places_in(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key or index) of a JSON value."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places_in(inner)


# ── results ───────────────────────────────────────────────────────────────────────────────────────────────────────────

PRINTED = results(FILE)


def is_read(file: Json) -> bool:
    try:
        read_results(spell(file))
    except CampaignFaults:
        return False
    return True


WRONGLY_PRINTED: list[tuple[str, Any]] = [
    ("engine", GONE),
    ("input_sha256", "0"),
    ("note", 1),
    ("units/0/points", "1.50"),
    ("units/0/index", "1,5"),
    ("units/0/rank", 0),
    ("units/0/grade", 1),
    ("units/0/grade_reason", None),
    ("units/0/unanswered", [1]),
    ("units/0/nodes/0/applicable", None),
    ("units/0/nodes/0/steps", GONE),
    ("groups/0/count", "2"),
    ("groups/0/grades/tot", -1),
    ("groups/0/components/0/lowest_unit", ""),
]


@pytest.mark.parametrize(("path", "value"), cases(WRONGLY_PRINTED))
def test_results_that_are_not_as_printed_both_refuse(path: str, value: Any) -> None:
    file = changed(path, value, PRINTED)
    assert (is_read(file), RESULTS.is_valid(file)) == (False, False)


@for_all(st.integers(min_value=0, max_value=10**9))
def test_results_that_the_reader_takes_no_schema_refuses(seed: int) -> None:
    random = Random(seed)
    file = copy.deepcopy(PRINTED)
    container, key = random.choice(list(places_in(file)))
    container[key] = copy.deepcopy(random.choice(STRANGE))
    if is_read(file):
        RESULTS.validate(file)

"""Small campaign files for the engine's tests: say what matters, the rest is ordinary."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scoring.engine.compute import compute
from scoring.engine.errors import CampaignFaults

Json = dict[str, Any]

POLICY: Json = {
    "decimals": 2,
    "rounding": "half_up",
    "leaf_decimals": None,
    "exclusion": "own_maximum",
    "weighting": "points",
    "cap_index": False,
    "rank_on": "published",
    "ranking": "competition",
    "grade_on": "published",
    "mean_of": "published",
}

GRADES: list[Json] = [
    {"code": "tot", "label": "Tốt", "at_least": "80"},
    {"code": "kha", "label": "Khá", "at_least": "65"},
    {"code": "trung_binh", "label": "Trung bình", "at_least": "50"},
    {"code": "yeu", "label": "Yếu"},
]


def leaf(code: str, max_points: str = "10", rule: Json | None = None, **more: Any) -> Json:
    """A leaf that takes points by hand unless another rule is given."""
    node = {"code": code, "title": f"Tiêu chí {code}", "max_points": max_points, "rule": rule or {"kind": "manual"}}
    return {**node, **more}


def parent(code: str, max_points: str, *children: Json, **more: Any) -> Json:
    return {"code": code, "title": f"Lĩnh vực {code}", "max_points": max_points, "children": list(children), **more}


def unit(code: str, answers: Json | None = None, **more: Any) -> Json:
    known: Json = {
        "code": code,
        "name": f"Đơn vị {code}",
        "group": "so",
        "criteria_set": "so",
        "answers": answers or {},
    }
    return {**known, **more}


def given(points: str) -> Json:
    """The answer of a person who gives points."""
    return {"points": points, "reason": "Theo biên bản thẩm định"}


def does_not_apply() -> Json:
    return {"not_applicable": True, "reason": "Không có TTHC"}


def campaign(criteria: list[Json], units: list[Json], **changes: Any) -> Json:
    """A campaign with one criteria set and one group; ``changes`` go into the policy or replace a key of the file."""
    policy = {key: value for key, value in changes.items() if key in POLICY}
    rest = {key: value for key, value in changes.items() if key not in POLICY}
    return {
        "format": "parindex-campaign/1",
        "campaign": {"code": "2025", "title": "Chỉ số CCHC năm 2025"},
        "policy": {**POLICY, **policy},
        "grades": GRADES,
        "gates": [],
        "criteria_sets": [{"code": "so", "title": "Bộ tiêu chí cấp sở", "criteria": criteria}],
        "groups": [{"code": "so", "title": "Sở, ban, ngành"}],
        "units": units,
        **rest,
    }


def spell(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def results(file: Json) -> Json:
    """Compute a campaign file and return the parsed results file."""
    parsed: Json = json.loads(compute(spell(file)))
    return parsed


def results_of(file: Json, code: str) -> Json:
    """The results of one unit, its nodes by code."""
    found = next(one for one in results(file)["units"] if one["code"] == code)
    return {**found, "nodes": {node["code"]: node for node in found["nodes"]}}


def faults(file: object) -> list[str]:
    """The sentences with which a file (or raw bytes) is refused; fails where it is taken."""
    with pytest.raises(CampaignFaults) as refusal:
        compute(file if isinstance(file, bytes) else spell(file))
    return [str(fault) for fault in refusal.value.faults]


def one_leaf(rule: Json, answer: Json | None, max_points: str = "2", **changes: Any) -> Json:
    """A campaign of one unit and one leaf under test, beside a second leaf of 10 points that got all of them."""
    answers = {"2": given("10")} if answer is None else {"1": answer, "2": given("10")}
    return campaign([leaf("1", max_points, rule), leaf("2", "10")], [unit("A", answers)], **changes)


def scored(rule: Json, inputs: Json | None, max_points: str = "2", **changes: Any) -> Json:
    """What one leaf comes to for the figures ``inputs`` (None: no answer)."""
    answer = None if inputs is None else {"inputs": inputs}
    node: Json = results_of(one_leaf(rule, answer, max_points, **changes), "A")["nodes"]["1"]
    return node


def refused(rule: Json, inputs: Json, max_points: str = "2") -> list[str]:
    """The sentences with which figures (or the rule itself) are refused."""
    return faults(one_leaf(rule, {"inputs": inputs}, max_points))


def without_sentences(results: Json) -> Json:
    """The results but for what the oracle does not tell."""
    units = [
        {key: value for key, value in one.items() if key not in ("grade_reason", "nodes")} for one in results["units"]
    ]
    for one, full in zip(units, results["units"], strict=True):
        one["nodes"] = [{key: value for key, value in node.items() if key != "steps"} for node in full["nodes"]]
    return {"units": units, "groups": results["groups"]}

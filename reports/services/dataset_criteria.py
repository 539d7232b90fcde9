"""The criteria in a dataset, as deep as it goes: every tree once, each unit's points of every node, and how they came.

Points are those of the results file. Only the steps are derived, by the engine and once, when a draft is made (`tell`);
whoever freezes the same again takes them from the dataset that holds them (`told_in`), so that what was frozen does not
change with the engine's words. Nothing that a person wrote about a unit is in here: the engine's sentences tell that
points were given with a reason, never the reason (scoring.engine.derivation_types).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reports.services.errors import Conflict
from reports.services.material import Material
from scoring.services.calculation import CannotCalculate
from scoring.services.derivations import faithful_accounts

Json = dict[str, Any]
Steps = list[Json]


@dataclass(frozen=True)
class Told:
    """How numbers came about: `rules` says what the rule of a leaf does (criteria set → leaf), `units` has the steps of
    a unit, `nodes` those of its nodes (unit → node). A step is {name, values, sentence}."""

    rules: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    units: Mapping[str, Steps] = field(default_factory=dict)
    nodes: Mapping[str, Mapping[str, Steps]] = field(default_factory=dict)


def tell(material: Material) -> Told:
    """Every step of every unit of the run. Raises `Conflict` where today's engine cannot tell the run's numbers."""
    try:
        accounts = [account.derivation for account in faithful_accounts(material.run)]
    except CannotCalculate as refused:
        raise Conflict(
            f"Bộ máy tính hiện nay không kể lại được cách tính của lần tính {material.run.number}. "
            "Tính lại rồi soạn bản công bố."
        ) from refused
    set_of = {unit["code"]: unit["criteria_set"] for unit in material.file["units"]}
    return Told(
        rules={set_of[unit.code]: {node.code: node.rule for node in unit.nodes if node.rule} for unit in accounts},
        units={unit.code: _steps(unit.steps) for unit in accounts},
        nodes={unit.code: {node.code: _steps(node.steps) for node in unit.nodes} for unit in accounts},
    )


def told_in(dataset: Json) -> Told:
    """What a dataset tells; nothing where it was frozen before datasets did."""
    units = [unit for group in dataset["groups"] for unit in group["units"]]
    return Told(
        rules={
            item["code"]: {node["code"]: node["rule"] for node in item["nodes"] if node["rule"]}
            for item in dataset.get("criteria_sets", [])
        },
        units={unit["code"]: unit.get("steps", []) for unit in units},
        nodes={unit["code"]: {node["code"]: node["steps"] for node in unit.get("criteria", [])} for unit in units},
    )


def add_criteria(dataset: Json, material: Material, told: Told) -> None:
    """Fill `criteria_sets` of the dataset, `criteria_set`, `criteria` and `steps` of each unit that has figures."""
    results = {unit["code"]: unit for unit in material.results["units"]}
    set_of = {unit["code"]: unit["criteria_set"] for unit in material.file["units"]}
    units = [unit for group in dataset["groups"] for unit in group["units"] if unit["code"] in results]
    used = {set_of[unit["code"]] for unit in units}
    dataset["criteria_sets"] = [
        {
            "code": item["code"],
            "title": item["title"],
            "nodes": list(_nodes(item["criteria"], None, told.rules.get(item["code"], {}))),
        }
        for item in material.file["criteria_sets"]
        if item["code"] in used
    ]
    for unit in units:
        code = unit["code"]
        unit["criteria_set"] = set_of[code]
        unit["criteria"] = _criteria(results[code], told.nodes.get(code, {}))
        unit["steps"] = told.units.get(code, [])


def _nodes(nodes: list[Json], parent: str | None, rules: Mapping[str, str]) -> Iterator[Json]:
    """The tree as a list, a node before what is below it: the order of the results file."""
    for node in nodes:
        is_leaf = not node.get("children")
        yield {
            "code": node["code"],
            "title": node["title"],
            "parent": parent,
            "max_points": node["max_points"],
            "is_leaf": is_leaf,
            "role": node.get("role", "scored") if is_leaf else None,
            "source": node.get("source", "self") if is_leaf else None,
            "rule": rules.get(node["code"]),
        }
        yield from _nodes(node.get("children", []), node["code"], rules)


def _criteria(result: Json, steps: Mapping[str, Steps]) -> list[Json]:
    """Every node of a unit. `state` tells nought points from what does not apply or was not answered; "full_marks" is
    what does not apply and is given its maximum (policy `exclusion`)."""
    unanswered = set(result["unanswered"])
    return [
        {
            "code": node["code"],
            "points": node["points"],
            "max_points": node["max_points"],
            "index": node["index"],
            "state": _state(node, unanswered),
            "steps": steps.get(node["code"], []),
        }
        for node in result["nodes"]
    ]


def _state(node: Json, unanswered: set[str]) -> str:
    if not node["applicable"]:
        return "full_marks" if Decimal(node["points"]) else "not_applicable"
    return "unanswered" if node["code"] in unanswered else "applies"


def _steps(steps: Iterable[Any]) -> Steps:
    return [{"name": step.name, "values": dict(step.values), "sentence": step.sentence} for step in steps]

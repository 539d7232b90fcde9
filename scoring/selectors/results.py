"""A run's kept results, arranged for tables; read from the frozen text, never recomputed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from scoring.models import Run


@dataclass(frozen=True)
class GroupTable:
    """One group of a run: its statistics and its units in the order of the results file."""

    code: str
    title: str
    statistics: dict[str, Any]
    components: list[dict[str, Any]]
    rows: list[dict[str, Any]]


def group_tables(run: Run) -> list[GroupTable]:
    """The run as one table a group; names and titles come from the run's own campaign file."""
    campaign, results = json.loads(run.campaign_file), json.loads(run.results_file)
    units = {unit["code"]: unit for unit in campaign["units"]}
    sets = {item["code"]: item["criteria"] for item in campaign["criteria_sets"]}
    labels = {group["code"]: group for group in campaign["groups"]}
    tables = []
    for statistics in results["groups"]:
        code = statistics["code"]
        rows = [_row(unit, units[unit["code"]], sets) for unit in results["units"] if unit["group"] == code]
        grades = {item["code"]: item["label"] for item in labels[code].get("grades") or campaign["grades"]}
        for row in rows:
            row["grade_label"] = grades.get(row["grade"], "")
        tables.append(GroupTable(code, labels[code]["title"], statistics, rows[0]["components"] if rows else [], rows))
    return tables


@dataclass(frozen=True)
class UnitPrint:
    """One unit as a run has printed it: `index` with a dot, `index` and `rank` None where it has none, `grade` the
    label of its class, "" without one; `among` how many units of its group are ranked."""

    index: str | None
    rank: int | None
    among: int
    grade: str


def unit_print(run: Run, unit: str) -> UnitPrint | None:
    """What the run has printed of the unit with this code; None where it has no such unit."""
    campaign, results = json.loads(run.campaign_file), json.loads(run.results_file)
    found = next((item for item in results["units"] if item["code"] == unit), None)
    if found is None:
        return None
    group = next(item for item in campaign["groups"] if item["code"] == found["group"])
    labels = {item["code"]: item["label"] for item in group.get("grades") or campaign["grades"]}
    among = next(item["ranked"] for item in results["groups"] if item["code"] == found["group"])
    grade = labels.get(found["grade"], "")
    return UnitPrint(found["index"], found["rank"], among, grade)


def _row(result: dict[str, Any], unit: dict[str, Any], sets: dict[str, Any]) -> dict[str, Any]:
    nodes = {node["code"]: node for node in result["nodes"]}
    components = [{"title": component["title"], **nodes[component["code"]]} for component in sets[unit["criteria_set"]]]
    return {**result, "name": unit["name"], "ranked": unit.get("ranked", True), "components": components}

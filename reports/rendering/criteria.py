"""The criteria of a unit's page, as deep as its year was published: every number, and at depth `derivations` the steps
that led to it. Datasets frozen before they held criteria show none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scoring.services.derivation_wording import Said, legend_of, say_steps, sentence, telling
from units.vietnamese import MINUS, format_percent, format_points

Json = dict[str, Any]

_NOTES = {"unanswered": "Chưa trả lời", "full_marks": "Không áp dụng, hưởng điểm tối đa"}
_PLAIN_CODE = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class _Step:
    """A frozen step, for `say_steps`."""

    name: str
    values: Mapping[str, str]
    sentence: str


def tree(dataset: Json, unit: Json) -> Json:
    """Return {rows, has_steps, legend} of a unit; no rows where the year was not published as deep.

    A row is {code, anchor, name, depth, is_leaf, number, note, index_text, steps}.
    """
    nodes = _nodes(dataset, unit)
    depths: dict[str | None, int] = {None: -1}
    rows = []
    for place, item in enumerate(unit.get("criteria", [])):
        node = nodes[item["code"]]
        depths[node["code"]] = depths[node["parent"]] + 1
        rows.append(_row(node, item, depths[node["code"]], place))
    return {"rows": rows, "has_steps": any(row["steps"] for row in rows), "legend": legend_of(_steps(unit))}


def unit_steps(unit: Json) -> list[Said]:
    """Return the engine's own steps from the leaves to the class; none above depth `derivations`."""
    return say_steps(telling(_steps(unit)))


def component_anchors(rows: list[Json]) -> dict[str, str]:
    """Return where among the rows of a tree each component tells how its points came about: code → anchor."""
    return {row["code"]: row["anchor"] for row in rows if row["steps"] and row["depth"] == 0}


def _nodes(dataset: Json, unit: Json) -> dict[str, Json]:
    """The nodes of the unit's criteria set by their codes."""
    own = [item for item in dataset.get("criteria_sets", []) if item["code"] == unit.get("criteria_set")]
    return {node["code"]: node for item in own for node in item["nodes"]}


def _row(node: Json, item: Json, depth: int, place: int) -> Json:
    rule = [Said("Quy tắc", sentence(node["rule"]), "")] if node["rule"] and item["steps"] else []
    return {
        "code": node["code"],
        "anchor": f"tc-{node['code']}" if _PLAIN_CODE.fullmatch(node["code"]) else f"tc-so-{place + 1}",
        "name": f"{node['code']}. {node['title']}" if node["code"][-1:].isdigit() else node["title"],
        "depth": min(depth, 4),
        "is_leaf": node["is_leaf"],
        "number": _number(node, item),
        "note": _note(item),
        "index_text": "" if item["index"] is None else format_percent(item["index"]),
        "steps": [*rule, *say_steps(telling(_steps(item)))],
    }


def _number(node: Json, item: Json) -> str:
    """Return "1,50 / 2,00", what a bonus added or a penalty took, or that the node does not apply."""
    points = format_points(item["points"])
    if item["state"] == "not_applicable":
        return "không áp dụng"
    if node["role"] in ("bonus", "penalty"):
        sign = "+" if node["role"] == "bonus" else MINUS
        return f"{sign}{points}" if Decimal(item["points"]) else points
    return f"{points} / {format_points(item['max_points'])}"


def _note(item: Json) -> str:
    """What must stand under the name: an answer that is missing, or points for what did not come up."""
    return _NOTES.get(item["state"], "")


def _steps(holder: Json) -> list[_Step]:
    return [_Step(**step) for step in holder.get("steps", [])]

"""The points of every criterion as a table: one row for each leaf of each unit, every cell as text or exact number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reports.exporters.table import Cell, number, points
from scoring.enums import CriterionRole

Json = dict[str, Any]

TITLE = "Điểm từng tiêu chí"
COLUMNS = (
    "Khối",
    "Mã đơn vị",
    "Tên cơ quan, đơn vị",
    "Lĩnh vực",
    "Mã tiêu chí",
    "Tiêu chí",
    "Loại điểm",
    "Điểm tối đa",
    "Điểm",
    "Chỉ số",
    "Trạng thái",
)
_STATES = {
    "applies": None,
    "not_applicable": "Không áp dụng",
    "full_marks": "Không áp dụng, hưởng điểm tối đa",
    "unanswered": "Chưa trả lời",
}


def has_criteria(dataset: Json) -> bool:
    """Whether the dataset goes below the components."""
    return bool(dataset.get("criteria_sets"))


def criteria_rows(dataset: Json) -> Iterator[tuple[Cell, ...]]:
    """The cells of `COLUMNS`, units in the order of the ranking, leaves in that of their criteria set.

    What does not apply and brings nothing has neither maximum nor points: an empty cell is no nought.
    """
    sets = {item["code"]: {node["code"]: node for node in item["nodes"]} for item in dataset["criteria_sets"]}
    for group in dataset["groups"]:
        for unit in group["units"]:
            nodes = sets.get(unit["criteria_set"], {})
            for item in unit["criteria"]:
                node = nodes[item["code"]]
                if node["is_leaf"]:
                    head = (group["title"], unit["code"], unit["name"], _component(nodes, node)["title"])
                    yield (*head, *_leaf_cells(node, item))


def _leaf_cells(node: Json, item: Json) -> tuple[Cell, ...]:
    is_out = item["state"] == "not_applicable"
    return (
        item["code"],
        node["title"],
        CriterionRole(node["role"]).label,
        None if is_out else points(item["max_points"]),
        None if is_out else points(item["points"]),
        number(item["index"]),
        _STATES[item["state"]],
    )


def _component(nodes: dict[str, Json], node: Json) -> Json:
    while node["parent"] is not None:
        node = nodes[node["parent"]]
    return node

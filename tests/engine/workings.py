"""Reads the tables of a worked case (``fixtures/golden/<case>.md``): figures that a person wrote down.

Under ``## Units``, ``## Nodes``, ``## Groups`` and ``## Components`` stands one table each, in the words of the results
file; "–" is null. ``## Nodes`` may run either way; a cell is "points / maximum = index (rank)", after "KAD" where
nothing applies (không áp dụng).
"""

from __future__ import annotations

import re

from tests.engine.campaigns import Json

Row = dict[str, str]
_NULL = "–"
_CELL = re.compile(
    r"(?P<out>KAD )?(?P<points>[0-9.]+) / (?P<max_points>[0-9.]+) = (?P<index>[0-9.]+|–) \((?P<rank>[0-9]+|–)\)"
)


def read_workings(text: str) -> Json:
    """The expected figures of a case: units in their order, nodes by unit and code, groups, components by group."""
    tables = {heading.strip(): _rows(body) for heading, _, body in _sections(text)}
    return {
        "units": [_unit(row) for row in tables["Units"]],
        "nodes": _nodes(tables.get("Nodes", [])),
        "groups": [_group(row) for row in tables["Groups"]],
        "components": _components(tables.get("Components", [])),
    }


def _sections(text: str) -> list[tuple[str, str, str]]:
    return [section.partition("\n") for section in text.split("\n## ")[1:]]


def _rows(body: str) -> list[Row]:
    """The lines of a section's table, each by the words of its heading."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in body.splitlines() if line[:1] == "|"]
    heading, _, *rows = lines
    return [dict(zip(heading, row, strict=True)) for row in rows]


def _text(cell: str) -> str | None:
    return None if cell == _NULL else cell


def _whole(cell: str) -> int | None:
    return None if cell == _NULL else int(cell)


def _unit(row: Row) -> Json:
    return {
        "code": row["unit"],
        "points": row["points"],
        "max_points": row["max"],
        "index": _text(row["index"]),
        "rank": _whole(row["rank"]),
        "grade": _text(row["grade"]),
        "unanswered": [] if row["unanswered"] == _NULL else row["unanswered"].split(", "),
    }


def _nodes(rows: list[Row]) -> dict[str, dict[str, Json]]:
    """Unit → node → figures, from a table with a line for each node or for each unit."""
    found: dict[str, dict[str, Json]] = {}
    for row in rows:
        across = next(iter(row))
        for column, cell in row.items():
            if column != across:
                unit, node = (row[across], column) if across == "unit" else (column, row[across])
                found.setdefault(unit, {})[node] = _node(cell)
    return found


def _node(cell: str) -> Json:
    match = _CELL.fullmatch(cell)
    assert match, f"no figures of a node: {cell}"
    return {
        "points": match["points"],
        "max_points": match["max_points"],
        "index": _text(match["index"]),
        "rank": _whole(match["rank"]),
        "applicable": match["out"] is None,
    }


def _group(row: Row) -> Json:
    grades = (entry.split(" ") for entry in row["grades"].split(", "))
    return {
        "code": row["group"],
        "count": int(row["count"]),
        "ranked": int(row["ranked"]),
        "mean": _text(row["mean"]),
        "highest": _text(row["highest"]),
        "lowest": _text(row["lowest"]),
        "above_mean": int(row["above mean"]),
        "grades": {code: int(count) for code, count in grades},
    }


def _components(rows: list[Row]) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for row in rows:
        figures = {
            "criteria_set": row["set"],
            "code": row["node"],
            "mean": _text(row["mean"]),
            "lowest_unit": _text(row["lowest"]),
            "highest_unit": _text(row["highest"]),
        }
        found.setdefault(row["group"], []).append(figures)
    return found

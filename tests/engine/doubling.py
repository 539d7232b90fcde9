"""A campaign file in which every point weighs twice as much: the indices must not notice."""

from __future__ import annotations

import copy
import re
from fractions import Fraction

from scoring.engine.rounding import print_points
from tests.engine.campaigns import Json
from tests.engine.random_campaigns import leaves

_POINTS = ("max_points", "points", "points_each", "limit", "step")
_M = re.compile(r"\bM\b")


def doubled(file: Json) -> Json:
    """Maxima, points given, points of scales and of formulas, and thresholds on points, all times two."""
    twice = copy.deepcopy(file)
    for criteria_set in twice["criteria_sets"]:
        for leaf in leaves(criteria_set["criteria"]):
            _double_rule(leaf["rule"])
        _double_maxima(criteria_set["criteria"])
    rules = {
        one["code"]: {leaf["code"]: leaf["rule"] for leaf in leaves(one["criteria"])} for one in twice["criteria_sets"]
    }
    for unit in twice["units"]:
        for code, answer in unit["answers"].items():
            _double(answer)
            if rules[unit["criteria_set"]][code]["kind"] == "manual":
                _double(answer.get("inputs", {}))
    if twice["policy"]["grade_on"] == "points":
        for grade in [*twice["grades"], *(grade for group in twice["groups"] for grade in group.get("grades", []))]:
            for bound in ("at_least", "above"):
                _double(grade, bound)
    return twice


def _double(thing: Json, *keys: str) -> None:
    for key in keys or _POINTS:
        if key in thing:
            thing[key] = print_points(2 * Fraction(str(thing[key])))


def _double_maxima(nodes: list[Json]) -> None:
    for node in nodes:
        _double(node, "max_points")
        _double_maxima(node.get("children", []))


def _double_rule(rule: Json) -> None:
    _double(rule)
    for entries in ("options", "items", "bands", "steps"):
        for entry in rule.get(entries, []):
            _double(entry)
    for piece in rule.get("pieces", []):
        piece["points"] = f"({_M.sub('(M / 2)', piece['points'])}) * 2"
        if "when" in piece:
            piece["when"] = _M.sub("(M / 2)", piece["when"])

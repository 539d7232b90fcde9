"""Whole campaign files drawn at random: trees, policies, answers, exclusions, gates. Always right, often odd."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

from scoring.engine.rounding import print_points
from tests.engine.formula.random_formulas import draw_condition, draw_number
from tests.engine.formula.second_reading import TooLarge
from tests.engine.oracle import formula_points

Json = dict[str, Any]
NAMES = ["Sở Y tế", "Sở Nội vụ", "Sở Ngoại vụ", "Xã Đạ", "Xã Da", "Xã An", "Xã Ân", "sở y tế"]


def draw_campaign(seed: int) -> Json:
    random = Random(seed)
    policy = draw_policy(random)
    sets = [draw_set(random, code, policy) for code in ("so", "xa")[: random.randint(1, 2)]]
    grades = [
        {"code": "a", "label": "A", random.choice(["at_least", "above"]): str(random.randint(60, 95))},
        {"code": "b", "label": "B", "at_least": str(random.randint(20, 59))},
        {"code": "c", "label": "C"},
    ]
    groups: list[Json] = [{"code": "g1", "title": "Khối 1"}, {"code": "g2", "title": "Khối 2"}]
    if random.random() < 0.5:
        groups[1] |= {"grades": [{"code": "b", "label": "B", "above": "50"}, {"code": "c", "label": "C"}], "gates": []}
    codes = [leaf["code"] for leaf in leaves(sets[0]["criteria"])]
    gates = [
        {
            "node": random.choice(["any", *codes]),
            "index_below": str(random.randint(1, 99)),
            "highest_grade": code,
            "reason": "Vì",
        }
        for code in random.sample("bc", random.randint(0, 2))
    ]
    units = [draw_unit(random, f"U{number}", random.choice(sets), policy) for number in range(random.randint(0, 7))]
    return {
        "format": "parindex-campaign/1",
        "campaign": {"code": "x", "title": "Ngẫu nhiên"},
        "policy": policy,
        "grades": grades,
        "gates": gates,
        "criteria_sets": sets,
        "groups": groups,
        "units": units,
    }


def draw_policy(random: Random) -> Json:
    return {
        "decimals": random.choice([0, 1, 2, 3]),
        "rounding": random.choice(["half_up", "half_even", "down"]),
        "leaf_decimals": random.choice([None, None, 1, 2]),
        "exclusion": random.choice(["own_maximum", "rescale_self", "full_marks"]),
        "weighting": random.choice(["points", "weights"]),
        "cap_index": random.random() < 0.3,
        "rank_on": random.choice(["published", "exact"]),
        "ranking": random.choice(["competition", "dense"]),
        "grade_on": random.choice(["published", "exact", "points"]),
        "mean_of": random.choice(["published", "exact"]),
    }


def draw_set(random: Random, code: str, policy: Json) -> Json:
    depth = random.choice([1, 2, 2, 2, 6])
    components = [draw_node(random, str(number), depth) for number in range(1, random.randint(2, 5))]
    for component in components:
        scored = any(leaf["role"] == "scored" for leaf in leaves([component]))
        component["weight"] = str(random.randint(1, 9)) if scored and policy["weighting"] == "weights" else None
    return {"code": code, "title": code, "criteria": components}


def draw_node(random: Random, code: str, depth: int) -> Json:
    if not depth or random.random() < 0.4:
        return draw_leaf(random, code)
    children = [draw_node(random, f"{code}.{number}", depth - 1) for number in range(1, random.randint(2, 4))]
    counted = [child for child in children if child.get("role", "scored") == "scored"]
    total = sum((Fraction(child["max_points"]) for child in counted), Fraction(0))
    return {"code": code, "title": code, "max_points": print_points(total), "children": children}


def draw_rule(random: Random) -> Json:
    when_empty = random.choice(["full", "zero", "not_applicable"])
    few = random.choice(["not_applicable", "zero"])
    levels = [{"key": "a", "label": "A", "share": "0.75"}, {"key": "b", "label": "B", "points": "1.2"}]
    band = random.choice([{"share": "0.4"}, {"points": "0.3"}, {"linear": True}])
    rules: list[Json] = [
        {"kind": "manual"},
        {"kind": "options", "options": levels},
        {"kind": "checklist", "items": levels},
        {"kind": "indicator"},
        {"kind": "survey", "scale_min": 1, "scale_max": 5, "min_responses": 3, "when_few": few},
        {
            "kind": "ratio",
            "floor": random.choice(["0", "0.5"]),
            "full_at": random.choice(["1", "0.9"]),
            "inverse": random.random() < 0.3,
            "when_empty": when_empty,
            "allow_over": random.random() < 0.3,
        },
        {
            "kind": "bands",
            "of": "ratio",
            "when_empty": when_empty,
            "bands": [{"at_least": "0.9", "share": "1"}, {"above": "0.4", **band}, {"below": "0.1", "points": "0.2"}],
        },
        {
            "kind": "bands",
            "of": "value",
            "bands": [
                {"below": "-1", "points": "0"},
                {"at_most": "33.3", "share": "0.25"},
                {"at_least": 90, "share": "1"},
            ],
        },
        {"kind": "per_item", "points_each": random.choice(["0", "0.25", "0.3333333333"])},
        {
            "kind": "deduction",
            "items": [
                {"key": "a", "label": "A", "points_each": "0.25", "limit": random.choice(["0", "0.6"])},
                {"key": "b", "label": "B", "points_each": "0.7"},
            ],
        },
        {
            "kind": "lateness",
            **random.choice([{}, {"due": "2024-02-28"}]),
            "steps": [{"up_to_days": 0, "share": "1"}, {"up_to_days": 3, "points": "0.6"}],
        },
        draw_formula(random),
    ]
    return random.choice(rules)


def draw_formula(random: Random) -> Json:
    """Ordinary ones often, so that most points lie between nought and the maximum."""
    names = ["a", "if"]
    pieces = [
        {"when": draw_condition(random, 2, names), "points": draw_number(random, 3, names)}
        for _ in range(random.randint(0, 2))
    ]
    last = random.choice(["a / 100 * M", "min(a, if) / 40 * M + 0.1", draw_number(random, 4, names)])
    variables = [{"key": name, "label": name} for name in names]
    return {"kind": "formula", "variables": variables, "pieces": [*pieces, {"points": last}]}


def draw_leaf(random: Random, code: str) -> Json:
    return {
        "code": code,
        "title": code,
        "max_points": random.choice(["0.5", "1", "1.5", "2", "3.0", "7"]),
        "source": random.choice(["self", "self", "survey", "outcome", "coordinator"]),
        "role": random.choice(["scored", "scored", "scored", "scored", "bonus", "penalty"]),
        "rule": draw_rule(random),
    }


def leaves(nodes: list[Json]) -> list[Json]:
    return [leaf for node in nodes for leaf in ([node] if "rule" in node else leaves(node["children"]))]


def draw_unit(random: Random, code: str, criteria_set: Json, policy: Json) -> Json:
    answers = {}
    skip = random.choice([0, 0.1, 0.5, 1])
    for leaf in leaves(criteria_set["criteria"]):
        if random.random() >= skip:
            answers[leaf["code"]] = draw_answer(random, leaf)
    out = random.choice([0, 0, 0.2, 1])
    codes = [node["code"] for node in criteria_set["criteria"]] + [
        leaf["code"] for leaf in leaves(criteria_set["criteria"])
    ]
    return {
        "code": code,
        "name": random.choice(NAMES),
        "group": random.choice(["g1", "g1", "g2"]),
        "criteria_set": criteria_set["code"],
        "ranked": random.random() < 0.8,
        "not_applicable": [
            {"criterion": one, "reason": "Vì", "legal_basis": "QĐ"} for one in codes if random.random() < out
        ],
        "answers": answers,
    }


def draw_answer(random: Random, leaf: Json) -> Json:
    way = random.random()
    if way < 0.1:
        return {"not_applicable": True, "reason": "Vì"}
    points = print_points(
        Fraction(leaf["max_points"]) * random.choice([0, 1, Fraction(1, 2), Fraction(37, 100), Fraction(1, 8)])
    )
    if way < 0.2:
        return {"points": points, "reason": "Vì"}
    inputs = draw_inputs(random, leaf["rule"], points)
    if leaf["rule"]["kind"] == "formula" and not has_a_result(leaf, inputs):
        return {"points": points, "reason": "Công thức không tính được"}
    return {"inputs": inputs}


def has_a_result(leaf: Json, inputs: Json) -> bool:
    try:
        formula_points(leaf["rule"], inputs, Fraction(leaf["max_points"]))
    except (ZeroDivisionError, TooLarge):
        return False
    return True


def draw_inputs(random: Random, rule: Json, points: str) -> Json:
    total = random.choice([0, 1, 2, 3, 7, 30])
    part = random.randint(0, total)
    over = part + (random.randint(0, 5) if total and rule.get("allow_over") else 0)
    value = random.choice(["-3", "0", "33.3", "83.66", "100", "120"])
    survey = random.choice([{"satisfied": part}, {"mean": random.choice(["1", "2.7", "4.56", "5"])}])
    by_kind: Json = {
        "manual": {"points": points},
        "options": {"choice": random.choice("ab")},
        "checklist": {"checked": random.sample("ab", random.randint(0, 2))},
        "indicator": {"value": value},
        "survey": {**survey, "responses": total},
        "ratio": {"numerator": over, "denominator": str(total)},
        "bands": {"value": value} if rule.get("of") == "value" else {"numerator": part, "denominator": total},
        "per_item": {"count": part},
        "deduction": {"counts": {key: random.randint(0, 4) for key in random.sample("ab", random.randint(0, 2))}},
        "lateness": draw_lateness(random, rule),
        "formula": {name: random.choice(["0", "-2.5", "37", str(part)]) for name in ("a", "if")},
    }
    inputs: Json = by_kind[rule["kind"]]
    return inputs


def draw_lateness(random: Random, rule: Json) -> Json:
    ways: list[Json] = [{"absent": True}, {"days_late": random.randint(0, 5)}]
    if "due" in rule:
        ways += [{"date": f"2024-0{random.randint(1, 3)}-0{random.randint(1, 4)}"}] * 3
    return random.choice(ways)

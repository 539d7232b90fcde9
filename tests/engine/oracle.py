"""The methodology computed a second time, apart from the engine and built otherwise.

The engine sums once, bottom up, and works on typed values. This works on the parsed file, top down and by direct
formulas: for each node it collects the leaves below it again. It knows nothing about faults, sentences or speed.
Exact: fractions, and Decimal's own rounding for what is printed.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

from scoring.engine.vietnamese import sort_key
from tests.engine.formula.second_reading import SecondReading

Json = dict[str, Any]
_ROUNDING = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
_MANY = 120  # digits: far more than the generated figures need for an exact half


def number(value: object) -> Fraction:
    return Fraction(str(value))


def rounded(value: Fraction, decimals: int, rounding: str) -> Fraction:
    return Fraction(_quantized(value, decimals, rounding))


def printed_index(value: Fraction | None, policy: Json) -> str | None:
    return None if value is None else f"{_quantized(value, policy['decimals'], policy['rounding']):f}"


def printed_points(value: Fraction) -> str:
    with localcontext() as context:
        context.prec = _MANY
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        shown = exact if Fraction(exact) == value else Decimal(_quantized(value, 6, "half_up"))
        text = f"{shown:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quantized(value: Fraction, decimals: int, rounding: str) -> Decimal:
    with localcontext() as context:
        context.prec = _MANY
        quotient = Decimal(value.numerator) / Decimal(value.denominator)
        return quotient.quantize(Decimal(1).scaleb(-decimals), rounding=_ROUNDING[rounding])


# ── leaves ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def level(one: Json, maximum: Fraction) -> Fraction:
    return number(one["points"]) if "points" in one else number(one["share"]) * maximum


def empty(rule: Json, inputs: Json) -> bool:
    return rule["kind"] in ("ratio", "bands") and "denominator" in inputs and not number(inputs["denominator"])


def rule_points(rule: Json, inputs: Json, maximum: Fraction) -> Fraction | None:
    """Points before clamping; None: not applicable."""
    kind = rule["kind"]
    if empty(rule, inputs):
        return {"full": maximum, "zero": Fraction(0), "not_applicable": None}[rule["when_empty"]]
    if kind == "manual":
        return number(inputs["points"])
    if kind == "options":
        return next(level(one, maximum) for one in rule["options"] if one["key"] == inputs["choice"])
    if kind == "checklist":
        return sum((level(one, maximum) for one in rule["items"] if one["key"] in inputs["checked"]), Fraction(0))
    if kind == "indicator":
        return max(number(inputs["value"]), Fraction(0)) / number(rule.get("of", "100")) * maximum
    if kind == "survey":
        return survey_points(rule, inputs, maximum)
    if kind == "per_item":
        return number(inputs["count"]) * number(rule["points_each"])
    if kind == "deduction":
        return maximum - sum(taken_off(item, inputs["counts"]) for item in rule["items"])
    if kind == "lateness":
        return lateness_points(rule, inputs, maximum)
    if kind == "formula":
        return formula_points(rule, inputs, maximum)
    value = (
        number(inputs["value"]) if "value" in inputs else number(inputs["numerator"]) / number(inputs["denominator"])
    )
    if kind == "bands":
        return band_points(rule, value, maximum)
    share = 1 - value if rule.get("inverse") else value
    full_at = number(rule.get("full_at", 1))
    return Fraction(0) if share < number(rule.get("floor", 0)) else min(share / full_at, Fraction(1)) * maximum


def survey_points(rule: Json, inputs: Json, maximum: Fraction) -> Fraction | None:
    if number(inputs["responses"]) < max(1, number(rule.get("min_responses", 0))):
        return None if rule["when_few"] == "not_applicable" else Fraction(0)
    if "satisfied" in inputs:
        return number(inputs["satisfied"]) / number(inputs["responses"]) * maximum
    low, high = number(rule["scale_min"]), number(rule["scale_max"])
    return (number(inputs["mean"]) - low) / (high - low) * maximum


def taken_off(item: Json, counts: Json) -> Fraction:
    taken = number(counts.get(item["key"], 0)) * number(item["points_each"])
    return min(taken, number(item["limit"])) if "limit" in item else taken


def lateness_points(rule: Json, inputs: Json, maximum: Fraction) -> Fraction:
    if "absent" in inputs:
        return Fraction(0)
    if "date" in inputs:
        late = (date.fromisoformat(inputs["date"]) - date.fromisoformat(rule["due"])).days
    else:
        late = int(inputs["days_late"])
    marks = [level(step, maximum) for step in rule["steps"] if late <= step["up_to_days"]]
    return marks[0] if marks else Fraction(0)


def formula_points(rule: Json, inputs: Json, maximum: Fraction) -> Fraction:
    names = [variable["key"] for variable in rule["variables"]]
    figures = {"M": maximum, **{name: number(inputs[name]) for name in names}}
    for piece in rule["pieces"]:
        if "when" not in piece or SecondReading(piece["when"], names).compute(figures):
            return Fraction(SecondReading(piece["points"], names).compute(figures))
    return Fraction(0)


def band_points(rule: Json, value: Fraction, maximum: Fraction) -> Fraction:
    holds = {
        "at_least": lambda limit: value >= limit,
        "above": lambda limit: value > limit,
        "at_most": lambda limit: value <= limit,
        "below": lambda limit: value < limit,
    }
    for band in rule["bands"]:
        if all(test(number(band[key])) for key, test in holds.items() if key in band):
            return value * maximum if "linear" in band else level(band, maximum)
    return Fraction(0)


def leaf_points(leaf: Json, unit: Json, excluded: bool, policy: Json) -> Fraction | None:
    """The leaf's points, or None where it does not apply."""
    answer = unit["answers"].get(leaf["code"])
    maximum = number(leaf["max_points"])
    if excluded or (answer and answer.get("not_applicable")):
        return None
    if answer is None:
        return Fraction(0)
    points = number(answer["points"]) if "points" in answer else rule_points(leaf["rule"], answer["inputs"], maximum)
    if points is None:
        return None
    points = min(max(points, Fraction(0)), maximum)
    decimals = policy["leaf_decimals"]
    return points if decimals is None else rounded(points, decimals, policy["rounding"])


def leaves_below(node: Json, excluded: bool, out: set[str]) -> list[tuple[Json, bool]]:
    """Every leaf at or below ``node`` with whether it is taken out by the unit's list."""
    excluded = excluded or node["code"] in out
    if "rule" in node:
        return [(node, excluded)]
    return [pair for child in node["children"] for pair in leaves_below(child, excluded, out)]


# ── one unit ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def compute_span(leaves: list[tuple[Json, bool]], unit: Json, policy: Json) -> Json:
    """Points, maximum and exact index over some leaves: a node's, or all of them."""
    found = [(leaf, leaf_points(leaf, unit, excluded, policy)) for leaf, excluded in leaves]
    scored = [(leaf, points) for leaf, points in found if leaf.get("role", "scored") == "scored"]
    if policy["exclusion"] == "full_marks":
        counted = [(leaf, number(leaf["max_points"]) if points is None else points) for leaf, points in scored]
    else:
        counted = [(leaf, points) for leaf, points in scored if points is not None]
    own = [(leaf, points) for leaf, points in counted if leaf.get("source", "self") == "self"]
    rest = [(leaf, points) for leaf, points in counted if leaf.get("source", "self") != "self"]
    p, s = sum((points for _, points in own), Fraction(0)), sum((points for _, points in rest), Fraction(0))
    left, t = (sum((number(leaf["max_points"]) for leaf, _ in part), Fraction(0)) for part in (own, rest))
    maximum, points = left + t, p + s
    if policy["exclusion"] == "rescale_self" and left:
        m = sum((number(leaf["max_points"]) for leaf, _ in scored if leaf.get("source", "self") == "self"), Fraction(0))
        maximum, points = m + t, p / left * m + s
    extra = {
        role: sum((v or 0 for one, v in found if one.get("role") == role), Fraction(0)) for role in ("bonus", "penalty")
    }
    net = extra["bonus"] - extra["penalty"]
    points = max(points + net, Fraction(0))
    return {
        "points": points,
        "max": maximum,
        "exact": points / maximum * 100 if maximum else None,
        "net": net,
        "has_scored": bool(scored),
        "scored_applies": any(value is not None for _, value in scored),
        "applies": any(value is not None for _, value in found),
    }


def compute_node(node: Json, excluded: bool, out: set[str], unit: Json, policy: Json) -> Json:
    span = compute_span(leaves_below(node, excluded, out), unit, policy)
    ranks = span["scored_applies"] and span["exact"] is not None
    if "rule" in node and node.get("role", "scored") != "scored":
        ((leaf, taken),) = leaves_below(node, excluded, out)
        points = leaf_points(leaf, unit, taken, policy)
        span |= {"points": points or Fraction(0), "max": number(node["max_points"]), "exact": None}
        ranks = False
    return {**span, "code": node["code"], "ranks": ranks, "rank": None}


def tree_order(nodes: list[Json], excluded: bool, out: set[str]) -> list[tuple[Json, bool]]:
    rows = []
    for node in nodes:
        rows.append((node, excluded))
        rows += tree_order(node.get("children", []), excluded or node["code"] in out, out)
    return rows


def compute_unit(unit: Json, file: Json) -> Json:
    policy = file["policy"]
    criteria = next(one for one in file["criteria_sets"] if one["code"] == unit["criteria_set"])["criteria"]
    out = {one["criterion"] for one in unit.get("not_applicable", [])}
    nodes = [compute_node(node, excluded, out, unit, policy) for node, excluded in tree_order(criteria, False, out)]
    by_code = {node["code"]: node for node in nodes}
    leaves = [pair for component in criteria for pair in leaves_below(component, False, out)]
    whole = compute_span(leaves, unit, policy)
    index = whole["exact"]
    if policy["weighting"] == "weights":
        parts = [
            (number(one["weight"]), by_code[one["code"]]["exact"]) for one in criteria if one.get("weight") is not None
        ]
        parts = [(weight, value) for weight, value in parts if value is not None]
        net = sum(
            (
                compute_span(leaves_below(one, False, out), unit, policy)["net"]
                for one in criteria
                if one.get("weight") is None
            ),
            Fraction(0),
        )
        total = sum((weight for weight, _ in parts), Fraction(0))
        index = max(sum(w * v for w, v in parts) / total + net, Fraction(0)) if total else None
    if not whole["scored_applies"]:
        index = None
    if index is not None and policy["cap_index"]:
        index = min(index, Fraction(100))
    unanswered = [
        leaf["code"]
        for leaf, excluded in leaves
        if leaf.get("role", "scored") == "scored" and not excluded and leaf["code"] not in unit["answers"]
    ]
    return {**whole, "exact": index, "unit": unit, "nodes": nodes, "unanswered": unanswered, "rank": None}


# ── ranks, grades, groups ─────────────────────────────────────────────────────────────────────────────────────────────


def on(value: Fraction, basis: str, policy: Json) -> Fraction:
    return value if basis == "exact" else rounded(value, policy["decimals"], policy["rounding"])


def rank(things: list[Json], policy: Json) -> None:
    values = [on(thing["exact"], policy["rank_on"], policy) for thing in things]
    for thing, value in zip(things, values, strict=True):
        better = [other for other in values if other > value]
        thing["rank"] = 1 + len(better if policy["ranking"] == "competition" else set(better))


def grade(found: Json, file: Json, group: Json) -> str | None:
    policy, unit = file["policy"], found["unit"]
    if found["exact"] is None:
        return None
    if unit.get("grade_override"):
        return str(unit["grade_override"]["grade"])
    grades = group.get("grades", file["grades"])
    basis = policy["grade_on"]
    value = found["points"] if basis == "points" else on(found["exact"], basis, policy)
    reached = [
        place
        for place, one in enumerate(grades)
        if ("at_least" in one and value >= number(one["at_least"])) or ("above" in one and value > number(one["above"]))
    ]
    worst = min(reached, default=len(grades) - 1)
    codes = [one["code"] for one in grades]
    criteria = next(one for one in file["criteria_sets"] if one["code"] == unit["criteria_set"])["criteria"]
    components = {one["code"] for one in criteria}
    for gate in group.get("gates", file.get("gates", [])):
        for node in found["nodes"]:
            looked_at = node["code"] in components if gate["node"] == "any" else node["code"] == gate["node"]
            if (
                looked_at
                and node["exact"] is not None
                and on(node["exact"], basis, policy) < number(gate["index_below"])
            ):
                worst = max(worst, codes.index(gate["highest_grade"]))
    return str(codes[worst])


def mean(values: list[Fraction]) -> Fraction | None:
    return sum(values, Fraction(0)) / len(values) if values else None


def component_statistics(units: list[Json], standing: list[Json], file: Json) -> list[Json]:
    policy, rows = file["policy"], []
    for criteria_set in file["criteria_sets"]:
        if not any(one["unit"]["criteria_set"] == criteria_set["code"] for one in units):
            continue
        for component in criteria_set["criteria"]:
            values = []
            for one in standing:
                node = next((n for n in one["nodes"] if n["code"] == component["code"]), None)
                if one["unit"]["criteria_set"] == criteria_set["code"] and node and node["rank"] is not None:
                    name = (sort_key(one["unit"]["name"]), one["unit"]["code"])
                    values.append((on(node["exact"], policy["mean_of"], policy), name))
            lowest = min(values, key=lambda pair: (pair[0], pair[1]), default=None)
            highest = min(values, key=lambda pair: (-pair[0], pair[1]), default=None)
            rows.append(
                {
                    "criteria_set": criteria_set["code"],
                    "code": component["code"],
                    "mean": printed_index(mean([value for value, _ in values]), policy),
                    "lowest_unit": lowest and lowest[1][1],
                    "highest_unit": highest and highest[1][1],
                }
            )
    return rows


def expected(file: Json) -> Json:
    """The results file but for the sentences, the digest and the engine's version."""
    policy = file["policy"]
    printed_units, printed_groups = [], []
    for group in file["groups"]:
        units = [compute_unit(one, file) for one in file["units"] if one["group"] == group["code"]]
        standing = [one for one in units if one["unit"].get("ranked", True)]
        ranked = [one for one in standing if one["exact"] is not None]
        rank(ranked, policy)
        for criteria_set in file["criteria_sets"]:
            same = [one for one in standing if one["unit"]["criteria_set"] == criteria_set["code"]]
            for place in range(len(same[0]["nodes"]) if same else 0):
                rank([one["nodes"][place] for one in same if one["nodes"][place]["ranks"]], policy)
        grades = {one["unit"]["code"]: grade(one, file, group) for one in units}
        values = [on(one["exact"], policy["mean_of"], policy) for one in ranked]
        average = mean(values)
        printed_groups.append(
            {
                "code": group["code"],
                "count": len(units),
                "ranked": len(ranked),
                "mean": printed_index(average, policy),
                "highest": printed_index(max(values, default=None), policy),
                "lowest": printed_index(min(values, default=None), policy),
                "above_mean": len([value for value in values if average is not None and value > average]),
                "grades": {
                    one["code"]: len([1 for unit in ranked if grades[unit["unit"]["code"]] == one["code"]])
                    for one in group.get("grades", file["grades"])
                },
                "components": component_statistics(units, standing, file),
            }
        )
        order = sorted(
            units, key=lambda one: (one["rank"] or len(units) + 1, sort_key(one["unit"]["name"]), one["unit"]["code"])
        )
        printed_units += [print_unit(one, group, grades[one["unit"]["code"]], policy) for one in order]
    return {"units": printed_units, "groups": printed_groups}


def print_unit(found: Json, group: Json, its_grade: str | None, policy: Json) -> Json:
    return {
        "code": found["unit"]["code"],
        "group": group["code"],
        "points": printed_points(found["points"]),
        "max_points": printed_points(found["max"]),
        "index": printed_index(found["exact"], policy),
        "rank": found["rank"],
        "grade": its_grade,
        "unanswered": found["unanswered"],
        "nodes": [
            {
                "code": node["code"],
                "points": printed_points(node["points"]),
                "max_points": printed_points(node["max"]),
                "index": printed_index(node["exact"], policy),
                "rank": node["rank"],
                "applicable": node["applies"],
            }
            for node in found["nodes"]
        ],
    }

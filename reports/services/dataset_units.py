"""The units in a dataset: what the run printed of each, its components, and what a past table printed beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reports.services.dataset_grades import grade_note, grades
from reports.services.material import Material
from scoring.models import Participant, PrintedResult

Json = dict[str, Any]


def build_unit(
    material: Material, participant: Participant, result: Json | None, excerpt: bool, statistics: Json | None
) -> Json:
    """One unit. `result` is None where it has no figures; of an `excerpt` ranks stand as printed.

    A unit that is not assessed stands with its sentence (`left_out_reason`, null for all others) and no figure.
    """
    printed = material.printed.get(participant.pk)
    from_print = excerpt or result is None
    rank = printed.rank if from_print and printed else None if from_print or result is None else result["rank"]
    as_printed = not material.campaign.grades_known and printed is not None and bool(printed.grade)
    grade = printed.grade if as_printed and printed else None
    if material.campaign.grades_known and result is not None:
        grade = result["grade"]
    points = result if result is None or _prints_points(material, printed) else None
    return {
        "code": participant.code,
        "name": participant.name,
        "rank": rank if participant.is_ranked else None,
        "rank_shared": False,
        "ranked": participant.is_ranked and participant.is_assessed,
        "unranked_reason": participant.unranked_reason or None,
        "left_out_reason": None if participant.is_assessed else participant.left_out_reason,
        "index": result and result["index"],
        "points": points and points["points"],
        "max_points": points and points["max_points"],
        "full_max_points": _full_maximum(_components_of(material, participant)) if points else None,
        "bonus": _sum_of_role(material, participant, points, "bonus"),
        "penalty": _sum_of_role(material, participant, points, "penalty"),
        "grade": grade,
        "grade_as_printed": as_printed,
        "grade_note": grade_note(material, participant, result),
        "printed_note": _printed_note(material, printed, result, excerpt, grade),
        "note": participant.note or None,
        "change": None,
        "components": _unit_components(material, participant, result, None if excerpt else statistics),
        "criteria_set": None,
        "criteria": [],
        "steps": [],
        "history": [],
        "predecessors": [],
    }


def _prints_points(material: Material, printed: PrintedResult | None) -> bool:
    """A past table that printed an index alone has no points to show: those of its run are only the index again."""
    if not material.is_past or printed is None:
        return True
    return bool(printed.points or printed.parts or printed.components)


def shown_components(material: Material, participant: Participant) -> list[str]:
    """Codes of the components a unit's page shows: of a past table only those that the table itself printed."""
    if not material.is_past:
        return list(_components_of(material, participant))
    printed = material.printed.get(participant.pk)
    return [*printed.components, *printed.parts] if printed else []


def _full_maximum(nodes: dict[str, Json]) -> str:
    """The whole set's maximum; a top node that is itself a bonus or penalty leaf does not count (methodology, 1)."""
    counted = [node for node in nodes.values() if node.get("role", "scored") == "scored"]
    total = sum((Decimal(str(node["max_points"])) for node in counted), Decimal(0))
    return _plain(total)


def _sum_of_role(material: Material, participant: Participant, result: Json | None, role: str) -> str | None:
    """What the unit's points hold of this role, from the printed points of its leaves; "0" where there are none.

    Null without points, and for a past table, which tells no more than was printed.
    """
    if result is None or material.is_past:
        return None
    codes = _leaves_of_role(list(_components_of(material, participant).values()), role)
    total = sum((Decimal(node["points"]) for node in result["nodes"] if node["code"] in codes), Decimal(0))
    return _plain(total)


def _leaves_of_role(nodes: list[Json], role: str) -> set[str]:
    found = {node["code"] for node in nodes if node.get("role", "scored") == role}
    return found.union(*(_leaves_of_role(node.get("children") or [], role) for node in nodes))


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _components_of(material: Material, participant: Participant) -> dict[str, Json]:
    return material.components(participant.criteria_set.code)


def _printed_note(
    material: Material, printed: PrintedResult | None, result: Json | None, excerpt: bool, grade: str | None
) -> str | None:
    """Where the source's print says something else than its own figures give."""
    if printed is None or result is None:
        return None
    found = []
    if printed.index and result["index"] is not None and _differs(printed.index, result["index"]):
        found.append(f"chỉ số {_comma(printed.index)}")
    if printed.points and _differs(printed.points, result["points"]):
        found.append(f"tổng điểm {_comma(printed.points)}")
    if not excerpt and printed.rank is not None and result["rank"] is not None and printed.rank != result["rank"]:
        found.append(f"hạng {printed.rank}")
    labels = {item["code"]: item["label"] for item in grades(material)}
    if material.campaign.grades_known and printed.grade and grade and printed.grade != labels[grade]:
        found.append(f"xếp loại {printed.grade}")
    return f"Bản in ghi {', '.join(found)}" if found else None


def _differs(printed: str, computed: str) -> bool:
    return Decimal(printed) != Decimal(computed)


def _comma(number: str) -> str:
    return number.replace(".", ",")


def _unit_components(
    material: Material, participant: Participant, result: Json | None, statistics: Json | None
) -> list[Json]:
    if result is None:
        return []
    titles = _components_of(material, participant)
    means = {
        component["code"]: component["mean"]
        for component in (statistics["components"] if statistics else [])
        if component["criteria_set"] == participant.criteria_set.code
    }
    shown = set(shown_components(material, participant))
    return [
        _component(node, titles[node["code"]]["title"], means.get(node["code"]), is_excerpt=statistics is None)
        for node in result["nodes"]
        if node["code"] in titles and node["code"] in shown
    ]


def _component(node: Json, title: str, mean: str | None, is_excerpt: bool) -> Json:
    index = node.get("index")
    return {
        "code": node["code"],
        "title": title,
        "points": node["points"],
        "max_points": node["max_points"],
        "index": index,
        "rank": None if is_excerpt else node.get("rank"),
        "applicable": node["applicable"],
        "group_mean": mean,
        "versus_mean": f"{Decimal(index) - Decimal(mean):f}" if index is not None and mean is not None else None,
        "change_points": None,
    }

"""From a frozen run to the frozen dataset ("parindex-publication/1"): what the public will read, and nothing else.

Figures come from the run's results file as they were printed there; nothing is computed again. Only what the results do
not hold is added: names and notes of the units, what a past table printed, counts of bands, and the comparison with
earlier publications (`reports.services.comparison`). Numbers are strings with a decimal point; null = does not exist.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reports.enums import Depth
from reports.services.comparison import compare
from reports.services.material import Material
from scoring.models import Group, Participant, PrintedResult

Json = dict[str, Any]

FORMAT = "parindex-publication/1"
_TONES = {
    1: ("none",),
    2: ("tot", "yeu"),
    3: ("tot", "kha", "yeu"),
    4: ("tot", "kha", "tb", "yeu"),
    5: ("tot", "tot", "kha", "tb", "yeu"),
    6: ("tot", "tot", "kha", "tb", "yeu", "yeu"),
}
_BANDS = (
    ("90", "từ 90 trở lên"),
    ("80", "từ 80 đến dưới 90"),
    ("70", "từ 70 đến dưới 80"),
    ("60", "từ 60 đến dưới 70"),
    ("50", "từ 50 đến dưới 60"),
    ("0", "dưới 50"),
)


@dataclass(frozen=True)
class Edition:
    """The publication that the dataset is for; `supersedes` is the check code of the version it corrects."""

    version: int
    depth: str
    reason: str = ""
    supersedes: str | None = None


def build(material: Material, edition: Edition) -> Json:
    """The dataset without its check code (`publication.check_code` is null until the digest gives it)."""
    campaign = material.campaign
    results = {unit["code"]: unit for unit in material.results["units"]}
    groups = [_group(material, group, results) for group in material.groups]
    dataset: Json = {
        "format": FORMAT,
        "organiser": {
            "slug": campaign.organiser.slug,
            "title": campaign.organiser.title,
            "place": campaign.organiser.place,
            "lead_department": campaign.organiser.lead_department,
        },
        "campaign": _campaign(material),
        "publication": {
            "version": edition.version,
            "check_code": None,
            "depth": edition.depth,
            "supersedes": edition.supersedes,
            "reason": edition.reason or None,
        },
        "grades": _grades(material),
        "grades_known": campaign.grades_known,
        "groups": [group for group in groups if group["units"]],
    }
    compare(dataset, material.participants, material.earlier)
    if edition.depth == Depth.INDEX:
        _strip_components(dataset)
    return dataset


def to_text(dataset: Json) -> str:
    """The text that is stored and hashed: UTF-8 JSON, keys in the order built, one space of indent, final newline."""
    return json.dumps(dataset, ensure_ascii=False, indent=1) + "\n"


def _campaign(material: Material) -> Json:
    campaign, run = material.campaign, material.run
    source = {"text": campaign.source_text, "url": campaign.source_url or None} if campaign.source_text else None
    return {
        "code": campaign.code,
        "title": campaign.title,
        "year": campaign.year,
        "is_sample": campaign.is_sample,
        "is_past": material.is_past,
        "source": source,
        "printed_statement": campaign.printed_statement or None,
        "policy": material.file["policy"],
        "input_sha256": run.input_sha256,
        "run": run.number,
        "engine": run.engine_version,
    }


def _grades(material: Material) -> list[Json]:
    """Best to worst, with the stairs and tone of the chip; where no thresholds are known, the classes as printed."""
    if not material.campaign.grades_known:
        labels = dict.fromkeys(printed.grade for printed in material.printed.values() if printed.grade)
        return [_grade({"code": label, "label": label}, 0, 0, "none") for label in labels]
    scales = [material.file["grades"], *(group["grades"] for group in material.file["groups"] if group.get("grades"))]
    found: dict[str, Json] = {}
    for scale in scales:
        tones = _TONES.get(len(scale), ("none",) * len(scale))
        for place, (grade, tone) in enumerate(zip(scale, tones, strict=True)):
            found.setdefault(grade["code"], _grade(grade, len(scale), len(scale) - place, tone))
    return list(found.values())


def _grade(grade: Json, steps: int, step: int, tone: str) -> Json:
    return {
        "code": grade["code"],
        "label": grade["label"],
        "at_least": grade.get("at_least"),
        "above": grade.get("above"),
        "steps": steps,
        "step": step,
        "tone": tone,
    }


def _group(material: Material, group: Group, results: dict[str, Json]) -> Json:
    members = [item for item in material.participants if item.group_id == group.pk]
    statistics = next((item for item in material.results["groups"] if item["code"] == group.code), None)
    units = [
        _unit(material, participant, results.get(participant.code), group.is_excerpt, statistics)
        for participant in members
    ]
    units = _in_order(units, [unit["code"] for unit in material.results["units"]])
    shared = Counter(unit["rank"] for unit in units if unit["rank"] is not None)
    for unit in units:
        unit["rank_shared"] = shared[unit["rank"]] > 1 if unit["rank"] is not None else False
    figures = statistics if statistics is not None and not group.is_excerpt else None
    return {
        "code": group.code,
        "title": group.title,
        "count": len(units),
        "ranked": sum(unit["rank"] is not None for unit in units),
        "is_excerpt": group.is_excerpt,
        "listed_of": group.listed_of,
        "mean": figures and figures["mean"],
        "mean_printed": group.printed_mean or None,
        "highest": figures and figures["highest"],
        "lowest": figures and figures["lowest"],
        "above_mean": figures and figures["above_mean"],
        "grades": _grade_counts(material, units, figures),
        "bands": _bands(units) if figures else [],
        "components": _group_components(material, members, figures),
        "previous_year": None,
        "units": units,
    }


def _in_order(units: list[Json], order: list[str]) -> list[Json]:
    """By rank, then the unranked; within one rank as the results file has them, rows without figures last."""
    place = {code: position for position, code in enumerate(order)}
    return sorted(
        units,
        key=lambda unit: (
            unit["rank"] is None,
            unit["rank"] or 0,
            not unit["ranked"],
            place.get(unit["code"], len(place)),
        ),
    )


def _grade_counts(material: Material, units: list[Json], figures: Json | None) -> list[Json]:
    """Classes of a whole group from the results; as printed where thresholds are unknown; none for an excerpt."""
    if not material.campaign.grades_known:
        printed = Counter(unit["grade"] for unit in units if unit["grade"] is not None and unit["ranked"])
        return (
            [{"code": label, "label": label, "count": number} for label, number in printed.items()] if figures else []
        )
    if figures is None:
        return []
    labels = {grade["code"]: grade["label"] for grade in _grades(material)}
    return [{"code": code, "label": labels[code], "count": number} for code, number in figures["grades"].items()]


def _bands(units: list[Json]) -> list[Json]:
    """How many ranked units have their index in each stretch of ten; every unit falls in the first that it reaches."""
    indices = [Decimal(unit["index"]) for unit in units if unit["ranked"] and unit["index"] is not None]
    bands, upper = [], None
    for floor, label in _BANDS:
        inside = [index for index in indices if index >= Decimal(floor) and (upper is None or index < upper)]
        bands.append({"label": label, "count": len(inside)})
        upper = Decimal(floor)
    return bands if indices else []


def _group_components(material: Material, members: list[Participant], figures: Json | None) -> list[Json]:
    if figures is None:
        return []
    names = {participant.code: participant.name for participant in material.participants}
    nodes = {item["code"]: _top_nodes(item) for item in material.file["criteria_sets"]}
    titles = {item["code"]: item["title"] for item in material.file["criteria_sets"]}
    several = len({component["criteria_set"] for component in figures["components"]}) > 1
    shown = {code for participant in members for code in _shown_components(material, participant)}
    return [
        {
            "code": component["code"],
            "title": nodes[component["criteria_set"]][component["code"]]["title"]
            + (f" ({titles[component['criteria_set']]})" if several else ""),
            "max_points": nodes[component["criteria_set"]][component["code"]]["max_points"],
            "mean": component["mean"],
            "highest_unit": names.get(component["highest_unit"], component["highest_unit"]),
            "lowest_unit": names.get(component["lowest_unit"], component["lowest_unit"]),
        }
        for component in figures["components"]
        if component["code"] in shown
    ]


def _top_nodes(criteria_set: Json) -> dict[str, Json]:
    return {node["code"]: node for node in criteria_set["criteria"]}


def _full_maximum(nodes: dict[str, Json]) -> str:
    """The whole set's maximum; a top node that is itself a bonus or penalty leaf does not count (methodology, 1)."""
    counted = [node for node in nodes.values() if node.get("role", "scored") == "scored"]
    total = sum((Decimal(str(node["max_points"])) for node in counted), Decimal(0))
    return _plain(total)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown_components(material: Material, participant: Participant) -> list[str]:
    """Codes of the components a unit's page shows: of a past table only those that the table itself printed."""
    if not material.is_past:
        criteria_set = next(
            item for item in material.file["criteria_sets"] if item["code"] == participant.criteria_set.code
        )
        return list(_top_nodes(criteria_set))
    printed = material.printed.get(participant.pk)
    return [*printed.components, *printed.parts] if printed else []


def _unit(
    material: Material, participant: Participant, result: Json | None, excerpt: bool, statistics: Json | None
) -> Json:
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
        "ranked": participant.is_ranked,
        "unranked_reason": participant.unranked_reason or None,
        "index": result and result["index"],
        "points": points and points["points"],
        "max_points": points and points["max_points"],
        "full_max_points": _full_maximum(_set_of(material, participant)) if points else None,
        "bonus": _sum_of_role(material, participant, points, "bonus"),
        "penalty": _sum_of_role(material, participant, points, "penalty"),
        "grade": grade,
        "grade_as_printed": as_printed,
        "grade_note": _grade_note(material, participant, result),
        "printed_note": _printed_note(material, printed, result, excerpt, grade),
        "note": participant.note or None,
        "change": None,
        "components": _unit_components(material, participant, result, None if excerpt else statistics),
        "history": [],
    }


def _sum_of_role(material: Material, participant: Participant, result: Json | None, role: str) -> str | None:
    """What the unit's points hold of this role, from the printed points of its leaves; "0" where there are none.

    Null without points, and for a past table, which tells no more than was printed.
    """
    if result is None or material.is_past:
        return None
    codes = _leaves_of_role(list(_set_of(material, participant).values()), role)
    total = sum((Decimal(node["points"]) for node in result["nodes"] if node["code"] in codes), Decimal(0))
    return _plain(total)


def _leaves_of_role(nodes: list[Json], role: str) -> set[str]:
    found = {node["code"] for node in nodes if node.get("role", "scored") == role}
    return found.union(*(_leaves_of_role(node.get("children") or [], role) for node in nodes))


def _prints_points(material: Material, printed: PrintedResult | None) -> bool:
    """A past table that printed an index alone has no points to show: those of its run are only the index again."""
    if not material.is_past or printed is None:
        return True
    return bool(printed.points or printed.parts or printed.components)


def _set_of(material: Material, participant: Participant) -> dict[str, Json]:
    code = participant.criteria_set.code
    return _top_nodes(next(item for item in material.file["criteria_sets"] if item["code"] == code))


def _grade_note(material: Material, participant: Participant, result: Json | None) -> str | None:
    """Why the class is not the one of the thresholds, as a category only: a person's free words are never public."""
    if result is None or result["grade"] is None or not material.campaign.grades_known:
        return None
    if participant.grade_override:
        return "Theo quyết định của hội đồng"
    group = next(item for item in material.file["groups"] if item["code"] == result["group"])
    scale = group.get("grades") or material.file["grades"]
    gates = group["gates"] if group.get("gates") is not None else material.file["gates"]
    codes = [grade["code"] for grade in scale]
    reached = _reached(scale, result["points"] if material.file["policy"]["grade_on"] == "points" else result["index"])
    lowered = bool(gates) and codes.index(result["grade"]) > codes.index(reached)
    return "Hạ theo điều kiện khống chế của quy chế" if lowered else None


def _reached(scale: list[Json], measured: str) -> str:
    """The class whose threshold the printed figure passes; a figure on the very threshold is given the lower class,
    since the exact value behind it may lie below."""
    for grade in scale[:-1]:
        if Decimal(measured) > Decimal(grade.get("above") or grade["at_least"]):
            return str(grade["code"])
    return str(scale[-1]["code"])


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
    labels = {item["code"]: item["label"] for item in _grades(material)}
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
    titles = _set_of(material, participant)
    means = {
        component["code"]: component["mean"]
        for component in (statistics["components"] if statistics else [])
        if component["criteria_set"] == participant.criteria_set.code
    }
    shown = set(_shown_components(material, participant))
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


def _strip_components(dataset: Json) -> None:
    for group in dataset["groups"]:
        group["components"] = []
        for unit in group["units"]:
            unit["components"] = []
            unit["bonus"] = unit["penalty"] = None

"""The groups in a dataset: statistics as the results file has them, units in their order, counts of bands."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from reports.services.dataset_grades import grade_counts
from reports.services.dataset_units import build_unit, shown_components
from reports.services.material import Material
from scoring.models import Group, Participant

Json = dict[str, Any]

_BANDS = (
    ("90", "từ 90 trở lên"),
    ("80", "từ 80 đến dưới 90"),
    ("70", "từ 70 đến dưới 80"),
    ("60", "từ 60 đến dưới 70"),
    ("50", "từ 50 đến dưới 60"),
    ("0", "dưới 50"),
)


def build_group(material: Material, group: Group, results: dict[str, Json]) -> Json:
    """One group with its units; `results` are those of the run by unit code."""
    members = [item for item in material.participants if item.group_id == group.pk]
    statistics = next((item for item in material.results["groups"] if item["code"] == group.code), None)
    units = [
        build_unit(material, participant, results.get(participant.code), group.is_excerpt, statistics)
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
        "count": sum(unit["left_out_reason"] is None for unit in units),
        "ranked": sum(unit["rank"] is not None for unit in units),
        "is_excerpt": group.is_excerpt,
        "listed_of": group.listed_of,
        "mean": figures and figures["mean"],
        "mean_printed": group.printed_mean or None,
        "highest": figures and figures["highest"],
        "lowest": figures and figures["lowest"],
        "above_mean": figures and figures["above_mean"],
        "grades": grade_counts(material, units, figures),
        "bands": _bands(units) if figures else [],
        "components": _group_components(material, members, figures),
        "previous_year": None,
        "units": units,
    }


def _in_order(units: list[Json], order: list[str]) -> list[Json]:
    """By rank, then the unranked, then those not assessed; within one rank as the results file has them, rows without
    figures last."""
    place = {code: position for position, code in enumerate(order)}
    return sorted(
        units,
        key=lambda unit: (
            unit["rank"] is None,
            unit["rank"] or 0,
            unit["left_out_reason"] is not None,
            not unit["ranked"],
            place.get(unit["code"], len(place)),
        ),
    )


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
    nodes = {item["code"]: material.components(item["code"]) for item in material.file["criteria_sets"]}
    titles = {item["code"]: item["title"] for item in material.file["criteria_sets"]}
    several = len({component["criteria_set"] for component in figures["components"]}) > 1
    shown = {code for participant in members for code in shown_components(material, participant)}
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

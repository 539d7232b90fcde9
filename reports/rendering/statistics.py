"""The statistics page: what announcements print about a group, taken from the dataset."""

from decimal import Decimal
from typing import Any

from reports.rendering import rows, sentences
from reports.rendering.addresses import Addresses
from units.vietnamese import format_percent

Json = dict[str, Any]

_SHOWN = 3  # best, worst and movers: as many as announcements name


def group_statistics(dataset: Json, group: Json, links: Addresses) -> Json:
    """Return one group's section of the page; lists are empty where the dataset has nothing to say."""
    known = [unit for unit in group["units"] if unit["ranked"] and unit["index"] is not None]
    whole = not sentences.is_excerpt(group)
    ordered = sorted(known, key=lambda unit: -Decimal(unit["index"]))
    return {
        "group": group,
        "url": links.ranking(group["code"]),
        "facts": facts(group) if whole else [],
        "excerpt": sentences.excerpt(group),
        "printed_mean": sentences.printed_mean(group),
        "bands": group["bands"],
        "components": component_rows(dataset, group),
        # Who stands first in an excerpt leads only if the source gives the rank.
        "best": [_entry(unit, links) for unit in ordered[:_SHOWN] if whole or unit["rank"] in range(1, _SHOWN + 1)],
        # A group too small for two lists, or printed in part, has no "lowest" of its own.
        "worst": [_entry(unit, links) for unit in ordered[: -_SHOWN - 1 : -1]]
        if whole and len(known) > 2 * _SHOWN
        else [],
        "risen": _movers(known, group, links, rising=True),
        "fallen": _movers(known, group, links, rising=False),
    }


def facts(group: Json) -> list[Json]:
    """Return mean, highest, lowest and the number above the mean."""
    if group["mean"] is None:
        return []
    return [
        {"label": "Trung bình khối", "value": format_percent(group["mean"])},
        {"label": "Cao nhất", "value": format_percent(group["highest"])},
        {"label": "Thấp nhất", "value": format_percent(group["lowest"])},
        {"label": "Trên trung bình", "value": group["above_mean"], "unit": f"trong {group['ranked']} đơn vị"},
    ]


def component_rows(dataset: Json, group: Json) -> list[Json]:
    """Return the components of a group, the weakest first."""
    known = [item for item in group["components"] if item["mean"] is not None]
    bars = rows.component_bars(dataset, group)
    ordered = sorted(known, key=lambda item: Decimal(item["mean"]))
    return [
        {**bar, "highest_unit": item["highest_unit"] or "", "lowest_unit": item["lowest_unit"] or ""}
        for bar, item in zip(bars, ordered, strict=True)
    ]


def class_table(dataset: Json) -> list[Json]:
    """Return class × group counts, one row a class; empty where no group has classes."""
    groups = dataset["groups"]
    if not any(grade["count"] for group in groups for grade in group["grades"]):
        return []
    table = []
    for grade in dataset["grades"]:
        counts = [
            next((item["count"] for item in group["grades"] if item["code"] == grade["code"]), None) for group in groups
        ]
        table.append({"grade": grade, "counts": counts, "total": sum(count or 0 for count in counts)})
    return table


def _entry(unit: Json, links: Addresses) -> Json:
    return {"name": unit["name"], "url": links.unit(unit["code"]), "value": format_percent(unit["index"])}


def _movers(units: list[Json], group: Json, links: Addresses, *, rising: bool) -> list[Json]:
    """Return the units whose index moved most in one direction, among those that may be compared."""
    moved = []
    for unit in units:
        change = unit["change"]
        if not change or not change["comparable"] or change["points"] is None:
            continue
        points = Decimal(change["points"])
        if points > 0 if rising else points < 0:
            moved.append((abs(points), unit))
    moved.sort(key=lambda pair: -pair[0])
    return [
        {
            "name": unit["name"],
            "url": links.unit(unit["code"]),
            "delta": sentences.change(unit["change"], group["previous_year"]),
        }
        for _, unit in moved[:_SHOWN]
    ]

"""A sample dataset that goes as deep as a year can be published: a golden campaign, computed and told by the engine."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from django.conf import settings

from reports.services.dataset_criteria import Told, add_criteria, tell
from reports.services.material import Material
from scoring.engine.compute import compute
from tests.reports.dataset import dataset, group, unit

Json = dict[str, Any]

GOLDEN = "minh-hoa-diem-toi-da-rieng"
"""Twenty units, thirty leaves: bonus, penalty, exclusions, judged and unanswered leaves, gates, a council's class."""


@cache
def _computed(name: str) -> tuple[str, str]:
    given = (settings.BASE_DIR / "fixtures" / "golden" / f"{name}.json").read_text(encoding="utf-8")
    return given, compute(given.encode()).decode()


def words_of_persons(name: str = GOLDEN) -> set[str]:
    """Every reason and legal basis that somebody has written in the campaign file."""
    units = json.loads(_computed(name)[0])["units"]
    holders = [
        holder
        for item in units
        for holder in (*item["not_applicable"], *item["answers"].values(), item["grade_override"] or {})
    ]
    return {holder[key] for holder in holders for key in ("reason", "legal_basis") if holder.get(key)}


def results(name: str = GOLDEN) -> Json:
    """The results file behind the sample."""
    found: Json = json.loads(_computed(name)[1])
    return found


def deep(depth: str = "derivations", name: str = GOLDEN) -> Json:
    """The campaign as a publication of this depth would hold it, all units in one group."""
    given, printed = _computed(name)
    run = SimpleNamespace(number=1, campaign_file=given, results_file=printed, input_sha256="a3f1" * 16)
    material = cast(Material, SimpleNamespace(run=run, file=json.loads(given), results=json.loads(printed)))
    campaign_file = material.file
    names = {item["code"]: item["name"] for item in campaign_file["units"]}
    sets = {item["code"]: item["criteria"] for item in campaign_file["criteria_sets"]}
    set_of = {item["code"]: sets[item["criteria_set"]] for item in campaign_file["units"]}
    units = [_unit(item, names[item["code"]], set_of[item["code"]]) for item in material.results["units"]]
    made = dataset([group("so", "Sở, ban, ngành", units)])
    made["organiser"] = {**made["organiser"], "slug": "lam-son", "title": "UBND tỉnh Lam Sơn", "place": "tỉnh Lam Sơn"}
    made["campaign"] = {**made["campaign"], "is_past": False, "policy": campaign_file["policy"]}
    made["publication"] = {**made["publication"], "depth": depth}
    if depth in ("criteria", "derivations"):
        add_criteria(made, material, tell(material) if depth == "derivations" else Told())
    return copy.deepcopy(made)


def _unit(result: Json, name: str, components: list[Json]) -> Json:
    tops = {node["code"]: node for node in components}
    nodes = [node for node in result["nodes"] if node["code"] in tops]
    total = sum(Decimal(str(node["max_points"])) for node in tops.values() if node.get("role", "scored") == "scored")
    return unit(
        result["code"],
        name,
        result["index"],
        result["rank"],
        points=result["points"],
        max_points=result["max_points"],
        full_max_points=str(total),
        components=[
            {
                **{key: node[key] for key in ("code", "points", "max_points", "index", "rank", "applicable")},
                "title": tops[node["code"]]["title"],
                "group_mean": None,
                "versus_mean": None,
                "change_points": None,
            }
            for node in nodes
        ],
    )

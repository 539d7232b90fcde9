"""From a frozen run to the frozen dataset ("parindex-publication/1"): what the public will read, and nothing else.

Figures come from the run's results file as they were printed there; nothing is computed again. Only what the results do
not hold is added: names and notes of the units, what a past table printed, counts of bands, the comparison with earlier
publications (`reports.services.comparison`), and at depth `derivations` the engine's steps. Numbers are strings with a
decimal point; null = does not exist.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from reports.enums import Depth
from reports.services.comparison import compare
from reports.services.dataset_criteria import Told, add_criteria
from reports.services.dataset_grades import grades
from reports.services.dataset_groups import build_group
from reports.services.material import Material

Json = dict[str, Any]

FORMAT = "parindex-publication/1"


@dataclass(frozen=True)
class Edition:
    """The publication that the dataset is for; `supersedes` is the check code of the version it corrects."""

    version: int
    depth: str
    reason: str = ""
    supersedes: str | None = None


def build(material: Material, edition: Edition, told: Told) -> Json:
    """The dataset without its check code (`publication.check_code` is null until the digest gives it).

    `told` is how the numbers came about, for depth `derivations`.
    """
    campaign = material.campaign
    results = {unit["code"]: unit for unit in material.results["units"]}
    groups = [build_group(material, group, results) for group in material.groups]
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
        "grades": grades(material),
        "grades_known": campaign.grades_known,
        "criteria_sets": [],
        "groups": [group for group in groups if group["units"]],
    }
    compare(dataset, material.participants, material.earlier, material.elsewhere, material.lineage)
    if edition.depth == Depth.INDEX:
        _strip_components(dataset)
    if Depth(edition.depth).has_criteria:
        add_criteria(dataset, material, told)
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


def _strip_components(dataset: Json) -> None:
    for group in dataset["groups"]:
        group["components"] = []
        for unit in group["units"]:
            unit["components"] = []
            unit["bonus"] = unit["penalty"] = None

"""The classes in a dataset: thresholds, stairs and tone, how many units stand in each, and why one was lowered."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from reports.services.material import Material
from scoring.models import Participant

Json = dict[str, Any]

_TONES = {
    1: ("none",),
    2: ("tot", "yeu"),
    3: ("tot", "kha", "yeu"),
    4: ("tot", "kha", "tb", "yeu"),
    5: ("tot", "tot", "kha", "tb", "yeu"),
    6: ("tot", "tot", "kha", "tb", "yeu", "yeu"),
}


def grades(material: Material) -> list[Json]:
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


def grade_counts(material: Material, units: list[Json], figures: Json | None) -> list[Json]:
    """Classes of a whole group from the results; as printed where thresholds are unknown; none for an excerpt."""
    if not material.campaign.grades_known:
        printed = Counter(unit["grade"] for unit in units if unit["grade"] is not None and unit["ranked"])
        return (
            [{"code": label, "label": label, "count": number} for label, number in printed.items()] if figures else []
        )
    if figures is None:
        return []
    labels = {grade["code"]: grade["label"] for grade in grades(material)}
    return [{"code": code, "label": labels[code], "count": number} for code, number in figures["grades"].items()]


def grade_note(material: Material, participant: Participant, result: Json | None) -> str | None:
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

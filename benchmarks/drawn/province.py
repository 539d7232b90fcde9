"""A province of any size as a campaign file: 120 leaves of all eleven kinds, drawn from a fixed seed.

Figures differ from unit to unit as in life: counts of dossiers and survey means seldom repeat, choices and dates do.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from scoring.engine.load_policy import USUAL_POLICY

Json = dict[str, Any]

COMPONENTS, BRANCHES, LEAVES = 10, 3, 4
GROUP_SIZE = 103
KINDS: list[tuple[Json, Callable[[Random], Json]]]
"""Each kind of rule with a way to draw figures for it."""

_DUE = date(2026, 12, 15)
_LEVELS: list[Json] = [
    {"key": "du", "label": "Đúng hạn", "share": "1"},
    {"key": "tre", "label": "Trễ hạn", "points": "0.5"},
    {"key": "khong", "label": "Không", "points": "0"},
]
_ITEMS: list[Json] = [
    {"key": key, "label": f"Nội dung {key}", "share": share}
    for key, share in (("a", "0.3"), ("b", "0.3"), ("c", "0.2"), ("d", "0.2"))
]
_BANDS: list[Json] = [
    {"at_least": "0.95", "share": "1"},
    {"at_least": "0.8", "linear": True},
    {"above": "0.5", "share": "0.25"},
]
_FAILINGS: list[Json] = [
    {"key": "cham", "label": "Báo cáo chậm", "points_each": "0.25", "limit": "1"},
    {"key": "thieu", "label": "Thiếu số liệu", "points_each": "0.1"},
]
_FORMULA: list[Json] = [
    {"when": "tong == 0", "points": "M"},
    {"when": "dung_han / tong < 0.5", "points": "0"},
    {"points": "min(dung_han / tong / 0.95, 1) * M"},
]


def _share(random: Random) -> tuple[int, int]:
    total = random.randint(0, 5000)
    return (total if random.random() < 0.3 else random.randint(total // 2, total)), total


def _ratio(random: Random) -> Json:
    part, total = _share(random)
    return {"numerator": part, "denominator": total}


def _formula(random: Random) -> Json:
    part, total = _share(random)
    return {"dung_han": part, "tong": total}


def _lateness(random: Random) -> Json:
    if random.random() < 0.05:
        return {"absent": True}
    return {"date": (_DUE + timedelta(days=random.randint(-20, 12))).isoformat()}


def _checked(random: Random) -> Json:
    return {"checked": [item["key"] for item in _ITEMS if random.random() < 0.7]}


def _survey(random: Random) -> Json:
    return {"mean": f"{random.randint(250, 500) / 100:.2f}", "responses": random.randint(20, 120)}


KINDS = [
    ({"kind": "options", "options": _LEVELS}, lambda random: {"choice": random.choice(_LEVELS)["key"]}),
    ({"kind": "checklist", "items": _ITEMS}, _checked),
    ({"kind": "ratio", "floor": "0.5", "full_at": "0.95", "when_empty": "not_applicable"}, _ratio),
    ({"kind": "bands", "of": "ratio", "bands": _BANDS, "when_empty": "full"}, _ratio),
    ({"kind": "per_item", "points_each": "0.25"}, lambda random: {"count": random.randint(0, 12)}),
    (
        {"kind": "deduction", "items": _FAILINGS},
        lambda random: {"counts": {"cham": random.randint(0, 5), "thieu": random.randint(0, 9)}},
    ),
    (
        {
            "kind": "lateness",
            "due": _DUE.isoformat(),
            "steps": [{"up_to_days": 0, "share": "1"}, {"up_to_days": 5, "share": "0.5"}],
        },
        _lateness,
    ),
    (
        {
            "kind": "formula",
            "variables": [{"key": "dung_han", "label": "Hồ sơ đúng hạn"}, {"key": "tong", "label": "Tổng số hồ sơ"}],
            "pieces": _FORMULA,
        },
        _formula,
    ),
    ({"kind": "manual", "step": "0.25"}, lambda random: {"points": f"{random.randint(0, 4) / 4}"}),
    (
        {"kind": "survey", "scale_min": 1, "scale_max": 5, "min_responses": 30, "when_few": "not_applicable"},
        _survey,
    ),
    ({"kind": "indicator"}, lambda random: {"value": f"{random.randint(3000, 10000) / 100:.2f}"}),
]


def province(units: int, components: int = COMPONENTS) -> bytes:
    """The campaign file of so many units, each with 12 leaves in each of ``components``; always the same bytes."""
    random = Random(20260101)
    criteria = [_component(number) for number in range(1, components + 1)]
    leaves = [leaf["code"] for component in criteria for branch in component["children"] for leaf in branch["children"]]
    groups = [{"code": f"k{number}", "title": f"Khối {number}"} for number in range((units - 1) // GROUP_SIZE + 1)]
    content = {
        "format": "parindex-campaign/1",
        "campaign": {"code": "do", "title": "Phép đo"},
        "policy": USUAL_POLICY,
        "grades": [
            {"code": "tot", "label": "Tốt", "at_least": "80"},
            {"code": "kha", "label": "Khá", "at_least": "65"},
            {"code": "yeu", "label": "Yếu"},
        ],
        "gates": [{"node": "any", "index_below": "30", "highest_grade": "kha", "reason": "Có lĩnh vực dưới 30%"}],
        "criteria_sets": [{"code": "xa", "title": "Bộ tiêu chí cấp xã", "criteria": criteria}],
        "groups": groups,
        "units": [_unit(random, number, leaves) for number in range(units)],
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _component(number: int) -> Json:
    branches = []
    for branch in range(1, BRANCHES + 1):
        code = f"{number}.{branch}"
        first = ((number - 1) * BRANCHES + branch - 1) * LEAVES
        leaves = [
            {
                "code": f"{code}.{leaf + 1}",
                "title": f"Tiêu chí {code}.{leaf + 1}",
                "max_points": "1",
                "source": "survey" if (kind := KINDS[(first + leaf) % len(KINDS)][0])["kind"] == "survey" else "self",
                "rule": kind,
            }
            for leaf in range(LEAVES)
        ]
        branches.append({"code": code, "title": f"Nhóm {code}", "max_points": str(LEAVES), "children": leaves})
    return {
        "code": str(number),
        "title": f"Lĩnh vực {number}",
        "max_points": str(LEAVES * BRANCHES),
        "children": branches,
    }


def _unit(random: Random, number: int, leaves: list[str]) -> Json:
    exclusions = [{"criterion": "3.2", "reason": "Không có thủ tục", "legal_basis": "QĐ"}] if number % 7 == 0 else []
    return {
        "code": f"X{number:04d}",
        "name": f"Xã {number}",
        "group": f"k{number // GROUP_SIZE}",
        "criteria_set": "xa",
        "ranked": number % 50 != 0,
        "not_applicable": exclusions,
        "answers": {
            code: _answer(random, KINDS[position % len(KINDS)][1])
            for position, code in enumerate(leaves)
            if random.random() > 0.02
        },
    }


def _answer(random: Random, draw: Callable[[Random], Json]) -> Json:
    way = random.random()
    if way < 0.01:
        return {"not_applicable": True, "reason": "Không phát sinh trong kỳ"}
    if way < 0.05:
        return {"points": random.choice(["0", "0.25", "0.5", "1"]), "reason": "Theo biên bản thẩm định"}
    return {"inputs": draw(random)}

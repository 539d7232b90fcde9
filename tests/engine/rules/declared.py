"""One ordinary rule of each kind, with every parameter written out, for tests that hold for all of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from scoring.engine.places import Place
from scoring.engine.reading import ObjectReader
from scoring.engine.rules.base import Rule
from scoring.engine.rules.registry import read_rule

Json = dict[str, Any]

ORDINARY: dict[str, Json] = {
    "options": {
        "options": [{"key": "du", "label": "Đúng hạn", "share": "1"}, {"key": "tre", "label": "Trễ", "points": "0.5"}]
    },
    "checklist": {
        "items": [{"key": "a", "label": "Kế hoạch", "points": "1"}, {"key": "b", "label": "Báo cáo", "share": "0.5"}]
    },
    "ratio": {
        "floor": "0.8",
        "full_at": "0.95",
        "inverse": False,
        "when_empty": "full",
        "allow_over": True,
    },
    "bands": {
        "of": "ratio",
        "bands": [
            {"at_least": "0.9", "share": "1"},
            {"above": "0.5", "linear": True},
            {"at_most": "0.1", "points": "0"},
            {"below": "0.3", "points": "0.5"},
        ],
        "when_empty": "zero",
        "allow_over": False,
    },
    "per_item": {"points_each": "0.25"},
    "deduction": {
        "items": [
            {"key": "cham", "label": "Báo cáo chậm", "points_each": "0.25", "limit": "1"},
            {"key": "sai", "label": "Sai thể thức", "points_each": "0.5"},
        ]
    },
    "lateness": {
        "due": "2026-12-15",
        "steps": [{"up_to_days": 0, "share": "1"}, {"up_to_days": 5, "points": "0.5"}],
    },
    "formula": {
        "variables": [{"key": "a", "label": "Tổng số hồ sơ"}, {"key": "b", "label": "Số đúng hạn"}],
        "pieces": [{"when": "b / a < 0.8", "points": "0"}, {"points": "b / a * M"}],
    },
    "manual": {"step": "0.5"},
    "survey": {"scale_min": "1", "scale_max": "5", "min_responses": 30, "when_few": "not_applicable"},
    "indicator": {"of": "100"},
}
"""In the order of the methodology's table."""


def rule_of(kind: str, max_points: str = "2", **changes: Any) -> Rule:
    """The ordinary rule of a kind, with ``changes`` (... takes a parameter out)."""
    parameters = {key: value for key, value in {**ORDINARY[kind], **changes}.items() if value is not ...}
    told: list[Any] = []
    rule = read_rule(ObjectReader({"kind": kind, **parameters}, Place(), told), Fraction(max_points))
    assert told == []
    assert rule is not None
    return rule

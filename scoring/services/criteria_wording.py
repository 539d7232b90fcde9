"""A rule as one Vietnamese sentence, for people who read a criteria set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from scoring.engine.errors import CampaignFaults
from scoring.engine.single import read_one_rule
from scoring.files.annex_rules import kind_label
from scoring.services.leaves import plain_number
from units.vietnamese import format_points

PENDING = "Chưa có quy tắc: người chấm cho điểm."


def rule_sentence(rule: Mapping[str, Any], max_points: Decimal | str, is_pending: bool = False) -> str:
    """What the rule does, in words: "Chọn một mức: đúng hạn 2 điểm; trễ hạn 0,5 điểm." `max_points` in points.

    A rule that the engine refuses (in a preview full of faults) is told by its kind alone.
    """
    if is_pending:
        return PENDING
    told = _describe(json.dumps(rule, sort_keys=True), plain_number(Decimal(max_points)))
    return told[:1].upper() + told[1:] + "."


def rule_doubt(rule: Mapping[str, Any], max_points: Decimal | str, is_pending: bool = False) -> str:
    """What is worth a second look in a rule and is no fault, as a sentence: it can never earn the maximum, which may be
    meant so. "" for nothing, and for a rule that the engine refuses. `max_points` in points."""
    if is_pending:
        return ""
    return _doubt(json.dumps(rule, sort_keys=True), plain_number(Decimal(max_points)))


@lru_cache(maxsize=4096)
def _doubt(rule: str, max_points: str) -> str:
    try:
        read = read_one_rule(json.loads(rule), max_points)
    except CampaignFaults:
        return ""
    most = read.most_points()
    if most >= read.max_points:
        return ""
    told = format_points((Decimal(most.numerator) / Decimal(most.denominator)).normalize())
    return f"Quy tắc này cho nhiều nhất {told} điểm, thấp hơn điểm tối đa {format_points(Decimal(max_points))}."


@lru_cache(maxsize=4096)
def _describe(rule: str, max_points: str) -> str:
    given = json.loads(rule)
    try:
        return read_one_rule(given, max_points).describe()
    except CampaignFaults:
        return kind_label(given["kind"])

"""A rule as one Vietnamese sentence, for people who read a criteria set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from scoring.files.annex_rules import kind_label
from units.vietnamese import format_date, format_number, format_percent

PENDING = "Chưa có quy tắc: người chấm cho điểm."

_BOUNDS: Final = {"at_least": "từ", "above": "trên", "at_most": "đến", "below": "dưới"}
_EMPTY: Final = {
    "full": "không phát sinh thì được điểm tối đa",
    "zero": "không phát sinh thì 0 điểm",
    "not_applicable": "không phát sinh thì không áp dụng",
}


def rule_sentence(rule: Mapping[str, Any], max_points: Decimal | str, is_pending: bool = False) -> str:
    """What the rule does, in words: "Chọn một mức: đúng hạn 2 điểm; trễ hạn 0,5 điểm." `max_points` in points."""
    if is_pending:
        return PENDING
    tell = _SENTENCES.get(rule["kind"])
    told = tell(rule, Decimal(max_points)) if tell else kind_label(rule["kind"])
    return told[:1].upper() + told[1:] + "."


def _options(rule: Mapping[str, Any], most: Decimal) -> str:
    return "chọn một mức: " + _levels(rule["options"], most)


def _checklist(rule: Mapping[str, Any], most: Decimal) -> str:
    return "cộng điểm từng nội dung: " + _levels(rule["items"], most)


def _levels(levels: list[Mapping[str, Any]], most: Decimal) -> str:
    return "; ".join(f"{level['label']}: {_mark(level, most)}" for level in levels)


def _ratio(rule: Mapping[str, Any], most: Decimal) -> str:
    floor, full_at = Decimal(rule.get("floor", 0)), Decimal(rule.get("full_at", 1))
    parts = [f"100% trừ tỷ lệ, nhân {_points(most)}" if rule.get("inverse") else f"tỷ lệ đạt được nhân {_points(most)}"]
    if full_at != 1:
        parts.append(f"từ {_percent(full_at)} được điểm tối đa")
    if floor:
        parts.append(f"dưới {_percent(floor)} thì 0 điểm")
    return "; ".join(parts + _when_empty(rule))


def _bands(rule: Mapping[str, Any], most: Decimal) -> str:
    is_ratio = rule["of"] == "ratio"
    told = []
    for band in rule["bands"]:
        bound = next(key for key in _BOUNDS if key in band)
        limit = _percent(Decimal(band[bound])) if is_ratio else format_number(str(band[bound]))
        told.append(f"{_BOUNDS[bound]} {limit}: {_mark(band, most)}")
    told.append("còn lại: 0 điểm")
    return f"theo {'tỷ lệ' if is_ratio else 'giá trị'}: " + "; ".join(told + _when_empty(rule))


def _per_item(rule: Mapping[str, Any], most: Decimal) -> str:
    return f"mỗi việc {_points(rule['points_each'])}, nhiều nhất {_points(most)}"


def _deduction(rule: Mapping[str, Any], most: Decimal) -> str:
    told = []
    for item in rule["items"]:
        limit = f" (nhiều nhất {_points(item['limit'])})" if "limit" in item else ""
        told.append(f"{item['label']}: mỗi lần trừ {_points(item['points_each'])}{limit}")
    return f"từ {_points(most)} trừ dần: " + "; ".join(told)


def _lateness(rule: Mapping[str, Any], most: Decimal) -> str:
    due = f" so với hạn {format_date(rule['due'])}" if "due" in rule else ""
    steps = [f"đến {step['up_to_days']} ngày: {_mark(step, most)}" for step in rule["steps"]]
    return f"theo số ngày chậm{due}: " + "; ".join([*steps, "sau đó: 0 điểm"])


def _formula(rule: Mapping[str, Any], most: Decimal) -> str:
    variables = ", ".join(f"{item['key']} là {item['label']}" for item in rule["variables"])
    pieces = [(f"khi {piece['when']}: " if "when" in piece else "") + piece["points"] for piece in rule["pieces"]]
    return f"công thức ({variables}; M là điểm tối đa): " + "; ".join(pieces)


def _manual(rule: Mapping[str, Any], most: Decimal) -> str:
    step = f", theo bước {_points(rule['step'])}" if "step" in rule else ""
    return f"người chấm cho từ 0 đến {_points(most)}{step}"


def _survey(rule: Mapping[str, Any], most: Decimal) -> str:
    if "scale_min" in rule:
        scale = f"thang {format_number(str(rule['scale_min']))} đến {format_number(str(rule['scale_max']))}"
        told = f"điểm trung bình trên {scale}, quy về {_points(most)}"
    else:
        told = f"số phiếu hài lòng trên số phiếu trả lời, nhân {_points(most)}"
    if "when_few" in rule:
        few = f"dưới {rule['min_responses']} phiếu" if Decimal(rule.get("min_responses", 0)) else "không có phiếu"
        told += f"; {few} thì " + ("không áp dụng" if rule["when_few"] == "not_applicable" else "0 điểm")
    return told


def _indicator(rule: Mapping[str, Any], most: Decimal) -> str:
    return f"giá trị chia {format_number(str(rule.get('of', 100)))}, nhân {_points(most)}"


def _mark(level: Mapping[str, Any], most: Decimal) -> str:
    if "linear" in level:
        return f"tỷ lệ nhân {_points(most)}"
    return _points(Decimal(level["points"]) if "points" in level else Decimal(level["share"]) * most)


def _when_empty(rule: Mapping[str, Any]) -> list[str]:
    return [_EMPTY[rule["when_empty"]]] if "when_empty" in rule else []


def _points(value: Decimal | str | int) -> str:
    return f"{_number(Decimal(value))} điểm"


def _percent(ratio: Decimal) -> str:
    return format_percent(_plain(ratio * 100))


def _number(value: Decimal) -> str:
    return format_number(_plain(value))


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_SENTENCES: Final[dict[str, Callable[[Mapping[str, Any], Decimal], str]]] = {
    "options": _options,
    "checklist": _checklist,
    "ratio": _ratio,
    "bands": _bands,
    "per_item": _per_item,
    "deduction": _deduction,
    "lateness": _lateness,
    "formula": _formula,
    "manual": _manual,
    "survey": _survey,
    "indicator": _indicator,
}

"""Typing that is no answer yet, in words and as JSON."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.forms.boundfield import BoundField
from django.http import QueryDict

from scoring.engine.single import Leaf
from scoring.forms.answer import TWOFOLD
from scoring.forms.dossier import FIGURES, AnswerForm
from scoring.models import Campaign, Criterion, Unfinished, Value
from scoring.selectors.worksheet import Line
from scoring.services.autosave import Fault, Kept, Overtaken
from scoring.services.errors import WrongFigures
from scoring.services.leaves import leaf_of, score
from scoring.services.values import content_of
from scoring.views.level_showing import live_levels
from scoring.views.showing import CLAIM, CLAIM_WAITS, say_content
from units.vietnamese import format_clock, show_points

EMPTIED = "Các ô đang để trống. Câu trả lời đã lưu vẫn còn; muốn bỏ hẳn thì dùng nút “Xóa câu trả lời”."
NOTHING_TYPED = "các ô để trống"


def faults_against(form: AnswerForm, criterion: Criterion, campaign: Campaign) -> list[Fault]:
    """What keeps the figures and words of a form from being an answer: what the form lacks, or what the rule refuses,
    the latter at the last figure that was given where it concerns several; [] for an answer."""
    if not form.is_valid():
        return _faults_of(form)
    try:
        score(criterion, campaign, form.content.answer())
    except WrongFigures as wrong:
        form.explain(wrong)
        last = [name for name in form.raw if name.startswith(FIGURES)][-1:]
        return [fault | {"key": fault["key"] or "".join(last)} for fault in _faults_of(form)]
    return []


def _faults_of(form: AnswerForm) -> list[Fault]:
    """Each fault with the name and the label of its field; of a number with two readings both, as they can be typed."""
    found = [_fault("", "", str(text)) for part in (form, form.figures) for text in part.non_field_errors()]
    for bound in _fields(form):
        for error in bound.errors.as_data():
            text = " ".join(error.messages)
            label = "" if bound.is_hidden or str(bound.label) in text else str(bound.label)
            readings = list((error.params or {}).get("readings", ())) if error.code == TWOFOLD else []
            found.append(_fault(bound.html_name, label, text, readings))
    return found


def _fault(key: str, label: str, text: str, readings: list[str] | None = None) -> Fault:
    return Fault(key=key, label=label, text=text, readings=readings or [])


def say_typed(leaf: Leaf, row: Unfinished) -> str:
    """What is typed, field by field: "Số đạt được: 45; Giải thích thêm: theo báo cáo"."""
    form = AnswerForm(leaf, unfinished=row)
    raw, told = form.raw, []
    for bound in _fields(form):
        if not bound.is_hidden and (text := raw.get(bound.html_name)):
            told.append(_say_field(bound, text))
    return "; ".join(told) or NOTHING_TYPED


def _say_field(bound: BoundField, text: str | list[str]) -> str:
    label = str(bound.label).removesuffix(" (không bắt buộc)")
    if bound.html_name == "not_applicable":
        return CLAIM
    choices = {str(key): str(name) for key, name in getattr(bound.field, "choices", ())}
    if choices:
        return ", ".join(choices.get(key, key) for key in ([text] if isinstance(text, str) else text))
    return label if text == "on" else f"{label}: {text}"


def told_kept(kept: Kept, leaf: Leaf, criterion: Criterion, inputs: Mapping[str, Any] | None) -> dict[str, Any]:
    """The answer to an autosave that was taken; `inputs` are the figures of what was typed where it is an answer."""
    told: dict[str, Any] = {
        "state": "kept" if kept.unfinished else "saved",
        "version": kept.version,
        "unfinished": kept.unfinished,
        "at": _hour(kept.at),
        "node": {"icon": kept.icon, "label": kept.label},
    }
    if kept.unfinished:
        return told | {"faults": kept.faults, "levels": []}
    return told | {
        "points": "" if kept.worth is None else f"{show_points(kept.worth)} / {show_points(criterion.max_points)}",
        "step": CLAIM_WAITS if kept.is_claim else kept.step,
        "warning": kept.warning,
        **live_levels(leaf, criterion, inputs),
    }


def told_clash(leaf: Leaf, overtaken: Overtaken, now: datetime.datetime) -> dict[str, Any]:
    """What stands in the way of an autosave, in words and as the fields of the form; typing stands before the answer
    that it is typed over, as on the page."""
    value, row = overtaken.value, overtaken.unfinished
    last = row or value
    return {
        "state": "clash",
        "version": value.version if value else 0,
        "unfinished": row.version if row else 0,
        "who": last.author.full_name if last and last.author else "",
        "at": format_clock(last.changed_at, now) if last else "",
        "said": f"Đang nhập dở: {say_typed(leaf, row)}" if row else _say_value(leaf, value),
        "fields": AnswerForm(leaf, value=value, unfinished=row).raw,
    }


def unfinished_note(line: Line, campaign: Campaign, now: datetime.datetime) -> dict[str, Any] | None:
    """What a page says above the form of typing that does not count yet."""
    if (row := line.unfinished) is None:
        return None
    leaf, faults = leaf_of(line.criterion, campaign), _typing_faults(line.criterion, campaign, row)
    return {
        "said": say_typed(leaf, row),
        "at": format_clock(row.changed_at, now),
        "who": row.author.full_name,
        "counts": line.is_answered,
        "why": _in_words(faults),
        "faults": json.dumps(faults, ensure_ascii=False),
    }


def why_unfinished(line: Line, campaign: Campaign) -> list[str]:
    """What keeps the typing at a leaf from being an answer, in sentences; [] where nothing is typed."""
    return _in_words(_typing_faults(line.criterion, campaign, line.unfinished)) if line.unfinished else []


def _in_words(faults: list[Fault]) -> list[str]:
    return [": ".join(filter(None, (fault["label"], fault["text"]))) for fault in faults]


def _typing_faults(criterion: Criterion, campaign: Campaign, row: Unfinished) -> list[Fault]:
    """The faults of kept typing, read as the form would read it now."""
    data = QueryDict(f"version={row.base_version}", mutable=True)
    for name, text in row.typed.items():
        data.setlist(name, [text] if isinstance(text, str) else text)
    return faults_against(AnswerForm(leaf_of(criterion, campaign), data), criterion, campaign)


def _say_value(leaf: Leaf, value: Value | None) -> str:
    if value is None:
        return "Không có câu trả lời"
    content = content_of(value)
    told = [say_content(leaf, content)]
    told += [f"Lý do: {content.reason}"] if content.reason else []
    told += [f"Giải thích thêm: {content.note}"] if content.note else []
    return ". ".join(told)


def _hour(moment: str) -> str:
    at = datetime.datetime.fromisoformat(moment)
    return format_clock(at, at)


def _fields(form: AnswerForm) -> Iterator[BoundField]:
    """The fields of an answer in the order of the page: figures, then the claim and the note. Figures of a claim do not
    count."""
    yield from form.figures
    yield from form

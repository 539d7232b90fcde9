"""The form of one rule, generated from what its kind declares: no kind is known by name here.

A list of a rule (levels, bands, steps, variables) is a list of rows; a blank row is passed over. Where an entry has
exactly one of several pieces ("từ", "trên", "đến" or "dưới"), the row asks which, and for its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from scoring.engine.errors import CampaignFaults, Fault
from scoring.engine.rules.base import Rule
from scoring.engine.rules.declaration import Parameter, Piece
from scoring.engine.rules.registry import KINDS
from scoring.engine.single import read_one_rule
from scoring.engine.strict_json import UNUSABLE
from scoring.forms.answer import DATE_HINT, VietnameseDateField, VietnameseNumberField
from scoring.forms.criteria_written import (
    LONGEST_KEY,
    PREFIX,
    Written,
    key_from,
    name_in_row,
    name_of_piece,
    posted,
    with_blank_rows,
)
from scoring.services.criteria_proof import in_words_of_the_annex
from scoring.services.leaves import plain_number

LONGEST_TEXT = 500
_FAULT = re.compile(r"(?:rule → )?(\w+)(?:\[(\d+)\](?: “[^”]*”)?)?(?: → (\w+))?")
_MISSING = re.compile(r"thiếu khóa bắt buộc “(\w+)”")


@dataclass(frozen=True)
class RowShown:
    """One entry of a list as the page shows it."""

    at: int
    fields: list[BoundField]
    errors: list[str]
    key: BoundField | None = None


@dataclass(frozen=True)
class Part:
    """One parameter as the page shows it: a field, or the rows of a list under `headings`.

    A key that nobody needs to write stands apart from the fields of its row.
    """

    parameter: Parameter
    field: BoundField | None
    rows: list[RowShown]
    errors: list[str]
    headings: tuple[str, ...] = ()

    @property
    def has_own_keys(self) -> bool:
        return any(row.key for row in self.rows)

    @property
    def is_open(self) -> bool:
        """Whether something is wrong among the keys that stand apart."""
        return any(row.key.errors for row in self.rows if row.key)


class RuleForm(forms.Form):
    """The parameters of one kind. With `is_checked` everything is read and proven at once: `rule` is what was typed,
    `read` the engine's rule (None where something is wrong), and every fault stands at its field."""

    marks_optional = False  # blank is a value for most parameters, said in their help

    def __init__(self, written: Written, *, is_checked: bool = False) -> None:
        self.written = with_blank_rows(written)
        typed = posted(self.written)
        super().__init__(typed if is_checked else None, initial=typed, prefix=PREFIX)
        self.rows_errors: dict[tuple[str, int], list[str]] = {}
        self.list_errors: dict[str, list[str]] = {}
        self.read: Rule | None = None
        for one in self.written.parameters:
            if not one.is_list:
                self.fields[one.key] = _field(one)
                continue
            for at in range(len(self.written.lists[one.key])):
                self.fields |= dict(_row_fields(one, at))

    @property
    def kind(self) -> type[Rule] | None:
        return KINDS.get(self.written.kind)

    @property
    def has_kind(self) -> bool:
        return self.kind is not None

    @property
    def note(self) -> str:
        """What the kind is for."""
        return self.kind.note if self.kind else ""

    @property
    def parts(self) -> list[Part]:
        return [self._part(one) for one in self.written.parameters]

    def _part(self, one: Parameter) -> Part:
        if not one.is_list:
            return Part(one, self[one.key], [], [])
        rows = [self._row(one, at) for at in range(len(self.written.lists[one.key]))]
        headings = tuple(_headings(one))
        return Part(one, None, rows, self.list_errors.get(one.key, []), headings)

    def _row(self, one: Parameter, at: int) -> RowShown:
        apart = name_in_row(one, at, "key") if one.type == "keyed" and not one.key_word else ""
        fields = [self[name] for name, _ in _row_fields(one, at) if name != apart]
        return RowShown(at, fields, self.rows_errors.get((one.key, at), []), self[apart] if apart else None)

    @property
    def is_wrong(self) -> bool:
        return bool(self.errors or self.rows_errors or self.list_errors)

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Every fault as (id of the field that it stands at, sentence)."""
        found = [(bound.id_for_label, f"{bound.label}: {text}") for bound in self for text in bound.errors]
        found += [("", str(text)) for text in self.non_field_errors()]
        words = {one.key: one.word[:1].upper() + one.word[1:] for one in self.written.parameters}
        for key, texts in self.list_errors.items():
            found += [(f"id_{PREFIX}-{key}", f"{words[key]}: {text}") for text in texts]
        for (key, at), texts in self.rows_errors.items():
            found += [(f"id_{PREFIX}-{key}-{at}", f"{words[key]} {at + 1}: {text}") for text in texts]
        return found

    def rule(self) -> dict[str, Any]:
        """The rule as the campaign file writes it; what could not be read stands as the engine's `UNUSABLE`."""
        found: dict[str, Any] = {"kind": self.written.kind}
        for one in self.written.parameters:
            if one.is_list:
                entries = [self._entry(one, at) for at in self._filled(one)]
                if entries or one.required:
                    found[one.key] = entries
            elif (value := self._value(one.key)) not in (None, "", False):
                found[one.key] = value
        return found

    def prove(self, max_points: str) -> None:
        """Ask the engine, and put what it says at the fields; `max_points` as plain digits."""
        if self.kind is None or self.errors:
            self._prove_only_shape(max_points)
            return
        try:
            self.read = read_one_rule(self.rule(), max_points)
        except CampaignFaults as wrong:
            self._place(wrong)

    def _prove_only_shape(self, max_points: str) -> None:
        if self.kind is None:
            return
        try:
            read_one_rule(self.rule(), max_points)
        except CampaignFaults as wrong:
            self._place(wrong)

    def _place(self, wrong: CampaignFaults) -> None:
        for fault in wrong.faults:
            self._place_one(fault)

    def _place_one(self, fault: Fault) -> None:
        text = in_words_of_the_annex(fault.message, self.written.kind)
        text = text[:1].upper() + text[1:] + "."
        missing = _MISSING.search(fault.message)  # told of the object that lacks it
        place = f"{fault.place} → {missing[1]}" if missing else fault.place
        text = "Chưa ghi; hãy bổ sung." if missing else text
        match = _FAULT.match(place)
        one = next((one for one in self.written.parameters if match and one.key == match[1]), None)
        if match is None or one is None:
            self.add_error(None, text)
        elif not one.is_list:
            self.add_error(one.key, text)
        elif match[2] is None:
            if not self._filled(one):
                text = f"Chưa có {one.word} nào. Ghi ít nhất một {one.word}."
            self.list_errors.setdefault(one.key, []).append(text)
        else:
            at = self._filled(one)[int(match[2])]
            name = name_of_piece(one, at, match[3] or "")
            if name in self.fields:
                self.add_error(name, text)
            else:
                self.rows_errors.setdefault((one.key, at), []).append(text)

    def _filled(self, one: Parameter) -> list[int]:
        """The rows in which something was typed."""
        rows = self.written.lists[one.key]
        return [at for at, row in enumerate(rows) if any(text.strip() for text in row.values())]

    def _entry(self, one: Parameter, at: int) -> dict[str, Any]:
        row, found = self.written.lists[one.key][at], dict[str, Any]()
        if one.type == "keyed":
            found["key"] = self._value(name_in_row(one, at, "key")) or key_from(row, self._taken(one, at))
        for piece in one.pieces:
            if piece.key not in row:
                continue
            if piece.type == "true":
                found[piece.key] = True
            elif (value := self._value(name_of_piece(one, at, piece.key))) not in (None, ""):
                found[piece.key] = value
        return found

    def _taken(self, one: Parameter, at: int) -> set[str]:
        rows = self.written.lists[one.key]
        return {row.get("key", "").strip() for row in rows} | {key_from(row, set()) for row in rows[:at]}

    def _value(self, name: str) -> Any:
        """What stands in a field; `UNUSABLE` where it could not be read."""
        if name in self.errors:
            return UNUSABLE
        value = self.cleaned_data.get(name)
        return plain_number(value) if isinstance(value, Decimal) else value


# ── fields ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _field(one: Parameter) -> forms.Field:
    label = one.word[:1].upper() + one.word[1:]
    # The notes are written for the lines of an annex; what the field itself shows is not said again.
    if one.type == "flag":
        note = one.note.removeprefix("có: ").partition("; trống")[0]
        return forms.BooleanField(label=label, required=False, help_text=f"{note[:1].upper()}{note[1:]}.")
    if one.type == "choice":
        choices = [("", "chưa quy định"), *((value, word) for word, value in one.choices)]
        note, told, _ = one.note.partition(":")
        return forms.ChoiceField(label=label, choices=choices, required=False, help_text=f"{note}." if told else "")
    if one.type == "date":
        return VietnameseDateField(label=label, required=False, help_text=f"{one.note}. {DATE_HINT}")
    return VietnameseNumberField(label=label, required=False, help_text=f"{one.note}.")


def _row_fields(one: Parameter, at: int) -> Iterator[tuple[str, forms.Field]]:
    """The fields of one entry by name, in the order in which they are read."""
    row = f"{one.word[:1].upper()}{one.word[1:]} {at + 1}"
    if one.type == "keyed":
        yield name_in_row(one, at, "key"), _key(f"{row}: {one.key_word or 'mã'}")
    grouped = {key for group in one.one_of if len(group) > 1 for key in group}
    for piece in one.pieces:
        if piece.key in grouped:
            continue
        word = piece.word or "tên"
        label = f"{row}: {word}"
        made = _text(label) if piece.type == "text" else _number(label)
        yield name_in_row(one, at, piece.key), made
    for number, group in enumerate(one.one_of):
        if len(group) > 1:
            pieces = [piece for piece in one.pieces if piece.key in group]
            words = ", ".join(piece.word for piece in pieces)
            choices = [(piece.key, piece.word) for piece in pieces]
            chosen = forms.ChoiceField(label=f"{row}: {words}", choices=choices, required=False)
            yield name_in_row(one, at, f"which{number}"), chosen
            yield name_in_row(one, at, f"value{number}"), _number(f"{row}: số cho {_listed(pieces)}")


def _listed(pieces: list[Piece]) -> str:
    return " hoặc ".join(piece.word for piece in pieces if piece.type != "true")


def _headings(one: Parameter) -> Iterator[str]:
    """What stands above the columns of a list, in the order of `_row_fields`."""
    if one.key_word:
        yield one.key_word
    grouped = {key for group in one.one_of if len(group) > 1 for key in group}
    yield from (piece.word or f"tên {one.word}" for piece in one.pieces if piece.key not in grouped)
    for group in one.one_of:
        if len(group) > 1:
            yield " / ".join(piece.word for piece in one.pieces if piece.key in group)
            yield "số"


def _key(label: str) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONGEST_KEY)


def _text(label: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, required=False, max_length=LONGEST_TEXT, widget=widget)


def _number(label: str) -> forms.Field:
    return VietnameseNumberField(label=label, required=False)

"""The form of one leaf's figures, generated from what its rule asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from scoring.engine.rules.base import Input
from scoring.engine.single import Leaf
from scoring.services.errors import WrongFigures
from scoring.services.figures import (
    Slot,
    given_at,
    inputs_from,
    is_blank,
    missing_figures,
    say_alternatives,
    slot_at,
    slots_of,
)
from scoring.services.leaves import plain_number
from units.vietnamese import AmbiguousNumber, NotADate, NotANumber, format_number, parse_date, parse_number

LONGEST_NUMBER = "40"  # characters a field lets one type; what is longer is no number (`parse_number`)
TWOFOLD = "twofold"  # code of a fault with two readings, among its params
COUNTS_HINT = "Không có lần nào thì ghi 0. Đã ghi một ô thì ô để trống tính là 0."
DATE_HINT = "Ngày/tháng/năm, ví dụ 15/12/2026."


@dataclass(frozen=True)
class FigureGroup:
    """Fields that stand together on a page; `legend` is "" for a figure that stands by itself."""

    legend: str
    hint: str
    fields: list[BoundField]


class FiguresForm(forms.Form):
    """One field for each figure of `leaf`; a blank form is no answer, not a fault.

    Fields are named by the slots of the rule (`services.figures`) below `prefix`. After `is_valid()`, `is_blank` tells
    whether anything was given and `inputs` is that part of an answer in a campaign file (numbers as strings with a
    decimal point, days in ISO form). What is half filled in is told at the figure that lacks. What the rule itself
    refuses comes from the service as `WrongFigures`; `add_faults` puts it beside the fields.
    """

    nothing_arose = "{} là 0: nếu không phát sinh thì đề nghị không áp dụng."
    marks_optional = False  # blank as a whole or complete: no figure is optional by itself

    def __init__(
        self,
        leaf: Leaf,
        data: Mapping[str, Any] | None = None,
        *,
        initial_inputs: Mapping[str, Any] | None = None,
        typed: Mapping[str, Any] | None = None,
        prefix: str = "",
    ) -> None:
        """`typed`, by slot, is shown as it was typed in place of the figures that are stored."""
        self.leaf = leaf
        self.slots = slots_of(leaf)
        given = given_at(leaf, initial_inputs or {})
        initial = {slot.name: _as_typed(slot, given[slot.name]) for slot in self.slots if slot.name in given}
        if typed is not None:
            initial = dict(typed)
        super().__init__(data, initial=initial, prefix=prefix or None)
        for slot in self.slots:
            self.fields[slot.name] = _field(slot)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.is_blank:
            self._add(missing_figures(self.leaf, self.inputs))
        return data

    @property
    def is_blank(self) -> bool:
        """Nothing was chosen or typed; a list of checked items counts as given only when something is checked."""
        given = [self.cleaned_data.get(slot.name) for slot in self.slots]
        return all(is_blank(value) or value == [] for value in given)

    @property
    def blank_is_an_answer(self) -> bool:
        """Nothing checked in a list of contents says that none of them is there."""
        return not any(slot.item.required for slot in self.slots)

    @property
    def hint(self) -> str:
        """Which of the figures exclude one another, in words; "" where all are asked."""
        told = say_alternatives(self.leaf)
        if told and all(slot.item.form for slot in self.slots):  # no need to name what is all that the page shows
            told = f"{told.partition(':')[0]} ô dưới đây"
        return told and f"Chỉ ghi {told}."

    @property
    def groups(self) -> list[FigureGroup]:
        """The fields as a page shows them: counted items of one input stand together."""
        found: list[FigureGroup] = []
        for slot in self.slots:
            if slot.choice and slot.choice != slot.item.choices[0]:
                found[-1].fields.append(self[slot.name])
            else:
                legend, hint = (slot.item.label, COUNTS_HINT) if slot.choice else ("", "")
                found.append(FigureGroup(legend, hint, [self[slot.name]]))
        return found

    @property
    def inputs(self) -> dict[str, Any]:
        """The figures that were given; a list of keys is always there, since nothing checked is an answer too."""
        given: dict[str, Any] = {}
        for slot in self.slots:
            value = self.cleaned_data.get(slot.name)
            if slot.type == "choices":
                given[slot.name] = list(value or [])
            else:
                given[slot.name] = plain_number(value) if isinstance(value, Decimal) else value
        return inputs_from(self.leaf, given)

    def refuse_blank(self) -> None:
        """Tell what is missing from a form that must not be left blank."""
        if self.is_blank:
            self._add(missing_figures(self.leaf, self.inputs))

    def add_faults(self, wrong: WrongFigures) -> None:
        """Put each fault of the rule beside its figure, or above the form where it concerns several.

        Nothing of nothing, where the rule decides nothing about it, is told in words of the form, at the total.
        """
        for slot in self.slots:
            whole = slot_at(self.leaf, slot.item.part_of) if slot.item.part_of else None
            if whole and self._is_nought(slot) and self._is_nought(whole):
                self.add_error(whole.name, self.nothing_arose.format(whole.label))
                return
        self._add(wrong.faults)

    def _is_nought(self, slot: Slot) -> bool:
        given = self.cleaned_data.get(slot.name)
        return given is not None and not given

    def _add(self, faults: Iterable[tuple[str, str]]) -> None:
        for name, sentence in faults:
            slot = slot_at(self.leaf, name)
            self.add_error(slot.name if slot else None, sentence)


class _TypedField(forms.CharField):
    """A figure that people type and the portal reads in its own way; unchanged where the same letters stand there."""

    def __init__(self, *, mode: str, **kwargs: Any) -> None:
        typed = {"inputmode": mode, "autocomplete": "off", "class": "num", "maxlength": LONGEST_NUMBER}
        kwargs.setdefault("widget", forms.TextInput(attrs=typed))
        super().__init__(**kwargs)  # no max_length: its validator would measure the value, not the text

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether something else is typed than stood there."""
        return str(initial or "").strip() != str(data or "").strip()


class VietnameseDateField(_TypedField):
    """A day as people type it (dd/mm/yyyy); cleaned to ISO form, None where it is blank."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(mode="text", **kwargs)

    def to_python(self, value: Any) -> str | None:  # type: ignore[override]
        text = super().to_python(value)
        try:
            return parse_date(text).isoformat() if text else None
        except NotADate as refused:
            raise forms.ValidationError(str(refused)) from None


class VietnameseNumberField(_TypedField):
    """A number as people type it, exact; "1.234" is asked back unless only a whole number can be meant."""

    def __init__(self, *, whole: bool = False, **kwargs: Any) -> None:
        self.whole = whole
        super().__init__(mode="numeric" if whole else "decimal", **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_number(text)
        except AmbiguousNumber as twofold:
            if self.whole:
                return twofold.readings[0]
            whole, fraction = (str(reading) for reading in twofold.readings)
            readings = {"readings": [whole, fraction.replace(".", ",")]}  # as both can be typed without a doubt
            raise forms.ValidationError(str(twofold), code=TWOFOLD, params=readings) from None
        except NotANumber as refused:
            raise forms.ValidationError(str(refused)) from None


def _field(slot: Slot) -> forms.Field:
    """The field of one slot; every field may stay blank, the form as a whole asks for what is missing."""
    item = slot.item
    if slot.type in ("choice", "choices"):
        choices = [(choice.key, choice.label) for choice in item.choices]
        if slot.type == "choice":
            return forms.ChoiceField(label=slot.label, choices=choices, required=False, widget=forms.RadioSelect)
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(label=slot.label, choices=choices, required=False, widget=widget)
    if slot.type == "flag":
        return forms.BooleanField(label=slot.label, required=False)
    if slot.type == "date":
        return VietnameseDateField(label=slot.label, required=False, help_text=DATE_HINT)
    return VietnameseNumberField(label=slot.label, required=False, whole=slot.type == "whole", help_text=_range(item))


def _range(item: Input) -> str:
    """The range in words: "Từ 0 đến 2, bội của 0,5."."""
    said = []
    if item.minimum is not None and item.maximum is not None:
        said.append(f"từ {_say(item.minimum)} đến {_say(item.maximum)}")
    elif item.maximum is not None:
        said.append(f"không quá {_say(item.maximum)}")
    if item.step is not None:
        said.append(f"bội của {_say(item.step)}")
    text = ", ".join(said)
    return text[:1].upper() + text[1:] + "." if text else ""


def _say(value: Fraction) -> str:
    return format_number(Decimal(value.numerator) / Decimal(value.denominator))


def _as_typed(slot: Slot, value: Any) -> Any:
    """A stored figure as the field takes it: keys as they are, a tick, else what a person would type."""
    return value if slot.type in ("choice", "choices", "flag") else slot.typed(value)

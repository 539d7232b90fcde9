"""The form of one leaf's figures, generated from what its rule asks for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms

from scoring.engine.rules.base import Input
from scoring.engine.single import Leaf
from scoring.services.entered_figures import missing_figures
from scoring.services.errors import WrongFigures
from scoring.services.leaves import plain_number
from units.vietnamese import AmbiguousNumber, NotANumber, format_number, parse_number

LONGEST_NUMBER = "40"  # characters a field lets one type; what is longer is no number (`parse_number`)


class FiguresForm(forms.Form):
    """One field for each figure of `leaf`; a blank form is no answer, not a fault.

    Fields are named by the rule's input keys below `prefix`. After `is_valid()`, `is_blank` tells whether anything was
    given and `inputs` is that part of an answer in a campaign file (numbers as strings with a decimal point). What is
    half filled in is told at the figure that lacks. What the rule itself refuses comes from the service as
    `WrongFigures`; `add_faults` puts it beside the fields.
    """

    nothing_arose = "Tổng số là 0: nếu không phát sinh thì đề nghị không áp dụng."
    marks_optional = False  # blank as a whole or complete: no figure is optional by itself

    def __init__(
        self,
        leaf: Leaf,
        data: Mapping[str, Any] | None = None,
        *,
        initial_inputs: Mapping[str, Any] | None = None,
        prefix: str = "",
    ) -> None:
        self.leaf = leaf
        self._asked = {item.key: item for item in leaf.inputs}
        given = initial_inputs or {}
        initial = {key: _as_typed(self._asked[key], given[key]) for key in self._asked if key in given}
        super().__init__(data, initial=initial, prefix=prefix or None)
        for key, item in self._asked.items():
            self.fields[key] = _field(item)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not self.is_blank:
            for key, sentence in missing_figures(self.leaf, self.inputs):
                self.add_error(key, sentence)
        return data

    @property
    def is_blank(self) -> bool:
        """Nothing was chosen or typed; a list of checked items counts as given only when something is checked."""
        return not any(self.cleaned_data.get(key) not in (None, "", []) for key in self._asked)

    @property
    def inputs(self) -> dict[str, Any]:
        """The figures that were given; a list of keys is always there, since nothing checked is an answer too."""
        found: dict[str, Any] = {}
        for key, item in self._asked.items():
            value = self.cleaned_data.get(key)
            if item.type == "choices":
                found[key] = list(value or [])
            elif value not in (None, ""):
                found[key] = plain_number(value) if isinstance(value, Decimal) else value
        return found

    def add_faults(self, wrong: WrongFigures) -> None:
        """Put each fault of the rule beside its figure, or above the form where it concerns several.

        Nothing of nothing, where the rule decides nothing about it, is told in words of the form, at the total.
        """
        if not any(self.cleaned_data.get(key, 1) for key in ("numerator", "denominator")):
            self.add_error("denominator", self.nothing_arose)
            return
        for key, sentence in wrong.faults:
            self.add_error(key if key in self.fields else None, sentence)


class VietnameseNumberField(forms.CharField):
    """A number as people type it, exact; "1.234" is asked back unless only a whole number can be meant."""

    def __init__(self, *, whole: bool = False, **kwargs: Any) -> None:
        self.whole = whole
        mode = "numeric" if whole else "decimal"
        typed = {"inputmode": mode, "autocomplete": "off", "class": "num", "maxlength": LONGEST_NUMBER}
        kwargs.setdefault("widget", forms.TextInput(attrs=typed))
        super().__init__(**kwargs)  # no max_length: its validator would measure the number, not the text

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether something else is typed than stood there."""
        return str(initial or "").strip() != str(data or "").strip()

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_number(text)
        except AmbiguousNumber as twofold:
            if self.whole:
                return twofold.readings[0]
            raise forms.ValidationError(str(twofold)) from None
        except NotANumber as refused:
            raise forms.ValidationError(str(refused)) from None


def _field(item: Input) -> forms.Field:
    if item.type == "choice":
        choices = [(choice.key, choice.label) for choice in item.choices]
        return forms.ChoiceField(label=item.label, choices=choices, required=False, widget=forms.RadioSelect)
    if item.type == "choices":
        choices = [(choice.key, choice.label) for choice in item.choices]
        return forms.MultipleChoiceField(
            label=item.label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
        )
    return VietnameseNumberField(label=item.label, required=False, whole=item.type == "whole", help_text=_range(item))


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


def _as_typed(item: Input, value: Any) -> Any:
    """A stored figure as a person would type it: comma decimals, no thousands marks."""
    if item.type in ("choice", "choices"):
        return value
    return str(value).replace(".", ",")

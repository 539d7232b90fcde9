"""What a reader of a history page asks for."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from units.trail import words_of
from units.vietnamese import sort_key


def _day(label: str) -> forms.DateField:
    """A day the calendar can be counted on from, a day and a time zone either way."""
    sentence = f"{label}: chọn ngày trong các năm 2000 đến 2100."
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        validators=[
            MinValueValidator(datetime.date(2000, 1, 1), sentence),
            MaxValueValidator(datetime.date(2100, 12, 31), sentence),
        ],
    )


class TrailFilter(forms.Form):
    """What a history page shows; every part may stay empty. `actions` are the kinds of act to choose from."""

    marks_optional = False

    tu = _day("Từ ngày")
    den = _day("Đến ngày")
    viec = forms.ChoiceField(label="Việc", required=False)
    nguoi = forms.CharField(label="Người làm", required=False, max_length=60)
    ve = forms.RegexField(r"\A[a-z]+\.[A-Za-z]+:[0-9]+\Z", required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, actions: Sequence[str], *args: Any, by_name: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_name:  # a reader who is not told every name must not find them out by asking either
            del self.fields["nguoi"]
        self.by_name = by_name
        choice = self.fields["viec"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101  # says to mypy what it is
        named = sorted(((action, words_of(action)) for action in actions), key=lambda item: sort_key(item[1]))
        choice.choices = [("", "Mọi việc"), *named]

    @property
    def asked(self) -> dict[str, Any]:
        """The arguments of `trail.narrowed`."""
        data = self.cleaned_data
        return {
            "since": data["tu"], "until": data["den"], "action": data["viec"], "thing": data["ve"],
            "person": data.get("nguoi", ""),
        }  # fmt: skip

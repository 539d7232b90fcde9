"""A role lent to a colleague: to whom, from when to when, why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from units.forms.people import day_field
from units.models import Membership, User
from units.selectors import colleagues_for


class ColleagueField(forms.ModelChoiceField):
    """A person by name and user name."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name} ({obj.username})"


class DelegationForm(forms.Form):
    """The list holds colleagues alone; days and the rest are judged by the service."""

    deputy = ColleagueField(
        User.objects.none(),
        label="Người thay",
        empty_label="Chọn người thay",
        error_messages={"required": "Chọn người thay.", "invalid_choice": "Chọn một người trong danh sách."},
    )
    first = day_field("Từ ngày")
    last = day_field("Đến hết ngày")
    reason = forms.CharField(
        label="Lý do",
        max_length=300,
        error_messages={"required": "Ghi lý do, ví dụ: nghỉ phép."},
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, role: Membership, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"first": timezone.localdate()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["deputy"].queryset = colleagues_for(role)  # type: ignore[attr-defined]

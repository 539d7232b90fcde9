"""Who takes over, and from whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from scoring.selectors.assignment import Judge, Load
from units.forms import AccountNameForm
from units.selectors import Person

_REOPEN = "Không rõ trang được mở lúc nào. Mở lại trang rồi bàn giao."


class HandoverForm(AccountNameForm):
    """The successor by user name; `seen` are the roles that the page showed."""

    seen = forms.TypedMultipleChoiceField(
        coerce=int, widget=forms.MultipleHiddenInput, error_messages={"required": _REOPEN, "invalid_choice": _REOPEN}
    )

    def __init__(self, known: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Tên đăng nhập của người nhận"
        roles = [item.pk for item in known.memberships if not item.is_over]
        self.fields["seen"].choices = [(item.pk, item.pk) for item in known.memberships]  # type: ignore[attr-defined]
        self.initial["seen"] = roles


class PassOnForm(forms.Form):
    """From whom (people who hold parts that are not signed) and to whom (appraisers of today)."""

    leaver = forms.ChoiceField(
        label="Người đang giữ",
        error_messages={
            "required": "Chọn người đang giữ.",
            "invalid_choice": "Người này không còn giữ phần nào chưa ký. Chọn lại.",
        },
    )
    successor = forms.ChoiceField(
        label="Người nhận",
        error_messages={
            "required": "Chọn người nhận.",
            "invalid_choice": "Người này không còn là người thẩm định. Chọn lại.",
        },
    )

    def __init__(self, loads: Sequence[Load], judges: Sequence[Judge], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holders = {str(item.user.pk): item.user for item in loads if item.open or item.done}
        self.takers = {str(item.user.pk): item.user for item in judges}
        counts = {str(item.user.pk): item.open + item.done for item in loads}
        self.fields["leaver"].choices = [  # type: ignore[attr-defined]
            ("", "Chọn người đang giữ"),
            *((pk, f"{user.full_name} ({counts[pk]} phần)") for pk, user in self.holders.items()),
        ]
        self.fields["successor"].choices = [  # type: ignore[attr-defined]
            ("", "Chọn người nhận"),
            *((pk, user.full_name) for pk, user in self.takers.items()),
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("leaver") and data.get("leaver") == data.get("successor"):
            self.add_error("successor", "Người nhận phải là người khác.")
        return data

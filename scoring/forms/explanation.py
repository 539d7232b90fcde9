"""What a unit types into its explanation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from scoring.enums import Opinion
from scoring.models import ExplanationChoice, ExplanationItem
from scoring.services.explaining import LONGEST, Answer

REOPEN = dict.fromkeys(("required", "invalid", "min_value"), "Không rõ trang được mở từ bản nào. Mở lại trang rồi sửa.")
BATCH = r"^[0-9A-Za-z-]{8,36}$"
_LEAF = re.compile(r"([0-9]{1,18}):([0-9]{1,9})", re.ASCII)


class ItemForm(forms.Form):
    """What the unit makes of one leaf. `version` and `unfinished` are those of the words and of the choice that the
    page was made from, by the names under which static/js/autosave.js knows versions."""

    marks_optional = False

    version = forms.IntegerField(label="Bản đang sửa", min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)
    unfinished = forms.IntegerField(
        label="Ý kiến đang sửa", min_value=0, required=False, widget=forms.HiddenInput, error_messages=REOPEN
    )
    opinion = forms.ChoiceField(
        label="Ý kiến của đơn vị", choices=Opinion.choices, required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Chọn “Đồng ý” hoặc “Giải trình”."},
    )  # fmt: skip
    text = forms.CharField(
        label="Nội dung giải trình", max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Nêu số liệu đúng, tài liệu nào chứng minh, ở trang nào.",
        error_messages={"max_length": f"Rút gọn giải trình còn tối đa {LONGEST} ký tự."},
    )  # fmt: skip

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        item: ExplanationItem | None = None,
        choice: ExplanationChoice | None = None,
        opinion: str = "",
    ) -> None:
        initial = {
            "version": item.version if item else 0,
            "unfinished": choice.version if choice else 0,
            "opinion": opinion,
            "text": item.text if item else (choice.kept_text if choice else ""),
        }
        super().__init__(data, initial=initial)

    @property
    def answer(self) -> Answer:
        """After `is_valid`: what the unit says."""
        return Answer(self.cleaned_data.get("opinion", ""), self.cleaned_data["text"])


class AgreeForm(forms.Form):
    """Agree to what is left: `leaf` once a leaf that was shown, as "pk:version", and the name of this press."""

    batch = forms.RegexField(BATCH)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        found = [_LEAF.fullmatch(text) for text in self.data.getlist("leaf")]  # type: ignore[attr-defined]
        if not all(found):
            raise forms.ValidationError("Danh sách gửi lên không đọc được. Mở lại trang.")
        data["seen"] = {int(match[1]): int(match[2]) for match in found if match}
        return data

    @property
    def seen(self) -> dict[int, int]:
        """After `is_valid`: leaf (pk) → the version of the value that was looked at."""
        return dict(self.cleaned_data["seen"])


class UndoForm(forms.Form):
    """Which press of the button is taken back."""

    batch = forms.RegexField(BATCH)

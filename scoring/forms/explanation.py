"""What a unit types into its explanation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from scoring.models import ExplanationItem
from scoring.services.explaining import LONGEST

REOPEN = dict.fromkeys(("required", "invalid", "min_value"), "Không rõ trang được mở từ bản nào. Mở lại trang rồi sửa.")


class ItemForm(forms.Form):
    """What the unit says of one leaf; an empty text takes it back. `version` is the one the page was made from."""

    version = forms.IntegerField(label="Bản đang sửa", min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)
    text = forms.CharField(
        label="Nội dung giải trình", max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Nêu số liệu đúng, tài liệu nào chứng minh, ở trang nào. Để trống rồi lưu là bỏ mục này.",
        error_messages={"max_length": f"Rút gọn giải trình còn tối đa {LONGEST} ký tự."},
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, item: ExplanationItem | None = None) -> None:
        super().__init__(data, initial={"version": item.version if item else 0, "text": item.text if item else ""})

"""What is decided of a file that the virus scanner finds harmful."""

from __future__ import annotations

from django import forms

from scoring.enums import HeldStepKind
from scoring.services.held_files import LONGEST


class HeldStepForm(forms.Form):
    """One step with its reason; `seen` is how many steps stood on the page."""

    kind = forms.ChoiceField(
        choices=HeldStepKind.choices,
        widget=forms.HiddenInput,
        error_messages={"required": "Bấm một trong các nút của trang.", "invalid_choice": "Bấm một nút của trang."},
    )
    seen = forms.IntegerField(min_value=0, max_value=30_000, widget=forms.HiddenInput, error_messages={
        "required": "Tải lại trang rồi làm lại.", "invalid": "Tải lại trang rồi làm lại.",
    })  # fmt: skip
    reason = forms.CharField(
        label="Lý do",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Đã kiểm tra thế nào, vì sao giữ hoặc mở. Ghi vào nhật ký; khi giữ, đơn vị đọc được.",
        error_messages={
            "required": "Ghi lý do, ví dụ: đã mở thử trên máy cách ly, tệp do phần mềm một cửa xuất ra.",
            "max_length": f"Rút gọn lý do còn tối đa {LONGEST} ký tự.",
        },
    )

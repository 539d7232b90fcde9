"""What a unit types into its worksheet, and what goes with a change of state of its dossier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from scoring.engine.single import Leaf
from scoring.forms.answer import FiguresForm
from scoring.models import Value
from scoring.services.errors import Incomplete, WrongFigures
from scoring.services.values import Content
from scoring.workflow import Transition

REOPEN = dict.fromkeys(("required", "invalid", "min_value"), "Không rõ trang được mở từ bản nào. Mở lại trang rồi sửa.")
LONGEST_TEXT = 2000
UNTIL_FORMATS = ["%H:%M %d/%m/%Y", "%H:%M ngày %d/%m/%Y", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M"]


class AnswerForm(forms.Form):
    """The unit's answer to one leaf: `figures` for the rule, or the claim that it does not apply; and a note.

    `version` is the one the page was made from. With several leaves on one page each has its own `prefix`.
    """

    marks_optional = False

    version = forms.IntegerField(label="Bản đang sửa", min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)
    not_applicable = forms.BooleanField(label="Đề nghị không áp dụng tiêu chí này cho đơn vị", required=False)
    reason = forms.CharField(
        label="Lý do không áp dụng", max_length=LONGEST_TEXT, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Chỉ ghi khi đề nghị không áp dụng. Người thẩm định quyết; chưa được chấp nhận thì tính 0 điểm.",
        error_messages={"max_length": f"Rút gọn còn tối đa {LONGEST_TEXT} ký tự."},
    )  # fmt: skip
    note = forms.CharField(
        label="Giải thích thêm (không bắt buộc)", max_length=LONGEST_TEXT, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": f"Rút gọn còn tối đa {LONGEST_TEXT} ký tự."},
    )  # fmt: skip

    def __init__(
        self, leaf: Leaf, data: Mapping[str, Any] | None = None, *, value: Value | None = None, prefix: str = ""
    ) -> None:
        initial: dict[str, Any] = {"version": 0}
        if value is not None:
            initial = {
                "version": value.version,
                "not_applicable": value.not_applicable,
                "reason": value.reason if value.not_applicable else "",
                "note": value.note,
            }
        super().__init__(data, initial=initial, prefix=prefix or None)
        self.leaf = leaf
        inputs = value.inputs if value is not None else None
        self.figures = FiguresForm(leaf, data, initial_inputs=inputs, prefix=f"{prefix}-so" if prefix else "so")

    def is_valid(self) -> bool:
        """The figures are looked at only where the leaf is not claimed as "không áp dụng"."""
        if not super().is_valid():
            return False
        if self.cleaned_data["not_applicable"]:
            if not self.cleaned_data["reason"]:
                self.add_error("reason", "Nêu lý do không áp dụng, ví dụ: đơn vị không có thủ tục hành chính.")
            return not self.errors
        if not self.figures.is_valid():
            return False
        if self.figures.is_blank and not self.figures.blank_is_an_answer:
            self.figures.add_error(None, "Nhập số liệu của tiêu chí, hoặc đề nghị không áp dụng và nêu lý do.")
            return False
        return True

    @property
    def is_untouched(self) -> bool:
        """Nothing differs from what the page was made from: among many leaves this one is left alone."""
        return not set(self.changed_data) - {"version"} and not self.figures.has_changed()

    @property
    def is_wrong(self) -> bool:
        """Whether a fault stands at one of the fields; the figures of a claim do not count."""
        if self.errors:
            return True
        return self.is_bound and not self.cleaned_data["not_applicable"] and bool(self.figures.errors)

    @property
    def content(self) -> Content:
        """After `is_valid`: what the unit declares."""
        note = self.cleaned_data["note"]
        if self.cleaned_data["not_applicable"]:
            return Content(not_applicable=True, reason=self.cleaned_data["reason"], note=note)
        return Content(inputs=self.figures.inputs, note=note)

    def explain(self, refused: WrongFigures | Incomplete) -> None:
        """Put what the service refused beside the field it is about."""
        if isinstance(refused, WrongFigures):
            self.figures.add_faults(refused)
        else:
            self.add_error(refused.field if refused.field in self.fields else None, refused.sentence)


class ClearForm(forms.Form):
    """Take an answer away; `version` is the one that was seen."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)


class StepForm(forms.Form):
    """What the table asks for with a change of state: the version seen, and a reason or a time where it says so."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput, error_messages=REOPEN)
    reason = forms.CharField(
        label="Lý do", max_length=500, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Nêu lý do; lý do được lưu và cho người liên quan xem.",
            "max_length": "Rút gọn lý do còn tối đa 500 ký tự.",
        },
    )  # fmt: skip
    until = forms.DateTimeField(
        label="Hạn mới", input_formats=UNTIL_FORMATS, help_text="Giờ và ngày, ví dụ 17:00 12/01/2027",
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Nhập giờ và ngày hết hạn mới, ví dụ 17:00 12/01/2027."
        ),
    )  # fmt: skip

    def __init__(self, transition: Transition, data: Mapping[str, Any] | None = None, *, version: int = 0) -> None:
        # An id of its own: several of these stand on one page.
        super().__init__(data, initial={"version": version}, auto_id=f"id_{transition.name}_%s")
        if not transition.needs_reason:
            del self.fields["reason"]
        elif transition.name == "return":
            self.fields["reason"].label = "Nhắn cán bộ cần sửa gì"
        if not transition.needs_time:
            del self.fields["until"]

    @property
    def asked(self) -> dict[str, str | datetime]:
        """Reason and time, as far as the table asks for them."""
        return {name: self.cleaned_data[name] for name in ("reason", "until") if name in self.cleaned_data}

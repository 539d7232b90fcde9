"""What a unit types into its worksheet, and what goes with a change of state of its dossier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from scoring.engine.single import Leaf
from scoring.forms.answer import FiguresForm
from scoring.models import Unfinished, Value
from scoring.services.errors import Incomplete, WrongFigures
from scoring.services.values import Content
from scoring.workflow import Transition

REOPEN = dict.fromkeys(("required", "invalid", "min_value"), "Không rõ trang được mở từ bản nào. Mở lại trang rồi sửa.")
NO_KEY = "Yêu cầu lưu không có mã nhận dạng. Tải lại trang rồi sửa."
FIGURES = "so-"  # begins the name of every figure on the page of its leaf
LONGEST_TEXT = 2000
UNTIL_FORMATS = ["%H:%M %d/%m/%Y", "%H:%M ngày %d/%m/%Y", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M"]


class AnswerForm(forms.Form):
    """The unit's answer to one leaf: `figures` for the rule, or the claim that it does not apply; and a note.

    `version` is the one the page was made from, `unfinished` that of the typing that was shown in front of it, if any.
    With several leaves on one page each has its own `prefix`.
    """

    marks_optional = False

    version = forms.IntegerField(label="Bản đang sửa", min_value=0, widget=forms.HiddenInput, error_messages=REOPEN)
    unfinished = forms.IntegerField(
        label="Bản đang gõ dở", min_value=0, required=False, widget=forms.HiddenInput, error_messages=REOPEN
    )
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
        self,
        leaf: Leaf,
        data: Mapping[str, Any] | None = None,
        *,
        value: Value | None = None,
        unfinished: Unfinished | None = None,
        prefix: str = "",
    ) -> None:
        initial: dict[str, Any] = {"version": 0}
        if value is not None:
            initial = {
                "version": value.version,
                "not_applicable": value.not_applicable,
                "reason": value.reason if value.not_applicable else "",
                "note": value.note,
            }
        figures = None
        if unfinished is not None:
            typed = unfinished.typed
            initial |= {"unfinished": unfinished.version, "not_applicable": bool(typed.get("not_applicable"))}
            initial |= {name: typed.get(name, "") for name in ("reason", "note")}
            figures = {name.removeprefix(FIGURES): text for name, text in typed.items() if name.startswith(FIGURES)}
        super().__init__(data, initial=initial, prefix=prefix or None)
        self.leaf = leaf
        inputs = value.inputs if value is not None else None
        below = f"{prefix}-so" if prefix else "so"
        self.figures = FiguresForm(leaf, data, initial_inputs=inputs, typed=figures, prefix=below)

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
        return not set(self.changed_data) - {"version", "unfinished"} and not self.figures.has_changed()

    @property
    def raw(self) -> dict[str, str | list[str]]:
        """What stands in the fields, by their names on the leaf's own page, as `Unfinished.typed` keeps it: texts as
        they were typed, a list where several things can be ticked, "on" for a tick; what is blank is left out."""
        shown = [(name, self[name]) for name in ("not_applicable", "reason", "note")]
        shown += [(f"{FIGURES}{name}", self.figures[name]) for name in self.figures.fields]
        found = {name: _raw(bound.data if self.is_bound else bound.initial) for name, bound in shown}
        return {name: text for name, text in found.items() if text}

    @property
    def is_given(self) -> bool:
        """After a true `is_valid`: somebody has really answered. Nothing ticked is an answer where the button is
        pressed, or where an answer stood before; a script that keeps typing never takes it for one."""
        data = self.cleaned_data
        return bool(data["version"]) or data["not_applicable"] or not self.figures.is_blank

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


def _raw(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    if isinstance(value, bool):
        return "on" if value else ""
    text = str(value or "")
    return text if text.strip() else ""


class KeyForm(forms.Form):
    """The name that a page gave to one write, at random: the same name again is the same write."""

    key = forms.RegexField(r"^[0-9A-Za-z-]{8,36}$", error_messages=dict.fromkeys(("required", "invalid"), NO_KEY))


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

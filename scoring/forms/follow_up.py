"""What a unit writes of a task that grew from a lost point, and the documents it gathers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from scoring.enums import FollowUpState
from scoring.forms.dossier import REOPEN
from scoring.models import FollowUp
from scoring.services.following_up import LONGEST, Task
from units.models import User
from units.vietnamese import NotADate, format_date, parse_date


class TaskForm(forms.Form):
    """One task; `version` is the one the page was made from, 0 for a new one."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput, error_messages=REOPEN)
    text = forms.CharField(
        label="Việc phải làm", max_length=LONGEST, strip=True, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Làm gì để năm sau không mất điểm này, ví dụ: gửi báo cáo quý trước ngày 25.",
        error_messages={
            "required": "Ghi việc phải làm để năm sau không mất điểm này.",
            "max_length": f"Rút gọn còn tối đa {LONGEST} ký tự.",
        },
    )  # fmt: skip
    owner = forms.ChoiceField(
        label="Người làm",
        error_messages={
            "required": "Chọn người làm.",
            "invalid_choice": "Người này không còn làm việc ở đơn vị. Chọn người khác.",
        },
    )
    due_on = forms.CharField(
        label="Hạn", max_length=20, help_text="Ví dụ 30/06/2027",
        error_messages={"required": "Ghi hạn, ví dụ 30/06/2027."},
    )  # fmt: skip
    state = forms.ChoiceField(label="Tình trạng", choices=FollowUpState.choices, initial=FollowUpState.OPEN)

    def __init__(
        self, colleagues: Sequence[User], data: Mapping[str, Any] | None = None, *, row: FollowUp | None = None
    ) -> None:
        initial: dict[str, Any] = {"version": 0}
        people = {str(person.pk): person.full_name for person in colleagues}
        if row is not None:
            initial = {"version": row.version, "text": row.text, "owner": str(row.owner_id), "state": row.state}
            initial["due_on"] = format_date(row.due_on)
            people = {str(row.owner_id): row.owner.full_name} | people
        super().__init__(data, initial=initial)
        self.fields["owner"].choices = [("", "Chọn người"), *people.items()]  # type: ignore[attr-defined]

    def clean_due_on(self) -> datetime.date:
        try:
            return parse_date(self.cleaned_data["due_on"])
        except NotADate as fault:
            raise forms.ValidationError(str(fault)) from fault

    @property
    def task(self) -> Task:
        given = self.cleaned_data
        return Task(given["text"], int(given["owner"]), given["due_on"], given["state"])


class TaskFileForm(forms.Form):
    """A document for a task."""

    file = forms.FileField(
        label="Tệp", max_length=255, help_text="PDF, Word, Excel hoặc ảnh, tối đa 20 MB.",
        error_messages={
            "required": "Chọn tệp.", "empty": "Tệp rỗng (0 byte). Chọn lại tệp rồi tải lên.",
            "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi tải lên.",
        },
    )  # fmt: skip
    abstract = forms.CharField(
        label="Trích yếu", max_length=500, required=False, strip=True, help_text="Để trống thì lấy theo tên tệp."
    )


class BringForm(forms.Form):
    """Which document of an earlier task is to stand for the leaf; `key` names this write of the page."""

    file = forms.IntegerField(min_value=1, max_value=2**62, error_messages=REOPEN)
    key = forms.RegexField(r"\A[0-9A-Za-z-]{16,36}\Z", error_messages=REOPEN)

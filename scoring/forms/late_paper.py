"""A paper that came late, as the coordinator types it, and what hands the dossier in on behalf of the unit."""

from __future__ import annotations

import datetime

from django import forms

from scoring.forms.dossier import REOPEN
from scoring.services.late_papers import Arrived
from units.vietnamese import NotADate, parse_date

LONGEST_REASON = 500
_TOO_LONG = {"max_length": f"Rút gọn còn tối đa {LONGEST_REASON} ký tự."}


class DayField(forms.CharField):
    """A day as people type it, "25/12/2026"; gives a date."""

    def clean(self, value: object) -> datetime.date:
        text = super().clean(value)
        try:
            return parse_date(text)
        except NotADate as fault:
            raise forms.ValidationError(str(fault)) from fault


class LatePaperForm(forms.Form):
    """Number, days, reason and scan; `version` is the dossier's that the page showed."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput, error_messages=REOPEN)
    number = forms.CharField(
        label="Số, ký hiệu", max_length=80, help_text="Như trên văn bản, ví dụ 42/BC-UBND",
        error_messages={"required": "Ghi số, ký hiệu như trên văn bản, ví dụ 42/BC-UBND."},
    )  # fmt: skip
    dated_on = DayField(
        label="Ngày văn bản", max_length=20, help_text="Ví dụ 08/01/2027",
        error_messages={"required": "Ghi ngày như trên văn bản, ví dụ 08/01/2027."},
    )  # fmt: skip
    arrived_on = DayField(
        label="Ngày đến", max_length=20, help_text="Ngày văn thư nhận, ví dụ 12/01/2027",
        error_messages={"required": "Ghi ngày văn thư nhận văn bản, ví dụ 12/01/2027."},
    )  # fmt: skip
    reason = forms.CharField(
        label="Lý do nhận", max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Vì sao nhận văn bản sau hạn. Đơn vị và người thẩm định xem được.",
        error_messages={"required": "Nêu lý do nhận văn bản sau hạn."} | _TOO_LONG,
    )  # fmt: skip
    file = forms.FileField(
        label="Bản quét có chữ ký, con dấu", max_length=255, help_text="PDF hoặc ảnh JPG, PNG; tối đa 20 MB.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={
            "required": "Chọn tệp quét của văn bản.", "empty": "Tệp rỗng (0 byte). Chọn lại tệp rồi tải lên.",
            "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi tải lên.",
        },
    )  # fmt: skip

    @property
    def arrived(self) -> Arrived:
        data = self.cleaned_data
        return Arrived(data["number"], data["dated_on"], data["arrived_on"], data["reason"])


class HandInForm(forms.Form):
    """The dossier is handed in on behalf of the unit: why, once more, and what is given up."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput, error_messages=REOPEN)
    reason = forms.CharField(
        label="Ghi lại lý do nộp thay", max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ghi vào nhật ký cùng tên người nộp thay.",
        error_messages={"required": "Ghi lại lý do nộp thay."} | _TOO_LONG,
    )  # fmt: skip

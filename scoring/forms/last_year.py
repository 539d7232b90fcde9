"""A document of the year before is used again: somebody says that it is in force."""

from __future__ import annotations

import datetime

from django import forms

from scoring.services.evidence_details import LONGEST_PAGES
from scoring.services.evidence_taking import NOT_VALID
from units.vietnamese import NotADate, parse_date


class CarryForm(forms.Form):
    """The tick, the last day where the document names one, and the page; each document of a page has its own prefix."""

    marks_optional = False

    is_valid_still = forms.BooleanField(label="Văn bản còn hiệu lực", error_messages={"required": NOT_VALID})
    valid_until = forms.CharField(
        label="Hiệu lực đến ngày (nếu văn bản có ghi)", max_length=20, required=False, help_text="Ví dụ 31/12/2026"
    )
    pages = forms.CharField(label="Trang dẫn (không bắt buộc)", max_length=LONGEST_PAGES, required=False)

    def clean_valid_until(self) -> datetime.date | None:
        text = self.cleaned_data["valid_until"].strip()
        try:
            return parse_date(text) if text else None
        except NotADate as fault:
            raise forms.ValidationError(str(fault)) from fault

"""What a unit writes into its báo cáo tự chấm, and the signed paper that the head puts beside the receipt."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms

from scoring.forms.dossier import REOPEN
from scoring.models import SelfReport
from scoring.services.report_words import Words
from scoring.services.signing import Paper
from units.vietnamese import NotADate, parse_date

LONGEST = 5000
_TOO_LONG = {"max_length": f"Rút gọn còn tối đa {LONGEST} ký tự."}


class WordsForm(forms.Form):
    """The words; `version` is the one the page was made from, 0 for none."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput, error_messages=REOPEN)
    difficulties = forms.CharField(
        label="Khó khăn, vướng mắc", max_length=LONGEST, required=False, error_messages=_TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 5}), help_text="Mỗi ý một dòng. Để trống thì báo cáo ghi “Không có.”",
    )  # fmt: skip
    proposals = forms.CharField(
        label="Đề xuất, kiến nghị", max_length=LONGEST, required=False, error_messages=_TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    place = forms.CharField(
        label="Địa danh", max_length=80, required=False, help_text="Trước ngày, tháng, năm; để trống thì lấy tên nơi.",
    )  # fmt: skip
    signer_title = forms.CharField(
        label="Chức vụ người ký", max_length=120, required=False,
        help_text="Ví dụ: Chủ tịch. Ký thay thì ghi hai dòng cách nhau bởi dấu /: KT. Chủ tịch / Phó Chủ tịch.",
    )  # fmt: skip

    @property
    def words(self) -> Words:
        data = self.cleaned_data
        # A browser sends lines with \r\n; what is stored, hashed and printed has one kind of line.
        texts = {name: data[name].replace("\r\n", "\n").replace("\r", "\n") for name in ("difficulties", "proposals")}
        return Words(**texts, place=data["place"], signer_title=data["signer_title"])

    @staticmethod
    def initial_of(words: SelfReport) -> dict[str, Any]:
        names = ("version", "difficulties", "proposals", "place", "signer_title")
        return {name: getattr(words, name) for name in names}


class PaperForm(forms.Form):
    """Number, day and file of the signed paper; `digest` is that of the receipt which the page showed."""

    digest = forms.CharField(min_length=64, max_length=64, widget=forms.HiddenInput, error_messages=REOPEN | {
        "min_length": REOPEN["required"], "max_length": REOPEN["required"],
    })  # fmt: skip
    number = forms.CharField(
        label="Số, ký hiệu", max_length=80, help_text="Như trên bản giấy, ví dụ 42/BC-UBND",
        error_messages={"required": "Ghi số, ký hiệu như trên bản giấy, ví dụ 42/BC-UBND."},
    )  # fmt: skip
    dated_on = forms.CharField(
        label="Ngày ký", max_length=20, help_text="Ví dụ 25/12/2026",
        error_messages={"required": "Ghi ngày ký như trên bản giấy, ví dụ 25/12/2026."},
    )  # fmt: skip
    file = forms.FileField(
        label="Bản ký", max_length=255, help_text="PDF hoặc ảnh JPG, PNG; tối đa 20 MB.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
        error_messages={
            "required": "Chọn tệp bản ký.", "empty": "Tệp rỗng (0 byte). Chọn lại tệp rồi tải lên.",
            "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi tải lên.",
        },
    )  # fmt: skip

    def clean_dated_on(self) -> datetime.date:
        try:
            return parse_date(self.cleaned_data["dated_on"])
        except NotADate as fault:
            raise forms.ValidationError(str(fault)) from fault

    @property
    def paper(self) -> Paper:
        return Paper(self.cleaned_data["number"], self.cleaned_data["dated_on"])

"""What people type on the way to a publication. Rules that the data decide stand in `reports.services.guards`."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from reports.enums import Depth
from reports.files import signed
from reports.models import Publication
from reports.services.freezing import depths_of
from reports.services.guards import may_lack_decision
from scoring.models import Campaign
from units.vietnamese import NotADate, format_date, parse_date


class SeenForm(forms.Form):
    """A form that says which state of the publication the person was looking at."""

    revision = forms.IntegerField(
        label="Trang đã mở",
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(
            ("required", "invalid"), "Trang gửi lên không nguyên vẹn. Mở lại trang rồi làm lại."
        ),
    )
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, *args: Any, publication: Publication, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.publication = publication

    def seen(self) -> dict[str, Any]:
        """`revision` and, where given, `digest`, as `transitions.perform` takes them."""
        return {"revision": self.cleaned_data["revision"], "digest": self.cleaned_data["digest"] or None}

    def details(self) -> dict[str, Any]:
        """What else the transition is given."""
        return {}


class DraftForm(forms.Form):
    """From which run, and how much of it."""

    run = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    depth = forms.ChoiceField(label="Độ chi tiết", initial=Depth.COMPONENTS)
    reason = forms.CharField(
        label="Lý do đính chính",
        max_length=500,
        help_text="Kỳ này đã được công bố, nên bản soạn là bản đính chính. Lý do được in trong tệp công bố.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Nêu lý do đính chính: kỳ này đã được công bố trước đây."},
    )

    def __init__(self, *args: Any, campaign: Campaign, is_correction: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_correction:
            del self.fields["reason"]
        field = self.fields["depth"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (tells the type checker)
        field.choices = [(depth.value, depth.label) for depth in depths_of(campaign)]

    @property
    def correction_reason(self) -> str:
        """The reason of a correction; "" for a first publication, which needs none."""
        return str(self.cleaned_data.get("reason", ""))


class DecisionForm(SeenForm):
    """Number, date and issuer of the decision that was signed outside the portal."""

    number = forms.CharField(
        label="Số quyết định",
        max_length=80,
        help_text="Ví dụ: 214/QĐ-UBND",
        error_messages={"required": "Nhập số quyết định, ví dụ 214/QĐ-UBND."},
    )
    date = forms.CharField(
        label="Ngày quyết định",
        max_length=20,
        help_text="Ngày/tháng/năm, ví dụ 12/02/2026",
        error_messages={"required": "Nhập ngày quyết định dạng ngày/tháng/năm, ví dụ 12/02/2026."},
    )
    issuer = forms.CharField(
        label="Cơ quan ban hành",
        max_length=200,
        error_messages={"required": "Nhập cơ quan ban hành quyết định."},
    )
    decision_unknown = forms.BooleanField(
        label="Bảng nhập lại này không nêu đủ số, ngày hoặc cơ quan ban hành; trang công khai nêu nguồn thay vào",
        required=False,
    )
    file = forms.FileField(
        label="Bản quét quyết định đã ký (PDF, đến 20 MB)",
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
        error_messages={
            "empty": "Tệp rỗng (0 byte). Quét lại, lưu dạng PDF rồi chọn lại tệp.",
            "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi chọn lại tệp.",
        },
    )

    def __init__(self, *args: Any, publication: Publication, **kwargs: Any) -> None:
        super().__init__(*args, publication=publication, **kwargs)
        for name in ("number", "date", "issuer"):
            self.fields[name].required = not may_lack_decision(publication)
        if not may_lack_decision(publication):
            del self.fields["decision_unknown"]

    @classmethod
    def prefilled(cls, publication: Publication) -> DecisionForm:
        """With what was entered before, or what the past table itself names."""
        campaign = publication.campaign
        date = publication.decision_date or campaign.decision_date
        return cls(
            publication=publication,
            initial={
                "revision": publication.revision,
                "digest": publication.digest,
                "number": publication.decision_number or campaign.decision_number,
                "date": format_date(date) if date else "",
                "issuer": publication.decision_issuer or campaign.decision_issuer or campaign.organiser.title,
            },
        )

    def clean_date(self) -> datetime.date | None:
        text = self.cleaned_data["date"]
        if not text.strip():
            return None
        try:
            return parse_date(text)
        except NotADate as fault:
            raise forms.ValidationError(str(fault)) from fault

    def clean_file(self) -> UploadedFile | None:
        upload: UploadedFile | None = self.cleaned_data["file"]
        if upload is not None:
            signed.check(upload)
        return upload

    def details(self) -> dict[str, Any]:
        known = {key: self.cleaned_data[key] for key in ("number", "date", "issuer")}
        return known | {"decision_unknown": self.cleaned_data.get("decision_unknown", False)}


class ApproveForm(SeenForm):
    """The second person: compares the paper with the frozen figures and signs with the password."""

    paper_matches = forms.BooleanField(
        label="Văn bản giấy khớp với bản đã chốt",
        error_messages={"required": "Đối chiếu văn bản giấy với bản đã chốt rồi đánh dấu xác nhận."},
    )
    password = forms.CharField(
        label="Nhập lại mật khẩu",
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Nhập mật khẩu đang dùng để xác nhận người duyệt."},
    )

    def __init__(self, *args: Any, is_confirmed_elsewhere: bool = False, **kwargs: Any) -> None:
        """`is_confirmed_elsewhere`: the person has a second factor; another page asks for that and the password."""
        super().__init__(*args, **kwargs)
        if is_confirmed_elsewhere:
            del self.fields["password"]

    def details(self) -> dict[str, Any]:
        return {"paper_matches": self.cleaned_data["paper_matches"]}


class WithdrawForm(SeenForm):
    reason = forms.CharField(
        label="Lý do thu hồi",
        max_length=500,
        help_text="Hiện trên trang công khai, ở mọi địa chỉ của bản bị thu hồi.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Nêu lý do thu hồi; lý do này hiện trên trang công khai."},
    )

    def details(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


FORMS: dict[str, type[SeenForm]] = {
    "record_decision": DecisionForm,
    "approve": ApproveForm,
    "withdraw": WithdrawForm,
}
"""Transition → its form; the others ask for nothing but the revision."""

"""What the coordinator gives while an annex comes in: the file, the word to apply, the decision of an amendment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from scoring.files.annex_layout import AnnexSet
from scoring.forms.campaign import REOPEN
from scoring.models import Campaign
from units.files.workbook import LARGEST_FILE
from units.models import User

_SALT = "scoring.criteria.preview"
_SECONDS_OPEN = 24 * 60 * 60
_STALE = "Trang xem trước đã quá hạn hoặc không phải của kỳ này. Tải lại tệp phụ lục."


class AnnexField(forms.FileField):
    """An annex workbook of bearable size."""

    def __init__(self, **kwargs: Any) -> None:
        messages = {
            "required": "Chọn tệp phụ lục.",
            "empty": "Tệp rỗng (0 byte). Chọn lại tệp rồi tải lên.",
            "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi tải lên.",
        }
        super().__init__(
            label="Tệp phụ lục",
            help_text="Tệp .xlsx theo mẫu. Tối đa 5 MB.",
            widget=forms.FileInput(attrs={"accept": ".xlsx"}),
            error_messages=messages,
            max_length=150,
            **kwargs,
        )

    def clean(self, data: Any, initial: Any = None) -> UploadedFile:
        upload: UploadedFile = super().clean(data, initial)
        if (upload.size or 0) > LARGEST_FILE:
            raise forms.ValidationError("Tệp lớn hơn 5 MB. Xóa hình ảnh, trang thừa rồi tải lên.")
        return upload


class AgainstField(forms.RegexField):
    """The digest of the set in force, ticked by who saw what a draft that was begun before it would undo."""

    def __init__(self) -> None:
        super().__init__(r"\A[0-9a-f]{64}\Z", required=False, widget=forms.HiddenInput)


class UploadForm(forms.Form):
    """The annex of a new set, or of one that will be replaced."""

    file = AnnexField()


class ApplyForm(forms.Form):
    """What was previewed, sealed, and the digest of the file that the person saw: nothing else can be applied."""

    staged = forms.CharField(widget=forms.HiddenInput)
    sha256 = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)

    def __init__(self, campaign: Campaign, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign, self.user = campaign, user
        self.annex: AnnexSet | None = None
        self.version = 0

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            content = signing.loads(data.get("staged", ""), salt=_SALT, max_age=_SECONDS_OPEN)
        except signing.BadSignature:
            raise forms.ValidationError(_STALE) from None
        seen = [content["campaign"], content["user"], content["sha256"]]
        if seen != [self.campaign.pk, self.user.pk, data.get("sha256")]:
            raise forms.ValidationError(_STALE)
        self.annex, self.version = AnnexSet.from_json(content["annex"]), content["version"]
        return data


def seal(campaign: Campaign, user: User, annex: AnnexSet, sha256: str) -> str:
    """The content of `ApplyForm.staged`: the annex, to be applied by this person to this campaign as it stands."""
    content = {
        "campaign": campaign.pk,
        "user": user.pk,
        "version": campaign.version,
        "sha256": sha256,
        "annex": annex.to_json(),
    }
    return signing.dumps(content, salt=_SALT, compress=True)


class DecisionForm(forms.Form):
    """The decision that an amendment follows."""

    decision_number = forms.CharField(
        label="Số quyết định",
        max_length=80,
        help_text="Quyết định sửa đổi bộ tiêu chí, ví dụ 812/QĐ-UBND.",
        error_messages={"required": "Ghi số quyết định sửa đổi."},
    )
    decision_date = forms.DateField(
        label="Ngày quyết định",
        input_formats=["%d/%m/%Y"],
        help_text="Ngày/tháng/năm, ví dụ 15/11/2026.",
        error_messages={
            "required": "Ghi ngày quyết định.",
            "invalid": "Không có ngày này trong lịch. Viết ngày/tháng/năm, như 15/11/2026.",
        },
    )
    reason = forms.CharField(
        label="Lý do",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Nêu lý do sửa đổi; lý do được lưu và cho người liên quan xem."},
    )
    redeclare_until = forms.DateTimeField(
        label="Đơn vị kê khai lại đến",
        required=False,
        input_formats=["%H:%M %d/%m/%Y", "%d/%m/%Y %H:%M"],
        help_text="Giờ rồi ngày, ví dụ 17:00 30/11/2026. Chỉ cần khi có tiêu chí đơn vị phải kê khai lại.",
        error_messages={"invalid": "Không đọc được giờ, ngày. Viết giờ rồi ngày, như 17:00 30/11/2026."},
    )


class AmendmentForm(DecisionForm):
    """A whole new annex for a frozen set, and the decision it follows."""

    file = AnnexField()
    field_order = ("file",)


class BasisForm(DecisionForm):
    """The decision for a set that was written on screen, with the version of the draft that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, error_messages=REOPEN)
    against = AgainstField()


class AppliedForm(forms.Form):
    """The digest of the draft that the second person saw."""

    sha256 = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)

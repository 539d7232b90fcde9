"""What an administrator chooses and uploads while an organiser gets its units."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from units.files.unit_table import UnitRow
from units.files.workbook import LARGEST_FILE
from units.models import Organiser, User
from units.services.starting import as_json

_SALT = "units.starting.preview"
_SECONDS_OPEN = 24 * 60 * 60
STALE = "Trang xem trước đã quá hạn, hoặc không phải của anh, chị ở nơi tổ chức này. Tải tệp lên lại."


class DepartmentsForm(forms.Form):
    """Which of the usual departments this province has; those that are there already are not offered again."""

    codes = forms.MultipleChoiceField(
        label="Chọn các đơn vị tỉnh mình có",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Chọn ít nhất một đơn vị.", "invalid_choice": "Mở lại trang rồi chọn lại."},
    )

    def __init__(self, usual: list[tuple[str, str, bool]], *args: Any, **kwargs: Any) -> None:
        missing = [(code, f"{name} ({code})") for code, name, is_there in usual if not is_there]
        super().__init__(*args, **({"initial": {"codes": [code for code, _ in missing]}} | kwargs))
        choice = self.fields["codes"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101  # says to mypy what it is
        choice.choices = missing


class UnitTableForm(forms.Form):
    """The table of units, CSV or XLSX."""

    file = forms.FileField(
        label="Tệp đơn vị",
        help_text="Tệp .xlsx theo mẫu, hoặc .csv mã hóa UTF-8. Tối đa 5 MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        max_length=150,
        error_messages={
            "required": "Chọn tệp đơn vị.",
            "empty": "Tệp rỗng (0 byte). Chọn lại tệp rồi tải lên.",
            "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi tải lên.",
        },
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > LARGEST_FILE:
            raise forms.ValidationError("Tệp lớn hơn 5 MB. Xóa hình ảnh, trang thừa rồi tải lên.")
        return upload


class SealedUnitsForm(forms.Form):
    """What was previewed, sealed for one person and one organiser, and the digest of the file: nothing else applies."""

    staged = forms.CharField(widget=forms.HiddenInput)
    sha256 = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)

    def __init__(self, organiser: Organiser, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organiser, self.user = organiser, user
        self.rows: list[UnitRow] = []

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            content = signing.loads(data.get("staged", ""), salt=_SALT, max_age=_SECONDS_OPEN)
        except signing.BadSignature:
            raise forms.ValidationError(STALE) from None
        if [content["organiser"], content["user"], content["sha256"]] != [
            self.organiser.pk, self.user.pk, data.get("sha256"),
        ]:  # fmt: skip
            raise forms.ValidationError(STALE)
        for row in content["rows"]:
            since = datetime.date.fromisoformat(row["since"]) if row["since"] else None
            self.rows.append(UnitRow(**(row | {"since": since})))
        return data


def seal(organiser: Organiser, user: User, rows: list[UnitRow], sha256: str) -> str:
    """The content of `SealedUnitsForm.staged`."""
    content = {"organiser": organiser.pk, "user": user.pk, "sha256": sha256, "rows": as_json(rows)}
    return signing.dumps(content, salt=_SALT, compress=True)

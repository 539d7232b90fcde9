"""What somebody types who comes in by an invitation, and what the pages of invitations ask."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.files.uploadedfile import UploadedFile

from units.files.workbook import LARGEST_FILE
from units.models import Invitation, User
from units.selectors import EXPIRED, INVITED, NOT_IN, UNINVITED
from units.validators import PASSWORD_HELP


class CodeForm(forms.Form):
    """User name and one-time code, as they stand on the slip."""

    username = forms.CharField(
        label="Tên đăng nhập",
        max_length=64,
        error_messages={"required": "Nhập tên đăng nhập."},
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label="Mã một lần",
        max_length=40,
        error_messages={"required": "Nhập mã trên phiếu."},
        help_text="Như trên phiếu, ví dụ k7mq-2xpd-9hve; gạch nối và chữ hoa, chữ thường không quan trọng.",
        widget=forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}),
    )


class OwnPasswordForm(forms.Form):
    """The first password that is the person's own, twice."""

    password1 = forms.CharField(
        label="Mật khẩu mới",
        strip=False,
        max_length=256,
        error_messages={"required": "Nhập mật khẩu mới."},
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="Gõ lại mật khẩu mới",
        strip=False,
        max_length=256,
        error_messages={"required": "Gõ lại mật khẩu mới."},
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password1(self) -> str:
        validate_password(self.cleaned_data["password1"], self.user)
        return self.cleaned_data["password1"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "Hai lần nhập mật khẩu mới không giống nhau.")
        return data


class InvitationFilter(forms.Form):
    """Who stands in the list of people to invite."""

    marks_optional = False

    tim = forms.CharField(label="Tên hoặc tên đăng nhập", required=False, max_length=60)
    loc = forms.ChoiceField(
        label="Lời mời",
        required=False,
        choices=[
            ("", "Mọi người chưa vào"),
            (UNINVITED, "Chưa mời"),
            (INVITED, "Đã mời, chưa vào"),
            (EXPIRED, "Lời mời hết hạn"),
            (NOT_IN, "Có mật khẩu, chưa vào lần nào"),
        ],
    )
    dot = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class PeopleFileForm(forms.Form):
    """The table of people."""

    file = forms.FileField(
        label="Tệp danh sách người dùng",
        help_text="Tệp .xlsx theo mẫu. Tối đa 5 MB, 4.000 dòng.",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "Chọn tệp danh sách.",
            "empty": "Tệp rỗng (0 byte). Chọn lại tệp rồi tải lên.",
            "max_length": "Tên tệp quá dài. Đặt tên ngắn hơn rồi tải lên.",
        },
        max_length=150,
    )

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if upload.size is not None and upload.size > LARGEST_FILE:
            raise forms.ValidationError("Tệp quá 5 MB. Xóa hình ảnh, trang thừa rồi tải lên.")
        return upload


class SeenPlanForm(forms.Form):
    """What the preview showed: the file and what it would do."""

    sha256 = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)
    digest = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)


def mark_of(ending: Sequence[Invitation]) -> str:
    """What a tick about these invitations is worth, and about no others."""
    return hashlib.sha256(",".join(str(pk) for pk in sorted(item.pk for item in ending)).encode()).hexdigest()


class ChosenForm(forms.Form):
    """The people an order is about: those marked, or all of the list as it is narrowed."""

    chon = forms.TypedMultipleChoiceField(coerce=int, required=False)
    tat_ca = forms.BooleanField(required=False)
    thay = forms.CharField(required=False, max_length=64)

    def __init__(self, people: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        self.fields["chon"].choices = [(pk, pk) for pk in people]  # type: ignore[attr-defined]

    def has_seen(self, ending: Sequence[Invitation]) -> bool:
        """Whether the person was told that exactly these end."""
        return not ending or self.cleaned_data["thay"] == mark_of(ending)

    @property
    def chosen(self) -> list[int]:
        """Accounts (pk) in the order of the list."""
        marked = set(self.cleaned_data["chon"])
        return self.people if self.cleaned_data["tat_ca"] else [pk for pk in self.people if pk in marked]

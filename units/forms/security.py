"""What people type or press where a second factor is shown or set up."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddWebAuthnForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm as AllauthAuthenticateWebAuthnForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm
from django import forms

from units.models import User
from units.services.second_factor import has_factor, use_code

CODE = "Mã xác nhận"
CODE_HELP = "6 chữ số trong ứng dụng xác thực, hoặc một mã dự phòng 8 chữ số."
LONGEST_NAME = 60


class SecondFactorForm(AllauthAuthenticateForm):
    """The code after the password, at sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_code(self, CODE, CODE_HELP)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        self.authenticator = use_code(self.user, code)
        if self.authenticator is None:
            raise get_adapter().validation_error("incorrect_code")
        return code


class ActivateAppForm(ActivateTOTPForm):
    """The first code of an authenticator app: proof that it was set up right."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_code(self, "Mã 6 chữ số đang hiện trong ứng dụng", "")


class AddPasskeyForm(AllauthAddWebAuthnForm):
    """A new passkey with the name its owner knows it by."""

    marks_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_name(self, required=False)  # the key exists by then; a missing name must not lose it
        self.fields["credential"].error_messages = _NO_CREDENTIAL


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _as_name(self, required=True)


class PasskeyForm(AllauthAuthenticateWebAuthnForm):
    """What a passkey answered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages = _NO_CREDENTIAL


class ReauthenticateForm(AllauthReauthenticateForm):
    """Once more who it is, before something that counts: the password, and the second factor of whoever has one.

    `authenticator` is the factor that was shown, after `is_valid`; None for a person without.
    """

    authenticator: Authenticator | None = None
    marks_optional = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user: User = self.user
        password = self.fields["password"]
        password.label, password.help_text = "Mật khẩu", ""
        password.error_messages["required"] = "Nhập mật khẩu."
        password.widget.attrs.pop("placeholder", None)
        if not user.has_usable_password():
            del self.fields["password"]
        if has_factor(user):
            self.fields["code"] = forms.CharField(required=False)
            _as_code(self, CODE, CODE_HELP)
            self.fields["credential"] = forms.JSONField(
                required=False, widget=forms.HiddenInput, error_messages=_NO_CREDENTIAL
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or "code" not in self.fields:
            return data  # nothing of the factor is used up for a wrong password
        if data.get("credential"):
            shown = PasskeyForm({"credential": self.data.get("credential")}, user=self.user)
            if shown.is_valid():
                self.authenticator = shown.cleaned_data["credential"]
            else:
                self.add_error(None, shown.errors["credential"])
        elif not data.get("code"):
            self.add_error("code", "Nhập mã xác nhận, hoặc dùng khóa truy cập.")
        else:
            self.authenticator = use_code(self.user, data["code"])
            if self.authenticator is None:
                self.add_error("code", get_adapter().validation_error("incorrect_code"))
        return data


class SubjectForm(forms.Form):
    """Who a person is at the province's own sign-in service."""

    subject = forms.CharField(
        label="Mã định danh (sub)",
        required=False,
        max_length=191,
        help_text="Mã mà dịch vụ cấp cho người này; hỏi nơi quản lý dịch vụ. Để trống: bỏ nối.",
    )


_NO_CREDENTIAL = {
    "required": "Chưa nhận được khóa truy cập. Bấm nút dùng khóa rồi làm theo hướng dẫn của trình duyệt.",
    "invalid": "Chưa đọc được khóa truy cập. Tải lại trang rồi làm lại.",
}


def _as_code(form: forms.Form, label: str, help_text: str) -> None:
    form.fields["code"] = forms.CharField(
        label=label,
        help_text=help_text,
        required=form.fields["code"].required,
        max_length=32,
        error_messages={"required": "Nhập mã xác nhận."},
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def _as_name(form: forms.Form, *, required: bool) -> None:
    form.fields["name"] = forms.CharField(
        label="Tên của khóa",
        help_text="Để nhận ra khóa về sau, ví dụ: điện thoại, máy cơ quan.",
        required=required,
        max_length=LONGEST_NAME,
        error_messages={"required": "Đặt tên cho khóa."},
    )

"""What people type on the pages of their own account."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKeyForm
from django import forms

from units.validators import PASSWORD_HELP


class LoginForm(AllauthLoginForm):
    """Sign in by user name; labels in the words of the portal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, login="Tên đăng nhập", password="Mật khẩu")  # noqa: S106
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ChangePasswordForm(AllauthChangePasswordForm):
    """The old password and twice the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, oldpassword="Mật khẩu đang dùng", password1="Mật khẩu mới", password2="Gõ lại mật khẩu mới")
        self.fields["password1"].help_text = PASSWORD_HELP

    def clean(self) -> dict[str, Any]:
        data = forms.Form.clean(self) or {}  # the parent's only says in English what stands below
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "Hai lần nhập mật khẩu mới không giống nhau.")
        return data


class NewPasswordForm(AllauthResetPasswordKeyForm):
    """Twice the new password, where a link from a letter has said who it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self, password1="Mật khẩu mới", password2="Gõ lại mật khẩu mới")
        self.fields["password1"].help_text = PASSWORD_HELP

    def clean(self) -> dict[str, Any]:
        data = forms.Form.clean(self) or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "Hai lần nhập mật khẩu mới không giống nhau.")
        return data


class ForgottenForm(forms.Form):
    """Whose password is forgotten; whether there is such an account is not said here or anywhere."""

    name = forms.CharField(
        label="Tên đăng nhập hoặc thư điện tử",
        max_length=254,
        error_messages={
            "required": "Nhập tên đăng nhập hoặc địa chỉ thư điện tử.",
            "max_length": "Tên này quá dài. Nhập tên đăng nhập hoặc địa chỉ thư điện tử.",
        },
        widget=forms.TextInput({"autocomplete": "username"}),
    )


def _dress(form: forms.BaseForm, **labels: str) -> None:
    """Vietnamese labels and the look of the portal; no placeholder, which would vanish while one types."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label = label
        asked = label if label.startswith("Gõ") else f"Nhập {label[:1].lower()}{label[1:]}"
        field.error_messages["required"] = f"{asked}."
        field.help_text = ""
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["class"] = "form-control"
